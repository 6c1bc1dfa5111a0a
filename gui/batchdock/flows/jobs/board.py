"""All jobs as they were last seen: kept in the journal, told to the window, ended exactly once."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from batchdock.core.job import Job
from batchdock.core.states import ends_now
from batchdock.flows.news import JobEnded, JobsChanged, JobsRemoved, News
from batchdock.flows.pulse import Pulse
from batchdock.store import JobRecord, Journal, Phase

JobKey = tuple[str, str]


class Board:
    """The one place that changes what is known of a job."""

    def __init__(self, journal: Journal, news: News) -> None:
        self._journal = journal
        self._news = news
        self._records = {record.job.key: record for record in journal.jobs.all()}
        self._changed: dict[JobKey, Job] = {}
        self._waiting: dict[JobKey, list[asyncio.Future[Job]]] = {}
        self._pulse = Pulse(self._tell)

    def all(self) -> tuple[JobRecord, ...]:
        """Return every record, hidden ones too. Safe from any thread."""
        return tuple(self._records.values())

    def shown(self) -> tuple[Job, ...]:
        """Return the jobs that are not hidden, newest first. Safe from any thread."""
        jobs = [record.job for record in self.all() if not record.hidden]
        return tuple(sorted(jobs, key=lambda job: job.created.timestamp() if job.created else 0.0, reverse=True))

    def get(self, key: JobKey) -> JobRecord | None:
        """Return one record."""
        return self._records.get(key)

    def put(self, jobs: Iterable[Job]) -> None:
        """Take in how jobs are now; those not known yet were started elsewhere."""
        changes = []
        for job in jobs:
            record = self._records.get(job.key)
            if record is None:
                changes.append(JobRecord(job, Phase.ELSEWHERE))
            elif record.job != (named := job if record.own_name is None else replace(job, name=record.own_name)):
                changes.append(replace(record, job=named))
        self.record(changes)

    def record(self, records: Iterable[JobRecord]) -> None:
        """Take in records. What must survive a crash is written before anybody is told."""
        to_write, ended = [], []
        for record in records:
            key, before = record.job.key, self._records.get(record.job.key)
            if before == record:
                continue
            self._records[key] = record
            if before is None or _lasting(before) != _lasting(record):
                to_write.append(record)
            if not record.hidden:
                self._changed[key] = record.job
                self._pulse.want()
            if ends_now(before.job.state if before else None, record.job.state):
                ended.append(record)
        if to_write:
            self._journal.jobs.put(to_write)
        for record in ended:
            self._end(record)

    def hide(self, key: JobKey, hidden: bool) -> None:
        """Take a job off the list, or put it back."""
        record = self._records[key]
        self.record([replace(record, hidden=hidden)])
        if hidden and not record.hidden:
            self._changed.pop(key, None)
            self._news.publish(JobsRemoved((key,)))

    def forget_account(self, account_id: str) -> None:
        """Drop all jobs of an account that is no longer connected."""
        keys = tuple(key for key in self._records if key[0] == account_id)
        if keys:
            self._journal.jobs.forget_account(account_id)
            for key in keys:
                del self._records[key]
                self._changed.pop(key, None)
            self._news.publish(JobsRemoved(keys))

    async def ended(self, key: JobKey) -> Job:
        """Wait until the job is in a terminal state and return it."""
        record = self._records.get(key)
        if record is not None and record.job.state.is_terminal:
            return record.job
        future: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        return await future

    def flush(self) -> None:
        """Tell now what is still to be told."""
        self._pulse.flush()

    def _end(self, record: JobRecord) -> None:
        if not record.hidden:
            self._pulse.flush()
            self._news.publish(JobEnded(record.job))
        for future in self._waiting.pop(record.job.key, ()):
            if not future.done():
                future.set_result(record.job)

    def _tell(self) -> None:
        changed, self._changed = tuple(self._changed.values()), {}
        if changed:
            self._news.publish(JobsChanged(changed))


def _lasting(record: JobRecord) -> JobRecord:
    """Return the record without what changes every second; that much need not be written each time."""
    job = record.job
    if not job.state.is_terminal:
        job = replace(job, progress=None, items_done=None, problems=None, message="", last_news=None)
    return replace(record, job=replace(job, seconds_left=None))
