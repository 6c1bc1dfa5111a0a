"""Looks into the ends of jobs, each once, without keeping the others waiting."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from batchdock.core.errors import BadRequest, BatchdockError, NotFound, ServiceTrouble, UnreadableAnswer
from batchdock.core.job import Job
from batchdock.core.ports import Service
from batchdock.flows.jobs.board import Board, JobKey
from batchdock.flows.jobs.details import StageDetail
from batchdock.flows.jobs.ending import Ending
from batchdock.flows.jobs.seeing import begun_anew, over, with_own
from batchdock.flows.jobs.sights import Sights
from batchdock.flows.jobs.stages import StageReader
from batchdock.store import JobRecord

OTHERS_WAIT = 5.0
"""Seconds for which a round waits for the end of one job; very many tasks or log lines take longer."""
TRIES_TO_SETTLE = 3
"""A job whose end can not be looked into because the service breaks down over it ends with what is known."""
BORNE = (NotFound, ServiceTrouble, UnreadableAnswer, BadRequest)
"""Answers about one job that say nothing about the others."""
_PAGE = 100

_log = logging.getLogger(__name__)


class Ends:
    """Settles jobs that are over, and tells the board."""

    def __init__(self, board: Board, reader: StageReader, ending: Ending, sights: Sights) -> None:
        self._board, self._reader, self._ending, self._sights = board, reader, ending, sights
        self._tries: dict[JobKey, int] = {}
        self._settling: dict[JobKey, asyncio.Task[int]] = {}

    def is_under_way(self, key: JobKey) -> bool:
        """Tell whether the end of a job is being looked into."""
        return key in self._settling

    async def settle_soon(self, service: Service, job: Job, asked: float) -> int:
        """Settle a job that is over; one with so much to read that others would wait for it ends by itself, later.

        `asked` is when the answer was asked for (monotonic seconds). Return about how many requests it took. Raises
        what stands in the way of the account.
        """
        task = asyncio.create_task(self._settle(service, job, asked), name=f"end of {job.job_id}")
        self._settling[job.key] = task
        task.add_done_callback(partial(self._settled, job.key))
        try:
            await asyncio.wait({task}, timeout=OTHERS_WAIT)
        except asyncio.CancelledError:
            task.cancel()
            raise
        return task.result() if task.done() else 0

    def leave(self, account_id: str) -> None:
        """Let go of the ends of an account that are still looked into."""
        for key, task in tuple(self._settling.items()):
            if key[0] == account_id:
                task.cancel()

    async def close(self) -> None:
        """Let go of every end that is still looked into; it is seen again next time."""
        tasks = tuple(self._settling.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _settled(self, key: JobKey, task: asyncio.Task[int]) -> None:
        self._settling.pop(key, None)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, BatchdockError):
            _log.error("The end of %s could not be looked into", key[1], exc_info=error)

    async def _settle(self, service: Service, job: Job, asked: float) -> int:
        key = job.key
        try:
            stages = await self._reader.read(service, job.job_id, whole=True)
        except NotFound:
            stages = ()
        except BORNE:
            if not self._is_given_up(key):
                return 1
            stages = ()
        ended = over(self._known(key, stages), job, datetime.now(UTC), stages)
        try:
            ended = await self._ending.settle(service, ended, stages)
        except BORNE:
            if not self._is_given_up(key):
                return 1
            ended = self._ending.settle_blindly(ended, stages)
        if not self._sights.is_old(job, asked):
            self._board.put([with_own(ended, self._board.get(key))])
            self._sights.see_end(job)
        self._tries.pop(key, None)
        self._reader.forget(key)
        return requests_for(stages)

    def _known(self, key: JobKey, stages: tuple[StageDetail, ...]) -> JobRecord | None:
        """Return what is known of a job that is over; one that somebody else started again has begun anew first."""
        record = self._board.get(key)
        if record is not None and self._sights.is_another_run(record.job, stages):
            self._board.put([begun_anew(record.job, datetime.now(UTC))])
            record = self._board.get(key)
        return record

    def _is_given_up(self, key: JobKey) -> bool:
        self._tries[key] = self._tries.get(key, 0) + 1
        return self._tries[key] >= TRIES_TO_SETTLE


def requests_for(stages: Sequence[StageDetail]) -> int:
    """Return about how many requests it took to read stages and tasks."""
    return 1 + sum(1 + len(each.tasks) // _PAGE for each in stages)
