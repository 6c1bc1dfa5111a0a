"""The pixels of decoded frames: turned upright, as RGB, with the colours that were meant."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from av.buffer import Buffer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from PIL import Image

_UNSPECIFIED = 2
_HIGH_DEFINITION = 720
"""Rows from which on players take a video that does not say for one of BT.709, below for one of BT.601."""

_BT709, _BT601 = 1, 6
_KNOWN = frozenset({_BT709, 4, 5, _BT601, 7, 9})
"""Colour matrices (ITU-T H.273) that can be computed here; the others are rare, and guessed."""


@dataclass(frozen=True, slots=True)
class Colours:
    """How a video says its colours are meant, in the numbers of ITU-T H.273. `matrix` is never left open."""

    matrix: int
    primaries: int = _UNSPECIFIED
    transfer: int = _UNSPECIFIED


def colours_of(frame: VideoFrame) -> Colours:
    """Return what the colours of a frame are, with what players assume where it does not say."""
    matrix = frame.colorspace if frame.colorspace in _KNOWN and not frame.format.is_rgb else _guess(frame)
    return Colours(matrix, frame.color_primaries or _UNSPECIFIED, frame.color_trc or _UNSPECIFIED)


def _guess(frame: VideoFrame) -> int:
    return _BT709 if min(frame.width, frame.height) >= _HIGH_DEFINITION else _BT601


class Uprighter:
    """Makes pictures of the frames of one video."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()
        self._turns: dict[int, Image.Transpose | None] = {}

    def picture(self, frame: VideoFrame) -> Image.Image:
        """Return a frame as people see it. Raises PyAV's errors for pixels of a kind that can not be converted."""
        if not frame.format.is_rgb:
            frame.colorspace = colours_of(frame).matrix
        image = Image.fromarray(self._reformatter.reformat(frame, format="rgb24", threads=1).to_ndarray())
        # Asking a frame for what is beside its pixels ties it to itself, and to memory until Python looks for such.
        angle = frame.rotation
        if angle not in self._turns:
            self._turns[angle] = _turn(frame)
        turn = self._turns[angle]
        return image if turn is None else image.transpose(turn)


def is_sideways(frame: VideoFrame) -> bool:
    """Return whether a frame is to be shown with its sides exchanged."""
    a, b, c, d = _matrix(frame)
    return abs(b) + abs(c) > abs(a) + abs(d)


def _turn(frame: VideoFrame) -> Image.Transpose | None:
    a, b, c, d = _matrix(frame)
    turns = Image.Transpose
    if is_sideways(frame):
        if b > 0:
            return turns.ROTATE_270 if c <= 0 else turns.TRANSPOSE
        return turns.ROTATE_90 if c >= 0 else turns.TRANSVERSE
    if a >= 0:
        return None if d >= 0 else turns.FLIP_TOP_BOTTOM
    return turns.FLIP_LEFT_RIGHT if d >= 0 else turns.ROTATE_180


def _matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Return where one step to the right, and one step down, lead on the screen: (x, y) of each."""
    found = cast("Mapping[str, Buffer]", frame.side_data).get("DISPLAYMATRIX")
    if found is None:
        return 1, 0, 0, 1
    numbers = struct.unpack("=9i", bytes(found))
    return numbers[0], numbers[1], numbers[3], numbers[4]
