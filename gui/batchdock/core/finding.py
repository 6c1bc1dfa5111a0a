"""What a workflow has found in a picture or a frame of a video. Lengths are pixels of the picture as it was seen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Shape(StrEnum):
    """What a finding looks like. The words are kept in files and stay."""

    BOX = "box"
    POLYGON = "polygon"
    MASK = "mask"
    KEYPOINTS = "keypoints"
    CLASS = "class"
    """Said of the whole picture."""
    TEXT = "text"
    CODE = "code"
    LINE = "line"
    """Open lines: courses, or the edges of a solid. Workflows give none; labels of datasets do."""


@dataclass(frozen=True, slots=True)
class Box:
    """`x` and `y` are the upper left corner; services tell the centre (contract: workflow predictions)."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """The corners `(x, y)` of an outline that closes itself."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Keypoint:
    """One named place."""

    x: float
    y: float
    name: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Keypoints:
    """The named places of one thing."""

    points: tuple[Keypoint, ...]


@dataclass(frozen=True, slots=True)
class Mask:
    """Which pixels belong to it: run lengths as COCO writes them (column by column, first run is outside).

    `counts` is its compressed text. The size is the mask's own, which may be another than the picture's.
    """

    width: int
    height: int
    counts: str


@dataclass(frozen=True, slots=True)
class PngMask:
    """Which pixels belong to it: those of a PNG (in base64) that are not 0."""

    png: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Open lines through places `(x, y)`, which belong to one thing."""

    paths: tuple[tuple[tuple[float, float], ...], ...]


Outline = Polygon | Keypoints | Mask | PngMask | Lines


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `number` and `picture` are its place, and its picture's, in these results."""

    number: int
    picture: int
    output: str
    """The output of the workflow that it comes from."""
    shape: Shape
    label: int
    """The number of its class (`Label.number`); -1 where it has none."""
    confidence: float | None
    """0 to 1."""
    box: Box | None = None
    outline: Outline | None = None
    text: str = ""
    """What was read, for texts and codes."""
    track: str = ""
    """Tells one thing in many frames of a video."""


@dataclass(frozen=True, slots=True)
class Label:
    """A class of these results. Its number never changes, so its colour does not either."""

    number: int
    name: str
    findings: int
    """In all pictures, whatever the filter."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of these results, or one frame of a video."""

    number: int
    name: str
    """The path it came with, with `/`; the video's for a frame."""
    frame: int | None
    seconds: float | None
    """When in the video."""
    width: int | None
    height: int | None
    taken: datetime | None
    """By the camera's clock, which knows no time zone."""
    findings: int
    best: float | None
    """The highest confidence of its findings."""
    problem: str
    """Why it has no result; empty where it has one."""
    drawn: str
    """The picture (or video) that the service has drawn, relative to the folder of the results; empty without one."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One plain value that an output gave for a picture: a number or a text."""

    output: str
    value: float | str


class Share(StrEnum):
    """Which pictures."""

    ALL = "all"
    WITH_FINDINGS = "with-findings"
    NOTHING = "nothing"
    UNSURE = "unsure"
    """With findings of which none is at least `SURE`."""
    NOT_READABLE = "not-readable"


SURE = 0.5
"""From this confidence on a picture counts as sure."""


class SortBy(StrEnum):
    """What pictures are ordered by."""

    NAME = "name"
    FINDINGS = "findings"
    BEST = "best"
    TAKEN = "taken"
    CHANGED = "changed"
    """How much two runs differ; only where two are compared."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings count, and which pictures are shown. The default lets everything through.

    A finding counts when its class is in `labels` (None: all) and its confidence lies in `least … most`; one without
    confidence always lies there. `share`, and with classes left out also the pictures, go by those that count.
    """

    share: Share = Share.ALL
    labels: frozenset[int] | None = None
    least: float = 0.0
    most: float = 1.0
    search: str = ""
    """In names, and in what was read."""
    folder: str | None = None
    """This folder and what lies in it; None: all."""
    since: datetime | None = None
    until: datetime | None = None
    """When it was taken: `since <= taken < until`."""
    from_second: float | None = None
    to_second: float | None = None
    """When in a video: `from_second <= seconds < to_second`."""
