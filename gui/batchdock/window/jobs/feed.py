"""The way of jobs into the table: a few thousand at a time, in the order in which they were told."""

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from batchdock.bridge.garbage import keep
from batchdock.core.job import Job
from batchdock.window.jobs.model import JobModel
from batchdock.window.jobs.roster import Key

AT_A_TIME = 4000
"""Jobs that are put in without letting the window do anything else."""


class Feed(QObject):
    """What is little goes in at once. Of a long history the rest follows while the window is drawn."""

    def __init__(self, model: JobModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._waiting: deque[tuple[list[Job], tuple[Key, ...]]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)

    def put(self, jobs: Sequence[Job]) -> None:
        """Add or replace jobs."""
        if len(jobs) <= AT_A_TIME and not self._waiting:
            self._model.put(jobs)
            return
        pieces = (list(jobs[start : start + AT_A_TIME]) for start in range(0, len(jobs), AT_A_TIME))
        self._waiting.extend((piece, ()) for piece in pieces)
        self._timer.start()

    def remove(self, keys: tuple[Key, ...]) -> None:
        """Forget jobs."""
        if self._waiting:
            self._waiting.append(([], keys))
        else:
            self._model.remove(keys)

    def _next(self) -> None:
        if not self._waiting:
            self._timer.stop()
            return
        jobs, gone = self._waiting.popleft()
        if jobs:
            # What comes first is seen at once, the rest together with its last.
            more = bool(self._waiting and self._waiting[0][0]) and self._model.rowCount() > 0
            self._model.put(jobs, more=more)
            keep()
        if gone:
            self._model.remove(gone)
