"""Looks at one video: is there a picture stream that can be decoded, how long is it, does it reach its end.

Nothing is decoded; libav reads the header and, where that says too little, the first packets.
"""

import os
from pathlib import Path
from typing import BinaryIO

_MICROSECONDS = 1_000_000
_MOST_BOXES = 10_000
"""Real files have some dozens at the top level; ones in fragments two for some seconds."""


class VideoTrouble(Exception):
    """Why a video can not be used. `damaged` tells broken bytes from something that is no video."""

    def __init__(self, note: str, *, damaged: bool) -> None:
        super().__init__(note)
        self.note, self.damaged = note, damaged


def length_of(path: Path) -> float | None:
    """Return the length in seconds, None when the file does not tell. Raise `VideoTrouble`, or `OSError`."""
    # Here, because most drops have no video, and it takes long to load.
    import av
    from av.stream import Disposition

    cut = _what_is_cut(path)
    try:
        with av.open(str(path), mode="r") as container:
            shown = [each for each in container.streams.video if not each.disposition & Disposition.attached_pic]
            if not shown:
                raise VideoTrouble("there is no video in it", damaged=False)
            stream = shown[0]
            if getattr(stream, "codec_context", None) is None:
                raise VideoTrouble("its coding is not known", damaged=False)
            if not stream.codec_context.width:
                raise VideoTrouble("there is no picture in it", damaged=True)
            if cut:
                raise VideoTrouble(cut, damaged=True)
            if container.duration:
                return container.duration / _MICROSECONDS
            if stream.duration and stream.time_base:
                return float(stream.duration * stream.time_base)
            return None
    except (VideoTrouble, PermissionError, FileNotFoundError):
        raise
    except Exception as error:
        raise VideoTrouble(cut, damaged=True) from error


def _what_is_cut(path: Path) -> str:
    """Return what is missing of an MP4 or QuickTime file by its boxes; empty when it is whole or something else."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        names: set[bytes] = set()
        for name, end in _boxes(file, size):
            names.add(name)
            # A recording in fragments can be played up to where it stops.
            if name == b"mdat" and end > size and b"moof" not in names:
                share = 100 * size // end
                return f"only the first {share} % of it is there"
    if b"ftyp" in names and b"moov" not in names:
        return "its table of contents is missing"
    return ""


def _boxes(file: BinaryIO, size: int) -> list[tuple[bytes, int]]:
    """Return the name and the end of every box at the top level; none when the file does not begin like one."""
    boxes: list[tuple[bytes, int]] = []
    place = 0
    while place + 8 <= size and len(boxes) < _MOST_BOXES:
        file.seek(place)
        head = file.read(16)
        length, name = int.from_bytes(head[:4], "big"), head[4:8]
        if not boxes and name not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
            return []
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - place
        if length < 8:
            break
        place += length
        boxes.append((name, place))
    return boxes
