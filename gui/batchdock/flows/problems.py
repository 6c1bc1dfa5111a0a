"""Problems: what waits for a person, and disappears when its cause does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from batchdock.core.errors import BatchdockError
from batchdock.core.problem import FileFailure, Problem
from batchdock.flows.news import News, ProblemsChanged
from batchdock.store import Journal

Again = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Open:
    problem: Problem
    again: Again | None


class Problems:
    """The problems page, without the page."""

    def __init__(self, journal: Journal, news: News) -> None:
        self._journal = journal
        self._news = news
        self._open: dict[str, _Open] = {}

    def all(self) -> tuple[Problem, ...]:
        """Return the open problems, newest first. Safe from any thread."""
        found = [each.problem for each in tuple(self._open.values())]
        return tuple(sorted(found, key=lambda problem: problem.at, reverse=True))

    async def dismiss(self, problem_id: str) -> None:
        """Take a problem off the list for good."""
        self._journal.dismiss(problem_id)
        self._close(problem_id)

    async def retry(self, problem_id: str) -> None:
        """Try again what went wrong. The problem goes; it comes back if it goes wrong again."""
        found = self._open.get(problem_id)
        if found is None or found.again is None:
            return
        await found.again()
        self._close(problem_id)

    def report(
        self,
        problem_id: str,
        about: str,
        error: BatchdockError,
        *,
        files: tuple[FileFailure, ...] = (),
        job: tuple[str, str] | None = None,
        at: datetime | None = None,
        again: Again | None = None,
    ) -> None:
        """Put a problem on the list, unless somebody dismissed this very one."""
        if self._journal.is_dismissed(problem_id):
            return
        problem = Problem(problem_id, about, error, at or datetime.now(UTC), files, job, again is not None)
        self._open[problem_id] = _Open(problem, again)
        self._tell()

    def settle(self, problem_id: str) -> None:
        """Take a problem off the list because its cause is gone; the next one under this id is a new one."""
        self._journal.recall(problem_id)
        self._close(problem_id)

    def _close(self, problem_id: str) -> None:
        if self._open.pop(problem_id, None) is not None:
            self._tell()

    def _tell(self) -> None:
        self._news.publish(ProblemsChanged(self.all()))
