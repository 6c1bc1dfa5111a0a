"""What was dropped on a dataset: which files go where, whatever lies among them."""

import os
import sys
from pathlib import Path

import pytest

from batchdock.flows.datasets.filling import plan
from batchdock.flows.datasets.filling.wishes import FillWish, wish_of, wish_text


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"bytes")
    return path


def places(*dropped: Path) -> set[tuple[str, str]]:
    return {(each.segment, each.remote_path) for each in plan(dropped).files}


def test_several_folders_are_a_segment_each(tmp_path: Path) -> None:
    made(tmp_path / "train" / "deep" / "1.jpg")
    made(tmp_path / "train" / "2.jpg")
    made(tmp_path / "val" / "deep" / "1.jpg")
    loose = made(tmp_path / "3.jpg")
    assert places(tmp_path / "train", tmp_path / "val", loose, tmp_path / "val" / "deep") == {
        ("train", "deep/1.jpg"),
        ("train", "2.jpg"),
        ("val", "deep/1.jpg"),
        ("default", "3.jpg"),
    }
    # Of one alone, the folders in it are.
    assert places(tmp_path / "train", loose) == {("deep", "1.jpg"), ("train", "2.jpg"), ("default", "3.jpg")}


def test_two_files_of_one_name_are_not_sent_as_one(tmp_path: Path) -> None:
    one, other = made(tmp_path / "a" / "1.jpg"), made(tmp_path / "b" / "1.jpg")
    found = plan([one, other])
    assert [each.path for each in found.files] == [one]
    assert [each.name for each in found.left_out] == ["1.jpg"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes, links and names of Unix")
def test_links_pipes_and_names_that_are_no_text(tmp_path: Path) -> None:
    made(tmp_path / "elsewhere" / "1.jpg")
    folder = tmp_path / "card"
    made(folder / "train" / "back\\slash.jpg")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "train" / "round").symlink_to(folder)
    (folder / "gone.jpg").symlink_to(tmp_path / "nothing")
    os.mkfifo(folder / "labels.json")
    if sys.platform == "linux":
        made(Path(os.fsdecode(os.fsencode(folder) + b"/train/\xe9.jpg")))
    found = plan([folder])
    expected = {("train", "back_slash.jpg"), ("linked", "1.jpg")}
    if sys.platform == "linux":
        expected.add(("train", "_xe9.jpg"))
    assert {(each.segment, each.remote_path) for each in found.files} == expected
    assert sorted(each.name for each in found.left_out) == ["card/gone.jpg", "card/labels.json"]
    # And it is kept for the next start as it is.
    wish = FillWish(dataset_id="d", files=found.files, labels=found.labels, title="第二轮", tag="v1", commit=True)
    assert wish_of(wish_text(wish)) == wish
