"""The journal's page about results on their way into buckets: which folder, and where to."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from batchdock.core.bucket import SignInWay, Storage, StorageKind
from batchdock.store.database import Database
from batchdock.store.text import restored, stored

_COLUMNS = "transfer_id, account_id, storage, bucket, below, name, folder, started, stopped"


@dataclass(frozen=True, slots=True)
class BucketSaving:
    """A folder of results on its way into a bucket, as `name` below the folders `below`."""

    transfer_id: str
    account_id: str
    storage: Storage
    bucket: str
    below: str
    """Empty, or ends with a slash."""
    name: str
    folder: Path
    started: datetime
    stopped: bool = False
    """By a person, or by something that does not pass by itself: nobody goes on with it unless asked to."""

    @property
    def prefix(self) -> str:
        """Before the paths of all its files there."""
        return f"{self.below}{self.name}/"

    @property
    def place(self) -> str:
        """What people know the folder there by."""
        return f"{self.storage.kind}://{self.bucket}/{self.below}{self.name}"

    def goes_to(self, storage: Storage, bucket: str, below: str) -> bool:
        """Tell whether it goes to the same folders of the same bucket."""
        return (self.storage, self.bucket, self.below) == (storage, bucket, below)


class BucketSavings:
    """Reads and writes what is on its way. One that is whole is forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, saving: BucketSaving) -> None:
        """Write it down before anything is done for it."""
        values = (
            saving.transfer_id,
            saving.account_id,
            stored(json.dumps(asdict(saving.storage))),
            saving.bucket,
            saving.below,
            stored(saving.name),
            stored(str(saving.folder)),
            saving.started.isoformat(),
            saving.stopped,
        )
        with self._database.writing(lasting=True) as connection:
            connection.execute(
                f"INSERT INTO bucket_savings ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                values,
            )

    def unfinished(self) -> list[BucketSaving]:
        """Return those that are not whole, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM bucket_savings ORDER BY started").fetchall()  # noqa: S608
        return [_saving(row) for row in rows]

    def stop(self, transfer_id: str, *, stopped: bool = True) -> None:
        """Note that nobody goes on with it by himself (or, undone, that it goes on)."""
        with self._database.writing() as connection:
            connection.execute("UPDATE bucket_savings SET stopped = ? WHERE transfer_id = ?", (stopped, transfer_id))

    def end(self, transfer_id: str) -> None:
        """Forget it: it is whole, or given up."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM bucket_savings WHERE transfer_id = ?", (transfer_id,))


def _saving(row: tuple[Any, ...]) -> BucketSaving:
    transfer_id, account_id, storage, bucket, below, name, folder, started, stopped = row
    said = json.loads(restored(storage))
    return BucketSaving(
        transfer_id=transfer_id,
        account_id=account_id,
        storage=Storage(**{**said, "kind": StorageKind(said["kind"]), "way": SignInWay(said["way"])}),
        bucket=bucket,
        below=below,
        name=restored(name),
        folder=Path(restored(folder)),
        started=datetime.fromisoformat(started),
        stopped=bool(stopped),
    )
