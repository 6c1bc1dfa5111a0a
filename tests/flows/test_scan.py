import os
import random
import threading
import unicodedata
from pathlib import Path

import pytest

from batchdock.core.intake import Finding
from batchdock.flows.intake.scan import Root, Walk, natural, walk


def relatives(*roots: Path) -> list[str]:
    return [found.relative for found in walk(roots)]


def files(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def test_folders_are_walked_in_natural_order(tmp_path: Path) -> None:
    files(tmp_path, "b/10.jpg", "b/9.jpg", "a.jpg", "B2.jpg", "b/1/x.jpg")
    assert relatives(tmp_path) == ["a.jpg", "b/1/x.jpg", "b/9.jpg", "b/10.jpg", "B2.jpg"]


@pytest.mark.parametrize(
    "ordered",
    [
        ["a1", "a²", "图9", "图10"],
        ["1.jpg", "2.jpg", "10.jpg", "100.jpg", "a.jpg", "B.jpg", "c.jpg"],
        ["चित्र ९", "चित्र १०", "चित्र १००"],
        ["사진 9", unicodedata.normalize("NFD", "사진 10"), "사진 11"],
        ["img2a", "img2b", "img10", "img010b", "imga"],
        ["x" + "9" * 100, "x1" + "0" * 100],
        ["a", "a1", "a1b", "a b", "ab"],
    ],
)
def test_natural_order_takes_digits_of_every_script(ordered: list[str]) -> None:
    assert sorted(random.Random(1).sample(ordered, len(ordered)), key=natural) == ordered


def test_hidden_and_system_files_are_passed_over_inside_folders_only(tmp_path: Path) -> None:
    files(tmp_path, ".hidden.jpg", "Thumbs.db", "__MACOSX/a.jpg", ".git/x.jpg", "kept.jpg")
    assert relatives(tmp_path) == ["kept.jpg"]
    assert relatives(tmp_path / ".hidden.jpg") == [".hidden.jpg"]
    walking = Walk({})
    assert len(list(walking.files(Root(tmp_path, "")))) == 1
    assert walking.passed_over == 4


def test_several_roots_are_told_apart(tmp_path: Path) -> None:
    files(tmp_path, "one/lot/a.jpg", "two/lot/a.jpg", "b.jpg")
    assert relatives(tmp_path / "one/lot", tmp_path / "two/lot") == ["one/lot/a.jpg", "two/lot/a.jpg"]
    assert relatives(tmp_path / "one/lot", tmp_path / "b.jpg") == ["lot/a.jpg", "b.jpg"]
    assert relatives(tmp_path / "one/lot/a.jpg", tmp_path / "two/lot/a.jpg") == ["one/lot/a.jpg", "two/lot/a.jpg"]


def test_nothing_is_met_twice(tmp_path: Path) -> None:
    files(tmp_path, "a/x.jpg")
    (tmp_path / "a" / "loop").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "again").symlink_to(tmp_path / "a", target_is_directory=True)
    assert relatives(tmp_path, tmp_path / "a", tmp_path / "a" / "x.jpg", tmp_path) == ["a/x.jpg"]


def test_links_that_lead_nowhere_or_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").symlink_to("nowhere")
    (tmp_path / "circle.jpg").symlink_to("circle.jpg")
    assert [(f.relative, f.finding) for f in walk([tmp_path])] == [
        ("broken.jpg", Finding.BROKEN_LINK),
        ("circle.jpg", Finding.BROKEN_LINK),
    ]


def test_what_is_not_there_and_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found = {f.relative: f.finding for f in walk([tmp_path, tmp_path.parent / "gone"])}
    assert found[f"{tmp_path.name}/pipe"] is Finding.UNSUPPORTED
    assert found["gone"] is Finding.VANISHED


@pytest.mark.parametrize("name", ["두 번째.jpg", "चित्र.jpg", "图.jpg", "🍎.jpg", "two\nlines.jpg", "caf\udce9.jpg"])
def test_names_come_through_unchanged(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    (found,) = walk([tmp_path])
    assert found.relative == name
    assert found.path.read_bytes() == b"x"


class Dangling(type(Path())):  # type: ignore[misc]
    """A path on a mount whose far end has gone: every look at it is answered with “not connected”."""

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        raise OSError(107, "Transport endpoint is not connected")


def test_a_mount_whose_disk_went_away(tmp_path: Path) -> None:
    (found,) = walk([Dangling(tmp_path / "share")])
    assert found.finding is Finding.NOT_REACHABLE
    assert found.note == "Transport endpoint is not connected"


def test_the_first_file_of_many_comes_before_the_last_is_read(tmp_path: Path) -> None:
    for number in range(2000):
        (tmp_path / f"{number}.jpg").touch()
    walking = walk([tmp_path])
    assert next(walking).relative == "0.jpg"
    (tmp_path / "1999.jpg").unlink()
    rest = list(walking)
    assert len(rest) == 1999
    assert (rest[-1].relative, rest[-1].finding) == ("1999.jpg", Finding.VANISHED)


def test_what_goes_while_it_is_walked_is_named(tmp_path: Path) -> None:
    files(tmp_path, "1.jpg", "2.jpg", "3/a.jpg", "4/a.jpg", "5.jpg")
    walking = walk([tmp_path])
    met = [next(walking)]
    (tmp_path / "2.jpg").unlink()
    (tmp_path / "3" / "a.jpg").unlink()
    (tmp_path / "3").rmdir()
    (tmp_path / "3").write_bytes(b"a file now")
    (tmp_path / "4").rename(tmp_path / "5")
    met += walking
    assert [(found.relative, found.finding) for found in met] == [
        ("1.jpg", None),
        ("2.jpg", Finding.VANISHED),
        ("3", None),
        ("4", Finding.VANISHED),
        ("5.jpg", None),
    ]


def test_a_folder_that_grows_while_it_is_walked_comes_to_an_end(tmp_path: Path) -> None:
    files(tmp_path, *(f"old {number}.jpg" for number in range(500)))
    ended = threading.Event()

    def grow() -> None:
        for number in range(100_000):
            if ended.is_set():
                return
            (tmp_path / f"new {number}.jpg").touch()

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        met = relatives(tmp_path)
    finally:
        ended.set()
        growing.join()
    assert len(set(met)) == len(met)
    assert {name for name in met if name.startswith("old")} == {f"old {number}.jpg" for number in range(500)}


def test_a_step_can_end_the_walk_within_a_large_folder(tmp_path: Path) -> None:
    files(tmp_path, *(f"{number}.jpg" for number in range(50)))
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(Walk({}, step).files(Root(tmp_path, "")))
    assert steps == 10


def test_folders_may_lie_deeper_in_each_other_than_calls(tmp_path: Path) -> None:
    deep = 1200
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(deep):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(os.open("x.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    (found,) = walk([tmp_path])
    # Whoever clears up afterwards calls itself for every level.
    while (tmp_path / "d" / "d").exists():
        (tmp_path / "d" / "d").rename(tmp_path / "e")
        (tmp_path / "d").rmdir()
        (tmp_path / "e").rename(tmp_path / "d")
    assert found.finding is None
    assert found.relative == "d/" * deep + "x.jpg"
