"""The minute in which a start that costs money can be taken back."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from batchdock.core.ports import Service
from batchdock.flows.jobs.board import JobKey

GRACE_SECONDS = 60.0
GRACE_SENTENCE = "Starts in a minute; it can be taken back until then."


class Grace:
    """Knows when a job goes out, and waits for it.

    The time is written down with the job. One that has passed while the app was closed begins anew: who opens the app
    again must be able to take a job back that would start otherwise before anybody has seen it.
    """

    def __init__(self, seconds: float) -> None:
        """`seconds` of 0: what is started goes out at once, as in a script."""
        self._seconds = seconds
        self._ended: dict[JobKey, asyncio.Event] = {}

    def given(self, service: Service) -> datetime | None:
        """Return when a job that is started now goes out, None where nothing has to be waited for."""
        if self._seconds <= 0 or not service.capabilities.costs_money:
            return None
        return datetime.now(UTC) + timedelta(seconds=self._seconds)

    def after_a_pause(self, goes_out: datetime) -> datetime:
        """Return when a job goes out that was waiting when the app was closed."""
        now = datetime.now(UTC)
        return goes_out if goes_out > now else now + timedelta(seconds=self._seconds)

    async def wait(self, key: JobKey, goes_out: datetime) -> None:
        """Wait until a job goes out, or `end` says that it does now."""
        ended = self._ended.setdefault(key, asyncio.Event())
        # By the clock on the wall, which is what was written down; but one that is set back must not add hours.
        latest = time.monotonic() + self._seconds
        try:
            while not ended.is_set():
                left = min((goes_out - datetime.now(UTC)).total_seconds(), latest - time.monotonic())
                if left <= 0:
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(left, 1.0)):
                        await ended.wait()
        finally:
            del self._ended[key]

    def end(self, key: JobKey) -> None:
        """Let a job that waits go out now."""
        if key in self._ended:
            self._ended[key].set()
