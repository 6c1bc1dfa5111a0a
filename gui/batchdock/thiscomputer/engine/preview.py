"""Puts the drawn frames of a video together as a video again: as large, at their moments, in their colours."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy
from av.codec.context import Flags
from av.packet import Packet
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image, ImageOps

from batchdock.thiscomputer.engine.encoders import ENCODERS, Encoder, is_trusted
from batchdock.thiscomputer.engine.frames import Film
from batchdock.thiscomputer.engine.picture import NotProcessable
from batchdock.thiscomputer.engine.pixels import Colours

_FINEST_TICK = Fraction(1, 1_000_000)
_LIMITED, _OPEN = 1, 2
_ITU_709, _ITU_601, _ITU_2020 = 1, 6, 9
_NO_ENCODER = "No program part that writes videos is there; install Batchdock again to get the drawn video."
_MATRICES = {1: Colorspace.ITU709, 4: Colorspace.FCC, 7: Colorspace.SMPTE240M, 9: Colorspace.BT2020}


class Preview:
    """A video in a file that grows frame by frame, and holds nothing but what its encoder looks ahead.

    It is an MP4, H.264 wherever an encoder for that is there (`encoders`). `size` is that of the first drawn frame, in
    pixels; one of another size is fitted into it. Halved colour needs even sides: an odd one gets a row of pixels more,
    like the one beside it.
    """

    def __init__(self, path: Path, size: tuple[int, int], film: Film, per_second: float, *, is_whole: bool) -> None:
        """`per_second` is about how many frames will come; `is_whole` says that pixels are those of the film."""
        self.path = path
        self._size = size
        self._film = film
        self._tick = max(film.tick, _FINEST_TICK)
        self._waiting: tuple[av.VideoFrame, int] | None = None
        self._lasting: dict[int, int] = {}
        self._reformatter = VideoReformatter()
        self._aspect = film.aspect if is_whole else Fraction(1)
        self._file = path.open("wb")  # in Python, so that FFmpeg never sees the name
        self.encoder = self._begun(per_second)

    def add(self, image: Image.Image, at: Fraction) -> None:
        """Append one frame, shown at `at`: seconds since the first frame of the film, later than the one before."""
        if image.size != self._size:
            image = ImageOps.pad(image, self._size, Image.Resampling.BILINEAR)
        frame = av.VideoFrame.from_ndarray(_even(numpy.asarray(image)), format="rgb24")
        matrix = _MATRICES.get(self._film.colours.matrix, Colorspace.ITU601)
        frame = self._reformatter.reformat(
            frame, format=self.encoder.pixels, dst_colorspace=matrix, dst_color_range=ColorRange.MPEG, threads=1
        )
        pts = round((at + self._film.lead) / self._tick)
        if self._waiting is not None:
            pts = max(pts, self._waiting[1] + 1)
            self._encode(pts)
        self._waiting = frame, pts

    def finish(self) -> None:
        """End the video with the film: its last frame is shown until then. Call once, after at least one frame."""
        assert self._waiting is not None
        self._encode(max(self._waiting[1] + 1, round((self._film.end + self._film.lead) / self._tick)))
        self._write(self._stream.encode())
        self._container.close()
        self._file.close()

    def discard(self) -> None:
        """Let go of the file, whole or not. Does nothing after `finish`."""
        for each in (self._container, self._file):
            with suppress(av.FFmpegError, OSError, ValueError):  # a full disk refuses the last bytes as well
                each.close()

    def _begun(self, per_second: float) -> Encoder:
        """Open the best encoder that does open. Nothing is in the file before the first frame is."""
        width, height = (each + each % 2 for each in self._size)
        rate = Fraction(min(per_second, 1000.0)).limit_denominator(1001)
        for encoder in ENCODERS:
            if encoder.name not in av.codecs_available or not is_trusted(encoder, (width, height)):
                continue
            self._container = av.open(self._file, "w", format="mp4", buffer_size=1 << 18)
            try:
                stream = self._container.add_stream(encoder.name, rate=rate, options=dict(encoder.options))
                assert isinstance(stream, VideoStream)
                stream.width, stream.height, stream.pix_fmt = width, height, encoder.pixels
                self._stream, context = stream, stream.codec_context
                context.bit_rate = encoder.bit_rate((width, height), float(rate))
                context.time_base = self._tick
                context.thread_count = 1
                context.flags |= Flags.frame_duration
                context.sample_aspect_ratio = self._aspect
                _say(context, self._film.colours if encoder.says_colours else _guessed(self._film.colours))
                context.open()
            except (av.FFmpegError, ValueError):
                continue
            return encoder
        self._file.close()
        raise NotProcessable(_NO_ENCODER)

    def _encode(self, until: int) -> None:
        """Encode the waiting frame: only now is it known until when it is shown."""
        assert self._waiting is not None
        frame, pts = self._waiting
        frame.pts, frame.duration, frame.time_base = pts, until - pts, self._tick
        self._lasting[pts] = until - pts
        self._write(self._stream.encode(frame))

    def _write(self, packets: "list[Packet[VideoStream]]") -> None:
        for packet in packets:
            lasting = self._lasting.pop(packet.pts or 0, 0)
            if not packet.duration:  # as of encoders that do not hand it on, and the last frame would get lost
                packet.duration = lasting
            self._container.mux(packet)


def _say(context: av.VideoCodecContext, colours: Colours) -> None:
    context.colorspace, context.color_range = colours.matrix, _LIMITED
    context.color_primaries, context.color_trc = colours.primaries, colours.transfer


def _guessed(colours: Colours) -> Colours:
    """Return `colours` with nothing left open: the file says them only together."""
    likely = colours.matrix if colours.matrix in (_ITU_709, _ITU_2020) else _ITU_601
    return Colours(
        colours.matrix, *(likely if each == _OPEN else each for each in (colours.primaries, colours.transfer))
    )


def _even(pixels: NDArray[numpy.uint8]) -> NDArray[numpy.uint8]:
    height, width = pixels.shape[:2]
    if not (height % 2 or width % 2):
        return pixels
    return numpy.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
