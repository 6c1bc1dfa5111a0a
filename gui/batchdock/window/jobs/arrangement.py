"""Which jobs are on screen and in which order: the list behind the table, without Qt."""

from collections.abc import Iterable, Iterator

from batchdock.window.jobs.columns import COLUMNS, PLACE, Column
from batchdock.window.jobs.look import Look
from batchdock.window.jobs.ordering import in_order, merged, number, valued
from batchdock.window.jobs.roster import Condition, Roster, Row

AT_ONCE = 3000
"""So many jobs are read, or names put into their order, when they are needed; of more, the rest is waited for."""


class Arrangement:
    """`rows` in the order of a column. Rows whose value has changed stay where they are until they are moved."""

    def __init__(self, roster: Roster, look: Look, condition: Condition) -> None:
        self.rows: list[Row] = []
        self.condition = condition
        self.column = COLUMNS[PLACE["created"]]
        self.descending = True
        self.moving: dict[Row, None] = {}
        self._roster = roster
        self._look = look
        self._edition = look.alphabet.edition
        self._prepared: dict[str, int] = {}

    def sort_by(self, column: Column, descending: bool) -> bool:
        """Take another column; tell whether that is another order."""
        other = (column, descending) != (self.column, self.descending)
        self.column, self.descending = column, descending
        return other

    def mark(self, row: Row) -> None:
        """Remember that a row has to move."""
        row.moved = True
        self.moving[row] = None

    def unmark_all(self) -> None:
        """Forget which rows had to move: they are where they belong."""
        for row in self.moving:
            row.moved = False
        self.moving.clear()

    def value(self, rows: Iterable[Row]) -> bool:
        """Write into rows what they are sorted by. Tell whether that compares with the values of the others."""
        valued(rows, self.column, self._look)
        return self._look.alphabet.edition == self._edition

    def merged(self, gone: Iterable[Row] = ()) -> list[Row]:
        """Return the rows with those that move at their new places, and without others."""
        for row in gone:
            self.moving.pop(row, None)
            row.moved = True
        still = [row for row in self.rows if not row.moved]
        for row in gone:
            row.place, row.moved = -1, False
        return merged(still, self.moving, self.descending)

    def chosen(self) -> list[Row]:
        """Return all rows that are to be shown, in order."""
        rows = self.condition.choose(self._roster.aged(), self._roster)
        valued(rows, self.column, self._look)
        self._edition = self._look.alphabet.edition
        newest_first = self.column.key == "created" and self.descending
        rows = list(rows) if newest_first else in_order(rows, self.descending)
        for row in self.rows:
            row.place = -1
        number(rows)
        return rows

    def preparing(self) -> Iterator[object] | None:
        """Return the reading that has to be done before `chosen` can be quick, if it is much."""
        roster, alphabet, column = self._roster, self._look.alphabet, self.column
        if self.condition.words and len(roster.unread) > AT_ONCE and any(row.text is None for row in roster):
            return roster.reading_texts()
        if column.by_text and roster.renewed - self._prepared.get(column.key, 0) > AT_ONCE:
            self._prepared[column.key] = roster.renewed
            unknown = alphabet.unknown({column.text(row.job, self._look) for row in roster})
            if len(unknown) > AT_ONCE:
                return map(alphabet.number, unknown)
        return None
