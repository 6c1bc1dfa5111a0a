"""Unpacks the tars of bulk uploads. They come from anywhere, so nothing in them is believed."""

import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from batchdock.core.intake import PICTURE_LIMIT_BYTES
from batchdock.thiscomputer.store.files import FileStore, sync
from batchdock.thiscomputer.store.records import Arrival, objection_to_name

TAR_FILES_LIMIT = 500
"""Pictures in one tar (contract §1.7)."""

_NOT_A_PICTURE = "notification_config.json"
_PIECE = 1024 * 1024


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
    a tar that was cut between two members looks whole otherwise.
    """
    arrivals: dict[str, Arrival] = {}
    left_out: list[tuple[str, str, str]] = []
    try:
        with tarfile.open(tar, "r:") as archive:
            for member in archive:
                if stopped():
                    raise InterruptedError
                name = _readable(member.name.rsplit("/", 1)[-1])
                if member.isdir() or name == _NOT_A_PICTURE:
                    continue
                reason = _objection(member, name)
                if reason:
                    left_out.append((name, *reason))
                    continue
                if len(arrivals) >= TAR_FILES_LIMIT and name not in arrivals:
                    raise TarDamaged(f"The archive holds more than {TAR_FILES_LIMIT} files.")
                source = archive.extractfile(member)
                assert source is not None  # it is a regular file
                arrivals[name] = _copy(source, member.size, name, files)
            _check_end(tar, archive.offset)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise TarDamaged("The archive is damaged or was not sent whole.") from error
    if not arrivals:
        raise TarDamaged("There are no files in the archive that can be used.")
    return Unpacked(tuple(arrivals.values()), tuple(left_out))


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


def _copy(source: IO[bytes], size: int, name: str, files: FileStore) -> Arrival:
    path, target = files.open_incoming()
    try:
        with target:
            left = size
            while left:
                piece = source.read(min(left, _PIECE))
                if not piece:
                    raise TarDamaged("The archive is damaged or was not sent whole.")
                target.write(piece)
                left -= len(piece)
            sync(target)
        return Arrival(name, "images", size, time.time(), file_id=files.keep(path))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _check_end(tar: Path, offset: int) -> None:
    with tar.open("rb") as file:
        file.seek(offset)
        if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise TarDamaged("The archive is damaged or was not sent whole.")
