from pathlib import Path, PurePosixPath

from batchdock.flows.results.places import Places, claim

NAMES = {
    "a.jpg": "left/a.jpg",
    "a-2.jpg": "right/a.jpg",
    "a.png": "left/a.png",
    "twice.jpg": "same.jpg",
    "twice-2.jpg": "same.jpg",
    "n.jpg": "two\nlines: 1.jpg",
    "evil.jpg": "../../etc/passwd.jpg",
}


def places(*, demanding: bool = False) -> Places:
    return Places(lambda wire: NAMES.get(wire, wire), demanding)


def test_original_paths_come_back() -> None:
    found = places()
    assert found.picture("a.jpg", ("drawn.jpg",)) == PurePosixPath("pictures/left/a/drawn.jpg")
    assert found.picture("a-2.jpg", ("drawn.jpg",)) == PurePosixPath("pictures/right/a/drawn.jpg")
    assert found.details("a-2.jpg", ("results.json",)) == PurePosixPath("details/right/a.jpg/results.json")
    assert found.originals == {"a.jpg", "a-2.jpg"}


def test_no_two_files_share_a_place() -> None:
    found = places()
    assert found.picture("a.jpg", ("x.jpg",)) == PurePosixPath("pictures/left/a/x.jpg")
    assert found.picture("a.png", ("x.jpg",)) == PurePosixPath("pictures/left/a.png/x.jpg")
    assert found.details("twice.jpg", ("x",)) == PurePosixPath("details/same.jpg/x")
    assert found.details("twice-2.jpg", ("x",)) == PurePosixPath("details/same (2).jpg/x")
    assert found.details("twice.jpg", ("y",)) == PurePosixPath("details/same.jpg/y")


def test_names_change_only_where_the_disk_demands_it() -> None:
    assert places().details("n.jpg", ("x",)) == PurePosixPath("details/two\nlines: 1.jpg/x")
    assert places(demanding=True).details("n.jpg", ("x",)) == PurePosixPath("details/two_lines_ 1.jpg/x")


def test_no_name_leads_outside() -> None:
    assert places().original("evil.jpg") == PurePosixPath("files/etc/passwd.jpg")
    assert ".." not in places().original("../x.jpg").parts


def test_a_folder_that_is_there_is_never_touched(tmp_path: Path) -> None:
    assert [claim(tmp_path, "Lot").name for _ in range(3)] == ["Lot", "Lot 2", "Lot 3"]
    (tmp_path / "File").write_text("", encoding="utf-8")
    assert claim(tmp_path, "File").name == "File 2"
