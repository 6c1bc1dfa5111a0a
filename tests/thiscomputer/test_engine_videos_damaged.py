"""Damaged videos: what can be read before and behind a damage is kept, and where it is is said in words."""

import io
import re
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image

from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input, Row
from making.media import cover_only, filmed, number_in, numbered, scene

EVERY_FRAME = 1000.0
SECONDS, RATE = 8, 25
FRAMES = SECONDS * RATE

BACKGROUND = scene(3, (192, 54))


def picture(number: int) -> Image.Image:
    """Return a numbered picture with much to encode in its lower half."""
    image = numbered(number)
    image.paste(BACKGROUND.transform(BACKGROUND.size, Image.Transform.AFFINE, (1, 0, number % 50, 0, 1, 0)), (0, 54))
    return image


KINDS = {
    "mp4": ("mp4", "libx264", "yuv420p", "aac"),
    "mkv": ("mkv", "libx264", "yuv420p", "aac"),
    "webm": ("webm", "libvpx", "yuv420p", "libopus"),
    "ts": ("ts", "libx264", "yuv420p", "aac"),
    "avi": ("avi", "mjpeg", "yuvj420p", "libmp3lame"),
    "divx": ("avi", "mpeg4", "yuv420p", None),
    "flv": ("flv", "libx264", "yuv420p", None),
}


def whole(folder: Path, kind: str) -> bytes:
    """Return an undamaged video of 8 seconds with a key frame every second."""
    ending, codec, pixels, sound = KINDS[kind]
    path = filmed(
        folder / f"a.{ending}",
        list(range(FRAMES)),
        tick=Fraction(1, RATE),
        pictures=picture,
        codec=codec,
        pixels=pixels,
        sound=sound,
        options={"movflags": "faststart"} if ending == "mp4" else {},
        codec_options={"g": str(RATE)},
    )
    return path.read_bytes()


def process(data: bytes, per_second: float = EVERY_FRAME) -> tuple[list[Row], str]:
    """Return the good rows, and the sentence about what is wrong (empty: nothing)."""
    options = Options({"formats": "QRCode"}, keep_images=True, max_video_fps=per_second)
    rows = process_batch("read-codes", [Input("a", data=data, content="videos")], options)
    good = [row for row in rows if row.cause is None]
    causes = [row.cause for row in rows if row.cause is not None]
    assert rows[: len(good)] == good, "what is wrong comes last"
    assert len(causes) <= 1
    return good, causes[0] if causes else ""


def numbers_drawn(rows: list[Row]) -> list[int]:
    """Return which frames are in the drawn video."""
    with av.open(io.BytesIO(rows[0].images["output_image"]), "r") as container:
        return [number_in(frame.to_image()) for frame in container.decode(container.streams.video[0])]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_said_of_what_is_whole(tmp_path: Path, kind: str) -> None:
    rows, sentence = process(whole(tmp_path, kind))
    assert sentence == ""
    assert numbers_drawn(rows) == list(range(FRAMES))


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_cut_off_video_all_that_is_there_is_kept(tmp_path: Path, kind: str) -> None:
    data = whole(tmp_path, kind)
    rows, sentence = process(data[: len(data) * 6 // 10])
    kept = numbers_drawn(rows)
    assert kept[:-4] == list(range(len(kept) - 4)), "the last ones may be missing the ones in between"
    assert 80 <= len(kept) <= 130
    if kind != "ts":
        last = int(kept[-1] / RATE + 0.05)
        assert sentence in (f"The video is damaged or incomplete after 0:{second:02d}; only what comes before was "
                            "processed." for second in (last, last + 1))  # fmt: skip
    # A transport stream does not say how long it is; cut between two packets it is a shorter one.


# What follows a damage in an FLV is now and then a packet from elsewhere, which nothing tells from a good one.
@pytest.mark.parametrize("kind", [each for each in KINDS if each != "flv"])
def test_frames_before_and_behind_a_damage_are_kept(tmp_path: Path, kind: str) -> None:
    data = bytearray(whole(tmp_path, kind))
    begin, length = len(data) // 2, len(data) // 40
    data[begin : begin + length] = bytes(length)
    rows, sentence = process(bytes(data))
    kept = numbers_drawn(rows)
    assert kept == sorted(set(kept))
    assert kept[:75] == list(range(75)), "before"
    assert kept[-60:] == list(range(FRAMES - 60, FRAMES)), "behind"
    assert len(kept) < FRAMES
    assert len(rows) == len(kept)
    found = re.fullmatch(
        r"The video is damaged between 0:0(\d) and 0:0(\d); the frames there were left out\.", sentence
    )
    assert found is not None, sentence
    assert 2 <= int(found[1]) < int(found[2]) <= 6


def spoilt(data: bytes, *frames: int) -> bytes:
    """Return a video in which nothing is left of some frames. Encoders do not put them at the same byte each time."""
    spoiling = bytearray(data)
    with av.open(io.BytesIO(data), "r") as container:
        packets = [each for each in container.demux(container.streams.video[0]) if each.pts is not None]
    for packet in sorted(packets, key=lambda each: each.pts or 0):
        if round(float((packet.pts or 0) * packet.time_base) * RATE) in frames:
            assert packet.pos is not None
            spoiling[packet.pos + 4 : packet.pos + packet.size] = bytes(packet.size - 4)
    return bytes(spoiling)


def test_damage_in_several_places_is_counted(tmp_path: Path) -> None:
    rows, sentence = process(spoilt(whole(tmp_path, "mp4"), 55, 110, 180))
    kept = numbers_drawn(rows)
    assert {0, 50, 80, 105, 130, 170} <= set(kept)
    assert sentence.startswith("The video is damaged in 2 places, first between 0:02 and 0:03; the frames there were ")
    assert sentence.endswith(
        "left out. The video is damaged or incomplete after 0:07; only what comes before was processed."
    )
    assert len(kept) < FRAMES


def test_damage_is_found_too_where_only_some_frames_are_looked_at(tmp_path: Path) -> None:
    data = bytearray(whole(tmp_path, "mp4"))
    begin = len(data) // 2
    data[begin : begin + 3000] = bytes(3000)
    rows, sentence = process(bytes(data), 1.0)
    assert "is damaged between 0:0" in sentence
    assert 5 <= len(rows) < 8


def test_a_recording_that_begins_anywhere_is_whole(tmp_path: Path) -> None:
    """Broadcasts are switched on in the middle: what can not be shown before the first whole picture is no damage."""
    data = whole(tmp_path, "ts")
    packet = 188
    begin = len(data) // 3 // packet * packet
    rows, sentence = process(data[begin:])
    assert sentence == ""
    kept = numbers_drawn(rows)
    assert kept == list(range(kept[0], FRAMES))
    assert rows[0].seconds == 0.0


def test_sound_and_covers_are_no_videos(tmp_path: Path) -> None:
    rows, sentence = process(cover_only(tmp_path / "song.m4a").read_bytes())
    assert (rows, sentence) == ([], "The file has no moving picture; it may hold sound only.")


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    rows, sentence = process(filmed(tmp_path / "a.mp4", [0]).read_bytes())
    assert sentence == ""
    assert [(row.frame, row.seconds) for row in rows] == [(0, 0.0)]
    assert numbers_drawn(rows) == [0]
