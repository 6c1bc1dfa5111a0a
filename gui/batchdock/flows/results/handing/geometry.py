"""Where findings lie, as data sets want it: boxes from whatever outline there is, clipped, and polygons from masks."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from batchdock.core.finding import Box, Finding, Keypoints, Mask, PngMask, Polygon
from batchdock.flows.results.handing.sizes import Size
from batchdock.flows.results.masks import Bits, sampled, sampled_png

Point = tuple[float, float]

TRACED_SIDE = 2_048
"""Pixels of the longer side at which a mask is followed; larger pictures lose nothing that a polygon would show."""


def box_of(found: Finding) -> Box | None:
    """Return a finding's box, else the one around its polygon or places; None where nothing says where it is."""
    if found.box is not None:
        box = found.box
        if all(map(math.isfinite, (box.x, box.y, box.width, box.height))) and box.width >= 0 and box.height >= 0:
            return box
    points: Sequence[Point] = ()
    if isinstance(found.outline, Polygon):
        points = [point for point in found.outline.points if _finite(point)]
    elif isinstance(found.outline, Keypoints):
        points = [(each.x, each.y) for each in found.outline.points if _finite((each.x, each.y))]
    return _around(points)


def clipped(box: Box, size: Size) -> Box | None:
    """Return the part of a box that lies in the picture; None where none does."""
    left, top = max(0.0, box.x), max(0.0, box.y)
    right, bottom = min(float(size[0]), box.x + box.width), min(float(size[1]), box.y + box.height)
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def corners(box: Box) -> list[Point]:
    """Return the four corners of a box, from the upper left one with the clock."""
    right, bottom = box.x + box.width, box.y + box.height
    return [(box.x, box.y), (right, box.y), (right, bottom), (box.x, bottom)]


def polygons_of(found: Finding, size: Size | None) -> list[list[Point]]:
    """Return the outlines of a finding, the largest first; none for one that has only a box.

    Without the picture's size nobody knows where the pixels of a mask are.
    """
    outline = found.outline
    if isinstance(outline, Polygon):
        points = [point for point in outline.points if _finite(point)]
        return [points] if len(points) >= 3 else []
    if isinstance(outline, Mask | PngMask) and size is not None:
        wide, high = traced_size(size)
        part = bits_of(outline, (wide, high))
        if part is None:
            return []
        left, top, bits = part
        across, down = size[0] / wide, size[1] / high
        return [[((x + left) * across, (y + top) * down) for x, y in loop] for loop in followed(bits)]
    return []


def clipped_polygon(points: Sequence[Point], size: Size) -> list[Point]:
    """Return the part of a polygon that lies in the picture (Sutherland and Hodgman); fewer than three: none does."""
    kept = list(points)
    for axis, edge, sign in ((0, 0.0, 1.0), (0, float(size[0]), -1.0), (1, 0.0, 1.0), (1, float(size[1]), -1.0)):
        before, kept = kept, []
        for at, here in enumerate(before):
            last = before[at - 1]
            here_in, last_in = (here[axis] - edge) * sign >= 0, (last[axis] - edge) * sign >= 0
            if here_in != last_in:
                share = (edge - last[axis]) / (here[axis] - last[axis])
                kept.append((last[0] + share * (here[0] - last[0]), last[1] + share * (here[1] - last[1])))
            if here_in:
                kept.append(here)
    return kept


def area_of(points: Sequence[Point]) -> float:
    """Return the area of a polygon, in square pixels."""
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, (*points[1:], points[0]), strict=True))) / 2


def bits_of(outline: Mask | PngMask, size: Size) -> tuple[int, int, Bits] | None:
    """Return the part of a mask that is not empty as if its picture had this size: its corner x, y, and its pixels."""
    return sampled(outline, *size) if isinstance(outline, Mask) else sampled_png(outline, *size)


