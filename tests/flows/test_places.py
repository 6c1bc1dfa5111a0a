import os
from pathlib import Path

import pytest

from batchdock.flows.results.places import NAME_LIMIT_BYTES, Places, appear

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
    assert found.picture("a.jpg", ("drawn.jpg",)) == "pictures/left/a/drawn.jpg"
    assert found.picture("a-2.jpg", ("drawn.jpg",)) == "pictures/right/a/drawn.jpg"
    assert found.details("a-2.jpg", ("results.json",)) == "details/right/a.jpg/results.json"
    assert found.originals == {"a.jpg", "a-2.jpg"}


def test_no_two_files_share_a_place() -> None:
    found = places()
    assert found.picture("a.jpg", ("x.jpg",)) == "pictures/left/a/x.jpg"
    assert found.picture("a.png", ("x.jpg",)) == "pictures/left/a.png/x.jpg"
    assert found.details("twice.jpg", ("x",)) == "details/same.jpg/x"
    assert found.details("twice-2.jpg", ("x",)) == "details/same (2).jpg/x"
    assert found.details("twice.jpg", ("y",)) == "details/same.jpg/y"


def test_names_change_only_where_the_disk_demands_it() -> None:
    assert places().details("n.jpg", ("x",)) == "details/two\nlines: 1.jpg/x"
    assert places(demanding=True).details("n.jpg", ("x",)) == "details/two_lines_ 1.jpg/x"


def test_no_name_leads_outside() -> None:
    assert places().original("evil.jpg") == "files/etc/passwd.jpg"
    assert ".." not in places().original("../x.jpg").split("/")


def test_names_that_some_disk_takes_for_one_are_never_given_twice() -> None:
    found = places()
    assert found.occupy("other/A.jpg") == "other/A.jpg"
    assert found.occupy("other/a.jpg") == "other/a (2).jpg"
    assert found.occupy("other/e\u0301.jpg") == "other/e\u0301.jpg"
    assert found.occupy("other/\xe9.jpg") == "other/\xe9 (2).jpg"
    found.give_back("other/a (2).jpg")
    assert found.occupy("other/A.JPG") == "other/A (2).JPG"


def test_a_name_that_no_disk_takes_is_cut(tmp_path: Path) -> None:
    for name in ("x" * 300 + ".jpg", "사진" * 100 + ".jpg", "y" * 300):
        place = places().other((name,))
        assert len(os.fsencode(place)) <= NAME_LIMIT_BYTES + len("other/")
        assert place.endswith(".jpg") or "." not in name
        (tmp_path / place.removeprefix("other/")).touch()


@pytest.mark.parametrize("name", ["con", "NUL.txt", "a.", "a ", "a:b", "tab\t", "\x01", "a?", "LPT1.jpg"])
def test_a_demanding_disk_gets_names_that_it_takes(name: str) -> None:
    given = places(demanding=True).other((name,)).removeprefix("other/")
    assert given != name
    assert not set(given) & set('<>:"/\\|?*\t\x01')
    assert given == given.rstrip(". ")


def test_a_later_process_gives_the_same_names() -> None:
    before, after = places(), places()
    before.occupy(before.details("twice.jpg", ("x",)))
    after.take_in(homes=before.homes, stems=before.stems, originals=["twice.jpg"], made=["details/same.jpg/x"])
    assert after.details("twice.jpg", ("y",)) == "details/same.jpg/y"
    assert after.details("twice-2.jpg", ("x",)) == "details/same (2).jpg/x"
    assert after.occupy("details/same.jpg/X") == "details/same.jpg/X (2)"
    assert after.originals == {"twice.jpg", "twice-2.jpg"}


def test_a_folder_that_is_there_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "Lot").mkdir()
    (tmp_path / "Lot 2").write_text("", encoding="utf-8")
    chosen: list[str] = []
    for _ in range(2):
        done = tmp_path / "done"
        done.mkdir()
        (done / "a").touch()
        appear(done, tmp_path, "Lot", chosen.append)
    assert chosen == ["Lot 3", "Lot 4"]
    assert not list((tmp_path / "Lot").iterdir())
    assert (tmp_path / "Lot 4" / "a").exists()
