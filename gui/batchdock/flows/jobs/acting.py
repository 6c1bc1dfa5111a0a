"""What services let people do with their jobs beyond stopping and starting them: find them, tell of them, change them.

All of it is described by the service (`core.inventory`); nothing here knows what an action means.
"""

import time
from collections.abc import Callable, Mapping, Sequence

from batchdock.core.errors import BatchdockError
from batchdock.core.facts import Facts
from batchdock.core.inventory import JOBS, Done, Field, Where
from batchdock.core.job import Job
from batchdock.flows.accounts import Accounts
from batchdock.flows.jobs.board import JobKey
from batchdock.flows.jobs.watch import Watch

FOUND_AT_A_TIME = 50
"""So many found jobs are told together: what a page of most lists has."""

Heard = Callable[[frozenset[JobKey]], None]
"""Told all that was found so far, each time that is more."""


class Acting:
    """Asks the service of an account, and tells the watch what to look at afterwards."""

    def __init__(self, accounts: Accounts, watch: Watch) -> None:
        self._accounts, self._watch = accounts, watch

    async def find(self, account_id: str, where: Where, heard: Heard) -> frozenset[JobKey]:
        """Ask the service for the jobs under its own filters; they are put into the list as they come."""
        service = await self._accounts.service(account_id)
        found: set[JobKey] = set()
        some: list[Job] = []
        asked = time.monotonic()

        async def tell() -> None:
            await self._watch.take(service, some, asked)
            found.update(job.key for job in some)
            some.clear()
            heard(frozenset(found))

        try:
            async for job in service.find_jobs(where):
                some.append(job)
                if len(some) >= FOUND_AT_A_TIME:
                    await tell()
        except BatchdockError:
            if some:
                await tell()  # What came is true, although more did not.
            raise
        if some:
            await tell()
        return frozenset(found)

    async def facts(self, key: JobKey) -> Facts:
        """Ask for all that the service tells of a job. Raise `NotFound`."""
        return await (await self._accounts.service(key[0])).facts(JOBS, key[1])

    async def form(self, account_id: str, action: str, key: JobKey | None) -> tuple[Field, ...]:
        """Ask for the form of an action, filled with how the job is now. Raise `NotFound`."""
        return await (await self._accounts.service(account_id)).form(JOBS, action, "" if key is None else key[1])

    async def act(self, account_id: str, action: str, keys: Sequence[JobKey], values: Mapping[str, object]) -> Done:
        """Do something to jobs, or make a new one, and look soon at what came of it."""
        service = await self._accounts.service(account_id)
        made: list[JobKey] = []
        try:
            done = await service.act(JOBS, action, [key[1] for key in keys], values)
            made = [(account_id, job_id) for job_id in done.made]
            return done
        finally:
            # What was refused may have been done in part, or was refused because the job is not what it was.
            await self._watch.check(service, [*keys, *made])
