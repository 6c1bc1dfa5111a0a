"""What a folder with datasets comes to: how many files, how many of them are here, and what is not."""

from collections.abc import Iterator, Sequence
from typing import Any

from batchdock.store.database import Database
from batchdock.store.taken_rows import WANTED_PLACES, Missing, Tally, text_in


class Totals:
    """Reads the ledger. Calls block, some of them for seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def contents(self) -> Tally:
        """Return how many different contents are wanted and here, and their bytes."""
        query = f"""
            SELECT COUNT(*), SUM(state = 1), SUM((state = 1) * size), SUM((state = 1) * (proven = 0)) FROM (
                SELECT DISTINCT contents.number, contents.state, contents.size, contents.proven FROM {WANTED_PLACES})
        """  # noqa: S608
        with self._database.reading() as connection:
            return _tally(connection.execute(query).fetchone())

    def tally(self, version: int | None = None) -> Tally:
        """Return what the places of a wanted version come to, or of all of them."""
        query = f"""
            SELECT COUNT(*), SUM(places.state = 1), SUM((places.state = 1) * contents.size),
                   SUM((places.state = 1) * (contents.proven = 0))
            FROM {WANTED_PLACES} WHERE ? IN (versions.number, -1)
        """  # noqa: S608
        with self._database.reading() as connection:
            return _tally(connection.execute(query, (-1 if version is None else version,)).fetchone())

    def refused(self) -> list[Missing]:
        """Return the wanted datasets, versions and segments that could not be listed, with their reasons."""
        found = []
        with self._database.reading() as connection:
            for query in (
                "SELECT name, x'', x'', folder, reason FROM datasets WHERE wanted AND reason <> ''",
                "SELECT datasets.name, versions.name, x'', datasets.folder || x'2f' || versions.folder, "
                "versions.reason FROM versions JOIN datasets ON datasets.number = versions.dataset "
                "WHERE versions.wanted AND versions.reason <> ''",
                "SELECT datasets.name, versions.name, segments.name, datasets.folder || x'2f' || versions.folder || "
                "x'2f' || segments.folder, segments.reason FROM segments "
                "JOIN versions ON versions.number = segments.version "
                "JOIN datasets ON datasets.number = versions.dataset WHERE segments.wanted AND segments.reason <> ''",
            ):
                found += [
                    Missing(text_in(row[0]), text_in(row[1]), text_in(row[2]), "", text_in(row[3]), row[4])
                    for row in connection.execute(query)
                ]
        return found

    def missing(self) -> Iterator[Missing]:
        """Yield the wanted files that are not here, with the reason where one is known."""
        query = f"""
            SELECT datasets.name, versions.name, segments.name, places.remote, places.place, contents.reason
            FROM {WANTED_PLACES} WHERE places.state <> 1 ORDER BY places.number
        """  # noqa: S608
        with self._database.reading() as connection:
            rows = connection.execute(query).fetchall()
        for row in rows:
            yield Missing(text_in(row[0]), text_in(row[1]), text_in(row[2]), text_in(row[3]), text_in(row[4]), row[5])


def _tally(row: Sequence[Any]) -> Tally:
    return Tally(*(each or 0 for each in row))
