"""Finds pictures that look almost the same: sent again by a messenger, saved smaller, or taken in one burst.

Of every picture two small things are kept: 64 bits that say where it gets brighter from left to right (dHash), and
16 × 16 grey values. Two pictures are alike when at most `MOST_BITS` bits differ **and** no grey value by more than
`MOST_GREY`: the bits find candidates without comparing each with each, the grey values keep a hare in front of a still
background apart from the same background without one, where it covers about a two-hundredth of the picture.

Groups have a first picture, and every other is like that one. They are not chains: from a cloud to the next and the
next a whole day would become one group.
"""

from dataclasses import dataclass

import numpy
import PIL.Image
from PIL import Image

MOST_BITS = 7
MOST_GREY = 12
"""Out of 255. Saving again at a poor quality moves the mean of a cell by three or four."""

_SIDE = 16
_BANDS = 4
_BAND_BITS = 16
_BAND_MASK = (1 << _BAND_BITS) - 1
# With seven bits of 64 different, one of four bands differs in one bit at most: that band's 17 spellings find it.
_SPELLINGS = (0, *(1 << bit for bit in range(_BAND_BITS)))


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture looks like, in 8 and 256 bytes."""

    bits: int
    grey: bytes

    def is_like(self, other: "Look") -> bool:
        """Tell whether two pictures look almost the same."""
        if (self.bits ^ other.bits).bit_count() > MOST_BITS:
            return False
        mine, others = numpy.frombuffer(self.grey, numpy.uint8), numpy.frombuffer(other.grey, numpy.uint8)
        return int(numpy.abs(mine.astype(numpy.int16) - others).max()) <= MOST_GREY


def look_of(grey: PIL.Image.Image) -> Look:
    """Return the look of a picture of mode L, the right way up."""
    rows = numpy.asarray(grey.resize((9, 8), Image.Resampling.BOX), numpy.int16)
    brighter = (rows[:, 1:] > rows[:, :-1]).tobytes()
    bits = sum(1 << place for place, each in enumerate(brighter) if each)
    return Look(bits, grey.resize((_SIDE, _SIDE), Image.Resampling.BOX).tobytes())


class NearCopies:
    """Puts pictures into groups, each as it comes. Numbers stand for pictures."""

    def __init__(self) -> None:
        self._firsts: list[Look] = []
        self._groups: list[list[int]] = []
        self._by_band: dict[tuple[int, int], list[int]] = {}

    def add(self, number: int, look: Look) -> None:
        """Put a picture into the group it is most like, or let it be the first of a new one."""
        group = self._nearest(look)
        if group is not None:
            self._groups[group].append(number)
            return
        for key in _bands(look.bits):
            self._by_band.setdefault(key, []).append(len(self._firsts))
        self._firsts.append(look)
        self._groups.append([number])

    def groups(self) -> list[list[int]]:
        """Return the groups of two and more, in the order of their first pictures."""
        return [group for group in self._groups if len(group) > 1]

    def _nearest(self, look: Look) -> int | None:
        best: tuple[int, int] | None = None
        asked: set[int] = set()
        for place, band in _bands(look.bits):
            for spelling in _SPELLINGS:
                for group in self._by_band.get((place, band ^ spelling), ()):
                    if group in asked:
                        continue
                    asked.add(group)
                    first = self._firsts[group]
                    found = ((first.bits ^ look.bits).bit_count(), group)
                    if (best is None or found < best) and first.is_like(look):
                        best = found
        return None if best is None else best[1]


def _bands(bits: int) -> list[tuple[int, int]]:
    return [(place, (bits >> (place * _BAND_BITS)) & _BAND_MASK) for place in range(_BANDS)]
