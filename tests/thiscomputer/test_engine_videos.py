"""Videos: frames at their seconds, upright; damage said with how far it was good; a preview of what was drawn."""

import io
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy
import pytest

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.frames import frames
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import IMAGE_PLACEHOLDER, Input, Row
from making.media import code_picture, picture_bytes, video

SLIDESHOW = resource("samples", "slideshow.mp4")


def process(item: Input, options: Options | None = None, workflow: str = "picture-quality") -> list[Row]:
    """Run a workflow over one video."""
    return process_batch(workflow, [item], options or Options())


def film(path: Path | None = None, data: bytes | None = None) -> Input:
    """Return a video as an input."""
    return Input("film.mp4", path, data, "videos")


def code_video(path: Path, texts: list[str], seconds_each: int = 2) -> Path:
    """Write a video that shows a QR code for some seconds, then the next one, at 5 frames a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=5)
        stream.width = stream.height = 240
        stream.pix_fmt = "yuv420p"
        for number, text in enumerate(texts):
            from PIL import Image

            picture = Image.open(code_picture(path.with_name(f"{number}.png"), text)).resize((240, 240))
            for _ in range(5 * seconds_each):
                frame = av.VideoFrame.from_ndarray(numpy.asarray(picture.convert("RGB")), format="rgb24")
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def remuxed(path: Path, format: str) -> bytes:
    """Return the slideshow in a container that can be read from its beginning."""
    with av.open(str(SLIDESHOW)) as source, av.open(str(path), "w", format=format) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    return path.read_bytes()


def turned(quarter_turns: int) -> bytes:
    """Return the slideshow with the note that a phone held sideways writes (the matrix in its track header)."""
    one = 65536
    matrix = {
        1: (0, one, 0, -one, 0, 0, 480 * one, 0, 1 << 30),
        2: (-one, 0, 0, 0, -one, 0, 640 * one, 480 * one, 1 << 30),
        3: (0, -one, 0, one, 0, 0, 0, 640 * one, 1 << 30),
    }[quarter_turns]
    data = bytearray(SLIDESHOW.read_bytes())
    start = data.find(b"tkhd") + 4 + 4 + 20 + 8 + 8
    data[start : start + 36] = struct.pack(">9i", *matrix)
    return bytes(data)


def test_one_frame_a_second_by_default() -> None:
    rows = process(film(SLIDESHOW))
    assert [row.seconds for row in rows] == [float(second) for second in range(18)]
    assert [row.frame for row in rows] == [15 * second for second in range(18)]
    assert {row.cause for row in rows} == {None}
    assert {row.name for row in rows} == {"film.mp4"}
    assert rows[0].outputs["width"] == 640


@pytest.mark.parametrize(("fps", "count"), [(5, 90), (100, 270), (0.1, 2), (2.5, 45)])
def test_frames_a_second_can_be_chosen(fps: float, count: int) -> None:
    rows = process(film(SLIDESHOW), Options(max_video_fps=fps))
    assert len(rows) == count
    moments = [row.seconds for row in rows]
    assert moments == sorted(set(moments), key=lambda each: each or 0)


def test_what_is_read_is_read_at_its_second(tmp_path: Path) -> None:
    path = code_video(tmp_path / "codes.mp4", ["first", "second", "third"])
    rows = process(film(path), workflow="read-codes")
    assert [(row.seconds, row.outputs["text"]) for row in rows] == [
        (0.0, "first"), (1.0, "first"), (2.0, "second"), (3.0, "second"), (4.0, "third"), (5.0, "third"),
    ]  # fmt: skip


@pytest.mark.parametrize("fps", [None, 2.0])
def test_preview_shows_the_drawn_frames_at_their_pace(tmp_path: Path, fps: float | None) -> None:
    path = code_video(tmp_path / "codes.mp4", ["first", "second", "third"])
    rows = process(film(path), Options(keep_images=True, max_video_fps=fps), "read-codes")
    assert rows[0].outputs["output_image"] == IMAGE_PLACEHOLDER
    assert [len(row.images) for row in rows] == [1] + [0] * (len(rows) - 1)
    with av.open(io.BytesIO(rows[0].images["output_image"]), "r") as preview:
        stream = preview.streams.video[0]
        assert stream.codec_context.name == "h264"
        shown = [(round(frame.time, 2), frame.to_ndarray(format="rgb24")) for frame in preview.decode(stream)]
    assert [moment for moment, _ in shown] == [row.seconds for row in rows]
    greenest = max(int((pixels[..., 1].astype(int) - pixels[..., 0]).max()) for _, pixels in shown)
    assert greenest > 80, "the outline is drawn in green over a black and white code"


@pytest.mark.parametrize(("quarter_turns", "size"), [(1, (480, 640)), (2, (640, 480)), (3, (480, 640))])
def test_sideways_video_comes_upright(quarter_turns: int, size: tuple[int, int]) -> None:
    straight = next(frames(film(SLIDESHOW), 1)).picture.image
    upright = next(frames(film(data=turned(quarter_turns)), 1)).picture
    assert (upright.width, upright.height) == size
    # The matrix turns clockwise; Pillow turns the other way round.
    expected = numpy.rot90(numpy.asarray(straight), -quarter_turns)
    assert numpy.array_equal(numpy.asarray(upright.image), expected)


def test_odd_sizes_can_be_previewed(tmp_path: Path) -> None:
    source = tmp_path / "odd.mkv"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("ffv1", rate=2)
        stream.width, stream.height, stream.pix_fmt = 161, 121, "bgr0"
        for _ in range(4):
            pixels = numpy.zeros((121, 161, 3), dtype=numpy.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    rows = process(film(source), Options(keep_images=True), "read-codes")
    assert [row.cause for row in rows] == [None, None]
    assert rows[0].images["output_image"]


def test_bad_videos_have_their_reasons(tmp_path: Path) -> None:
    whole = SLIDESHOW.read_bytes()
    unreadable = "This is not a video that can be read here, or the file is incomplete."
    sound = io.BytesIO()
    with av.open(sound, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        silence = av.AudioFrame.from_ndarray(numpy.zeros((1, 1024), dtype=numpy.float32), format="fltp", layout="mono")
        silence.sample_rate = 44100
        container.mux(stream.encode(silence))
        container.mux(stream.encode())
    assert [
        process(item)[0].cause
        for item in (
            film(data=b""),
            film(data=b"Dear diary, " * 50),
            film(data=whole[: len(whole) // 2]),
            film(data=sound.getvalue()),
            film(tmp_path / "gone.mp4"),
            Input("nothing.mp4", content="videos"),
        )
    ] == [
        "The file is empty (0 bytes).",
        unreadable,
        unreadable,
        "The file has no moving picture; it may hold sound only.",
        "The file is not there any more: it was moved, renamed or deleted, or its disk is gone.",
        "Nothing was handed over for this name.",
    ]


def test_incomplete_video_is_processed_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = remuxed(tmp_path / "whole.mkv", "matroska")
    rows = process(film(data=whole[: len(whole) // 2]), Options(keep_images=True), "read-codes")
    assert [row.seconds for row in rows[:-1]] == [float(second) for second in range(len(rows) - 1)]
    assert 5 < len(rows) < 15
    assert rows[-1].cause is not None
    assert rows[-1].cause.startswith("The video is damaged or incomplete after 0:0")
    assert [row.cause for row in rows[:-1]] == [None] * (len(rows) - 1)
    assert rows[0].images, "what was drawn before the damage is kept"


@pytest.mark.parametrize("format", ["mp4", "matroska"])
def test_long_last_picture_is_no_damage(tmp_path: Path, format: str) -> None:
    """Screen recordings hold a picture as long as nothing moves."""
    path = tmp_path / f"screen.{format}"
    with av.open(str(path), "w", format=format) as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, seconds in enumerate((0.0, 1.0, 2.0, 3.0, 30.0)):
            pixels = numpy.full((120, 160, 3), 40 * number, dtype=numpy.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = round(seconds * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert [(row.seconds, row.cause) for row in process(film(path))] == [
        (0.0, None), (1.0, None), (2.0, None), (3.0, None), (30.0, None),
    ]  # fmt: skip


def test_sound_that_goes_on_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libx264", rate=2)
        pictures.width, pictures.height, pictures.pix_fmt = 160, 120, "yuv420p"
        sound = container.add_stream("aac", rate=44100, layout="mono")
        for _ in range(4):
            pixels = numpy.zeros((120, 160, 3), dtype=numpy.uint8)
            container.mux(pictures.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(pictures.encode())
        for number in range(44100 * 10 // 1024):
            silence = numpy.zeros((1, 1024), dtype=numpy.float32)
            frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44100, number * 1024
            container.mux(sound.encode(frame))
        container.mux(sound.encode())
    assert [row.cause for row in process(film(path))] == [None, None]


def test_damage_in_the_middle_is_said() -> None:
    data = bytearray(SLIDESHOW.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(number * 7 & 255 for number in range(3000))
    rows = process(film(data=bytes(data)))
    assert rows[-1].cause is not None
    assert rows[-1].outputs == {}
    assert len(rows) > 3


@pytest.mark.parametrize("name", ["수확.mp4", "फसल.mp4", "😀.mp4", "two\nlines.mp4"])
def test_every_name(tmp_path: Path, name: str) -> None:
    rows = process(Input(name, video(tmp_path / name), content="videos"))
    assert [(row.name, row.cause) for row in rows] == [(name, None)] * 2


def test_pictures_and_videos_do_not_disturb_each_other() -> None:
    rows = process_batch("read-codes", [film(data=b"x"), Input("a.jpg", data=picture_bytes(1))], Options())
    assert [row.cause is None for row in rows] == [False, True]
