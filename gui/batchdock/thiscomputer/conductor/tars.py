"""Unpacks the tars of bulk uploads. They come from anywhere, so nothing in them is believed."""

import json
import tarfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from batchdock.core.intake import PICTURE_LIMIT_BYTES
from batchdock.thiscomputer.store.files import Arriving, FileStore
from batchdock.thiscomputer.store.records import Arrival, is_label, objection_to_name
from batchdock.thiscomputer.store.webhooks import Told, objection_to_url

TAR_FILES_LIMIT = 500
"""Pictures in one tar (contract §1.7)."""

_NOTIFICATION = "notification_config.json"
"""Comes along in a tar, last as a rule, and is no picture (contract §3.7)."""

_NOTIFICATION_LIMIT = 64 * 1024
NO_MIXTURE = "Pictures and their metadata need parts of their own."

_DESCRIBED = ".json"
"""How the names of metadata end: `a.jpg.json` is about `a.jpg` (contract §5.3)."""

_PIECE = 1024 * 1024
_DAMAGED = "The archive is damaged or was not sent whole."


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was in a tar: the files, the entries that were left out as (name, type, reason), and who wants to know."""

    arrivals: tuple[Arrival, ...]
    left_out: tuple[tuple[str, str, str], ...]
    told: Told | None


class TarDamaged(Exception):
    """The tar can not be used; the text is a sentence. `told` is who wants to know, as far as it could be read."""

    told: Told | None = None


def content_of(names: Iterable[str]) -> str:
    """Return what files with these names are in a part of a batch: images, metadata of images, or mixed.

    Everywhere else a file that is called like metadata is a picture with a strange name.
    """
    kinds = {"metadata" if name.lower().endswith(_DESCRIBED) else "images" for name in names}
    return kinds.pop() if len(kinds) == 1 else "mixed"


def unpack(tar: Path, files: FileStore, *, stopped: Callable[[], bool], in_part: bool = False) -> Unpacked:
    """Copy every regular file out of a plain tar into `files`. Raise `TarDamaged`, `InterruptedError`, `OSError`.

    Names are only data: the last segment is kept, links and devices are left out. The end marker is checked too, since
    a tar that was cut between two members looks whole otherwise. All of it is taken in, or nothing; the caller lets
    the files go when they have their rows.
    """
    found: dict[str, Arriving] = {}
    left_out: list[tuple[str, str, str]] = []
    told: list[Told] = []
    try:
        try:
            with tarfile.open(tar, "r:") as archive:
                for member in archive:
                    if stopped():
                        raise InterruptedError
                    if member.name.rsplit("/", 1)[-1] == _NOTIFICATION:
                        told += _told(archive, member)
                    else:
                        _take(archive, member, files, found, left_out)
                _check_end(tar, archive.offset)
        except (tarfile.TarError, EOFError, ValueError) as error:
            raise TarDamaged(_DAMAGED) from error
        if not found:
            raise TarDamaged("There are no files in the archive that can be used.")
        now = time.time()
        content = content_of(found) if in_part else "images"
        if content == "mixed":
            raise TarDamaged(NO_MIXTURE)
        arrivals = [
            Arrival(name, content, arriving.size, now, file_id=file_id)
            for (name, arriving), file_id in zip(found.items(), files.keep_all(list(found.values())), strict=True)
        ]
    except TarDamaged as error:
        error.told = told[-1] if told else None
        raise
    finally:
        for each in found.values():
            each.discard()
    return Unpacked(tuple(arrivals), tuple(left_out), told[-1] if told else None)


def _told(archive: tarfile.TarFile, member: tarfile.TarInfo) -> list[Told]:
    """Return who wants to know, or nobody where that can not be used: the pictures are what matters."""
    if not member.isreg() or member.issparse() or member.size > _NOTIFICATION_LIMIT:
        return []
    source = archive.extractfile(member)
    assert source is not None  # it is a regular file
    try:
        said = json.loads(source.read())
    except (ValueError, RecursionError):
        return []
    ingest_id, url = (said.get("ingestId"), said.get("notificationsURL")) if isinstance(said, dict) else (None, None)
    if objection_to_url(url) or not isinstance(ingest_id, str) or not is_label(ingest_id):
        return []
    return [Told(ingest_id, str(url))]


def _take(
    archive: tarfile.TarFile,
    member: tarfile.TarInfo,
    files: FileStore,
    found: dict[str, Arriving],
    left_out: list[tuple[str, str, str]],
) -> None:
    name = _readable(member.name.rsplit("/", 1)[-1])
    if member.isdir():
        return
    reason = _objection(member, name)
    if reason:
        left_out.append((name, *reason))
        return
    if name in found:
        found.pop(name).discard()  # the later one counts, as in every tar
    if len(found) >= TAR_FILES_LIMIT:
        raise TarDamaged(f"The archive holds more than {TAR_FILES_LIMIT} files.")
    source = archive.extractfile(member)
    assert source is not None  # it is a regular file
    found[name] = _copy(source, member.size, files)


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


def _copy(source: IO[bytes], size: int, files: FileStore) -> Arriving:
    arriving = files.open_incoming(instead=True)
    try:
        left = size
        while left:
            piece = source.read(min(left, _PIECE))
            if not piece:
                raise TarDamaged(_DAMAGED)
            arriving.write(piece)
            left -= len(piece)
        arriving.close()  # an archive has more files than a process may have open
    except BaseException:
        arriving.discard()
        raise
    return arriving


def _check_end(tar: Path, offset: int) -> None:
    with tar.open("rb") as file:
        file.seek(offset)
        if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise TarDamaged(_DAMAGED)
