"""What refers to held files: items of batches, tars that wait, drawn pictures of jobs. Nothing else keeps a file."""

import json
from collections.abc import Collection

from batchdock.thiscomputer.store.database import Database

_REFERRING = (("items", "file_id"), ("spools", "file_id"), ("shards", "archive"))
"""Tables and the columns in which they name a file; each has an index. What is not listed here is swept away."""


class References:
    """Asks which held files are needed. The tables themselves are the count: no number that could go wrong."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def among(self, file_ids: Collection[str]) -> set[str]:
        """Return those of `file_ids` that something refers to."""
        return self._found("IN (SELECT value FROM json_each(?))", json.dumps(list(file_ids)))

    def beginning_with(self, prefix: str) -> set[str]:
        """Return the ids in use that begin with the two characters `prefix`."""
        return self._found("BETWEEN ? AND ?", prefix, f"{prefix}g")

    def _found(self, condition: str, *values: str) -> set[str]:
        sql = " UNION ".join(
            f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL AND {column} {condition}"  # noqa: S608 - fixed
            for table, column in _REFERRING
        )
        with self._database.reading() as db:
            return {row[0] for row in db.execute(sql, values * len(_REFERRING))}
