"""The journal's page about the order of transfers, and what the person wants of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from batchdock.core.transfer import Wanted
from batchdock.store.database import Database


@dataclass(frozen=True, slots=True)
class Queued:
    """One transfer that has not ended. The smallest `rank` moves first."""

    transfer_id: str
    wanted: Wanted
    rank: float


class QueueRecords:
    """Reads and writes the queue, for sendings and savings alike."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Queued]:
        """Return every transfer that has not ended, in their order."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT transfer_id, wanted, rank FROM queue ORDER BY rank").fetchall()
        return [Queued(transfer_id, Wanted(wanted), rank) for transfer_id, wanted, rank in rows]

    def put(self, records: Iterable[Queued]) -> None:
        """Write records, all or none."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT INTO queue (transfer_id, wanted, rank) VALUES (?, ?, ?) "
                "ON CONFLICT (transfer_id) DO UPDATE SET wanted = excluded.wanted, rank = excluded.rank",
                [(each.transfer_id, each.wanted, each.rank) for each in records],
            )

    def drop(self, transfer_id: str) -> None:
        """Forget a transfer that has ended."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM queue WHERE transfer_id = ?", (transfer_id,))
