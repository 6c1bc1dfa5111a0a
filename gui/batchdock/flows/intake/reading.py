"""The threads that touch the disk while a drop is looked at.

One reads, root after root: a second would only share Python's lock with it. But when a root hangs (a share whose
server is gone answers nothing, not even an error) another thread goes on with the roots behind it, and what hangs is
waited for alone. All are daemons: a share that hangs must not keep the app from quitting.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.intake import Finding, Item
from batchdock.flows.intake.check import Checker, Seen, is_doubtful, looked_at_again
from batchdock.flows.intake.scan import Root, Visited, Walk, roots_of

SILENT = 1.5
"""Seconds without a step after which another thread goes on with the next root."""

GIVEN_UP = 60.0
"""Seconds without a step after which a root is not waited for any more. A sleeping disk needs up to twenty."""

MOST_THREADS = 16
"""So many may hang; behind them nothing goes on until one is given up."""

_AHEAD = 4_000
"""How far the threads may be ahead of who takes: memory stays flat however many files there are."""

_POLL = 0.1
_SECOND_LOOK = 0.5
"""A file that is being copied has grown after that many seconds."""
_MOST_DOUBTFUL = 10_000


class _Ended(Exception):
    """Nobody waits for this thread any more."""


class Reading:
    """Walks and checks what is below `paths`, in threads of its own. Everything here is for one taking thread."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self.roots: deque[Root] | None = None
        """What nobody has begun; None until it is known."""
        self.items: queue.Queue[Item] = queue.Queue(_AHEAD)
        self.cancelled = threading.Event()
        self.visited: Visited = {}
        self.seen = Seen()
        self._readers: list[_Reader] = []

    @property
    def passed_over(self) -> int:
        """How many hidden and system files and folders were passed over so far."""
        return sum(reader.walk.passed_over for reader in self._readers)

    def tend(self) -> None:
        """Start the first thread, and another whenever the last hangs; give up what hangs too long."""
        now = time.monotonic()
        for reader in self._readers:
            if reader.is_reading() and now - reader.beat > GIVEN_UP:
                reader.give_up()
        reading = [reader for reader in self._readers if reader.is_reading()]
        hanging = all(now - reader.beat > SILENT for reader in reading)
        if not self._readers or (self.roots and hanging and len(reading) < MOST_THREADS):
            self._readers.append(_Reader(self))
            self._readers[-1].start()

    def silent(self) -> tuple[str, ...]:
        """Return the roots that do not answer at present."""
        now = time.monotonic()
        hanging = (each for each in self._readers if each.is_reading() and now - each.beat > SILENT)
        return tuple(reader.root.name for reader in hanging if reader.root is not None)

    def taken(self, limit: int) -> tuple[list[Item], bool]:
        """Return up to `limit` new items, and whether these were the last. Raise what stopped a thread."""
        ended = not self.roots and not any(reader.is_reading() for reader in self._readers)
        taken: list[Item] = []
        while len(taken) < limit:
            try:
                taken.append(self.items.get_nowait())
            except queue.Empty:
                break
        for reader in self._readers:
            if reader.trouble is not None:
                raise reader.trouble
            if reader.given_up is not None and len(taken) < limit:
                taken.append(reader.given_up)
                reader.given_up = None
        return taken, ended and len(taken) < limit

    def cancel(self) -> None:
        """Let every thread end at its next step."""
        self.cancelled.set()


class _Reader(threading.Thread):
    """Takes one root after the other."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(name="batchdock-intake", daemon=True)
        self._reading = reading
        self._ended = False
        self.walk = Walk(reading.visited, self.step)
        self.root = Root(reading.paths[0], reading.paths[0].name) if reading.paths else None
        """What it looks at."""
        self.beat = time.monotonic()
        """When it last did something, by the monotonic clock."""
        self.trouble: Exception | None = None
        self.given_up: Item | None = None
        """What is said of the root that was given up, until it is said."""
        self._left = False

    def run(self) -> None:
        try:
            self._read()
        except _Ended:
            pass
        except Exception as error:
            self.trouble = error
        finally:
            self._ended = True

    def is_reading(self) -> bool:
        """Tell whether something may still come from it."""
        return not self._ended and not self._left

    def give_up(self) -> None:
        """Wait for it no longer. Whatever it still finds is not heard."""
        self._left = True
        if self.root is not None:
            note = f"no answer for {GIVEN_UP:.0f} seconds"
            root = self.root
            self.given_up = Item(root.path, root.name, 0, 0.0, Content.UNKNOWN, Finding.NOT_REACHABLE, note)

    def step(self) -> None:
        """Tell that it lives; raise when it is not to."""
        self.beat = time.monotonic()
        if self._left or self._reading.cancelled.is_set():
            raise _Ended

    def _read(self) -> None:
        reading = self._reading
        if reading.roots is None:
            reading.roots = deque(roots_of(reading.paths))
        checker = Checker(reading.seen, self.step)
        doubtful: list[Item] = []
        while True:
            self.step()
            try:
                self.root = reading.roots.popleft()
            except IndexError:
                break
            for found in self.walk.files(self.root):
                item = checker.check(found)
                if len(doubtful) < _MOST_DOUBTFUL and is_doubtful(item):
                    doubtful.append(item)
                else:
                    self._put(item)
        if doubtful:
            reading.cancelled.wait(_SECOND_LOOK)
        for item in doubtful:
            self._put(looked_at_again(item))

    def _put(self, item: Item) -> None:
        while True:
            self.step()
            try:
                self._reading.items.put(item, timeout=_POLL)
            except queue.Full:
                continue
            return
