"""Jobs of the services of IVA: create, update, start, stop, delete, each with its own code (contract §4.3, §4.4)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import IVA, Refused
from fakes.huawei.asking import Body, body_of
from fakes.huawei.bodies import (
    IVA_INPUTS,
    IVA_OUTPUTS,
    IVA_VERSION,
    NAME,
    check_config,
    check_input,
    check_output,
    check_timing,
)
from fakes.huawei.iva_tasks import IvaTasks
from fakes.huawei.moves import move, takes
from fakes.huawei.records import IvaTask
from fakes.huawei.state import State

_POOL, _ORDER = r"[0-9a-f]{32}|edgestreampool\w{8}", "[0-9a-f]{32}"


class IvaWriting:
    """Changing the jobs of IVA."""

    def __init__(self, state: State, tasks: IvaTasks) -> None:
        self._state, self._tasks = state, tasks

    async def create(self, request: Request) -> Response:
        """Answer §4.3: 201 and a bare array, a job for each source."""
        service = self._tasks.service(request)
        body = await body_of(request, IVA)
        name = body.text("name", NAME, required=True)
        version = body.text("service_version", IVA_VERSION, required=True)
        pool = body.text("edge_pool_id", _POOL, required=service.endswith("-edge"))
        order = body.text("resource_order_id", _ORDER)
        check_input(body, IVA_INPUTS)
        check_output(body, IVA_OUTPUTS)
        common = self._shared(body)
        body.done()
        given, now = common.pop("input"), self._state.now
        made = [
            self._state.new(
                IvaTask,
                self._state.iva_tasks,
                name=name,
                service=service,
                version=version,
                edge_pool_id=pool,
                resource_order_id=order,
                input={**given, "data": [source]},
                created=now,
                updated=now,
                **common,
            )
            for source in given["data"]
        ]
        for task in made:
            self._state.move(self._state.iva_tasks, task, "PENDING", "RUNNING")
        return JSONResponse([{"id": task.id} for task in made], status_code=201)

    async def update(self, request: Request) -> Response:
        """Answer §4.4: any of the fields, and the whole job."""
        task = self._tasks.wanted(request)
        body = await body_of(request, IVA)
        name = body.text("name", NAME)
        check_input(body, IVA_INPUTS, most=1, required=False)
        check_output(body, IVA_OUTPUTS, required=False)
        common = self._shared(body)
        body.done()
        task.name, task.updated = name or task.name, self._state.now
        for field, value in common.items():
            setattr(task, field, value)
        return JSONResponse(task.detail(request.path_params["project_id"]))

    async def start(self, request: Request) -> Response:
        """Answer §4.4: 202 and nothing."""
        return self._act(request, "start", 202)

    async def stop(self, request: Request) -> Response:
        """Answer §4.4: 202 and nothing."""
        return self._act(request, "stop", 202)

    async def delete(self, request: Request) -> Response:
        """Answer §4.4: 202 for edge jobs and hosted output, else 200."""
        task = self._tasks.wanted(request)
        later = bool(task.edge_pool_id) or "hosting" in task.output
        return self._act(request, "delete", 202 if later else 200)

    def _act(self, request: Request, action: str, status: int) -> Response:
        task = self._tasks.wanted(request)
        if not takes(task, action):
            raise Refused("IVA.0004", f"The task is {task.state}: {action} is not allowed.")
        move(self._state, task, action)
        return Response(status_code=status)

    def _shared(self, body: Body) -> dict[str, Any]:
        check_timing(body)
        check_config(body, "service_config")
        given = {
            "description": body.text("description", ".{0,500}") or None,
            "input": body.of("input", dict),
            "output": body.of("output", dict),
            "service_config": body.of("service_config", dict),
            "timing": body.of("timing", dict),
        }
        return {name: value for name, value in given.items() if value is not None}
