"""Cameras (contract §3.7). What a person set is echoed, credentials and all: hiding them is the client's part."""

from typing import TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.huawei.answers import VIAS, Refused
from fakes.huawei.asking import CJK, ID, Body, Page, Query, body_of
from fakes.huawei.kept import Source
from fakes.huawei.records import Json, Record
from fakes.huawei.state import State

QUOTA = 5000
KINDS = ("obs", "vcn", "url", "restful", "camera", "VIDEO_PLATFORM", "VIDEO_IMAGE_DB", "RTSP_STREAM")
_TAG = rf"[{CJK}a-zA-Z0-9,_-]{{1,10}}"
_INNER = rf"{CJK}a-zA-Z0-9()（）._\-"
_NAME = rf"[{_INNER}]|[{_INNER}][{_INNER} ]{{0,98}}[{_INNER}]"
_LATITUDE = r"|[+-]?(([0-8]?\d(\.\d{1,5})?)|(90(\.0{1,5})?))"
_LONGITUDE = r"|-?((([0-9]\d?|1[0-7]\d)(\.\d{1,5})?)|180(\.0{1,5})?)"
_R = TypeVar("_R", bound=Record)


def wanted(container: dict[str, _R], record_id: str) -> _R:
    """Return the record with an id; refuse an id that can not be one, and one that is not there."""
    Body({"id": record_id}, "VIAS.00010001").text("id", ID, required=True)
    found = container.get(record_id)
    if found is None:
        raise Refused("VIAS.00010008", param=record_id)
    return found


class ViasSources:
    """List, show, create, update, delete."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def page(self, request: Request) -> Response:
        """Answer ListVideoSources."""
        query = Query(request, VIAS)
        scope, by_group = query.text("scope", ".{0,255}"), query.text("scope_name", "|source_name|group_name")
        levels, kinds = query.several("status", ("1", "2", "9")), query.several("type", KINDS)
        groups = query.several("video_group_id", pattern="[0-9a-zA-Z_-]{1,36}")
        by = query.one_of("sort_name", ("create_at", "num_task", "num_template"), "create_at")
        newest_first = query.one_of("order_by", ("asc", "desc"), "desc") == "desc"
        shown = Page(query)
        access = {*query.several("access_type", ("", "cloud", "edge"))} - {""}
        platform, tag = query.text("platform_name", ".{0,100}"), query.text("tag", ".{0,255}")
        query.done()

        def matches(source: Source) -> bool:
            names = [group.name for group in self._state.groups_of(source.id)] if by_group == "group_name" else []
            ids = {group.id for group in self._state.groups_of(source.id)} if groups else set()
            return (
                any(scope in name for name in (names or [source.name]))
                and (not levels or source.level in levels)
                and (not kinds or source.kind in kinds)
                and (not groups or not ids.isdisjoint(groups))
                and (not access or source.access_type in access)
                and (not platform or platform == source.platform_name)
                and (not tag or not set(tag.split(",")).isdisjoint(source.tags))
            )

        found = [source for source in list(self._state.sources.values()) if matches(source)]
        rows = [self._source_row(source) for source in found]
        key = {"create_at": "create_at", "num_task": "num_tasks", "num_template": "num_service_config_templates"}[by]
        rows.sort(key=lambda row: row[key], reverse=newest_first)
        return JSONResponse(
            {
                "video_source_number": len(rows),
                "total_number": len(self._state.sources),
                "quota_number": QUOTA,
                "video_source_list": shown.of(rows),
            }
        )

    async def show(self, request: Request) -> Response:
        """Answer ShowVideoSourceDetail: everything but the id."""
        return JSONResponse(self._source_detail(wanted(self._state.sources, request.path_params["video_source_id"])))

    async def create(self, request: Request) -> Response:
        """Answer CreateVideoSource."""
        body = await body_of(request, VIAS)
        name = body.text("video_source_name", _NAME, required=True)
        access = body.one_of("access_type", ("cloud", "edge"), required=True)
        kind = body.one_of("type", KINDS, required=True)
        config = body.text("type_config", ".{0,1024}", required=True)
        tags = body.texts("tag", 0, 4, _TAG)
        latitude, longitude = body.text("latitude", _LATITUDE), body.text("longitude", _LONGITUDE)
        groups = body.texts("video_group_ids", 0, 100, ID)
        body.done()
        self._free(name)
        now = self._state.now
        source = self._state.new(
            Source,
            self._state.sources,
            name=name,
            access_type=access,
            kind=kind,
            type_config=config,
            tags=tags,
            latitude=latitude,
            longitude=longitude,
            created=now,
            updated=now,
        )
        for group_id in groups:
            if group_id in self._state.groups:
                self._state.groups[group_id].source_ids.append(source.id)
        return JSONResponse({"video_source_id": source.id})

    async def update(self, request: Request) -> Response:
        """Answer UpdateVideoSource; type and groups may come along and change nothing."""
        source = wanted(self._state.sources, request.path_params["video_source_id"])
        body = await body_of(request, VIAS)
        name = body.text("video_source_name", _NAME, required=True)
        config = body.text("type_config", ".{0,1024}", required=True)
        tags = body.texts("tag", 0, 4, _TAG)
        latitude, longitude = body.text("latitude", _LATITUDE), body.text("longitude", _LONGITUDE)
        body.done("access_type", "type", "video_group_ids")
        if name != source.name:
            self._free(name)
        source.name, source.type_config, source.updated = name, config, self._state.now
        if "tag" in body:
            source.tags = tags
        source.latitude, source.longitude = latitude or source.latitude, longitude or source.longitude
        return JSONResponse(self._source_detail(source))

    async def delete(self, request: Request) -> Response:
        """Answer DeleteVideoSource with a bare `true`; one that a job reads is not let go."""
        source = wanted(self._state.sources, request.path_params["video_source_id"])
        if self._tasks_of(source):
            raise Refused("VIAS.00010012", f"The video source {source.name} is in use by a task.")
        self._state.sources.pop(source.id, None)
        for group in self._state.groups_of(source.id):
            group.source_ids.remove(source.id)
        return JSONResponse(True)

    def _source_row(self, source: Source) -> Json:
        groups = [
            {"video_group_id": group.id, "video_group_name": group.name} for group in self._state.groups_of(source.id)
        ]
        return source.row(groups, self._tasks_of(source))

    def _source_detail(self, source: Source) -> Json:
        hidden = ("video_source_id", "num_tasks", "num_service_config_templates")
        row = {name: value for name, value in self._source_row(source).items() if name not in hidden}
        return {**row, "scene_recommend": [], "service_config_templates": []}

    def _tasks_of(self, source: Source) -> int:
        return sum(task.video_source_name == source.name for task in list(self._state.tasks.values()))

    def _free(self, name: str) -> None:
        if any(source.name == name for source in self._state.sources.values()):
            raise Refused("VIAS.00010010", f"The video source name {name} already exists.", name)
