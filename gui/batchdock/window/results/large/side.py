"""What stands beside a large picture: its findings as a list, and everything the service said."""

from PySide6.QtCore import QLocale, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from batchdock.core.finding import Cell
from batchdock.window.results.large.caption import count_line
from batchdock.window.results.large.findings_list import FindingsList
from batchdock.window.results.large.layer import Layer
from batchdock.window.results.large.said import SaidTree
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

_MOST_CELLS = 12
_CELL_SHOWN = 80
"""Characters."""


class Side(QSplitter):
    """`chosen` tells which finding is meant: its number, or None."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        step = unit(self)
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self.list = FindingsList()
        self.list.selectionModel().currentRowChanged.connect(self._on_row)
        self.cells = TintedLabel()
        findings = QWidget()
        column = QVBoxLayout(findings)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step)
        column.addWidget(self._count)
        column.addWidget(self.list, 1)
        column.addWidget(self.cells)
        self.tree = SaidTree()
        self._said = QWidget()
        said = QVBoxLayout(self._said)
        said.setContentsMargins(0, step, 0, 0)
        said.setSpacing(step)
        said.addWidget(QLabel(self.tr("Everything the service said")))
        said.addWidget(self.tree, 1)
        self._said.hide()
        self.addWidget(findings)
        self.addWidget(self._said)
        self.setChildrenCollapsible(False)
        self.setMinimumWidth(step * 50)

    def show_layer(self, layer: Layer | None) -> None:
        """Show another picture's findings."""
        self._count.setText(count_line(layer) if layer is not None else "")
        findings = layer.seen.findings if layer is not None else ()
        self.list.findings.show_findings(findings, layer.labels if layer is not None else ())
        self.list.show_texts(any(finding.text for finding in findings))

    def show_cells(self, cells: tuple[Cell, ...]) -> None:
        """Show the plain values that outputs gave for the picture."""
        lines = [f"{cell.output}: {_worded(cell.value)}" for cell in cells[:_MOST_CELLS]]
        if len(cells) > _MOST_CELLS:
            lines.append(self.tr("%1 more").replace("%1", number_text(len(cells) - _MOST_CELLS)))
        self.cells.setText("\n".join(lines))
        self.cells.setVisible(bool(lines))

    def show_said(self, shown: bool) -> None:
        """Show or hide everything the service said."""
        self._said.setVisible(shown)

    @property
    def shows_said(self) -> bool:
        """Tell whether that is on screen, or will be with the view."""
        return not self._said.isHidden()

    def choose(self, number: int | None) -> None:
        """Select the row of a finding."""
        row = self.list.findings.row_of(number)
        if row is None:
            self.list.clearSelection()
            self.list.setCurrentIndex(QModelIndex())
        else:
            self.list.setCurrentIndex(self.list.findings.index(row, 0))

    def step(self, by: int) -> None:
        """Choose the next finding, or the one before."""
        count = self.list.findings.rowCount()
        if count:
            row = self.list.currentIndex().row() + by if self.list.currentIndex().isValid() else 0
            self.list.setCurrentIndex(self.list.findings.index(min(max(0, row), count - 1), 0))

    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.chosen.emit(self.list.findings.finding(current.row()).number if current.isValid() else None)


def _worded(value: float | str) -> str:
    if isinstance(value, str):
        line = " ".join(value[:_CELL_SHOWN].split())
        return f"{line}…" if len(value) > _CELL_SHOWN else line
    return number_text(int(value)) if float(value).is_integer() else QLocale().toString(float(value), "g", 6)
