"""Writes findings into columns: detections as workflows of the vendor write them, classifications, texts and codes."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from batchdock.core.finding import Shape
from batchdock.flows.results.reading.classes import chosen
from batchdock.flows.results.reading.collecting import Collector
from batchdock.flows.results.reading.outlines import Unfit, box_around, corners, outline_of, told_corners
from batchdock.flows.results.reading.plain import NAN, number, share, whole
from batchdock.flows.results.reading.saying import Said
from batchdock.store.findings.writing import NONE, SHAPES

MOST_FINDINGS = 20_000
"""Of one picture."""
_LONGEST_TEXT = 10_000
_LONGEST_TRACK = 100
_BOX, _POLYGON, _MASK, _KEYPOINTS, _CLASS, _TEXT, _CODE = map(
    SHAPES.index, (Shape.BOX, Shape.POLYGON, Shape.MASK, Shape.KEYPOINTS, Shape.CLASS, Shape.TEXT, Shape.CODE)
)
_MORE = frozenset(
    ("points", "polygon", "rle_mask", "rle", "mask", "keypoints", "data", "text", "tracker_id", "root_parent_origin")
)
_SHAPES_BY_OUTLINE = {"po": _POLYGON, "ke": _KEYPOINTS, "ma": _MASK, "pn": _MASK}
_CLASSIFIES = frozenset(("top", "classes", "predicted_classes"))
_NAMES = ("class", "class_name", "label")


def is_box(told: Mapping[str, Any]) -> bool:
    """Tell whether this is one detection."""
    return "width" in told and "x" in told and "height" in told and "y" in told


def _is_somewhere(told: Any) -> bool:
    return not isinstance(told, dict) or "x" in told or not _MORE.isdisjoint(told)


class Writer:
    """Writes the findings of one picture after the other."""

    def __init__(self, into: Collector) -> None:
        self._into = into
        self._name = ""
        self._left = 0
        self._codes: set[str] = set()

    def begin(self, name: str) -> None:
        """Go on with the next picture."""
        self._name = name
        self._left = MOST_FINDINGS
        self._codes.clear()

    def add(self, output: int, around: Mapping[str, Any], found: Sequence[Any]) -> tuple[int, int] | None:
        """Write findings that stood together. Return the size of the whole picture where they stood in a part of it."""
        if not _CLASSIFIES.isdisjoint(around) or (found and not any(map(_is_somewhere, found))):
            self._classify(output, around, found)
            return None
        into = self._into
        columns = into.chunk.findings
        labels, of_texts = into.labels, output in into.of_texts
        add_shape, add_label, add_confidence = columns.shape.append, columns.label.append, columns.confidence.append
        add_x, add_y = columns.x.append, columns.y.append
        add_width, add_height = columns.width.append, columns.height.append
        picture = len(into.chunk.pictures.name)
        whole_size = None
        if len(found) > self._left:
            into.troubles.add(self._name, f"It has more than {MOST_FINDINGS:,} findings. The first ones are shown.")
            found = found[: self._left]
        self._left -= len(found)
        strange = []
        for one in found:
            try:
                half_width, half_height = one["width"] / 2, one["height"] / 2
                left, top = one["x"] - half_width, one["y"] - half_height
                confidence = one["confidence"]
                name = one["class"]
            except (KeyError, TypeError, OverflowError):
                strange.append(one)
                continue
            if confidence.__class__ is not float or not 0.0 <= confidence <= 1.0:
                confidence = self._share(confidence)
            number = labels.get(name) if name.__class__ is str else None
            if number is None or of_texts:
                number = self._label(name, one, len(columns.x), of_texts=of_texts)
            add_shape(_TEXT if of_texts else _BOX)
            add_label(number)
            add_confidence(confidence)
            add_x(left)
            add_y(top)
            add_width(half_width + half_width)
            add_height(half_height + half_height)
            if not _MORE.isdisjoint(one):
                whole_size = self._more(one) or whole_size
        columns.picture.extend(repeat(picture, len(columns.x) - len(columns.picture)))
        columns.output.extend(repeat(output, len(columns.x) - len(columns.output)))
        for one in strange:
            if isinstance(one, dict):
                whole_size = self._add_strange(output, one) or whole_size
        return whole_size

    def add_said(self, output: int, said: Said) -> None:
        """Write a code or line of text that stood by itself, but no code that a detection told of already."""
        if said.shape is Shape.CODE and said.text in self._codes:
            return
        label = self._into.label(said.label) if said.label else NONE
        place = self._add(output, SHAPES.index(said.shape), label, said.confidence, said.points)
        if place is not None:
            columns = self._into.chunk.findings
            columns.text[place] = said.text[:_LONGEST_TEXT]
            if said.points:
                columns.outline[place] = told_corners(said.points)

    def _add(
        self, output: int, shape: int, label: int, confidence: float, points: Sequence[tuple[float, float]] = ()
    ) -> int | None:
        """Write one finding; return its place in the chunk, None where there are too many."""
        if self._left <= 0:
            return None
        self._left -= 1
        columns = self._into.chunk.findings
        box = box_around(points) if points else (NAN, NAN, NAN, NAN)
        columns.picture.append(len(self._into.chunk.pictures.name))
        columns.output.append(output)
        columns.shape.append(shape)
        columns.label.append(label)
        columns.confidence.append(confidence)
        for column, value in zip((columns.x, columns.y, columns.width, columns.height), box, strict=True):
            column.append(value)
        return len(columns.x) - 1

    def _more(self, one: Mapping[str, Any]) -> tuple[int, int] | None:
        """Read what a detection has besides its box; the last finding is its. Return the size of the whole picture."""
        columns = self._into.chunk.findings
        place = len(columns.x) - 1
        try:
            outline = outline_of(one)
        except Unfit as error:
            self._into.troubles.add(self._name, str(error))
            outline = None
        if outline is not None:
            columns.outline[place] = outline
            if columns.shape[place] == _BOX:
                columns.shape[place] = _SHAPES_BY_OUTLINE.get(outline[2:4], _BOX)
        said = one.get("data")
        if isinstance(said, str):
            self._codes.add(said)
            columns.shape[place], columns.text[place] = _CODE, said[:_LONGEST_TEXT]
        elif isinstance(one.get("text"), str):
            columns.shape[place], columns.text[place] = _TEXT, one["text"][:_LONGEST_TEXT]
        track = one.get("tracker_id")
        if isinstance(track, str | int) and not isinstance(track, bool):
            columns.track[place] = str(track)[:_LONGEST_TRACK]
        origin = one.get("root_parent_origin")
        return self._moved(place, origin) if isinstance(origin, dict) else None

    def _moved(self, place: int, origin: Mapping[str, Any]) -> tuple[int, int] | None:
        """Move a finding in a part of a picture to where it is in the whole; its outline is told in the part only."""
        right, down = number(origin.get("offset_x")), number(origin.get("offset_y"))
        width, height = whole(origin.get("width")), whole(origin.get("height"))
        if right != right or down != down or not width or not height:
            return None
        columns = self._into.chunk.findings
        columns.x[place] += right
        columns.y[place] += down
        if columns.outline.pop(place, None) is not None:
            columns.shape[place] = _BOX if columns.shape[place] != _CODE else _CODE
        return width, height

    def _add_strange(self, output: int, one: Mapping[str, Any]) -> tuple[int, int] | None:
        """Write a detection that does not have everything, or not as numbers."""
        columns = self._into.chunk.findings
        name = next((one[key] for key in _NAMES if one.get(key) is not None), one.get("class_id"))
        label = NONE if name is None else self._label(name, one, len(columns.x), of_texts=output in self._into.of_texts)
        place = self._add(output, _BOX, label, self._share(one.get("confidence")))
        if place is None:
            return None
        x, y, width, height = (number(one.get(key)) for key in ("x", "y", "width", "height"))
        if x == x and y == y and width == width and height == height:
            columns.x[place], columns.y[place] = x - width / 2, y - height / 2
            columns.width[place], columns.height[place] = width, height
        elif not _MORE.isdisjoint(one):
            self._box_from_corners(place, one)
        if columns.x[place] != columns.x[place]:
            self._into.troubles.add(self._name, "A finding does not say where it is. It is only listed.")
            columns.shape[place] = _CLASS
        return self._more(one) if not _MORE.isdisjoint(one) else None

    def _box_from_corners(self, place: int, one: Mapping[str, Any]) -> None:
        points = one.get("points", one.get("polygon"))
        if not isinstance(points, list) or len(points) < 3:
            return
        try:
            box = box_around(corners(points))
        except Unfit:
            return
        columns = self._into.chunk.findings
        columns.x[place], columns.y[place], columns.width[place], columns.height[place] = box

    def _classify(self, output: int, around: Mapping[str, Any], found: Sequence[Any]) -> None:
        """Write what a whole picture was taken for: the surest class, or all that a model for several has chosen."""
        for name, confidence in chosen(around, found):
            self._add(output, _CLASS, self._into.label(name), self._share(confidence))

    def _label(self, name: Any, one: Mapping[str, Any], place: int, *, of_texts: bool = False) -> int:
        """Return the number of a class; where it is a text that was read, or one class too many, keep it as a text."""
        text = name if isinstance(name, str) else str(one.get("class_id", name))
        number = NONE if of_texts else self._into.label(text)
        if number == NONE and text:
            self._into.chunk.findings.text[place] = text[:_LONGEST_TEXT]
        return number

    def _share(self, told: Any) -> float:
        confidence = share(told)
        if confidence != confidence and told is not None:
            self._into.troubles.add(self._name, f"A confidence is “{str(told)[:40]}”, which is none. It was left out.")
        return confidence
