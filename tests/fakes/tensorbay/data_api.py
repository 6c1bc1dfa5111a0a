"""What is in segments: lists, links, and what is done to files (contract §4.6)."""

from dataclasses import replace

from fakes.tensorbay.asked import MOST
from fakes.tensorbay.call import Call
from fakes.tensorbay.labels_api import MASKS
from fakes.tensorbay.records import File, Json, Segment
from fakes.tensorbay.refusals import BROKEN, MISSING, WRONG, Refused, absent
from fakes.tensorbay.segments_api import STRATEGIES
from fakes.tensorbay.state import changing, content_of, segment_of


def listed(call: Call) -> Json:
    """ListData: paths and checksums, in fusion frames."""
    segment = _segment(call)

    def row(files: list[File]) -> Json:
        if not files[0].frame_id:
            return {"remotePath": files[0].remote_path, "checksum": files[0].checksum}
        frame = [{**_in_frame(each), "checksum": each.checksum} for each in files]
        return {"frameId": files[0].frame_id, "frame": frame}

    return _of_segment(call, segment, call.listed("data", segment.rows(), row))


def details(call: Call) -> Json:
    """ListDataDetails: everything, with fresh links."""
    segment = _segment(call)

    def row(files: list[File]) -> Json:
        if not files[0].frame_id:
            return {"remotePath": files[0].remote_path, **_detail(call, files[0])}
        frame = [{**_in_frame(each), **_detail(call, each)} for each in files]
        return {"frameId": files[0].frame_id, "frame": frame}

    return _of_segment(call, segment, call.listed("dataDetails", _named(call, segment), row))


def urls(call: Call) -> Json:
    """ListDataUri, and GetDataUrls with a path. The counters of one path are wrong, as they were seen to be."""

    def row(files: list[File]) -> Json:
        if not files[0].frame_id:
            return {"remotePath": files[0].remote_path, "url": call.link(files[0].key)}
        links = [
            {"sensorName": each.sensor, "remotePath": each.remote_path, "url": call.link(each.key)} for each in files
        ]
        return {"frameId": files[0].frame_id, "urls": links}

    found = call.listed("urls", _named(call, _segment(call)), row)
    return {**found, "recordSize": 0, "totalCount": 0} if "remotePath" in call.query else found


def url(call: Call) -> Json:
    """GetDataUrls as it was before."""
    rows = _named(call, _segment(call))
    if "remotePath" not in call.query:
        raise Refused(MISSING, "remotePath is required")
    if not rows:
        raise absent("data")
    return {"url": call.link(rows[0][0].key)}


def masks(call: Call) -> Json:
    """ListMaskUrls: null for what has none. For one path the total is the segment's."""
    kind, segment = call.query.one_of("maskType", MASKS), _segment(call)

    def one(file: File) -> Json | None:
        mask = file.label.get(kind)
        if not mask:
            return None
        key = call.state.store.prefix + mask["checksum"]
        return {"remotePath": mask.get("remotePath") or file.remote_path, "url": call.link(key)}

    def row(files: list[File]) -> Json | None:
        if not files[0].frame_id:
            return one(files[0])
        links = [{"sensorName": each.sensor, **(one(each) or {"remotePath": "", "url": ""})} for each in files]
        return {"frameId": files[0].frame_id, "urls": links}

    found = call.listed("urls", _named(call, segment), row)
    return {**found, "totalCount": len(segment.rows())}


def total_size(call: Call) -> Json:
    """GetTotalSize."""
    return {"totalSize": call.version().size}


def deleted(call: Call) -> Json:
    """DeleteData: one path."""
    content, body = call.draft().content, call.body
    segment, place = segment_of(content, body.text("segmentName")), ("", body.text("remotePath"))
    if place not in segment.files:
        raise absent("data")
    changing(content, segment.name).drop(place)
    return {}


def delete_frame(call: Call) -> Json:
    """DeleteFrame."""
    content, body = call.draft().content, call.body
    segment, frame = segment_of(content, body.text("segmentName")), body.named("frameId")
    gone = [each for each in segment.files if each[0] == frame]
    if not gone:
        raise absent("frame")
    segment = changing(content, segment.name)
    for place in gone:
        segment.drop(place)
    return {}


def operated(call: Call) -> Json:
    """OperateData: `?multipleCopy` and `?multipleMove`."""
    moved = "multipleMove" in call.query
    if not moved and "multipleCopy" not in call.query:
        raise Refused(MISSING, "multipleCopy or multipleMove is required")
    body, source = call.body, call.body.inner("source")
    paths = source.of("remotePaths", list)
    names = body.of("remotePaths", list, must=False) or paths
    if len(names) != len(paths) or len(paths) > MOST or (moved and "id" in source):
        raise Refused(WRONG, "the value of remotePaths is invalid")
    strategy, content = body.one_of("strategy", STRATEGIES, "abort"), call.draft().content
    origin = content if "id" not in source else content_of(call.state.dataset(source.text("id")), source)
    files = segment_of(origin, source.text("segmentName")).files
    if any(("", each) not in files for each in paths):
        raise absent("data")
    target = changing(content, body.text("segmentName"))
    if strategy == "abort" and any(("", each) in target.files for each in names):
        raise Refused(BROKEN, "the data already exists")
    for path, name in zip(paths, names, strict=True):
        if ("", name) in target.files and strategy == "skip":
            continue
        file = files[("", path)]
        if moved:
            changing(content, source.text("segmentName")).drop(("", path))
        target.put(replace(file, remote_path=name))
    return {}


def _segment(call: Call) -> Segment:
    return segment_of(call.version(), call.query.text("segmentName"))


def _of_segment(call: Call, segment: Segment, page: Json) -> Json:
    return {"segmentName": segment.name, "type": call.dataset.type, **page}


def _named(call: Call, segment: Segment) -> list[list[File]]:
    """Return the rows, those of one path where it is given."""
    path = call.query.of("remotePath", str, must=False)
    if path is None:
        return segment.rows()
    return [files for files in segment.rows() if any(each.remote_path == path for each in files)]


def _in_frame(file: File) -> Json:
    stamp = {} if file.timestamp is None else {"timestamp": file.timestamp}
    return {"sensorName": file.sensor, "remotePath": file.remote_path, **stamp}


def _detail(call: Call, file: File) -> Json:
    label = {kind: dict(value) if kind in MASKS else value for kind, value in file.label.items()}
    for kind in MASKS:
        if mask := label.get(kind):
            mask["url"] = call.link(call.state.store.prefix + mask["checksum"])
    found = {"checksum": file.checksum, "url": call.link(file.key), "label": label}
    return found if file.timestamp is None else {**found, "timestamp": file.timestamp}
