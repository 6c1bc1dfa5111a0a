"""The rest of the results joins tables that appeared early: also in two goes, and nothing of others is touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from batchdock.flows.results.early import ARRIVING, Early
from batchdock.flows.results.growing import GrowingFolder
from batchdock.flows.results.note import Note
from batchdock.flows.results.table import Tables


@contextmanager
def run(out: Path) -> Iterator[tuple[GrowingFolder, Note, Tables, Early]]:
    """One run of the program over the same hidden folder; it ends without saying so."""
    folder = GrowingFolder.take(out / ".batchdock-1")
    assert folder is not None
    note = Note(folder.note)
    tables = Tables(folder.tables, str)
    if (folder.tables / "table-0.csv").exists():
        tables.found.append(("table-0.csv", ".csv", None))
    try:
        yield folder, note, tables, Early(folder, note, tables)
    finally:
        note.close()
        folder.leave()


def a_table(tables: Tables) -> None:
    tables.next_path(".csv").write_text("image,found\na.jpg,1\n", encoding="utf-8")


def grown(folder: GrowingFolder) -> None:
    for place in ("details/a.jpg/results.json", "pictures/a/drawn.jpg", "pictures/b/drawn.jpg", "not processed.csv"):
        (folder.done / place).parent.mkdir(parents=True, exist_ok=True)
        (folder.done / place).write_text(place, encoding="utf-8")


def found(folder: Path) -> list[str]:
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())


WHOLE = [
    "details/a.jpg/results.json",
    "not processed.csv",
    "pictures/a/drawn.jpg",
    "pictures/b/drawn.jpg",
    "results.csv",
]


def test_without_tables_nothing_appears(tmp_path: Path) -> None:
    with run(tmp_path) as (_, _, _, early):
        assert early.bring(tmp_path, "Lot") is None
        assert early.place(tmp_path) is None
    assert [each.name for each in tmp_path.iterdir()] == [".batchdock-1"]


def test_what_was_moved_half_is_moved_to_its_end_by_the_next_run(tmp_path: Path) -> None:
    with run(tmp_path) as (folder, note, tables, early):
        a_table(tables)
        assert early.bring(tmp_path, "Lot") == tmp_path / "Lot"
        assert found(tmp_path / "Lot") == ["results.csv", ARRIVING]
        grown(folder)
        note.settle("Lot")
        (folder.done / "details").rename(tmp_path / "Lot" / "details")
        (tmp_path / "Lot" / "pictures" / "a").mkdir(parents=True)
        (folder.done / "pictures/a/drawn.jpg").rename(tmp_path / "Lot/pictures/a/drawn.jpg")
    with run(tmp_path) as (folder, note, _, early):
        assert note.settled_as == "Lot"
        assert early.has_all_tables()
        assert early.bring(tmp_path, "Lot") == early.place(tmp_path) == tmp_path / "Lot"
        early.join(tmp_path / "Lot")
        assert not folder.done.exists()
    assert found(tmp_path / "Lot") == WHOLE


def test_a_run_that_ended_before_they_appeared_lets_them_appear(tmp_path: Path) -> None:
    with run(tmp_path) as (folder, note, tables, _):
        a_table(tables)
        folder.early.mkdir()
        (folder.early / "half.csv").write_text("half")
        note.appear_early("Lot", 1)
    (tmp_path / "Lot").mkdir()  # By somebody else.
    with run(tmp_path) as (_, _, _, early):
        assert early.place(tmp_path) is None
        assert early.bring(tmp_path, "Lot") == tmp_path / "Lot 2"
    assert found(tmp_path / "Lot 2") == ["results.csv", ARRIVING]
    assert found(tmp_path / "Lot") == []


def test_a_link_that_was_put_in_its_place_is_not_followed(tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    with run(tmp_path) as (folder, _, tables, early):
        a_table(tables)
        early.bring(tmp_path, "Lot")
        (tmp_path / "Lot" / "pictures").symlink_to(away)
        grown(folder)
        early.join(tmp_path / "Lot")
    assert list(away.iterdir()) == []
    assert (tmp_path / "Lot" / "pictures (2)" / "a" / "drawn.jpg").exists()
