"""Puts the drawn frames of a video together as a video again: as large, at their moments, in their colours."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy
from av.codec.context import Flags
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray
from PIL import Image, ImageOps

from batchdock.thiscomputer.engine.frames import Film
from batchdock.thiscomputer.engine.pixels import Colours

_FINEST_TICK = Fraction(1, 1_000_000)
_LIMITED = 1
_MATRICES = {1: Colorspace.ITU709, 4: Colorspace.FCC, 7: Colorspace.SMPTE240M, 9: Colorspace.BT2020}

# Without x264's tree of macroblocks, which now and then comes out otherwise: the same drawn frames make the same bytes.
_LOOKS_THE_SAME = {"crf": "20", "preset": "veryfast", "x264-params": "mbtree=0"}


class Preview:
    """An H.264 video in a file that grows frame by frame, and holds nothing but what its encoder looks ahead.

    `size` is that of the first drawn frame, in pixels; one of another size is fitted into it. H.264 with halved colour
    needs even sides: an odd one gets a row of pixels more, like the one beside it.
    """

    def __init__(self, path: Path, size: tuple[int, int], film: Film, per_second: float, *, is_whole: bool) -> None:
        """`per_second` is about how many frames will come; `is_whole` says that pixels are those of the film."""
        self.path = path
        self._size = size
        self._film = film
        self._tick = max(film.tick, _FINEST_TICK)
        self._waiting: tuple[av.VideoFrame, int] | None = None
        self._reformatter = VideoReformatter()
        self._file = path.open("wb")  # in Python, so that FFmpeg never sees the name
        self._container = av.open(self._file, "w", format="mp4", buffer_size=1 << 18)
        rate = Fraction(min(per_second, 1000.0)).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate, options=_LOOKS_THE_SAME)
        self._stream.width, self._stream.height = (each + each % 2 for each in size)
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.time_base = self._tick
        context.thread_count = 1
        context.flags |= Flags.frame_duration
        context.sample_aspect_ratio = film.aspect if is_whole else Fraction(1)
        _say(context, film.colours)

    def add(self, image: Image.Image, at: Fraction) -> None:
        """Append one frame, shown at `at`: seconds since the first frame of the film, later than the one before."""
        if image.size != self._size:
            image = ImageOps.pad(image, self._size, Image.Resampling.BILINEAR)
        frame = av.VideoFrame.from_ndarray(_even(numpy.asarray(image)), format="rgb24")
        matrix = _MATRICES.get(self._film.colours.matrix, Colorspace.ITU601)
        frame = self._reformatter.reformat(
            frame, format="yuv420p", dst_colorspace=matrix, dst_color_range=ColorRange.MPEG, threads=1
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
        self._container.mux(self._stream.encode())
        self._container.close()
        self._file.close()

    def discard(self) -> None:
        """Let go of the file, whole or not. Does nothing after `finish`."""
        for each in (self._container, self._file):
            with suppress(av.FFmpegError, OSError, ValueError):  # a full disk refuses the last bytes as well
                each.close()

    def _encode(self, until: int) -> None:
        """Encode the waiting frame: only now is it known until when it is shown."""
        assert self._waiting is not None
        frame, pts = self._waiting
        frame.pts, frame.duration, frame.time_base = pts, until - pts, self._tick
        self._container.mux(self._stream.encode(frame))


def _say(context: av.VideoCodecContext, colours: Colours) -> None:
    context.colorspace, context.color_range = colours.matrix, _LIMITED
    context.color_primaries, context.color_trc = colours.primaries, colours.transfer


def _even(pixels: NDArray[numpy.uint8]) -> NDArray[numpy.uint8]:
    height, width = pixels.shape[:2]
    if not (height % 2 or width % 2):
        return pixels
    return numpy.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
