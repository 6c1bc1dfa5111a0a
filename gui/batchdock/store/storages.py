"""The journal's page about cloud storages that were connected, without their secrets."""

from batchdock.core.bucket import SignInWay, Storage, StorageKind
from batchdock.store.database import Database
from batchdock.store.text import restored, stored


class Storages:
    """Reads and writes them, by their names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Storage]:
        """Return all of them, by name."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT name, kind, way, place, region, endpoint FROM storages ORDER BY name")
            return [
                Storage(name, StorageKind(kind), SignInWay(way), restored(place), region, endpoint)
                for name, kind, way, place, region, endpoint in rows
            ]

    def add(self, storage: Storage) -> bool:
        """Add one. Return whether its name was free."""
        with self._database.writing(lasting=True) as connection:
            cursor = connection.execute(
                "INSERT OR IGNORE INTO storages (name, kind, way, place, region, endpoint) VALUES (?, ?, ?, ?, ?, ?)",
                (storage.name, storage.kind, storage.way, stored(storage.where), storage.region, storage.endpoint),
            )
            return cursor.rowcount > 0

    def remove(self, name: str) -> None:
        """Forget one."""
        with self._database.writing(lasting=True) as connection:
            connection.execute("DELETE FROM storages WHERE name = ?", (name,))
