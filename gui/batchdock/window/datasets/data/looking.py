"""One file of a segment, with its picture and what its labels say. Runs with the flows."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from batchdock.core.datasets.data import Data, LabelType
from batchdock.core.errors import BatchdockError
from batchdock.core.finding import Picture
from batchdock.core.pixels import Pixels
from batchdock.flows.datasets.kinds import FileKind, kind_of
from batchdock.flows.datasets.labels.reading import Detail, ReadLabel, Unread, read_label
from batchdock.flows.datasets.rows import Row
from batchdock.flows.desk import Desk
from batchdock.flows.results.opening import Seen
from batchdock.window.datasets.data.state import Shown
from batchdock.window.datasets.data.words import why

_SMALL, _LARGE = 512, 2_048
"""Steps along the longer side of a mask, on a tile and in the large view: no finer than it is drawn."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as far as it can be looked at. `details` are those of the findings, at the same places; `data` is None
    where there is no file."""

    seen: Seen
    kind: FileKind = FileKind.PICTURE
    data: Data | None = None
    pixels: Pixels | None = None
    details: tuple[Detail, ...] = ()
    unread: tuple[Unread, ...] = field(default_factory=tuple)


def known(shown: Shown, number: int, row: Row) -> Looked:
    """Return what is known of a file before it is fetched."""
    data, kind = _file_of(shown, number, row)
    return Looked(_seen(number, _name(data) if data is not None else ""), kind, data)


def out_of_reach(number: int, error: BatchdockError) -> Looked:
    """Return a file whose row could not be asked for."""
    return Looked(_seen(number, "", problem=why(error)))


async def look(desk: Desk, shown: Shown, number: int, row: Row, edge: int | None, *, small: bool) -> Looked:
    """Fetch a file, its masks and what its labels say; why it can not be shown is the picture's `problem`."""
    data, kind = _file_of(shown, number, row)
    if data is None:
        return known(shown, number, row)
    place = shown.rows.place
    pixels, problem = None, ""
    masks: Mapping[LabelType, bytes] = {}
    if kind is FileKind.PICTURE:
        try:
            asked = desk.dataset_pictures
            pixels = await (asked.small(place, data, edge or 0) if small else asked.large(place, data, edge))
        except BatchdockError as error:
            problem = why(error)
    if data.masks:
        masks = await desk.dataset_pictures.masks(place, data)
    size = (pixels.full_width, pixels.full_height) if pixels is not None else None
    read = await asyncio.to_thread(_read, shown, number, data, row, size, masks, _SMALL if small else _LARGE)
    picture = _seen(number, _name(data), size, problem).picture
    return Looked(Seen(picture, read.findings), kind, data, pixels, read.details, read.unread)


def _file_of(shown: Shown, number: int, row: Row) -> tuple[Data | None, FileKind]:
    sensor = shown.sensor(number)
    if sensor is None:
        data = row[0] if row else None
        return data, kind_of(data.remote_path) if data is not None else FileKind.PICTURE
    data = next((each for each in row if each.sensor == sensor.name), None)
    return data, kind_of(data.remote_path if data is not None else "", sensor.sensor_type)


def _name(data: Data) -> str:
    """Return a path whose last part tells the sensor, too, where there is one."""
    folder, slash, name = data.remote_path.rpartition("/")
    return f"{folder}{slash}{data.sensor} · {name}" if data.sensor else data.remote_path


def _seen(number: int, name: str, size: tuple[int, int] | None = None, problem: str = "") -> Seen:
    width, height = size if size is not None else (None, None)
    return Seen(Picture(number, name, None, None, width, height, None, 0, None, problem, ""), ())


def _read(
    shown: Shown,
    number: int,
    data: Data,
    row: Row,
    size: tuple[int, int] | None,
    masks: Mapping[LabelType, bytes],
    finest: int,
) -> ReadLabel:
    """Return the labels of a file, and on a camera's picture the boxes in space that its frame's other files have."""
    raw = shown.calibration(data.sensor)
    reads = [read_label(data.label, shown.classes, size=size, masks=masks, sensor=raw, picture=number, finest=finest)]
    for other in row:
        if raw is not None and other.sensor != data.sensor and LabelType.BOX3D.value in other.label:
            told, calibration = other.label, shown.calibration(other.sensor)
            reads.append(read_label(told, shown.classes, size=size, sensor=calibration, seen_by=raw, picture=number))
    return _together(reads)


def _together(reads: Sequence[ReadLabel]) -> ReadLabel:
    if len(reads) == 1:
        return reads[0]
    findings = [each for read in reads for each in read.findings]
    numbered = tuple(replace(each, number=at) for at, each in enumerate(findings))
    details = tuple(each for read in reads for each in read.details)
    return ReadLabel(numbered, details, reads[0].unread)
