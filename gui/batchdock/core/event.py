"""What a running job sent by itself: what was seen when, with pictures."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from batchdock.core.facts import Fact


@dataclass(frozen=True, slots=True)
class Event:
    """Something a job saw. `at` is when, by the service's clock, else when it arrived; both are timezone-aware.

    `kind` is the service's own word for it. `pictures` are files of the app's own. `facts` are what else it said,
    without secrets and without the pictures.
    """

    number: int
    account_id: str
    job_id: str
    at: datetime
    received: datetime
    kind: str = ""
    pictures: tuple[Path, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """How many events of a job there are, and from when to when."""

    events: int
    pictures: int
    first: datetime | None = None
    last: datetime | None = None
