"""Datasets taken out of a service: begun, gone on with after a restart, shown among the transfers."""

import asyncio
import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from batchdock.core.errors import BatchdockError, NotAllTakenOut, NotFound, TransferStopped
from batchdock.core.problem import FileFailure
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.datasets.datasets import Datasets
from batchdock.flows.datasets.taking_out.asking import Asking, Refused
from batchdock.flows.datasets.taking_out.receipt import Receipt, Source
from batchdock.flows.datasets.taking_out.taker import Taker
from batchdock.flows.datasets.taking_out.versions import Meant, history_of, meant_by
from batchdock.flows.datasets.taking_out.weighing import weigh
from batchdock.flows.datasets.taking_out.wishes import DatasetWish, TakingOut, Weight, wishes_of, wishes_text
from batchdock.flows.intake.names import printable
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.transfers import Transfers
from batchdock.flows.transfers.receive import unwritable
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.transfers import Unfinished
from batchdock.store import Journal, Taking


class Takings:
    """Takes datasets out into folders."""

    def __init__(
        self,
        accounts: Accounts,
        datasets: Datasets,
        journal: Journal,
        transfers: Transfers,
        problems: Problems,
        patience: Patience,
    ) -> None:
        self._accounts, self._datasets, self._journal = accounts, datasets, journal
        self._transfers, self._problems, self._patience = transfers, problems, patience
        self._receipts: dict[str, Receipt] = {}
        self._live: set[str] = set()
        self._turns: dict[Path, asyncio.Lock] = {}
        transfers.take_up(self._unfinished)

    async def weigh(self, account_id: str, wishes: TakingOut) -> Weight:
        """Return how much there is, and how much room. Raises what keeps the service from being asked."""
        return await weigh(Asking(partial(self._datasets.of, account_id)), wishes)

    async def versions(self, account_id: str, dataset_id: str) -> tuple[Meant, ...]:
        """Return all versions of a dataset, newest first, open drafts before them. Raises as `weigh` does."""
        asking = Asking(partial(self._datasets.of, account_id))
        try:
            dataset = await asking.ask(lambda service: service.dataset(dataset_id))
            history = await history_of(asking, dataset)
        except Refused as refused:
            raise NotFound(service="", reason=refused.reason) from refused
        return tuple(reversed(meant_by(DatasetWish(dataset_id), history, drafts=True)))

    async def take(self, account_id: str, wishes: TakingOut) -> str:
        """Begin to take out what is wished for, in the background, and return the id of the transfer that shows it.

        What the same folder has already is not fetched again; the same wish for the same folder is gone on with. Raises
        `UnknownAccount`, `NotOffered`, `FolderNotWritable`, `DiskFull`.
        """
        place = Path(os.path.abspath(wishes.folder))  # noqa: ASYNC240, PTH100 - asks nothing of the disk
        text = wishes_text(wishes)
        for taking in self._journal.takings.unfinished():
            if (taking.account_id, taking.folder, taking.wishes) == (account_id, place, text):
                self._begin(taking)
                return taking.transfer_id
        await self._datasets.of(account_id)
        try:
            await asyncio.to_thread(partial(place.mkdir, parents=True, exist_ok=True))
        except OSError as error:
            raise unwritable(place, error) from error
        taking = Taking(
            transfer_id=f"t-{secrets.token_hex(6)}",
            account_id=account_id,
            name=await self._name(account_id, wishes),
            folder=place,
            wishes=text,
            started=datetime.now(UTC),
        )
        self._journal.takings.begin(taking)
        self._begin(taking)
        return taking.transfer_id

    def receipt(self, transfer_id: str) -> Receipt | None:
        """Return the receipt of one that ended in this run of the app. Safe from any thread."""
        return self._receipts.get(transfer_id)

    def _begin(self, taking: Taking) -> None:
        self._transfers.aside(self._carry(taking), taking.transfer_id, taking.name)

    async def _carry(self, taking: Taking) -> None:
        """Take it out until it is done, or given back for another time. Nothing happens where that is under way."""
        if taking.transfer_id in self._live:
            return
        self._live.add(taking.transfer_id)
        transfer = Transfer(
            transfer_id=taking.transfer_id,
            kind=TransferKind.SAVING,
            name=taking.name,
            account_id=taking.account_id,
            state=TransferState.WAITING,
            items_done=0,
            items_total=0,
            bytes_done=0,
            bytes_total=0,
            started=taking.started,
            place=taking.folder,
        )

        async def work(row: Row) -> Receipt:
            account = await self._accounts.find(taking.account_id)
            source = Source(account.name, account.workspace)
            taker = Taker(
                partial(self._datasets.of, taking.account_id),
                self._patience,
                wishes_of(taking.wishes, taking.folder),
                source,
            )
            async with self._turns.setdefault(taking.folder, asyncio.Lock()):
                receipt = await taker.take(row)
            self._journal.takings.end(taking.transfer_id)
            self._receipts[taking.transfer_id] = receipt
            self._transfers.keep_receipt(taking.transfer_id, receipt.page)
            self._tell(taking, receipt)
            _show(receipt, row)
            return receipt

        try:
            self._journal.takings.stop(taking.transfer_id, stopped=False)
            await self._transfers.run(transfer, work, again=partial(self._again, taking))
        except TransferStopped:
            self._journal.takings.stop(taking.transfer_id)
            raise
        finally:
            self._live.discard(taking.transfer_id)

    async def _again(self, taking: Taking) -> None:
        """Go on with one that ended: what is here is not fetched again."""
        if all(each.transfer_id != taking.transfer_id for each in self._journal.takings.unfinished()):
            self._journal.takings.begin(taking)
        await self._carry(taking)

    def _unfinished(self) -> Iterable[Unfinished]:
        """Return what earlier runs left. What a person has stopped, or whose account is gone, is given up here; its
        folder stays, and can be gone on with."""
        connected = {account.account_id for account in self._accounts.all()}
        for taking in self._journal.takings.unfinished():
            if taking.stopped:
                self._journal.takings.end(taking.transfer_id)
            elif taking.account_id in connected:
                yield Unfinished(taking.transfer_id, taking.name, partial(self._carry, taking))

    async def _name(self, account_id: str, wishes: TakingOut) -> str:
        """Return what its row is called."""
        account = await self._accounts.find(account_id)
        if wishes.datasets is None or len(wishes.datasets) != 1:
            return account.name
        try:
            service = await self._datasets.of(account_id)
            return (await service.dataset(wishes.datasets[0].dataset_id)).name
        except BatchdockError:
            return account.name

    def _tell(self, taking: Taking, receipt: Receipt) -> None:
        """Put what is not here on the list of problems."""
        problem_id = f"taken:{taking.transfer_id}"
        if receipt.is_complete:
            self._problems.settle(problem_id)
            return
        files = [
            FileFailure(
                printable(" / ".join(filter(None, (each.dataset, each.version, each.segment, each.remote)))),
                each.reason,
            )
            for each in (*receipt.refused, *receipt.missing)
        ]
        error = NotAllTakenOut(count=receipt.lost + len(receipt.refused), folder=taking.folder)
        again = partial(self._transfers.retry, taking.transfer_id)
        self._problems.report(problem_id, taking.name, error, files=tuple(files), again=again)


def _show(receipt: Receipt, row: Row) -> None:
    if not receipt.is_complete:
        count = receipt.lost + len(receipt.refused)
        message = f"Not here: {count:,}. The receipt in the folder says what, and why."
        row.change(state=TransferState.DONE_WITH_PROBLEMS, message=message, failed=receipt.lost)
