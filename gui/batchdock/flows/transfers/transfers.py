"""All transfers: what moves, what waits, what ended."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from batchdock.core.batch import Batch
from batchdock.core.errors import BatchdockError, NotAllArrived, TransferStopped
from batchdock.core.intake import Item
from batchdock.core.transfer import Hold, Transfer, TransferKind, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.news import News, TransfersChanged
from batchdock.flows.patience import Patience
from batchdock.flows.problems import Problems
from batchdock.flows.pulse import Pulse
from batchdock.flows.transfers.course import Course, Work, ranked
from batchdock.flows.transfers.holds import Holds
from batchdock.flows.transfers.known import Known, KnownFiles
from batchdock.flows.transfers.orders import Orders
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.queue import Place, Queue
from batchdock.flows.transfers.receipt import Delivery, Receipts, deliveries
from batchdock.flows.transfers.reconnect import Source, Sources
from batchdock.flows.transfers.row import OnChange, Row
from batchdock.flows.transfers.send import Sender
from batchdock.store import Journal, Sending, Settings, Way

_Result = TypeVar("_Result")
Again = Callable[[], Coroutine[Any, Any, object]]

SPEED_SETTING = "speed-limit"
TOLD_EVERY = 0.25
"""Seconds between two tellings: nobody reads faster, and each costs the window some milliseconds."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A transfer of an earlier run. `again` goes on with it; it is shown as `transfer_id` by then."""

    transfer_id: str
    name: str
    again: Again


