"""The journal's page about events that services sent by themselves, so that a repeated one is known."""

from batchdock.store.database import Database

KEPT_SECONDS = 7 * 24 * 3600.0
"""Nobody repeats an event for longer: by then its batch is gone."""
MOST = 10_000


class Heard:
    """Remembers ids of events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def first(self, event_id: str, at: float) -> bool:
        """Note an event and tell whether it is the first time. `at` is in seconds since 1970."""
        with self._database.writing() as connection:
            found = connection.execute("INSERT OR IGNORE INTO heard VALUES (?, ?)", (event_id, at))
            return found.rowcount == 1

    def prune(self, now: float) -> None:
        """Forget what is old, and of more than `MOST` the oldest."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM heard WHERE at < ?", (now - KEPT_SECONDS,))
            connection.execute(
                "DELETE FROM heard WHERE event_id NOT IN (SELECT event_id FROM heard ORDER BY at DESC LIMIT ?)",
                (MOST,),
            )
