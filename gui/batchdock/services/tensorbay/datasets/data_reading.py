"""Reads files, frames, labels and masks out of rows (contract §4.6, §4.7)."""

from collections.abc import Iterator

from batchdock.core.datasets.data import MASKS, Data, LabelType, MaskFile
from batchdock.services.http.reading import Entry, entry, is_nested_beyond, number, text

_DEEPEST = 60
"""No label is nested so deep; what is would break whoever walks through it."""


def read_data(row: Entry) -> Iterator[Data]:
    """Yield the file of a row, or those of a frame. What has no path has no place, and is left out."""
    frame_id = text(row.get("frameId"))
    members = row.get("frame", row.get("urls"))
    if isinstance(members, list):
        for member in members:
            found = _one(entry(member), frame_id)
            if found is not None:
                yield found
        return
    found = _one(row, frame_id)
    if found is not None:
        yield found


def read_mask(row: Entry, label_type: LabelType) -> MaskFile | None:
    """Return a mask; None for a file that has none."""
    path, url = text(row.get("remotePath")), text(row.get("url"))
    return MaskFile(label_type, path, text(row.get("checksum")), url) if path and url else None


def _one(row: Entry, frame_id: str) -> Data | None:
    path, url, sensor = text(row.get("remotePath")), text(row.get("url")), text(row.get("sensorName"))
    if not path and not (sensor and url):
        return None
    told = entry(row.get("label"))
    label = {} if is_nested_beyond(told, _DEEPEST) else told
    return Data(
        remote_path=path,
        checksum=text(row.get("checksum")),
        url=url,
        label=_without_addresses(label),
        masks=tuple(_masks(label)),
        timestamp=number(row.get("timestamp")),
        frame_id=frame_id,
        sensor=sensor,
    )


def _masks(label: Entry) -> Iterator[MaskFile]:
    for label_type in MASKS:
        told = entry(label.get(label_type))
        path, checksum, url = text(told.get("remotePath")), text(told.get("checksum")), text(told.get("url"))
        if path or checksum or url:
            yield MaskFile(label_type, path, checksum, url)


def _without_addresses(label: Entry) -> Entry:
    """Return a label without the signed addresses of its masks: it is kept and shown, and they are secrets."""
    return {
        kind: {name: value for name, value in told.items() if name != "url"}
        if kind in MASKS and isinstance(told, dict)
        else told
        for kind, told in label.items()
    }
