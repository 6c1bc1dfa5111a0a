"""What accounts have used this calendar month (local time), and what is promised to jobs that run.

Jobs of other people in a workspace count as far as they were seen: the bill is one. Amounts are estimates, no bill.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from batchdock.core.costs import Measure

JobKey = tuple[str, str]


def local_now() -> datetime:
    """Return the time of this computer's clock, with its zone."""
    return datetime.now().astimezone()


def month_of(moment: datetime) -> float:
    """Return when the calendar month of `moment` began here, in seconds since 1970."""
    # Without a zone it is read as this computer's time, with the daylight saving of that day.
    return datetime(moment.year, moment.month, 1).timestamp()


class Ledger:
    """Adds up. Everything may be asked from any thread; only the flows' loop changes it."""

    def __init__(self, measures: Iterable[Measure], now: Callable[[], datetime] = local_now) -> None:
        self._now = now
        self._used: dict[tuple[str, str, float], tuple[float, float]] = {}
        self._running: dict[JobKey, float] = {}
        self._promised: dict[JobKey, float] = {}
        for each in measures:
            self.enter(each)

    @property
    def month(self) -> float:
        """When this calendar month began, in seconds since 1970."""
        return month_of(self._now())

    def enter(self, measure: Measure) -> None:
        """Take in what a run took; nothing is promised to it any more."""
        self._used[(measure.account_id, measure.job_id, measure.started)] = (measure.ended, measure.credits)
        self.settle((measure.account_id, measure.job_id))

    def run(self, key: JobKey, credits: float) -> None:
        """Note what a job that runs has used so far, at least."""
        self._running[key] = credits

    def promise(self, key: JobKey, credits: float) -> None:
        """Keep so much for a job that is started; the last word counts."""
        self._promised[key] = credits

    def promised(self, key: JobKey) -> float | None:
        """Return what is kept for a job, None when nothing was."""
        return self._promised.get(key)

    def promises(self) -> tuple[JobKey, ...]:
        """Return the jobs something is kept for."""
        return tuple(self._promised)

    def release(self, key: JobKey) -> None:
        """Keep nothing for a job any more; what it has used so far stays used."""
        self._promised.pop(key, None)

    def settle(self, key: JobKey) -> None:
        """What a job has used is known from elsewhere now."""
        self._running.pop(key, None)
        self._promised.pop(key, None)

    def spent(self, account_id: str) -> float:
        """Return the credits of this month: of jobs that ended in it, and of those that run as far as they are."""
        ended = sum(
            credits
            for (account, _, _), (at, credits) in tuple(self._used.items())
            if account == account_id and at >= self.month
        )
        return ended + sum(so_far for (account, _), so_far in tuple(self._running.items()) if account == account_id)

    def of_job(self, key: JobKey) -> float | None:
        """Return what the runs of a job that ended this month have used, None where none was measured."""
        found = [
            credits
            for (account, job, _), (at, credits) in tuple(self._used.items())
            if (account, job) == key and at >= self.month
        ]
        return sum(found) if found else None

    def may_use(self, key: JobKey) -> float:
        """Return what a job that runs has used, or may use as far as something is promised to it."""
        return max(self._running.get(key, 0.0), self._promised.get(key, 0.0))

    def outstanding(self, account_id: str, *, but: JobKey | None = None) -> float:
        """Return what is promised to jobs beyond what they have used so far."""
        return sum(
            max(0.0, credits - self._running.get(key, 0.0))
            for key, credits in tuple(self._promised.items())
            if key[0] == account_id and key != but
        )
