"""Says in time that results which nobody has saved will be deleted: 3 days, 1 day and 6 hours before, each once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from batchdock.core.job import Job
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board
from batchdock.flows.news import News, ResultsExpire
from batchdock.store import JobRecord, Journal, Phase

TOLD_AT = (timedelta(hours=6), timedelta(days=1), timedelta(days=3))
FIRST_SECONDS, LOOK_SECONDS = 5.0, 300.0
"""Until the first look, when whoever is to hear of it listens and services were asked, and between two."""


class Expiry:
    """Looks every few minutes, once it was started, on the loop of the flows."""

    def __init__(self, accounts: Accounts, board: Board, journal: Journal, news: News) -> None:
        self._accounts, self._board, self._journal, self._news = accounts, board, journal, news
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on."""
        self._looking = asyncio.get_running_loop().create_task(self._look_again_and_again(), name="expiry")

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def look(self, now: datetime | None = None) -> None:
        """Tell what will be deleted soon and was not told of yet, as one piece of news."""
        now = now or datetime.now(UTC)
        connected = {account.account_id for account in self._accounts.all()}
        soon = [
            record.job
            for record in self._board.all()
            if _is_unsaved(record) and record.job.account_id in connected and _is_soon(record.job, now)
        ]
        news = [job for job in soon if self._is_news(job, now)]
        if news:
            self._news.publish(ResultsExpire(tuple(sorted(news, key=_moment))))

    async def _look_again_and_again(self) -> None:
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)

    def _is_news(self, job: Job, now: datetime) -> bool:
        """Tell whether a threshold was passed that nobody was told of; from now on somebody was."""
        passed = [each for each in TOLD_AT if _moment(job) - now <= each]
        marks = [_mark(job, each) for each in passed]
        # The nearest one: those before it may have passed while the app was closed.
        if self._journal.is_dismissed(marks[0]):
            return False
        _note(self._journal, marks)
        return True


def _is_unsaved(record: JobRecord) -> bool:
    job = record.job
    ours = record.phase is not Phase.ELSEWHERE and not record.hidden and not record.trial
    return ours and record.saved is None and job.state.is_terminal and bool(job.output_batches)


def _is_soon(job: Job, now: datetime) -> bool:
    return job.expires is not None and timedelta(0) < job.expires - now <= TOLD_AT[-1]


def _moment(job: Job) -> datetime:
    assert job.expires is not None
    return job.expires


def _mark(job: Job, before: timedelta) -> str:
    hours = round(before.total_seconds() / 3600)
    return f"expiry:{hours}:{job.account_id}:{job.job_id}:{_moment(job):%Y%m%d}"


def _note(journal: Journal, marks: Sequence[str]) -> None:
    for mark in marks:
        journal.dismiss(mark)
