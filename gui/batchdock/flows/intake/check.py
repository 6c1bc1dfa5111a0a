"""Looks at one file: what it really is, and whether it can be processed.

How damage is found. Decoding every picture would cost 50–150 ms for each photo, hours for a large drop. A picture cut
off in a copy or a download, by far the commonest damage, shows in its structure: a JPEG ends with its end marker (which
can not occur inside, bytes are stuffed there), a PNG with IEND, WebP and BMP tell their length. So every picture gets
that look (two reads), and only one whose structure leaves a doubt (a JPEG with something behind its last marker, a JPEG
2000) is decoded to know for sure. Damage in the middle of a file comes to light in the closer look (`closer`), or when
it is processed, file by file.
"""

import hashlib
import os
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import PIL.Image
from PIL import Image

from batchdock.core.batch import Content
from batchdock.core.intake import PICTURE_LIMIT_BYTES, PICTURE_LIMIT_PIXELS, Finding, Item
from batchdock.flows.intake.formats import (
    HEAD_BYTES,
    OTHER_PICTURE_EXTENSIONS,
    PICTURE_EXTENSIONS,
    VIDEO_EXTENSIONS,
    Format,
    format_of,
)
from batchdock.flows.intake.jpeg import frame_of
from batchdock.flows.intake.scan import Found
from batchdock.flows.intake.videos import VideoTrouble, length_of

FRESH_SECONDS = 10.0
"""A file changed this lately may still be being copied or recorded."""

_TAIL_BYTES = 64
_READ_BYTES = 1024 * 1024
_PADDING = b"\x00\r\n \t"

PIL.Image.MAX_IMAGE_PIXELS = None  # The limit is our own, and has a worded finding.


class Unfit(Exception):
    """Why a file stays out."""

    def __init__(self, finding: Finding, note: str = "") -> None:
        super().__init__(note)
        self.finding, self.note = finding, note


class Seen:
    """The files of a drop so far, to find exact copies. Bare strings: with a million files each object more is felt."""

    def __init__(self) -> None:
        self.by_size: dict[int, str] = {}
        self.by_digest: dict[tuple[int, bytes], str] = {}
        self.digested: set[int] = set()
        """The sizes whose first file has its digest by now."""


class Checker:
    """Checks files one after another. Checkers in several threads that share `seen` find each other's copies.

    `on_step` is called in between long reads; what it raises ends the check.
    """

    def __init__(self, seen: Seen, on_step: Callable[[], None] = lambda: None) -> None:
        self._seen = seen
        self._on_step = on_step

    def check(self, found: Found) -> Item:
        """Return what is known of a file."""
        if found.finding is not None:
            return _item(found, Content.UNKNOWN, found.finding, found.note)
        try:
            content, seconds = _look(found)
            same = self._copy_of(found)
        except Unfit as unfit:
            return _item(found, Content.UNKNOWN, unfit.finding, unfit.note)
        except OSError as error:
            return _item(found, Content.UNKNOWN, unreadable(error), error.strerror or "")
        if same is not None:
            return _item(found, Content.UNKNOWN, Finding.EXACT_COPY, f"same as {_relative_like(found, same)}")
        return _item(found, content, seconds=seconds)

    def _copy_of(self, found: Found) -> str | None:
        """Return the path of the earlier file with the same bytes. One whose size is its own is not read for that."""
        path, size = str(found.path), found.size
        first = self._seen.by_size.setdefault(size, path)
        if first is path:
            return None
        if size not in self._seen.digested:
            with suppress(OSError):
                self._seen.by_digest.setdefault((size, self._digest(first, size)), first)
            self._seen.digested.add(size)  # Only now: another thread that does not see it yet does the same once more.
        earlier = self._seen.by_digest.setdefault((size, self._digest(path, size)), path)
        if earlier is path:
            return None
        whole = size <= PICTURE_LIMIT_BYTES
        return earlier if whole or self._same_bytes(earlier, path) else None

    def _digest(self, path: str, size: int) -> bytes:
        """Return a digest of the whole file, or, of one larger than any picture, of its beginning and end."""
        digest = hashlib.blake2b(digest_size=16)
        self._on_step()
        with Path(path).open("rb") as file:
            if size <= PICTURE_LIMIT_BYTES:
                while piece := file.read(_READ_BYTES):
                    digest.update(piece)
                    self._on_step()
            else:
                digest.update(file.read(_READ_BYTES))
                file.seek(-_READ_BYTES, os.SEEK_END)
                digest.update(file.read(_READ_BYTES))
        return digest.digest()

    def _same_bytes(self, one: str, other: str) -> bool:
        with Path(one).open("rb") as first, Path(other).open("rb") as second:
            while True:
                self._on_step()
                left, right = first.read(_READ_BYTES), second.read(_READ_BYTES)
                if left != right:
                    return False
                if not left:
                    return True


def is_doubtful(item: Item) -> bool:
    """Tell whether an item may look other in a moment: changed just now, and not certainly whole.

    A picture that reaches its end is; a video can look whole while it is recorded.
    """
    if item.content is Content.IMAGES or item.finding not in (None, Finding.DAMAGED, Finding.EMPTY, Finding.CHANGING):
        return False
    return abs(time.time() - item.modified) < FRESH_SECONDS


