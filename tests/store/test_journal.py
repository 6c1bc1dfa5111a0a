import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.batch import Content
from batchdock.core.errors import DiskFull, FolderNotWritable, MadeByNewerVersion
from batchdock.core.job import Job, JobDefinition
from batchdock.core.states import JobState
from batchdock.store import FileRow, JobRecord, Journal, Phase, Piece, PieceState, Sending, Way

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
JOB = Job(
    "this-computer",
    "j-1",
    "수확 17",
    JobState.RUNNING,
    content=Content.IMAGES,
    created=AT,
    output_batches=("j-1-export",),
    items_total=3,
)
DEFINITION = JobDefinition(
    content=Content.IMAGES, batch_id="b-1", workflow_id="read-codes", parameters={"a": [1]}, image_outputs=("x",)
)


def begun(journal: Journal, names: list[str], transfer_id: str = "t-1", batch_id: str = "b-1") -> Sending:
    files = [FileRow(n, f"{n}.jpg", name, Path("/p") / name, 10 + n, 1.5) for n, name in enumerate(names)]
    pieces = [Piece(n, n, n + 1, 10 + n) for n in range(len(names))]
    return journal.sendings.begin(
        transfer_id=transfer_id,
        account_id="this-computer",
        batch_id=batch_id,
        batch_name="Lot",
        content=Content.IMAGES,
        way=Way.SINGLE,
        started=AT,
        job_id="j-1",
        files=files,
        pieces=pieces,
    )


def tars(journal: Journal, sizes: list[list[int]], transfer_id: str = "t-1") -> Sending:
    flat = [size for piece in sizes for size in piece]
    files = [FileRow(n, f"{n}.jpg", f"{n}.jpg", Path(f"/p/{n}.jpg"), size, 1.5) for n, size in enumerate(flat)]
    pieces, first = [], 0
    for number, piece in enumerate(sizes):
        pieces.append(Piece(number, first, first + len(piece), sum(piece)))
        first += len(piece)
    return journal.sendings.begin(
        transfer_id=transfer_id,
        account_id="acme",
        batch_id="b-1",
        batch_name="Lot",
        content=Content.IMAGES,
        way=Way.TARS,
        started=AT,
        job_id=None,
        files=files,
        pieces=pieces,
    )


def test_a_job_comes_back_as_it_was(tmp_path: Path) -> None:
    cameras: dict[str, Any] = {"video_source": "정문", "algorithm": "Ships", "vendor": "VIAS", "runs_on": "edge"}
    job = replace(JOB, goes_out=AT, tags=("field 3",), note="Wet day", groups=("north", "quay"), **cameras)
    record = JobRecord(
        job, Phase.SENDING, DEFINITION, hidden=True, own_name="mine", saved=Path("/a/\udce9"), trial=True, waits=True
    )
    first = Journal(tmp_path)
    first.jobs.put([record])
    first.close()
    second = Journal(tmp_path)
    assert second.jobs.all() == [record]
    assert second.jobs.get("this-computer", "j-1") == record
    assert second.jobs.get("this-computer", "j-2") is None
    second.jobs.forget([("this-computer", "j-2"), ("another", "j-1")])
    assert second.jobs.all() == [record]
    second.jobs.put([replace(record, phase=Phase.STARTED)])
    assert [each.phase for each in second.jobs.all()] == [Phase.STARTED]
    second.jobs.forget_account("this-computer")
    assert second.jobs.all() == []
    second.close()


def test_names_that_are_no_text_come_back(tmp_path: Path) -> None:
    names = ["caf\udce9.jpg", "two\nlines.jpg", "🍎.jpg"]
    journal = Journal(tmp_path)
    sending = begun(journal, names)
    assert [row.original for row in journal.sendings.every_file(sending.number)] == names
    assert journal.sendings.original("this-computer", "b-1", "0.jpg") == names[0]
    assert journal.sendings.original("this-computer", "b-1", "9.jpg") is None
    assert journal.sendings.original("other", "b-1", "0.jpg") is None
    journal.close()


