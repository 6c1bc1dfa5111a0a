"""How many labels there are in a version, by kind, class and attribute, as bars."""

import asyncio
import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from batchdock.core.datasets.data import Json
from batchdock.flows.datasets.labels.classes import Classes
from batchdock.window.context import Context
from batchdock.window.datasets.data.words import label_type_word, labels_text, value_text
from batchdock.window.empty_state import EmptyState
from batchdock.window.results.charts.bars import Bar, Chart, Kind, commonest
from batchdock.window.theme import heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

if TYPE_CHECKING:
    from batchdock.window.results.charts.plot import BarPlot

_tr = QCoreApplication.translate

_MOST_CHARTS = 60


class StatisticsView(QWidget):
    """A chart a kind, below it one for each of its attributes. Bars have their numbers beside them."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._drawing: asyncio.Task[None] | None = None
        self.charts: list[tuple[str, Chart]] = []
        self.plots: list[BarPlot] = []
        self.empty = EmptyState("chart-column", self.tr("The service has counted no labels in this version."))
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(0, unit(self) * 2, unit(self) * 3, unit(self) * 4)
        self._column.setSpacing(unit(self) * 2)
        self._column.addStretch()
        self._page.setAutoFillBackground(False)
        scrolled = QScrollArea()
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(self._page)
        scrolled.viewport().setAutoFillBackground(False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(scrolled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def show_statistics(self, statistics: Json, classes: Classes) -> None:
        """Replace what is shown."""
        self.charts = charts_of(statistics, classes)
        while self._column.count() > 1:
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.plots = []
        self._stack.setCurrentIndex(1 if self.charts else 0)
        if self._drawing is not None:
            self._drawing.cancel()
        self._drawing = self._context.tasks.start(self._draw(self.charts)) if self.charts else None

    async def _draw(self, charts: Sequence[tuple[str, Chart]]) -> None:
        # The library that draws takes a quarter of a second to load.
        module = await asyncio.to_thread(importlib.import_module, "batchdock.window.results.charts.plot")
        for title, chart in charts:
            heading = QLabel(title)
            heading.setTextFormat(Qt.TextFormat.PlainText)
            heading.setFont(heading_font(self, 1.1))
            heading.setWordWrap(True)
            plot = module.BarPlot(True)
            tips = tuple(f"{bar.name}: {labels_text(bar.findings)}" for bar in chart.bars)
            plot.show_chart(chart, frozenset(), tips)
            plot.setAccessibleName(title)
            plot.setAccessibleDescription("; ".join(tips))
            plot.setVisible(bool(chart.bars))
            self.plots.append(plot)
            for widget in (heading, plot, *([TintedLabel(chart.note)] if chart.note else [])):
                self._column.insertWidget(self._column.count() - 1, widget)
            self._column.insertSpacing(self._column.count() - 1, unit(self) * 4)
            await asyncio.sleep(0)  # the window has its turn between


def charts_of(statistics: Json, classes: Classes) -> list[tuple[str, Chart]]:
    """Return titles and charts. A list that is null is none; what is no number is no bar."""
    kinds = [(str(word), told) for word, told in statistics.items() if isinstance(told, Mapping)]
    bars = [Bar(label_type_word(word), _count(told.get("quantity"))) for word, told in kinds]
    if not bars:
        return []
    found = [(_tr("data", "Labels by kind"), Chart(Kind.CLASSES, tuple(bars)))]
    others = _tr("data", "All others")
    for word, told in kinds:
        name = label_type_word(word)
        by_class = [
            Bar(_text(each.get("name")), _count(each.get("quantity")), label=classes.number(_text(each.get("name"))))
            for each in _rows(told.get("categories"))
        ]
        if by_class:
            found.append((name, Chart(Kind.CLASSES, commonest(by_class, others))))
        found += [
            (f"{name}: {_text(each.get('name'))}", _attribute_chart(each, others))
            for each in _rows(told.get("attributes"))
        ]
    if len(found) > _MOST_CHARTS:
        left = number_text(len(found) - _MOST_CHARTS)
        note = _tr("data", "%1 more attributes are not charted.").replace("%1", left)
        title, last = found[_MOST_CHARTS - 1]
        found[_MOST_CHARTS - 1 :] = [(title, Chart(last.kind, last.bars, note=note))]
    return found


def _attribute_chart(told: Json, others: str) -> Chart:
    values, counts = told.get("enum"), told.get("quantities")
    if isinstance(values, list) and isinstance(counts, list):
        pairs = zip(values, counts, strict=False)
        bars = [Bar(value_text(value) or "–", _count(count)) for value, count in pairs]
        return Chart(Kind.CLASSES, commonest(bars, others))
    known = [f"{name}: {value_text(value)}" for name, value in told.items() if name != "name" and value is not None]
    return Chart(Kind.CLASSES, note="; ".join(known) or _tr("data", "The service has not counted its values."))


def _count(value: object) -> int:
    is_count = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**53
    return int(value) if is_count and isinstance(value, int | float) else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) and value else value_text(value)


def _rows(told: object) -> list[Json]:
    return [each for each in told if isinstance(each, Mapping)] if isinstance(told, list) else []
