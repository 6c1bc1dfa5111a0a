"""What somebody sees who looks at one job: its stages and tasks, the files that did not work, its log."""

from collections import OrderedDict
from dataclasses import dataclass, field

from batchdock.core.errors import NotFound
from batchdock.core.job import Job, Severity
from batchdock.core.ports import Service
from batchdock.core.problem import FileFailure
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.details import JobDetail, StageDetail, failures_in, lost_files, refined
from batchdock.flows.jobs.log import LogPage, Logs
from batchdock.flows.jobs.stages import StageReader
from batchdock.store import Journal

MOST_JOBS = 16
"""Of so many jobs it is kept what was found in their logs."""
LINES_AT_ONCE = 5_000
"""So many lines of a log are read at most for one look; the next look goes on behind them."""


@dataclass
class _Found:
    """What the log of a job has told so far, and how it looked when the last line was read."""

    lines: int = 0
    failures: dict[str, FileFailure] = field(default_factory=dict)
    job: Job | None = None
    stages: tuple[StageDetail, ...] = ()


class Looking:
    """Reads details for people, as few of them anew as can be."""

    def __init__(self, accounts: Accounts, board: Board, journal: Journal, reader: StageReader) -> None:
        self._accounts, self._board, self._journal, self._reader = accounts, board, journal, reader
        self._logs = Logs()
        self._found: OrderedDict[JobKey, _Found] = OrderedDict()
        self._forgotten: set[JobKey] = set()

    async def detail(self, key: JobKey) -> JobDetail:
        """Return a job with all that is below it. One that is over and that its service has forgotten has nothing."""
        found = self._remembered(key)
        job = self._job(key)
        if job.state.is_terminal and (key in self._forgotten or found.job == job):
            return self._detail(key, found)
        service = await self._accounts.service(key[0])
        if not service.capabilities.tells_steps:
            return JobDetail(job, (), ())
        try:
            found.stages = await self._reader.read(service, key[1])
            if job.problems or job.state.is_terminal:
                await self._read_log(service, key, found)
        except NotFound:
            if not job.state.is_terminal:
                raise
            self._forgotten.add(key)
        return self._detail(key, found)

    async def log(self, key: JobKey, severity: Severity | None, *, after: int, limit: int) -> LogPage:
        """Return some lines of a log. Raise `NotFound`."""
        service = await self._accounts.service(key[0])
        if not service.capabilities.tells_steps:
            return LogPage((), more=False)
        return await self._logs.page(service, key[1], severity, after=after, limit=limit)

    async def _read_log(self, service: Service, key: JobKey, found: _Found) -> None:
        job = self._job(key)
        page = await self._logs.page(service, key[1], after=found.lines, limit=LINES_AT_ONCE)
        for failure in failures_in(page.entries, self._journal, key[0], job.batch_id):
            found.failures[failure.name] = failure
        found.lines += len(page.entries)
        if not page.more and all(stage.whole for stage in found.stages):
            found.job = job

    def _detail(self, key: JobKey, found: _Found) -> JobDetail:
        job = self._job(key)
        shown = job if job.state.is_terminal else refined(job, found.stages)
        failures = (*lost_files(self._journal, job), *found.failures.values())
        more = job.state.is_terminal and key not in self._forgotten and found.job != job
        return JobDetail(shown, found.stages, failures, more)

    def _job(self, key: JobKey) -> Job:
        record = self._board.get(key)
        if record is None:
            raise NotFound(service="Batchdock", reason=f"There is no job {key[1]}.")
        return record.job

    def _remembered(self, key: JobKey) -> _Found:
        found = self._found.setdefault(key, _Found())
        self._found.move_to_end(key)
        if len(self._found) > MOST_JOBS:
            self._found.popitem(last=False)
        return found

    def forget(self, key: JobKey) -> None:
        """Drop what was found about a job: it begins anew."""
        self._found.pop(key, None)
        self._forgotten.discard(key)
