"""The drawn video is the video itself: as large, every frame at its moment, its colours, its sound."""

import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy
import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine import videos
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options, Unwanted
from batchdock.thiscomputer.engine.rows import Input, Row
from making.media import filmed, number_in, numbered, scene

EVERY_FRAME = 1000.0
MATRIX_709, MATRIX_601, MATRIX_2020 = 1, 6, 9
LIMITED, FULL = 1, 2


def rows_of(path: Path, per_second: float = EVERY_FRAME, folder: Path | None = None) -> list[Row]:
    """Read codes in a video, which draws every frame, and expect nothing wrong."""
    options = Options({"formats": "QRCode"}, keep_images=True, max_video_fps=per_second, folder=folder)
    rows = process_batch("read-codes", [Input(path.name, path, content="videos")], options)
    assert {row.cause for row in rows} == {None}
    return rows


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is in a drawn video: frames as (second, picture), and of every sound its codec, begin and length.

    `colours` are matrix, range, primaries and transfer as ITU-T H.273 numbers them; `aspect` that of one pixel.
    """

    size: tuple[int, int]
    aspect: Fraction | None
    colours: tuple[int, int, int, int]
    frames: list[tuple[float, Image.Image]]
    seconds: float
    sounds: list[tuple[str, float, float]]

    @property
    def numbers(self) -> list[int]:
        """What the `numbered` pictures say."""
        return [number_in(picture) for _, picture in self.frames]


def drawn(path: Path, per_second: float = EVERY_FRAME) -> Drawn:
    """Return what comes of a video."""
    return seen(rows_of(path, per_second)[0].images["output_image"])


def seen(data: bytes) -> Drawn:
    """Take a video apart, and expect that it needs no turning."""
    with av.open(io.BytesIO(data), "r") as container:
        [stream] = container.streams.video
        sounds = [
            (each.codec_context.codec.canonical_name, float((each.start_time or 0) * (each.time_base or 0)),
             float((each.duration or 0) * (each.time_base or 0)))
            for each in container.streams.audio
        ]  # fmt: skip
        decoded = list(container.decode(stream))
        assert {frame.rotation for frame in decoded} == {0}
        frames = [(round(frame.time, 4), Image.fromarray(frame.to_ndarray(format="rgb24"))) for frame in decoded]
        # What a stream tells is gone with its container.
        context = stream.codec_context
        return Drawn(
            (stream.width, stream.height),
            stream.sample_aspect_ratio,
            (context.colorspace, context.color_range, context.color_primaries, context.color_trc),
            frames,
            float((stream.duration or 0) * (stream.time_base or 0)),
            sounds,
        )


UNEVEN = [0, 40, 55, 200, 233, 500, 533, 2000, 2040, 2080]


@pytest.mark.parametrize(("ending", "tick"), [("mp4", 1000), ("mkv", 1000), ("mp4", 90000), ("ts", 90000)])
def test_every_frame_keeps_its_moment(tmp_path: Path, ending: str, tick: int) -> None:
    moments = [each * tick // 1000 for each in UNEVEN]
    path = filmed(tmp_path / f"a.{ending}", moments, tick=Fraction(1, tick))
    rows = rows_of(path)
    assert [row.seconds for row in rows] == [round(each / tick, 6) for each in moments]
    video = seen(rows[0].images["output_image"])
    assert [second for second, _ in video.frames] == [each / 1000 for each in UNEVEN]
    assert video.numbers == list(range(len(UNEVEN)))


def test_moments_that_are_no_milliseconds_are_exact(tmp_path: Path) -> None:
    path = filmed(tmp_path / "a.mp4", [1001 * each for each in range(300)], tick=Fraction(1, 30000))
    rows = rows_of(path)
    assert [row.seconds for row in rows] == [round(1001 * each / 30000, 6) for each in range(300)]
    with av.open(io.BytesIO(rows[0].images["output_image"]), "r") as container:
        stream = container.streams.video[0]
        times = [Fraction(frame.pts or 0) * (frame.time_base or 0) for frame in container.decode(stream)]
    assert times == [Fraction(1001 * each, 30000) for each in range(300)]


@pytest.mark.parametrize(
    ("ending", "picture", "sound", "kept_as"),
    [
        ("mp4", "libx264", "aac", "aac"),
        ("mkv", "libx264", "libopus", "opus"),
        ("mkv", "libx264", "ac3", "ac3"),
        ("mkv", "libx264", "flac", "flac"),
        ("avi", "mjpeg", "libmp3lame", "mp3"),
        ("mov", "mpeg4", "alac", "alac"),
        ("mov", "libx264", "pcm_s16le", "aac"),
        ("ts", "libx264", "aac", "aac"),
        ("ts", "mpeg2video", "mp2", "aac"),
        ("webm", "libvpx", "libopus", "opus"),
        ("webm", "libvpx-vp9", "libopus", "opus"),
        ("flv", "libx264", "aac", "aac"),
    ],
)
def test_containers_and_their_sounds(tmp_path: Path, ending: str, picture: str, sound: str, kept_as: str) -> None:
    pixels = "yuvj420p" if picture == "mjpeg" else "yuv420p"
    path = filmed(
        tmp_path / f"a.{ending}", list(range(50)), tick=Fraction(1, 25), codec=picture, pixels=pixels, sound=sound
    )
    video = drawn(path)
    assert video.numbers == list(range(50))
    [(codec, begin, length)] = video.sounds
    assert codec == kept_as
    assert begin == pytest.approx(0.0, abs=0.03)
    assert length == pytest.approx(2.0, abs=0.08)
    assert video.seconds == pytest.approx(2.0, abs=0.06)


def samples(data: bytes | Path) -> tuple[float, list[bytes]]:
    """Return when the sound begins, and its packets as they are."""
    with av.open(io.BytesIO(data) if isinstance(data, bytes) else str(data), "r") as container:
        stream = container.streams.audio[0]
        return float((stream.start_time or 0) * (stream.time_base or 0)), [
            bytes(packet) for packet in container.demux(stream) if packet.size
        ]


def test_sound_is_copied_to_the_byte(tmp_path: Path) -> None:
    path = filmed(tmp_path / "a.mp4", [40 * each for each in range(50)], sound="aac")
    assert samples(rows_of(path)[0].images["output_image"]) == samples(path)


@pytest.mark.parametrize(("begin", "end"), [(0.0, 6.0), (1.0, 3.0), (0.5, 1.0)])
def test_sound_begins_and_ends_when_it_did(tmp_path: Path, begin: float, end: float) -> None:
    path = filmed(tmp_path / "a.mp4", [40 * each for each in range(75)], sound="aac", sound_from=begin, sound_to=end)
    video = drawn(path)
    [(_, heard_from, length)] = video.sounds
    assert heard_from == pytest.approx(begin, abs=0.03)
    assert heard_from + length == pytest.approx(end, abs=0.08) or length == pytest.approx(end - begin, abs=0.08)
    assert [second for second, _ in video.frames] == [round(0.04 * each, 2) for each in range(75)]


@pytest.mark.parametrize("ending", ["mkv", "ts"])
def test_sound_from_before_the_first_picture_is_kept(tmp_path: Path, ending: str) -> None:
    moments = [90 * (2000 + 40 * each) for each in range(50)]
    path = filmed(tmp_path / f"a.{ending}", moments, tick=Fraction(1, 90000), sound="aac", sound_from=1.0, sound_to=4.0)
    rows = rows_of(path)
    assert [row.seconds for row in rows[:2]] == [0.0, 0.04]
    video = seen(rows[0].images["output_image"])
    assert video.frames[0][0] - video.sounds[0][1] == pytest.approx(1.0, abs=0.05)
    assert video.numbers == list(range(50))


def test_every_track_of_sound_comes_along(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libx264", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 192, 108, "yuv420p"
        tracks = [container.add_stream(codec, rate=48000, layout="stereo") for codec in ("aac", "pcm_s16le")]
        for track, language in zip(tracks, ("eng", "kor"), strict=True):
            track.metadata["language"] = language
        for number in range(20):
            frame = av.VideoFrame.from_ndarray(numpy.asarray(numbered(number)), format="rgb24")
            container.mux(pictures.encode(frame))
            for track in tracks:
                sound = av.AudioFrame.from_ndarray(numpy.zeros((2, 4800), numpy.float32), "fltp", "stereo")
                sound.sample_rate, sound.pts = 48000, number * 4800
                container.mux(track.encode(sound))
        container.mux(pictures.encode())
        for track in tracks:
            container.mux(track.encode())
    data = rows_of(path)[0].images["output_image"]
    assert [codec for codec, _, _ in seen(data).sounds] == ["aac", "aac"]
    with av.open(io.BytesIO(data), "r") as container:
        assert [each.language for each in container.streams.audio] == ["eng", "kor"]
        assert {each.codec_context.layout.name for each in container.streams.audio} == {"stereo"}


def test_a_sampled_video_lasts_as_long_and_keeps_its_sound(tmp_path: Path) -> None:
    path = filmed(tmp_path / "a.mp4", [40 * each for each in range(140)], sound="aac")
    video = drawn(path, 1.0)
    assert [second for second, _ in video.frames] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert video.seconds == pytest.approx(5.6, abs=0.05)
    assert video.sounds[0][2] == pytest.approx(5.6, abs=0.08)


@pytest.mark.parametrize("size", [(161, 121), (1921, 1081), (2, 2), (1, 1), (3, 500)])
def test_frames_keep_their_size_and_odd_ones_get_a_pixel(tmp_path: Path, size: tuple[int, int]) -> None:
    def picture(number: int) -> Image.Image:
        return Image.new("RGB", size, (200, 60 + number, 30))

    video = drawn(filmed(tmp_path / "a.mkv", [0, 500], codec="ffv1", pixels="bgr0", pictures=picture))
    assert video.size == tuple(each + each % 2 for each in size)
    assert len(video.frames) == 2
    assert colour_of(video.frames[0][1]) == pytest.approx((200, 60, 30), abs=4)


def colour_of(image: Image.Image) -> tuple[float, ...]:
    """Return the mean colour."""
    return tuple(numpy.asarray(image).reshape(-1, 3).mean(axis=0))


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_pixels_that_are_no_squares_stay_so(tmp_path: Path, turned: int) -> None:
    path = filmed(tmp_path / "a.mp4", [0, 100], aspect=Fraction(16, 11), turned=turned)
    video = drawn(path)
    aspect, shape = ((11, 16), (108, 192)) if turned % 180 else ((16, 11), (192, 108))
    assert video.aspect == Fraction(*aspect)
    assert video.frames[0][1].size == shape


def quarters(number: int) -> Image.Image:
    """Return a picture with a colour of its own in every corner."""
    picture = Image.new("RGB", (192, 108))
    for corner, colour in zip(
        ((0, 0), (96, 0), (0, 54), (96, 54)), ((200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 200)), strict=True
    ):
        picture.paste(colour, (*corner, corner[0] + 96, corner[1] + 54))
    return picture


T = Image.Transpose
MATRICES = [
    ((1, 0, 0, 1), None),
    ((0, 1, -1, 0), T.ROTATE_270),
    ((-1, 0, 0, -1), T.ROTATE_180),
    ((0, -1, 1, 0), T.ROTATE_90),
    ((-1, 0, 0, 1), T.FLIP_LEFT_RIGHT),
    ((1, 0, 0, -1), T.FLIP_TOP_BOTTOM),
    ((0, 1, 1, 0), T.TRANSPOSE),
    ((0, -1, -1, 0), T.TRANSVERSE),
]  # fmt: skip


@pytest.mark.parametrize(("matrix", "turn"), MATRICES)
def test_turned_and_mirrored_videos_come_upright_and_need_no_turning(
    tmp_path: Path, matrix: tuple[int, int, int, int], turn: T | None
) -> None:
    straight = filmed(tmp_path / "a.mp4", [0, 100], pictures=quarters)
    path = tmp_path / "b.mp4"
    a, b, c, d = (65536 * each for each in matrix)
    with av.open(str(straight)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    expected = quarters(0) if turn is None else quarters(0).transpose(turn)
    found = drawn(path).frames[0][1]
    assert found.size == expected.size
    difference = numpy.asarray(found, numpy.int16) - numpy.asarray(expected, numpy.int16)
    assert abs(difference).mean() < 6


PURE = (200, 60, 30)


@pytest.mark.parametrize("size", [(320, 180), (1280, 720)])
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ((MATRIX_709, LIMITED, 1, 1), (MATRIX_709, LIMITED, 1, 1)),
        ((MATRIX_601, LIMITED, 6, 6), (MATRIX_601, LIMITED, 6, 6)),
        ((MATRIX_601, FULL, 1, 1), (MATRIX_601, LIMITED, 1, 1)),
        ((MATRIX_709, FULL, 1, 13), (MATRIX_709, LIMITED, 1, 13)),
        ((MATRIX_2020, LIMITED, 9, 16), (MATRIX_2020, LIMITED, 9, 16)),
        (None, None),
    ],
)
def test_colours_stay_what_they_are(
    tmp_path: Path,
    size: tuple[int, int],
    said: tuple[int, int, int, int] | None,
    kept: tuple[int, int, int, int] | None,
) -> None:
    def picture(number: int) -> Image.Image:
        return Image.new("RGB", size, PURE)

    hdr = said is not None and said[3] == 16
    path = filmed(
        tmp_path / ("a.mkv" if hdr else "a.mp4"),
        [0, 100],
        pictures=picture,
        codec="libx265" if hdr else "libx264",
        pixels="yuv420p10le" if hdr else "yuv420p",
        # Without B-frames: with them and this few frames x265 tells a moment that nobody has written down.
        codec_options={"x265-params": "log-level=none:crf=4:bframes=0"} if hdr else {},
        colours=said,
    )
    video = drawn(path)
    if kept is not None:
        assert video.colours == kept
        assert colour_of(video.frames[0][1]) == pytest.approx(PURE, abs=4)
    else:  # nothing is written down; players go by the size, and so it is done here
        high = size[1] >= 720
        assert video.colours[0] == (MATRIX_709 if high else MATRIX_601)
        assert (colour_of(video.frames[0][1]) == pytest.approx(PURE, abs=4)) is not high


def test_frames_of_another_size_are_fitted_in(tmp_path: Path) -> None:
    """Broadcasts and calls change their size on the way."""
    path = tmp_path / "a.ts"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 192, 108, "yuv420p"
        for begin, size in ((0, (192, 108)), (5, (384, 216)), (10, (192, 192))):
            encoder = av.VideoCodecContext.create("libx264", "w")
            encoder.width, encoder.height = size
            encoder.pix_fmt, encoder.time_base, encoder.framerate = "yuv420p", Fraction(1, 25), Fraction(25)
            frames: list[av.VideoFrame | None] = []
            for number in range(begin, begin + 5):
                frame = av.VideoFrame.from_ndarray(numpy.asarray(numbered(number, size)), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                frames.append(frame.reformat(format="yuv420p"))
            for packet in (each for frame in (*frames, None) for each in encoder.encode(frame)):
                packet.stream = stream
                container.mux(packet)
    video = drawn(path)
    assert video.size == (192, 108)
    assert [second for second, _ in video.frames] == [round(0.04 * each, 2) for each in range(15)]
    assert video.numbers[:10] == list(range(10))
    left, right = (numpy.asarray(video.frames[12][1])[:, column].mean() for column in (10, 181))
    assert max(left, right) < 8, "a square between black bars"


def test_a_video_handed_over_as_a_file_leaves_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "हस्तांतरण"
    folder.mkdir()
    path = filmed(tmp_path / "a.mp4", [0, 40, 80], sound="aac")
    rows = rows_of(path, folder=folder)
    assert rows[0].images == {}
    assert list(folder.iterdir()) == [rows[0].files["output_image"]]
    assert seen(rows[0].files["output_image"].read_bytes()).numbers == [0, 1, 2]
    assert all(not row.files for row in rows[1:])


def test_a_video_that_nobody_wants_leaves_nothing(tmp_path: Path) -> None:
    looks = []

    def look(progress: float) -> None:
        looks.append(progress)
        if progress > 0.5:
            raise Unwanted

    path = filmed(tmp_path / "a.mp4", [40 * each for each in range(50)], sound="aac")
    folder = tmp_path / "left"
    folder.mkdir()
    with pytest.raises(Unwanted):
        process_batch(
            "read-codes",
            [Input("a.mp4", path, content="videos")],
            Options(keep_images=True, max_video_fps=EVERY_FRAME, folder=folder),
            look,
        )
    assert looks[-1] < 0.6
    assert list(folder.iterdir()) == []


def test_what_is_too_large_to_be_sent_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "HELD_LIMIT_BYTES", 1000)
    path = filmed(tmp_path / "a.mp4", [0, 40, 80])
    options = Options(keep_images=True, max_video_fps=EVERY_FRAME)
    rows = process_batch("read-codes", [Input("a.mp4", path, content="videos")], options)
    assert [row.cause is None for row in rows] == [True, True, True, False]
    assert str(rows[-1].cause).startswith("The drawn video has more than 512 MB, too much to be sent")
    assert rows[0].images == {}


@pytest.mark.parametrize("room", [4096, 400_000])
def test_a_disk_that_takes_no_more_is_said_and_the_rows_are_kept(tmp_path: Path, room: int) -> None:
    limits = pytest.importorskip("resource")  # what a full disk is on Windows can not be played

    def picture(number: int) -> Image.Image:
        return scene(number, (640, 480))

    path = filmed(tmp_path / "a.mp4", [40 * each for each in range(30)], sound="aac", pictures=picture)
    folder = tmp_path / "left"
    folder.mkdir()
    options = Options({"formats": "QRCode"}, keep_images=True, max_video_fps=EVERY_FRAME, folder=folder)
    before = limits.getrlimit(limits.RLIMIT_FSIZE)
    limits.setrlimit(limits.RLIMIT_FSIZE, (room, before[1]))
    try:
        rows = process_batch("read-codes", [Input("a.mp4", path, content="videos")], options)
    finally:
        limits.setrlimit(limits.RLIMIT_FSIZE, before)
    assert len(rows) > 5
    assert {row.cause for row in rows[:-1]} == {None}
    assert rows[-1].cause == "The drawn video can not be written: the computer answered “File too large”."
    assert list(folder.iterdir()) == []


def test_a_track_without_sound_is_nothing_to_speak_of(tmp_path: Path) -> None:
    path = filmed(tmp_path / "a.mkv", [40 * each for each in range(20)], sound="aac", sound_to=0.0)
    assert drawn(path).numbers == list(range(20))


def test_the_slideshow_keeps_its_size_and_frames() -> None:
    path = resource("samples", "slideshow.mp4")
    video = drawn(path)
    assert video.frames[0][1].size == (640, 480)
    assert len(video.frames) == 270
