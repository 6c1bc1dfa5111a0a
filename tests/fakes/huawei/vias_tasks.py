"""Jobs of VIAS, v1 and v2: list and show (contract §2, §3.1, §3.2)."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import VIAS, Refused
from fakes.huawei.asking import CJK, ID, UUID4, VIAS_STATES, Query
from fakes.huawei.records import Task
from fakes.huawei.state import State

Test = Callable[[Task], bool]


class ViasTasks:
    """Reading the jobs of VIAS."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def list_v1(self, request: Request) -> Response:
        """Answer §2.1."""
        query = Query(request, VIAS)
        return self._page(query, "v1", query.number("page_size", 5, 50, 10), [])

    async def list_v2(self, request: Request) -> Response:
        """Answer §3.1."""
        query = Query(request, VIAS)
        tests: list[Test] = []
        if data_type := query.one_of("source_data_type", ("async_task", "sync_task")):
            tests.append(lambda task: task.source_data_type == data_type)
        if alg_id := query.text("alg_id", UUID4):
            tests.append(lambda task: task.alg_id == alg_id)
        return self._page(query, "v2", query.number("page_size", 5, 1000, 10), tests)

    async def show(self, request: Request) -> Response:
        """Answer §2.2 and §3.2."""
        task = self.wanted(request)
        version = "v1" if request.url.path.startswith("/v1/") else "v2"
        return JSONResponse(task.detail(version, request.path_params["project_id"]))

    def wanted(self, request: Request) -> Task:
        """Return the job in the path, after a look at it."""
        task_id = request.path_params["task_id"]
        self._state.looked(self._state.tasks, task_id)
        found = self._state.tasks.get(task_id)
        if found is None:
            raise Refused("VIAS.00010007", param=task_id)
        return found

    def _page(self, query: Query, version: str, size: int, tests: list[Test]) -> Response:
        page = query.number("page", 1, 2**31 - 1, 1)
        newest_first = query.one_of("sort_dir", ("asc", "desc"), "desc") == "desc"
        tests = [*tests, *self._filters(query)]
        query.done()
        self._state.looked(self._state.tasks)
        found = list(self._state.tasks.values())
        if tests:
            found = [task for task in found if all(test(task) for test in tests)]
        found.sort(key=lambda task: task.created, reverse=newest_first)
        rows = [task.row(version) for task in found[(page - 1) * size : page * size]]
        return JSONResponse({"count": len(rows), "page": page, "page_size": size, "tasks": rows})

    def _filters(self, query: Query) -> list[Test]:
        tests: list[Test] = []
        if title := query.text("title", f"[a-zA-Z0-9{CJK} ,_-]{{2,64}}"):
            tests.append(lambda task: title in task.title)
        if camera := query.text("camera_name", ".{1,255}"):
            tests.append(lambda task: camera in task.video_source_name)
        if state := query.one_of("task_state", VIAS_STATES):
            tests.append(lambda task: task.state == state)
        if name := query.text("task_name", ".{1,1024}"):
            tests.append(lambda task: name in task.name)
        if batch := query.text("batch_id", ID):
            tests.append(lambda task: task.batch_id == batch)
        if groups := set(query.listed("video_group_id", 4, 2048)):
            tests.append(lambda task: not groups.isdisjoint(task.group_ids))
        if companies := query.listed("company", 1, 100):
            tests.append(lambda task: task.company in companies)
        return tests
