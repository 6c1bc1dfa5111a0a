"""Reads archives that came from outside, trusting nothing in them.

Only plain files come out, under the path the archive gives them, cleaned; where they go on the disk is decided by
whoever takes them. What is not a plain file inside is told by name and left out; the rest goes on. An archive out of
which far more comes than its size explains is left where that shows.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.errors import ArchiveDamaged
from batchdock.flows.results.inflating import CutOff, Inflating, Source, TooMuch
from batchdock.flows.results.tar import Entry, Kind, NoTar, entries

MEMBER_LIMIT = 1_000_000
GROWTH_LIMIT = 200
GROWTH_FREE = 1024 * 1024 * 1024
"""Up to a gigabyte may come out of any archive; beyond, at most 200 times its own size."""
READ_LIMIT = 64 * 1024 * 1024
"""What is read into memory whole is never larger."""

DEPTH_LIMIT = 64
"""Folders in folders; deeper ones can be neither made nor removed everywhere."""

_READ_BYTES = 1024 * 1024
_DRIVE = re.compile(r"[A-Za-z]:")
_TOO_MUCH = "There is far more in it than its size explains."
_DAMAGED = "It is damaged or cut off."

_WHY = {
    Kind.LINK: "It is a link, not a file.",
    Kind.DEVICE: "It is a device, not a file.",
    Kind.PIPE: "It is a pipe, not a file.",
    Kind.SPARSE: "It is a file with holes.",
    Kind.NOTE: "It would change the names of all others.",
    Kind.GARBLED: "What the archive says about it makes no sense.",
    Kind.OTHER: "It is not a plain file.",
}
_LEADS_OUT = "Its path leads out of the archive."
_SHOWN = 1_000
"""Characters of a name that are worth reading."""
_NO_NAME = "It has no name."


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in an archive that does not come out, by its path in there, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One file in an archive; `parts` are the components of its path. To be read before the next one is asked for."""

    parts: tuple[str, ...]
    size: int
    archive: str
    _entry: Entry

    @property
    def at(self) -> int | None:
        """Where it begins, in bytes, in an archive that is not compressed; None in others."""
        return self._entry.at

    def pieces(self) -> Iterator[bytes]:
        """Yield its bytes. Raise `ArchiveDamaged`."""
        try:
            while piece := self._entry.read(_READ_BYTES):
                yield piece
        except (CutOff, TooMuch) as error:
            raise _damaged(self.archive, error) from None

    def read(self) -> bytes:
        """Return its first bytes, all of them up to `READ_LIMIT`. Raise `ArchiveDamaged`."""
        found: list[bytes] = []
        for piece in self.pieces():
            found.append(piece)
            if sum(map(len, found)) >= READ_LIMIT:
                break
        return b"".join(found)


def members(archive: Path | bytes, name: str) -> Iterator[Unpacked | Refused]:
    """Yield the files in a tar, compressed or not, and what is refused. `name` is what people know it by. Blocks.

    Raises `ArchiveDamaged` where it breaks off; what came before is good. Raises `OSError` when it can not be read.
    """
    size = len(archive) if isinstance(archive, bytes) else archive.stat().st_size
    if not size:
        raise ArchiveDamaged(name=name, reason="It is empty.")
    with io.BytesIO(archive) if isinstance(archive, bytes) else archive.open("rb", buffering=0) as file:
        yield from members_in(file, size, name)


def members_in(file: Source, size: int | None, name: str, *, leaps: bool = False) -> Iterator[Unpacked | Refused]:
    """Yield what `members` does, from `file` where it stands, of `size` bytes where that is known. Blocks.

    With `leaps`, contents that nobody reads are jumped over where they are not compressed. Raises what `file` raises.
    """
    limit = max(GROWTH_FREE, GROWTH_LIMIT * (size or 0))
    seen = 0
    try:
        source = Inflating(file, limit, leaps=leaps)
        for entry in entries(source):
            seen += 1
            if seen > MEMBER_LIMIT:
                raise TooMuch
            if entry.size > limit and not leaps:
                # Said, and not passed over byte by byte: nothing in there is that large.
                yield Refused(entry.name[:_SHOWN] or name, _TOO_MUCH)
                raise TooMuch
            judged = _judged(entry, name)
            if judged is not None:
                yield judged
        if source.litter:
            yield Refused(name, "Something stands behind its end.")
    except NoTar as error:
        raise ArchiveDamaged(name=name, reason=str(error)) from None
    except (CutOff, TooMuch) as error:
        raise _damaged(name, error) from None


def _damaged(name: str, error: Exception) -> ArchiveDamaged:
    return ArchiveDamaged(name=name, reason=_TOO_MUCH if isinstance(error, TooMuch) else _DAMAGED, details=repr(error))


def _judged(entry: Entry, archive: str) -> Unpacked | Refused | None:
    """Return what comes of an entry; None for a folder, which comes with the files in it."""
    shown = entry.name[:_SHOWN] or archive
    if entry.kind not in (Kind.FILE, Kind.FOLDER):
        return Refused(shown, _WHY[entry.kind])
    name = entry.name
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or "\\" in name or ".." in parts or (parts and _DRIVE.match(parts[0])):
        return Refused(shown, _LEADS_OUT)
    if len(parts) > DEPTH_LIMIT:
        return Refused(shown, "It lies in too many folders.")
    if entry.kind is Kind.FOLDER:
        return None
    if not parts or "\x00" in name:
        return Refused(shown, _NO_NAME)
    return Unpacked(parts, entry.size, archive, entry)
