"""How long the service has lived with its data: time that no wrong clock can make pass."""

import time

from batchdock.thiscomputer.store.database import Database

DAY = 86_400.0

MOST_AT_ONCE = 2 * DAY
"""How much may pass between two looks. More is a computer that was off, or a clock that is wrong, and nobody can tell
which: a flat battery sends clocks back to 1970, and a wrong date years ahead. What expires after seven days so outlives
three such jumps; the price is that after a long time off some batches stay a few days longer than they have to.
"""


class Clock:
    """Counts the lived time in the database. It never goes back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tick(self, now: float | None = None) -> None:
        """Take in what has passed since the last tick. `now`: seconds since 1970, as the computer says."""
        wall = time.time() if now is None else now
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO clock (one, wall, lived) VALUES (1, ?, 0) ON CONFLICT (one) DO UPDATE SET "
                "lived = lived + min(max(excluded.wall - wall, 0), ?), wall = excluded.wall",
                (wall, MOST_AT_ONCE),
            )
