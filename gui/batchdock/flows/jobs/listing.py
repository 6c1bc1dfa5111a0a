"""One reading of the list of an account's jobs, and what a round took that began with it."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round took: the seconds of its first answer, about how many requests, and whether ends wait for more."""

    first_answer: float
    requests: int
    unfinished: bool = False


@dataclass
class Listing:
    """When a list was asked for (monotonic seconds), and how it went."""

    asked: float
    first_answer: float | None = None
    count: int = 0

    def note(self, jobs: int = 1) -> None:
        """Note that something came."""
        if self.first_answer is None:
            self.first_answer = time.monotonic() - self.asked
        self.count += jobs
