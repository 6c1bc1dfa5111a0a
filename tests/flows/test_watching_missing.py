"""What a batch of a watched folder missed, told from what went over."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.problem import GONE, NOT_READ
from batchdock.core.states import JobState
from batchdock.core.watched import Patterns, WatchedBatch
from batchdock.flows.watching.finished import Looker
from batchdock.flows.watching.missing import Missing
from batchdock.store import FileRow, Journal, Piece, Way

JOB = Job("paid", "w-1-1i", "Lot 1", JobState.DONE_WITH_PROBLEMS, batch_id="b-1")


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:
    with closing(Journal(home)) as opened:
        yield opened


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


def looked(journal: Journal, drop: Path) -> Looker:
    looker = Looker(journal.watched.folder(drop, "t"), journal.watched, Patterns(), settled_seconds=0.0)
    looker.look()
    return looker


def claimed(journal: Journal, drop: Path, **files: bytes) -> WatchedBatch:
    for name, data in files.items():
        (drop / f"{name}.jpg").write_bytes(data)
    looked(journal, drop)
    batch = journal.watched.claim(journal.watched.folder(drop, "t"), 100)
    assert batch is not None
    return batch


def sent(journal: Journal, drop: Path, *names: str, digests: dict[str, bytes] | None = None) -> None:
    """Note that files went over, with these SHA-256; without any, as references."""
    rows = []
    for number, name in enumerate(names):
        about = (drop / f"{name}.jpg").stat()
        rows.append(FileRow(number, f"{name}.jpg", f"{name}.jpg", drop / f"{name}.jpg", about.st_size, about.st_mtime))
    sending = journal.sendings.begin(
        transfer_id="t-1",
        account_id=JOB.account_id,
        batch_id=JOB.batch_id,
        batch_name="Lot 1",
        content=Content.IMAGES,
        way=Way.TARS if digests is not None else Way.REFERENCES,
        started=datetime.now(UTC),
        job_id=JOB.job_id,
        files=rows,
        pieces=[Piece(0, 0, len(rows), 1)],
    )
    if digests is not None:
        known = [(number, digests[name]) for number, name in enumerate(names)]
        journal.sendings.arrived(sending.number, known, 1.0, pieces=[0])


def missed(journal: Journal, batch: WatchedBatch, *, tell: Missing | None = None, **causes: str) -> list[str]:
    by_name = {f"{name}.jpg": cause for name, cause in causes.items()}
    found = (tell or Missing(journal)).of(batch, set(), (JOB,), {JOB.key: by_name})
    return sorted(each.path for each in found.files)


def test_other_bytes_that_went_over_are_known_and_what_was_claimed_is_not(journal: Journal, drop: Path) -> None:
    batch = claimed(journal, drop, a=b"whole", b=b"other")
    (drop / "a.jpg").write_bytes(b"cut")
    sent(journal, drop, "a", "b", digests={each: digest(drop / f"{each}.jpg") for each in "ab"})
    found = Missing(journal).of(batch, set(), (JOB,), {})
    assert [each.path for each in found.files] == ["a.jpg"]
    assert [each.digest for each in found.others] == [digest(drop / "a.jpg")]
    journal.watched.finish(batch, found.files, found.others)
    looked(journal, drop)
    assert journal.watched.waiting(batch.folder)[0] == 0  # What went over is there still: not again.
    (drop / "a.jpg").write_bytes(b"whole")
    looked(journal, drop)
    assert journal.watched.waiting(batch.folder)[0] == 1


def test_what_went_over_whole_does_not_go_again_whatever_became_of_it(journal: Journal, drop: Path) -> None:
    batch = claimed(journal, drop, a=b"one", b=b"two")
    sent(journal, drop, "a", "b", digests={each: digest(drop / f"{each}.jpg") for each in "ab"})
    (drop / "a.jpg").unlink()
    assert missed(journal, batch, a="It is no picture.", b=f"{GONE}.") == []


def test_a_file_that_its_disk_does_not_hand_over_is_tried_three_times(journal: Journal, drop: Path) -> None:
    batch = claimed(journal, drop, a=b"one", b=b"two")
    sent(journal, drop, "a", "b")
    tell, cause = Missing(journal), f"{NOT_READ}: the computer answered “Input/output error”."
    assert [missed(journal, batch, tell=tell, a=cause) for _ in range(4)] == [["a.jpg"], ["a.jpg"], [], []]
    assert missed(journal, batch, a=f"{GONE}: its disk is gone.") == ["a.jpg"]
    assert missed(journal, batch, a="It is no picture.") == []


def test_copies_of_what_was_missed_were_missed_as_well(journal: Journal, drop: Path) -> None:
    batch = claimed(journal, drop, a=b"same", b=b"same", c=b"other")
    sent(journal, drop, "a", "c")
    refused = {drop / "b.jpg"}  # As a copy of the first.
    assert Missing(journal).of(batch, refused, (JOB,), {}).files == ()
    found = Missing(journal).of(batch, refused, (JOB,), {JOB.key: {"a.jpg": f"{GONE}."}})
    assert sorted(each.path for each in found.files) == ["a.jpg", "b.jpg"]


def digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
