"""Notices that this computer has slept, by comparing clocks: a person who sets the clock must not look like a night."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_AWAY = 2.0
"""Seconds that the clock which runs on in sleep must be ahead."""
_LATE = 15.0
"""Seconds that a look must be late where there is no such clock; a busy machine is late too, but not so much."""


def _boot_clock() -> Callable[[], float] | None:
    """Return the clock that runs on while this computer sleeps, where it is another one than `time.monotonic`."""
    if sys.platform == "linux":
        return lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        # The name misleads: here it runs on in sleep, and what Python calls monotonic does not.
        return lambda: time.clock_gettime(time.CLOCK_MONOTONIC)
    return None


@dataclass(frozen=True, slots=True)
class Clocks:
    """`wall` is what a person sees and may set. `steady` stops in sleep, except on Windows; `boot` never does."""

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    boot: Callable[[], float] | None = field(default_factory=_boot_clock)


class SleepWatch:
    """Asked every `tick` seconds, it tells how long the computer has slept in between."""

    def __init__(self, clocks: Clocks, tick: float) -> None:
        self._clocks = clocks
        self._tick = tick
        self._wall, self._steady, self._boot = self._read()

    def slept(self) -> float:
        """Return for how many seconds the computer (or only this program) stood still since the last look, else 0."""
        before = (self._wall, self._steady, self._boot)
        now = self._wall, self._steady, self._boot = self._read()
        wall, steady, boot = (each - then for each, then in zip(now, before, strict=True))
        if boot - steady > _AWAY:
            return boot - steady
        # Both have run on, so nobody has set one of them.
        late = min(wall, steady) - self._tick
        return late if late > _LATE else 0.0

    def _read(self) -> tuple[float, float, float]:
        steady = self._clocks.steady()
        boot = steady if self._clocks.boot is None else self._clocks.boot()
        return self._clocks.wall(), steady, boot
