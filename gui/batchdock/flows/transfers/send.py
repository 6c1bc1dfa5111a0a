"""Sends what has not arrived yet of a sending, and makes sure that all of it did."""

import asyncio

from batchdock.core.text import counted
from batchdock.core.transfer import TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.patience import Patience
from batchdock.flows.transfers.arrival import Arrival
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.run import Run
from batchdock.store import Journal, Sending


class Sender:
    """Sends, checks, and sends again what is missing."""

    def __init__(
        self, accounts: Accounts, journal: Journal, patience: Patience, arrival: Arrival | None = None
    ) -> None:
        self._accounts, self._sendings, self._patience = accounts, journal.sendings, patience
        self.arrival = arrival or Arrival()

    async def send(self, sending: Sending, row: Row) -> None:
        """Return when all of it is there, except files that could not be sent, which the journal names.

        Goes on from the journal, so it may be called again after anything. Raises `NotAllArrived`, `BatchGone`,
        `SourceGone`, and what can not be mended by trying again.
        """
        await Run(self._accounts, self._sendings, self._patience, self.arrival, sending, row).go()
        if lost := await asyncio.to_thread(self._sendings.lost, sending.number):
            told = f"{counted(len(lost), 'file', 'files')} could not be sent."
            row.change(state=TransferState.DONE_WITH_PROBLEMS, message=told)
