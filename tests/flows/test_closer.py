"""The closer look at real files: damage inside, near copies, progress, an end at any time."""

import asyncio
import io
import random
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from batchdock.core.intake import CloserLook, Finding, Item
from batchdock.flows.intake import Intake
from batchdock.flows.intake.check import Checker, Seen
from batchdock.flows.intake.scan import walk
from making.media import picture, scene


def checked(root: Path) -> list[Item]:
    return [Checker(Seen()).check(found) for found in walk([root])]


def looked_at(items: list[Item]) -> tuple[dict[str, Item], list[list[str]], list[CloserLook]]:
    seen: list[CloserLook] = []
    asyncio.run(Intake().look_closer(items, on_update=seen.append))
    damaged = {item.relative: item for look in seen for item in look.damaged}
    return damaged, [[item.relative for item in group] for group in seen[-1].alike], seen


def written(path: Path, seed: int, format: str = "JPEG", **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    scene(seed).save(path, format, **options)
    return path


def broken_inside(path: Path, kind: str) -> None:
    """Do to a file what a worn card or an interrupted copy does to it."""
    whole = bytearray(path.read_bytes())
    place = len(whole) // 2
    match kind:
        case "zeroed":
            whole[place : place + 4096] = bytes(4096)
        case "missing":
            del whole[place : place + 4096]
        case "foreign":
            whole[place : place + 4096] = random.Random(1).randbytes(4096)
        case "sector":
            whole[place : place + 512] = bytes(512)
    path.write_bytes(whole)


@pytest.mark.parametrize("kind", ["zeroed", "missing", "foreign", "sector"])
@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_damage_in_the_middle_passes_the_first_look_and_not_the_closer(tmp_path: Path, format: str, kind: str) -> None:
    broken_inside(written(tmp_path / "a", 1, format), kind)
    written(tmp_path / "b", 2, format)
    items = checked(tmp_path)
    assert all(item.usable for item in items)
    damaged, _, seen = looked_at(items)
    assert {name: (item.finding, item.note) for name, item in damaged.items()} == {
        "a": (Finding.DAMAGED, "broken inside")
    }
    assert (seen[-1].looked_at, seen[-1].total, seen[-1].finished) == (2, 2, True)


def test_no_good_picture_is_called_damaged(tmp_path: Path) -> None:
    whole = scene(1)
    written(tmp_path / "progressive.jpg", 1, progressive=True)
    written(tmp_path / "restarts.jpg", 2, restart_marker_rows=1)
    written(tmp_path / "best.jpg", 3, quality=100, subsampling=0)
    written(tmp_path / "poor.jpg", 4, quality=5)
    scene(5).convert("CMYK").save(tmp_path / "cmyk.jpg")
    scene(6).convert("L").save(tmp_path / "grey.jpg")
    scene(7).save(tmp_path / "two.mpo.jpg", "MPO", save_all=True, append_images=[whole])
    scene(8).resize((7, 5)).save(tmp_path / "tiny.jpg")
    scene(9).resize((1, 1)).save(tmp_path / "dot.jpg")
    scene(10).convert("I;16").save(tmp_path / "deep.png")
    scene(11).convert("P").save(tmp_path / "palette.png")
    scene(12).convert("RGBA").save(tmp_path / "glass.png")
    scene(13).convert("1").save(tmp_path / "bits.png")
    scene(14).save(tmp_path / "moving.webp", save_all=True, append_images=[whole])
    scene(15).save(tmp_path / "a.jp2", "JPEG2000")
    scene(16).save(tmp_path / "a.bmp")
    (tmp_path / "more.jpg").write_bytes(written(tmp_path / "x.jpg", 17).read_bytes() + b"SEFH" * 500)
    (tmp_path / "x.jpg").unlink()
    items = checked(tmp_path)
    assert [item.relative for item in items if not item.usable] == []
    damaged, alike, _ = looked_at(items)
    assert damaged == {}
    assert alike == []


def test_near_copies_come_in_groups_with_the_best_first(tmp_path: Path) -> None:
    written(tmp_path / "1 sent.jpg", 1, quality=40)
    scene(1).resize((1280, 960)).save(tmp_path / "2 large.jpg")
    written(tmp_path / "3 other.jpg", 2)
    scene(1).save(tmp_path / "4 drawn.png")
    scene(2).save(tmp_path / "5 deep.webp", quality=80)
    _, alike, _ = looked_at(checked(tmp_path))
    assert alike == [["2 large.jpg", "4 drawn.png", "1 sent.jpg"], ["3 other.jpg", "5 deep.webp"]]


def test_a_picture_turned_by_its_exif_looks_like_the_one_turned_for_good(tmp_path: Path) -> None:
    upright = scene(1)
    for orientation, turned in {
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
        5: Image.Transpose.TRANSPOSE,
    }.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        upright.transpose(turned).save(tmp_path / f"{orientation}.jpg", exif=exif)
    upright.save(tmp_path / "upright.jpg", quality=90)
    _, alike, _ = looked_at(checked(tmp_path))
    assert [sorted(group) for group in alike] == [["3.jpg", "5.jpg", "6.jpg", "8.jpg", "upright.jpg"]]


def test_what_went_away_or_grew_since_is_said(tmp_path: Path) -> None:
    picture(tmp_path / "gone.jpg", 1)
    picture(tmp_path / "grew.jpg", 2)
    items = checked(tmp_path)
    (tmp_path / "gone.jpg").unlink()
    with (tmp_path / "grew.jpg").open("ab") as file:
        file.write(b"more")
    damaged, _, _ = looked_at(items)
    assert {name: item.finding for name, item in damaged.items()} == {
        "gone.jpg": Finding.VANISHED,
        "grew.jpg": Finding.CHANGING,
    }


def test_groups_do_not_depend_on_which_thread_is_first(tmp_path: Path) -> None:
    for number in range(30):
        written(tmp_path / f"{number}.jpg", number % 5, quality=50 + number)
    items = checked(tmp_path)
    first = looked_at(items)[1]
    assert [len(group) for group in first] == [6] * 5
    assert all(looked_at(items)[1] == first for _ in range(3))


def test_nothing_to_decode_is_finished_at_once() -> None:
    assert looked_at([])[2] == [CloserLook(finished=True)]


def test_it_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", 1, (2000, 1500))
    items = checked(path) * 2000

    async def scenario() -> None:
        moving = asyncio.Event()

        def on_update(look: CloserLook) -> None:
            if look.looked_at:
                moving.set()

        looking = asyncio.create_task(Intake().look_closer(items, on_update=on_update))
        await moving.wait()
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking

    asyncio.run(scenario())
    deadline = time.monotonic() + 5
    while any(thread.name == "batchdock-closer" for thread in threading.enumerate()):
        assert time.monotonic() < deadline


def test_an_exotic_jpeg_is_left_to_pillow(tmp_path: Path) -> None:
    out = io.BytesIO()
    scene(1).save(out, "JPEG")
    whole = bytearray(out.getvalue())
    place = whole.index(b"\xff\xc0")
    whole[place + 1] = 0xC9  # Arithmetic coding: libav does not know it, so it may not be asked.
    path = tmp_path / "a.jpg"
    path.write_bytes(whole)
    damaged, _, _ = looked_at(checked(path))
    assert [item.note for item in damaged.values()] in ([], [""])
