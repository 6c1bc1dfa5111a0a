"""What the ledger of a folder with datasets tells of: plain records, and how they are read from its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from batchdock.store.text import restored

WANTED_PLACES = (
    "places JOIN segments ON segments.number = places.segment AND segments.wanted "
    "JOIN versions ON versions.number = segments.version AND versions.wanted "
    "JOIN datasets ON datasets.number = versions.dataset AND datasets.wanted "
    "JOIN contents ON contents.number = places.content"
)
"""All places that the run which is under way wants, with what they belong to."""


class Had(IntEnum):
    """Whether something is here. The numbers are kept in files and stay."""

    TO_COME = 0
    HERE = 1
    LOST = 2
    """It can not be had; the reason says why."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A dataset, version or segment with the folder that it has for good, relative to the one above it.

    `mark` is the dataset's id, the commit's id or “draft 3”; for segments their name. `scope` says of
    which files a segment has been listed, empty when it has not.
    """

    number: int
    mark: str
    name: str
    folder: str
    settled: bool = False
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a segment as it was listed. `place` is relative to the whole folder; `proven`: its checksum (SHA-1,
    None where nobody tells it) is one that the service has told."""

    kind: str
    frame: str
    sensor: str
    remote: str
    place: str
    checksum: str | None
    proven: bool
    page: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A content that is to be fetched, by one of the places that need it: that of (dataset, version, segment)."""

    place: int
    content: int
    checksum: str | None
    proven: bool
    dataset_id: str
    mark: str
    segment: int
    segment_name: str
    page: int
    kind: str
    frame: str
    sensor: str
    remote: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place, and what belongs there."""

    number: int
    content: int
    place: str
    state: Had
    checksum: str | None
    size: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A content that is here, and the places (their numbers) at which it is. `size` in bytes."""

    content: int
    checksum: str
    size: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a version, or all of it, comes to: files (masks among them), how many of them are here, and bytes.

    `unproven` are here without a checksum of the service's to hold against them.
    """

    files: int = 0
    here: int = 0
    bytes: int = 0
    unproven: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """A file that is not here. `path` is where it belongs."""

    dataset: str
    version: str
    segment: str
    remote: str
    path: str
    reason: str


def place_row(row: Sequence[Any]) -> PlaceRow:
    """Read: place, content, path, state, checksum, size."""
    return PlaceRow(row[0], row[1], restored(row[2]), Had(row[3]), row[4], row[5])


def wanted_row(row: Sequence[Any]) -> Wanted:
    """Read: content, checksum, proven, dataset, mark, segment, its name, page, kind, frame, sensor, path, place."""
    content, checksum, proven, dataset_id, mark, segment, name, page, kind, frame, sensor, remote, place = row
    return Wanted(
        place=place,
        content=content,
        checksum=checksum,
        proven=bool(proven),
        dataset_id=dataset_id,
        mark=mark,
        segment=segment,
        segment_name=restored(name),
        page=page,
        kind=kind,
        frame=frame,
        sensor=restored(sensor),
        remote=restored(remote),
    )


def text_in(value: str | bytes) -> str:
    """Return a text that is kept as such, or as bytes."""
    return restored(value) if isinstance(value, bytes) else value