def followed(bits: Bits) -> list[list[Point]]:
    """Return the borders around the pixels that are True, along their edges, the largest first; holes are left out.

    Each border has its inside on the right. Where two pixels touch at a corner only, they are two things.
    """
    padded = np.zeros((bits.shape[0] + 2, bits.shape[1] + 2), bool)
    padded[1:-1, 1:-1] = bits
    # From each corner of the grid where a border goes on, in which direction: 0 right, 1 down, 2 left, 3 up.
    upper, lower = padded[:-1], padded[1:]
    across = lower != upper
    down = padded[:, 1:] != padded[:, :-1]
    rights = {(int(x) - 1, int(y)) for y, x in zip(*np.nonzero(across & lower), strict=True)}
    lefts = {(int(x), int(y)) for y, x in zip(*np.nonzero(across & upper), strict=True)}
    downs = {(int(x), int(y) - 1) for y, x in zip(*np.nonzero(down & padded[:, :-1]), strict=True)}
    ups = {(int(x), int(y)) for y, x in zip(*np.nonzero(down & padded[:, 1:]), strict=True)}
    ways = (rights, downs, lefts, ups)
    loops = []
    while rights:
        loop = _loop(next(iter(rights)), ways)
        if _turn(loop) > 0:
            loops.append(loop)
    return sorted(loops, key=area_of, reverse=True)


_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


def _loop(start: tuple[int, int], ways: tuple[set[tuple[int, int]], ...]) -> list[Point]:
    """Follow one border from a corner where it goes right, and take its steps out of `ways`. Only bends are kept."""
    (x, y), way = start, 0
    bends: list[Point] = []
    while True:
        x, y = x + _STEPS[way][0], y + _STEPS[way][1]
        # Right first: pixels that touch at a corner only are parted.
        following = next(each for each in ((way + 1) % 4, way, (way + 3) % 4) if (x, y) in ways[each])
        ways[following].discard((x, y))
        if following != way:
            bends.append((float(x), float(y)))
        if (x, y) == start and following == 0:
            return bends
        way = following


def _turn(loop: Sequence[Point]) -> float:
    """Return more than 0 for the border around something, less for one around a hole (y grows downwards)."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(loop, (*loop[1:], loop[0]), strict=True))


def run_text(bits: Bits, left: int, top: int, size: Size) -> str:
    """Return the pixels at (left, top) of a picture as COCO's compressed run lengths, column by column."""
    width, height = size
    rows, columns = bits.shape
    changes = np.zeros((rows + 2, columns), np.int8)
    changes[1:-1] = bits
    edges = np.diff(changes, axis=0).T  # +1 where a run begins in a column, -1 behind its end
    column, row = np.nonzero(edges)
    places = (column.astype(np.int64) + left) * height + row + top
    # A run that goes on in the next column ends where the next begins: both edges vanish.
    values, counts = np.unique(places, return_counts=True)
    ends = np.concatenate(([0], values[counts == 1], [width * height]))
    runs = np.diff(ends)
    return _compressed(runs[:-1] if runs[-1] == 0 else runs)


def _compressed(runs: NDArray[np.int64]) -> str:
    """Return run lengths as COCO's text: see `masks.run_starts`."""
    text = bytearray()
    numbers = runs.tolist()
    for at, number in enumerate(numbers):
        left = number - numbers[at - 2] if at > 2 else number
        while True:
            group = left & 0x1F
            left >>= 5
            more = left != (-1 if group & 0x10 else 0)
            text.append((group | (0x20 if more else 0)) + 48)
            if not more:
                break
    return text.decode("ascii")


def traced_size(size: Size) -> Size:
    """Return how large a picture is while a mask in it is followed."""
    longer = max(size)
    if longer <= TRACED_SIDE:
        return size
    return max(1, size[0] * TRACED_SIDE // longer), max(1, size[1] * TRACED_SIDE // longer)


def _around(points: Sequence[Point]) -> Box | None:
    if not points:
        return None
    left, top = min(x for x, _ in points), min(y for _, y in points)
    return Box(left, top, max(x for x, _ in points) - left, max(y for _, y in points) - top)


def _finite(point: Point) -> bool:
    return math.isfinite(point[0]) and math.isfinite(point[1])
