"""Many small changes, told a few times a second."""

import asyncio
from collections.abc import Callable

INTERVAL = 0.1


class Pulse:
    """Calls `beat` soon after something was wanted, at most once every `interval` seconds."""

    def __init__(self, beat: Callable[[], None], interval: float = INTERVAL) -> None:
        self._beat = beat
        self._interval = interval
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    def want(self) -> None:
        """Ask for a beat: at once when the last one is long ago, else as soon as one is due."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._last + self._interval), self._strike)

    def flush(self) -> None:
        """Beat now if a beat is wanted."""
        if self._timer is not None:
            self._timer.cancel()
            self._strike()

    def _strike(self) -> None:
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        self._beat()
