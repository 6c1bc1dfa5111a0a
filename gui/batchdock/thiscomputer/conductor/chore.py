"""A thread that does a chore when it is woken, and again when the chore wants it."""

import logging
from threading import Event, Thread

from batchdock.core.errors import StorageProblem

_log = logging.getLogger(__name__)

_TRY_AGAIN = 10.0
"""Seconds before a disk that refused is asked again, or what went wrong is tried again."""


class Chore:
    """Does `work` at the start and each time somebody wakes it, until it is closed; whatever goes wrong in it, the
    thread goes on. What is to be done is a subclass's.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._wake = Event()
        self._closing = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def work(self) -> float | None:
        """Do it. Return after how many seconds it is to be done although nobody woke it; None for never."""
        raise NotImplementedError

    @property
    def is_closing(self) -> bool:
        """True as soon as the thread is to end."""
        return self._closing.is_set()

    def start(self) -> None:
        """Begin, with what an earlier process left."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to do. Safe from any thread."""
        self._wake.set()

    def close(self) -> None:
        """End after what it does now."""
        self.end()
        self._thread.join()

    def end(self) -> None:
        """Say that it is to end."""
        self._closing.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                pause = self.work()
            except (StorageProblem, OSError) as problem:
                _log.warning("The %s waits: the data folder can not be used: %s", self._name, problem)
                pause = _TRY_AGAIN
            except Exception:
                _log.exception("The %s met something unexpected", self._name)
                pause = _TRY_AGAIN
            if self._closing.is_set():
                return
            self._wake.wait(pause)
            self._wake.clear()
