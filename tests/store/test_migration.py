"""A journal that the first release wrote goes on in this one."""

import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from batchdock.core.transfer import Wanted
from batchdock.store import Journal, PieceState, Queued, Way

_SENDING = (
    "INSERT INTO sendings (number, transfer_id, account_id, batch_id, batch_name, content, way, started, files, bytes, "
    "finished, job_id) VALUES (?, ?, 'acme', 'lot-1', 'Lot', 'images', ?, '2026-10-01T12:00:00.250000+00:00', 4, 40, "
    "?, NULL)"
)
_AT = 1790856000.0


def written_by_the_first_release(home: Path) -> None:
    """Make a journal with two sendings of four files: one of tars that broke off, one that was finished."""
    script = (files("batchdock.store") / "migrations" / "0001.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(home / "journal.sqlite")) as connection:
        connection.executescript(script)
        connection.execute("PRAGMA user_version = 1")
        connection.execute(_SENDING, (1, "t-1", "tars", 0))
        connection.execute(_SENDING, (2, "t-2", "single", 1))
        connection.executemany(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, 10, 1.5, ?)",
            [
                (sending, n, f"{n}.jpg", f"a/{n}.jpg".encode(), f"/p/{n}.jpg".encode(), "gone" if n == 3 else None)
                for sending in (1, 2)
                for n in range(4)
            ],
        )
        connection.executemany(
            "INSERT INTO pieces VALUES (?, ?, ?, ?, 20, ?)",
            [(1, 0, 0, 2, 2), (1, 1, 2, 4, 1), *((2, n, n, n + 1, 2) for n in range(4))],
        )
        connection.commit()


def test_a_journal_of_the_first_release_goes_on(tmp_path: Path) -> None:
    written_by_the_first_release(tmp_path)
    journal = Journal(tmp_path)
    (sending,) = journal.sendings.unfinished()
    assert (sending.transfer_id, sending.way, sending.files) == ("t-1", Way.TARS, 4)
    assert [row.sent for row in journal.sendings.files(1)] == [_AT, _AT, None, None]
    assert [row.sent for row in journal.sendings.files(2)] == [_AT, _AT, _AT, None]
    assert [row.original for row in journal.sendings.lost(1)] == ["a/3.jpg"]
    assert [piece.state for piece in journal.sendings.pieces(1)] == [PieceState.CONFIRMED, PieceState.TRIED]
    journal.sendings.arrived(1, [(2, b"x" * 32)], 7.0, pieces=[1])
    journal.queue.put([Queued("t-1", Wanted.PAUSED, 3.0)])
    journal.close()
    journal = Journal(tmp_path)
    assert (journal.sendings.files(1)[2].sha256, journal.sendings.files(1)[2].sent) == (b"x" * 32, 7.0)
    assert journal.queue.all() == [Queued("t-1", Wanted.PAUSED, 3.0)]
    journal.close()
