"""Segments and the sensors of fusion segments (contract §4.5, §4.8)."""

from fakes.tensorbay.call import Call, Created
from fakes.tensorbay.records import Json, Segment
from fakes.tensorbay.refusals import BROKEN, TAKEN, WRONG, Refused, absent
from fakes.tensorbay.state import changing, content_of, segment_of

STRATEGIES = ("abort", "override", "skip")


def listed(call: Call) -> Json:
    """ListSegment."""
    rows = [each for _, each in sorted(call.version().segments.items())]
    return call.listed("segments", rows, lambda each: {"name": each.name, "description": each.description})


def posted(call: Call) -> Json | Created:
    """CreateSegment; with `?copy` or `?move` in the query, what places one (contract §4.5)."""
    if "copy" in call.query or "move" in call.query:
        return _placed(call)
    content, name = call.draft().content, call.body.text("name")
    if name in content.segments:
        raise Refused(TAKEN, "the segment name already exists")
    content.add(Segment(name, call.body.text("description", "")))
    return Created({})


def deleted(call: Call) -> Json:
    """DeleteSegment."""
    content, name = call.draft().content, call.body.text("segmentName")
    segment_of(content, name)
    del content.segments[name]
    return {}


def sensors(call: Call) -> Json:
    """ListSensor."""
    segment = segment_of(call.version(), call.query.text("segmentName"))
    return {"sensors": [each for _, each in sorted(segment.sensors.items())]}


def put_sensor(call: Call) -> Created:
    """UploadSensor; one of the same name is replaced."""
    body = call.body
    if not call.dataset.fusion:
        raise Refused(WRONG, "the dataset is not a fusion dataset")
    sensor = {"name": body.named("name"), "type": body.named("type")}
    sensor |= {each: body.of(each, dict) for each in ("extrinsics", "intrinsics") if each in body}
    sensor |= {"description": body.text("description")} if "description" in body else {}
    changing(call.draft().content, body.text("segmentName")).sensors[sensor["name"]] = sensor
    return Created({})


def delete_sensor(call: Call) -> Json:
    """DeleteSensor, and its files with it."""
    body = call.body
    segment = segment_of(call.draft().content, body.text("segmentName"))
    name = body.text("sensorName")
    if name not in segment.sensors:
        raise absent("sensor")
    segment = changing(call.draft().content, segment.name)
    del segment.sensors[name]
    for place in [each for each in segment.files if each[0] and each[1] == name]:
        segment.drop(place)
    return {}


def _placed(call: Call) -> Json:
    body, source = call.body, call.body.inner("source")
    strategy, target = body.one_of("strategy", STRATEGIES, "abort"), body.text("segmentName")
    content, moved = call.draft().content, "move" in call.query
    here = "id" not in source
    if moved and not here:
        raise Refused(WRONG, "a segment of another dataset can not be moved")
    origin = content if here else content_of(call.state.dataset(source.text("id")), source)
    segment = segment_of(origin, source.text("segmentName"))
    if here and segment.name == target:
        raise Refused(WRONG, "source and target are the same")
    if target in content.segments:
        if strategy == "abort":
            raise Refused(BROKEN, "the segment name already exists")
        if strategy == "skip":
            return {}
    content.add(segment.copy(target))
    if moved:
        del content.segments[segment.name]
    return {}
