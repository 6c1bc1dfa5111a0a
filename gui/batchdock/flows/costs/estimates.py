"""What a job will take: from a try or from earlier jobs alike, else from what this computer measured of itself."""

import math

from batchdock.core.batch import Content
from batchdock.core.computer import Rate
from batchdock.core.costs import Basis, Estimate, Measure, credits_for, machine_of, price_of
from batchdock.core.estimating import PACKAGE, Range, Size, clock_time, machine_time
from batchdock.core.job import JobOptions
from batchdock.core.ports import Service
from batchdock.flows.costs.reading import fps_of, variant_of
from batchdock.flows.intake.plan import SHARD_BYTES
from batchdock.store.measures import Measures

WAIT = (180.0, 480.0)
"""Seconds that a cloud takes to give the first machine (contract §1.7); this computer is there at once."""

_LATEST = 12
"""Jobs that an estimate rests on, at most: programs and machines change."""
_SEARCHED = 60
_OTHER_OPTIONS = 1.5
"""How many times more or less a job may take that has other parameters than every one that was measured."""
_RATES_VARY = 1.2
"""How many times faster or slower this computer may be than it was."""


async def estimate(
    service: Service,
    measures: Measures,
    workflow_id: str,
    content: Content,
    count: int,
    options: JobOptions,
    *,
    bytes_total: int | None = None,
    trial_only: bool = False,
) -> Estimate | None:
    """Return what a job over `count` items will take, or None while nobody can know."""
    if count <= 0:
        return None
    by_jobs = estimate_by_jobs(
        service, measures, workflow_id, content, count, options, bytes_total=bytes_total, trial_only=trial_only
    )
    if service.computer is None or trial_only:
        return by_jobs
    by_rates = _by_rates(await service.computer.rates(), workflow_id, content, count)
    if by_jobs is None or by_rates is None:
        return by_jobs or by_rates
    return min(by_jobs, by_rates, key=lambda each: each.seconds[1] / max(each.seconds[0], 1.0))


def estimate_by_jobs(
    service: Service,
    measures: Measures,
    workflow_id: str,
    content: Content,
    count: int,
    options: JobOptions,
    *,
    bytes_total: int | None = None,
    trial_only: bool = False,
) -> Estimate | None:
    """Return what earlier jobs of the same kind tell, or with `trial_only` tries alone; None without any."""
    if count <= 0:
        return None
    prices = service.capabilities.credits_an_hour
    account_id, machine = service.account.account_id, machine_of(options.machine, prices)
    fps = fps_of(content, options)
    found = [
        each
        for each in measures.alike(account_id, workflow_id, content, machine, _SEARCHED)
        if each.fps == fps and each.machine_seconds > 0 and (each.trial or not trial_only)
    ]
    same = [each for each in found if each.variant == variant_of(options)]
    ground = (same or found)[:_LATEST]
    if not ground:
        return None
    here = service.computer is not None
    tasks = 1 if here else _tasks(ground, content, count, bytes_total or 0)
    size = Size(count, tasks, 1 if here else options.max_parallel_tasks)
    low, high = machine_time(ground, size)
    if not same:
        low, high = low / _OTHER_OPTIONS, high * _OTHER_OPTIONS
    if options.timeout_seconds is not None and not here:
        low, high = min(low, options.timeout_seconds), min(high, options.timeout_seconds)
    clock = clock_time((low, high), ground, size)
    price = price_of(options.machine, prices)
    wait = (0.0, 0.0) if here else WAIT
    return Estimate(
        seconds=(clock[0] + wait[0], clock[1] + wait[1]),
        machine_seconds=(low, high),
        credits=(credits_for(low, price), credits_for(high, price)) if service.capabilities.costs_money else None,
        basis=Basis.TRIAL if ground[0].trial else Basis.HISTORY,
        measured_on=ground[0].items if ground[0].trial else sum(each.items for each in ground),
    )


def _tasks(ground: list[Measure], content: Content, count: int, bytes_total: int) -> int:
    """Return how many tasks a cloud will make: one for each video, or for each package of pictures (contract §4.5).

    A package is full when it has so many pictures as those of earlier jobs, or as many bytes as one is sent with.
    """
    if content is Content.VIDEOS:
        return count
    package = max((each.items / each.tasks for each in ground if each.tasks > 1), default=float(PACKAGE))
    return max(math.ceil(count / package), min(count, math.ceil(bytes_total / SHARD_BYTES)))


def _by_rates(rates: tuple[Rate, ...], workflow_id: str, content: Content, count: int) -> Estimate | None:
    """Return what follows from the slowest and the fastest sizes of pictures this computer has worked on."""
    fitting = [
        each
        for each in rates
        if each.workflow_id == workflow_id and each.content is content and each.items_per_second > 0
    ]
    if not fitting:
        return None
    speeds = [each.items_per_second for each in fitting]
    seconds: Range = (count / max(speeds) / _RATES_VARY, count / min(speeds) * _RATES_VARY)
    return Estimate(seconds, seconds, None, Basis.RATES, sum(each.items for each in fitting))
