"""The journal's page about recipes: what they are, which jobs they made, and which of them run by themselves."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.recipe import Recipe, document_of, recipe_of
from batchdock.core.watched import Gathering, Watch
from batchdock.store.database import Database
from batchdock.store.text import restored, stored

JobKey = tuple[str, str]


class RecipeRecords:
    """Reads and writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Recipe]:
        """Return all recipes, the oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT recipe_id, account_id, document FROM recipes WHERE NOT removed ORDER BY created, recipe_id"
            ).fetchall()
        return [
            recipe_of(json.loads(restored(document)), account_id, recipe_id) for recipe_id, account_id, document in rows
        ]

    def add(self, recipe: Recipe) -> Recipe | None:
        """Keep a new one and return it with its id, or None where its name is taken."""
        kept = replace(recipe, recipe_id=f"r-{secrets.token_hex(6)}")
        with self._database.writing(lasting=True) as connection:
            cursor = connection.execute(
                "INSERT OR IGNORE INTO recipes (recipe_id, name, account_id, document, created) VALUES (?, ?, ?, ?, ?)",
                (kept.recipe_id, stored(kept.name), kept.account_id, _text(kept), datetime.now(UTC).isoformat()),
            )
            return kept if cursor.rowcount else None

    def change(self, recipe: Recipe) -> bool:
        """Replace the one with this id. Return False where the name is another's."""
        with self._database.writing(lasting=True) as connection:
            cursor = connection.execute(
                "UPDATE OR IGNORE recipes SET name = ?, account_id = ?, document = ? WHERE recipe_id = ?",
                (stored(recipe.name), recipe.account_id, _text(recipe), recipe.recipe_id),
            )
            return cursor.rowcount > 0

    def remove(self, recipe_id: str) -> None:
        """Put one aside. Its jobs stay, and their results go where it said."""
        with self._database.writing(lasting=True) as connection:
            connection.execute("UPDATE recipes SET removed = 1 WHERE recipe_id = ?", (recipe_id,))

    def restore(self, recipe_id: str) -> bool:
        """Take one back that was put aside. Return False where its name is another's by now."""
        with self._database.writing(lasting=True) as connection:
            cursor = connection.execute("UPDATE OR IGNORE recipes SET removed = 0 WHERE recipe_id = ?", (recipe_id,))
            return cursor.rowcount > 0

    def tidy(self) -> None:
        """Forget what was put aside."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM recipes WHERE removed")

    # --- its jobs -------------------------------------------------------------------------------------------------

    def note_jobs(self, recipe: Recipe, keys: Iterable[JobKey], save_to: Path | None) -> None:
        """Note that these jobs are of a run of this recipe, and where their results go."""
        now = datetime.now(UTC).isoformat()
        folder = None if save_to is None else stored(str(save_to))
        with self._database.writing(lasting=True) as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO recipe_jobs (account_id, job_id, recipe, save_to, begun) VALUES (?, ?, ?, ?, ?)",
                ((*key, recipe.recipe_id, folder, now) for key in keys),
            )

    def jobs_of(self, recipe_id: str) -> list[JobKey]:
        """Return the keys of the jobs that a recipe has made, or was about to make, the first ones first."""
        with self._database.reading() as connection:
            return connection.execute(
                "SELECT account_id, job_id FROM recipe_jobs WHERE recipe = ? ORDER BY begun, job_id", (recipe_id,)
            ).fetchall()

    def folder_of(self, key: JobKey) -> Path | None:
        """Return where the results of a job go by its recipe, None where none says so."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT save_to FROM recipe_jobs WHERE account_id = ? AND job_id = ?", key
            ).fetchone()
        return None if row is None or row[0] is None else Path(restored(row[0]))

    # --- those that run by themselves -------------------------------------------------------------------------------

    def watches(self) -> list[Watch]:
        """Return what recipes may do by themselves."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT recipe, folder, watched, seconds, files, credits FROM watches"
                " JOIN recipes ON recipe = recipe_id WHERE NOT removed"
            ).fetchall()
        return [
            Watch(recipe, Path(restored(folder)), Gathering(seconds, files), bool(watched), credits)
            for recipe, folder, watched, seconds, files, credits in rows
        ]

    def put_watch(self, watch: Watch) -> None:
        """Keep what a recipe may do by itself."""
        with self._database.writing(lasting=True) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO watches (recipe, folder, watched, seconds, files, credits)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    watch.recipe_id,
                    stored(str(watch.folder)),
                    watch.on,
                    watch.gathering.seconds,
                    watch.gathering.count,
                    watch.monthly_credits,
                ),
            )


def _text(recipe: Recipe) -> bytes:
    return stored(json.dumps(document_of(recipe)))
