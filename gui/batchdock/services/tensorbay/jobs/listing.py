"""All jobs of an account, and those that people look for (contract §4.11, §6).

No request lists all jobs: each dataset has two lists, and each benchmark one. To ask a thousand datasets in every round
would be two thousand requests. So datasets and benchmarks are listed every five minutes, and a round asks

* those with jobs that move, every time;
* then, sixty at most, those that were never asked, as the service lists them;
* then the others, longest ago first, one for each second since the last round, and no more than sixty either.

Everything else is told as it was when it was asked last, after what is new; in the first round each row as it comes. A
job that somebody started elsewhere, in a dataset where nothing moves, is seen a little later: of 200 datasets after
three minutes or so. What is done here is seen at once, and `find_jobs` waits for no turn.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Sequence
from dataclasses import replace

from batchdock.core.datasets.pattern import exact
from batchdock.core.errors import (
    AccessDenied,
    BatchdockError,
    ConnectionProblem,
    KeyRefused,
    NotAskedFor,
    NotFound,
    TooManyRequests,
)
from batchdock.core.inventory import Where
from batchdock.core.job import Job
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.patience import Patience
from batchdock.services.http.reading import optional_text, text
from batchdock.services.tensorbay.datasets.walking import by, walk
from batchdock.services.tensorbay.jobs.known import Keeper, Known
from batchdock.services.tensorbay.jobs.reading import read_job
from batchdock.services.tensorbay.jobs.refs import OF_DATASETS, JobKind, ref_of
from batchdock.services.tensorbay.wire import Wire

KEEPERS_EVERY = 300.0
"""Seconds between two listings of datasets and benchmarks."""
TURN = 60
"""Keepers a round asks, besides those with jobs that move."""
A_SECOND = 1.0
"""Keepers that were asked before are asked again at this rate."""
TOGETHER = 4
"""Keepers asked at a time: each is up to two requests, and a connection takes eight."""

_NO_DATASET = QT_TRANSLATE_NOOP("errors", "There is no dataset of exactly this name.")
_FOR_ALL = (KeyRefused, ConnectionProblem, TooManyRequests)
"""What one keeper meets with, every other one would too."""


async def list_jobs(wire: Wire, account_id: str, known: Known) -> AsyncIterator[Job]:
    """Yield all jobs. Where a dataset can not be read the others are, and then that is raised."""
    trouble = _Trouble(await _list_keepers(wire, known))
    now, is_first = time.monotonic(), known.asked == -math.inf
    before, told = known.jobs(), set[str]()
    due = _due(known.keepers.values(), now - known.asked)
    known.asked = now
    for some in _by(TOGETHER, due):
        await trouble.all_of([_ask_keeper(wire, account_id, keeper) for keeper in some])
        if is_first:
            for job in [job for keeper in some for job in keeper.jobs.values()]:
                told.add(job.job_id)
                yield job
    # Who reads no further than a page is to have what is new.
    for job in sorted(known.jobs().values(), key=lambda job: (before.get(job.job_id) == job, not job.is_moving)):
        if job.job_id not in told:
            yield job
    trouble.tell()


async def find_jobs(wire: Wire, account_id: str, where: Where, known: Known) -> AsyncIterator[Job]:
    """Yield the jobs of one dataset, of some kinds, or in one state. Raise `NotAskedFor` for a dataset there is not."""
    kinds = {each for each in JobKind if not where.get("kind") or each in where["kind"]}
    status = next(iter(where.get("status", ())), "")
    if status:
        kinds.discard(JobKind.EVALUATION)  # Nobody tells how one stands.
    name = next(iter(where.get("dataset", ())), "")
    keepers, first = await _meant(wire, name, known)
    trouble = _Trouble(first)
    for some in _by(TOGETHER, keepers):
        began = time.monotonic()
        found: list[list[Job]] = [[] for _ in some]
        await trouble.all_of(
            [
                _fill(wire, account_id, keeper, [kind for kind in keeper.kinds if kind in kinds], jobs, status)
                for keeper, jobs in zip(some, found, strict=True)
            ]
        )
        for job in (job for jobs in found for job in jobs):
            known.note(ref_of(job.job_id, wire.service), job, began)
            yield job
    trouble.tell()


def brief(wire: Wire) -> Patience:
    """Return the patience for what is one of many: the others wait for it, and it is asked again soon."""
    return replace(wire.patience, tries=min(2, wire.patience.tries))


async def list_datasets(wire: Wire, name: str = "") -> list[Keeper]:
    """Ask for all datasets, or for those of exactly this name."""
    query = {"name": exact(name)} if name else {}
    found = [each async for each in walk(wire, "ListDataset", query=query, key=by("id"))]
    return [
        Keeper(dataset_id, text(each.get("name")), OF_DATASETS)
        for each in found
        if (dataset_id := optional_text(each.get("id"))) is not None and (not name or each.get("name") == name)
    ]


async def list_benchmarks(wire: Wire) -> list[Keeper]:
    """Ask for all benchmarks. Where nothing answers at the address of evaluations, there are none."""
    try:
        found = [each async for each in walk(wire, "ListBenchmarks", key=by("benchmarkId"))]
    except BatchdockError as error:
        if error.values.get("status") == 404:
            return []
        raise
    return [
        Keeper(benchmark_id, text(each.get("name")), (JobKind.EVALUATION,))
        for each in found
        if (benchmark_id := optional_text(each.get("benchmarkId"))) is not None
    ]


# --- inside


async def _list_keepers(wire: Wire, known: Known) -> BatchdockError | None:
    """List datasets and benchmarks anew where that is due. Return what stands in the way of the benchmarks."""
    now = time.monotonic()
    if now - known.keepers_read < KEEPERS_EVERY:
        return None
    known.take(await list_datasets(wire), evaluations=False, read=now)
    try:
        known.take(await list_benchmarks(wire), evaluations=True, read=now)
    except _FOR_ALL:
        raise
    except BatchdockError as error:
        return None if isinstance(error, AccessDenied) else error
    return None


async def _meant(wire: Wire, name: str, known: Known) -> tuple[list[Keeper], BatchdockError | None]:
    if name:
        found = await list_datasets(wire, name)
        if not found:
            raise NotAskedFor(service=wire.service, reason=_NO_DATASET)
        return found, None
    trouble = await _list_keepers(wire, known)
    return list(known.keepers.values()), trouble


def _due(keepers: Iterable[Keeper], since: float) -> list[Keeper]:
    """Return which keepers this round asks."""
    moving: list[Keeper] = []
    new: list[Keeper] = []
    others: list[Keeper] = []
    for each in keepers:
        (moving if each.is_moving else others if each.was_read else new).append(each)
    others.sort(key=lambda each: each.read)
    again = int(min(TURN, since * A_SECOND))
    return moving + (new[:TURN] if new else others[:again])


async def _ask_keeper(wire: Wire, account_id: str, keeper: Keeper) -> None:
    """Ask for all jobs of a dataset or benchmark. They stay as they were known where that can not be read."""
    began = time.monotonic()
    jobs: list[Job] = []
    keeper.read = began
    try:
        await _fill(wire, account_id, keeper, keeper.kinds, jobs)
    except NotFound:
        jobs = []  # It is gone; so will it be when datasets are listed again.
    keeper.take(jobs, began)


async def _fill(
    wire: Wire, account_id: str, keeper: Keeper, kinds: Sequence[JobKind], jobs: list[Job], status: str = ""
) -> None:
    """Put the jobs of these kinds into a list, side by side."""

    async def ask(kind: JobKind) -> list[Job]:
        evaluation = kind is JobKind.EVALUATION
        operation, place = ("ListEvaluations", "benchmark") if evaluation else ("ListTasks", "dataset")
        query = {} if evaluation else {"jobType": str(kind), "status": status or None}
        key = by("evaluationId" if evaluation else "jobId")
        listed = walk(wire, operation, at={place: keeper.keeper_id}, query=query, key=key, patience=brief(wire))
        found = [read_job(row, account_id, kind, keeper.keeper_id, keeper.name) async for row in listed]
        return [job for job in found if job is not None]

    answers = await asyncio.gather(*map(ask, kinds), return_exceptions=True)
    for each in answers:
        if isinstance(each, BaseException):
            raise each
        jobs.extend(each)


class _Trouble:
    """What came of asking keepers: the others are not to suffer from what one meets with."""

    def __init__(self, first: BatchdockError | None = None) -> None:
        self._first = first
        self._denied: BatchdockError | None = None
        self._read = 0

    async def all_of(self, asking: Sequence[Awaitable[None]]) -> None:
        """Wait for all. What all keepers would meet with is raised, and where four in a row have trouble, that is."""
        refused: list[BatchdockError] = []
        for each in await asyncio.gather(*asking, return_exceptions=True):
            if isinstance(each, BatchdockError) and not isinstance(each, _FOR_ALL):
                refused.append(each)
            elif isinstance(each, BaseException):
                raise each
        self._read += len(asking) - len(refused)
        for each in refused:
            if isinstance(each, AccessDenied):
                self._denied = self._denied or each
            else:
                self._first = self._first or each
        if len(refused) == TOGETHER and all(each.retryable for each in refused):
            raise refused[0]

    def tell(self) -> None:
        """Raise what is to be told in the end.

        What this key may not see of a team's is no trouble as long as it may see others.
        """
        if self._first is not None:
            raise self._first
        if self._denied is not None and not self._read:
            raise self._denied


def _by(size: int, keepers: Sequence[Keeper]) -> Iterator[Sequence[Keeper]]:
    for start in range(0, len(keepers), size):
        yield keepers[start : start + size]
