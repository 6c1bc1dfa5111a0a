"""How files come into a draft: a policy, then word that the bytes are there (contract §5.1, §4.9)."""

import time
from typing import Any

from fakes.tensorbay.asked import Given
from fakes.tensorbay.call import Call
from fakes.tensorbay.labels_api import label_of
from fakes.tensorbay.records import Dataset, File, Json, Segment
from fakes.tensorbay.refusals import WRONG, Refused, absent
from fakes.tensorbay.state import changing, content_of, segment_of

MOST = 50


def policy(call: Call) -> Json:
    """GetPolicy."""
    segment_of(content_of(call.dataset, call.query), call.query.text("segmentName"))
    seconds = call.query.number("expired")
    if not 0 < seconds <= 86400 or "commit" in call.query:
        raise Refused(WRONG, "the value of expired is invalid")
    return call.state.store.policy(call.links, seconds)


def arrived(call: Call) -> Json:
    """MultiPutCallback: all of them or none."""
    return _known(call, call.body.objects("objects", MOST))


def one_arrived(call: Call) -> Json:
    """PutCallback: the same for one, its values beside the segment's (the old body is dead, contract §5.1)."""
    return _known(call, [call.body])


def from_cloud(call: Call) -> Json:
    """CloudCallback: files of an own bucket."""
    config = call.state.config(call.dataset.config)
    objects = call.body.objects("objects", MOST)
    for each in objects:
        path = each.named("cloudPath")
        if path not in config.files:
            raise absent("cloud file")
        checksum, _ = call.state.store.keep(config.files[path])
        each.values = {**each.values, "checksum": checksum, "fileSize": len(config.files[path])}
    said = _known(call, objects)
    if call.body.of("deleteSource", bool, must=False):
        for each in objects:
            config.files.pop(each.named("cloudPath"), None)
    return said


def _known(call: Call, objects: list[Given]) -> Json:
    content, body = call.draft().content, call.body
    segment = segment_of(content, body.text("segmentName"))
    files = [_file(call, call.dataset, segment, each) for each in objects]
    for file in files:
        changing(content, segment.name).put(file)
    call.dataset.updated = int(time.time())
    return {}


def _file(call: Call, dataset: Dataset, segment: Segment, given: Given) -> File:
    path, checksum, size = given.named("remotePath"), given.named("checksum"), given.number("fileSize")
    store = call.state.store
    key = store.prefix + checksum
    if "\\" in path or len(store.objects.get(key, b"")) != size or key not in store.objects:
        raise Refused(WRONG, "the object is not in the storage")
    stamp: Any = given.of("timestamp", (int, float), must=False)  # type: ignore[arg-type]  # isinstance takes both.
    given.let("frameId", "sensorName")
    frame = given.named("frameId") if dataset.fusion else ""
    sensor = given.named("sensorName") if dataset.fusion else ""
    if dataset.fusion and sensor not in segment.sensors:
        raise absent("sensor")
    label = label_of(call, path, given.of("label", dict, must=False) or {})
    return File(path, checksum, size, key, label, stamp, frame, sensor)
