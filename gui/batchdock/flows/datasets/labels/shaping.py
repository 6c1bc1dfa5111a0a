"""Labels that are shapes on a picture: boxes, polygons, lines, keypoints and run lengths (contract §4.7)."""

import math
from collections.abc import Callable, Mapping, Sequence

from batchdock.core.datasets.data import Json, LabelType
from batchdock.core.finding import Box, Keypoint, Keypoints, Lines, Mask, Polygon, Shape
from batchdock.flows.datasets.labels.gathering import Gathering, Unfit, Why
from batchdock.flows.results.masks import run_starts
from batchdock.flows.results.reading.outlines import Unfit as UnfitOutline
from batchdock.flows.results.reading.outlines import box_around, compressed, corners
from batchdock.flows.results.reading.plain import number

Size = tuple[int, int] | None

_MOST_PARTS = 10_000
"""Polygons, lines or places of one label."""


def _box(gathering: Gathering, one: Json, _size: Size) -> None:
    told = one.get("box2d")
    if not isinstance(told, Mapping):
        raise Unfit(Why.WRONG_SHAPE)
    left, top, right, bottom = (number(told.get(edge)) for edge in ("xmin", "ymin", "xmax", "ymax"))
    if not math.isfinite(left + top + right + bottom) or right < left or bottom < top:
        raise Unfit(Why.WRONG_SHAPE)
    gathering.add(Shape.BOX, Box(left, top, right - left, bottom - top))


def _polygon(gathering: Gathering, one: Json, _size: Size) -> None:
    _add_polygons(gathering, [one.get("polygon")])


def _polygons(gathering: Gathering, one: Json, _size: Size) -> None:
    _add_polygons(gathering, _parts(one.get("multiPolygon")))


def _add_polygons(gathering: Gathering, told: Sequence[object]) -> None:
    rings = [_points(each, 3) for each in told]
    for ring in rings:
        gathering.add(Shape.POLYGON, Box(*box_around(ring)), Polygon(tuple(ring)))


def _line(gathering: Gathering, one: Json, _size: Size) -> None:
    add_lines(gathering, [_points(one.get("polyline2d"), 2)])


def _lines(gathering: Gathering, one: Json, _size: Size) -> None:
    add_lines(gathering, [_points(each, 2) for each in _parts(one.get("multiPolyline2d"))])


def add_lines(gathering: Gathering, paths: Sequence[Sequence[tuple[float, float]]]) -> None:
    """Add open lines that are one thing. There is at least one point."""
    around = box_around([point for path in paths for point in path])
    gathering.add(Shape.LINE, Box(*around), Lines(tuple(tuple(path) for path in paths)))


def _keypoints(gathering: Gathering, one: Json, _size: Size) -> None:
    told, names = _parts(one.get("keypoints2d")), gathering.classes.places
    points = []
    for place, each in enumerate(told):
        if not isinstance(each, Mapping):
            raise Unfit(Why.WRONG_SHAPE)
        x, y = number(each.get("x")), number(each.get("y"))
        if not math.isfinite(x + y):
            raise Unfit(Why.WRONG_SHAPE)
        if each.get("v") != 0:  # one that is not seen is nowhere
            points.append(Keypoint(x, y, names[place] if place < len(names) else "", None))
    box = Box(*box_around([(point.x, point.y) for point in points])) if points else None
    gathering.add(Shape.KEYPOINTS, box, Keypoints(tuple(points)))


def _runs(gathering: Gathering, one: Json, size: Size) -> None:
    told = one.get("rle")
    if isinstance(told, Mapping):  # as COCO's own files have it, with the size: height first
        said = told.get("size")
        if isinstance(said, list) and len(said) == 2 and all(isinstance(each, int) and each > 0 for each in said):
            size = said[1], said[0]
        told = told.get("counts")
    if not isinstance(told, str | list):
        raise Unfit(Why.WRONG_SHAPE)
    if size is None:
        raise Unfit(Why.NO_SIZE)
    width, height = size
    try:
        counts = told if isinstance(told, str) else compressed(_to_the_end(told, width * height), width * height)
    except UnfitOutline:
        raise Unfit(Why.WRONG_SHAPE) from None
    mask = Mask(width, height, counts)
    box = _box_of(mask)
    if box is None:
        raise Unfit(Why.WRONG_SHAPE)
    gathering.add(Shape.MASK, box, mask)


def _to_the_end(runs: Sequence[object], pixels: int) -> Sequence[object]:
    """Return runs with what is left outside behind the last one, which some leave out."""
    left = pixels - sum(run for run in runs if isinstance(run, int))
    if left <= 0:
        return runs
    return (*runs, left) if len(runs) % 2 == 0 else (*runs, 0, left)


def _box_of(mask: Mask) -> Box | None:
    """Return the box around the runs of a mask; None where it is empty or can not be read."""
    import numpy  # late: it takes long to load, and most labels have no masks

    ends = numpy.minimum(run_starts(mask), mask.width * mask.height)
    begins, ends = ends[0::2], ends[1::2]
    begins = begins[: len(ends)]
    begins, ends = begins[ends > begins], ends[ends > begins]
    if not len(begins):
        return None
    left, right = int(begins[0] // mask.height), int((ends[-1] - 1) // mask.height)
    # A run that goes over the end of a column reaches from the top to the bottom.
    if bool((begins // mask.height != (ends - 1) // mask.height).any()):
        top, bottom = 0, mask.height - 1
    else:
        top, bottom = int((begins % mask.height).min()), int(((ends - 1) % mask.height).max())
    return Box(left, top, right - left + 1, bottom - top + 1)


def _parts(told: object) -> Sequence[object]:
    if not isinstance(told, list) or not 0 < len(told) <= _MOST_PARTS:
        raise Unfit(Why.WRONG_SHAPE)
    return told


def _points(told: object, least: int) -> list[tuple[float, float]]:
    if not isinstance(told, list) or len(told) < least:
        raise Unfit(Why.WRONG_SHAPE)
    try:
        return corners(told)
    except UnfitOutline:
        raise Unfit(Why.WRONG_SHAPE) from None


SHAPED: Mapping[LabelType, Callable[[Gathering, Json, Size], None]] = {
    LabelType.BOX2D: _box,
    LabelType.POLYGON: _polygon,
    LabelType.MULTI_POLYGON: _polygons,
    LabelType.POLYLINE2D: _line,
    LabelType.MULTI_POLYLINE2D: _lines,
    LabelType.KEYPOINTS2D: _keypoints,
    LabelType.RLE: _runs,
}
"""What reads each kind. They raise `Unfit`."""
