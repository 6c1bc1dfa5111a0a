"""The journal's pages about what jobs sent to this computer. Pictures are files; here are only their names."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from batchdock.core.facts import Fact
from batchdock.store.database import Database
from batchdock.store.facts_text import read_facts, written_facts

Key = tuple[str, str]
ROWS_AT_ONCE = 20_000
"""So many are read in one go: other threads want the journal too."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS_AT_ONCE = 500
_COLUMNS = "number, account_id, job_id, at, received, kind, facts, pictures"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that has just come. `suffixes` are those of its pictures, whose names are made here.

    `mark` is the same for the same event, however often it comes. `size` is that of its pictures, in bytes.
    """

    key: Key
    at: datetime
    received: datetime
    kind: str
    facts: tuple[Fact, ...]
    suffixes: tuple[str, ...]
    size: int
    mark: bytes


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it is kept; `pictures` are names of files."""

    number: int
    key: Key
    at: datetime
    received: datetime
    kind: str
    facts: tuple[Fact, ...]
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpanRow:
    """How many events of a job there are, with how many pictures, and from when to when."""

    key: Key
    events: int
    pictures: int
    first: datetime
    last: datetime


class EventRecords:
    """Reads and writes events and catches. What goes over many events takes its time: use a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- who may send

    def catches(self) -> dict[Key, tuple[bytes, datetime]]:
        """Return of each job that may send the SHA-256 of its secret, and since when."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT account_id, job_id, sha256, made FROM catches").fetchall()
        return {(account, job): (bytes(digest), moment(made)) for account, job, digest, made in rows}

    def catch(self, key: Key, digest: bytes, made: datetime) -> None:
        """Let a job send under a new secret. The one before is no longer good."""
        with self._database.writing(lasting=True) as connection:
            connection.execute("INSERT OR REPLACE INTO catches VALUES (?, ?, ?, ?)", (*key, digest, stamp(made)))

    def release(self, key: Key) -> None:
        """Let a job send no longer."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM catches WHERE account_id = ? AND job_id = ?", key)

    # --- what they send

    def add(self, arrivals: Sequence[Arrival], again: timedelta) -> list[EventRow | None]:
        """Write down events, all or none, and return them as they are kept; None for one that is kept already.

        It is the same when the job has sent one with this mark no longer than `again` ago. Raise `DiskFull`.
        """
        kept: list[EventRow | None] = []
        with self._database.writing() as connection:
            for each in arrivals:
                known = connection.execute(
                    "SELECT 1 FROM events WHERE account_id = ? AND job_id = ? AND mark = ? AND received > ? LIMIT 1",
                    (*each.key, each.mark, stamp(each.received - again)),
                ).fetchone()
                if known is not None:
                    kept.append(None)
                    continue
                times = stamp(each.at), stamp(each.received)
                number = connection.execute(
                    "INSERT INTO events (account_id, job_id, at, received, kind, facts, pictures, shots, bytes, mark) "
                    "VALUES (?, ?, ?, ?, ?, ?, '[]', ?, ?, ?)",
                    (
                        *(*each.key, *times, each.kind, written_facts(each.facts)),
                        *(len(each.suffixes), each.size, each.mark),
                    ),
                ).lastrowid
                assert number is not None
                names = tuple(f"{number:08}-{place}{suffix}" for place, suffix in enumerate(each.suffixes, 1))
                if names:
                    connection.execute("UPDATE events SET pictures = ? WHERE number = ?", (json.dumps(names), number))
                kept.append(EventRow(number, each.key, each.at, each.received, each.kind, each.facts, names))
        return kept

    def lose_pictures(self, lost: Iterable[tuple[int, Sequence[str], int]]) -> None:
        """Note which pictures of events could be kept after all: number, names and bytes."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE events SET pictures = ?, shots = ?, bytes = ? WHERE number = ?",
                [(json.dumps(list(names)), len(names), size, number) for number, names, size in lost],
            )

    # --- looking

    def spans(self) -> list[SpanRow]:
        """Return one line a job that has events."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT account_id, job_id, count(*), sum(shots), min(at), max(at) FROM events "
                "GROUP BY account_id, job_id"
            ).fetchall()
        return [
            SpanRow((account, job), events, pictures, moment(first), moment(last))
            for account, job, events, pictures, first, last in rows
        ]

    def kinds(self, key: Key) -> dict[str, int]:
        """Return how many events of each kind a job has sent."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT kind, count(*) FROM events WHERE account_id = ? AND job_id = ? GROUP BY kind", key
            ).fetchall()
        return dict(rows)

    def index(
        self,
        key: Key,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Collection[str] | None = None,
        above: int = 0,
    ) -> Iterator[list[tuple[int, int]]]:
        """Yield number and time (milliseconds since 1970) of events, newest first, in pieces; of a time, of kinds.

        `above` leaves out those up to this number: what was there before.
        """
        where, values = _where(key, since, until, kinds)
        at, number = stamp(_LATEST), 2**62
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(
                    f"SELECT number, at FROM events WHERE {where} AND number > ? AND (at, number) < (?, ?) "  # noqa: S608
                    "ORDER BY at DESC, number DESC LIMIT ?",
                    (*values, above, at, number, ROWS_AT_ONCE),
                ).fetchall()
            if rows:
                yield rows
            if len(rows) < ROWS_AT_ONCE:
                return
            number, at = rows[-1]

    def page(
        self,
        key: Key,
        since: datetime | None,
        until: datetime | None,
        kinds: Collection[str] | None,
        limit: int,
        before: tuple[datetime, int] | None,
    ) -> list[EventRow]:
        """Return events, newest first; `before` is time and number of the last one of the page before."""
        where, values = _where(key, since, until, kinds)
        at, number = (stamp(before[0]), before[1]) if before is not None else (stamp(_LATEST), 0)
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM events WHERE {where} AND (at, number) < (?, ?) "  # noqa: S608
                "ORDER BY at DESC, number DESC LIMIT ?",
                (*values, at, number, limit),
            ).fetchall()
        return [_event(row) for row in rows]

    def some(self, numbers: Sequence[int]) -> list[EventRow]:
        """Return the events with these numbers, in no order; those that are gone are left out."""
        found: list[EventRow] = []
        for begin in range(0, len(numbers), _NUMBERS_AT_ONCE):
            some = numbers[begin : begin + _NUMBERS_AT_ONCE]
            places = ", ".join("?" * len(some))
            with self._database.reading() as connection:
                rows = connection.execute(
                    f"SELECT {_COLUMNS} FROM events WHERE number IN ({places})",  # noqa: S608
                    tuple(some),
                ).fetchall()
            found += [_event(row) for row in rows]
        return found

    def histogram(
        self, key: Key, since: datetime, until: datetime, bins: int, kinds: Collection[str] | None
    ) -> list[int]:
        """Return how many events there are in each of so many equal parts of a time; `until` is not in it."""
        where, values = _where(key, since, until, kinds)
        begin, width = stamp(since), max(1, stamp(until) - stamp(since))
        counts = [0] * bins
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT (at - ?) * ? / ?, count(*) FROM events WHERE {where} GROUP BY 1",  # noqa: S608
                (begin, bins, width, *values),
            ).fetchall()
        for place, count in rows:
            counts[min(bins - 1, max(0, place))] += count
        return counts

    # --- letting go

    def size(self) -> int:
        """Return the bytes of all pictures together."""
        with self._database.reading() as connection:
            (size,) = connection.execute("SELECT coalesce(sum(bytes), 0) FROM events").fetchone()
        return int(size)

    def oldest(self, count: int, before: datetime | None = None) -> list[tuple[EventRow, int]]:
        """Return the events that came first, or those before a time, with the bytes of their pictures."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS}, bytes FROM events WHERE received < ? ORDER BY received LIMIT ?",  # noqa: S608
                (stamp(before or _LATEST), count),
            ).fetchall()
        return [(_event(row[:-1]), row[-1]) for row in rows]

    def forget(self, numbers: Sequence[int]) -> None:
        """Forget these events. Their pictures are the caller's to remove."""
        with self._database.writing() as connection:
            connection.executemany("DELETE FROM events WHERE number = ?", [(each,) for each in numbers])

    def forget_job(self, key: Key) -> None:
        """Forget all events of a job."""
        while True:
            with self._database.writing() as connection:
                gone = connection.execute(
                    "DELETE FROM events WHERE number IN "
                    "(SELECT number FROM events WHERE account_id = ? AND job_id = ? LIMIT ?)",
                    (*key, ROWS_AT_ONCE),
                ).rowcount
            if gone < ROWS_AT_ONCE:
                return


_LATEST = datetime(9999, 1, 1, tzinfo=UTC)


def stamp(time: datetime) -> int:
    """Return milliseconds since 1970."""
    return (time - _BEGINNING) // timedelta(milliseconds=1)


def moment(milliseconds: int) -> datetime:
    """Undo `stamp`."""
    return _BEGINNING + timedelta(milliseconds=milliseconds)


def _where(
    key: Key, since: datetime | None, until: datetime | None, kinds: Collection[str] | None
) -> tuple[str, list[object]]:
    where, values = "account_id = ? AND job_id = ?", list[object](key)
    for condition, time in (("at >= ?", since), ("at < ?", until)):
        if time is not None:
            where += f" AND {condition}"
            values.append(stamp(time))
    if kinds is not None:
        where += f" AND kind IN ({', '.join('?' * len(kinds))})"
        values += kinds
    return where, values


def _event(row: Sequence[Any]) -> EventRow:
    number, account, job, at, received, kind, facts, pictures = row
    names = tuple(str(each) for each in json.loads(str(pictures)))
    return EventRow(
        number, (str(account), str(job)), moment(at), moment(received), str(kind), read_facts(str(facts)), names
    )
