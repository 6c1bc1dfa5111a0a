"""Looks at what was dropped: which files go where, which of them are labels, and what is left out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.intake import Finding
from batchdock.core.problem import FileFailure
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.datasets.filling.wishes import LOOSE, FillFile
from batchdock.flows.datasets.labels.coco import is_coco
from batchdock.flows.datasets.labels.yolo import yolo_files
from batchdock.flows.intake.names import printable
from batchdock.flows.intake.scan import Found, Root, Walk, roots_of

EMPTY = QT_TRANSLATE_NOOP("errors", "The file is empty.")
TWICE = QT_TRANSLATE_NOOP("errors", "Another file has this name in the same segment.")
NO_FILE = QT_TRANSLATE_NOOP("errors", "It is no file.")
UNREADABLE = QT_TRANSLATE_NOOP("errors", "It can not be read.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent. `labels` are files with labels that belong to `files`; `left_out` says what is not sent."""

    files: tuple[FillFile, ...]
    labels: tuple[Path, ...] = ()
    left_out: tuple[FileFailure, ...] = ()

    @property
    def bytes(self) -> int:
        """How much it is."""
        return sum(each.size for each in self.files)

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments it goes to, in order."""
        return tuple(dict.fromkeys(each.segment for each in self.files))


def plan(dropped: Sequence[Path], segment: str | None = None) -> Plan:
    """Look at what was dropped. Blocks.

    Without a `segment`, files go to segments called after the folders right below a folder that was dropped alone, what
    lies loose in it to one called after it; of several folders each is a segment. Files dropped without a folder go to
    “default”. The path below that is kept, with `/`.
    """
    left_out: list[FileFailure] = []
    found = [*_files(dropped, left_out)]
    labels = _labels([each.path for each, _ in found])
    files: list[FillFile] = []
    taken: set[tuple[str, str]] = set()
    several = len({parts[0] for _, parts in found if len(parts) > 1}) > 1
    for file, parts in found:
        if file.path in labels:
            continue
        where, remote = _place(parts, segment, several=several)
        cause = EMPTY if not file.size else TWICE if (where, remote) in taken else ""
        if cause:
            left_out.append(FileFailure("/".join(parts), cause))
            continue
        taken.add((where, remote))
        files.append(FillFile(file.path, where, remote, file.size, file.modified))
    return Plan(tuple(files), tuple(sorted(labels)), tuple(left_out))


def _files(dropped: Sequence[Path], left_out: list[FileFailure]) -> Iterator[tuple[Found, tuple[str, ...]]]:
    """Yield files with the names on their way from what was dropped, as every service can be told them."""
    walk = Walk({})
    for root in roots_of(dropped):
        for each in walk.files(Root(root.path, root.path.name)):
            told = printable(each.relative)
            if each.finding is None:
                # The service takes no back slashes (contract §1.5), and a file matters more than its exact name.
                yield each, tuple(told.replace("\\", "_").split("/"))
            else:
                left_out.append(FileFailure(told, NO_FILE if each.finding is Finding.UNSUPPORTED else UNREADABLE))


def _place(parts: Sequence[str], segment: str | None, *, several: bool) -> tuple[str, str]:
    """Return the segment and the path in it of a file."""
    if len(parts) == 1:
        return LOOSE if segment is None else segment, parts[0]
    if segment is not None:
        return segment, "/".join(parts[1:])
    top = 0 if several or len(parts) == 2 else 1
    return parts[top], "/".join(parts[top + 1 :])


def _labels(paths: Iterable[Path]) -> frozenset[Path]:
    """Return those of the files that are labels of others."""
    known = tuple(paths)
    return frozenset({each for each in known if each.suffix.lower() == ".json" and is_coco(each)} | yolo_files(known))
