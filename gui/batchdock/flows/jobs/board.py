"""All jobs as they were last seen: kept in the journal, told to the window, ended exactly once."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from batchdock.core.job import Job
from batchdock.core.states import JobState, ends_now
from batchdock.flows.news import JobEnded, JobsChanged, JobsRemoved, News
from batchdock.flows.pulse import Pulse
from batchdock.store import JobRecord, Journal, Phase

JobKey = tuple[str, str]

LOADED_FIRST, LOADED_AT_A_TIME, PAUSE = 500, 2_000, 0.05
"""Records, and seconds between two lots."""
FIRST_PAUSE = 0.5
"""Seconds in which the window is drawn for the first time."""
REPAINTS = 0.25
"""Seconds between two tellings, at least: nobody reads numbers that change more often."""


class Board:
    """The one place that changes what is known of a job."""

    def __init__(self, journal: Journal, news: News) -> None:
        self._journal = journal
        self._news = news
        # The rest comes while people look at these: 100,000 take some seconds.
        self._records = {record.job.key: record for record in journal.jobs.first(LOADED_FIRST)}
        self._loading: asyncio.Task[None] | None = None
        self._is_loaded = len(self._records) < LOADED_FIRST
        self._order: tuple[tuple[JobKey, ...], int] = ((), -1)
        self._version = 0
        """How often a job came, or turned out to be of another age."""
        self._changed: dict[JobKey, Job] = {}
        self._ended: list[Job] = []
        self._waiting: dict[JobKey, list[asyncio.Future[Job]]] = {}
        self._pulse = Pulse(self._tell, REPAINTS)
        self._forgotten: set[str] = set()
        self._moving: dict[str, set[JobKey]] = {}
        self._last_change: dict[str, float] = {}
        for record in self._records.values():
            self._sort_in(record)

    async def loaded(self) -> None:
        """Wait until everything that was known is here; until then only the newest, and what this app has to do."""
        if not self._is_loaded:
            if self._loading is None:
                self._loading = asyncio.create_task(self._load(), name="job list")
            await asyncio.shield(self._loading)

    async def close(self) -> None:
        """Tell what is still to be told, and load no more."""
        self.flush()
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.wait({self._loading})

    def all(self) -> tuple[JobRecord, ...]:
        """Return every record that is loaded, hidden ones too. Safe from any thread."""
        return tuple(self._records.values())

    def shown(self) -> tuple[Job, ...]:
        """Return the jobs that are loaded and not hidden, newest first. Safe from any thread."""
        order, of_version = self._order
        if of_version != (version := self._version):  # Read before the records are, for it is counted after.
            order = tuple([record.job.key for record in sorted(self.all(), key=_age)])
            self._order = (order, version)
        found = (self._records.get(key) for key in order)
        return tuple([record.job for record in found if record is not None and not record.hidden])

    def get(self, key: JobKey) -> JobRecord | None:
        """Return one record. Safe from any thread."""
        record = self._records.get(key)
        return self._journal.jobs.get(*key) if record is None and not self._is_loaded else record

    def met(self, key: JobKey) -> JobRecord | None:
        """Return the record of a job that a service names; one that another process wrote down since is taken in.

        While that one carries the order out it tells of it, and nothing is taken in.
        """
        record = self.get(key)
        if record is None and (record := self._journal.jobs.get(*key)) is not None and record.phase in _AT_A_SERVICE:
            self._take_in([record])
        return record

    def moving(self, account_id: str) -> frozenset[JobKey]:
        """Return the jobs of an account that its service has and that move, as far as is known."""
        return frozenset(self._moving.get(account_id, ()))

    def at_service(self, account_id: str) -> tuple[JobKey, ...]:
        """Return the jobs of an account that its service has, as far as is known."""
        records = [record for key, record in self._records.items() if key[0] == account_id]
        return tuple([record.job.key for record in records if record.phase in _AT_A_SERVICE])

    def is_awaited(self, key: JobKey) -> bool:
        """Tell whether somebody waits for the end of a job."""
        return key in self._waiting

    def last_change(self, account_id: str) -> float:
        """Return when something of an account's jobs changed last (monotonic seconds); long ago if nothing did."""
        return self._last_change.get(account_id, float("-inf"))

    def put(self, jobs: Iterable[Job]) -> None:
        """Take in how jobs are now; those not known yet were started elsewhere."""
        changes = []
        for job in jobs:
            record = self.get(job.key)
            if record is None:
                changes.append(JobRecord(job, Phase.ELSEWHERE))
            elif record.job != (named := job if record.own_name is None else replace(job, name=record.own_name)):
                changes.append(replace(record, job=named))
        self.record(changes)

    def record(self, records: Iterable[JobRecord]) -> None:
        """Take in records. What must survive a crash is written before anybody is told."""
        to_write, ended = [], []
        for record in records:
            key, before = record.job.key, self.get(record.job.key)
            record = _dated(record, before)
            if before == record:
                continue
            self._records[key] = record
            if before is None or before.job.created != record.job.created:
                self._version += 1
            self._sort_in(record)
            self._last_change[key[0]] = time.monotonic()
            if before is None or _lasting(before) != _lasting(record):
                to_write.append(record)
            if not record.hidden:
                self._changed[key] = record.job
                self._pulse.want()
            told = before is not None and (before.job.ended is not None or _is_untold(before.job))
            if ends_now(before.job.state if before else None, record.job.state, told=told):
                ended.append(record)
        if to_write:
            self._journal.jobs.put(to_write)
        self._ended += [record.job for record in ended if not record.hidden]
        if ended or self._waiting:
            self._pulse.want()

    def hide(self, key: JobKey, hidden: bool) -> None:
        """Take a job off the list, or put it back."""
        record = self.get(key)
        assert record is not None
        self.record([replace(record, hidden=hidden)])
        if hidden and not record.hidden:
            self._changed.pop(key, None)
            self._news.publish(JobsRemoved((key,)))

    def forget(self, keys: Iterable[JobKey]) -> None:
        """Drop jobs that their service does not have any more, and of which nothing is kept here."""
        gone = tuple(key for key in dict.fromkeys(keys) if self._records.pop(key, None) is not None)
        if not gone:
            return
        self._journal.jobs.forget(gone)
        for key in gone:
            self._moving.get(key[0], set()).discard(key)
            self._changed.pop(key, None)
            self._last_change[key[0]] = time.monotonic()
        self._news.publish(JobsRemoved(gone))

    def forget_account(self, account_id: str) -> None:
        """Drop all jobs of an account that is no longer connected."""
        self._forgotten.add(account_id)
        keys = tuple(key for key in self._records if key[0] == account_id)
        if keys or not self._is_loaded:
            self._journal.jobs.forget_account(account_id)
            self._moving.pop(account_id, None)
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

    async def _load(self) -> None:
        """Bring in what was not loaded first, a bit at a time: the window puts it in order meanwhile."""
        await asyncio.sleep(FIRST_PAUSE)
        key = ("", "")
        while records := await asyncio.to_thread(self._journal.jobs.after, key, LOADED_AT_A_TIME):
            key = records[-1].job.key
            # What came meanwhile is newer than what was read; what was forgotten meanwhile stays away.
            self._take_in(record for record in records if record.job.account_id not in self._forgotten)
            await asyncio.sleep(PAUSE)
        self._is_loaded = True

    def _take_in(self, records: Iterable[JobRecord]) -> None:
        for record in records:
            if self._records.setdefault(record.job.key, record) is record:
                self._version += 1
                self._sort_in(record)
                if not record.hidden:
                    self._changed[record.job.key] = record.job
                    self._pulse.want()

    def _sort_in(self, record: JobRecord) -> None:
        """Keep the list of what moves, so that nobody has to look through all of them for it."""
        key = record.job.key
        moves = record.phase in _AT_A_SERVICE and record.job.is_moving
        if moves:
            self._moving.setdefault(key[0], set()).add(key)
        elif key[0] in self._moving:
            self._moving[key[0]].discard(key)

    def _tell(self) -> None:
        changed, self._changed = tuple(self._changed.values()), {}
        ended, self._ended = self._ended, []
        if changed:
            self._news.publish(JobsChanged(changed))
        for job in ended:
            self._news.publish(JobEnded(job))
        for key in tuple(self._waiting):
            record = self._records.get(key)
            if record is not None and record.job.state.is_terminal:
                for future in self._waiting.pop(key):
                    if not future.done():
                        future.set_result(record.job)


