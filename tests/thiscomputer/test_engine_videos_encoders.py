"""A drawn video comes out whole with every encoder there is, and the best one that works makes it."""

import io
from pathlib import Path

import av
import numpy
import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.flows.results.pictures.film import Film as Shown
from batchdock.thiscomputer.engine import encoders, preview
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.encoders import ENCODERS, Encoder, is_trusted
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input, Row
from making.media import filmed, number_in

BY_NAME = {each.name: each for each in ENCODERS}
SOFTWARE = ["libx264", "libvpx-vp9", "mpeg4"]
TAGS = {"libx264": "avc1", "libvpx-vp9": "vp09", "mpeg4": "mp4v"}
"""What a player reads in the file before it reads a picture."""

UNEVEN = [0, 40, 55, 200, 233, 500, 533, 2000, 2040, 2080]
PURE = (200, 60, 30)


def only(name: str, patch: pytest.MonkeyPatch) -> Encoder:
    """Leave one encoder."""
    assert name in av.codecs_available
    patch.setattr(preview, "ENCODERS", (BY_NAME[name],))
    return BY_NAME[name]


def rows_of(path: Path, per_second: float = 1000.0) -> list[Row]:
    options = Options({"formats": "QRCode"}, keep_images=True, max_video_fps=per_second)
    return process_batch("read-codes", [Input(path.name, path, content="videos")], options)


def drawing_of(path: Path) -> bytes:
    rows = rows_of(path)
    assert {row.cause for row in rows} == {None}
    return rows[0].images["output_image"]


def pictures_of(data: bytes) -> list[tuple[float, Image.Image]]:
    with av.open(io.BytesIO(data), "r") as container:
        return [
            (round(frame.time, 4), Image.fromarray(frame.to_ndarray(format="rgb24")))
            for frame in container.decode(video=0)
        ]


def test_software_that_is_always_there_is_really_tested() -> None:
    assert {"libx264", "libvpx-vp9", "mpeg4"} <= av.codecs_available


