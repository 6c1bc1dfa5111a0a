"""Remembers which pictures were read, in eight bytes each."""

from array import array
from bisect import bisect_left


class Known:
    """The names of pictures. What was added counts from the next `settle` on."""

    def __init__(self) -> None:
        self._settled = array("q")
        self._new = array("q")
        self._last = ""

    def add(self, name: str) -> None:
        """Remember a name. The frames of a video have the same one, again and again."""
        if name != self._last:
            self._new.append(hash(name))
            self._last = name

    def settle(self) -> None:
        """Let what was added count."""
        if self._new:
            import numpy

            together = numpy.union1d(numpy.frombuffer(self._settled, "i8"), numpy.frombuffer(self._new, "i8"))
            self._settled, self._new = array("q", together.tobytes()), array("q")
        self._last = ""

    def __contains__(self, name: str) -> bool:
        mark = hash(name)
        place = bisect_left(self._settled, mark)
        return place < len(self._settled) and self._settled[place] == mark

    def __bool__(self) -> bool:
        return bool(self._settled)
