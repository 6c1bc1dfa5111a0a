"""Counting and blurring in videos, made so that the truth is known: somebody walks through the picture."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from PIL import Image, ImageOps

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options, Unwanted
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.workflows.catalogue import built_in
from making.media import filmed

SIZE = (640, 360)
PERSON = ("photographer.jpg", (5, 64, 300, 502), (150, 223))
FACE = ("astronaut.jpg", (100, 20, 350, 300), (200, 224))


def film(path: Path, what: tuple[str, Any, tuple[int, int]], where: Callable[[float], float], seconds: float) -> Path:
    """Write a video of 20 frames a second in which a cut-out has its left edge at `where(part of the video)`."""
    name, box, size = what
    cut = Image.open(resource("samples", name)).convert("RGB").crop(box).resize(size)
    count = round(seconds * 20)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=20)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for number in range(count):
            picture = Image.new("RGB", SIZE, (150, 150, 145))
            picture.paste(cut, (round(where(number / count)), 100))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numpy.asarray(picture), format="rgb24")))
        container.mux(stream.encode())
    return path


def process(workflow: str, path: Path, **how: Any) -> list[Row]:
    """Run a workflow over one video."""
    rows = process_batch(workflow, [Input(path.name, path, content="videos")], Options(**how))
    assert {row.cause for row in rows} == {None}
    return rows


def last(rows: list[Row], *names: str) -> list[object]:
    """Return some outputs of the last frame."""
    return [rows[-1].outputs[name] for name in names]


def to_the_right(part: float) -> float:
    return 20 + 440 * part


def there_and_back(part: float) -> float:
    return to_the_right(2 * part if part < 0.5 else 2 - 2 * part)


def test_who_crosses_the_line_is_counted_once(tmp_path: Path) -> None:
    rows = process("count-in-video", film(tmp_path / "a.mp4", PERSON, to_the_right, 3))
    assert len(rows) == 30
    assert last(rows, "crossed_in", "crossed_out") == [1, 0]
    assert rows[0].outputs["crossed_in"] == 0
    assert [row.frame for row in rows[:3]] == [0, 2, 4]
    assert sum(row.outputs["count"] == 1 for row in rows) >= 26
    numbers = {each["tracker_id"] for row in rows for each in found(row)}
    assert len(numbers) == 1


def found(row: Row) -> list[dict[str, Any]]:
    """Return the detections of a frame."""
    predictions: Any = row.outputs["predictions"]
    return list(predictions["predictions"])


def test_who_comes_back_is_counted_in_both_directions(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", PERSON, there_and_back, 6)
    assert last(process("count-in-video", path), "crossed_in", "crossed_out") == [1, 1]


CUT = Image.open(resource("samples", PERSON[0])).convert("RGB").crop(PERSON[1])
LARGE, SMALL = CUT.resize((150, 223)), CUT.resize((140, 208))
STREET = (640, 480)

Walker = tuple[Image.Image, Callable[[float], tuple[float, float] | None]]
"""Somebody, and where their upper left corner is at a second; None: not there."""


def street(path: Path, walkers: list[Walker], seconds: float) -> Path:
    """Write a video of 10 frames a second in which people walk before a picture that stands still."""
    ground = Image.open(resource("samples", "mountain.jpg")).convert("RGB").resize(STREET)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.codec_context.thread_count = 1  # more of them make another video
        stream.width, stream.height, stream.pix_fmt = *STREET, "yuv420p"
        for number in range(round(seconds * 10)):
            picture = ground.copy()
            for cut, where in walkers:
                place = where(number / 10)
                if place is not None:
                    picture.paste(cut, (round(place[0]), round(place[1])))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numpy.asarray(picture), format="rgb24")))
        container.mux(stream.encode())
    return path


def to_and_fro(seconds: float, period: float) -> float:
    """Return 0 to 1 and back within a period."""
    part = seconds / period % 1
    return 2 * part if part < 0.5 else 2 - 2 * part


def test_as_many_cross_as_do(tmp_path: Path) -> None:
    """The truth: one who crosses seven times; two who meet, three times each; four, one after the other."""

    def pacing(second: float) -> tuple[float, float]:
        return 20 + 440 * to_and_fro(second, 4), 110

    def upper(second: float) -> tuple[float, float]:
        return 20 + 460 * to_and_fro(second, 6), 20

    def lower(second: float) -> tuple[float, float]:
        return 480 - 460 * to_and_fro(second, 6), 250

    def passing(number: int, second: float) -> tuple[float, float] | None:
        since = second - 3 * number
        return (260 * since - 150, 110) if 0 <= since < 3.2 else None

    one = street(tmp_path / "one.mp4", [(LARGE, pacing)], 14)
    two = street(tmp_path / "two.mp4", [(SMALL, upper), (ImageOps.mirror(SMALL), lower)], 9)
    four = street(tmp_path / "four.mp4", [(LARGE, partial(passing, each)) for each in range(4)], 12.5)
    counted = [last(process("count-in-video", each), "crossed_in", "crossed_out") for each in (one, two, four)]
    assert counted == [[4, 3], [3, 3], [4, 0]]


def test_videos_of_one_batch_know_nothing_of_each_other_nor_of_one_that_was_left(tmp_path: Path) -> None:
    paths = [film(tmp_path / f"{each}.mp4", PERSON, to_the_right, 3) for each in range(2)]
    inputs = [Input("video", each, content="videos") for each in paths]
    [alone, _] = [process_batch("count-in-video", [each], Options()) for each in inputs]

    def look(progress: float) -> None:
        if progress > 0.7:
            raise Unwanted

    with pytest.raises(Unwanted):
        process_batch("count-in-video", inputs[:1], Options(), look)
    together = process_batch("count-in-video", inputs, Options())
    assert together[: len(alone)] == alone
    assert together[len(alone) :] == alone


def test_every_video_begins_anew_and_gives_the_same_again(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", PERSON, to_the_right, 3)
    other = film(tmp_path / "b.mp4", PERSON, there_and_back, 4)
    first = process("count-in-video", path, keep_images=True)
    process("count-in-video", other)
    assert process("count-in-video", path, keep_images=True) == first


def test_line_and_area_are_settings(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", PERSON, to_the_right, 3)
    parameters = {"line": "0,0.95 1,0.95", "area": "0,0 0.5,0 0.5,1 0,1", "classes": "person"}
    rows = process("count-in-video", path, parameters=parameters)
    assert last(rows, "crossed_in", "crossed_out", "count", "in_area") == [0, 0, 1, 0]
    inside = [row.outputs["in_area"] for row in rows]
    assert 10 < sum(1 for each in inside if each) < 22
    pixels = process("count-in-video", path, parameters={"line": [[320, 0], [320, 360]], "classes": ["person"]})
    assert last(pixels, "crossed_in", "crossed_out") == [1, 0]
    dogs = process("count-in-video", path, parameters={"classes": "dog"})
    assert sum(len(found(row)) for row in dogs) == 0


WRONG = ["0.5,0", "0.5,0 0.5", "a,b c,d", "0,0 2,2", "0,-1 1,1", 5, [[1, 2]], [[1, "a"], [2, 3]]]


@pytest.mark.parametrize("line", WRONG)
def test_lines_that_are_none_are_refused(line: object) -> None:
    workflow = built_in("count-in-video")
    assert workflow is not None
    assert workflow.check({"line": "0,0.5 1,0.5", "area": [[0, 0], [9, 0], [9, 9]]}) is None
    assert str(workflow.check({"line": line})).startswith(
        "“line” takes 2 points, as parts of width and height: 0.5,0 0.5,1. Not "
    )


def test_a_face_is_blurred_in_every_frame_of_a_video(tmp_path: Path) -> None:
    rows = process("blur-faces", film(tmp_path / "a.mp4", FACE, to_the_right, 2), keep_images=True)
    assert [row.outputs["count"] for row in rows] == [1] * 40
    assert [row.frame for row in rows] == list(range(40))
    (tmp_path / "blurred.mp4").write_bytes(rows[0].images["output_image"])
    with av.open(tmp_path / "blurred.mp4") as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == SIZE
        frames = [Image.fromarray(frame.to_ndarray(format="rgb24")) for frame in container.decode(stream)]
    assert len(frames) == 40
    again = [Input(str(number), data=_png(frame)) for number, frame in enumerate(frames)]
    assert [row.outputs["count"] for row in process_batch("blur-faces", again, Options())] == [0] * 40


def test_a_blurred_video_is_the_video_at_full_size_with_its_sound(tmp_path: Path) -> None:
    astronaut = Image.open(resource("samples", "astronaut.jpg")).convert("RGB")
    size = (1920, 1080)
    ground = Image.open(resource("samples", "living_room.jpg")).convert("RGB").resize(size)
    moments = [0, 40, 200, 1000]

    def picture(number: int) -> Image.Image:
        image = ground.copy()
        image.paste(astronaut, (300 + 40 * number, 200))
        return image

    path = filmed(tmp_path / "a.mp4", moments, pictures=picture, sound="aac")
    rows = process("blur-faces", path, keep_images=True)
    assert [row.seconds for row in rows] == [each / 1000 for each in moments]
    assert all(row.outputs["count"] for row in rows)
    with av.open(io.BytesIO(rows[0].images["output_image"]), "r") as container:
        assert [each.codec_context.name for each in container.streams.audio] == ["aac"]
        decoded = list(container.decode(container.streams.video[0]))
    assert [round(frame.time * 1000) for frame in decoded] == moments
    for number, frame in enumerate(decoded):
        shown = frame.to_ndarray(format="rgb24").astype(int)
        assert shown.shape == (1080, 1920, 3)
        difference = abs(shown - numpy.asarray(picture(number), int)).mean(axis=2)
        left = 300 + 40 * number
        assert difference[270:340, left + 190 : left + 250].mean() > 10, "the face is not to be seen"
        assert difference[:, : left - 50].mean() < 4, "all else is"


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
