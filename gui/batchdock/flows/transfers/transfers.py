"""All transfers: what runs, what waits, what ended."""

from collections.abc import Sequence

from batchdock.core.batch import Batch
from batchdock.core.intake import Item
from batchdock.core.transfer import Transfer


class Transfers:
    """The transfers page, without the page."""

    def all(self) -> tuple[Transfer, ...]:
        """Return all transfers, newest first."""
        raise NotImplementedError

    async def ingest(
        self, account_id: str, items: Sequence[Item], name: str, *, batch_id: str | None = None
    ) -> tuple[Batch, ...]:
        """Send the usable items and check that they arrived; no job. Pictures and videos become two batches."""
        raise NotImplementedError

    async def stop(self, transfer_id: str) -> None:
        """Stop a transfer. What has arrived stays; `retry` goes on from there."""
        raise NotImplementedError

    async def retry(self, transfer_id: str) -> None:
        """Go on with a transfer that stopped; what has arrived is not sent again."""
        raise NotImplementedError

    async def clear_finished(self) -> None:
        """Take the transfers that ended off the list."""
        raise NotImplementedError
