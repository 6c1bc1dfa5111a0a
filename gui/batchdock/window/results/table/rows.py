"""What stands in a row: made once when its page arrives, not again for every frame."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale

from batchdock.core.finding import Cell, Finding, Picture
from batchdock.flows.results.opening import Seen
from batchdock.window.results.charts.counting import class_name
from batchdock.window.results.charts.times import clock_text
from batchdock.window.results.table.columns import Column
from batchdock.window.wording import number_text

LONGEST = 300
"""Letters of a text in a cell; all of it is in the large view."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the picture it is of, its texts by column, and its class where it is a finding's."""

    picture: int
    texts: tuple[str, ...]
    label: int | None = None


def picture_row(seen: Seen, cells: Sequence[Cell], columns: Sequence[Column]) -> Row:
    """Return the row of a picture; only findings that count are counted."""
    counts = Counter(finding.label for finding in seen.findings)
    sure = [finding.confidence for finding in seen.findings if finding.confidence is not None]
    values = {cell.output: cell.value for cell in cells}
    folder, name = _parted(seen.picture)
    texts = []
    for column in columns:
        if column.label is not None:
            count = counts.get(column.label, 0)
            texts.append(number_text(count) if count else "")
        elif column.output:
            texts.append(_value_text(values.get(column.output)))
        elif column.key == "best":
            texts.append(confidence_text(max(sure)) if sure else "")
        else:
            texts.append(
                {
                    "name": name,
                    "folder": folder,
                    "findings": number_text(len(seen.findings)),
                    "problem": seen.picture.problem,
                }[column.key]
            )
    return Row(seen.picture.number, tuple(_one_line(text) for text in texts))


def finding_row(picture: Picture, finding: Finding, names: Mapping[int, str]) -> Row:
    """Return the row of a finding, in the order of `finding_columns`."""
    box = finding.box
    places = ("",) * 4 if box is None else tuple(map(_length_text, (box.x, box.y, box.width, box.height)))
    _, name = _parted(picture)
    sure = "" if finding.confidence is None else confidence_text(finding.confidence)
    texts = (name, class_name(names, finding.label), sure, *places, finding.text)
    return Row(picture.number, tuple(_one_line(text) for text in texts), finding.label)


def confidence_text(confidence: float) -> str:
    """Return a confidence as “87.3 %”: in tables people compare."""
    return f"{QLocale().toString(confidence * 100, 'f', 1)} %"


def _parted(picture: Picture) -> tuple[str, str]:
    """Return the folder, and the name; a frame's name says when it is."""
    folder, _, name = picture.name.rpartition("/")
    if picture.seconds is not None:
        name = f"{name} · {clock_text(picture.seconds)}"
    elif picture.frame is not None:
        name = f"{name} · {number_text(picture.frame)}"
    return folder, name


def _length_text(pixels: float) -> str:
    return QLocale().toString(pixels, "f", 1)


def _value_text(value: float | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return number_text(int(value)) if value.is_integer() and abs(value) < 1e15 else QLocale().toString(value, "g", 6)


def _one_line(text: str) -> str:
    return " ".join(text[:LONGEST].split()) if "\n" in text or len(text) > LONGEST else text
