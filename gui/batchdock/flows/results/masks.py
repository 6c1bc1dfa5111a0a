"""Which pixels belong to a finding. Nothing is made larger than it is drawn.

A mask says itself how large it is, and may be wrong, or mean harm: it is only ever asked at as many places as are
drawn.
"""

import base64
import binascii
import io
import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from batchdock.core.finding import Mask, PngMask

Bits = NDArray[np.bool_]

_MOST_PIXELS = 80_000_000
"""Of a PNG, which has to be unpacked as a whole. One that says it has more is not read."""

_LONGEST = 10**9
"""Pixels of a side. No picture has so many."""

_MOST_RUNS_TEXT = 5_000_000
_MOST_PNG_TEXT = 50_000_000
_PNG = b"\x89PNG\r\n\x1a\n"


def run_starts(mask: Mask) -> NDArray[np.int64]:
    """Return where runs end, in pixels counted column by column: the first run lies outside, the second inside, ….

    The compressed text of COCO: groups of five bits, a sixth that says whether another group follows, least first,
    negative numbers by the last group's highest bit; from the fourth number on each is the difference to the one two
    before. Empty where the text is none.
    """
    if not 0 < len(mask.counts) <= _MOST_RUNS_TEXT:
        return np.zeros(0, np.int64)
    codes = np.frombuffer(mask.counts.encode("ascii", "replace"), np.uint8).astype(np.int64) - 48
    if codes.min() < 0 or codes.max() > 63:
        return np.zeros(0, np.int64)
    last = (codes & 0x20) == 0
    if not last[-1]:
        return np.zeros(0, np.int64)
    ends = np.flatnonzero(last)
    starts = np.concatenate(([0], ends[:-1] + 1))
    sizes = ends - starts + 1
    if sizes.max() > 7:  # more than 35 bits: no picture is that large
        return np.zeros(0, np.int64)
    places = np.arange(len(codes)) - np.repeat(starts, sizes)
    counts = np.add.reduceat((codes & 0x1F) << (5 * places), starts)
    negative = (codes[ends] & 0x10) != 0
    counts = np.where(negative, counts - (np.int64(1) << (5 * sizes)), counts)
    # Every other number adds to the one two before, beginning with the fourth (the third is whole): two running sums.
    counts[1::2] = np.cumsum(counts[1::2])
    counts[2::2] = np.cumsum(counts[2::2])
    if counts.min() < 0:
        return np.zeros(0, np.int64)
    return np.cumsum(counts)


def sampled(mask: Mask, width: int, height: int) -> tuple[int, int, Bits] | None:
    """Return the mask as if its picture had `width` × `height` pixels: the corner (x, y) of the part that is not
    empty, and its bits, row by row. None where nothing is inside."""
    if not (0 < mask.width <= _LONGEST and 0 < mask.height <= _LONGEST) or width < 1 or height < 1:
        return None
    ends = np.minimum(run_starts(mask), mask.width * mask.height)
    ends = ends[: len(ends) // 2 * 2]
    if not len(ends) or ends[0] >= ends[-1]:
        return None
    asked = _asked(mask.width, width)
    held = np.flatnonzero((asked >= ends[0] // mask.height) & (asked <= (ends[-1] - 1) // mask.height))
    columns, their_column = np.unique(asked[held], return_inverse=True)
    rows, their_row = np.unique(_asked(mask.height, height), return_inverse=True)
    if not len(columns):
        return None
    # Only where runs begin and end is worked out, as the place among the pixels that are asked for; the rest is a sum.
    column, row = np.divmod(ends, mask.height)
    at = np.searchsorted(columns, column)
    is_asked = columns[np.minimum(at, len(columns) - 1)] == column
    places = at * len(rows) + np.where(is_asked, np.searchsorted(rows, row), 0)
    turns = np.zeros(len(columns) * len(rows) + 1, np.int8)
    np.add.at(turns, places[0::2], 1)
    np.add.at(turns, places[1::2], -1)
    inside: Bits = np.cumsum(turns[:-1], dtype=np.int8).astype(bool).reshape(len(columns), len(rows))
    if len(columns) < len(held):
        inside = inside[their_column]
    if len(rows) < height:
        inside = inside[:, their_row]
    return _trimmed(inside.T, int(held[0]))


def sampled_png(mask: PngMask, width: int, height: int) -> tuple[int, int, Bits] | None:
    """Return the same for a PNG: inside is what is not 0."""
    if len(mask.png) > _MOST_PNG_TEXT:
        return None
    try:
        data = base64.b64decode(mask.png.partition(",")[2] if mask.png.startswith("data:") else mask.png)
        if data[:8] != _PNG:
            return None
        there_wide, there_high = struct.unpack(">II", data[16:24])
        if not 0 < there_wide * there_high <= _MOST_PIXELS:
            return None
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            pixels = np.asarray(image)
    except (binascii.Error, ValueError, OSError, struct.error, SyntaxError, Image.DecompressionBombError):
        return None
    if pixels.ndim == 3:
        colours = pixels.shape[2] - (1 if pixels.shape[2] in (2, 4) else 0)  # what is clear is no less there
        pixels = np.asarray(pixels[:, :, :colours].any(axis=2))
    asked = pixels[_asked(pixels.shape[0], height)][:, _asked(pixels.shape[1], width)]
    return _trimmed(asked != 0, 0)


def _asked(there: int, wanted: int) -> NDArray[np.int64]:
    """Return which of the pixels `0 … there - 1` stand for `wanted` ones: those in the middle of each."""
    return ((np.arange(wanted, dtype=np.int64) * 2 + 1) * there) // (2 * wanted)


def _trimmed(bits: Bits, left: int) -> tuple[int, int, Bits] | None:
    rows, columns = np.flatnonzero(bits.any(axis=1)), np.flatnonzero(bits.any(axis=0))
    if not len(rows):
        return None
    part = np.ascontiguousarray(bits[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    return left + int(columns[0]), int(rows[0]), part
