"""The ledger of a folder with datasets: each content once, wherever it belongs, and what is here of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from batchdock.store.taken import Ledger
from batchdock.store.taken_rows import Arrival, Had, Listed

ONE, TWO = "1" * 40, "2" * 40


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


def segment(ledger: Ledger, version: str = "c1") -> int:
    dataset = ledger.want_dataset("d1", "harbor", "harbor")
    known = next((each for each in ledger.versions(dataset) if each.mark == version), None)
    number = ledger.want_version(dataset, known, version, version, version)
    return ledger.want_segment(number, "train", "train")


def listed(name: str, checksum: str | None, *, version: str = "c1", proven: bool = True) -> Listed:
    return Listed("", "", "", name, f"harbor/{version}/train/{name}", checksum, proven, 0)


def test_a_content_is_to_come_once_however_often_it_is_needed(ledger: Ledger) -> None:
    ledger.list_files(segment(ledger), [listed("a", ONE), listed("b", ONE), listed("a", ONE)])
    ledger.list_files(segment(ledger, "c2"), [listed("a", ONE, version="c2"), listed("c", TWO, version="c2")])
    wanted = ledger.to_fetch(10)
    assert [(each.checksum, each.remote, each.mark) for each in wanted] == [(ONE, "a", "c1"), (TWO, "c", "c2")]
    assert len(ledger.to_fetch(1)) == 1
    places = ledger.places_of(wanted[0].content)
    assert [each.place for each in places] == [f"harbor/{each}" for each in ("c1/train/a", "c1/train/b", "c2/train/a")]
    ledger.arrived([Arrival(wanted[0].content, ONE, 7, tuple(each.number for each in places))])
    assert [each.checksum for each in ledger.to_fetch(10)] == [TWO]
    totals = ledger.totals.tally()
    assert (totals.files, totals.here, totals.bytes) == (4, 3, 21)
    contents = ledger.totals.contents()
    assert (contents.files, contents.here, contents.bytes) == (2, 1, 7)


def test_what_is_gone_from_everywhere_is_to_come_again(ledger: Ledger) -> None:
    ledger.list_files(segment(ledger), [listed("a", ONE), listed("b", ONE)])
    (wanted,) = ledger.to_fetch(10)
    first, second = (each.number for each in ledger.places_of(wanted.content))
    ledger.arrived([Arrival(wanted.content, ONE, 7, (first, second))])
    ledger.gone([first])
    assert not ledger.to_fetch(10)
    assert [(row.number, donor) for row, donor in ledger.to_link()] == [(first, "harbor/c1/train/b")]
    ledger.gone([second])
    assert [each.checksum for each in ledger.to_fetch(10)] == [ONE]


def test_without_checksums_what_turns_out_to_be_the_same_is_one(ledger: Ledger) -> None:
    ledger.list_files(segment(ledger), [listed("a", None, proven=False), listed("b", None, proven=False)])
    one, two = ledger.to_fetch(10)
    ledger.arrived([Arrival(each.content, ONE, 7, (each.place,)) for each in (one, two)])
    contents = ledger.totals.contents()
    assert (contents.files, contents.here, contents.unproven) == (1, 1, 1)
    assert {each.state for rows in ledger.every_place() for each in rows} == {Had.HERE}


def test_what_was_thought_to_be_one_is_taken_apart(ledger: Ledger) -> None:
    ledger.list_files(segment(ledger), [listed("a", ONE, proven=False), listed("b", ONE, proven=False)])
    (wanted,) = ledger.to_fetch(10)
    ledger.split(wanted.content)
    assert [(each.remote, each.checksum) for each in ledger.to_fetch(10)] == [("a", None), ("b", None)]


def test_what_an_earlier_run_wanted_is_not_asked_for(ledger: Ledger) -> None:
    number = segment(ledger)
    ledger.list_files(number, [listed("a", ONE)])
    ledger.has_listed(number, "all")
    (wanted,) = ledger.to_fetch(10)
    ledger.lost(wanted.content, "It is gone.")
    assert [each.reason for each in ledger.totals.missing()] == ["It is gone."]
    ledger.begin()
    assert not ledger.to_fetch(10)
    assert not list(ledger.totals.missing())
    assert segment(ledger) == number
    # It gets another chance.
    assert [each.remote for each in ledger.to_fetch(10)] == ["a"]


def test_a_name_of_any_characters_comes_back(ledger: Ledger) -> None:
    name = "\udce9\x00 %_' 港"
    segment(ledger)
    (version,) = ledger.versions(1)
    number = ledger.want_segment(version.number, name, "x")
    ledger.list_files(number, [listed(name, ONE)])
    assert [(each.remote, each.segment_name) for each in ledger.to_fetch(10)] == [(name, name)]
    ledger.refuse("segments", number, "Not now.")
    assert [(each.segment, each.reason) for each in ledger.totals.refused()] == [(name, "Not now.")]


def test_it_is_one_file_after_a_crash(tmp_path: Path, ledger: Ledger) -> None:
    ledger.list_files(segment(ledger), [listed("a", ONE)])
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes((tmp_path / "ledger.sqlite").read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM places").fetchone() == (1,)
