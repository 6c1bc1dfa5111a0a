"""Jobs of VIAS: create, update, start, stop, delete (contract §2.3, §3.3, §3.4)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import VIAS, Refused
from fakes.huawei.asking import CJK, ID, Body, body_of
from fakes.huawei.bodies import (
    NAME,
    VIAS_INPUTS,
    VIAS_OUTPUTS,
    VIAS_VERSION,
    check_config,
    check_input,
    check_output,
    check_schedule,
)
from fakes.huawei.moves import move, takes
from fakes.huawei.records import Task
from fakes.huawei.state import State
from fakes.huawei.vias_tasks import ViasTasks

_SERVICE = rf"[a-zA-Z0-9{CJK},_-]{{1,100}}"


class ViasWriting:
    """Changing the jobs of VIAS."""

    def __init__(self, state: State, tasks: ViasTasks) -> None:
        self._state, self._tasks = state, tasks

    async def create_v1(self, request: Request) -> Response:
        """Answer §2.3; the answer is presumed to be v2's."""
        return self._create(request, await body_of(request, VIAS), must_name=False)

    async def create(self, request: Request) -> Response:
        """Answer §3.3: a job for each source."""
        return self._create(request, await body_of(request, VIAS), must_name=True)

    def _create(self, request: Request, body: Body, *, must_name: bool) -> Response:
        service = request.path_params["service_name"]
        name = body.text("name", NAME if must_name else "[a-zA-Z0-9_-]{1,100}", required=must_name)
        version = body.text("service_version", VIAS_VERSION, required=must_name)
        check_input(body, VIAS_INPUTS)
        common = self._shared(body)
        body.done()
        self._may_write()
        given = body.of("input", dict)
        name = name or f"{service}-{len(self._state.tasks) + 1}"
        names = [name] if len(given["data"]) == 1 else [f"{name}-{index}" for index in range(len(given["data"]))]
        self._free(names)
        known = next((each for each in self._state.algorithms.values() if each.api == service), None)
        made = [
            self._state.new(
                Task,
                self._state.tasks,
                name=each,
                created=self._state.now,
                updated=self._state.now,
                service_name=service,
                service_version=version or "1.0.0",
                kind="1" if service.endswith("-edge") else "0",
                title=known.name if known else service,
                company=known.company if known else "VIAS",
                video_source_name=self._source_name(source),
                input={**given, "data": [source]},
                **common,
            )
            for each, source in zip(names, given["data"], strict=True)
        ]
        for task in made:
            self._state.move(self._state.tasks, task, "PENDING", "RUNNING")
        return JSONResponse({"tasks": [{"id": task.id} for task in made]})

    async def update(self, request: Request) -> Response:
        """Answer §3.4: one input, of the type it had where that is a video source."""
        task = self._tasks.wanted(request)
        body = await body_of(request, VIAS)
        name = body.text("name", NAME, required=True)
        description = body.text("description", f"[{CJK}a-zA-Z0-9_-]{{0,500}}")
        body.text("service_version", VIAS_VERSION)
        check_input(body, VIAS_INPUTS, most=1)
        common = self._shared(body)
        body.done()
        self._may_write()
        given = body.of("input", dict)
        if "video_source" in (task.input.get("type"), given["type"]) and task.input.get("type") != given["type"]:
            raise Refused("VIAS.00010001", "The type of the input can not be changed.", "input")
        if name != task.name:
            self._free([name])
        task.name, task.input, task.updated = name, given, self._state.now
        task.description = description or task.description
        for field, value in common.items():
            setattr(task, field, value)
        return JSONResponse({"id": task.id, "status_code": 200, "status_msg": "success"})

    async def start_or_stop(self, request: Request) -> Response:
        """Answer §3.4; a state that does not take it is a 500."""
        task, action = self._tasks.wanted(request), request.path_params["action"]
        if action not in ("start", "stop"):
            raise Refused("VIAS.00010001", "Invalid parameter: action.", "action")
        return self._act(task, action)

    async def delete(self, request: Request) -> Response:
        """Answer §3.4."""
        return self._act(self._tasks.wanted(request), "delete")

    def _act(self, task: Task, action: str) -> Response:
        if action == "start":
            self._may_write()
        if not takes(task, action):
            raise Refused("VIAS.00010012", f"The task is {task.state}: {action} is not allowed.")
        move(self._state, task, action)
        return JSONResponse({"id": task.id, "status_code": 200, "status_msg": "success"})

    def _shared(self, body: Body) -> dict[str, Any]:
        """Return what create and update both take, as fields of a job; what was not given is left out."""
        check_output(body, VIAS_OUTPUTS)
        check_schedule(body)
        check_config(body, "config")
        given: dict[str, Any] = {
            "output": body.of("output", dict),
            "config": body.of("config", dict),
            "schedule": body.of("schedule", dict),
            "description": body.of("description", str),
            "resource_order_id": body.text("resource_order_id", ID) or None,
        }
        if len(given["description"] or "") > 500:
            raise body.refuse("description")
        body.of("is_saved_as_template", bool)
        if given["schedule"]:
            given["schedule_status"] = "ACTIVATED"
        return {name: value for name, value in given.items() if value is not None}

    def _free(self, names: list[str]) -> None:
        taken = {task.name for task in self._state.tasks.values()}
        for name in names:
            if name in taken:
                raise Refused("VIAS.00010011", f"The task name {name} already exists.", name)

    def _source_name(self, source: dict[str, Any]) -> str:
        source_id = source.get("video_source_id")
        if source_id is None:
            return ""
        found = self._state.sources.get(source_id)
        if found is None:
            raise Refused("VIAS.00010002", f"The video source {source_id} does not exist.", "video_source_id")
        return found.name

    def _may_write(self) -> None:
        if self._state.frozen:
            raise Refused("VIAS.00010012", "The account is in arrears.")
