"""What lies in a batch, as rows of a list: batches, their parts, files, and what is inside archives."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import PurePosixPath

from PySide6.QtCore import QCoreApplication

from batchdock.core.batch import Content, Part, StagedFile
from batchdock.flows.batches import Spot
from batchdock.flows.results import Member
from batchdock.window.wording import number_text

_tr = QCoreApplication.translate

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
VIDEOS = frozenset({".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v"})
TABLES = frozenset({".csv", ".jsonl"})
TEXTS = frozenset({".json", ".txt", ".log", ".md", ".xml", ".yaml"})


class Kind(Enum):
    """What opening a row does: go into it, or look at it."""

    BATCH = "batch"
    PART = "part"
    ARCHIVE = "archive"
    PICTURE = "picture"
    VIDEO = "video"
    TABLE = "table"
    TEXT = "text"
    OTHER = "other"

    @property
    def is_place(self) -> bool:
        """True when there is something inside."""
        return self in (Kind.BATCH, Kind.PART, Kind.ARCHIVE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `name` is the service's own word, `title` what people read; `size` in bytes.

    `file` stands on the page `spot` of a list; `member` is inside of it, and it is `at_hand` when it was fetched whole.
    """

    kind: Kind
    name: str
    title: str
    batch_id: str
    part: str | None = None
    file: StagedFile | None = None
    member: Member | None = None
    size: int | None = None
    spot: Spot | None = None
    at_hand: bool = False


def entry_of_batch(batch_id: str, title: str) -> Entry:
    """Return the row of a whole batch."""
    return Entry(Kind.BATCH, batch_id, title, batch_id)


def entries_of_parts(batch_id: str, parts: Iterable[Part]) -> list[Entry]:
    """Return the rows of a batch's parts."""
    return [Entry(Kind.PART, each.name, part_title(each), batch_id, part=each.name) for each in parts]


def entry_of_file(batch_id: str, file: StagedFile, spot: Spot | None = None) -> Entry:
    """Return the row of a file."""
    kind = Kind.ARCHIVE if file.is_archive else kind_of(file.name)
    return Entry(kind, file.name, file.name, batch_id, part=file.part, file=file, spot=spot)


def entries_of_files(batch_id: str, files: Iterable[StagedFile], spot: Spot | None = None) -> list[Entry]:
    """Return the rows of files, in the order people count in."""
    entries = [entry_of_file(batch_id, file, spot) for file in files]
    entries.sort(key=lambda entry: natural_key(entry.name))
    archives = sum(entry.kind is Kind.ARCHIVE for entry in entries)
    if archives == len(entries) > 1:
        return [replace(entry, title=_package_title(number, archives)) for number, entry in enumerate(entries, 1)]
    return entries


def members_of(archive: Entry, members: Iterable[Member], *, at_hand: bool = True) -> list[Entry]:
    """Return the rows of what is inside an archive, as it comes."""
    return [
        Entry(
            kind_of(member.name),
            member.name,
            member.name,
            archive.batch_id,
            part=archive.part,
            file=archive.file,
            member=member,
            size=member.size,
            spot=archive.spot,
            at_hand=at_hand,
        )
        for member in members
    ]


def in_order(members: list[Entry]) -> list[Entry]:
    """Return members as people read them: tables first, since they hold the whole, then files as people count."""
    return _shortened(sorted(members, key=lambda entry: (entry.kind is not Kind.TABLE, natural_key(entry.name))))


def _package_title(number: int, packages: int) -> str:
    text = _tr("results", "Package %1 of %2")
    return text.replace("%1", number_text(number)).replace("%2", number_text(packages))


def _shortened(entries: list[Entry]) -> list[Entry]:
    """Write “cat.jpg” for “cat.jpg/results.json” where the folder alone says which file it is."""
    folders = Counter(entry.name.rsplit("/", 1)[0] for entry in entries if "/" in entry.name)
    return [
        replace(entry, title=entry.name.rsplit("/", 1)[0])
        if folders[entry.name.rsplit("/", 1)[0]] == 1
        else replace(entry, title=_known_title(entry.name))
        for entry in entries
    ]


def _known_title(name: str) -> str:
    """Return what people call the files that every service writes (contract §5.3)."""
    if name in ("aggregated_results.csv", "aggregated_results.jsonl"):
        return _tr("results", "All results")
    if name.startswith("failed_files_processing"):
        return _tr("results", "Files that could not be processed")
    return name


def kind_of(name: str) -> Kind:
    """Return what a file is by its ending."""
    ending = PurePosixPath(name).suffix.lower()
    for kind, endings in (
        (Kind.PICTURE, PICTURES),
        (Kind.VIDEO, VIDEOS),
        (Kind.TABLE, TABLES),
        (Kind.TEXT, TEXTS),
    ):
        if ending in endings:
            return kind
    return Kind.OTHER


def part_title(part: Part) -> str:
    """Return what people call a part. The service's word stays in the tooltip."""
    inside = part.nested_content or part.content
    known = {
        "predictions": _tr("parts", "Tables and details"),
        "images": _tr("parts", "Drawn pictures"),
    }
    if part.name == "images" and inside is Content.VIDEOS:
        return _tr("parts", "Drawn videos")
    return known.get(part.name, part.name)


def natural_key(text: str) -> list[tuple[bool, int, str]]:
    """Return a sort key that puts file 2 before file 10."""
    pieces = re.split(r"(\d+)", text.casefold())
    return [(not piece.isdecimal(), int(piece) if piece.isdecimal() else 0, piece) for piece in pieces if piece]
