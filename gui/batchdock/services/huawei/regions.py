"""The parts of the picture a job looks at: `target_roi`, JSON inside a text inside JSON (contract §4.1)."""

import json
from collections.abc import Iterator

from batchdock.core.facts import Region, RegionShape
from batchdock.services.http.reading import entry, text

TARGET_ROI = "target_roi"
_SHAPES = {"polygons": (RegionShape.POLYGON, 3), "lines": (RegionShape.LINE, 2)}
"""Under which name they are, and how many points make one at least."""
_MOST = 1000
_MOST_TEXT = 1_000_000
_FARTHEST = 1e9

Point = tuple[float, float]


def read_regions(value: object) -> tuple[Region, ...] | None:
    """Return the regions of a `target_roi`, a text or what is in one; None where it is not written as it should be.

    Coordinates that are all from 0 to 1 are shares of the frame, others are pixels.
    """
    if isinstance(value, str):
        if not value.strip():
            return ()
        try:
            value = json.loads(value) if len(value) <= _MOST_TEXT else None
        except (ValueError, RecursionError):
            return None
    if not isinstance(value, dict) or not value.keys() & _SHAPES.keys():
        return () if value == {} else None
    found: list[tuple[RegionShape, str, tuple[Point, ...]]] = []
    for name, (shape, least) in _SHAPES.items():
        some = value.get(name) or []
        if not isinstance(some, list) or len(some) > _MOST:
            return None
        for each in some:
            points = tuple(_points(each.get("data") if isinstance(each, dict) else each))
            if len(points) < least or None in points:
                return None
            found.append((shape, _name(each), tuple(point for point in points if point is not None)))
    of_frame = all(0.0 <= number <= 1.0 for _, _, points in found for point in points for number in point)
    return tuple(Region(shape, points, called, of_frame) for shape, called, points in found)


def _name(region: object) -> str:
    known = entry(region)
    return text(known.get("name")) or text(known.get("id"))


def _points(value: object) -> Iterator[Point | None]:
    """Yield the points of a list; None for one that is none."""
    for each in value if isinstance(value, list) and len(value) <= _MOST else []:
        pair = [each.get("x"), each.get("y")] if isinstance(each, dict) else each
        numbers = [_coordinate(number) for number in pair] if isinstance(pair, list) and len(pair) == 2 else []
        x, y = numbers or (None, None)
        yield None if x is None or y is None else (x, y)


def _coordinate(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _FARTHEST:
        return None
    return float(value)
