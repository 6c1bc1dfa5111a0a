"""Reads off a service what a job that has ended took.

    machine time = how long as many machines were busy as worked at the same time (`core.estimating.busy`)

That is `maxParallelTasks` where the job has one. Else every task is taken to have had a machine of its own, which is
the most it can have been: what an account has used must not look like less than the bill. Packing the results is not
counted. Where a service tells nothing of stages, the whole time of the job counts, and nothing is learnt from it.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from batchdock.core.batch import Content
from batchdock.core.costs import Measure, credits_for, machine_of, price_of
from batchdock.core.errors import BatchdockError, NotFound
from batchdock.core.estimating import busy, machines_seen
from batchdock.core.job import Job, JobOptions, Stage, Task
from batchdock.core.ports import Service
from batchdock.core.states import JobState
from batchdock.store import JobRecord

_EXPORT = "export"
_ENDED_WELL = (JobState.DONE, JobState.DONE_WITH_PROBLEMS)


def fps_of(content: Content, options: JobOptions) -> float | None:
    """Return the frames a second that are looked at; None for pictures, or as the service has it."""
    return options.max_video_fps if content is Content.VIDEOS else None


def variant_of(options: JobOptions) -> str:
    """Return a digest of the options, beside machine and frames, that change how long an item takes."""
    told = (
        options.parameters,
        options.keep_images,
        sorted(options.image_outputs),
        options.workers_per_machine,
        options.backend,
    )
    text = json.dumps(told, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


async def read_measure(service: Service, record: JobRecord) -> Measure | None:
    """Ask what the last run of a job took; None where nothing tells. Raise what keeps the service from answering."""
    job = record.job
    stages = await _working_stages(service, job.job_id)
    if stages is not None and not stages:
        return None  # It ended before anything began: nothing was used.
    tasks = [task for stage in stages or () async for task in service.tasks(job.job_id, stage.stage_id)]
    window = _window(job, stages or [], tasks)
    if window is None:
        return None
    started, ended = window
    told = await _told_options(service, record)
    ends = [min(ended, task.at.timestamp()) for task in tasks if task.at is not None] or [ended]
    if service.computer is not None:
        # One computer works on all tasks of a job; how many there are changes nothing.
        ends = [ended]
    allowed = told.max_parallel_tasks
    machines = min(len(ends), allowed) if allowed else len(ends)
    seconds = busy(started, ends, machines)
    prices = service.capabilities.credits_an_hour
    return Measure(
        account_id=job.account_id,
        job_id=job.job_id,
        workflow_id=job.workflow_id,
        content=job.content,
        machine=machine_of(told.machine, prices),
        fps=fps_of(job.content, told),
        variant=variant_of(record.definition or told),
        items=await _items(service, job) if stages and seconds > 0 else 0,
        tasks=len(ends),
        at_once=machines if allowed or len(ends) == 1 else machines_seen(started, ends),
        started=started,
        ended=ended,
        machine_seconds=seconds,
        credits=credits_for(seconds, price_of(told.machine, prices)),
        trial=record.trial,
    )


async def _working_stages(service: Service, job_id: str) -> list[Stage] | None:
    """Return the stages in which items were processed, None where the service does not know the job's stages."""
    try:
        stages = await service.stages(job_id)
    except NotFound:
        return None
    return [stage for stage in stages if stage.name.lower() != _EXPORT]


def _window(job: Job, stages: list[Stage], tasks: list[Task]) -> tuple[float, float] | None:
    """Return when the processing began and ended, in seconds since 1970."""
    started = min((each.started for each in stages if each.started), default=job.started or job.created)
    at = [task.at for task in tasks if task.at is not None]
    ended = max((*at, *(each.last_news for each in stages if each.last_news)), default=job.ended or job.last_news)
    if started is None or ended is None:
        return None
    return _seconds(started), max(_seconds(started), _seconds(ended))


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


async def _told_options(service: Service, record: JobRecord) -> JobOptions:
    """Return what the service says that it worked with: a restart may have changed it."""
    try:
        told = await service.definition(record.job.job_id)
    except NotFound:
        told = None
    if told is not None and record.definition is not None and told.machine is None:
        told = replace(told, machine=record.definition.machine)
    return told or record.definition or JobOptions()


async def _items(service: Service, job: Job) -> int:
    """Return how many items were processed, 0 where a job that ended in another way tells nothing of it."""
    if job.state not in _ENDED_WELL:
        return 0
    if job.items_done is not None:
        return job.items_done
    if job.items_total is not None:
        return max(0, job.items_total - (job.problems or 0))
    try:
        return await service.count(job.batch_id) if job.batch_id else 0
    except BatchdockError:
        return 0  # The batch has expired; what the job cost is known all the same.
