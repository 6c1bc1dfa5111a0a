"""Writes sendings down, before the first request."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.batch import Batch, BatchKind, Content
from batchdock.core.errors import NotFound, NothingUsable
from batchdock.core.ids import check_batch_id, new_batch_id
from batchdock.core.intake import Item
from batchdock.core.order import IngestNotice
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.names import printable
from batchdock.flows.intake.plan import Plan, plans
from batchdock.flows.patience import Patience
from batchdock.store import Journal, Sending, Way


class Orders:
    """Decides into which batches files go, and in which way."""

    def __init__(self, accounts: Accounts, journal: Journal, patience: Patience) -> None:
        self._accounts, self._journal, self._patience = accounts, journal, patience

    async def ingest(
        self, account_id: str, items: Sequence[Item], name: str, batch_id: str | None, *, go_on: bool = False
    ) -> tuple[Sending, ...]:
        """Return the journalled sendings of the usable items: one for the pictures, one for the videos.

        With `go_on`, what an earlier run that ended too early was about to send comes first and is not ordered again:
        into `batch_id`, or without one, when it was all of these. Raises `NothingUsable` and `BadIdentifier`.
        """
        service = await self._accounts.service(account_id)
        by_reference = service.capabilities.file_references
        if batch_id is not None:
            check_batch_id(batch_id)
        earlier, there = list[Sending](), frozenset[Path]()
        if go_on:
            earlier, there = await asyncio.to_thread(self._earlier, account_id, items, batch_id)
        if earlier and batch_id is None:
            batch_id = earlier[0].batch_id
        ordered: list[tuple[str, Plan]] = []
        for content in (Content.IMAGES, Content.VIDEOS):
            chosen = [item for item in items if item.usable and item.content is content and item.path not in there]
            if chosen:
                target = new_batch_id(datetime.now(UTC).date())
                existing, taken = None, list[str]()
                if batch_id is not None:
                    target = self._target(account_id, batch_id, content, first=not ordered)
                    existing = await self._kind_of(account_id, target)
                    taken = await asyncio.to_thread(self._journal.files.wires, account_id, target)
                made = await asyncio.to_thread(
                    plans, chosen, file_references=by_reference, existing=existing, taken=taken
                )
                ordered += [(target, plan) for plan in made]
        if not ordered and not earlier:
            raise NothingUsable(count=len(items))
        return (
            *earlier,
            *[
                await begin_sending(self._journal, plan, account_id=account_id, batch_id=target, batch_name=name)
                for target, plan in ordered
            ],
        )

    def _earlier(
        self, account_id: str, items: Sequence[Item], batch_id: str | None
    ) -> tuple[list[Sending], frozenset[Path]]:
        """Return the sendings of an earlier run that these items belong to, and the items that are in them.

        That is what went into `batch_id`; without one, what was not finished and had no job, where it is all of these.
        """
        wanted = {(item.path, item.size, item.modified) for item in items if item.usable}
        kinds = {(size, modified) for _, size, modified in wanted}
        there: dict[str, set[Path]] = {}
        for seen in self._journal.files.seen(account_id, kinds) if wanted else ():
            if (seen.path, seen.size, seen.modified) in wanted:
                there.setdefault(seen.batch_id, set()).add(seen.path)
        unfinished = [
            each for each in self._journal.sendings.unfinished() if each.account_id == account_id and not each.job_id
        ]
        if batch_id is not None:
            batches = {batch_id, *(f"{batch_id}-{content.value}" for content in (Content.IMAGES, Content.VIDEOS))}
        else:
            batches = {each.batch_id for each in unfinished if len(there.get(each.batch_id, ())) == each.files}
        found = frozenset[Path]().union(*(there.get(each, ()) for each in batches))
        earlier = [each for each in unfinished if each.batch_id in batches]
        if not earlier and wanted and len(found) == len(wanted):
            # All of it was sent before; it is looked whether it is there still.
            earlier = [each for name in batches for each in self._journal.sendings.of_batch(account_id, name)]
        return earlier, found

    def _target(self, account_id: str, batch_id: str, content: Content, *, first: bool) -> str:
        """Return the batch for the pictures, or videos, of a drop that goes into `batch_id`: that holds one of them."""
        sent = self._journal.sendings.of_batch(account_id, batch_id)
        if sent[0].content is content if sent else first:
            return batch_id
        twin = self._journal.files.twin(sent[0], content) if sent else None
        return twin or check_batch_id(f"{batch_id}-{content.value}")

    async def _kind_of(self, account_id: str, batch_id: str) -> BatchKind | None:
        sent = self._journal.sendings.of_batch(account_id, batch_id)
        if sent:
            return BatchKind.SIMPLE if sent[0].way in (Way.SINGLE, Way.VIDEOS) else BatchKind.SHARDED

        async def ask() -> Batch:
            return await (await self._accounts.service(account_id)).batch(batch_id)

        try:
            return (await self._patience.keep(ask)).kind
        except NotFound:
            return None


async def begin_sending(
    journal: Journal,
    plan: Plan,
    *,
    account_id: str,
    batch_id: str,
    batch_name: str,
    job_id: str | None = None,
    notice: IngestNotice | None = None,
) -> Sending:
    """Return the journalled sending of a plan. A million files take some seconds, in a thread."""
    return await asyncio.to_thread(
        journal.sendings.begin,
        transfer_id=f"t-{secrets.token_hex(6)}",
        account_id=account_id,
        batch_id=batch_id,
        batch_name=printable(batch_name),
        content=plan.content,
        way=plan.way,
        started=datetime.now(UTC),
        job_id=job_id,
        notice=notice,
        files=plan.files,
        pieces=plan.pieces,
    )
