"""Algorithms that can be deployed (contract §3.8)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import VIAS, Refused
from fakes.huawei.asking import UUID4, Body, Page, Query, body_of
from fakes.huawei.kept import Algorithm
from fakes.huawei.records import Json
from fakes.huawei.state import State
from fakes.huawei.times import epoch

STATUSES = tuple(
    [f"service_{word}" for word in ("running", "deploying", "failed", "stopping", "stopped", "upgrading")]
    + ["service_finished", "service_concerning", "not_deployed"]
)
_API = (
    ("create task", "POST", "/services/{api}/tasks"),
    ("task detail", "GET", "/tasks/{{task_id}}"),
    ("task list", "GET", "/tasks"),
    ("delete task", "DELETE", "/tasks/{{task_id}}"),
    ("start task", "PUT", "/tasks/{{task_id}}/action/start"),
    ("stop task", "PUT", "/tasks/{{task_id}}/action/stop"),
)


class ViasAlgorithms:
    """Algorithms: list, detail, deploy, stop."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def page(self, request: Request) -> Response:
        """Answer ListUserServices."""
        query = Query(request, VIAS)
        name, page = query.text("name_like", ".{0,100}"), Page(query)
        newest_first = query.one_of("order_by", ("asc", "desc"), "desc") == "desc"
        by = query.one_of("sort_name", ("created_at", "function_version"), "created_at")
        statuses = query.several("alg_status", STATUSES)
        query.done()
        self._state.looked(self._state.algorithms)
        everything = list(self._state.algorithms.values())
        found = [each for each in everything if name in each.name and (not statuses or each.state in statuses)]
        if by == "created_at":
            found.sort(key=lambda each: each.created, reverse=newest_first)
        else:
            found.sort(key=lambda each: each.version, reverse=newest_first)
        rows = [each.row() for each in page.of(found)]
        return JSONResponse({"count": len(rows), "total": len(found), "service_list": rows})

    async def show(self, request: Request) -> Response:
        """Answer ShowServiceDetail."""
        service_id = request.path_params["service_id"]
        Body({"service_id": service_id}, "VIAS.00010001").text("service_id", UUID4)
        self._state.looked(self._state.algorithms, service_id)
        found = self._state.algorithms.get(service_id)
        if found is None:
            raise Refused("VIAS.00010008", param=service_id)
        return JSONResponse(_detail(found, request.path_params["project_id"]))

    async def deploy(self, request: Request) -> Response:
        """Answer DeployAlgorithm; a pool has to be named the first time."""
        found = self._by_algorithm(request)
        body = await body_of(request, VIAS)
        streams = body.number("stream_count", 1, 10_000, required=True)
        pool = body.text("pool_id", "[A-Za-z_0-9-]{1,64}", required=not found.ever_deployed)
        body.of("deploy_config", dict)
        body.of("envs", dict)
        body.done()
        if pool and found.deploy_type == "edge" and pool not in self._state.pools:
            raise Refused("VIAS.00010002", f"The pool {pool} does not exist.", "pool_id")
        if found.state in ("service_deploying", "service_stopping"):
            raise Refused("VIAS.00010012", f"The algorithm is {found.state}.")
        found.ever_deployed, found.streams = True, streams or 1
        self._state.move(self._state.algorithms, found, "service_deploying", "service_running")
        return JSONResponse({"alg_name": found.name})

    async def stop(self, request: Request) -> Response:
        """Answer StopDeployAlgorithm."""
        found = self._by_algorithm(request)
        if found.state != "service_running":
            raise Refused("VIAS.00010012", f"The algorithm is {found.state}.")
        self._state.move(self._state.algorithms, found, "service_stopping", "service_stopped")
        return JSONResponse({"alg_id": found.alg_id})

    def _by_algorithm(self, request: Request) -> Algorithm:
        alg_id = request.path_params["alg_id"]
        Body({"alg_id": alg_id}, "VIAS.00010001").text("alg_id", UUID4)
        for each in list(self._state.algorithms.values()):
            if each.alg_id == alg_id:
                return each
        raise Refused("VIAS.00010008", param=alg_id)


def _detail(algorithm: Algorithm, project_id: str) -> Json:
    apis = [
        {"en": en, "zh": en, "request_type": method, "request_url": f"/v2/{project_id}{path.format(api=algorithm.api)}"}
        for en, method, path in _API
    ]
    edge = algorithm.deploy_type == "edge"
    return {
        **algorithm.row(),
        "alg_name": algorithm.name,
        "alg_versions": [algorithm.version],
        "api": algorithm.api,
        "updated_at": epoch(algorithm.updated),
        "release_at": epoch(algorithm.created),
        "release_flag": True,
        "deployment_constraints": {
            "accelerators": [{"cuda_version": "cuda 10.2", "name": "Tnt004", "type": "gpu"}],
            "cpu_type": "x86_64",
            "input_types": ["Restful", "VCN", "EdgeCamera"] if edge else ["OBS", "URL", "Restful"],
            "output_types": ["Webhook"],
            "request_mode": algorithm.request_mode,
            "service_config": "<algorithm><deployConfig/></algorithm>",
            "task_config": "<algorithm><config><common/></config></algorithm>",
        },
        "service_api_list": apis,
    }
