"""Groups of cameras (contract §3.6)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import VIAS, Refused
from fakes.huawei.asking import CJK, ID, Page, Query, body_of
from fakes.huawei.kept import Group
from fakes.huawei.records import Json
from fakes.huawei.state import State
from fakes.huawei.vias_sources import KINDS, wanted

QUOTA = 200
_NAME = rf"[{CJK}_a-zA-Z0-9-]{{1,20}}"


class ViasGroups:
    """List, show, create, update, delete."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def page(self, request: Request) -> Response:
        """Answer ListVideoGroups."""
        query = Query(request, VIAS)
        by = query.one_of("sort_name", ("create_at", "modify_at", "num_video_source", "num_task"), "create_at")
        newest_first = query.one_of("order_by", ("asc", "desc"), "desc") == "desc"
        shown = Page(query)
        name, status = query.text("name", ".{0,20}"), query.text("status", "|1|2|9")
        access = {*query.several("access_type", ("", "cloud", "edge"))} - {""}
        has_task = query.flag("has_task", False)
        kinds = {*query.several("type", ("", *KINDS))} - {""}
        query.done()
        rows = [(group, self._group_row(group)) for group in list(self._state.groups.values())]
        key = {"1": "num_online", "2": "num_offline", "9": "num_exception"}.get(status, "")
        found = [
            row
            for group, row in rows
            if name in group.name
            and (not key or row["group_status"][key])
            and (not access or group.access_type in access)
            and (not has_task or row["num_batch_task"])
            and (not kinds or group.kind in kinds)
        ]
        found.sort(key=lambda row: row["num_batch_task" if by == "num_task" else by], reverse=newest_first)
        return JSONResponse(
            {
                "video_group_number": len(found),
                "total_number": len(self._state.groups),
                "quota_number": QUOTA,
                "video_group_list": shown.of(found),
            }
        )

    async def show(self, request: Request) -> Response:
        """Answer ShowVideoGroupDetail: with the description, without the type."""
        group = wanted(self._state.groups, request.path_params["video_group_id"])
        row = self._group_row(group)
        row.pop("type", None)
        return JSONResponse({**row, "description": group.description})

    async def create(self, request: Request) -> Response:
        """Answer CreateVideoGroup."""
        body = await body_of(request, VIAS)
        name = body.text("video_group_name", _NAME, required=True)
        access = body.one_of("access_type", ("cloud", "edge"), required=True)
        description = body.text("description", ".{0,100}")
        sources = body.texts("video_source_ids", 0, 50, ID)
        body.done()
        if any(group.name == name for group in self._state.groups.values()):
            raise Refused("VIAS.00010003", f"The group {name} already exists.", name)
        self._known(sources)
        now = self._state.now
        group = self._state.new(
            Group,
            self._state.groups,
            name=name,
            access_type=access,
            description=description,
            source_ids=sources,
            created=now,
            updated=now,
        )
        return JSONResponse({"video_group_id": group.id})

    async def update(self, request: Request) -> Response:
        """Answer UpdateVideoGroup: name and description are left alone when absent."""
        group = wanted(self._state.groups, request.path_params["video_group_id"])
        body = await body_of(request, VIAS)
        name, description = body.text("video_group_name", _NAME), body.text("description", ".{0,100}")
        sources = body.texts("video_source_ids", 1, 50, ID, required=True)
        body.done()
        self._known(sources)
        group.name, group.source_ids, group.updated = name or group.name, sources, self._state.now
        if "description" in body:
            group.description = description
        return JSONResponse("success")

    async def delete(self, request: Request) -> Response:
        """Answer DeleteVideoGroup; one with batches is not let go."""
        group = wanted(self._state.groups, request.path_params["video_group_id"])
        if self._batches_of(group):
            raise Refused("VIAS.00010012", f"The group {group.name} is in use by a batch.")
        self._state.groups.pop(group.id, None)
        return JSONResponse("success")

    def _group_row(self, group: Group) -> Json:
        levels = [self._state.sources[each].level for each in group.source_ids if each in self._state.sources]
        return group.row(levels.count("1"), levels.count("2"), levels.count("9"), self._batches_of(group))

    def _batches_of(self, group: Group) -> int:
        return sum(group.name in batch.group_names for batch in list(self._state.batches.values()))

    def _known(self, source_ids: list[str]) -> None:
        for source_id in source_ids:
            if source_id not in self._state.sources:
                raise Refused("VIAS.00010002", f"The video source {source_id} does not exist.", "video_source_ids")
