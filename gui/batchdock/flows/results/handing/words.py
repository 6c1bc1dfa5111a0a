"""The columns of tables: the same in all of them, so that who knows one knows the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from batchdock.core.finding import Cell, Finding, Picture
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.handing.values import number_of, text_of

Value = str | float | int | datetime | None

MOST_CLASSES = 100
"""So many classes have a column of their own in the table of pictures: the ones found most often."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the same for programs (in files that only they read), and how wide it is in a spreadsheet."""

    heading: str
    key: str
    width: int


PICTURE = Column(QT_TRANSLATE_NOOP("handing", "Picture"), "picture", 40)
VIDEO = Column(QT_TRANSLATE_NOOP("handing", "Video"), "video", 40)
FRAME = Column(QT_TRANSLATE_NOOP("handing", "Frame"), "frame", 9)
SECOND = Column(QT_TRANSLATE_NOOP("handing", "Second"), "second", 10)
OF_PICTURES = (
    Column(QT_TRANSLATE_NOOP("handing", "Folder"), "folder", 24),
    Column(QT_TRANSLATE_NOOP("handing", "Width"), "width", 9),
    Column(QT_TRANSLATE_NOOP("handing", "Height"), "height", 9),
    Column(QT_TRANSLATE_NOOP("handing", "Taken"), "taken", 19),
    Column(QT_TRANSLATE_NOOP("handing", "Findings"), "findings", 10),
    Column(QT_TRANSLATE_NOOP("handing", "Best confidence"), "best", 16),
    Column(QT_TRANSLATE_NOOP("handing", "Problem"), "problem", 30),
)
OF_FINDINGS = (
    Column(QT_TRANSLATE_NOOP("handing", "Class"), "class", 18),
    Column(QT_TRANSLATE_NOOP("handing", "Confidence"), "confidence", 12),
    Column(QT_TRANSLATE_NOOP("handing", "Kind"), "kind", 11),
    Column(QT_TRANSLATE_NOOP("handing", "Left"), "left", 10),
    Column(QT_TRANSLATE_NOOP("handing", "Top"), "top", 10),
    Column(QT_TRANSLATE_NOOP("handing", "Width"), "width", 10),
    Column(QT_TRANSLATE_NOOP("handing", "Height"), "height", 10),
    Column(QT_TRANSLATE_NOOP("handing", "Text"), "text", 40),
    Column(QT_TRANSLATE_NOOP("handing", "Track"), "track", 10),
    Column(QT_TRANSLATE_NOOP("handing", "Output"), "output", 18),
)


def place_columns(*, of_videos: bool) -> tuple[Column, ...]:
    """Return the columns that name a picture, or the frame of a video."""
    return (VIDEO, FRAME, SECOND) if of_videos else (PICTURE,)


def place_values(picture: Picture, *, of_videos: bool) -> tuple[Value, ...]:
    """Return what stands in them."""
    name = text_of(picture.name)
    return (name, picture.frame, number_of(picture.seconds)) if of_videos else (name,)


def picture_values(picture: Picture, findings: Sequence[Finding], size: tuple[int, int] | None) -> tuple[Value, ...]:
    """Return what stands in `OF_PICTURES`, counted over the findings that count."""
    folder = text_of(picture.name.rpartition("/")[0])
    best = max((found.confidence for found in findings if found.confidence is not None), default=None)
    width, height = size or (None, None)
    return folder, width, height, picture.taken, len(findings), number_of(best), text_of(picture.problem)


def finding_values(found: Finding, label: str) -> tuple[Value, ...]:
    """Return what stands in `OF_FINDINGS`."""
    box = found.box
    place: tuple[Value, ...] = (None, None, None, None)
    if box is not None:
        place = (number_of(box.x), number_of(box.y), number_of(box.width), number_of(box.height))
    return (
        label,
        number_of(found.confidence),
        found.shape.value,
        *place,
        text_of(found.text),
        text_of(found.track),
        text_of(found.output),
    )


def class_values(findings: Sequence[Finding], places: dict[int, int]) -> list[Value]:
    """Return how many findings of each class there are; `places` says which column is whose."""
    counts: list[Value] = [0] * len(places)
    for found in findings:
        place = places.get(found.label)
        if place is not None:
            counts[place] = int(counts[place] or 0) + 1  # type: ignore[arg-type]
    return counts


def cell_values(cells: Sequence[Cell], places: dict[str, int]) -> list[Value]:
    """Return the plain values of a picture; of several of one output the first."""
    values: list[Value] = [None] * len(places)
    for cell in cells:
        place = places.get(cell.output)
        if place is not None and values[place] is None:
            values[place] = text_of(cell.value) if isinstance(cell.value, str) else number_of(cell.value)
    return values
