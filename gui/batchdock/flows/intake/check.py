"""Looks at one file: what it really is, and whether it can be processed.

How damage is found. Decoding every picture would cost 50–150 ms for each photo, hours for a large drop. A picture cut
off in a copy or a download, by far the commonest damage, shows in its structure: a JPEG ends with its end marker (which
can not occur inside, bytes are stuffed there), a PNG with IEND, WebP and BMP tell their length. So every picture gets
that look (two reads), and only one whose structure leaves a doubt (a JPEG with something behind its last marker, a JPEG
2000) is decoded to know for sure. Damage in the middle of a file comes to light when it is processed, file by file.
"""

import hashlib
import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import av
import PIL.Image
from PIL import Image

from batchdock.core.batch import Content
from batchdock.core.intake import PICTURE_LIMIT_BYTES, PICTURE_LIMIT_PIXELS, Finding, Item
from batchdock.flows.intake.formats import (
    HEAD_BYTES,
    PICTURE_EXTENSIONS,
    VIDEO_EXTENSIONS,
    Format,
    format_of,
)
from batchdock.flows.intake.scan import Found

_TAIL_BYTES = 64
_READ_BYTES = 1024 * 1024
_PADDING = b"\x00\r\n \t"

PIL.Image.MAX_IMAGE_PIXELS = None  # The limit is our own, and has a worded finding.


class Unfit(Exception):
    """Why a file stays out."""

    def __init__(self, finding: Finding, note: str = "") -> None:
        super().__init__(note)
        self.finding, self.note = finding, note


class Checker:
    """Checks files one after another and remembers them, to find exact copies.

    `cancelled` is asked in between long reads.
    """

    def __init__(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        self._cancelled = cancelled
        # Bare strings: with a million files every object more for each is felt.
        self._by_size: dict[int, str] = {}
        self._by_digest: dict[tuple[int, bytes], str] = {}
        self._digested: set[int] = set()
        """The sizes whose first file has its digest by now."""

    def check(self, found: Found) -> Item:
        """Return what is known of a file. Never raises."""
        if found.finding is not None:
            return _item(found, Content.UNKNOWN, found.finding, found.note)
        try:
            content = _look(found)
            same = self._copy_of(found)
        except Unfit as unfit:
            return _item(found, Content.UNKNOWN, unfit.finding, unfit.note)
        except OSError as error:
            return _item(found, Content.UNKNOWN, _unreadable(error), error.strerror or "")
        if same is not None:
            return _item(found, Content.UNKNOWN, Finding.EXACT_COPY, f"same as {_relative_like(found, same)}")
        return _item(found, content)

    def _copy_of(self, found: Found) -> str | None:
        """Return the path of the earlier file with the same bytes. One whose size is its own is not read for that."""
        path, size = str(found.path), found.size
        first = self._by_size.setdefault(size, path)
        if first is path:
            return None
        if size not in self._digested:
            self._digested.add(size)
            with suppress(OSError):
                self._by_digest.setdefault((size, _digest(first, size)), first)
        earlier = self._by_digest.setdefault((size, _digest(path, size)), path)
        if earlier is path:
            return None
        whole = size <= PICTURE_LIMIT_BYTES
        return earlier if whole or _same_bytes(earlier, path, self._cancelled) else None


def _relative_like(found: Found, other: str) -> str:
    """Return the path of another file of the drop as people know it: relative to the same root where it has one."""
    path = str(found.path)
    root = path[: len(path) - len(found.relative)]
    return other.removeprefix(root) if path.endswith(found.relative) and other.startswith(root) else Path(other).name


def _item(found: Found, content: Content, finding: Finding | None = None, note: str = "") -> Item:
    return Item(found.path, found.relative, found.size, found.modified, content, finding, note)


def _unreadable(error: OSError) -> Finding:
    if isinstance(error, PermissionError):
        return Finding.NO_PERMISSION
    return Finding.VANISHED if isinstance(error, FileNotFoundError) else Finding.NOT_REACHABLE


def _look(found: Found) -> Content:
    if found.size == 0:
        raise Unfit(Finding.EMPTY)
    extension = os.path.splitext(found.relative)[1].lower()  # noqa: PTH122 - a relative name, not a path here
    with found.path.open("rb") as file:
        known = format_of(file.read(HEAD_BYTES))
        if known is None:
            if extension in PICTURE_EXTENSIONS or extension in (".gif", ".tif", ".tiff", ".heic", ".avif"):
                raise Unfit(Finding.NOT_A_PICTURE)
            if extension not in VIDEO_EXTENSIONS:
                raise Unfit(Finding.UNSUPPORTED)
            # Some videos begin with nothing that tells (MPEG streams): let the demuxer decide.
            known = Format("video", Content.VIDEOS)
        if known.content is Content.UNKNOWN:
            raise Unfit(Finding.UNSUPPORTED, known.name)
        if known.content is Content.IMAGES:
            _check_picture(file, found, known)
    if known.content is Content.VIDEOS:
        _check_video(found.path)
    return known.content


def _check_picture(file: BinaryIO, found: Found, known: Format) -> None:
    if found.size > PICTURE_LIMIT_BYTES:
        raise Unfit(Finding.TOO_MANY_BYTES, f"{found.size / 1024 / 1024:.1f} MB")
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(file)
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # The disk's own words; Pillow's readers raise whatever broken bytes lead them to, without a number.
        # "BM" alone begins many a text; the other signatures are beyond doubt.
        raise Unfit(Finding.NOT_A_PICTURE if known.name == "BMP" else Finding.DAMAGED) from error
    if image.width * image.height > PICTURE_LIMIT_PIXELS:
        raise Unfit(Finding.TOO_MANY_PIXELS, f"{image.width:,} × {image.height:,} pixels")
    if not _structure_is_whole(file, found.size, known):
        _decode(image)


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


def _check_video(path: Path) -> None:
    try:
        with av.open(str(path), mode="r") as container:
            if not container.streams.video:
                raise Unfit(Finding.UNSUPPORTED, "there is no video in it")
    except Unfit:
        raise
    except PermissionError:
        raise
    except Exception as error:
        raise Unfit(Finding.DAMAGED) from error


def _digest(path: str, size: int) -> bytes:
    """Return a digest of the whole file, or, of one larger than any picture, of its beginning and end."""
    digest = hashlib.blake2b(digest_size=16)
    with Path(path).open("rb") as file:
        if size <= PICTURE_LIMIT_BYTES:
            digest.update(file.read())
        else:
            digest.update(file.read(_READ_BYTES))
            file.seek(-_READ_BYTES, os.SEEK_END)
            digest.update(file.read(_READ_BYTES))
    return digest.digest()


def _same_bytes(one: str, other: str, cancelled: Callable[[], bool]) -> bool:
    with Path(one).open("rb") as first, Path(other).open("rb") as second:
        while not cancelled():
            left, right = first.read(_READ_BYTES), second.read(_READ_BYTES)
            if left != right:
                return False
            if not left:
                return True
    return False
