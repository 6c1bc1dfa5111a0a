"""Codes and lines of text that stand by themselves, in the forms that readers of them write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchdock.core.finding import Shape
from batchdock.flows.results.reading.outlines import Points, Unfit, corners
from batchdock.flows.results.reading.plain import number, share

_MOST_LINES = 20_000
_SAYS = ("data", "content", "text", "value")
_KINDS = ("barcode_type", "code_type", "symbology", "format")
_PLACES = ("position", "points", "polygon", "box", "bbox")


@dataclass(frozen=True, slots=True)
class Said:
    """What was read somewhere, and where: corners, none where that is not said."""

    shape: Shape
    text: str
    label: str
    confidence: float
    points: Points


def code_in(told: Mapping[str, Any]) -> Said | None:
    """Return the code that an object tells of: its kind under a name that only codes have, and what it says."""
    kind = next((told[key] for key in _KINDS if isinstance(told.get(key), str)), None)
    text = next((told[key] for key in _SAYS if isinstance(told.get(key), str)), None)
    if kind is None or text is None:
        return None
    return Said(Shape.CODE, text, kind, share(told.get("confidence")), _where(told))


def text_in(told: Mapping[str, Any]) -> Said | None:
    """Return the line of text that an object tells of: a text, and how sure that is or where it stands."""
    text = told.get("text")
    sure = told.get("confidence", told.get("score"))
    if not isinstance(text, str) or (sure is None and not any(key in told for key in _PLACES)):
        return None
    return Said(Shape.TEXT, text, "", share(sure), _where(told))


def lines_of(told: Sequence[Any]) -> list[Said]:
    """Return lines of text as PP-OCR writes them: `[corners, [text, sure]]` or `[corners, text, sure]` each."""
    lines = []
    for each in told[:_MOST_LINES]:
        line = _line(each)
        if line is None:
            return []
        lines.append(line)
    return lines


def _line(told: Any) -> Said | None:
    if not isinstance(told, list) or not 2 <= len(told) <= 3 or not isinstance(told[0], list) or len(told[0]) != 4:
        return None
    said = told[1] if len(told) == 2 else told[1:]
    if not isinstance(said, list) or len(said) != 2 or not isinstance(said[0], str):
        return None
    try:
        points = corners(told[0])
    except Unfit:
        return None
    return Said(Shape.TEXT, said[0], "", share(said[1]), points)


def _where(told: Mapping[str, Any]) -> Points:
    place = next((told[key] for key in _PLACES if isinstance(told.get(key), list)), None)
    if not place:
        return []
    if isinstance(place[0], list | dict):
        try:
            return corners(place)
        except Unfit:
            return []
    sides = [number(each) for each in place]
    if len(sides) != 4 or any(side != side for side in sides):
        return []
    left, top, right, bottom = sides
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
