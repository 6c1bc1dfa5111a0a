"""Outlines of things from the small maps that networks draw of them."""

import cv2
import numpy

from batchdock.thiscomputer.engine.own.finds import Outline
from batchdock.thiscomputer.engine.own.sheet import Array, Sheet


def blended(shares: Array, patterns: Array) -> Array:
    """Return one map a thing, (n, height, width), from its shares (n, m) of patterns (m, height, width)."""
    maps: Array = (shares @ patterns.reshape(len(patterns), -1)).reshape(len(shares), *patterns.shape[1:])
    return maps


def outlines(maps: Array, corners: Array, sheet: Sheet) -> list[Outline | None]:
    """Return the polygon around what is above zero on each map of the sheet, inside of the thing's box.

    `corners` are in pixels of the original, as the polygons are. None where there is nothing.
    """
    return [_outline(each, box, sheet) for each, box in zip(maps, corners, strict=True)]


def _outline(drawn: Array, box: Array, sheet: Sheet) -> Outline | None:
    left, top = numpy.floor(box[:2]).astype(int)
    right, bottom = numpy.ceil(box[2:]).astype(int)
    width, height = int(right - left), int(bottom - top)
    if width < 1 or height < 1:
        return None
    rows, columns = drawn.shape
    # From the middle of a pixel of the original to the middle of one of the map.
    across, down = columns / sheet.side[0], rows / sheet.side[1]
    to_map = numpy.array(
        [
            [sheet.scale[0] * across, 0, ((left + 0.5) * sheet.scale[0] + sheet.offset[0]) * across - 0.5],
            [0, sheet.scale[1] * down, ((top + 0.5) * sheet.scale[1] + sheet.offset[1]) * down - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    large = cv2.warpAffine(
        drawn.astype(numpy.float32), to_map, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    found, _ = cv2.findContours((large > 0).astype(numpy.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    longest = max(found, key=cv2.contourArea, default=None)
    if longest is None or len(longest) < 3:
        return None
    corners: Outline = numpy.add(longest.reshape(-1, 2), (left, top), dtype=numpy.float32)
    return corners
