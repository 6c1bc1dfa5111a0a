"""All jobs of an account, and those that its own filters find (contract §2.1, §3.1, §4.2)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing

from batchdock.core.errors import BatchdockError, ConnectionClosed, KeyRefused, TooManyRequests
from batchdock.core.inventory import Where
from batchdock.core.job import Job
from batchdock.services.http.reading import count, entries, entry, rows
from batchdock.services.huawei.jobs.filters import PAGE, PAGE_SIZE, narrowed
from batchdock.services.huawei.jobs.reading import read_job
from batchdock.services.huawei.jobs.tasks import Tasks, lists_of
from batchdock.services.huawei.jobs.walk import ByOffset, Found, Numbered, Page, Paging, Walk
from batchdock.services.huawei.wire import Family, Wire

FIRST = 50
"""The first page is soon there, however large the others are."""
NEWEST = 20
"""Of each list, before the rest of any."""
_OF_VIAS = {"v1": 50, "v2": 500}
_OF_IVA = 100
"""Whole jobs, and as many as both documents on it allow (contract §4.2)."""
_JOINING = 20
"""Pages of all sizes up to this one end together at no place that a list reaches."""
_MARKS = frozenset({"count", PAGE, PAGE_SIZE})
_ROUNDS = 6
"""So often the patience of the wire is taken anew for a page that is refused for being one too many."""


async def list_jobs(wire: Wire, account_id: str) -> AsyncIterator[Job]:
    """Yield all jobs. Where one list can not be read the others are, and then that is raised."""
    async for job in _of_all(wire, account_id, [(tasks, {}) for tasks in lists_of(wire.place)]):
        yield job


async def find_jobs(wire: Wire, account_id: str, where: Where) -> AsyncIterator[Job]:
    """Yield the jobs that the service finds. Raise `NotAskedFor` before anything is asked."""
    async for job in _of_all(wire, account_id, narrowed(wire.place, where, wire.service)):
        yield job


async def _of_all(wire: Wire, account_id: str, lists: list[tuple[Tasks, dict[str, str]]]) -> AsyncIterator[Job]:
    """Yield the newest of every list first: whoever reads no further has those of all families."""
    trouble: BatchdockError | None = None
    async with AsyncExitStack() as reading:
        left = [
            await reading.enter_async_context(aclosing(_of_one(wire, account_id, tasks, filters)))
            for tasks, filters in lists
        ]
        for most in (NEWEST, None):
            for each in tuple(left):
                try:
                    taken = 0
                    async for job in each:
                        yield job
                        taken += 1
                        if taken == most:
                            break
                    else:
                        left.remove(each)
                except (KeyRefused, ConnectionClosed):
                    raise  # The other lists would be refused as well, and a key that is refused often gets locked.
                except BatchdockError as error:
                    left.remove(each)
                    trouble = trouble or error
    if trouble is not None:
        raise trouble


async def _of_one(wire: Wire, account_id: str, tasks: Tasks, filters: Mapping[str, str]) -> AsyncGenerator[Job, None]:
    if PAGE in filters:
        answer = await _ask(wire, tasks, filters)
        for each in entries(answer, "tasks", wire, _MARKS):
            job = read_job(each, account_id, tasks)
            if job is not None:
                yield job
        return
    others = {key: value for key, value in filters.items() if key != PAGE_SIZE}

    async def page_of(page: Page) -> Found:
        answer = await _ask(wire, tasks, {**others, **_params(tasks, page)})
        echoed = count(entry(answer).get(PAGE_SIZE)) if tasks.family is Family.VIAS else None
        return Found(tuple(entry(each) for each in rows(answer, "tasks", wire, _MARKS)), echoed or None)

    walk = Walk(page_of, _paging(tasks, filters), limits=wire.limits, service=wire.service)
    async for each in walk.entries():
        job = read_job(each, account_id, tasks)
        if job is not None:
            yield job


def _paging(tasks: Tasks, filters: Mapping[str, str]) -> Paging:
    if tasks.family is Family.IVA:
        return ByOffset(_OF_IVA)
    wanted = int(filters.get(PAGE_SIZE) or 0)
    most = max(wanted, _JOINING) if wanted else _OF_VIAS.get(tasks.version, FIRST)
    return Numbered(most, first=wanted or FIRST)


def _params(tasks: Tasks, page: Page) -> dict[str, str]:
    """Return the parameters for a part of a list."""
    if tasks.family is Family.IVA:
        return {"offset": str(page.start), "limit": str(page.size)}
    return {PAGE: str(page.start // page.size + 1), PAGE_SIZE: str(page.size)}


async def _ask(wire: Wire, tasks: Tasks, params: Mapping[str, str]) -> object:
    """Ask for a page. Being told to slow down ends no reading of a long list: it goes on where it was."""
    rounds = 0
    while True:
        try:
            return await wire.ask(tasks.family, "GET", tasks.list_path(wire), params=params)
        except TooManyRequests as error:
            rounds += 1
            if rounds >= _ROUNDS or (error.retry_after or 0.0) > wire.patience.longest_request:
                raise
            await asyncio.sleep(wire.patience.pause(wire.patience.tries))