def test_pieces_and_losses_are_remembered(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    sending = begun(journal, ["a", "b", "c"])
    assert (sending.files, sending.bytes, sending.finished) == (3, 33, False)
    journal.sendings.mark(sending.number, [0, 2], PieceState.CONFIRMED)
    journal.sendings.mark(sending.number, [1], PieceState.TRIED)
    journal.sendings.lose(sending.number, 1, "gone")
    journal.close()
    journal = Journal(tmp_path)
    states = [piece.state for piece in journal.sendings.pieces(sending.number)]
    assert states == [PieceState.CONFIRMED, PieceState.TRIED, PieceState.CONFIRMED]
    assert [(row.original, row.lost) for row in journal.sendings.lost(sending.number)] == [("b", "gone")]
    assert journal.sendings.unfinished() == [sending]
    journal.sendings.finish(sending.number)
    assert journal.sendings.unfinished() == []
    journal.close()


def test_what_arrived_is_dated_and_has_its_hash(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    number = begun(journal, ["a", "b", "c"]).number
    journal.sendings.arrived(number, [(0, b"0" * 32)], 100.0, pieces=[0])
    journal.sendings.lose(number, 1, "gone")
    journal.sendings.mark(number, [0, 1, 2], PieceState.CONFIRMED)
    rows = journal.sendings.files(number)
    assert [row.sha256 for row in rows] == [b"0" * 32, None, None]
    assert rows[0].sent == 100.0
    assert rows[1].sent is None
    assert rows[2].sent is not None
    assert rows[2].sent > 100.0
    assert journal.sendings.pieces(number, PieceState.PLANNED) == []
    # A second time: the hash of what went over later, and never none where one was known.
    journal.sendings.arrived(number, [(0, None), (2, b"2" * 32)], 200.0)
    assert [row.sha256 for row in journal.sendings.files(number)] == [b"0" * 32, None, b"2" * 32]
    journal.close()


def test_planned_pieces_are_cut_when_a_service_takes_less(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    sending = tars(journal, [[100] * 5, [100] * 5, [100] * 2, [5_000_000]])
    journal.sendings.mark(sending.number, [0], PieceState.CONFIRMED)
    again = journal.sendings.replan(sending.number, files=2)
    assert [(piece.first, piece.last, piece.bytes) for piece in again] == [
        (5, 7, 200),
        (7, 9, 200),
        (9, 10, 100),
        (10, 12, 200),
        (12, 13, 5_000_000),
    ]
    assert [piece.piece for piece in again] == [4, 5, 6, 2, 3]
    by_bytes = journal.sendings.replan(sending.number, bytes=2_500)
    assert [(piece.first, piece.last) for piece in by_bytes] == [(n, n + 1) for n in range(5, 13)]
    assert len({piece.piece for piece in journal.sendings.pieces(sending.number)}) == 9
    assert journal.sendings.pieces(sending.number)[0].state is PieceState.CONFIRMED
    journal.close()


def test_after_a_power_cut_no_tar_is_known_not_to_have_left(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    unfinished = tars(journal, [[1], [1]], "t-1")
    finished = tars(journal, [[1]], "t-2")
    single = begun(journal, ["a"], "t-3")
    journal.sendings.finish(finished.number)
    journal.sendings.mark(unfinished.number, [0], PieceState.CONFIRMED)
    journal.sendings.doubt()
    states = [
        [piece.state for piece in journal.sendings.pieces(each.number)] for each in (unfinished, finished, single)
    ]
    assert states == [
        [PieceState.CONFIRMED, PieceState.TRIED],
        [PieceState.PLANNED],
        [PieceState.PLANNED],
    ]
    journal.close()


def test_a_sending_that_was_not_written_to_its_end_does_not_count(tmp_path: Path) -> None:
    journal = Journal(tmp_path)

    def files() -> list[FileRow]:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        journal.sendings.begin(
            transfer_id="t-9",
            account_id="a",
            batch_id="b",
            batch_name="",
            content=Content.IMAGES,
            way=Way.TARS,
            started=AT,
            job_id=None,
            files=(row for row in files()),
            pieces=(),
        )
    assert journal.sendings.unfinished() == []
    assert journal.sendings.of_batch("a", "b") == []
    journal.close()


def test_a_full_disk_is_called_that_and_nothing_is_half_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    sending = begun(journal, ["a", "b"])
    with journal._database.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    many = [JobRecord(replace(JOB, job_id=f"j-{n}", message="x" * 500), Phase.SENDING) for n in range(1_000)]
    with pytest.raises(DiskFull) as caught:
        journal.jobs.put(many)
    assert caught.value.values["folder"] == tmp_path
    assert journal.jobs.all() == []
    with journal._database.reading() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    journal.jobs.put(many)
    journal.sendings.mark(sending.number, [0], PieceState.CONFIRMED)
    assert len(journal.jobs.all()) == 1_000
    journal.close()


def test_a_damaged_journal_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"this is no database, it is a text of some length" * 100)
    journal = Journal(tmp_path)
    assert journal.set_aside is not None
    assert journal.set_aside.read_bytes().startswith(b"this is no database")
    assert journal.jobs.all() == []
    journal.close()


def test_a_newer_journal_is_not_touched(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(MadeByNewerVersion):
        Journal(tmp_path)


def test_a_home_that_is_a_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    with pytest.raises(FolderNotWritable):
        Journal(tmp_path / "home")


def test_dismissed_problems_are_remembered_until_recalled(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.dismiss("job:1")
    journal.dismiss("job:1")
    assert journal.is_dismissed("job:1")
    journal.recall("job:1")
    assert not journal.is_dismissed("job:1")
    journal.close()


def test_where_files_came_from_and_which_they_were(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    sending = begun(journal, ["a/수확.jpg", "b.jpg", "c.jpg"])
    assert journal.files.roots("this-computer", "b-1") == [Path("/p")]
    journal.files.relocate(sending.number, [(1, Path("/새 곳/elsewhere.jpg"))])
    assert set(journal.files.roots("this-computer", "b-1")) == {Path("/p"), Path("/새 곳")}
    journal.sendings.lose(sending.number, 2, "gone")
    assert journal.files.identities("this-computer", "b-1") == {
        ("/p/a/수확.jpg", 10, 1.5),
        ("/새 곳/elsewhere.jpg", 11, 1.5),
    }
    assert journal.files.roots("this-computer", "b-2") == []
    journal.close()
