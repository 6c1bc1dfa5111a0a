"""Finds exact and near copies over a whole batch, in one pass and in little memory.

A near copy is the same picture at another size or compression: its hash differs in at most six of 64 bits, and its
shape and average colour agree, since simple pictures (a sky, a gradient, a logo in two colours) share hashes.

Two hashes that differ in six bits agree in at least one of seven bands of bits, so that only those with an equal band
are compared: 10,000 pictures take less than a second and a million about a minute.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy

from batchdock.thiscomputer.engine.rows import Row

NEAR_BITS = 6
_BANDS = NEAR_BITS + 1
_SHAPE_TOLERANCE = 0.05
_COLOUR_TOLERANCE = 24


def with_copies(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield every row, with `exact_copy_of` and `near_copy_of` filled in for pictures.

    The first picture of a group, in the order given, is the one that the others name. An exact copy is never a near
    copy as well. Frames of a video are left alone: neighbours are alike, and that is no news.
    """
    first_of: dict[bytes, str] = {}
    near = _Leaders()
    for row in rows:
        fingerprint = row.outputs.get("sha256")
        if row.cause is not None or row.frame is not None or not isinstance(fingerprint, str):
            yield row
            continue
        key = bytes.fromhex(fingerprint)
        first = first_of.setdefault(key, row.name)
        if first != row.name:
            yield replace(row, outputs={**row.outputs, "exact_copy_of": first})
            continue
        leader = near.find_or_add(row)
        yield row if leader is None else replace(row, outputs={**row.outputs, "near_copy_of": leader})


class _Bucket:
    """The leaders that share one band of bits: their hashes, and their places in the order given."""

    __slots__ = ("hashes", "places")

    def __init__(self) -> None:
        self.hashes = array("Q")
        self.places = array("I")

    def near(self, value: int) -> Iterator[tuple[int, int]]:
        """Yield distance and place of the hashes that differ from `value` in few bits."""
        # The view is let go of at once: an array that is looked into can not grow.
        distances = numpy.bitwise_count(numpy.frombuffer(self.hashes, dtype=numpy.uint64) ^ numpy.uint64(value))
        for index in numpy.flatnonzero(distances <= NEAR_BITS):
            yield int(distances[index]), self.places[index]


class _Leaders:
    """The first picture of every group of near copies."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._looks: list[tuple[float, int, int, int]] = []
        self._bands: list[dict[int, _Bucket]] = [{} for _ in range(_BANDS)]

    def find_or_add(self, row: Row) -> str | None:
        """Return the name of the most similar leader, or make the row's picture a leader and return None."""
        text = row.outputs.get("similarity_hash")
        if not isinstance(text, str):
            return None
        value, look = int(text, 16), _look(row)
        buckets = [self._bands[band].get(_band_of(value, band)) for band in range(_BANDS)]
        for _, place in sorted({found for bucket in buckets if bucket for found in bucket.near(value)}):
            if _alike(self._looks[place], look):
                return self._names[place]
        self._add(row.name, value, look)
        return None

    def _add(self, name: str, value: int, look: tuple[float, int, int, int]) -> None:
        for band in range(_BANDS):
            bucket = self._bands[band].setdefault(_band_of(value, band), _Bucket())
            bucket.hashes.append(value)
            bucket.places.append(len(self._names))
        self._names.append(name)
        self._looks.append(look)


def _band_of(value: int, band: int) -> int:
    """Return the bits of one band: the first six have nine, the last has ten."""
    return value >> 54 if band == _BANDS - 1 else value >> (9 * band) & 0x1FF


def _look(row: Row) -> tuple[float, int, int, int]:
    colour = str(row.outputs["average_colour"])
    width, height = (float(str(row.outputs[side])) for side in ("width", "height"))
    return width / height, int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _alike(one: tuple[float, int, int, int], other: tuple[float, int, int, int]) -> bool:
    if abs(one[0] - other[0]) > _SHAPE_TOLERANCE * max(one[0], other[0]):
        return False
    return all(abs(a - b) <= _COLOUR_TOLERANCE for a, b in zip(one[1:], other[1:], strict=True))
