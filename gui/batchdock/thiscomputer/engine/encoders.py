"""Which encoder makes the drawn videos: the best that is really there.

What FFmpeg lists is not what works: it names encoders of graphics cards that this computer has not, and the packaged
program has nothing behind the names of x264 and x265 (ADR 25). So an encoder is taken when it opens, and those
that open too easily only after they have encoded a few frames that can be read back.

All of them go into an MP4: every sound that was kept so far is kept as it is, and files keep the names of the contract.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from io import BytesIO

import av
import numpy
from av.video.stream import VideoStream

_BITS_A_PIXEL = 0.25
_LEAST_BITS, _MOST_FRAMES = 200_000, 60.0
_TRIED_FRAMES, _GREY, _NEAR = 3, 120, 12


@dataclass(frozen=True, slots=True)
class Encoder:
    """One way to make a video: FFmpeg's name of it, what it makes, and how it is told to look good enough."""

    name: str
    makes: str
    pixels: str = "yuv420p"
    by_bits: bool = False
    """Whether it is told how many bits a second it may use; the others are told how good it has to look."""
    is_tried: bool = False
    """Whether it opens too easily to be believed, as hardware does that refuses small pictures when it gets them."""
    says_colours: bool = True
    """Whether what it makes says by itself how its colours are meant; else only the file does."""

    @property
    def options(self) -> Mapping[str, str]:
        """What FFmpeg is told in words of the encoder's own."""
        return _OPTIONS[self.name]

    def bit_rate(self, size: tuple[int, int], per_second: float) -> int:
        """Return how many bits a second it may use; none where it goes by the looks."""
        wanted = size[0] * size[1] * min(per_second, _MOST_FRAMES) * _BITS_A_PIXEL
        return max(_LEAST_BITS, round(wanted)) if self.by_bits else 0


ENCODERS: tuple[Encoder, ...] = (
    Encoder("libx264", "H.264"),
    Encoder("h264_videotoolbox", "H.264", by_bits=True, is_tried=True),
    Encoder("h264_mf", "H.264", pixels="nv12", by_bits=True, is_tried=True),
    Encoder("h264_nvenc", "H.264", is_tried=True),
    Encoder("h264_qsv", "H.264", pixels="nv12", is_tried=True),
    Encoder("h264_amf", "H.264", by_bits=True, is_tried=True),
    Encoder("libvpx-vp9", "VP9"),
    Encoder("mpeg4", "MPEG-4", by_bits=True, says_colours=False),
)
"""From the best to what is always there. All players and browsers know H.264, browsers VP9; MPEG-4 only players."""

_OPTIONS: dict[str, dict[str, str]] = {
    # Without x264's tree of macroblocks, which now and then comes out otherwise: same frames in, same bytes out.
    "libx264": {"crf": "20", "preset": "veryfast", "x264-params": "mbtree=0"},
    "h264_videotoolbox": {"bf": "0", "allow_sw": "1"},
    "h264_mf": {"bf": "0"},
    "h264_nvenc": {"bf": "0", "rc": "vbr", "cq": "22"},
    "h264_qsv": {"bf": "0", "global_quality": "22"},
    "h264_amf": {"bf": "0"},
    # As good as x264 above, measured on photographs, in two thirds of the bytes and as fast.
    "libvpx-vp9": {"crf": "18", "deadline": "realtime", "cpu-used": "7", "lag-in-frames": "0"},
    "mpeg4": {"bf": "0", "qmin": "2", "qmax": "5"},
}


@lru_cache(maxsize=256)
def is_trusted(encoder: Encoder, size: tuple[int, int]) -> bool:
    """Tell whether `encoder` makes at `size` (even sides) what can be read back. It is tried once, if at all."""
    if not encoder.is_tried:
        return True
    if encoder.name not in av.codecs_available:
        return False
    try:
        return _comes_back(encoder, size)
    except (av.FFmpegError, ValueError):
        return False


def _comes_back(encoder: Encoder, size: tuple[int, int]) -> bool:
    width, height = size
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream(encoder.name, rate=Fraction(10), options=dict(encoder.options))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, encoder.pixels
        stream.bit_rate = encoder.bit_rate(size, 10.0)
        grey = numpy.full((height, width, 3), _GREY, numpy.uint8)
        for number in range(_TRIED_FRAMES):
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format=encoder.pixels)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return len(frames) == _TRIED_FRAMES and all(abs(float(frame.mean()) - _GREY) < _NEAR for frame in frames)
