"""Recognises what a workflow has found, by its shape: outputs may be called anything and lie anywhere in each other."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from batchdock.flows.results.reading.collecting import Collector
from batchdock.flows.results.reading.finding import Writer, is_box
from batchdock.flows.results.reading.plain import IMAGE_PLACEHOLDER, whole
from batchdock.flows.results.reading.row import Row
from batchdock.flows.results.reading.saying import Said, code_in, lines_of, text_in
from batchdock.store.findings.writing import NONE

_DEEPEST = 16
_MOST_LOOKED_AT = 200_000
_MOST_CELLS = 200
_MOST_JOINED = 200
_LONGEST_CELL = 32_000
"""A spreadsheet takes 32,767."""
_NOTHING: Mapping[str, Any] = {}


class _Group(NamedTuple):
    """Findings that stood together: the output, what stood around them, and they themselves."""

    output: int
    around: Mapping[str, Any]
    found: Sequence[Any]


class Recogniser:
    """Turns rows into columns."""

    def __init__(self, into: Collector) -> None:
        self._into = into
        self._writer = Writer(into)
        self._groups: list[_Group] = []
        self._said_alone: list[tuple[int, Said]] = []
        self._cells = self._looked = 0

    def take(self, row: Row) -> None:
        """Read one row."""
        self._groups.clear()
        self._said_alone.clear()
        self._cells, self._looked = _MOST_CELLS, _MOST_LOOKED_AT
        for key, value in row.outputs.items():
            kind = value.__class__
            if kind is dict:
                self._look(value, key, 0)
            elif kind is list:
                self._look_through(value, key, 0)
            elif value is not None:
                self._tell(key, value)
        self._writer.begin(row.name)
        groups = self._groups if len(self._groups) < 2 else self._each_once()
        width, height = row.width, row.height
        for group in groups:
            size = group.around.get("image")
            if size.__class__ is dict and width == NONE:
                width, height = whole(size.get("width")) or NONE, whole(size.get("height")) or NONE
            origin = self._writer.add(group.output, group.around, group.found)
            if origin is not None:
                width, height = origin
        for output, told in self._said_alone:
            self._writer.add_said(output, told)
        if width == NONE and "width" in row.outputs:
            width, height = whole(row.outputs["width"]) or NONE, whole(row.outputs.get("height")) or NONE
        self._into.add_picture(row, width, height)

    def _each_once(self) -> list[_Group]:
        """Return the groups without what stands in several of them; what says most about it stays."""
        groups, known = [], set[str]()
        for group in sorted(self._groups, key=_said, reverse=True):
            found = []
            for one in group.found:
                mark = one.get("detection_id") if one.__class__ is dict else None
                if isinstance(mark, str) and mark:
                    if mark in known:
                        continue
                    known.add(mark)
                found.append(one)
            groups.append(group._replace(found=found))
        return groups

    def _look(self, told: dict[str, Any], output: str, depth: int) -> None:
        self._looked -= 1
        if depth > _DEEPEST or self._looked < 0:
            return
        predictions = told.get("predictions")
        if predictions.__class__ is list:
            if predictions and predictions[0].__class__ is dict and "predictions" in predictions[0]:
                self._look_through(predictions, output, depth + 1)
            else:
                self._groups.append(_Group(self._into.output(output), told, predictions))
            return
        if predictions.__class__ is dict:
            self._groups.append(_Group(self._into.output(output), {**told, "classes": predictions}, ()))
            return
        if is_box(told):
            self._groups.append(_Group(self._into.output(output), _NOTHING, (told,)))
            return
        if told.get("type") == "base64":
            return
        said = code_in(told) or text_in(told)
        if said is not None:
            self._said_alone.append((self._into.output(output), said))
            return
        few = depth == 0 and len(told) <= 50
        for key, value in told.items():
            if value.__class__ is dict:
                self._look(value, output, depth + 1)
            elif value.__class__ is list:
                self._look_through(value, output, depth + 1)
            elif few and value is not None:
                self._tell(f"{output}.{key}", value)

    def _look_through(self, told: list[Any], output: str, depth: int) -> None:
        self._looked -= 1
        if depth > _DEEPEST or self._looked < 0 or not told:
            return
        first = told[0]
        if first.__class__ is dict and is_box(first):
            self._groups.append(_Group(self._into.output(output), _NOTHING, told))
            return
        if first.__class__ is list or first.__class__ is dict:
            lines = lines_of(told)
            if lines:
                self._said_alone += [(self._into.output(output), line) for line in lines]
                return
            for each in told:
                if each.__class__ is dict:
                    self._look(each, output, depth + 1)
                elif each.__class__ is list:
                    self._look_through(each, output, depth + 1)
            return
        if depth == 0 and len(told) <= _MOST_JOINED and all(isinstance(each, str | int | float) for each in told):
            self._tell(output, ", ".join(_plain(each) for each in told))

    def _tell(self, output: str, value: Any) -> None:
        if value == IMAGE_PLACEHOLDER or self._cells <= 0:
            return
        if isinstance(value, str) and len(value) > _LONGEST_CELL:
            return
        number = self._into.output(output)
        if number != NONE:
            self._cells -= 1
            self._into.add_cell(number, value)


def _said(group: _Group) -> int:
    first = group.found[0] if group.found else None
    return len(first) if isinstance(first, dict) else 0


def _plain(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
