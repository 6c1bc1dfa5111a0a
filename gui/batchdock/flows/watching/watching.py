"""Watches one folder after another look: gathers what is finished, orders it, and sees each batch to its end.

    finished ──► waits ──► claimed for batch n, in one transaction ──► ordered under ids that follow from n ──► done

A kill anywhere goes on at the same place: a batch that is claimed is ordered again under the same ids, and where the
order was written down before, it is that one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from batchdock.core.batch import Content
from batchdock.core.errors import FolderAway, NothingUsable, WatchedElsewhere, WatchingCostsMoney
from batchdock.core.intake import Finding, Item, Review
from batchdock.core.job import Job, JobOptions
from batchdock.core.order import Order
from batchdock.core.watched import SETTLED_SECONDS, Gathering, Patterns, WatchedBatch, WatchedFolder
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake import Intake
from batchdock.flows.jobs import Jobs
from batchdock.flows.jobs.ordering import marked_job
from batchdock.flows.problems import Problems
from batchdock.flows.watching.finished import Looker, stamp_of
from batchdock.store import Journal

_LOOK_SECONDS = 2.0
"""Between two looks. A folder that takes longer to look at is looked at half of the time at most."""

SeenToItsEnd = Callable[[tuple[Job, ...]], Awaitable[None]]
"""What is done with the jobs of a batch, until it needs nothing more. After a kill it is asked once more."""


class Watching:
    """Watches folders for as long as somebody lets it."""

    def __init__(
        self, accounts: Accounts, journal: Journal, intake: Intake, jobs: Jobs, problems: Problems, home: Path
    ) -> None:
        self._accounts, self._journal, self._intake = accounts, journal, intake
        self._jobs, self._problems, self._home = jobs, problems, home

    async def watch(
        self,
        path: Path,
        account_id: str,
        workflow_id: str,
        options: JobOptions,
        see_to_its_end: SeenToItsEnd,
        *,
        patterns: Patterns,
        gathering: Gathering,
        settled_seconds: float = SETTLED_SECONDS,
    ) -> None:
        """Watch a folder until this is cancelled.

        Raises `WatchingCostsMoney`, `WatchedElsewhere`, and what keeps the account from being used. A folder that is
        away is a problem on the list and is waited for.
        """
        service = await self._accounts.service(account_id)
        if service.capabilities.costs_money:
            raise WatchingCostsMoney(account=service.account.name)
        records = self._journal.watched
        folder = await asyncio.to_thread(lambda: records.folder(path.resolve(), account_id, workflow_id))
        lock = FileLock(self._home / f"{folder.mark}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise WatchedElsewhere(folder=folder.path) from None
        try:
            for batch in await asyncio.to_thread(records.claimed, folder):
                await self._carry(batch, options, see_to_its_end)
            looker = Looker(folder, records, patterns, settled_seconds)
            while True:
                took = await self._looked(folder, looker)
                while due := await asyncio.to_thread(self._due, folder, gathering):
                    await self._carry(due, options, see_to_its_end)
                await asyncio.sleep(max(min(_LOOK_SECONDS, settled_seconds), took))
        finally:
            lock.release()

    async def _looked(self, folder: WatchedFolder, looker: Looker) -> float:
        """Look once, and return how many seconds it took."""
        began, problem_id = time.monotonic(), f"watching:{folder.mark}"
        try:
            await asyncio.to_thread(looker.look)
        except FolderAway as error:
            self._problems.report(problem_id, str(folder.path), error)
        else:
            self._problems.settle(problem_id)
        return time.monotonic() - began

    def _due(self, folder: WatchedFolder, gathering: Gathering) -> WatchedBatch | None:
        count, since = self._journal.watched.waiting(folder)
        if count == 0 or (count < gathering.count and time.time() - since < gathering.seconds):
            return None
        return self._journal.watched.claim(folder, gathering.count)

    async def _carry(self, batch: WatchedBatch, options: JobOptions, see_to_its_end: SeenToItsEnd) -> None:
        account_id = batch.folder.account_id
        order = Order(
            account_id=account_id,
            workflow_id=batch.folder.workflow_id,
            name=f"{batch.folder.path.name} {batch.number}",
            items=tuple(items := await self._items(batch)),
            options=options,
            mark=batch.mark,
        )
        try:
            jobs = await self._jobs.start(order)
        except NothingUsable:  # No pictures or videos, or all of them are gone again.
            jobs = ()
        # What was ordered before a kill stays ordered, also when its files have gone since.
        found = (marked_job(self._journal, account_id, batch.mark, each) for each in (Content.IMAGES, Content.VIDEOS))
        jobs = tuple({job.key: job for job in (*jobs, *(each.job for each in found if each is not None))}.values())
        if jobs:
            await see_to_its_end(jobs)
        missed = await asyncio.to_thread(self._missed, batch, items, jobs)
        await asyncio.to_thread(self._journal.watched.finish, batch, missed)

    def _missed(self, batch: WatchedBatch, items: Sequence[Item], jobs: tuple[Job, ...]) -> list[str]:
        """Return what was renamed or deleted before it could be sent: the next look finds it where and if it is.

        A file that came back meanwhile was missed as well.
        """
        known = {
            row.path: row.lost is None
            for job in jobs
            for sending in self._journal.sendings.of_batch(job.account_id, job.batch_id)
            for row, _ in self._journal.files.lines(sending.number)
        }
        met = {item.path for item in items if item.usable or item.finding is Finding.VANISHED}
        claimed = self._journal.watched.stamps(batch.folder)

        def is_missed(path: str) -> bool:
            place = batch.folder.path / path
            if known.get(place, False):
                return False
            # What is still the file that was claimed could not be sent, and will not be the next time.
            return (place in met and place not in known) or (path, stamp_of(place)) not in claimed

        return list(filter(is_missed, batch.paths))

    async def _items(self, batch: WatchedBatch) -> Sequence[Item]:
        items: list[Item] = []

        def on_update(review: Review) -> None:
            items.extend(review.fresh)

        paths = [batch.folder.path / path for path in batch.paths]
        await self._intake.review(paths, on_update=on_update)
        return items

    def is_saved(self, key: tuple[str, str]) -> bool:
        """Tell whether the results of a job are saved. Safe from any thread."""
        record = self._journal.jobs.get(*key)
        return record is not None and record.saved is not None
