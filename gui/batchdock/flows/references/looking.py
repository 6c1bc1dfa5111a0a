"""Looks at a list of references line by line, in constant memory, and puts down what becomes of each."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.reference import LINE_LIMIT, LineCause, LineFinding, read_line
from batchdock.store.looked import Counts, Line, LookedList

READ_BYTES = 1024 * 1024
_LINE_BYTES = 4 * LINE_LIMIT
_TOGETHER = 5_000

OnProgress = Callable[[int, int, int], None]
"""Told of the bytes and lines that were looked at, and of the size of the whole, 0 where nobody knows it."""


class LookBrokenOff(Exception):
    """Nobody wants to know any more."""


class Cutter:
    """Cuts bytes into lines as they come. What is longer than any line can be is cut off, its length known."""

    def __init__(self) -> None:
        self._rest = b""
        self._dropped = 0

    def feed(self, piece: bytes) -> Iterator[tuple[bytes, int]]:
        """Yield the lines that are whole by now, each with how many bytes it has."""
        *lines, rest = (self._rest + piece).split(b"\n")
        for line in lines:
            yield line, self._dropped + len(line) + 1
            self._dropped = 0
        if len(rest) > _LINE_BYTES:
            self._dropped += len(rest) - _LINE_BYTES
            rest = rest[:_LINE_BYTES]
        self._rest = rest

    def end(self) -> Iterator[tuple[bytes, int]]:
        """Yield the last line, where no end of a line follows it."""
        if self._rest:
            yield self._rest, self._dropped + len(self._rest)


class Lookout:
    """Looks at one line after the other."""

    def __init__(self, into: LookedList, now: datetime) -> None:
        self._into, self._now = into, now
        self._waiting: list[Line] = []
        self._expires: datetime | None = None
        self.bytes = self.lines = self._blank = 0

    def take(self, raw: bytes, length: int) -> None:
        """Look at a line that has so many bytes with its end."""
        start = self.bytes
        self.lines += 1
        self.bytes += length
        try:
            found = read_line(self.lines, raw.decode(), self._now)
        except UnicodeDecodeError:
            found = LineFinding(self.lines, "", LineCause.NOT_JSON)
        if found is None:
            self._blank += 1
            return
        if isinstance(found, LineFinding):
            line = Line(self.lines, start, length, found.name, Content.UNKNOWN, found.cause)
        else:
            line = Line(self.lines, start, length, found.name, found.content)
            if found.expires is not None and (self._expires is None or found.expires < self._expires):
                self._expires = found.expires
        self._waiting.append(line)
        if len(self._waiting) >= _TOGETHER:
            self._put()

    def finish(self) -> Counts:
        """Return what there is, when all lines were looked at."""
        self._put()
        return self._into.finish(lines=self.lines, blank=self._blank, expires=self._expires)

    def _put(self) -> None:
        self._into.add(self._waiting)
        self._waiting = []


def look_at_file(
    path: Path, into: LookedList, now: datetime, *, stopped: threading.Event, on_progress: OnProgress
) -> Counts:
    """Look at a file. Blocks. Raise `OSError`, and `LookBrokenOff` once `stopped` is set."""
    cutter, lookout = Cutter(), Lookout(into, now)
    with path.open("rb") as opened:
        size = opened.seek(0, 2)
        opened.seek(0)
        while piece := opened.read(READ_BYTES):
            for raw, length in cutter.feed(piece):
                lookout.take(raw, length)
            if stopped.is_set():
                raise LookBrokenOff
            on_progress(lookout.bytes, lookout.lines, size)
    for raw, length in cutter.end():
        lookout.take(raw, length)
    on_progress(lookout.bytes, lookout.lines, size)
    return lookout.finish()
