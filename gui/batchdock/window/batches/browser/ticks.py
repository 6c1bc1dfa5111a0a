"""Which files of a list are ticked: a few, or all but a few, also where most of the list is yet to be read."""

from collections.abc import Iterable

from batchdock.core.batch import Choice, StagedFile


class Ticks:
    """Rows of one list, by their place in it."""

    def __init__(self) -> None:
        self._rows: set[int] = set()
        self._others = False

    def has(self, row: int) -> bool:
        """Tell whether the row is ticked."""
        return (row in self._rows) is not self._others

    def count(self, total: int) -> int:
        """Return how many of `total` rows are ticked."""
        return max(0, total - len(self._rows)) if self._others else len(self._rows)

    def put(self, rows: Iterable[int], *, ticked: bool) -> None:
        """Tick rows, or take their ticks away."""
        if ticked is self._others:
            self._rows.difference_update(rows)
        else:
            self._rows.update(rows)

    def put_all(self, *, ticked: bool) -> None:
        """Tick everything, or nothing."""
        self._rows.clear()
        self._others = ticked

    def invert(self) -> None:
        """Tick what is not, and the other way round."""
        self._others = not self._others

    def choice(self, part: str | None, files: Iterable[tuple[int, StagedFile]]) -> Choice:
        """Return the files that are ticked. `files`: those that were read, by their rows."""
        names = frozenset((file.shard_id, file.name) for row, file in files if row in self._rows)
        return Choice(part, names, others=self._others)
