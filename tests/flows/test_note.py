"""The note of a saving: what a killed process and a loss of power leave of it."""

from pathlib import Path

import pytest

from batchdock.flows.results import note
from batchdock.flows.results.note import Note, Step


def steps(*names: str) -> list[Step]:
    return [
        Step(
            ("b", None, "s", name),
            made=[f"details/{name}"],
            homes={name: "\udce9.jpg"},
            tables=[("table-0.csv", ".csv", None)],
            refused=[(name, "why")],
        )
        for name in names
    ]


def known(path: Path) -> list[Step]:
    found = Note(path)
    try:
        return [
            Step(**{**{name: getattr(each, name) for name in Step.__slots__}, "tables": [*map(tuple, each.tables)]})
            for each in found.steps()
        ]
    finally:
        found.close()


def names(path: Path) -> list[str]:
    return [each.key[3] for each in known(path)]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "note.jsonl"
    made = Note(path)
    made.add(steps("1", "2"))
    made.flush()
    made.add(steps("3"))
    made.close()
    return path


def test_everything_comes_back(written: Path) -> None:
    (first, *_) = known(written)
    assert (first.key, first.made, first.homes) == (("b", None, "s", "1"), ["details/1"], {"1": "\udce9.jpg"})
    assert names(written) == ["1", "2", "3"]


def test_a_line_that_was_being_written_is_forgotten_and_the_next_one_follows(written: Path) -> None:
    whole = written.read_bytes()
    last = whole.rstrip(b"\n").rpartition(b"\n")[2]
    for cut in (1, len(last) // 2, len(last)):
        written.write_bytes(whole[:-cut])
        again = Note(written)
        assert [each.key[3] for each in again.steps()] == ["1", "2"]
        again.add(steps("4"))
        again.close()
        assert names(written) == ["1", "2", "4"]


def test_after_a_loss_of_power_only_what_was_flushed_counts(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(note, "_boot", lambda: "another")
    again = Note(written)
    assert not again.unbroken
    assert [each.key[3] for each in again.steps()] == ["1", "2"]
    again.add(steps("4"))
    again.close()
    assert names(written) == ["1", "2", "4"]
    monkeypatch.setattr(note, "_boot", lambda: "a third")
    assert names(written) == ["1", "2"]


def test_under_which_name_it_appears_is_remembered(written: Path) -> None:
    made = Note(written)
    made.settle("Lot")
    made.settle("Lot 2")
    made.close()
    again = Note(written)
    assert again.settled_as == "Lot 2"
    again.close()
