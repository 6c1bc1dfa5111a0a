"""Any frame of any video, exactly: forwards, backwards, turned, uneven, broken; and played by its own clock."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from batchdock.core.errors import FileUnreadable
from batchdock.flows.results.pictures import Video, VideoFrame
from batchdock.flows.results.pictures.film import Film
from making.media import cover_only, filmed, number_in, numbered

EVEN = tuple(range(0, 4000, 40))
UNEVEN = tuple(sum((20, 50, 130, 10, 90)[each % 5] for each in range(count)) for count in range(80))
B_FRAMES = {"g": "30", "bf": "3"}


def always() -> bool:
    return True


def _number(frame: VideoFrame) -> int:
    pixels = frame.pixels
    return number_in(Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data))


def _check(path: Path, moments: tuple[int, ...], asked: list[int]) -> None:
    """Ask one film for frames in this order, by the middle of the time for which they are shown."""
    film = Film(path)
    try:
        for number in asked:
            until = moments[number + 1] if number + 1 < len(moments) else moments[number] + 10
            middle = (moments[number] + until) / 2000 - moments[0] / 1000
            frame = film.shown(film.at(middle, always), None)
            assert _number(frame) == number
            assert frame.seconds == pytest.approx((moments[number] - moments[0]) / 1000, abs=0.002)
    finally:
        film.close()


ORDER = [0, 1, 2, 50, 51, 49, 3, 79, 78, 77, 20, 10, 60, 0, 79]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".ts"])
@pytest.mark.parametrize("codec_options", [B_FRAMES, {"g": "250", "bf": "0"}], ids=["b-frames", "one-key-frame"])
def test_every_frame_is_found_in_any_order(tmp_path: Path, suffix: str, codec_options: dict[str, str]) -> None:
    _check(filmed(tmp_path / f"film{suffix}", EVEN, codec_options=codec_options), EVEN, ORDER)


def test_files_that_number_their_frames_do_too(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    filmed(path, range(100), tick=Fraction(1, 25), codec="mpeg4", codec_options={"g": "30"})
    _check(path, EVEN, ORDER)


def test_frames_that_take_unequally_long(tmp_path: Path) -> None:
    _check(filmed(tmp_path / "uneven.mp4", UNEVEN, codec_options=B_FRAMES), UNEVEN, ORDER)
    late = tuple(5000 + moment for moment in UNEVEN)
    _check(filmed(tmp_path / "late.mkv", late, codec_options=B_FRAMES), late, ORDER)


def test_the_moment_at_which_a_frame_begins_is_already_it(tmp_path: Path) -> None:
    film = Film(filmed(tmp_path / "film.mkv", UNEVEN, codec_options=B_FRAMES))
    for number in (0, 7, 31, 12, 79):
        assert _number(film.shown(film.at(UNEVEN[number] / 1000, always), None)) == number
        assert _number(film.shown(film.at(UNEVEN[number] / 1000 - 0.0005, always), None)) == number
    assert _number(film.shown(film.at(-3, always), None)) == 0
    assert _number(film.shown(film.at(1e9, always), None)) == 79
    assert _number(film.shown(film.at(0, always), None)) == 0
    film.close()


def test_steps_lead_to_the_neighbours_and_end_at_the_ends(tmp_path: Path) -> None:
    path = filmed(tmp_path / "film.mp4", UNEVEN, codec_options=B_FRAMES)

    async def scenario() -> None:
        video = await Video.open(path)
        try:
            seen = []
            frame: VideoFrame | None = await video.frame_at(UNEVEN[40] / 1000)
            while frame is not None:
                seen.append(_number(frame))
                last, frame = frame, await video.before(frame.seconds)
            assert seen == list(range(40, -1, -1))
            frame = last
            while frame is not None:
                seen.append(_number(frame))
                frame = await video.after(frame.seconds)
            assert seen[41:] == list(range(80))
        finally:
            await video.close()

    asyncio.run(scenario())


def test_a_video_is_scaled_and_keeps_its_shape(tmp_path: Path) -> None:
    film = Film(filmed(tmp_path / "wide.mp4", EVEN[:5], aspect=Fraction(2)))
    shown = film.shown(film.at(0, always), 96)
    assert (shown.pixels.width, shown.pixels.height) == (96, 27)
    assert (shown.pixels.full_width, shown.pixels.full_height) == (192, 108)
    assert len(shown.pixels.data) == 96 * 27 * 3
    film.close()


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_video_that_was_filmed_lying_is_shown_upright(tmp_path: Path, turned: int) -> None:
    turn = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}[turned]

    def lying(number: int) -> Image.Image:
        return numbered(number).transpose(turn)

    film = Film(filmed(tmp_path / "turned.mp4", EVEN[:12], pictures=lying, turned=turned))
    frame = film.shown(film.at(0.2, always), None)
    assert (frame.pixels.width, frame.pixels.height) == (192, 108)
    assert (film.width, film.height, frame.pixels.full_width) == (192, 108, 192)
    assert _number(frame) == 5
    film.close()


def test_what_a_video_says_of_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        video = await Video.open(filmed(tmp_path / "भारत 영상.mp4", EVEN))
        assert video.duration == pytest.approx(4.0, abs=0.05)
        assert video.rate == pytest.approx(25, abs=0.5)
        assert (await video.frame_at(2.0)).number == 50
        await video.close()

    asyncio.run(scenario())


def _cut(path: Path) -> Path:
    whole = filmed(path, EVEN).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def _text(path: Path) -> Path:
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/other.ts\n", encoding="utf-8")
    return path


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _nowhere(path: Path) -> Path:
    return path


@pytest.mark.parametrize("make", [_cut, _text, _empty, _nowhere, cover_only])
def test_what_is_no_video_has_a_reason(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "broken.mp4")
    with pytest.raises(FileUnreadable) as caught:
        asyncio.run(Video.open(path))
    assert caught.value.values["name"] == "broken.mp4"
    assert caught.value.values["reason"]


def test_a_video_broken_in_the_middle_goes_on_behind_it(tmp_path: Path) -> None:
    path = filmed(tmp_path / "film.mkv", EVEN, codec_options={"g": "10", "bf": "0"})
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + 400] = b"\x55" * 400
    path.write_bytes(data)
    film = Film(path)
    assert _number(film.shown(film.at(EVEN[95] / 1000, always), None)) == 95
    assert _number(film.shown(film.at(EVEN[3] / 1000, always), None)) == 3
    film.close()


def test_playing_goes_by_the_clock_of_the_video(tmp_path: Path) -> None:
    moments = tuple(UNEVEN[:20])

    async def scenario() -> None:
        video = await Video.open(filmed(tmp_path / "film.mp4", moments, codec_options=B_FRAMES))
        began, seen = time.monotonic(), []
        async with aclosing(video.play(0.3, 96)) as playing:
            async for frame in playing:
                early = frame.seconds - 0.3 - (time.monotonic() - began)
                seen.append(_number(frame))
                assert early < 0.02, "shown before its time"
                assert max(frame.pixels.width, frame.pixels.height) == 96
        assert seen == sorted(set(seen))
        assert moments[seen[0]] <= 300 < moments[seen[0] + 1]
        assert seen[-1] == 19
        await video.close()

    asyncio.run(scenario())


def test_who_looks_seldom_misses_frames_and_not_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        video = await Video.open(filmed(tmp_path / "film.mp4", EVEN, codec_options=B_FRAMES))
        began, seen, behind = time.monotonic(), [], []
        async with aclosing(video.play(0.0, 96, speed=2.0)) as playing:
            async for frame in playing:
                seen.append(frame.number)
                behind.append((time.monotonic() - began) * 2.0 - frame.seconds)
                await asyncio.sleep(0.05)
                if time.monotonic() - began > 1.0:
                    break
        assert len(seen) < seen[-1], "nothing was left out"
        # The best moment: a busy machine may be late now and then, but lateness does not add up.
        assert min(behind[len(behind) // 2 :]) < 0.5
        await video.close()

    asyncio.run(scenario())


def test_a_question_that_is_given_up_does_not_hold_up_the_next(tmp_path: Path) -> None:
    path = filmed(tmp_path / "film.mp4", EVEN * 1, codec_options={"g": "250", "bf": "0"})

    async def scenario() -> None:
        video = await Video.open(path)
        asked = [asyncio.ensure_future(video.frame_at(3.9 - each / 100)) for each in range(20)]
        await asyncio.sleep(0)
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        assert all(each.cancelled() for each in asked)
        assert _number(await video.frame_at(EVEN[60] / 1000)) == 60
        await video.close()

    asyncio.run(scenario())