def looked_at_again(item: Item) -> Item:
    """Return the item, or, when its file has changed since it was checked, that it is still being written."""
    try:
        now = item.path.stat()
    except OSError as error:
        return replace(item, content=Content.UNKNOWN, finding=unreadable(error), note=error.strerror or "")
    if (now.st_size, now.st_mtime) == (item.size, item.modified):
        return item
    return replace(item, content=Content.UNKNOWN, finding=Finding.CHANGING, note="", seconds=None)


def _relative_like(found: Found, other: str) -> str:
    """Return the path of another file of the drop as people know it: relative to the same root where it has one."""
    path = str(found.path)
    root = path[: len(path) - len(found.relative)]
    return other.removeprefix(root) if path.endswith(found.relative) and other.startswith(root) else Path(other).name


def _item(
    found: Found, content: Content, finding: Finding | None = None, note: str = "", seconds: float | None = None
) -> Item:
    return Item(found.path, found.relative, found.size, found.modified, content, finding, note, seconds)


def unreadable(error: OSError) -> Finding:
    """Return what is said of a file that the disk does not hand out."""
    if isinstance(error, PermissionError):
        return Finding.NO_PERMISSION
    return Finding.VANISHED if isinstance(error, FileNotFoundError) else Finding.NOT_REACHABLE


def _look(found: Found) -> tuple[Content, float | None]:
    """Return what it is, and how many seconds a video has."""
    if found.size == 0:
        raise Unfit(Finding.EMPTY)
    extension = os.path.splitext(found.relative)[1].lower()  # noqa: PTH122 - a relative name, not a path here
    with found.path.open("rb") as file:
        known = format_of(file.read(HEAD_BYTES))
        if known is None:
            if extension in PICTURE_EXTENSIONS or extension in OTHER_PICTURE_EXTENSIONS:
                raise Unfit(Finding.NOT_A_PICTURE)
            if extension not in VIDEO_EXTENSIONS:
                raise Unfit(Finding.UNSUPPORTED)
            # Some videos begin with nothing that tells (MPEG streams): let the demuxer decide.
            known = Format("video", Content.VIDEOS)
        if known.content is Content.UNKNOWN:
            raise Unfit(Finding.OTHER_FORMAT if known.is_picture else Finding.UNSUPPORTED, _called(known, extension))
        if known.content is Content.IMAGES:
            _check_picture(file, found, known)
        seconds = _check_video(found.path) if known.content is Content.VIDEOS else None
        if os.fstat(file.fileno()).st_size != found.size:
            raise Unfit(Finding.CHANGING)
    return known.content, seconds


def _called(known: Format, extension: str) -> str:
    """Return the name of a format; cameras' raw pictures are TIFF inside, but nobody calls them that."""
    raw = known.name == "TIFF" and extension not in ("", ".tif", ".tiff")
    return extension[1:].upper() if raw else known.name


def _check_picture(file: BinaryIO, found: Found, known: Format) -> None:
    if found.size > PICTURE_LIMIT_BYTES:
        raise Unfit(Finding.TOO_MANY_BYTES, f"{found.size / 1024 / 1024:.1f} MB")
    file.seek(0)
    frame = frame_of(file) if known.name == "JPEG" else None
    if frame is not None:
        _check_pixels(frame.width, frame.height)
        if _structure_is_whole(file, found.size, known):
            return
        file.seek(0)
    image = _opened(file, known)
    _check_pixels(image.width, image.height)
    if not _structure_is_whole(file, found.size, known):
        _decode(image)


def _check_pixels(width: int, height: int) -> None:
    if width * height > PICTURE_LIMIT_PIXELS:
        raise Unfit(Finding.TOO_MANY_PIXELS, f"{width:,} × {height:,} pixels")


def _opened(file: BinaryIO, known: Format) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(file)
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # The disk's own words; Pillow's readers raise whatever broken bytes lead them to, without a number.
        # "BM" alone begins many a text; the other signatures are beyond doubt.
        raise Unfit(Finding.NOT_A_PICTURE if known.name == "BMP" else Finding.DAMAGED) from error


def _structure_is_whole(file: BinaryIO, size: int, known: Format) -> bool:
    """Tell whether the file certainly reaches its end. Raise `Unfit` when it certainly does not."""
    file.seek(max(0, size - _TAIL_BYTES))
    tail = file.read(_TAIL_BYTES)
    match known.name:
        case "JPEG":
            return tail.rstrip(_PADDING).endswith(b"\xff\xd9")
        case "PNG":
            return b"IEND\xaeB`\x82" in tail
        case "WebP" | "BMP":
            file.seek(0)
            head = file.read(8)
            told = (
                int.from_bytes(head[4:8], "little") + 8 if known.name == "WebP" else int.from_bytes(head[2:6], "little")
            )
            if told > size:
                raise Unfit(Finding.DAMAGED)
            return True
        case _:
            return False


def _decode(image: Image.Image) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # An eighth of the size still reads every byte of a JPEG, in a tenth of the time.
            image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except Exception as error:
        raise Unfit(Finding.DAMAGED) from error


def _check_video(path: Path) -> float | None:
    try:
        return length_of(path)
    except VideoTrouble as trouble:
        raise Unfit(Finding.DAMAGED if trouble.damaged else Finding.UNSUPPORTED, trouble.note) from trouble