@pytest.mark.parametrize("name", SOFTWARE)
def test_every_frame_keeps_its_moment_and_its_sound(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    only(name, monkeypatch)
    data = drawing_of(filmed(tmp_path / "a.mp4", UNEVEN, sound="aac"))
    found = pictures_of(data)
    assert [second for second, _ in found] == [each / 1000 for each in UNEVEN]
    assert [number_in(picture) for _, picture in found] == list(range(len(UNEVEN)))
    with av.open(io.BytesIO(data), "r") as container:
        assert container.format.name.startswith("mov,mp4")
        assert container.streams.video[0].codec_context.codec_tag == TAGS[name]
        assert [each.codec_context.name for each in container.streams.audio] == ["aac"]


@pytest.mark.parametrize("name", SOFTWARE)
def test_the_apps_own_viewer_goes_to_any_moment(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    only(name, monkeypatch)
    moments = [40 * each for each in range(75)]
    path = tmp_path / "drawn.mp4"
    path.write_bytes(drawing_of(filmed(tmp_path / "a.mp4", moments)))
    shown = Shown(path)
    try:
        assert shown.duration == pytest.approx(3.0, abs=0.08)
        for second in (2.4, 0.2, 1.64, 0.0):
            shot = shown.at(second, lambda: True)
            assert shot.seconds == pytest.approx(second, abs=0.001)
            assert number_in(Image.fromarray(shot.frame.to_ndarray(format="rgb24"))) == round(second / 0.04)
    finally:
        shown.close()


@pytest.mark.parametrize("name", SOFTWARE)
@pytest.mark.parametrize("size", [(161, 121), (1921, 1081), (2, 2), (1, 1), (3, 500)])
def test_any_size(tmp_path: Path, name: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    first = only(name, monkeypatch)
    if first.is_tried:  # it may refuse small ones, and the next one takes them
        monkeypatch.setattr(preview, "ENCODERS", (first, BY_NAME["libvpx-vp9"]))
    path = filmed(
        tmp_path / "a.mkv", [0, 500], codec="ffv1", pixels="bgr0", pictures=lambda _: Image.new("RGB", size, PURE)
    )
    found = pictures_of(drawing_of(path))
    assert [picture.size for _, picture in found] == [tuple(each + each % 2 for each in size)] * 2
    assert numpy.asarray(found[0][1]).reshape(-1, 3).mean(axis=0) == pytest.approx(PURE, abs=6)


@pytest.mark.parametrize("name", SOFTWARE)
@pytest.mark.parametrize("colours", [(1, 1, 1, 1), (6, 1, 6, 6), (9, 1, 9, 16)])
def test_colours_are_said_and_kept(
    tmp_path: Path, name: str, colours: tuple[int, int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(name, monkeypatch)
    path = filmed(tmp_path / "a.mp4", [0, 100], pictures=lambda _: Image.new("RGB", (320, 180), PURE), colours=colours)
    data = drawing_of(path)
    with av.open(io.BytesIO(data), "r") as container:
        context = container.streams.video[0].codec_context
        next(container.decode(video=0))
        assert (context.colorspace, context.color_range, context.color_primaries, context.color_trc) == colours
    near = 6 if BY_NAME[name].by_bits else 4
    assert numpy.asarray(pictures_of(data)[0][1]).reshape(-1, 3).mean(axis=0) == pytest.approx(PURE, abs=near)


@pytest.mark.parametrize("name", SOFTWARE)
def test_it_looks_like_what_was_drawn(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    only(name, monkeypatch)
    path = resource("samples", "slideshow.mp4")
    drawn = pictures_of(rows_of(path, 2.0)[0].images["output_image"])
    with av.open(str(path), "r") as container:
        filmed_ones = {
            round(frame.time, 2): Image.fromarray(frame.to_ndarray(format="rgb24"))
            for frame in container.decode(video=0)
        }
    assert len(drawn) > 10
    worst = min(_likeness(picture, filmed_ones[round(second, 2)]) for second, picture in drawn)
    assert worst > 33, "decibels: below, one sees it"


def _likeness(one: Image.Image, other: Image.Image) -> float:
    error = ((numpy.asarray(one).astype(float) - numpy.asarray(other)) ** 2).mean()
    return float(10 * numpy.log10(255**2 / error))


def test_same_frames_in_same_bytes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filmed(tmp_path / "a.mp4", UNEVEN)
    for name in ("libx264", "libvpx-vp9", "mpeg4"):
        only(name, monkeypatch)
        assert drawing_of(path) == drawing_of(path)


def test_an_encoder_with_nothing_behind_it_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A size x264 refuses stands for what is packaged: the name is listed, and opening fails."""
    hollow = Encoder("libx264", "H.264", pixels="rgb24")
    absent = Encoder("no_such_encoder", "H.264")
    monkeypatch.setattr(preview, "ENCODERS", (absent, hollow, *ENCODERS[1:]))
    data = drawing_of(filmed(tmp_path / "a.mp4", UNEVEN))
    with av.open(io.BytesIO(data), "r") as container:
        assert container.streams.video[0].codec_context.codec_tag in {"avc1", "vp09"}
    assert [second for second, _ in pictures_of(data)] == [each / 1000 for each in UNEVEN]


def test_hardware_is_asked_once_and_believed_only_when_it_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    hollow = Encoder("h264_v4l2m2m", "H.264", is_tried=True)
    monkeypatch.setitem(encoders._OPTIONS, hollow.name, {})
    if hollow.name in av.codecs_available and not any(Path("/dev").glob("video*")):
        assert not is_trusted(hollow, (64, 64))
    stand_in = Encoder("mpeg4", "MPEG-4", by_bits=True, is_tried=True)
    assert is_trusted(stand_in, (320, 240))
    asked = is_trusted.cache_info().misses
    assert is_trusted(stand_in, (320, 240))
    assert is_trusted.cache_info().misses == asked
    monkeypatch.setattr(encoders, "_NEAR", -1)
    assert not is_trusted(stand_in, (322, 240)), "another picture came back than was given"


def test_without_any_encoder_it_is_said_and_the_rows_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "ENCODERS", ())
    rows = rows_of(filmed(tmp_path / "a.mp4", [0, 40]))
    assert str(rows[-1].cause).startswith("No program part that writes videos is there")


def test_bits_grow_with_the_picture_and_only_where_they_are_asked_for() -> None:
    mpeg4, vp9 = BY_NAME["mpeg4"], BY_NAME["libvpx-vp9"]
    assert mpeg4.bit_rate((1920, 1080), 25.0) > mpeg4.bit_rate((640, 480), 25.0) > mpeg4.bit_rate((2, 2), 25.0) > 0
    assert mpeg4.bit_rate((640, 480), 1000.0) == mpeg4.bit_rate((640, 480), 60.0)
    assert vp9.bit_rate((1920, 1080), 25.0) == 0
