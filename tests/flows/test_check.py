import shutil
from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.intake import PICTURE_LIMIT_BYTES, Finding, Item
from batchdock.flows.intake.check import Checker, Seen
from batchdock.flows.intake.scan import walk
from making.media import huge_picture, picture, picture_bytes, scene, truncated_picture, video


def checked(root: Path) -> dict[str, Item]:
    checker = Checker(Seen())
    return {item.relative: item for item in map(checker.check, walk([root]))}


def finding(path: Path) -> Finding | None:
    return checked(path)[path.name].finding


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "JPEG2000"])
def test_pictures_are_known_by_their_bytes(tmp_path: Path, format: str) -> None:
    item = checked(picture(tmp_path / "noname", format=format))["noname"]
    assert (item.content, item.finding) == (Content.IMAGES, None)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "JPEG2000"])
@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_picture_cut_off_anywhere_is_damaged(tmp_path: Path, format: str, kept: float) -> None:
    whole = picture_bytes(1, (640, 480), format)
    path = tmp_path / "cut.jpg"
    path.write_bytes(whole[: int(len(whole) * kept)])
    assert finding(path) is Finding.DAMAGED


def test_a_photo_with_something_behind_its_end_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    path.write_bytes(picture_bytes(1) + b"SEFH and other things phones put there" * 10)
    assert finding(path) is None


def test_the_end_marker_of_a_thumbnail_does_not_hide_a_cut(tmp_path: Path) -> None:
    whole = picture_bytes(1, (640, 480))
    thumbnail = picture_bytes(2, (32, 24))
    exif = b"Exif\0\0" + thumbnail
    path = tmp_path / "cut.jpg"
    head = whole[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    path.write_bytes(head + whole[2:40])
    assert finding(path) is Finding.DAMAGED


def test_what_is_left_out_and_why(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("hello", encoding="utf-8")
    (tmp_path / "bm.jpg").write_text("BMW is not a bitmap", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42 and then nothing")
    truncated_picture(tmp_path / "cut.jpg")
    huge_picture(tmp_path / "huge.png")
    picture(tmp_path / "moving.gif", format="GIF")
    (tmp_path / "large.jpg").write_bytes(picture_bytes(3) + b"\0" * PICTURE_LIMIT_BYTES)
    found = checked(tmp_path)
    assert {name: item.finding for name, item in found.items()} == {
        "empty.jpg": Finding.EMPTY,
        "text.jpg": Finding.NOT_A_PICTURE,
        "bm.jpg": Finding.NOT_A_PICTURE,
        "notes.txt": Finding.UNSUPPORTED,
        "film.mp4": Finding.DAMAGED,
        "cut.jpg": Finding.DAMAGED,
        "huge.png": Finding.TOO_MANY_PIXELS,
        "moving.gif": Finding.OTHER_FORMAT,
        "large.jpg": Finding.TOO_MANY_BYTES,
    }
    assert found["huge.png"].note == "20,000 × 20,000 pixels"
    assert found["moving.gif"].note == "GIF"


def test_videos_are_opened(tmp_path: Path) -> None:
    video(tmp_path / "film.mp4").rename(tmp_path / "film")
    item = checked(tmp_path / "film")["film"]
    assert (item.content, item.finding) == (Content.VIDEOS, None)


def test_exact_copies_are_named_and_similar_ones_stay(tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg", 1)
    shutil.copy(tmp_path / "a.jpg", tmp_path / "b.jpg")
    shutil.copy(tmp_path / "a.jpg", tmp_path / "c.jpg")
    picture(tmp_path / "d.bmp", 1, format="BMP")
    picture(tmp_path / "e.bmp", 2, format="BMP")
    found = checked(tmp_path)
    assert [name for name, item in found.items() if item.usable] == ["a.jpg", "d.bmp", "e.bmp"]
    assert {found[name].note for name in ("b.jpg", "c.jpg")} == {"same as a.jpg"}
    assert found["d.bmp"].size == found["e.bmp"].size


def test_large_copies_are_compared_to_their_end(tmp_path: Path) -> None:
    film = video(tmp_path / "a.mp4").read_bytes()
    padding = bytes(PICTURE_LIMIT_BYTES + 4 * 1024 * 1024)
    box = (len(padding) + 8).to_bytes(4, "big") + b"free"
    whole = film + box + padding
    middle = bytearray(whole)
    middle[len(whole) // 2] = 1
    (tmp_path / "a.mp4").write_bytes(whole)
    (tmp_path / "b.mp4").write_bytes(middle)
    (tmp_path / "c.mp4").write_bytes(whole)
    found = checked(tmp_path)
    assert [name for name, item in found.items() if item.usable] == ["a.mp4", "b.mp4"]
    assert found["c.mp4"].finding is Finding.EXACT_COPY


def test_other_formats_are_called_by_their_names(tmp_path: Path) -> None:
    heads = {
        "a.heic": b"\0\0\0\x24ftypheic",
        "b.avif": b"\0\0\0\x20ftypavif",
        "c.tif": b"II*\0",
        "d.NEF": b"MM\0*",
        "e.jpg": b"GIF89a",
        "f.psd": b"8BPS",
        "g.jxl": b"\xff\x0a",
    }
    for name, head in heads.items():
        (tmp_path / name).write_bytes(head + name.encode() * 20)
    found = checked(tmp_path)
    assert {item.finding for item in found.values()} == {Finding.OTHER_FORMAT}
    assert [item.note for item in found.values()] == ["HEIC", "AVIF", "TIFF", "NEF", "GIF", "Photoshop", "JPEG XL"]


def test_pictures_of_every_depth_and_with_several_frames_pass(tmp_path: Path) -> None:
    one, two = scene(1), scene(2)
    one.convert("CMYK").save(tmp_path / "print.jpg")
    one.convert("I;16").save(tmp_path / "deep.png")
    one.save(tmp_path / "both.jpg", "MPO", save_all=True, append_images=[two])
    one.save(tmp_path / "moving.png", save_all=True, append_images=[two])
    one.save(tmp_path / "moving.webp", save_all=True, append_images=[two])
    found = checked(tmp_path)
    assert len(found) == 5
    assert [name for name, item in found.items() if not item.usable] == []


def test_a_file_that_has_grown_since_it_was_met_is_still_being_written(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    (met,) = walk([path])
    path.write_bytes(path.read_bytes() + b"\xff\xd9")
    assert Checker(Seen()).check(met).finding is Finding.CHANGING


def test_a_file_that_went_since_it_was_met(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    (met,) = walk([path])
    path.unlink()
    assert Checker(Seen()).check(met).finding is Finding.VANISHED
