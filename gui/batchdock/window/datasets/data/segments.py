"""The segments of a version: found by their names, with how many rows each has as far as that is known."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from batchdock.core.datasets.dataset import Segment
from batchdock.window.plain_text import tooltip_text
from batchdock.window.quiet_table import QuietTable
from batchdock.window.results.tools import tool
from batchdock.window.search_field import SearchField
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import grouped, number_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SegmentsModel(QAbstractTableModel):
    """Those whose name has what is searched, in the order of the service."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Segment] = []
        self._shown: list[Segment] = []
        self._counts: dict[str, tuple[int, bool]] = {}
        self._search = ""

    def show_segments(self, segments: Sequence[Segment]) -> None:
        """Replace everything; what was counted is forgotten."""
        self._all, self._counts = list(segments), {}
        self._choose()

    def search(self, text: str) -> None:
        """Show those whose name has this text, whatever its capitals."""
        self._search = text.strip().casefold()
        self._choose()

    def take_count(self, name: str, rows: int, whole: bool) -> None:
        """So many rows are in a segment, as far as is known."""
        self._counts[name] = (rows, whole)
        row = self.row_of(name)
        if row is not None:
            at = self.index(row, 1)
            self.dataChanged.emit(at, at)

    def segment(self, row: int) -> Segment:
        """Return the segment of a row."""
        return self._shown[row]

    def row_of(self, name: str) -> int | None:
        """Return where a segment is; None where it is not shown."""
        return next((row for row, each in enumerate(self._shown) if each.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all of them, shown or not."""
        return tuple(each.name for each in self._all)

    @property
    def total(self) -> int:
        """How many there are, shown or not."""
        return len(self._all)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Segment"), self.tr("Count"))[section]
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and section == 1 else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        segment = self._shown[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return _RIGHT
        if role == Qt.ItemDataRole.DisplayRole:
            return segment_name(segment.name) if index.column() == 0 else self._count_text(segment.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_text("\n".join(filter(None, (segment_name(segment.name), segment.description))))
        return None

    def _count_text(self, name: str) -> str:
        known = self._counts.get(name)
        if known is None:
            return ""
        return number_text(known[0]) if known[1] else f"{number_text(known[0])}+"

    def _choose(self) -> None:
        self.beginResetModel()
        self._shown = [each for each in self._all if self._search in each.name.casefold()]
        self.endResetModel()


class SegmentsTable(QuietTable):
    """`menu_asked` tells where on the screen; the segment is the current one."""

    menu_asked = Signal(QPoint)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            self.setCurrentIndex(index)
            where = event.pos() if by_mouse else self.visualRect(index).center()
            self.menu_asked.emit(self.viewport().mapToGlobal(where))


class SegmentsList(QWidget):
    """`chosen` tells the segment to look at, `make_asked` that a new one is wanted, `menu_asked` where its menu is."""

    chosen = Signal(str)
    make_asked = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        step = unit(self)
        self.search = SearchField()
        self.search.name(self.tr("Search segments"))
        self.make = tool("plus", self.tr("New segment…"), "")
        self.more = tool("ellipsis", self.tr("Actions of this segment"), "")
        self.model = SegmentsModel(self)
        self.table = SegmentsTable(self.tr("Segments"))
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.size_columns(0, {1: "888,888+"})
        self.count = TintedLabel()
        self._quiet = False
        top = QHBoxLayout()
        top.setSpacing(step // 2)
        top.addWidget(self.search, 1)
        top.addWidget(self.make)
        top.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.count)
        self.setMinimumWidth(step * 44)
        self.search.searched.connect(self._on_search)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.make.clicked.connect(lambda _checked=False: self.make_asked.emit())
        self.more.clicked.connect(lambda _checked=False: self._ask_menu())
        self.table.menu_asked.connect(self.menu_asked)
        self.allow_changes(False)

    @property
    def current(self) -> str | None:
        """The segment in hand; None where there is none."""
        index = self.table.currentIndex()
        return self.model.segment(index.row()).name if index.isValid() else None

    def allow_changes(self, allowed: bool) -> None:
        """Offer what changes segments, or not."""
        self.make.setVisible(allowed)
        self.more.setVisible(allowed)

    def show_segments(self, segments: Sequence[Segment], wanted: str | None) -> None:
        """Replace everything, and choose `wanted`, or the first where that is not there."""
        self._quiet = True
        self.model.show_segments(segments)
        self._quiet = False
        self._write()
        self._choose(wanted)

    def take_count(self, name: str, rows: int, whole: bool) -> None:
        """So many rows are in a segment, as far as is known."""
        self.model.take_count(name, rows, whole)

    def _choose(self, wanted: str | None) -> None:
        row = self.model.row_of(wanted) if wanted is not None else None
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(row or 0, 0))

    def _on_search(self, text: str) -> None:
        kept = self.current
        self._quiet = True
        self.model.search(text)
        row = self.model.row_of(kept) if kept is not None else None
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, 0))
        self._quiet = False
        self._write()
        if row is None:
            self._choose(None)

    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.chosen.emit(self.model.segment(current.row()).name)

    def _ask_menu(self) -> None:
        if self.current is not None:
            self.menu_asked.emit(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _write(self) -> None:
        total, shown = self.model.total, self.model.rowCount()
        text = grouped(self.tr("%n segment(s)", None, total), total)
        if shown != total:
            text = self.tr("%1 of %2").replace("%1", number_text(shown)).replace("%2", text)
        self.count.setText(text)


def segment_name(name: str) -> str:
    """Return what people read as a segment's name: the empty one is a name too."""
    return name if name.strip() else QCoreApplication.translate("data", "(without a name)")
