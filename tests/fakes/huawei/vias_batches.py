"""Batch configurations (contract §3.5): every answer is 200, and may hide failures."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import VIAS, Refused
from fakes.huawei.asking import BATCH_STATES, CJK, ID, Body, Query, body_of
from fakes.huawei.bodies import NAME, VIAS_OUTPUTS, VIAS_VERSION, check_config, check_output, check_schedule
from fakes.huawei.kept import Batch
from fakes.huawei.moves import move, takes
from fakes.huawei.records import Task
from fakes.huawei.state import State

_SERVICE = rf"[a-zA-Z0-9{CJK},_-]{{1,100}}"


class ViasBatches:
    """Batches, and the tasks they own."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def page(self, request: Request) -> Response:
        """Answer ListBatchTasks; `count` is the number of all entries."""
        query = Query(request, VIAS)
        paged = query.flag("is_paged", True)
        size, page = query.number("page_size", 5, 200, 10), query.number("page_num", 1, 10_000, 1)
        newest_first = query.one_of("order_by", ("asc", "desc"), "desc") == "desc"
        by = query.one_of("sort_name", ("task_count", "created_at"), "created_at")
        tests = self._filters(query)
        query.done()
        self._state.looked(self._state.tasks)
        counts = self._counts()
        found = [each for each in list(self._state.batches.values()) if all(test(each, counts) for test in tests)]
        if by == "created_at":
            found.sort(key=lambda batch: batch.created, reverse=newest_first)
        else:
            found.sort(key=lambda batch: sum(self._count(batch, counts).values()), reverse=newest_first)
        shown = found[(page - 1) * size : page * size] if paged else found
        rows = [batch.row(self._count(batch, counts)) for batch in shown]
        return JSONResponse({"count": len(found), "batch_task_list": rows})

    def _filters(self, query: Query) -> list[Callable[[Batch, dict[str, Counter[str]]], bool]]:
        tests: list[Callable[[Batch, dict[str, Counter[str]]], bool]] = []
        if groups := query.listed("video_group", 1, 1000):
            names = {self._state.groups[each].name for each in groups if each in self._state.groups} | set(groups)
            tests.append(lambda batch, _: not names.isdisjoint(batch.group_names))
        if state := query.one_of("task_state", BATCH_STATES):
            tests.append(lambda batch, counts: state in self._count(batch, counts))
        kind = query.one_of("type_like", ("batch_task_name", "publish_service_name"), "batch_task_name")
        if name := query.text("name_like", ".{1,100}"):
            tests.append(lambda batch, _: name in (batch.name if kind == "batch_task_name" else batch.title))
        if company := query.text("manufacturer", ".{2,64}"):
            tests.append(lambda batch, _: batch.company == company)
        if title := query.text("title", ".{2,64}"):
            tests.append(lambda batch, _: title in batch.title)
        return tests

    def _counts(self) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = {}
        for task in list(self._state.tasks.values()):
            if task.batch_id:
                found.setdefault(task.batch_id, Counter())[task.state.lower()] += 1
        return found

    def _count(self, batch: Batch, counts: dict[str, Counter[str]]) -> dict[str, int]:
        return dict(Counter(batch.counted) + counts.get(batch.id, Counter()))

    async def create(self, request: Request) -> Response:
        """Answer CreateBatchTask: a task for each source; unknown sources fail, the others do not."""
        body = await body_of(request, VIAS)
        name = body.text("name", NAME, required=True)
        service = body.text("service_name", _SERVICE, required=True)
        version = body.text("service_version", VIAS_VERSION, required=True)
        body.text("manufacturer", ".{0,100}")
        body.text("priority", ".{0,100}")
        common = self._shared(body, required=True)
        sources = self._sources(body, required=True)
        body.done()
        if self._state.frozen:
            raise Refused("VIAS.00010012", "The account is in arrears.")
        if any(batch.name == name for batch in self._state.batches.values()):
            raise Refused("VIAS.00010003", f"The batch {name} already exists.", name)
        known = next((each for each in self._state.algorithms.values() if each.api == service), None)
        batch = self._state.new(
            Batch,
            self._state.batches,
            name=name,
            created=self._state.now,
            updated=self._state.now,
            service_name=service,
            service_version=version,
            title=known.name if known else service,
            company=known.company if known else "VIAS",
            kind="1" if service.endswith("-edge") else "0",
            **common,
        )
        errors = self._add(batch, sources)
        return _done(batch, len(sources), errors)

    async def update(self, request: Request) -> Response:
        """Answer UpdateBatchTask: what is given; sources that are new get a task, those left out lose theirs."""
        batch = self._wanted(request)
        body = await body_of(request, VIAS)
        name = body.text("name", NAME)
        for sent_along in ("service_name", "service_version", "manufacturer", "priority"):
            body.of(sent_along, str)
        common = self._shared(body, required=False)
        sources = self._sources(body, required=False)
        body.done()
        batch.name, batch.updated = name or batch.name, self._state.now
        for field, value in common.items():
            setattr(batch, field, value)
        if not sources:
            return _done(batch, len(self._tasks(batch)), [])
        wanted = {source_id for _, source_id, _ in sources}
        have = {task.input["data"][0].get("video_source_id") for task in self._tasks(batch)}
        errors = self._each(batch, "delete", lambda task: task.input["data"][0].get("video_source_id") not in wanted)
        errors += self._add(batch, [each for each in sources if each[1] not in have])
        return _done(batch, len(sources), errors)

    async def start_or_stop(self, request: Request) -> Response:
        """Answer BatchStartStopTask: tasks whose state does not take it are failures."""
        batch, action = self._wanted(request), request.path_params["action"]
        if action not in ("start", "stop"):
            raise Refused("VIAS.00010001", "Invalid parameter: action.", "action")
        total = len(self._tasks(batch))
        return _done(batch, total, self._each(batch, action))

    async def delete(self, request: Request) -> Response:
        """Answer DeleteBatchTask: the batch stays while one of its tasks does."""
        batch = self._wanted(request)
        total = len(self._tasks(batch))
        errors = self._each(batch, "delete")
        if not errors:
            self._state.batches.pop(batch.id, None)
        return _done(batch, total, errors)

    def _wanted(self, request: Request) -> Batch:
        found = self._state.batches.get(request.path_params["id"])
        if found is None:
            raise Refused("VIAS.00010008", param=request.path_params["id"])
        return found

    def _tasks(self, batch: Batch) -> list[Task]:
        return [task for task in list(self._state.tasks.values()) if task.batch_id == batch.id]

    def _each(self, batch: Batch, action: str, which: Callable[[Task], bool] = lambda _: True) -> list[str]:
        errors = []
        for task in filter(which, self._tasks(batch)):
            if takes(task, action):
                move(self._state, task, action)
            else:
                errors.append(f"VIAS.00010012: task {task.name} is {task.state}: {action} is not allowed.")
        return errors

    def _add(self, batch: Batch, sources: list[tuple[str, str, str]]) -> list[str]:
        errors = []
        for group_id, source_id, roi in sources:
            source = self._state.sources.get(source_id)
            if source is None:
                errors.append(f"VIAS.00010002: video source {source_id} does not exist.")
                continue
            config = {**batch.config, "common": {**batch.config.get("common", {})}}
            if roi:
                config["common"]["target_roi"] = roi
            group = self._state.groups.get(group_id)
            self._state.new(
                Task,
                self._state.tasks,
                name=f"{batch.name}-{source.name}",
                created=self._state.now,
                updated=self._state.now,
                batch_id=batch.id,
                title=batch.title,
                company=batch.company,
                kind=batch.kind,
                service_name=batch.service_name,
                service_version=batch.service_version,
                video_source_name=source.name,
                group_ids=[group_id],
                group_names=[group.name] if group else [],
                input={"type": "video_source", "data": [{"video_source_id": source_id}]},
                output=batch.output,
                config=config,
            )
            batch.source_names.append(source.name)
            if group and group.name not in batch.group_names:
                batch.group_names.append(group.name)
        return errors

    def _shared(self, body: Body, *, required: bool) -> dict[str, Any]:
        check_output(body, VIAS_OUTPUTS, required=required)
        check_schedule(body)
        check_config(body, "config")
        given = {
            "output": body.of("output", dict),
            "config": body.of("config", dict),
            "schedule": body.of("schedule", dict),
            "description": body.text("description", ".{0,500}") or None,
        }
        body.of("is_saved_as_template", bool)
        body.text("resource_order_id", ID)
        return {name: value for name, value in given.items() if value is not None}

    def _sources(self, body: Body, *, required: bool) -> list[tuple[str, str, str]]:
        """Return group, source and region of each source that is named; a group without any means all it has."""
        given = body.inner("batch_input", required=required)
        if given is None:
            return []
        found = []
        for group in given.objects("video_source_group", 1, 100, required=True):
            group_id = group.text("video_source_group_id", ID, required=True)
            listed = group.objects("video_source_list", 0, 100, required=True)
            for source in listed:
                source_id = source.text("video_source_id", ID, required=True)
                found.append((group_id, source_id, source.text("target_roi", ".{0,2048}")))
                source.done()
            group.done()
            known = self._state.groups.get(group_id)
            if not listed and known is not None:
                found += [(group_id, source_id, "") for source_id in known.source_ids]
        given.done()
        return found


def _done(batch: Batch, total: int, errors: list[str]) -> Response:
    return JSONResponse(
        {
            "id": batch.id,
            "total_count": total,
            "succeed_count": max(0, total - len(errors)),
            "failed_count": len(errors),
            "error_list": errors,
        }
    )
