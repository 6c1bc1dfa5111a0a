"""What a draft or a commit changes against its parent (contract §4.8)."""

from fakes.tensorbay.call import Call
from fakes.tensorbay.records import Content, Dataset, File, Json, Segment
from fakes.tensorbay.refusals import WRONG, Refused, absent
from fakes.tensorbay.state import open_draft

_NONE, _ADD, _DELETE, _MODIFY = "unmodify", "add", "delete", "modify"


def whole(call: Call) -> Json:
    """GetDiff."""
    base, head = _sides(call)
    segments = [_segment_action(base, head, name) for name in _names(base, head)]
    data = [each for name in _names(base, head) for each in _data_actions(base, head, name)]
    notes = _NONE if base.notes == head.notes else _MODIFY
    catalog = _action(base.catalog or None, head.catalog or None)
    quiet = notes == catalog == _NONE and not _stats(segments)["total"]
    return {
        "action": _NONE if quiet else _MODIFY,
        "segments": {"stats": _stats(segments)},
        "notes": {"action": notes},
        "catalog": {"action": catalog},
        "data": {"stats": _stats(data)},
    }


def segments(call: Call) -> Json:
    """ListSegmentDiffs: those that changed."""
    base, head = _sides(call)
    rows = [_row(base, head, name) for name in _names(base, head)]
    return call.listed("segments", [each for each in rows if each["action"] != _NONE])


def segment(call: Call) -> Json:
    """GetSegmentDiff."""
    base, head = _sides(call)
    return _row(base, head, _known(call, base, head))


def data(call: Call) -> Json:
    """ListDataDiffs: the files that changed."""
    base, head = _sides(call)
    name = _known(call, base, head)
    rows: list[Json] = []
    olds, news = _files(base, name), _files(head, name)
    for place in sorted({**olds, **news}):
        old, new = olds.get(place), news.get(place)
        action = _file_action(old, new)
        if action == _NONE:
            continue
        told = new or old
        assert told is not None
        file = _action(old and old.checksum, new and new.checksum)
        label = _action((old and old.label) or None, (new and new.label) or None)
        rows.append({"remotePath": told.remote_path, "action": action})
        rows[-1].update({"file": {"action": file}, "label": {"action": label}})
    return call.listed("data", rows)


def _sides(call: Call) -> tuple[Content, Content]:
    """Return the parent and the head that a basehead names; the base may only be the parent."""
    base, dots, head = call.at["basehead"].rpartition("...")
    parent, content = _read(call.dataset, head)
    if dots and (not base.startswith("commit-") or base.removeprefix("commit-") != parent):
        raise Refused(WRONG, "the value of basehead is invalid")
    before = call.dataset.commits.get(parent)
    return before.content if before else Content(), content


def _read(dataset: Dataset, name: str) -> tuple[str, Content]:
    kind, dash, value = name.partition("-")
    if kind == "draft" and value.isdigit():
        draft = open_draft(dataset, int(value))
        return draft.parent, draft.content
    if kind != "commit" or not dash:
        raise Refused(WRONG, "the value of basehead is invalid")
    commit = dataset.commits.get(value)
    if commit is None:
        raise absent("commit")
    return commit.parent, commit.content


def _known(call: Call, base: Content, head: Content) -> str:
    name = call.at["segment"]
    if name not in base.segments and name not in head.segments:
        raise absent("segment")
    return name


def _names(base: Content, head: Content) -> list[str]:
    return sorted({**base.segments, **head.segments})


def _files(content: Content, name: str) -> dict[tuple[str, str], File]:
    found = content.segments.get(name)
    return found.files if found else {}


def _action(old: object, new: object) -> str:
    if old == new:
        return _NONE
    return _ADD if old is None else _DELETE if new is None else _MODIFY


def _file_action(old: File | None, new: File | None) -> str:
    return _NONE if old is new else _action(old, new)


def _data_actions(base: Content, head: Content, name: str) -> list[str]:
    old, new = base.segments.get(name), head.segments.get(name)
    if old is new:
        return []
    olds, news = _files(base, name), _files(head, name)
    return [_file_action(olds.get(place), news.get(place)) for place in {**olds, **news}]


def _sensors(segment: Segment | None) -> Json | None:
    return segment.sensors if segment and segment.sensors else None


def _segment_action(base: Content, head: Content, name: str) -> str:
    old, new = base.segments.get(name), head.segments.get(name)
    if old is None or new is None:
        return _ADD if old is None else _DELETE
    same = old is new or (old.files == new.files and old.sensors == new.sensors)
    return _NONE if same else _MODIFY


def _row(base: Content, head: Content, name: str) -> Json:
    sensor = _action(_sensors(base.segments.get(name)), _sensors(head.segments.get(name)))
    stats = _stats(_data_actions(base, head, name))
    told = {"name": name, "action": _segment_action(base, head, name)}
    return {**told, "data": {"stats": stats}, "sensor": {"action": sensor}}


def _stats(actions: list[str]) -> Json:
    counts = {
        "additions": actions.count(_ADD),
        "deletions": actions.count(_DELETE),
        "modifications": actions.count(_MODIFY),
    }
    return {"total": sum(counts.values()), **counts}
