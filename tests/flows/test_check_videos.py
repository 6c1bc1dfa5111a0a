"""What is known of a video before it is sent: its length, and what is missing of it."""

from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.intake import Finding, Item
from batchdock.flows.intake.check import Checker, Seen
from batchdock.flows.intake.scan import walk
from making.media import cover_only, video


def checked(path: Path) -> Item:
    (found,) = walk([path])
    return Checker(Seen()).check(found)


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "avi", "webm", "mpg"])
def test_the_length_is_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    if ending in ("webm", "mpg"):
        # H.264 goes into neither: the name does not tell, the bytes do.
        video(tmp_path / "b.mkv", frames=50).rename(path)
    else:
        video(path, frames=50)
    item = checked(path)
    assert (item.content, item.finding) == (Content.VIDEOS, None)
    assert item.seconds == pytest.approx(5.0, abs=0.3)


def test_a_recording_that_was_never_finished_lacks_its_contents(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", frames=50)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") - 4])
    item = checked(path)
    assert (item.finding, item.note) == (Finding.DAMAGED, "its table of contents is missing")


def test_a_video_whose_contents_come_first_can_be_cut_all_the_same(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", frames=200, options={"movflags": "faststart"})
    whole = path.read_bytes()
    assert whole.index(b"moov") < whole.index(b"mdat")
    path.write_bytes(whole[: len(whole) - (len(whole) - whole.index(b"mdat")) // 2])
    item = checked(path)
    assert item.finding is Finding.DAMAGED
    assert item.note.startswith("only the first ")
    path.write_bytes(whole)
    assert checked(path).usable


def test_a_recording_in_fragments_is_used_up_to_where_it_stops(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", frames=200, options={"movflags": "frag_keyframe+empty_moov+default_base_moof"})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    assert checked(path).usable


def test_a_song_with_a_cover_is_no_video(tmp_path: Path) -> None:
    item = checked(cover_only(tmp_path / "song.m4a"))
    assert (item.finding, item.note) == (Finding.UNSUPPORTED, "there is no video in it")


@pytest.mark.parametrize("junk", [b"", b"\0" * 4000, b"\0\0\0\x01mdat" + b"\xff" * 20, b"\0\0\0\0moov" * 40])
def test_junk_behind_a_good_beginning_is_damaged(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + junk)
    assert checked(path).finding is Finding.DAMAGED
