"""Which frames are looked at, and when they are shown, by clocks of every kind."""

import gc
import io
import itertools
import os
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest

from batchdock.thiscomputer.engine.demuxing import opened
from batchdock.thiscomputer.engine.frames import Frame, frames
from batchdock.thiscomputer.engine.rows import Input
from making.media import filmed, number_in

EVERY_FRAME = float("inf")
NTSC = Fraction(1001, 30000)


WRAPS = 2**33 - 7200
"""The clock of a broadcast ends after 26 hours and begins anew."""


def film(path: Path) -> Input:
    """Return a video as an input."""
    return Input(path.name, path, content="videos")


def looked_at(path: Path, per_second: float = EVERY_FRAME) -> list[Frame]:
    """Return the frames of a video, and expect that each shows the number that it has."""
    found = list(frames(film(path), per_second))
    assert [number_in(each.picture.image) for each in found] == [each.number for each in found]
    return found


@pytest.fixture(scope="module")
def ntsc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 100 seconds at 29.97 frames a second."""
    return filmed(tmp_path_factory.mktemp("ntsc") / "a.mp4", list(range(2997)), tick=NTSC)


def nearest(per_second: float, count: int) -> list[int]:
    """Return the frames at 29.97 a second that are nearest to every due moment."""
    due = (Fraction(each) / Fraction(per_second) for each in itertools.count())
    numbers = (round(each / NTSC) for each in due)
    return list(itertools.takewhile(lambda number: number < count, numbers))


@pytest.mark.parametrize("per_second", [10, 1, 0.1, 7, 29, 0.01])
def test_frames_nearest_to_what_is_due_are_taken_and_nothing_adds_up(ntsc: Path, per_second: float) -> None:
    assert [each.number for each in looked_at(ntsc, per_second)] == nearest(per_second, 2997)


@pytest.mark.parametrize("per_second", [30, 29.97, 60, 1000, EVERY_FRAME])
def test_a_limit_above_the_rate_takes_every_frame(ntsc: Path, per_second: float) -> None:
    assert [each.number for each in looked_at(ntsc, per_second)] == list(range(2997))


def test_clocks_that_jitter_lose_no_frame_to_their_own_rate(tmp_path: Path) -> None:
    """Telephones film at about 30 frames a second."""
    moments = [round(each * 1000 / 30) + (-9, 0, 9, 4, -7)[each % 5] * (each > 0) for each in range(200)]
    path = filmed(tmp_path / "a.mp4", moments)
    assert len(looked_at(path, 30)) == 200
    assert len(looked_at(path, 15)) == pytest.approx(100, abs=1)


def test_bursts_are_limited_and_rests_are_not_filled(tmp_path: Path) -> None:
    moments = [*range(0, 1000, 10), 3000, 5000, *range(7000, 8000, 10)]
    found = looked_at(filmed(tmp_path / "a.mp4", moments), 10)
    seconds = [each.seconds for each in found]
    assert [int(each) for each in seconds].count(0) == 10
    assert [each for each in seconds if 1 < each < 6.9] == [3.0, 5.0]
    assert len(found) == 22


@pytest.mark.parametrize(
    ("ending", "begin"),
    [("ts", WRAPS), *((ending, begin) for ending in ("mp4", "mkv", "ts") for begin in (1, 90_000, 3_000_000))],
)
def test_the_first_frame_is_shown_at_zero_wherever_the_clock_begins(tmp_path: Path, ending: str, begin: int) -> None:
    options = {"mpegts_copyts": "1"} if ending == "ts" else {}
    moments = [begin + 3600 * each for each in range(10)]
    path = filmed(tmp_path / f"a.{ending}", moments, tick=Fraction(1, 90000), options=options)
    if begin == WRAPS:
        with av.open(str(path)) as container:
            assert (next(container.decode(video=0)).pts or 0) < 0
    slack = Fraction(1, 1000) if ending == "mkv" else 0
    for number, frame in enumerate(looked_at(path)):
        assert abs(frame.at - Fraction(number, 25)) <= slack
        assert frame.seconds == round(float(frame.at), 6)


def test_frames_that_an_edit_cut_away_are_not_shown(tmp_path: Path) -> None:
    """A telephone cuts videos by a note of where to begin; what comes before is in the file."""
    whole = filmed(
        tmp_path / "a.mp4", list(range(100)), tick=Fraction(1, 25), codec_options={"g": "25", "bf": "0"}
    ).read_bytes()
    data = bytearray(whole)
    place = data.index(b"elst") + 4
    assert int.from_bytes(data[place + 4 : place + 8], "big") == 1, "one edit: all of it"
    with av.open(io.BytesIO(whole), "r") as container:
        tick = container.streams.video[0].time_base
    assert tick is not None
    data[place + 8 : place + 12] = (2000).to_bytes(4, "big")  # two seconds, in thousandths
    data[place + 12 : place + 16] = round(Fraction(3, 2) / tick).to_bytes(4, "big")  # from one and a half on
    path = tmp_path / "b.mp4"
    path.write_bytes(data)
    found = list(frames(film(path), EVERY_FRAME))
    shown = [number_in(each.picture.image) for each in found]
    assert shown[0] in (37, 38)
    assert shown == list(range(shown[0], shown[0] + len(shown)))
    assert len(shown) == pytest.approx(50, abs=1)
    assert found[0].seconds == 0.0


def test_b_frames_come_in_the_order_in_which_they_are_shown(tmp_path: Path) -> None:
    path = filmed(
        tmp_path / "a.mp4", list(range(60)), tick=Fraction(1, 25), codec_options={"bf": "8", "b-pyramid": "normal"}
    )
    assert [each.seconds for each in looked_at(path)] == [round(0.04 * each, 2) for each in range(60)]


def test_a_video_that_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    """A browser records without ever going back to write it down."""
    path = tmp_path / "live.webm"
    source = filmed(tmp_path / "a.webm", [40 * each for each in range(50)], codec="libvpx")
    with av.open(str(source)) as given, av.open(str(path), "w", options={"live": "1"}) as live:
        stream = live.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                live.mux(packet)
    with opened(film(path)) as container:
        assert container.duration is None
    looks: list[float] = []
    assert len(list(frames(film(path), EVERY_FRAME, looks.append))) == 50
    assert set(looks) == {0.0}


def test_interlaced_video_comes_whole(tmp_path: Path) -> None:
    path = filmed(
        tmp_path / "a.ts",
        list(range(30)),
        tick=Fraction(1, 25),
        codec="mpeg2video",
        codec_options={"flags": "+ildct+ilme", "top": "1"},
    )
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).interlaced_frame
    assert len(looked_at(path)) == 30


@pytest.fixture
def scheduled_as_before() -> Iterator[None]:
    """SVT-AV1 gives whoever starts it the first place at the processors where it may, and all children after him."""
    yield
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@pytest.mark.parametrize(
    ("codec", "pixels"),
    [("libx265", "yuv420p10le"), ("libsvtav1", "yuv420p10le"), ("prores", "yuv422p10le"), ("ffv1", "gray16le")],
)
def test_more_than_eight_bits_can_be_seen(tmp_path: Path, codec: str, pixels: str, scheduled_as_before: None) -> None:
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    path = filmed(tmp_path / "a.mkv", [0, 40, 80], codec=codec, pixels=pixels, codec_options=options)
    assert len(looked_at(path)) == 3


@pytest.mark.long
def test_frames_do_not_pile_up_in_memory(tmp_path: Path) -> None:
    """An hour has a hundred thousand of them, of some megabytes each, and Python looks for lost ones now and then."""
    path = filmed(tmp_path / "a.mp4", [40 * each for each in range(60)], turned=90)
    gc.collect()
    gc.disable()
    try:
        for _ in frames(film(path), EVERY_FRAME):
            alive = sum(isinstance(each, av.VideoFrame) for each in gc.get_objects())
            assert alive <= 8
    finally:
        gc.enable()
