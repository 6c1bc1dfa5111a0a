"""Which route is whose (contract §1 to §4). Only the flavour of VIAS that is spoken is there."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fakes.huawei.answers import IAM, IVA, VIAS, Refused, refusal
from fakes.huawei.iam import Iam
from fakes.huawei.iva_tasks import IvaTasks
from fakes.huawei.iva_writing import IvaWriting
from fakes.huawei.state import State
from fakes.huawei.vias_algorithms import ViasAlgorithms
from fakes.huawei.vias_batches import ViasBatches
from fakes.huawei.vias_groups import ViasGroups
from fakes.huawei.vias_pools import ViasPools
from fakes.huawei.vias_sources import ViasSources
from fakes.huawei.vias_tasks import ViasTasks
from fakes.huawei.vias_writing import ViasWriting

Handler = Callable[[Request], Awaitable[Response]]
Mistakes = list[Exception]
"""What went wrong in the stand-in itself."""


def iam_app(iam: Iam, mistakes: Mistakes) -> Starlette:
    """Return IAM."""
    return _app(IAM, mistakes, [("POST", "/v3/auth/tokens", iam.sign_in), ("GET", "/v3/projects", iam.projects)])


def vias_app(state: State, flavour: str, mistakes: Mistakes) -> Starlette:
    """Return VIAS in the flavour "v1" or "v2"."""
    tasks = ViasTasks(state)
    writing = ViasWriting(state, tasks)
    if flavour == "v1":
        p = "/v1/{project_id}/infer"
        return _app(
            VIAS,
            mistakes,
            [
                ("GET", f"{p}/tasks", tasks.list_v1),
                ("GET", f"{p}/tasks/{{task_id}}", tasks.show),
                ("POST", f"{p}/services/{{service_name}}/tasks", writing.create_v1),
            ],
        )
    batches, groups, sources = ViasBatches(state), ViasGroups(state), ViasSources(state)
    algorithms, pools = ViasAlgorithms(state), ViasPools(state)
    p = "/v2/{project_id}"
    return _app(
        VIAS,
        mistakes,
        [
            ("GET", f"{p}/tasks", tasks.list_v2),
            ("GET", f"{p}/tasks/{{task_id}}", tasks.show),
            ("POST", f"{p}/services/{{service_name}}/tasks", writing.create),
            ("PUT", f"{p}/tasks/{{task_id}}", writing.update),
            ("PUT", f"{p}/tasks/{{task_id}}/action/{{action}}", writing.start_or_stop),
            ("DELETE", f"{p}/tasks/{{task_id}}", writing.delete),
            ("GET", f"{p}/batch-tasks", batches.page),
            ("POST", f"{p}/batch-tasks", batches.create),
            ("PUT", f"{p}/batch-tasks/{{id}}", batches.update),
            ("PUT", f"{p}/batch-tasks/{{id}}/action/{{action}}", batches.start_or_stop),
            ("DELETE", f"{p}/batch-tasks/{{id}}", batches.delete),
            ("GET", f"{p}/video-group/groups", groups.page),
            ("GET", f"{p}/video-group/{{video_group_id}}", groups.show),
            ("POST", f"{p}/video-group", groups.create),
            ("PUT", f"{p}/video-group/{{video_group_id}}", groups.update),
            ("DELETE", f"{p}/video-group/{{video_group_id}}", groups.delete),
            ("GET", f"{p}/source/sources", sources.page),
            ("GET", f"{p}/source/sources/{{video_source_id}}", sources.show),
            ("POST", f"{p}/source", sources.create),
            ("PUT", f"{p}/source/{{video_source_id}}", sources.update),
            ("DELETE", f"{p}/source/{{video_source_id}}", sources.delete),
            ("GET", f"{p}/algorithm/services/user", algorithms.page),
            ("GET", f"{p}/algorithm/services/{{service_id}}", algorithms.show),
            ("POST", f"{p}/algorithm/{{alg_id}}/deploy", algorithms.deploy),
            ("PUT", f"{p}/algorithm/{{alg_id}}/deploy/stop", algorithms.stop),
            ("GET", f"{p}/edge-pools", pools.page),
            ("GET", f"{p}/edge-pools/{{id}}", pools.show),
            ("POST", f"{p}/edge-pools", pools.create),
            ("DELETE", f"{p}/edge-pools/{{id}}", pools.delete),
        ],
    )


def iva_app(state: State, mistakes: Mistakes) -> Starlette:
    """Return IVA."""
    tasks = IvaTasks(state)
    writing = IvaWriting(state, tasks)
    p = "/v2/{project_id}/services/{service_name}/tasks"
    return _app(
        IVA,
        mistakes,
        [
            ("GET", p, tasks.page),
            ("GET", f"{p}/{{task_id}}", tasks.show),
            ("POST", p, writing.create),
            ("PUT", f"{p}/{{task_id}}", writing.update),
            ("POST", f"{p}/{{task_id}}/start", writing.start),
            ("POST", f"{p}/{{task_id}}/stop", writing.stop),
            ("DELETE", f"{p}/{{task_id}}", writing.delete),
        ],
    )


def _app(family: str, mistakes: Mistakes, table: list[tuple[str, str, Handler]]) -> Starlette:
    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return refusal(family, error.code, error.message, param=error.param, status=error.status)

    async def broken(_: Request, error: Exception) -> Response:
        mistakes.append(error)
        return refusal(family, "500" if family == IAM else f"{family.upper()}.99999999", "The stand-in is broken.")

    async def unknown(_: Request, error: Exception) -> Response:
        return refusal(family, "404" if family == IAM else "APIGW.0101")

    async def unsupported(_: Request, error: Exception) -> Response:
        if family == VIAS:
            return refusal(VIAS, "VIAS.00010006", "The request method is not supported.")
        return refusal(family, "404" if family == IAM else "APIGW.0101")

    routes = [Route(path, handler, methods=[method]) for method, path, handler in table]
    return Starlette(
        routes=routes, exception_handlers={Refused: refused, 404: unknown, 405: unsupported, Exception: broken}
    )
