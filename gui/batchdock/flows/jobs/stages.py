"""Reads the stages of jobs and their tasks, a bounded number at a time.

A stage of many tasks is read on where the last reading stopped, round after round; what is known of a task is at most
one such lap old.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from batchdock.core.batch import Progress
from batchdock.core.job import Stage, Task
from batchdock.core.ports import Service
from batchdock.core.progress import count_tasks
from batchdock.flows.jobs.board import JobKey
from batchdock.flows.jobs.details import StageDetail

AT_A_TIME, AT_A_TIME_HERE = 1_000, 5_000
"""So many tasks of a stage are read at a time; of This computer while they are read for the first time."""
MOST_JOBS = 64
"""Of so many jobs the tasks are kept."""


@dataclass
class _Lap:
    """One stage's tasks as far as they are read."""

    tasks: dict[str, Task] = field(default_factory=dict)
    fresh: dict[str, Task] = field(default_factory=dict)
    rest: AsyncIterator[Task] | None = None
    whole: bool = False
    ended: Stage | None = None
    """The stage when all was read after its end: nothing can change any more."""


@dataclass
class _Known:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    laps: dict[str, _Lap] = field(default_factory=dict)


class StageReader:
    """The stages of jobs, for the watch and for whoever looks at one."""

    def __init__(self) -> None:
        self._known: OrderedDict[JobKey, _Known] = OrderedDict()

    async def read(self, service: Service, job_id: str, *, whole: bool = False) -> tuple[StageDetail, ...]:
        """Ask for the stages of a job, and for some more of their tasks; for all of them if `whole`.

        Raise `NotFound`, and what the service raises.
        """
        known = self._of((service.account.account_id, job_id))
        async with known.turn:
            stages = await service.stages(job_id)
            for gone in known.laps.keys() - {stage.stage_id for stage in stages}:
                del known.laps[gone]
            return tuple([await self._stage(service, job_id, stage, known, whole=whole) for stage in stages])

    def forget(self, key: JobKey) -> None:
        """Drop what is known of the tasks of a job: it began anew, or nobody needs it."""
        self._known.pop(key, None)

    async def _stage(self, service: Service, job_id: str, stage: Stage, known: _Known, *, whole: bool) -> StageDetail:
        lap = known.laps.setdefault(stage.stage_id, _Lap())
        if lap.ended != stage:
            here = service.account.is_this_computer and not lap.whole
            most = None if whole else AT_A_TIME_HERE if here else AT_A_TIME
            await _read_on(lap, service, job_id, stage, most)
        tasks = tuple(lap.tasks.values())
        # While some were not read yet nobody knows whether they wait.
        counts = count_tasks(tasks, stage.tasks_number if lap.whole else None)
        return StageDetail(stage, tasks, counts, lap.whole)

    def _of(self, key: JobKey) -> _Known:
        known = self._known.setdefault(key, _Known())
        self._known.move_to_end(key)
        if len(self._known) > MOST_JOBS:
            self._known.popitem(last=False)
        return known


async def _read_on(lap: _Lap, service: Service, job_id: str, stage: Stage, most: int | None) -> None:
    if lap.rest is None or most is None:
        lap.rest, lap.fresh = service.tasks(job_id, stage.stage_id), {}
    rest, lap.rest = lap.rest, None  # An iterator that raised is of no more use.
    count = 0
    async for task in rest:
        lap.fresh[task.task_id] = lap.tasks[task.task_id] = task
        count += 1
        if most is not None and count >= most:
            lap.rest = rest
            return
    lap.tasks, lap.fresh, lap.whole = lap.fresh, {}, True
    if stage.status is not Progress.MOVING:
        lap.ended = stage
