"""Turns usable items into sendings: pictures apart from videos, each in the one way that fits (contract §1.7, §3.5)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from batchdock.core.batch import BatchKind, Content
from batchdock.core.intake import Item
from batchdock.flows.intake.names import WireNames
from batchdock.store import FileRow, Piece, Way

FEW = 32
"""Up to here pictures go one by one, as the reference client does."""
SHARD_FILES = 500
"""What the documents allow; the answer of the service may allow less, which is then cut smaller (contract §1.7)."""
SHARD_BYTES = 256 * 1024 * 1024
"""A tar this size can be sent again without much regret. A picture that is larger goes in a tar of its own."""
REFERENCES_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes into one batch, and how."""

    content: Content
    way: Way
    files: tuple[FileRow, ...]
    pieces: tuple[Piece, ...]

    @property
    def bytes(self) -> int:
        """The sum of the sizes."""
        return sum(piece.bytes for piece in self.pieces)


def plans(
    items: Iterable[Item], *, file_references: bool, existing: BatchKind | None = None, taken: Collection[str] = ()
) -> list[Plan]:
    """Return one plan for the pictures and one for the videos; what is not usable is left out.

    `existing` is the kind of a batch that the files go into, and `taken` the names in it; the two ways are never mixed
    in one batch.
    """
    made = []
    usable = [item for item in items if item.usable]
    for content in (Content.IMAGES, Content.VIDEOS):
        chosen = [item for item in usable if item.content is content]
        if chosen:
            made.append(_plan(chosen, content, _way(content, len(chosen), file_references, existing), taken))
    return made


def _way(content: Content, count: int, file_references: bool, existing: BatchKind | None) -> Way:
    if existing is BatchKind.SIMPLE:
        return Way.SINGLE if content is Content.IMAGES else Way.VIDEOS
    if file_references:
        return Way.REFERENCES
    if content is Content.VIDEOS:
        return Way.VIDEOS
    return Way.SINGLE if count <= FEW and existing is None else Way.TARS


def _plan(items: Sequence[Item], content: Content, way: Way, taken: Collection[str]) -> Plan:
    names = WireNames(taken)
    files = tuple(
        FileRow(number, names.give(item.relative, content), item.relative, item.path, item.size, item.modified)
        for number, item in enumerate(items)
    )
    return Plan(content, way, files, tuple(_pieces(files, way)))


def _pieces(files: Sequence[FileRow], way: Way) -> Iterator[Piece]:
    count_limit = {Way.TARS: SHARD_FILES, Way.REFERENCES: REFERENCES_AT_ONCE}.get(way, 1)
    size_limit = SHARD_BYTES if way is Way.TARS else None
    first, size, piece = 0, 0, 0
    for number, file in enumerate(files):
        too_large = size_limit is not None and size + file.size > size_limit
        if number > first and (number - first >= count_limit or too_large):
            yield Piece(piece, first, number, size)
            first, size, piece = number, 0, piece + 1
        size += file.size
    if files:
        yield Piece(piece, first, len(files), size)
