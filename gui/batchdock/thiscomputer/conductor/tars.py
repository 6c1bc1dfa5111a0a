"""Unpacks the tars of bulk uploads. They come from anywhere, so nothing in them is believed."""

import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from batchdock.core.intake import PICTURE_LIMIT_BYTES
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.records import Arrival, objection_to_name

TAR_FILES_LIMIT = 500
"""Pictures in one tar (contract §1.7)."""

_NOT_A_PICTURE = "notification_config.json"
_PIECE = 1024 * 1024
_DAMAGED = "The archive is damaged or was not sent whole."


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was in a tar: the pictures, and the entries that were left out as (name, type, reason)."""

    arrivals: tuple[Arrival, ...]
    left_out: tuple[tuple[str, str, str], ...]


class TarDamaged(Exception):
    """The tar can not be used; the text is a sentence."""


def unpack(tar: Path, files: FileStore, *, stopped: Callable[[], bool]) -> Unpacked:
    """Copy every regular file out of a plain tar into `files`. Raise `TarDamaged`, `InterruptedError`, `OSError`.

    Names are only data: the last segment is kept, links and devices are left out. The end marker is checked too, since
    a tar that was cut between two members looks whole otherwise. All of it is taken in, or nothing.
    """
    found: dict[str, tuple[Path, int]] = {}
    left_out: list[tuple[str, str, str]] = []
    try:
        try:
            with tarfile.open(tar, "r:") as archive:
                for member in archive:
                    if stopped():
                        raise InterruptedError
                    _take(archive, member, files, found, left_out)
                _check_end(tar, archive.offset)
        except (tarfile.TarError, EOFError, ValueError) as error:
            raise TarDamaged(_DAMAGED) from error
        if not found:
            raise TarDamaged("There are no files in the archive that can be used.")
        ids = files.keep_all([path for path, _ in found.values()])
    except BaseException:
        for path, _ in found.values():
            path.unlink(missing_ok=True)
        raise
    now = time.time()
    arrivals = [
        Arrival(name, "images", size, now, file_id=file_id)
        for (name, (_, size)), file_id in zip(found.items(), ids, strict=True)
    ]
    return Unpacked(tuple(arrivals), tuple(left_out))


def _take(
    archive: tarfile.TarFile,
    member: tarfile.TarInfo,
    files: FileStore,
    found: dict[str, tuple[Path, int]],
    left_out: list[tuple[str, str, str]],
) -> None:
    name = _readable(member.name.rsplit("/", 1)[-1])
    if member.isdir() or name == _NOT_A_PICTURE:
        return
    reason = _objection(member, name)
    if reason:
        left_out.append((name, *reason))
        return
    if name in found:
        found.pop(name)[0].unlink()  # the later one counts, as in every tar
    if len(found) >= TAR_FILES_LIMIT:
        raise TarDamaged(f"The archive holds more than {TAR_FILES_LIMIT} files.")
    source = archive.extractfile(member)
    assert source is not None  # it is a regular file
    found[name] = (_copy(source, member.size, files), member.size)


def _readable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _objection(member: tarfile.TarInfo, name: str) -> tuple[str, str] | None:
    if not member.isreg() or member.issparse():
        return ("not-a-file", "It is a link or a device, not a file.")
    objection = objection_to_name(name)
    if objection:
        return ("bad-file-name", objection)
    if member.size > PICTURE_LIMIT_BYTES:
        return ("file-size-limit-exceeded", f"Max size of single image is {PICTURE_LIMIT_BYTES}B.")
    return None


def _copy(source: IO[bytes], size: int, files: FileStore) -> Path:
    path, target = files.open_incoming()
    try:
        with target:
            left = size
            while left:
                piece = source.read(min(left, _PIECE))
                if not piece:
                    raise TarDamaged(_DAMAGED)
                target.write(piece)
                left -= len(piece)
        return path
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _check_end(tar: Path, offset: int) -> None:
    with tar.open("rb") as file:
        file.seek(offset)
        if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise TarDamaged(_DAMAGED)
