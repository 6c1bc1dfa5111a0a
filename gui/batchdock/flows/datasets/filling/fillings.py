"""Files on their way into datasets: begun, gone on with after a restart, shown among the transfers."""

import asyncio
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from batchdock.core.errors import NotAllFilled, NothingUsable, TransferStopped
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.datasets.datasets import Datasets
from batchdock.flows.datasets.filling.filler import Filled, Filler
from batchdock.flows.datasets.filling.planning import Plan, plan
from batchdock.flows.datasets.filling.source import FillSource
from batchdock.flows.datasets.filling.wishes import FillWish, wish_of, wish_text
from batchdock.flows.news import DatasetsChanged, News
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.transfers import Unfinished
from batchdock.store import Filling, Journal


class Fillings:
    """Fills datasets with files."""

    def __init__(
        self,
        accounts: Accounts,
        datasets: Datasets,
        journal: Journal,
        transfers: Transfers,
        problems: Problems,
        news: News,
        patience: Patience,
    ) -> None:
        self._accounts, self._datasets, self._journal = accounts, datasets, journal
        self._transfers, self._problems, self._news, self._patience = transfers, problems, news, patience
        self._ended: dict[str, str] = {}
        transfers.take_up(self._unfinished)

    async def plan(self, dropped: Sequence[Path], segment: str | None = None) -> Plan:
        """Return what would be sent of what was dropped, and where to."""
        return await asyncio.to_thread(plan, dropped, segment)

    async def fill(self, account_id: str, name: str, wish: FillWish) -> str:
        """Begin to send files, in the background, and return the id of the transfer that shows it.

        `name` is the dataset's. Raise `NothingUsable`, `UnknownAccount`, `NotOffered`.
        """
        if not wish.files:
            raise NothingUsable
        await self._datasets.of(account_id)
        filling = Filling(
            transfer_id=f"t-{secrets.token_hex(6)}",
            account_id=account_id,
            name=name,
            wish=await asyncio.to_thread(wish_text, wish),
            started=datetime.now(UTC),
        )
        await asyncio.to_thread(self._journal.fillings.begin, filling)
        self._transfers.aside(self._carry(filling), filling.transfer_id, name)
        return filling.transfer_id

    async def _carry(self, filling: Filling) -> Filled:
        """Send until it is done, or given back for another time."""
        wish = await asyncio.to_thread(wish_of, filling.wish)
        transfer = Transfer(
            transfer_id=filling.transfer_id,
            kind=TransferKind.SENDING,
            name=filling.name,
            account_id=filling.account_id,
            state=TransferState.WAITING,
            items_done=0,
            items_total=len(wish.files),
            bytes_done=0,
            bytes_total=wish.bytes,
            started=filling.started,
            place=_folder(wish),
        )
        fillings = self._journal.fillings
        source = FillSource(fillings, filling.transfer_id)

        async def work(row: Row) -> Filled:
            wish = await source.wish()
            filler = Filler(partial(self._datasets.of, filling.account_id), self._patience, wish, row)
            draft = fillings.draft_of(filling.transfer_id)
            if not draft:
                draft = await filler.find_draft()
                fillings.note_draft(filling.transfer_id, draft)
            filled = await filler.fill(draft)
            # What is tried again later may be reached then, where it is by now.
            self._ended[filling.transfer_id] = wish_text(replace(wish, without=False))
            fillings.end(filling.transfer_id)
            self._tell(filling, filled)
            if filled.failures:
                message = f"Not there: {len(filled.failures):,}. The list of problems says what, and why."
                row.change(state=TransferState.DONE_WITH_PROBLEMS, message=message)
            return filled

        fillings.stop(filling.transfer_id, stopped=False)
        try:
            return await self._transfers.run(transfer, work, again=partial(self._again, filling), source=source)
        except TransferStopped:
            fillings.stop(filling.transfer_id)
            raise
        finally:
            self._news.publish(DatasetsChanged(filling.account_id, wish.dataset_id))

    async def _again(self, filling: Filling) -> None:
        """Go on with one that ended: what is there is not sent again."""
        if all(each.transfer_id != filling.transfer_id for each in self._journal.fillings.unfinished()):
            filling = replace(filling, wish=self._ended.get(filling.transfer_id, filling.wish))
            self._journal.fillings.begin(filling)
        await self._carry(filling)

    def _unfinished(self) -> Iterable[Unfinished]:
        """Return what earlier runs left. What a person has stopped is given up here; its draft stays."""
        connected = {account.account_id for account in self._accounts.all()}
        for filling in self._journal.fillings.unfinished():
            if filling.stopped:
                self._journal.fillings.end(filling.transfer_id)
            elif filling.account_id in connected:
                yield Unfinished(filling.transfer_id, filling.name, partial(self._carry, filling))

    def _tell(self, filling: Filling, filled: Filled) -> None:
        """Put what is not there on the list of problems."""
        problem_id = f"filled:{filling.transfer_id}"
        if not filled.failures:
            self._problems.settle(problem_id)
            return
        error = NotAllFilled(count=len(filled.failures), name=filling.name, draft=filled.draft)
        again = partial(self._transfers.retry, filling.transfer_id)
        self._problems.report(problem_id, filling.name, error, files=filled.failures, again=again)


def _folder(wish: FillWish) -> Path | None:
    """Return the folder that all the files are in, where there is one."""
    try:
        return Path(os.path.commonpath([each.path.parent for each in wish.files]))
    except ValueError:  # Several drives.
        return None
