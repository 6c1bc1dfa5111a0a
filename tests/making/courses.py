"""Work that a test leads by the hand, as transfers of a desk."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.transfers.row import Row

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Led:
    """A transfer whose work does what the test says: `begun` counts its runs, `moving` tells whether one goes on.

    An exception in `next` is raised at the next run; `finish` lets the run that goes on return.
    """

    def __init__(self, desk: Desk, name: str, *, kind: TransferKind = TransferKind.SAVING, free: bool = False) -> None:
        self._desk, self._free = desk, free
        self._finish = asyncio.Event()
        self.begun = 0
        self.moving = False
        self.next: list[BaseException] = []
        self.row: Row | None = None
        self.transfer = Transfer(name, kind, name, "this-computer", TransferState.WAITING, 0, 10, 0, 1000, NOON)
        self.seen: list[TransferState] = []
        self.task = asyncio.create_task(self._run())

    @property
    def now(self) -> Transfer:
        """The row as it is shown, or as it will be."""
        shown = {each.transfer_id: each for each in self._desk.transfers.all()}
        return shown.get(self.transfer.transfer_id, self.transfer)

    def finish(self) -> None:
        """Let the run that goes on return."""
        self._finish.set()

    async def result(self) -> Any:
        """Return what `Transfers.run` returned, or raise what it raised."""
        return await self.task

    async def _run(self) -> str:
        return await self._desk.transfers.run(
            self.transfer,
            self._work,
            on_change=self._note,
            again=self._run,
            free=self._free,
        )

    def _note(self, changed: Transfer) -> None:
        if not self.seen or self.seen[-1] is not changed.state:
            self.seen.append(changed.state)

    async def _work(self, row: Row) -> str:
        self.begun += 1
        self.row = row
        if self.next:
            raise self.next.pop(0)
        self.moving = True
        try:
            await self._finish.wait()
        finally:
            self.moving = False
        return "done"
