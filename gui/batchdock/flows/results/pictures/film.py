"""One open video: any frame of it, exactly, forwards and backwards. Blocks; used by one thread at a time."""

import bisect
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import numpy
from av.buffer import Buffer
from av.stream import Disposition
from av.video.frame import VideoFrame as Decoded
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from PIL import Image

from batchdock.core.errors import FileUnreadable
from batchdock.core.intake import PICTURE_LIMIT_PIXELS
from batchdock.core.pixels import Pixels
from batchdock.flows.results.pictures.frame import SLACK, VideoFrame
from batchdock.flows.results.pictures.lane import IsWanted

READING_ERRORS = (av.FFmpegError, OSError, ValueError)
"""What PyAV raises for damaged files."""

_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,asf,mpeg,mpegts,mpegvideo,ogg,gif,h264,hevc,m4v,mjpeg,dv,rm,mxf,wtv"
)
"""Not among them: lists that lead to other files and to the network."""

_TRIES = 5
"""How often in a row decoding may go wrong before it is given up."""

_STRAIGHT_SECONDS = 2.0
"""So far ahead is decoded straight on where it is not known yet how far the frames that stand for themselves are
apart; else as far as that."""

_BACK = (0.0, 1.0, 5.0, 30.0)
"""Seconds to go back further, one after the other, where the file's index led behind what was looked for."""

_KEPT_BYTES = 64 * 1024 * 1024
_FEWEST_KEPT = 6
"""Decoded frames that are at hand for a step back."""

