"""All transfers: what runs, what waits, what ended."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from batchdock.core.batch import Batch, BatchKind
from batchdock.core.errors import BatchdockError, NotFound, NothingUsable, TransferStopped
from batchdock.core.ids import check_batch_id, new_batch_id
from batchdock.core.intake import Item
from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.plan import plans
from batchdock.flows.news import News, TransfersChanged
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.pulse import Pulse
from batchdock.flows.transfers.orders import begin_sending
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.row import OnChange, Row
from batchdock.flows.transfers.send import Sender
from batchdock.store import Journal, Sending

_Result = TypeVar("_Result")


class Transfers:
    """The transfers page, without the page."""

    def __init__(
        self, accounts: Accounts, journal: Journal, news: News, problems: Problems, sender: Sender, patience: Patience
    ) -> None:
        self._accounts = accounts
        self._journal = journal
        self._news = news
        self._problems = problems
        self._sender = sender
        self._patience = patience
        self.speed = SpeedLimit()
        self._rows: dict[str, Transfer] = {}
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._again: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {}
        self._stopped: set[str] = set()
        self._aside: set[asyncio.Task[Any]] = set()
        self._changed: dict[str, Transfer] = {}
        self._pulse = Pulse(self._tell)

    def all(self) -> tuple[Transfer, ...]:
        """Return all transfers, newest first. Safe from any thread."""
        return tuple(sorted(self._rows.copy().values(), key=lambda row: row.started, reverse=True))

    async def ingest(
        self, account_id: str, items: Sequence[Item], name: str, *, batch_id: str | None = None
    ) -> tuple[Batch, ...]:
        """Send the usable items and check that they arrived; no job. Pictures and videos become two batches.

        Raises `NothingUsable`, `BadIdentifier`, and what keeps the files from arriving; `retry` then goes on.
        """
        service = await self._accounts.service(account_id)
        existing = await self._kind_of(account_id, check_batch_id(batch_id)) if batch_id else None
        made = plans(items, file_references=service.capabilities.file_references, existing=existing)
        if not made:
            raise NothingUsable(count=len(items))
        sendings = []
        for number, plan in enumerate(made):
            chosen = batch_id if batch_id and number == 0 else None
            if batch_id and number:
                chosen = check_batch_id(f"{batch_id}-{plan.content.value}")
            sendings.append(
                await begin_sending(
                    self._journal,
                    plan,
                    account_id=account_id,
                    batch_id=chosen or new_batch_id(datetime.now(UTC).date()),
                    batch_name=name,
                )
            )
        for sending in sendings:
            await self.carry(sending)
        service = await self._accounts.service(account_id)
        return tuple([await service.batch(sending.batch_id) for sending in sendings])

    async def carry(
        self,
        sending: Sending,
        *,
        on_change: OnChange = lambda transfer: None,
        again: Callable[[], Coroutine[Any, Any, object]] | None = None,
    ) -> None:
        """Send what has not arrived of a sending, check that all of it is there, and note that it is finished.

        Shown as a transfer. `again` is what `retry` does; by default, this. Raises `TransferStopped` when it was.
        """
        transfer = Transfer(
            transfer_id=sending.transfer_id,
            kind=TransferKind.SENDING,
            name=sending.batch_name,
            account_id=sending.account_id,
            state=TransferState.WAITING,
            items_done=0,
            items_total=sending.files,
            bytes_done=0,
            bytes_total=sending.bytes,
            started=sending.started,
        )

        async def work(row: Row) -> None:
            await self._sender.send(sending, row)
            self._journal.sendings.finish(sending.number)

        async def retried() -> None:
            await self.carry(sending, on_change=on_change)

        await self.run(transfer, work, on_change=on_change, again=again or retried)

    async def run(
        self,
        transfer: Transfer,
        work: Callable[[Row], Coroutine[Any, Any, _Result]],
        *,
        on_change: OnChange = lambda transfer: None,
        again: Callable[[], Coroutine[Any, Any, object]],
    ) -> _Result:
        """Do `work` as the transfer that is shown. How it ends is written into the row, and raised."""

        def put(changed: Transfer) -> None:
            self._show(changed)
            on_change(changed)

        row = Row(transfer, put, self.speed)
        transfer_id = transfer.transfer_id
        self._again[transfer_id] = again
        self._stopped.discard(transfer_id)
        task = asyncio.create_task(work(row), name=f"transfer {transfer_id}")
        self._running[transfer_id] = task
        row.change(state=TransferState.MOVING)
        try:
            result = await task
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if transfer_id not in self._stopped:
                row.change(state=TransferState.WAITING, rate=None, seconds_left=None)
                raise
            row.change(state=TransferState.STOPPED, rate=None, seconds_left=None)
            raise TransferStopped(name=transfer.name) from None
        except BatchdockError as error:
            row.change(state=TransferState.FAILED, rate=None, seconds_left=None, message=error.sentence())
            raise
        except Exception:
            row.change(state=TransferState.FAILED, rate=None, seconds_left=None, message=BatchdockError().sentence())
            raise
        else:
            if not row.transfer.state.is_terminal:
                row.change(state=TransferState.DONE, rate=None, seconds_left=None)
            return result
        finally:
            self._running.pop(transfer_id, None)
            self._pulse.flush()

    async def stop(self, transfer_id: str) -> None:
        """Stop a transfer. What has arrived stays; `retry` goes on from there."""
        task = self._running.get(transfer_id)
        if task is None:
            return
        self._stopped.add(transfer_id)
        task.cancel()
        await asyncio.wait({task})

    async def retry(self, transfer_id: str) -> None:
        """Go on with a transfer that stopped, in the background; what has arrived is not sent again."""
        if transfer_id not in self._running and transfer_id in self._again:
            self.aside(self._again[transfer_id](), transfer_id, self._rows[transfer_id].name)

    async def clear_finished(self) -> None:
        """Take the transfers that ended off the list."""
        self._rows = {key: row for key, row in self._rows.items() if not row.state.is_terminal}
        self._again = {key: again for key, again in self._again.items() if key in self._rows}

    def go_on(self) -> None:
        """Go on, in the background, with the sendings of earlier runs that belong to no job."""
        connected = {account.account_id for account in self._accounts.all()}
        for sending in self._journal.sendings.unfinished():
            if sending.job_id is None and sending.account_id in connected:
                self.aside(self.carry(sending), sending.transfer_id, sending.batch_name)

    def aside(self, work: Coroutine[Any, Any, object], transfer_id: str, about: str) -> None:
        """Do something nobody waits for; what goes wrong becomes a problem that can be tried again."""
        problem_id = f"transfer:{transfer_id}"

        async def watched() -> None:
            try:
                await work
            except TransferStopped:
                return
            except BatchdockError as error:
                self._problems.report(problem_id, about, error, again=lambda: self.retry(transfer_id))
            else:
                self._problems.settle(problem_id)

        task = asyncio.create_task(watched(), name=f"aside {transfer_id}")
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def close(self) -> None:
        """Stop everything that runs; it goes on next time."""
        tasks = {*self._aside, *self._running.values()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._pulse.flush()

    async def _kind_of(self, account_id: str, batch_id: str) -> BatchKind | None:
        async def ask() -> Batch:
            return await (await self._accounts.service(account_id)).batch(batch_id)

        try:
            return (await self._patience.keep(ask)).kind
        except NotFound:
            return None

    def _show(self, transfer: Transfer) -> None:
        self._rows[transfer.transfer_id] = self._changed[transfer.transfer_id] = transfer
        self._pulse.want()

    def _tell(self) -> None:
        changed, self._changed = tuple(self._changed.values()), {}
        if changed:
            self._news.publish(TransfersChanged(changed))
