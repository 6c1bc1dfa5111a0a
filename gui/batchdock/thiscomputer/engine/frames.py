"""Takes frames out of videos: some a second, upright, with the second at which each is shown."""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.container import InputContainer
from PIL import Image

from batchdock.thiscomputer.engine.options import Look, unwatched
from batchdock.thiscomputer.engine.picture import NotProcessable, Picture
from batchdock.thiscomputer.engine.reading import check_size, open_file
from batchdock.thiscomputer.engine.rows import Input

_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
_SLACK = 0.001
"""Seconds by which a frame may come early and still count: container times are rounded."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its number in the video as filmed, when it is shown (in seconds), and the picture."""

    number: int
    seconds: float
    picture: Picture


def frames(item: Input, per_second: float, look: Look = unwatched) -> Iterator[Frame]:
    """Yield at most `per_second` frames for every second of a video. `look` is told at every frame that is decoded.

    Raises `NotProcessable` when it is no video, and after the last good frame when the rest of it is damaged.
    """
    with _opened(item) as file:
        try:
            container = av.open(file, "r", metadata_errors="ignore")
        except (av.FFmpegError, ValueError, OSError) as error:
            raise NotProcessable("This is not a video that can be read here, or the file is incomplete.") from error
        with container:
            if not container.streams.video:
                raise NotProcessable("The file has no moving picture; it may hold sound only.")
            yield from _sampled(container, per_second, look)


@contextlib.contextmanager
def _opened(item: Input) -> Iterator[BinaryIO]:
    """Open the file in Python: FFmpeg never sees its name."""
    with open_file(item.path) if item.data is None else io.BytesIO(item.data) as file:
        if not file.seek(0, io.SEEK_END):
            raise NotProcessable("The file is empty (0 bytes).")
        file.seek(0)
        yield file


def _sampled(container: InputContainer, per_second: float, look: Look) -> Iterator[Frame]:
    stream = container.streams.video[0]
    check_size(stream.codec_context.width, stream.codec_context.height)
    rate = float(stream.average_rate or stream.guessed_rate or 25)
    stream.codec_context.thread_count = 1  # the other cores have videos of their own
    start: float | None = None
    due, seconds, end, number = 0.0, 0.0, 0.0, -1
    whole = _length(container) or (container.duration or 0) / av.time_base
    try:
        for number, decoded in enumerate(container.decode(stream)):
            moment = number / rate if decoded.pts is None else decoded.time
            start = moment if start is None else start
            seconds = moment - start
            look(min(1.0, seconds / whole) if whole > 0 else 0.0)
            end = seconds + float(decoded.duration * (decoded.time_base or 0))
            if seconds + _SLACK < due:
                continue
            due = max(due + 1 / per_second, seconds + 1 / per_second / 2)
            yield Frame(number, round(seconds, 3), _upright(decoded))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise NotProcessable(_damage(number, seconds)) from error
    # FFmpeg takes a file that stops half-way for one that is over.
    length = _length(container)
    if number < 0 or length - end > max(2.0, length * 0.1):
        raise NotProcessable(_damage(number, seconds))


def _length(container: InputContainer) -> float:
    """Return how many seconds of pictures the file says it has, or 0 where it does not say."""
    stream = container.streams.video[0]
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    # The length of the whole tells nothing about the pictures where sound may go on without them.
    return container.duration / av.time_base if container.duration and len(container.streams) == 1 else 0.0


def _damage(number: int, seconds: float) -> str:
    if number < 0:
        return "The video is damaged: no frame of it can be decoded."
    minutes, rest = divmod(int(seconds), 60)
    return f"The video is damaged or incomplete after {minutes}:{rest:02d}; only what comes before was processed."


def _upright(decoded: av.VideoFrame) -> Picture:
    image: Image.Image = decoded.to_image()  # type: ignore[no-untyped-call]
    turn = _TURNS.get(round(decoded.rotation) % 360)
    if turn is not None:
        image = image.transpose(turn)
    return Picture(image, image.width, image.height)