_HIGH_DEFINITION = 720
_KNOWN_MATRICES = frozenset({1, 4, 5, 6, 7, 9})


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A decoded frame as the decoder has it."""

    frame: Decoded
    seconds: float


class Film:
    """Opens with the first frame decoded: what opens can be shown. Raises `FileUnreadable`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb")  # in Python, so that FFmpeg never sees the name
        except OSError as error:
            raise FileUnreadable(name=path.name, reason=error.strerror or str(error)) from error
        self._container: av.container.InputContainer | None = None
        try:
            self._open()
            first = self._next()
            if first is None:
                raise self._unreadable("None of its frames can be decoded.")
        except BaseException:
            self.close()
            raise
        self._begin = first.seconds
        self._reformatter = VideoReformatter()
        self._turn, self._is_sideways = _turn_of(first.frame)
        self._angle = first.frame.rotation
        self.width, self.height = first.frame.width, first.frame.height
        """Of the frames as they are shown, in the pixels that findings are measured in."""
        if self._is_sideways:
            self.width, self.height = self.height, self.width
        stream = self._stream
        self.rate = float(stream.average_rate or stream.guessed_rate or 25)
        """Frames a second, on average."""
        self.duration = max(self._length() or first.seconds, 1 / self.rate)
        """Seconds, from the first frame on."""
        self._aspect = float(stream.sample_aspect_ratio or 1) or 1.0
        self._run: list[Shot] = [Shot(first.frame, 0.0)]
        """Frames that follow each other, the last of them the one that was decoded last."""
        self._has_ended = False
        self._key_at = 0.0
        self._apart = _STRAIGHT_SECONDS

    @property
    def position(self) -> float:
        """How far was decoded last, in seconds."""
        return self._run[-1].seconds

    def at(self, seconds: float, is_wanted: IsWanted) -> Shot:
        """Return what is shown at `seconds`: the last frame that begins then or before; the first for all earlier."""
        return self._found(seconds + SLACK, is_wanted)

    def after(self, shot: Shot, is_wanted: IsWanted) -> Shot | None:
        """Return the frame that follows; None after the last."""
        self._found(shot.seconds + SLACK / 2, is_wanted)
        while (index := self._index(shot.seconds)) == len(self._run) - 1 and is_wanted():
            if not self._decode_on():
                return None
        return self._run[min(index + 1, len(self._run) - 1)]

    def before(self, shot: Shot, is_wanted: IsWanted) -> Shot | None:
        """Return the frame that comes before; None before the first."""
        if shot.seconds <= 0:
            return None
        found = self._found(shot.seconds - 1e-6, is_wanted)
        return found if found.seconds < shot.seconds else None

    def shown(self, shot: Shot, edge: int | None) -> VideoFrame:
        """Return a frame as people see it, its longer side at most `edge` pixels. Raises `FileUnreadable`."""
        frame = shot.frame
        width, height = frame.width, frame.height
        wide, high = width * max(1.0, self._aspect), height / min(1.0, self._aspect)
        share = min(1.0, edge / max(wide, high)) if edge is not None else 1.0
        size = max(1, round(wide * share)), max(1, round(high * share))
        if not frame.format.is_rgb and frame.colorspace not in _KNOWN_MATRICES:
            # What players assume where a video does not say.
            frame.colorspace = 1 if min(width, height) >= _HIGH_DEFINITION else 6
        try:
            flat = self._reformatter.reformat(frame, *size, format="rgb24", interpolation="AREA", threads=1)
        except READING_ERRORS as error:
            raise self._unreadable("Its colours can not be shown here.") from error
        plane = flat.planes[0]
        rows = numpy.frombuffer(memoryview(plane), numpy.uint8).reshape(-1, plane.line_size)[:, : flat.width * 3]
        turned = size
        if self._turn is None:
            data = rows.tobytes()
        else:
            image = Image.frombytes("RGB", size, rows.tobytes()).transpose(self._turn)
            data, turned = image.tobytes(), image.size
        full = (height, width) if self._is_sideways else (width, height)
        return VideoFrame(Pixels(*turned, data, *full), shot.seconds, round(shot.seconds * self.rate))

    def close(self) -> None:
        """Give the file back."""
        self._run = []
        with suppress(*READING_ERRORS):
            if self._container is not None:
                self._container.close()
        self._file.close()

    def _open(self) -> None:
        if self._container is not None:
            self._container.close()
        self._file.seek(0)
        try:
            options = {"format_whitelist": _FORMATS}
            self._container = av.open(self._file, "r", metadata_errors="ignore", buffer_size=1 << 18, options=options)
        except READING_ERRORS as error:
            raise self._unreadable("It is no video that can be read here, or it is incomplete.") from error
        self._stream = self._moving_pictures(self._container)
        self._stream.thread_type = "AUTO"
        self._begin = 0.0
        self._reading = self._container.decode(self._stream)

    def _moving_pictures(self, container: "av.container.InputContainer") -> VideoStream:
        streams = [each for each in container.streams.video if not each.disposition & Disposition.attached_pic]
        if not streams:
            raise self._unreadable("There are no moving pictures in it.")
        best = container.streams.best("video")
        stream = next((each for each in streams if best is not None and each.index == best.index), streams[0])
        if getattr(stream, "codec_context", None) is None:
            raise self._unreadable("It is of a kind that can not be read here.")
        if stream.codec_context.width * stream.codec_context.height > PICTURE_LIMIT_PIXELS:
            raise self._unreadable("Its pictures are too large to be shown.")
        return stream

    def _length(self) -> float | None:
        stream = self._stream
        if stream.duration and stream.time_base:
            return float((stream.start_time or 0) + stream.duration) * float(stream.time_base) - self._begin
        assert self._container is not None
        return self._container.duration / av.time_base if self._container.duration else None

    def _next(self) -> Shot | None:
        """Decode one frame more; None where there is none. What is broken is left out."""
        tries = 0
        while tries < _TRIES:
            try:
                frame = next(self._reading)
            except StopIteration:
                return None
            except READING_ERRORS:
                tries += 1
                assert self._container is not None
                self._reading = self._container.decode(self._stream)
                continue
            if frame.is_corrupt:
                continue
            return Shot(frame, self._moment(frame))
        return None

    def _moment(self, frame: Decoded) -> float:
        if frame.pts is not None and frame.time_base is not None:
            return float(frame.pts * frame.time_base) - self._begin
        run = getattr(self, "_run", [])
        return run[-1].seconds + 1 / self.rate if run else 0.0

    def _decode_on(self) -> bool:
        """Add the next frame to the run. Tell whether there was one."""
        shot = None if self._has_ended else self._next()
        while shot is not None and shot.seconds <= self._run[-1].seconds:
            shot = self._next()  # a clock that does not go on
        if shot is None:
            self._has_ended = True
            self.duration = max(self.duration, self._run[-1].seconds)
            return False
        if shot.frame.key_frame:
            self._apart = max(self._apart, shot.seconds - self._key_at)
            self._key_at = shot.seconds
        self._run.append(shot)
        kept = max(_FEWEST_KEPT, _KEPT_BYTES // max(1, shot.frame.width * shot.frame.height * 3 // 2))
        del self._run[:-kept]
        return True

    def _found(self, target: float, is_wanted: IsWanted) -> Shot:
        first, last = self._run[0].seconds, self._run[-1].seconds
        if (target < first and first > 0) or (target - last > self._apart and not self._has_ended):
            self._go_to(max(0.0, target))
        while self._run[-1].seconds <= target and is_wanted() and self._decode_on():
            pass
        return self._run[max(0, self._index(target))]

    def _index(self, target: float) -> int:
        return bisect.bisect_right(self._run, target, key=_seconds_of) - 1

    def _go_to(self, target: float) -> None:
        """Begin a new run with a frame that stands for itself, at `target` or before."""
        for shot in self._landings(target):
            if shot is not None and (shot.seconds <= target or target <= 0):
                self._begin_run(shot)
                return
        # The file has no index that can be trusted: from its beginning, then.
        begin = self._begin
        self._open()
        self._begin = begin
        shot = self._next()
        if shot is None:
            raise self._unreadable("It could be read a moment ago, and can not any more.")
        self._begin_run(shot)

    def _landings(self, target: float) -> Iterator[Shot | None]:
        assert self._container is not None
        stream = self._stream
        tick = float(stream.time_base or 1 / self.rate)
        for back in _BACK:
            place = int((max(0.0, target - back) + self._begin) / tick)
            try:
                self._container.seek(place, stream=stream, backward=True)
            except READING_ERRORS:
                return
            self._reading = self._container.decode(stream)
            yield self._next()
            if back > target:
                return

    def _begin_run(self, shot: Shot) -> None:
        self._run = [shot]
        self._key_at = shot.seconds
        self._has_ended = False

    def _unreadable(self, reason: str) -> FileUnreadable:
        return FileUnreadable(name=self._path.name, reason=reason)


def _seconds_of(shot: Shot) -> float:
    return shot.seconds


def _turn_of(frame: Decoded) -> tuple[Image.Transpose | None, bool]:
    """Return how a frame is to be turned, and whether that exchanges its sides.

    Ask it of few frames: it ties a frame to itself, and to memory until Python looks for such.
    """
    found = cast("Mapping[str, Buffer]", frame.side_data).get("DISPLAYMATRIX")
    numbers = struct.unpack("=9i", bytes(found)) if found is not None else (1, 0, 0, 0, 1)
    # Where one step to the right, and one step down, lead on the screen: (x, y) of each.
    a, b, c, d = numbers[0], numbers[1], numbers[3], numbers[4]
    turns = Image.Transpose
    if abs(b) + abs(c) > abs(a) + abs(d):
        if b > 0:
            return (turns.ROTATE_270 if c <= 0 else turns.TRANSPOSE), True
        return (turns.ROTATE_90 if c >= 0 else turns.TRANSVERSE), True
    if a >= 0:
        return (None if d >= 0 else turns.FLIP_TOP_BOTTOM), False
    return (turns.FLIP_LEFT_RIGHT if d >= 0 else turns.ROTATE_180), False