class Transfers:
    """The transfers page, without the page."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        settings: Settings,
        news: News,
        problems: Problems,
        sender: Sender,
        holds: Holds,
        receipts: Receipts,
        patience: Patience,
    ) -> None:
        self._accounts, self._journal, self._settings = accounts, journal, settings
        self._news, self._problems, self._sender, self.holds = news, problems, sender, holds
        self._orders = Orders(accounts, journal, patience)
        self._sources = Sources(accounts, journal, patience)
        self._known = KnownFiles(accounts, journal)
        self._receipts = receipts
        self._elsewhere: dict[str, Source] = {}
        self._pages: dict[str, Path] = {}
        self._errors: dict[str, BatchdockError] = {}
        self._queue = Queue(journal.queue, self._show_rank)
        self.speed = SpeedLimit()
        limit = settings.get(SPEED_SETTING)
        self.speed.bytes_a_second = float(limit) if isinstance(limit, int | float) and limit > 0 else None
        self._rows: dict[str, Transfer] = {}
        self._courses: dict[str, Course] = {}
        self._again: dict[str, Again] = {}
        self._takers: list[Callable[[], Iterable[Unfinished]]] = [self._unfinished]
        self._aside: dict[str, asyncio.Task[Any]] = {}
        self._changed: dict[str, Transfer] = {}
        self._pulse = Pulse(self._tell, TOLD_EVERY)

    # --- what a person sees and wants ---------------------------------------------------------------------------

    def all(self) -> tuple[Transfer, ...]:
        """Return those that have not ended in their order, then the others, newest first. Safe from any thread."""
        return tuple(sorted(self._rows.copy().values(), key=ranked))

    @property
    def speed_limit(self) -> float | None:
        """At most so many bytes a second over all transfers together; None for as fast as it goes."""
        return self.speed.bytes_a_second

    async def set_speed_limit(self, bytes_a_second: float | None) -> None:
        """Change the speed limit, for this run and the next ones. Takes effect at once."""
        self.speed.bytes_a_second = bytes_a_second
        await asyncio.to_thread(self._settings.set, SPEED_SETTING, bytes_a_second)

    async def pause(self, transfer_id: str) -> None:
        """Let a transfer rest until `resume`, also after a restart."""
        if transfer_id in self._courses:
            await self._courses[transfer_id].pause()

    async def resume(self, transfer_id: str) -> None:
        """Go on with a transfer that is paused; one that is held looks at once whether it can go on."""
        self.resume_now(transfer_id)

    def resume_now(self, transfer_id: str) -> None:
        """The same, for who is on the loop of the flows."""
        if transfer_id in self._courses:
            self._courses[transfer_id].resume()

    async def stop(self, transfer_id: str) -> None:
        """End a transfer. What has arrived stays; `retry` goes on from there."""
        if transfer_id in self._courses:
            await self._courses[transfer_id].stop()

    async def pause_all(self) -> None:
        """Let all transfers rest."""
        await asyncio.gather(*map(self.pause, tuple(self._courses)))

    async def resume_all(self) -> None:
        """Go on with all that are paused, and look at all that are held."""
        for course in tuple(self._courses.values()):
            course.resume()

    async def stop_all(self) -> None:
        """End all transfers."""
        await asyncio.gather(*map(self.stop, tuple(self._courses)))

    async def retry(self, transfer_id: str) -> None:
        """Go on with a transfer that ended, in the background; what has arrived is not sent again."""
        ending = self._aside.get(transfer_id)
        if ending is not None and transfer_id in self._rows and self._rows[transfer_id].state.is_terminal:
            await asyncio.wait({ending})  # Its end is shown already, and its last steps are still being done.
        under_way = transfer_id in self._courses or transfer_id in self._aside
        if not under_way and transfer_id in self._again:
            self.aside(self._again[transfer_id](), transfer_id, self._rows[transfer_id].name)

    async def move(self, transfer_ids: Sequence[str], where: Place) -> None:
        """Change the order in which transfers get their turn; see `queue` for what moves already."""
        self._queue.move(transfer_ids, where)

    async def reconnect(self, transfer_id: str, folder: Path) -> None:
        """Take the files of a sending that are still to be sent from `folder`, and go on. Raise `OtherFolder`."""
        if (source := self._elsewhere.get(transfer_id)) is not None:
            await source.reconnect(folder)
        else:
            sending = await asyncio.to_thread(self._journal.sendings.get, transfer_id)
            await self._sources.reconnect(sending, folder)
        await self._go_on_with(transfer_id)

    async def go_on_without(self, transfer_id: str) -> None:
        """Count as lost the files that can not be reached or did not arrive, and go on. Raises what hinders that."""
        if (source := self._elsewhere.get(transfer_id)) is not None:
            await source.go_on_without()
            await self._go_on_with(transfer_id)
            return
        sending = await asyncio.to_thread(self._journal.sendings.get, transfer_id)
        if isinstance(self._errors.get(transfer_id), NotAllArrived):
            await self._sources.give_up_missing(sending)
        elif self._rows[transfer_id].hold is Hold.SOURCE:
            await self._sources.give_up_unreadable(sending)
        await self._go_on_with(transfer_id)

    async def known(self, account_id: str, items: Sequence[Item]) -> Known | None:
        """Return which of the items are in a batch of the account already, None when none is. May be cancelled."""
        return await self._known.known(account_id, items)

    def error_of(self, transfer_id: str) -> BatchdockError | None:
        """Return what ended a transfer early, None while it moves or when all went well. Safe from any thread."""
        return self._errors.get(transfer_id)

    def receipt(self, transfer_id: str) -> Path | None:
        """Return the readable receipt of a transfer that ended in this run of the app. Safe from any thread."""
        return self._pages.get(transfer_id)

    def keep_receipt(self, transfer_id: str, page: Path) -> None:
        """Note where the readable receipt of a transfer is, that somebody else has written."""
        self._pages[transfer_id] = page

    async def receipts(self, account_id: str, batch_id: str) -> tuple[Path, ...]:
        """Return the readable receipts of a batch: one for each sending into it that has ended, oldest first."""

        def look() -> tuple[Path, ...]:
            sent = self._journal.sendings.of_batch(account_id, batch_id)
            return tuple(page for page in map(self._receipts.page, sent) if page.exists())

        return await asyncio.to_thread(look)

    async def delivered(self, account_id: str, batch_id: str) -> tuple[Delivery, ...]:
        """Return what this app has sent into a batch, one for each sending, oldest first."""
        return await asyncio.to_thread(deliveries, self._journal, account_id, batch_id)

    async def clear_finished(self) -> None:
        """Take the transfers that ended off the list, and with them what is said of their ends."""
        for transfer_id in [key for key in self._errors if key in self._rows and self._rows[key].state.is_terminal]:
            del self._errors[transfer_id]
            self._problems.settle(f"transfer:{transfer_id}")
        self._rows = {key: row for key, row in self._rows.items() if not row.state.is_terminal}
        self._again = {key: again for key, again in self._again.items() if key in self._rows}

    # --- doing it -----------------------------------------------------------------------------------------------

    async def ingest(
        self,
        account_id: str,
        items: Sequence[Item],
        name: str,
        *,
        batch_id: str | None = None,
        go_on: bool = False,
    ) -> tuple[Batch, ...]:
        """Send the usable items and check that they arrived; no job. Pictures and videos become two batches.

        Into a batch that is there already they go in the way that it was filled. With `go_on`, what an earlier run
        began to send of them is finished and not sent again. Raises `NothingUsable`, `BadIdentifier`, and what keeps
        the files from arriving; `retry` then goes on.
        """
        sendings = await self._orders.ingest(account_id, items, name, batch_id, go_on=go_on)
        # Each to its end: the videos go over also when some of the pictures did not.
        ended = await asyncio.gather(*map(self.carry, sendings), return_exceptions=True)
        for error in filter(None, ended):
            raise error
        service = await self._accounts.service(account_id)
        return tuple([await service.batch(each) for each in dict.fromkeys(each.batch_id for each in sendings)])

    async def carry(
        self,
        sending: Sending,
        *,
        on_change: OnChange = lambda transfer: None,
        again: Again | None = None,
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
            place=await asyncio.to_thread(self._journal.files.folder, sending.number),
        )

        async def work(row: Row) -> None:
            await self._sender.send(sending, row)
            self._journal.sendings.finish(sending.number)
            await self._write_receipt(sending)

        async def retried() -> None:
            await self.carry(sending, on_change=on_change)

        self._journal.sendings.finish(sending.number, finished=False)
        try:
            await self.run(
                transfer,
                work,
                on_change=on_change,
                again=again or retried,
                free=sending.way is Way.REFERENCES,
                job=None if sending.job_id is None else (sending.account_id, sending.job_id),
            )
        except TransferStopped:
            # Or the next start would take it up again.
            self._journal.sendings.finish(sending.number)
            raise

    async def run(
        self,
        transfer: Transfer,
        work: Work[_Result],
        *,
        on_change: OnChange = lambda transfer: None,
        again: Again,
        free: bool = False,
        job: tuple[str, str] | None = None,
        source: Source | None = None,
    ) -> _Result:
        """Do `work` as the transfer that is shown, when it is its turn. How it ends is shown, and raised.

        `work` is cancelled when the person pauses, and when something outside holds it (`verdict`); it is called anew
        to go on, so it begins where it was. `free` ones move no bytes over a line and need no turn. `job` is what
        problems are shown with, `source` where its files come from unless it is a sending.
        """

        def put(changed: Transfer) -> None:
            self._show(changed)
            on_change(changed)

        transfer_id = transfer.transfer_id
        self._again[transfer_id] = again
        if source is not None:
            self._elsewhere[transfer_id] = source
        course = Course(Row(transfer, put, self.speed), self._queue, self.holds, self._problems, free=free, job=job)
        self._courses[transfer_id] = course
        self._errors.pop(transfer_id, None)
        try:
            return await course.follow(work)
        except BatchdockError as error:
            self._errors[transfer_id] = error
            if job is None and not isinstance(error, TransferStopped):  # A job tells of its own.
                again_later = partial(self.retry, transfer_id)
                self._problems.report(f"transfer:{transfer_id}", transfer.name, error, again=again_later)
            raise
        finally:
            del self._courses[transfer_id]
            self._pulse.flush()

    def take_up(self, unfinished: Callable[[], Iterable[Unfinished]]) -> None:
        """Say what there is to go on with after a restart; it is asked once, by `go_on`."""
        self._takers.append(unfinished)

    def go_on(self) -> None:
        """Go on, in the background, with what earlier runs left; what was paused rests, in its place."""
        for unfinished in self._takers:
            for each in unfinished():
                self._again[each.transfer_id] = each.again
                self.aside(each.again(), each.transfer_id, each.name)

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

        task = self._aside[transfer_id] = asyncio.create_task(watched(), name=f"aside {transfer_id}")
        task.add_done_callback(lambda done: self._aside.pop(transfer_id, None))

    async def close(self) -> None:
        """Stop everything that moves; it goes on next time."""
        await asyncio.gather(*(course.close() for course in self._courses.values()))
        aside = tuple(self._aside.values())
        for task in aside:
            task.cancel()
        await asyncio.gather(*aside, return_exceptions=True)
        self._pulse.flush()

    async def _go_on_with(self, transfer_id: str) -> None:
        if transfer_id in self._courses:
            self._courses[transfer_id].resume()
        else:
            await self.retry(transfer_id)

    async def _write_receipt(self, sending: Sending) -> None:
        """Write the receipt; where that does not work the files have arrived all the same."""
        problem_id = f"receipt:{sending.transfer_id}"
        try:
            account = await self._accounts.find(sending.account_id)
            self._pages[sending.transfer_id] = await self._receipts.write(sending, account)
        except BatchdockError as error:
            again = partial(self._write_receipt, sending)
            self._problems.report(problem_id, sending.batch_name, error, again=again)
        else:
            self._problems.settle(problem_id)

    def _unfinished(self) -> Iterable[Unfinished]:
        """Return the sendings that belong to no job; a job takes its own up."""
        connected = {account.account_id for account in self._accounts.all()}
        for sending in self._journal.sendings.unfinished():
            if sending.job_id is None and sending.account_id in connected:
                yield Unfinished(sending.transfer_id, sending.batch_name, partial(self.carry, sending))

    def _show_rank(self, transfer_id: str, rank: float) -> None:
        if transfer_id in self._courses:
            self._courses[transfer_id].show_rank(rank)

    def _show(self, transfer: Transfer) -> None:
        self._rows[transfer.transfer_id] = self._changed[transfer.transfer_id] = transfer
        self._pulse.want()

    def _tell(self) -> None:
        changed, self._changed = tuple(self._changed.values()), {}
        if changed:
            self._news.publish(TransfersChanged(changed))
