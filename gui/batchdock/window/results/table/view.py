"""What is selected, as a table: one row a picture, or one a finding."""

import asyncio
from itertools import chain

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from batchdock.core.finding import SortBy
from batchdock.flows.results.opening import Opened, Selection
from batchdock.flows.results.table import harmless
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.results.charts.chip_line import ChipLine
from batchdock.window.results.charts.counting import findings_text
from batchdock.window.results.charts.narrowing import narrowings
from batchdock.window.results.table.columns import finding_columns, picture_columns
from batchdock.window.results.table.model import SheetModel
from batchdock.window.results.table.pages import PAGE, Sheet, read_rows
from batchdock.window.results.table.sheet_table import SheetTable
from batchdock.window.results.view_state import ViewState
from batchdock.window.results.viewing import NOTHING_CURRENT
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text, pictures_text

_BY_FINDING = "results/table-by-finding"
MOST_COPIED = 100_000
"""Rows: more are handed on as a file."""
_COPIED_AT_ONCE = 2000


class TableView(QWidget):
    """`opened_wanted` tells the picture that is to be seen large. Nothing is asked for a table that nobody sees."""

    opened_wanted = Signal(int)

    def __init__(self, context: Context, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._state = state
        self._showing: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._shown: tuple[Selection, bool] | None = None
        self._wanted: set[int] = set()
        self.model = SheetModel(self)
        self.table = SheetTable(context, self.model)
        self.by_picture = QToolButton(autoRaise=True)
        self.by_finding = QToolButton(autoRaise=True)
        self._modes = QButtonGroup(self)
        for each in (self.by_picture, self.by_finding):
            each.setCheckable(True)
            self._modes.addButton(each)
        by_finding = str(context.settings.value(_BY_FINDING, "false")) == "true"
        (self.by_finding if by_finding else self.by_picture).setChecked(True)
        self.chips = ChipLine()
        self._about = TintedLabel()
        self._about.setWordWrap(False)
        self._empty = EmptyState("table", "")
        self._stack = QStackedWidget()
        self._lay_out()
        self.retranslate_ui()
        self._modes.buttonClicked.connect(self._on_mode)
        self.chips.undo_asked.connect(lambda undo: state.change(**undo))
        self.model.page_wanted.connect(self._want)
        self.table.heading.sectionClicked.connect(self._sort)
        self.table.went.connect(self._went)
        self.table.copy_wanted.connect(self.copy)
        self.table.opened_wanted.connect(self._open)
        state.opened_changed.connect(self._forget)
        state.selection_changed.connect(self._follow)
        state.current_changed.connect(self._go_to_current)
        self._forget()

    def retranslate_ui(self) -> None:
        """Write everything in the person's language."""
        self.setAccessibleName(self.tr("Table"))
        for button, text, tip in (
            (self.by_picture, self.tr("By picture"), self.tr("One row for each picture")),
            (self.by_finding, self.tr("By finding"), self.tr("One row for each finding")),
        ):
            button.setText(text)
            button.setAccessibleName(text)
            button.setToolTip(tip)

    def copy(self) -> None:
        """Copy the selected rows with their headings, tab-separated, in the order of the columns on screen."""
        sheet, rows = self.model.sheet, self.table.selected_rows()
        if sheet is not None and rows:
            self._context.tasks.start(self._copy(sheet, rows))

    # --- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate_ui()
            self._shown = None
            self._follow()
        super().changeEvent(event)

    # --- inside

    def _lay_out(self) -> None:
        step = unit(self)
        top = QHBoxLayout()
        top.setSpacing(step)
        top.addWidget(self.by_picture)
        top.addWidget(self.by_finding)
        top.addSpacing(step * 2)
        top.addWidget(self.chips)
        top.addStretch()
        top.addWidget(self._about)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)

    def _forget(self) -> None:
        for task in (self._showing, self._reading):
            if task is not None:
                task.cancel()
        self._showing = self._reading = self._shown = None
        self._wanted.clear()
        self.model.show_sheet(None)
        self.chips.show_narrowings(())
        self._about.clear()
        self._empty.set_sentence(self.tr("The table appears here when the results are read."))
        self._stack.setCurrentWidget(self._empty)

    def _follow(self) -> None:
        selection, opened = self._state.selection, self._state.opened
        wished = (selection, self.by_finding.isChecked())
        if not self.isVisible() or selection is None or opened is None or wished == self._shown:
            return
        if self._showing is not None:
            self._showing.cancel()
        self._showing = self._context.tasks.start(self._show(opened, selection, self.by_finding.isChecked()))

    async def _show(self, opened: Opened, selection: Selection, by_finding: bool) -> None:
        """Show a selection, with the rows that will be on screen already there, so that nothing flickers."""
        if by_finding:
            counts = await self._context.background.run(opened.counts(selection))
            sheet = Sheet(opened, selection, finding_columns(), counts.cumsum(dtype="int64"))
        else:
            some = [int(number) for number in selection.numbers[:PAGE]]
            cells = chain.from_iterable(await self._context.background.run(opened.cells(some)))
            sheet = Sheet(opened, selection, picture_columns(opened.labels, opened.outputs, cells))
        row = self._row_of_current(sheet)
        first = max(0, (row or 0) // PAGE - 1)
        pages = [
            await read_rows(self._context.background, sheet, page * PAGE, (page + 1) * PAGE)
            for page in range(first, min(first + 3, -(-sheet.count // PAGE)))
        ]
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        self._wanted.clear()
        same = self.model.sheet is not None and self.model.columns == sheet.columns
        self.model.show_sheet(sheet, first, pages)
        if not same:
            self.table.heading.take_columns("findings" if by_finding else "pictures", sheet.columns)
        for rows in pages:
            self._show_outputs([each.texts for each in rows])
        self._shown = (selection, by_finding)
        self._write(sheet)
        if row is not None:
            self.table.go_to(row)
        else:
            self.table.scrollToTop()

    def _write(self, sheet: Sheet) -> None:
        selection = sheet.selection
        self.chips.show_narrowings(narrowings(selection.filter, sheet.opened.labels))
        said = (pictures_text(len(selection.numbers)), findings_text(selection.findings))
        self._about.setText(" · ".join(said))
        descending = Qt.SortOrder.DescendingOrder if selection.descending else Qt.SortOrder.AscendingOrder
        at = next((place for place, each in enumerate(sheet.columns) if each.sort is selection.by), -1)
        self.table.heading.setSortIndicator(at, descending)
        self._empty.set_sentence(
            self.tr("No picture fits what you look for.")
            if not len(selection.numbers)
            else self.tr("Nothing was found in these pictures.")
        )
        self._stack.setCurrentWidget(self.table if sheet.count else self._empty)

    def _row_of_current(self, sheet: Sheet) -> int | None:
        if self._state.current == NOTHING_CURRENT or not sheet.count:
            return None
        places = (sheet.selection.numbers == self._state.current).nonzero()[0]
        return min(sheet.row_of(int(places[0])), sheet.count - 1) if len(places) else None

    def _go_to_current(self, number: int) -> None:
        sheet = self.model.sheet
        if sheet is None or sheet.selection is not self._state.selection:
            return
        at = self.table.currentIndex().row()
        if at >= 0 and sheet.number_of(at) == number:
            return
        row = self._row_of_current(sheet)
        if row is not None:
            self.table.go_to(row)
        else:
            self.table.selectionModel().setCurrentIndex(
                self.model.index(-1, -1), QItemSelectionModel.SelectionFlag.Clear
            )

    def _went(self, row: int) -> None:
        if self.model.sheet is not None and self.model.sheet.selection is self._state.selection:
            self._state.go(self.model.sheet.number_of(row))

    def _open(self, row: int) -> None:
        if self.model.sheet is not None:
            self.opened_wanted.emit(self.model.sheet.number_of(row))

    def _on_mode(self) -> None:
        self._context.settings.setValue(_BY_FINDING, "true" if self.by_finding.isChecked() else "false")
        self._follow()

    def _sort(self, section: int) -> None:
        column = self.model.columns[section]
        if column.sort is not None:
            again = self._state.by is column.sort
            # The first click on numbers puts the largest on top.
            descending = not self._state.descending if again else column.sort is not SortBy.NAME
            self._state.sort(column.sort, descending)

    def _want(self, page: int) -> None:
        self._wanted.add(page)
        if self._reading is None and self.model.sheet is not None:
            self._reading = self._context.tasks.start(self._read(self.model.sheet))

    async def _read(self, sheet: Sheet) -> None:
        """Read the pages that are looked at until all are here. Who scrolls on does not wait for what went by."""
        me = asyncio.current_task()
        try:
            await asyncio.sleep(0)  # the frame that asks is painted first
            while self._wanted and self.model.sheet is sheet:
                first, last = self.table.shown_rows()
                self._wanted = {page for page in self._wanted if first // PAGE <= page <= last // PAGE}
                if not self._wanted:
                    return
                page = min(self._wanted)
                rows = await read_rows(self._context.background, sheet, page * PAGE, (page + 1) * PAGE)
                self._wanted.discard(page)
                if self.model.sheet is sheet:
                    self.model.take_page(page, rows)
                    self._show_outputs([each.texts for each in rows])
        finally:
            if self._reading is me:
                self._reading = None

    def _show_outputs(self, rows: list[tuple[str, ...]]) -> None:
        for place, column in enumerate(self.model.columns):
            if column.output and any(texts[place] for texts in rows):
                self.table.heading.show_output(place)

    async def _copy(self, sheet: Sheet, rows: list[range]) -> None:
        heading = self.table.heading
        order = sorted(
            (place for place in range(len(sheet.columns)) if not heading.isSectionHidden(place)),
            key=heading.visualIndex,
        )
        lines = ["\t".join(_cell(sheet.columns[place].title) for place in order)]
        left = MOST_COPIED
        for each in rows:
            for first in range(each.start, min(each.stop, each.start + left), _COPIED_AT_ONCE):
                last = min(first + _COPIED_AT_ONCE, each.stop, each.start + left)
                read = await read_rows(self._context.background, sheet, first, last)
                lines.extend("\t".join(_cell(row.texts[place]) for place in order) for row in read)
            left = max(0, left - len(each))
        QGuiApplication.clipboard().setText("\n".join(lines))
        if sum(map(len, rows)) > MOST_COPIED:
            text = self.tr("Copied the first %1 rows. Save the results as a table to have all.")
            self._context.messages.info(text.replace("%1", number_text(MOST_COPIED)))


def _cell(text: str) -> str:
    """Return a cell that no spreadsheet runs and that ends neither row nor cell."""
    return str(harmless(" ".join(text.split())))
