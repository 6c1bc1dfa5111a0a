"""Jobs of the services of IVA (contract §4): list and show."""

import re
from collections.abc import Callable
from operator import attrgetter

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import IVA, Refused
from fakes.huawei.asking import CJK, STATES, Query
from fakes.huawei.records import IvaTask
from fakes.huawei.state import State
from fakes.huawei.times import epoch

TASK_ID = r"[0-9a-f]{32}|task\w{8}"
_ORDERS = {"name": "name", "created_at": "created", "updated_at": "updated"}
_SERVICE = r"[a-z][a-z-]{0,98}[a-z]"


class IvaTasks:
    """Reading the jobs of IVA."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def page(self, request: Request) -> Response:
        """Answer §4.2; `count` is the true total."""
        service = self.service(request)
        query = Query(request, IVA)
        tests: list[Callable[[IvaTask], bool]] = [lambda task: task.service == service]
        if version := query.text("service_version", r"\d{1,3}\.\d{1,3}"):
            tests.append(lambda task: task.version == version)
        if state := query.one_of("state", STATES):
            tests.append(lambda task: task.state == state)
        if name := query.text("name_like", f"[{CJK}a-zA-Z0-9_-]{{1,100}}"):
            tests.append(lambda task: name in task.name)
        if part := query.text("id_like", "[0-9a-z]{1,32}"):
            tests.append(lambda task: part in task.id)
        if since := query.number("created_since", 0, 2**63 - 1, 0):
            tests.append(lambda task: epoch(task.created) >= since)
        if until := query.number("created_until", 0, 2**63 - 1, 0):
            tests.append(lambda task: epoch(task.created) <= until)
        order = query.text("order", "(name|created_at|updated_at):(ASC|DESC)", "created_at:DESC")
        offset, limit = query.number("offset", 0, 100_000, 0), query.number("limit", 1, 1000, 100)
        query.done()
        self._state.looked(self._state.iva_tasks)
        found = [task for task in list(self._state.iva_tasks.values()) if all(test(task) for test in tests)]
        field, _, direction = order.partition(":")
        found.sort(key=attrgetter(_ORDERS[field]))
        if direction == "DESC":
            found.reverse()
        rows = [task.detail(request.path_params["project_id"]) for task in found[offset : offset + limit]]
        return JSONResponse({"count": len(found), "tasks": rows})

    async def show(self, request: Request) -> Response:
        """Answer §4.1."""
        task = self.wanted(request)
        if task.literally:
            return Response(task.literally, media_type="application/json")
        return JSONResponse(task.detail(request.path_params["project_id"]))

    def service(self, request: Request) -> str:
        """Return the service in the path, if the account may use it."""
        name: str = request.path_params["service_name"]
        if not re.fullmatch(_SERVICE, name):
            raise Refused("IVA.0004", "Invalid parameter: service_name.")
        if name not in self._state.iva_services:
            raise Refused("IVA.0005", f"The service {name} does not exist.")
        if name in self._state.not_subscribed:
            raise Refused("IVA.0007")
        if self._state.frozen:
            raise Refused("IVA.0014")
        return name

    def wanted(self, request: Request) -> IvaTask:
        """Return the job in the path, after a look at it."""
        service = self.service(request)
        task_id = request.path_params["task_id"]
        if not re.fullmatch(TASK_ID, task_id):
            raise Refused("IVA.0004", "Invalid parameter: task_id.")
        self._state.looked(self._state.iva_tasks, task_id)
        found = self._state.iva_tasks.get(task_id)
        if found is None or found.service != service:
            raise Refused("IVA.0005", f"The task {task_id} does not exist.")
        return found
