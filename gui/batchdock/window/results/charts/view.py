"""Charts of what is selected, and by which one narrows it."""

import asyncio
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSaveFile, QStandardPaths, Qt
from PySide6.QtGui import QImage, QImageWriter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.errors import FolderNotWritable
from batchdock.core.finding import Filter
from batchdock.flows.results.opening import Opened, Selection
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.icons import icon
from batchdock.window.results.charts.bars import MOST_BARS, Changes, Chart, Kind, choice, chosen, widened
from batchdock.window.results.charts.chip_line import ChipLine
from batchdock.window.results.charts.counting import (
    BINS,
    class_chart,
    confidence_chart,
    folder_chart,
    job_chart,
    time_chart,
)
from batchdock.window.results.charts.narrowing import narrowings
from batchdock.window.results.view_state import ViewState
from batchdock.window.theme import icon_room, unit

if TYPE_CHECKING:
    from batchdock.window.results.charts.card import ChartCard

_AS_NUMBERS = "results/charts-as-numbers"
_LAST_FOLDER = "results/charts-folder"
_TO_THE_RIGHT = (Kind.CONFIDENCE, Kind.TIME, Kind.JOBS)
TWO_COLUMNS = 190
"""In units: from this width on, two charts stand side by side."""


class ChartsView(QWidget):
    """Counts nothing until it is seen, and nothing for what is selected no more."""

    def __init__(self, context: Context, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._state = state
        self.cards: dict[Kind, ChartCard] = {}
        self._counting: asyncio.Task[None] | None = None
        self._counted: Selection | None = None
        self.shown: Selection | None = None
        """What all charts show; None while some are counted."""
        self._in_two: bool | None = None
        self.chips = ChipLine()
        self.chips.undo_asked.connect(self._change)
        self.as_numbers = QToolButton(autoRaise=True)
        self.as_numbers.setCheckable(True)
        self.as_numbers.setIcon(icon("table"))
        self.as_numbers.setIconSize(icon_room(self))
        self.as_numbers.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.as_numbers.setChecked(str(context.settings.value(_AS_NUMBERS, "false")) == "true")
        self.as_numbers.toggled.connect(self._show_numbers)
        self._empty = EmptyState("chart-column", "")
        self._all = self._empty.add_button(self.tr("Show everything"), self._clear)
        self._halves = QHBoxLayout()
        self._columns = (QVBoxLayout(), QVBoxLayout())
        self._stack = QStackedWidget()
        self._lay_out()
        self.retranslate_ui()
        state.opened_changed.connect(self._forget)
        state.selection_changed.connect(self._follow)
        self._show_empty()

    def retranslate_ui(self) -> None:
        """Write everything in the person's language."""
        self.setAccessibleName(self.tr("Charts"))
        self.as_numbers.setText(self.tr("Show numbers"))
        self.as_numbers.setAccessibleName(self.tr("Show numbers"))
        self.as_numbers.setToolTip(self.tr("Show tables instead of bars"))
        self._all.setText(self.tr("Show everything"))
        for kind, card in self.cards.items():
            card.set_title(self._titles()[kind])

    # --- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.cards:
            self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate_ui()
            self._counted = None  # what is written at the bars is in the language of then
            self._follow()
        super().changeEvent(event)

    # --- inside

    def _lay_out(self) -> None:
        step = unit(self)
        top = QHBoxLayout()
        top.addWidget(self.chips, 1)
        top.addStretch()
        top.addWidget(self.as_numbers)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, step * 2, step * 3, step * 4)
        halves = self._halves
        for half in self._columns:
            half.setSpacing(step * 8)
            half.addStretch()
            halves.addLayout(half, 1)
        column.addLayout(halves)
        column.addStretch()
        scrolled = QScrollArea()
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(page)
        scrolled.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(scrolled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)

    def _forget(self) -> None:
        self._give_up()
        for kind, card in self.cards.items():
            card.show_chart(Chart(kind), frozenset())
        self._counted = None
        self.chips.show_narrowings(())
        self._show_empty()

    def _follow(self) -> None:
        selection, opened = self._state.selection, self._state.opened
        if not self.isVisible() or selection is None or opened is None or selection is self._counted:
            return
        self._give_up()
        self._counting = self._context.tasks.start(self._count(opened, selection))

    def _give_up(self) -> None:
        self.shown = None
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None

    async def _count(self, opened: Opened, selection: Selection) -> None:
        """Show chart after chart. Each counts as if nothing had been chosen in itself: the rest stays in sight."""
        if not self.cards:
            await self._make_cards()
        asked, run = selection.filter, self._context.background.run
        sure = await run(opened.confidences(widened(Kind.CONFIDENCE, asked), BINS))
        folders = await run(opened.per_folder(widened(Kind.FOLDERS, asked), MOST_BARS + 1))
        if self._state.selection is not selection:
            return
        self._counted = selection
        self.chips.show_narrowings(narrowings(asked, opened.labels))
        for chart in (class_chart(opened.labels, selection.labels), confidence_chart(sure), folder_chart(folders)):
            self._show_chart(chart, asked)
            await asyncio.sleep(0)
        if not self.cards[Kind.TIME].chart.bars:
            self._show_chart(Chart(Kind.TIME, note=self.tr("Asking the pictures when they were taken…")), asked)
        if opened.job is not None:
            self._show_chart(job_chart(await run(self._context.desk.results.per_job(opened.job)), opened.job), asked)
        self._show_empty()
        # The first time this reads all originals, which may take minutes: it comes last, and alone.
        times = await run(opened.over_time(widened(Kind.TIME, asked)))
        self._show_chart(time_chart(times), asked)
        self.shown = selection

    def _show_chart(self, chart: Chart, asked: Filter) -> None:
        self.cards[chart.kind].show_chart(chart, chosen(chart, asked))

    async def _make_cards(self) -> None:
        """Make the cards. What draws them is imported in a thread: it takes longer than the window may stand still."""
        module = await asyncio.to_thread(importlib.import_module, "batchdock.window.results.charts.card")
        for kind, title in self._titles().items():
            card: ChartCard = module.ChartCard(kind, title)
            card.show_numbers(self.as_numbers.isChecked())
            card.chosen.connect(lambda first, last, card=card: self._choose(card.chart, first, last))
            card.save_asked.connect(lambda card=card: self._context.tasks.start(self._save(card.title, card.picture())))
            self.cards[kind] = card
            await asyncio.sleep(0)  # each takes some milliseconds; between them the window lives
        self._arrange()

    def _titles(self) -> dict[Kind, str]:
        return {
            Kind.CLASSES: self.tr("Findings per class"),
            Kind.CONFIDENCE: self.tr("How sure the findings are"),
            Kind.FOLDERS: self.tr("Findings per folder"),
            Kind.TIME: self.tr("Findings over time"),
            Kind.JOBS: self.tr("Findings per job"),
        }

    def _choose(self, chart: Chart, first: int, last: int) -> None:
        self._change(choice(chart, first, last, self._state.filter))

    def _change(self, changes: Changes) -> None:
        if changes:
            self._state.change(**changes)

    def _clear(self) -> None:
        default = Filter()
        self._state.change(**{name: getattr(default, name) for name in Filter.__slots__})

    def _show_numbers(self, as_numbers: bool) -> None:
        self._context.settings.setValue(_AS_NUMBERS, "true" if as_numbers else "false")
        for card in self.cards.values():
            card.show_numbers(as_numbers)

    def _show_empty(self) -> None:
        selection, opened = self._counted, self._state.opened
        there = any(card.chart.bars for card in self.cards.values()) if selection is not None else False
        narrowed = selection is not None and selection.filter != Filter()
        self._all.setVisible(narrowed)
        self.as_numbers.setVisible(there)
        if opened is not None and selection is not None:
            self._empty.set_sentence(
                self.tr("Nothing was found that fits what you look for.")
                if narrowed
                else self.tr("Nothing was found in these pictures, so there is nothing to chart.")
            )
        else:
            self._empty.set_sentence(self.tr("Charts appear here when the results are read."))
        self._stack.setCurrentIndex(1 if there else 0)

    def _arrange(self) -> None:
        """Put charts below each other, in two columns where there is room."""
        two = self.width() >= TWO_COLUMNS * unit(self)
        if two == self._in_two:
            return
        self._in_two = two
        first, second = self._columns
        self._halves.setSpacing(unit(self) * 10 if two else 0)
        self._halves.setStretch(1, 1 if two else 0)
        for card in self.cards.values():
            for half in self._columns:
                half.removeWidget(card)
        for kind, card in self.cards.items():
            half = second if two and kind in _TO_THE_RIGHT else first
            half.insertWidget(half.count() - 1, card)

    async def _save(self, title: str, picture: QImage) -> None:
        start = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        folder = str(self._context.settings.value(_LAST_FOLDER, start))
        dialog = QFileDialog(self, self.tr("Save chart as PNG"), folder, self.tr("Pictures (*.png)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(f"{title}.png")
        for path in await choose(dialog):
            self._context.settings.setValue(_LAST_FOLDER, str(path.parent))
            await asyncio.to_thread(_write_png, picture, path)


def _write_png(picture: QImage, path: Path) -> None:
    """Write a picture that appears finished. Raise `FolderNotWritable`. Blocks."""
    file = QSaveFile(str(path))
    written = (
        file.open(QSaveFile.OpenModeFlag.WriteOnly) and QImageWriter(file, b"png").write(picture) and file.commit()
    )
    if not written:
        raise FolderNotWritable(folder=path.parent, reason=file.errorString())
