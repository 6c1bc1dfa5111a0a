"""Opens videos and takes them apart: frames in the order in which they are shown, and where there should be some."""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, cast

import av
from av.codec import CodecContext
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from batchdock.thiscomputer.engine.opening import open_file
from batchdock.thiscomputer.engine.picture import NotProcessable
from batchdock.thiscomputer.engine.reading import check_size
from batchdock.thiscomputer.engine.rows import Input

READING_ERRORS = (av.FFmpegError, OSError, ValueError)
"""What PyAV raises for damaged files."""

_TRIES = 5
"""How often in a row reading may go wrong before it is given up."""

_SKIPPED = 1024
"""Bytes between two packets that a reader only passes over when it could not make sense of them."""

_IN_FILE_ORDER = ("matroska", "flv")
"""Formats whose packets come as they lie in the file, so that a leap shows."""

_BROADCAST = ("mpegts", "mpeg")
"""Formats that are cut anywhere: the last packet is rarely whole."""


@contextlib.contextmanager
def opened(item: Input) -> Iterator[InputContainer]:
    """Open a video. FFmpeg never sees its name: Python reads the file. Raises `NotProcessable`."""
    with _file(item) as file:
        try:
            container = av.open(file, "r", metadata_errors="ignore", buffer_size=1 << 18)
        except READING_ERRORS as error:
            raise NotProcessable("This is not a video that can be read here, or the file is incomplete.") from error
        with container:
            yield container


@contextlib.contextmanager
def _file(item: Input) -> Iterator[BinaryIO]:
    with open_file(item.path) if item.data is None else io.BytesIO(item.data) as file:
        if not file.seek(0, io.SEEK_END):
            raise NotProcessable("The file is empty (0 bytes).")
        file.seek(0)
        yield file


def moving_pictures(container: InputContainer) -> VideoStream:
    """Return the stream to look at: not the picture on the cover of a song. Raises `NotProcessable`."""
    streams = [each for each in container.streams.video if not each.disposition & Disposition.attached_pic]
    if not streams:
        raise NotProcessable("The file has no moving picture; it may hold sound only.")
    best = container.streams.best("video")
    stream = next((each for each in streams if best is not None and each.index == best.index), streams[0])
    if not is_readable(stream):
        raise NotProcessable("The video is of a kind that can not be read here.")
    check_size(stream.codec_context.width, stream.codec_context.height)
    return stream


def is_readable(stream: Stream) -> bool:
    """Return whether there is a decoder for a stream."""
    return cast("CodecContext | None", stream.codec_context) is not None


Decoded = tuple[VideoFrame | None, Fraction | None]
"""A frame (None: one that can not be decoded), and when it is shown by the clock of the file, in seconds."""


@dataclass(slots=True)
class Demuxed:
    """One pass over a file. What it learns on the way stands in its fields."""

    container: InputContainer
    stream: VideoStream
    packets: int = 0
    sound_until: Fraction | None = None
    """When the last sound ends, by the clock of the file."""
    _read_until: int | None = None
    _passed_over: bool = False
    _shown: Fraction | None = None

    def frames(self) -> Iterator[Decoded]:
        """Yield every frame, in the order in which they are shown."""
        reading = self.container.demux()
        tries = 0
        while tries < _TRIES:
            try:
                packet = next(reading)
            except StopIteration:
                return
            except READING_ERRORS:
                tries += 1
                yield None, None
                reading = self.container.demux()
                continue
            tries = 0
            self._note_place(packet)
            if packet.stream.index == self.stream.index:
                yield from self._decoded(packet)
            elif packet.stream.type == "audio" and packet.pts is not None:
                until = (packet.pts + (packet.duration or 0)) * packet.time_base
                self.sound_until = max(until, self.sound_until or until)

    def _decoded(self, packet: "Packet[Stream]") -> Iterator[Decoded]:
        moment = None if packet.pts is None else packet.pts * packet.time_base
        if packet.size:
            self.packets += 1
        if moment is not None:
            before = moment if self._shown is None else self._shown
            if self._passed_over and moment - before > 3 / self.rate:
                yield None, before + 1 / self.rate / 2
            self._passed_over = False
            self._shown = max(moment, before)
        if packet.is_corrupt:
            yield None, moment
            return
        try:
            decoded = packet.decode()
        except READING_ERRORS:
            yield None, moment
            return
        for frame in decoded:
            assert isinstance(frame, VideoFrame)  # of a video stream
            shown = None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
            yield (None if frame.is_corrupt else frame), shown

    def _note_place(self, packet: "Packet[Stream]") -> None:
        """Note whether bytes were passed over before a packet."""
        if packet.pos is None or not any(name in self.container.format.name for name in _IN_FILE_ORDER):
            return
        if self._read_until is not None and packet.pos - self._read_until > _SKIPPED:
            self._passed_over = True
        self._read_until = packet.pos + packet.size

    @property
    def rate(self) -> Fraction:
        """Frames a second, as filmed."""
        return self.stream.average_rate or self.stream.guessed_rate or Fraction(25)

    @property
    def is_broadcast(self) -> bool:
        """Whether the last packet of such files is rarely whole."""
        return self.container.format.name in _BROADCAST

    @property
    def counts_frames(self) -> bool:
        """Whether the file says how many frames there are, and not when each of them is shown."""
        return self.container.format.name == "avi"

    @property
    def length(self) -> float:
        """How many seconds the file says that it has, or 0 where it does not say."""
        if self.stream.duration and self.stream.time_base:
            return float(self.stream.duration * self.stream.time_base)
        return (self.container.duration or 0) / av.time_base

    @property
    def promised_until(self) -> Fraction | None:
        """Until when the file says that there is something, by its clock; None where that can not be relied on."""
        stream = self.stream
        begin = (stream.start_time or 0) * (stream.time_base or Fraction())
        if self.is_broadcast:
            return None  # guessed from what is there
        if self.counts_frames and stream.frames and stream.average_rate:
            return begin + stream.frames / stream.average_rate
        if stream.duration and stream.time_base:
            return begin + stream.duration * stream.time_base
        if self.container.duration and {each.type for each in self.container.streams} <= {"video", "audio"}:
            return Fraction(self.container.duration, av.time_base)
        return None
