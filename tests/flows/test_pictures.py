"""The pictures of results: small ones kept, large ones whole, frames of videos, and what stands in for those gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from batchdock.core.pixels import Pixels
from batchdock.flows.news import News
from batchdock.flows.preferences import THUMBNAILS_MOST, Preferences
from batchdock.flows.results.opening import Opened
from batchdock.flows.results.pictures import Pictures
from batchdock.flows.results.pictures import decoding as decoding_module
from batchdock.flows.results.pictures import film as film_module
from batchdock.store import Settings
from batchdock.store.thumbnails import Thumbnails
from making.media import filmed, number_in, picture, truncated_picture
from making.opened import Rows, opened

RED, BLUE = (255, 0, 0), (0, 0, 255)


@asynccontextmanager
async def _pictures(home: Path) -> AsyncIterator[tuple[Pictures, Preferences]]:
    home.mkdir(exist_ok=True)
    news = News()
    preferences = Preferences(Settings(home), news)
    pictures = Pictures(home / "cache", preferences, news)
    try:
        yield pictures, preferences
    finally:
        await pictures.close()


@asynccontextmanager
async def _opened(rows: Rows, tmp_path: Path) -> AsyncIterator[Opened]:
    """Open results whose originals are in `tmp_path/originals`."""
    (tmp_path / "scratch").mkdir(exist_ok=True)
    async with opened(rows, tmp_path / "scratch") as results:
        await results.reconnect(tmp_path / "originals")
        yield results


def _plain(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (640, 480)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def _is(pixels: Pixels | None, colour: tuple[int, int, int]) -> bool:
    return pixels is not None and max(abs(a - b) for a, b in zip(pixels.data[:3], colour, strict=True)) < 12


def test_small_pictures_are_kept_until_the_original_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows()
    rows.picture("수확/사진.jpg")
    original = _plain(tmp_path / "originals" / "수확" / "사진.jpg", RED)
    decoded: list[int | None] = []
    really = decoding_module.decoded

    def counting(path: Path, edge: int | None, *, previews: bool = False) -> Pixels:
        decoded.append(edge)
        return really(path, edge, previews=previews)

    monkeypatch.setattr(decoding_module, "decoded", counting)

    async def scenario() -> None:
        async with _opened(rows, tmp_path) as results:
            for run in range(2):
                async with _pictures(tmp_path / "home") as (pictures, _):
                    for asked, edge in ((100, 128), (128, 128), (200, 256), (2000, 512)):
                        pixels = await pictures.thumbnail(results, 0, asked)
                        assert pixels is not None
                        assert (pixels.width, pixels.full_width, pixels.full_height) == (edge, 640, 480)
                        assert _is(pixels, RED)
                    assert decoded == [128, 256, 512], f"run {run}"
            _plain(original, BLUE, (300, 200))
            async with _pictures(tmp_path / "home") as (pictures, _):
                assert _is(await pictures.thumbnail(results, 0, 128), BLUE)

    asyncio.run(scenario())


def test_what_the_service_has_drawn_stands_in_for_an_original_that_is_gone_or_broken(tmp_path: Path) -> None:
    rows = Rows()
    for name in ("there.jpg", "gone.jpg", "broken.jpg", "nowhere.jpg"):
        rows.picture(name, drawn="" if name == "nowhere.jpg" else f"pictures/{name}")
        if name != "nowhere.jpg":
            _plain(tmp_path / "scratch" / "results" / "pictures" / name, BLUE)
    _plain(tmp_path / "originals" / "there.jpg", RED)
    (tmp_path / "originals" / "broken.jpg").write_bytes(b"no picture")

    async def scenario() -> None:
        async with _pictures(tmp_path / "home") as (pictures, _), _opened(rows, tmp_path) as results:
            small = [await pictures.thumbnail(results, number, 128) for number in range(4)]
            assert _is(small[0], RED)
            assert _is(small[1], BLUE)
            assert _is(small[2], BLUE)
            assert small[3] is None
            large = [await pictures.large(results, number, None) for number in range(4)]
            assert _is(large[0], RED)
            assert large[1:] == [None, None, None]
            drawn = [await pictures.large(results, number, 64, drawn=True) for number in range(4)]
            assert all(_is(each, BLUE) for each in drawn[:3])
            assert drawn[3] is None
            assert drawn[0] is not None
            assert (drawn[0].width, drawn[0].full_width) == (64, 640)

    asyncio.run(scenario())


def test_a_picture_cut_off_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    rows = Rows()
    rows.picture("cut.jpg")
    truncated_picture(tmp_path / "originals" / "cut.jpg")

    async def scenario() -> None:
        async with _pictures(tmp_path / "home") as (pictures, _), _opened(rows, tmp_path) as results:
            assert await pictures.thumbnail(results, 0, 128) is not None
            assert await pictures.large(results, 0, None) is not None

    asyncio.run(scenario())


def test_frames_of_a_video_come_from_one_open_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows()
    for number in range(60):
        rows.picture("drive/one.mp4", frame=number, seconds=number * 0.04)
    filmed(tmp_path / "originals" / "drive" / "one.mp4", range(0, 2400, 40), codec_options={"g": "250", "bf": "2"})
    opened_files: list[Path] = []
    landings: list[float] = []
    really, really_go_to = film_module.Film.__init__, film_module.Film._go_to

    def counting(self: film_module.Film, path: Path) -> None:
        opened_files.append(path)
        really(self, path)

    def noting(self: film_module.Film, target: float) -> None:
        landings.append(target)
        really_go_to(self, target)

    monkeypatch.setattr(film_module.Film, "__init__", counting)
    monkeypatch.setattr(film_module.Film, "_go_to", noting)

    async def scenario() -> None:
        async with _pictures(tmp_path / "home") as (pictures, _), _opened(rows, tmp_path) as results:
            asked = [pictures.thumbnail(results, number, 128) for number in range(0, 60, 2)]
            for number, pixels in zip(range(0, 60, 2), await asyncio.gather(*asked), strict=True):
                assert pixels is not None
                image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
                assert number_in(image) == number
            assert len(opened_files) == 1
            assert len(landings) <= 3, "it goes through the film once"
            whole = await pictures.large(results, 33, None)
            assert whole is not None
            assert (whole.width, whole.height) == (192, 108)

    asyncio.run(scenario())


def test_frames_of_many_videos_come_all_the_same(tmp_path: Path) -> None:
    rows = Rows()
    for video in range(6):
        for number in (0, 7):
            # Some results tell which frame it was, and not when.
            rows.picture(f"{video}.mp4", frame=number, seconds=number * 0.04 if video % 2 else None)
        filmed(tmp_path / "originals" / f"{video}.mp4", range(0, 400, 40))

    async def scenario() -> None:
        async with _pictures(tmp_path / "home") as (pictures, _), _opened(rows, tmp_path) as results:
            asked = [pictures.thumbnail(results, number, 256) for number in (*range(0, 12, 2), *range(1, 12, 2))]
            for place, pixels in enumerate(await asyncio.gather(*asked)):
                assert pixels is not None
                image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
                assert number_in(image) == (0 if place < 6 else 7)
            assert len(pictures._films._held) <= 2

    asyncio.run(scenario())


def test_what_is_not_wanted_any_more_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows()
    for number in range(40):
        rows.picture(f"{number}.jpg")
        picture(tmp_path / "originals" / f"{number}.jpg", number)
    decoded: list[str] = []
    really = decoding_module.decoded

    def counting(path: Path, edge: int | None, *, previews: bool = False) -> Pixels:
        decoded.append(path.name)
        return really(path, edge, previews=previews)

    monkeypatch.setattr(decoding_module, "decoded", counting)

    async def scenario() -> None:
        async with _pictures(tmp_path / "home") as (pictures, _), _opened(rows, tmp_path) as results:
            scrolled_by = [asyncio.ensure_future(pictures.thumbnail(results, number, 128)) for number in range(39)]
            await asyncio.sleep(0)
            for each in scrolled_by:
                each.cancel()
            await asyncio.gather(*scrolled_by, return_exceptions=True)
            assert await pictures.thumbnail(results, 39, 128) is not None
            assert decoded[-1] == "39.jpg"
            assert len(decoded) < 10

    asyncio.run(scenario())


def test_another_limit_holds_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []
    monkeypatch.setattr(Thumbnails, "shrink", lambda self: limits.append(self._limit()))

    async def scenario() -> None:
        async with _pictures(tmp_path / "home") as (_, preferences):
            await preferences.set(THUMBNAILS_MOST, 40)
        assert limits == [40_000_000]

    asyncio.run(scenario())


def test_closing_gives_up_what_waits(tmp_path: Path) -> None:
    rows = Rows()
    for number in range(30):
        rows.picture(f"{number}.jpg")
        picture(tmp_path / "originals" / f"{number}.jpg", number, (1200, 900))

    async def scenario() -> None:
        async with _pictures(tmp_path / "home") as (pictures, _), _opened(rows, tmp_path) as results:
            asked = [asyncio.ensure_future(pictures.thumbnail(results, number, 512)) for number in range(30)]
            await asyncio.sleep(0)
            await pictures.close()
            answers = await asyncio.gather(*asked, return_exceptions=True)
            assert all(isinstance(each, asyncio.CancelledError | Pixels) for each in answers)

    asyncio.run(scenario())


def test_when_pictures_were_taken_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:01 06:30:12"
    paths = [tmp_path / f"{number}.jpg" for number in range(250)]
    for path in paths[:-1]:
        Image.new("RGB", (8, 8)).save(path, exif=exif if path.name != "7.jpg" else Image.Exif())
    expected = tuple(None if n in (7, 249) else datetime(2026, 3, 1, 6, 30, 12) for n in range(250))
    read: list[Path] = []
    really = decoding_module.taken

    def counting(path: Path) -> datetime | None:
        read.append(path)
        return really(path)

    monkeypatch.setattr(decoding_module, "taken", counting)

    async def scenario() -> None:
        for _ in range(2):
            async with _pictures(tmp_path / "home") as (pictures, _):
                assert await pictures.taken(paths) == expected
        assert read == paths[:-1]

    asyncio.run(scenario())
