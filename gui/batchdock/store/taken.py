"""The ledger of a folder into which datasets are taken out: what there is of each version, and what of it is here.

It lies in that folder, so that anybody can go on from there. No address and no key is in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from batchdock.store.database import Database
from batchdock.store.taken_rows import (
    WANTED_PLACES,
    Arrival,
    Kept,
    Listed,
    PlaceRow,
    Wanted,
    place_row,
    text_in,
    wanted_row,
)
from batchdock.store.taken_totals import Totals
from batchdock.store.text import restored, stored


class Ledger:
    """Reads and writes it. Calls block, some of them for seconds: they belong into a thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raise `FolderNotWritable`, `DiskFull` or `MadeByNewerVersion`."""
        self._database = Database(path, "migrations_taken", alone=True)
        self.totals = Totals(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def about(self) -> dict[str, str]:
        """Return what is kept of the whole."""
        with self._database.reading() as connection:
            return dict(connection.execute("SELECT key, value FROM about").fetchall())

    def note(self, **values: str) -> None:
        """Keep something of the whole."""
        with self._database.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", values.items())

    # --- what there is ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Want nothing yet, and give what could not be had another chance."""
        with self._database.writing() as connection:
            for table in ("datasets", "versions", "segments"):
                connection.execute(f"UPDATE {table} SET wanted = 0, reason = ''")  # noqa: S608
            connection.execute("UPDATE contents SET state = 0, reason = '' WHERE state = 2")

    def datasets(self) -> list[Kept]:
        """Return the datasets that have a folder."""
        return self._kept("SELECT number, dataset_id, name, folder, 0, NULL FROM datasets")

    def wanted_datasets(self) -> list[Kept]:
        """Return those of them that are wanted."""
        return self._kept("SELECT number, dataset_id, name, folder, 0, NULL FROM datasets WHERE wanted")

    def versions(self, dataset: int) -> list[Kept]:
        """Return the versions of a dataset that have a folder, oldest first."""
        query = "SELECT number, mark, name, folder, settled, NULL FROM versions WHERE dataset = ? ORDER BY number"
        return self._kept(query, dataset)

    def segments(self, version: int) -> list[Kept]:
        """Return the segments of a version that have a folder."""
        return self._kept("SELECT number, name, name, folder, 0, scope FROM segments WHERE version = ?", version)

    def want_dataset(self, dataset_id: str, name: str, folder: str) -> int:
        """Keep a dataset, with the folder that it got first, and return its number."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO datasets (dataset_id, name, folder) VALUES (?, ?, ?) "
                "ON CONFLICT (dataset_id) DO UPDATE SET wanted = 1, name = excluded.name",
                (dataset_id, stored(name), stored(folder)),
            )
            query = "SELECT number FROM datasets WHERE dataset_id = ?"
            return int(connection.execute(query, (dataset_id,)).fetchone()[0])

    def want_version(self, dataset: int, known: Kept | None, mark: str, name: str, folder: str) -> int:
        """Keep a version, or the `known` one, and return its number."""
        with self._database.writing() as connection:
            if known is not None:
                connection.execute("UPDATE versions SET wanted = 1 WHERE number = ?", (known.number,))
                return known.number
            values = (dataset, mark, stored(name), stored(folder))
            query = "INSERT INTO versions (dataset, mark, name, folder) VALUES (?, ?, ?, ?)"
            return int(connection.execute(query, values).lastrowid or 0)

    def want_segment(self, version: int, name: str, folder: str) -> int:
        """Keep a segment, with the folder that it got first, and return its number."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO segments (version, name, folder) VALUES (?, ?, ?) "
                "ON CONFLICT (version, name) DO UPDATE SET wanted = 1",
                (version, stored(name), stored(folder)),
            )
            query = "SELECT number FROM segments WHERE version = ? AND name = ?"
            return int(connection.execute(query, (version, stored(name))).fetchone()[0])

    def refuse(self, table: str, number: int, reason: str) -> None:
        """Note why something (`table`: datasets, versions or segments) can not be listed."""
        assert table in ("datasets", "versions", "segments")
        with self._database.writing() as connection:
            connection.execute(f"UPDATE {table} SET reason = ? WHERE number = ?", (reason, number))  # noqa: S608

    def places_in(self, segment: int) -> dict[tuple[str, str, str, str], str]:
        """Return where the files of a segment were to go: by kind, frame, sensor and remote path."""
        with self._database.reading() as connection:
            query = "SELECT kind, frame, sensor, remote, place FROM places WHERE segment = ?"
            rows = connection.execute(query, (segment,)).fetchall()
        return {(row[0], row[1], restored(row[2]), restored(row[3])): restored(row[4]) for row in rows}

    def forget_places(self, segment: int) -> None:
        """Forget what is known of the files of a segment: it is listed anew. What is nowhere then is to come again."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE contents SET state = 0 WHERE state = 1 "
                "AND number IN (SELECT content FROM places WHERE segment = ?) AND NOT EXISTS (SELECT 1 FROM places "
                "WHERE places.content = contents.number AND places.state = 1 AND places.segment <> ?)",
                (segment, segment),
            )
            connection.execute("DELETE FROM places WHERE segment = ?", (segment,))
            connection.execute("UPDATE segments SET scope = NULL WHERE number = ?", (segment,))

    def list_files(self, segment: int, files: Sequence[Listed]) -> None:
        """Take in files of a segment; one that is listed twice counts once."""
        with self._database.writing() as connection:
            for each in files:
                content = _content(connection, each)
                connection.execute(
                    "INSERT OR IGNORE INTO places (segment, content, page, kind, frame, sensor, remote, place) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        segment,
                        content,
                        each.page,
                        each.kind,
                        each.frame,
                        stored(each.sensor),
                        stored(each.remote),
                        stored(each.place),
                    ),
                )

    def has_listed(self, segment: int, scope: str) -> None:
        """Note that a segment was listed to its end, as far as `scope` says."""
        with self._database.writing() as connection:
            connection.execute("UPDATE segments SET scope = ? WHERE number = ?", (scope, segment))

    # --- what is here -------------------------------------------------------------------------------------------

    def to_fetch(self, most: int) -> list[Wanted]:
        """Return the first contents that are to come, each once, in the order of the service's lists."""
        query = f"""
            SELECT contents.number, contents.checksum, contents.proven, datasets.dataset_id, versions.mark,
                   segments.number, segments.name, places.page, places.kind, places.frame, places.sensor,
                   places.remote, MIN(places.number) AS first
            FROM {WANTED_PLACES} WHERE contents.state = 0 AND places.state <> 1
            GROUP BY contents.number ORDER BY segments.number, places.page, first LIMIT ?
        """  # noqa: S608
        with self._database.reading() as connection:
            rows = connection.execute(query, (most,)).fetchall()
        return [wanted_row(row) for row in rows]

    def others_with(self, content: int) -> list[Wanted]:
        """Return every place that needs a content, the first ones first."""
        query = f"""
            SELECT contents.number, contents.checksum, contents.proven, datasets.dataset_id, versions.mark,
                   segments.number, segments.name, places.page, places.kind, places.frame, places.sensor,
                   places.remote, places.number
            FROM {WANTED_PLACES} WHERE contents.number = ? ORDER BY places.number
        """  # noqa: S608
        with self._database.reading() as connection:
            rows = connection.execute(query, (content,)).fetchall()
        return [wanted_row(row) for row in rows]

    def places_of(self, content: int) -> list[PlaceRow]:
        """Return the wanted places of a content, and those at which it is."""
        return self._places("WHERE places.content = ?", content)

    def every_place(self) -> Iterator[list[PlaceRow]]:
        """Yield all wanted places, some thousand at a time."""
        last = 0
        while rows := self._places("WHERE places.number > ?", last, most=5_000):
            yield rows
            last = rows[-1].number

    def place_with(self, checksum: str) -> str | None:
        """Return a place at which the content with this checksum is, if there is one."""
        query = (
            "SELECT place FROM places JOIN contents ON contents.number = places.content "
            "WHERE contents.checksum = ? AND places.state = 1 LIMIT 1"
        )
        with self._database.reading() as connection:
            row = connection.execute(query, (checksum,)).fetchone()
        return None if row is None else restored(row[0])

    def arrived(self, arrivals: Iterable[Arrival]) -> None:
        """Note what is here, all of it or nothing."""
        with self._database.writing() as connection:
            for each in arrivals:
                known = connection.execute(
                    "SELECT number FROM contents WHERE checksum = ? AND number <> ?", (each.checksum, each.content)
                ).fetchone()
                if known is None:
                    connection.execute(
                        "UPDATE contents SET checksum = ?, size = ?, state = 1, reason = '' WHERE number = ?",
                        (each.checksum, each.size, each.content),
                    )
                else:
                    # Nobody had told its checksum: it turns out to be one that others have, too.
                    connection.execute("UPDATE places SET content = ? WHERE content = ?", (known[0], each.content))
                    connection.execute("DELETE FROM contents WHERE number = ?", (each.content,))
                    connection.execute(
                        "UPDATE contents SET size = ?, state = 1, reason = '' WHERE number = ?", (each.size, known[0])
                    )
                connection.executemany(
                    "UPDATE places SET state = 1 WHERE number = ?", [(number,) for number in each.places]
                )

    def gone(self, places: Sequence[int]) -> None:
        """Note that something is no longer at these places, and what is now nowhere."""
        with self._database.writing() as connection:
            connection.executemany("UPDATE places SET state = 0 WHERE number = ?", [(number,) for number in places])
            connection.execute(
                "UPDATE contents SET state = 0 WHERE state = 1 AND NOT EXISTS "
                "(SELECT 1 FROM places WHERE places.content = contents.number AND places.state = 1)"
            )

    def split(self, content: int) -> None:
        """Note that what was thought to be one content need not be: each of its places has one of its own now."""
        with self._database.writing() as connection:
            for (place,) in connection.execute("SELECT number FROM places WHERE content = ?", (content,)).fetchall():
                own = connection.execute("INSERT INTO contents (proven) VALUES (0)").lastrowid
                connection.execute("UPDATE places SET content = ? WHERE number = ?", (own, place))
            connection.execute("DELETE FROM contents WHERE number = ?", (content,))

    def content_at(self, place: int) -> int:
        """Return the number of what belongs to a place."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT content FROM places WHERE number = ?", (place,)).fetchone()[0])

    def to_link(self) -> list[tuple[PlaceRow, str]]:
        """Return the wanted places at which something is to be that is elsewhere already, and where that is."""
        query = f"""
            SELECT places.number, contents.number, places.place, places.state, contents.checksum, contents.size,
                   (SELECT place FROM places AS donor WHERE donor.content = contents.number AND donor.state = 1 LIMIT 1)
            FROM {WANTED_PLACES} WHERE places.state <> 1 AND contents.state = 1
        """  # noqa: S608
        with self._database.reading() as connection:
            rows = connection.execute(query).fetchall()
        return [(place_row(row), restored(row[6])) for row in rows if row[6] is not None]

    def lost(self, content: int, reason: str) -> None:
        """Note that a content can not be had."""
        with self._database.writing() as connection:
            connection.execute("UPDATE contents SET state = 2, reason = ? WHERE number = ?", (reason, content))

    def settle(self, version: int) -> None:
        """Note that all of a version is here."""
        with self._database.writing() as connection:
            connection.execute("UPDATE versions SET settled = 1 WHERE number = ?", (version,))

    def _kept(self, query: str, *values: object) -> list[Kept]:
        with self._database.reading() as connection:
            rows = connection.execute(query, values).fetchall()
        return [
            Kept(number, text_in(mark), restored(name), restored(folder), bool(settled), scope or "")
            for number, mark, name, folder, settled, scope in rows
        ]

    def _places(self, where: str, value: int, *, most: int = -1) -> list[PlaceRow]:
        query = f"""
            SELECT places.number, contents.number, places.place, places.state, contents.checksum, contents.size
            FROM {WANTED_PLACES} {where} ORDER BY places.number LIMIT {most}
        """  # noqa: S608
        with self._database.reading() as connection:
            rows = connection.execute(query, (value,)).fetchall()
        return [place_row(row) for row in rows]


def _content(connection: Any, listed: Listed) -> int:
    """Return the number of what belongs to a file."""
    if listed.checksum is not None:
        row = connection.execute("SELECT number FROM contents WHERE checksum = ?", (listed.checksum,)).fetchone()
        if row is not None:
            if listed.proven:
                connection.execute("UPDATE contents SET proven = 1 WHERE number = ? AND NOT proven", row)
            return int(row[0])
    query = "INSERT INTO contents (checksum, proven) VALUES (?, ?)"
    return int(connection.execute(query, (listed.checksum, listed.proven)).lastrowid or 0)
