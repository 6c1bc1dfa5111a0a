"""Watches one folder after another look: gathers what is finished, orders it, and sees each batch to its end.

    finished ──► waits ──► claimed for batch n, in one transaction ──► ordered under ids that follow from n ──► done

A kill anywhere goes on at the same place: a batch that is claimed is ordered again under the same ids, and where the
order was written down before, it is that one.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError, FolderAway, NotFound, NothingUsable, WatchedElsewhere
from batchdock.core.errors.watching import ResultsInWatchedFolder
from batchdock.core.intake import Item, Review
from batchdock.core.job import Job
from batchdock.core.order import Order
from batchdock.core.watched import WatchedBatch, WatchedFolder, WatchState
from batchdock.flows.accounts import Accounts
from batchdock.flows.costs import Costs
from batchdock.flows.intake import Intake
from batchdock.flows.jobs import Jobs
from batchdock.flows.jobs.ordering import marked_job
from batchdock.flows.problems import Problems
from batchdock.flows.watching.finished import Looker
from batchdock.flows.watching.limit import Limit, Permit
from batchdock.flows.watching.missing import Missing, sorted_out
from batchdock.flows.watching.wish import Oversight, WatchWish
from batchdock.store import Journal

LOOK_SECONDS = 2.0
"""Between two looks. A folder that takes long to look at is looked at a quarter of the time at most."""
_PAUSE_SECONDS = 5.0
"""Between two tries where a limit stands in the way, or the account can not be used."""


class Watching:
    """Watches folders for as long as somebody lets it."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        intake: Intake,
        jobs: Jobs,
        problems: Problems,
        costs: Costs,
        home: Path,
    ) -> None:
        self._accounts, self._journal, self._intake = accounts, journal, intake
        self._jobs, self._problems, self._home = jobs, problems, home
        self.limit = Limit(accounts, costs)

    async def watch(self, wish: WatchWish, oversight: Oversight) -> None:
        """Watch a folder until this is cancelled.

        Raises `WatchingCostsMoney`, `ResultsInWatchedFolder`, `WatchedElsewhere`, and what keeps the account from being
        used. A folder that is away, and a limit that is reached, are problems on the list and are waited for.
        """
        await self.limit.check(wish.account_id, wish.monthly_credits)
        records = self._journal.watched
        path = await asyncio.to_thread(wish.path.resolve)
        if wish.results is not None and (await asyncio.to_thread(wish.results.resolve)).is_relative_to(path):
            raise ResultsInWatchedFolder(folder=wish.path)
        folder = await asyncio.to_thread(records.folder, path, wish.task)
        lock = FileLock(self._home / f"{folder.mark}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise WatchedElsewhere(folder=folder.path) from None
        try:
            await _Watch(
                self._journal, self._intake, self._jobs, self._problems, self.limit, wish, oversight, folder
            ).go()
        finally:
            lock.release()

    def is_saved(self, key: tuple[str, str]) -> bool:
        """Tell whether the results of a job are saved. Safe from any thread."""
        record = self._journal.jobs.get(*key)
        return record is not None and record.saved is not None


class _Watch:
    """One folder, for as long as nobody ends it."""

    def __init__(
        self,
        journal: Journal,
        intake: Intake,
        jobs: Jobs,
        problems: Problems,
        limit: Limit,
        wish: WatchWish,
        oversight: Oversight,
        folder: WatchedFolder,
    ) -> None:
        self._journal, self._intake, self._jobs, self._problems = journal, intake, jobs, problems
        self._limit, self._wish, self._oversight, self._folder = limit, wish, oversight, folder
        self._looker = Looker(folder, journal.watched, wish.patterns, wish.settled_seconds, oversight.had)
        self._missing = Missing(journal)
        self._problem_id = f"watching:{folder.mark}"
        self._state = WatchState()

    async def go(self) -> None:
        """Go on with what was claimed before, then look again and again."""
        records, folder = self._journal.watched, self._folder
        try:
            for batch in await asyncio.to_thread(records.claimed, folder):
                permit = Permit(len(batch.paths), self._wish.options)
                if not self._is_ordered(batch):
                    permit = await self._permitted(len(batch.paths))
                await self._carry(batch, permit)
            while True:
                took = await self._looked()
                while count := await asyncio.to_thread(self._due):
                    permit = await self._permitted(count)
                    fresh = await asyncio.to_thread(records.claim, folder, permit.count)
                    if fresh is not None:
                        await self._carry(fresh, permit)
                await asyncio.sleep(max(min(LOOK_SECONDS, self._wish.settled_seconds), 3 * took))
        finally:
            self._problems.settle(self._problem_id)

    async def _looked(self) -> float:
        """Look once, and return how many seconds it took."""
        began = time.monotonic()
        try:
            unfinished = await asyncio.to_thread(self._looker.look)
            waiting, _ = await asyncio.to_thread(self._journal.watched.waiting, self._folder)
        except FolderAway as error:
            self._trouble(error)
        else:
            self._show(unfinished=unfinished, waiting=waiting, trouble=None)
        return time.monotonic() - began

    async def _permitted(self, count: int) -> Permit:
        """Wait until some of `count` files may be started, and return how many and how."""
        while True:
            try:
                keys = await asyncio.to_thread(lambda: list(self._oversight.jobs(self._folder.mark)))
                permit = await self._limit.permit(self._wish, count, keys)
            except BatchdockError as error:
                self._trouble(error)
            else:
                self._show(trouble=None)
                return permit
            await asyncio.sleep(_PAUSE_SECONDS)

    def _due(self) -> int:
        """Return how many files the next batch would have, 0 while it is not time."""
        gathering = self._wish.gathering
        count, since = self._journal.watched.waiting(self._folder)
        if count == 0 or (count < gathering.count and time.time() - since < gathering.seconds):
            return 0
        return min(count, gathering.count)

    async def _carry(self, batch: WatchedBatch, permit: Permit) -> None:
        wish = self._wish
        self._show(running=True)
        found = await self._items(batch)
        met = await asyncio.to_thread(sorted_out, self._journal, batch, found)
        items = tuple(item for item in met.usable if _takes(wish.content, item.content))
        refused = met.refused.union(item.path for item in met.usable if not _takes(wish.content, item.content))
        order = Order(
            account_id=wish.account_id,
            workflow_id=wish.workflow_id,
            name=f"{wish.name} {batch.number}",
            items=items,
            options=permit.options,
            mark=batch.mark,
        )
        await self._oversight.note(batch.mark)
        try:
            jobs = await self._jobs.start(order)
        except NothingUsable:  # No pictures or videos, or all of them are gone again.
            jobs = ()
        # What was ordered before a kill stays ordered, also when its files have gone since.
        jobs = tuple({job.key: job for job in (*jobs, *self._ordered(batch))}.values())
        if jobs:
            await self._oversight.see_to_its_end(jobs)
        causes = {job.key: await self._causes(job.key) for job in jobs}
        missed = await asyncio.to_thread(self._missing.of, batch, refused, jobs, causes)
        await asyncio.to_thread(self._journal.watched.finish, batch, missed.files, missed.others)
        waiting, _ = await asyncio.to_thread(self._journal.watched.waiting, self._folder)
        self._show(running=False, waiting=waiting)

    async def _causes(self, key: tuple[str, str]) -> dict[str, str]:
        """Return why files have no result, by their original names."""
        try:
            while (detail := await self._jobs.detail(key)).more:
                pass
        except NotFound:  # Removed as soon as it was over.
            return {}
        return {each.name: each.cause for each in detail.failures}

    def _ordered(self, batch: WatchedBatch) -> list[Job]:
        found = (
            marked_job(self._journal, self._wish.account_id, batch.mark, each)
            for each in (Content.IMAGES, Content.VIDEOS)
        )
        return [each.job for each in found if each is not None]

    def _is_ordered(self, batch: WatchedBatch) -> bool:
        return bool(self._ordered(batch))

    def _trouble(self, error: BatchdockError) -> None:
        self._problems.report(self._problem_id, self._wish.name, error)
        self._show(trouble=error)

    def _show(self, **changes: Any) -> None:
        before, self._state = self._state, replace(self._state, **changes)
        if before.trouble is not None and self._state.trouble is None:
            self._problems.settle(self._problem_id)
        if self._state != before:
            self._oversight.show(self._state)

    async def _items(self, batch: WatchedBatch) -> Sequence[Item]:
        items: list[Item] = []

        def on_update(review: Review) -> None:
            items.extend(review.fresh)

        paths = [batch.folder.path / path for path in batch.paths]
        await self._intake.review(paths, on_update=on_update)
        return items


def _takes(wanted: Content, content: Content) -> bool:
    return wanted in (Content.UNKNOWN, content)