_AT_A_SERVICE = (Phase.STARTED, Phase.ELSEWHERE)


def _is_untold(job: Job) -> bool:
    """Tell whether nobody has said how an evaluation stands: then nobody has seen it end either."""
    return bool(job.kind) and job.state is JobState.UNKNOWN and not job.service_word


def _age(record: JobRecord) -> float:
    """Return what the newest have least of."""
    return 0.0 if record.job.created is None else -record.job.created.timestamp()


def _dated(record: JobRecord, before: JobRecord | None) -> JobRecord:
    """Return a record that says when its job ended. One that is being sent has no end yet, whatever was before."""
    job = record.job
    if job.state.is_terminal and job.ended is None and before is not None and not before.job.state.is_terminal:
        ended = datetime.now(UTC)
    elif not job.state.is_terminal and record.phase not in _AT_A_SERVICE and job.ended is not None:
        ended = None
    else:
        return record
    return replace(record, job=replace(job, ended=ended))


def _lasting(record: JobRecord) -> JobRecord:
    """Return the record without what changes every second; that much need not be written each time."""
    job = record.job
    if not job.state.is_terminal:
        job = replace(job, progress=None, items_done=None, problems=None, message="", last_news=None, rate=None)
    return replace(record, job=replace(job, seconds_left=None))
