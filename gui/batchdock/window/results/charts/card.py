"""One chart of the page: its title, its bars or their numbers, and what is to be known about it."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from batchdock.window.results.charts.bars import Chart, Kind
from batchdock.window.results.charts.counting import tips
from batchdock.window.results.charts.numbers import NumbersModel, NumbersTable
from batchdock.window.results.charts.plot import BarPlot
from batchdock.window.theme import heading_font, unit
from batchdock.window.tinted_label import TintedLabel

SHARPNESS = 2
"""Device pixels a pixel of a chart that leaves the window: it may be printed."""


class ChartCard(QWidget):
    """`chosen` tells first and last of the bars that were chosen, `save_asked` that a picture of it is wanted."""

    chosen = Signal(int, int)
    save_asked = Signal()

    def __init__(self, kind: Kind, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.chart = Chart(kind)
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setFont(heading_font(self, 1.1))
        self._note = TintedLabel()
        self.plot = BarPlot(self.chart.lies)
        self._numbers = NumbersModel(kind, self)
        self.table = NumbersTable(self._numbers)
        self.set_title(title)
        self.plot.chosen.connect(self.chosen)
        self.table.chosen.connect(self.chosen)
        step = unit(self)
        self._body = QVBoxLayout()
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.addWidget(self.plot)
        self._body.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self._title)
        layout.addLayout(self._body)
        layout.addWidget(self._note)
        layout.addStretch()
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._offer)
        self._as_numbers = False
        self.show_chart(self.chart, frozenset())

    @property
    def title(self) -> str:
        """What is charted."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Call the chart so."""
        self._title.setText(title)
        for each in (self, self.plot, self.table):
            each.setAccessibleName(title)

    def show_chart(self, chart: Chart, marked: frozenset[int]) -> None:
        """Show these bars; those in `marked` are chosen. A chart that has neither bars nor a note is not shown."""
        self.chart = chart
        said = tips(chart)
        self.plot.show_chart(chart, marked, said)
        self.plot.setAccessibleDescription("; ".join(said))
        self._numbers.show_chart(chart, marked)
        self._note.setText(chart.note)
        self._note.setVisible(bool(chart.note))
        self.setVisible(bool(chart.bars or chart.note))
        self.show_numbers(self._as_numbers)

    def show_numbers(self, as_numbers: bool) -> None:
        """Show the table, or the bars."""
        self._as_numbers = as_numbers
        self.plot.setVisible(bool(self.chart.bars) and not as_numbers)
        self.table.setVisible(bool(self.chart.bars) and as_numbers)

    def picture(self) -> QImage:
        """Return the chart as it is, with its title, on the ground of the page."""
        margin = unit(self) * 4
        image = QImage((self.size() + QSize(2 * margin, 2 * margin)) * SHARPNESS, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(SHARPNESS)
        image.fill(self.palette().window().color())
        painter = QPainter(image)
        self.render(painter, QPoint(margin, margin))
        painter.end()
        return image

    def copy(self) -> None:
        """Put the chart as a picture on the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture())

    def _offer(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self.offers(menu):
            menu.addAction(action)
        menu.popup(self.mapToGlobal(place))

    def offers(self, parent: QWidget) -> list[QAction]:
        """Return what can be done with the chart."""
        copy = QAction(self.tr("Copy chart as picture"), parent)
        copy.triggered.connect(lambda _checked=False: self.copy())
        save = QAction(self.tr("Save chart as PNG…"), parent)
        save.triggered.connect(lambda _checked=False: self.save_asked.emit())
        return [copy, save]
