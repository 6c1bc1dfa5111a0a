"""Remembers a refusal for a while: asking again and again with the same wrong secret locks it (contract §1.1, §1.3)."""

import time

from batchdock.core.errors import KeyRefused


class Refusal:
    """One for all requests to a host, so that the first refusal keeps the others from being sent."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._error: KeyRefused | None = None
        self._until = self._clock = 0.0

    def check(self) -> None:
        """Raise what was refused a short while ago. A clock that was set since is reason enough to ask again."""
        if self._error is None:
            return
        if time.monotonic() < self._until and abs(_clock() - self._clock) < 1.0:
            raise self._error.with_traceback(None)
        self._error = None

    def note(self, error: KeyRefused) -> None:
        """Remember a refusal."""
        self._error, self._until, self._clock = error, time.monotonic() + self._seconds, _clock()


def _clock() -> float:
    """Return by how much the clock of this computer is ahead of one that nobody can set."""
    return time.time() - time.monotonic()
