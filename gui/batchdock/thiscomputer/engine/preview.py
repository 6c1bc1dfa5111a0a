"""Puts the drawn frames of a video together as a video again."""

import io
from fractions import Fraction

import av
import numpy
from PIL import Image

_LONGEST_SIDE = 1280
_TICK = Fraction(1, 1000)


class Preview:
    """An H.264 video in memory that grows frame by frame; `finish` returns the MP4.

    `size` is that of the drawn frames, `per_second` about how many will come for a second.
    """

    def __init__(self, size: tuple[int, int], per_second: float) -> None:
        scale = min(1.0, _LONGEST_SIDE / max(size))
        # H.264 with halved colour needs even sides.
        self._size = (max(2, round(size[0] * scale) // 2 * 2), max(2, round(size[1] * scale) // 2 * 2))
        self._file = io.BytesIO()
        self._container = av.open(self._file, "w", format="mp4")
        self._stream = self._container.add_stream("libx264", rate=Fraction(per_second).limit_denominator(1000))
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": "23", "preset": "veryfast"}
        self._stream.codec_context.time_base = _TICK
        self._stream.codec_context.thread_count = 1

    def add(self, image: Image.Image, seconds: float) -> None:
        """Append one frame, shown at `seconds`, later than the one before."""
        if image.size != self._size:
            image = image.resize(self._size, Image.Resampling.BILINEAR)
        frame = av.VideoFrame.from_ndarray(numpy.asarray(image), format="rgb24")
        frame.pts, frame.time_base = round(seconds / _TICK), _TICK
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> bytes:
        """End the video. Call once, after at least one frame."""
        self._container.mux(self._stream.encode())
        self._container.close()
        return self._file.getvalue()
