"""The right half of the browser: the picture, table or text itself."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from batchdock.window.batches.browser.looking import ROWS_SHOWN, Nothing, Picture, Sight, Table, Text
from batchdock.window.plain_text import tooltip_text
from batchdock.window.quiet_table import QuietTable
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text, size_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

CELL_SHOWN = 200
"""Characters of a cell; the tooltip has all of them."""

ROWS_MEASURED = 30


class Preview(QWidget):
    """Shows one `Sight`, or a sentence; and under it one line about it."""

    open_wanted = Signal()
    """The button under an offer was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = QLabel()
        self.open = QPushButton()
        self.open.clicked.connect(lambda _checked=False: self.open_wanted.emit())
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.picture = PictureView()
        self.table = QuietTable(self.tr("The first rows of the table"))
        self._table_model = _TableModel(self)
        self.table.setModel(self._table_model)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("The beginning of the text"))
        self._words = QWidget()
        words = QVBoxLayout(self._words)
        words.setSpacing(unit(self) * 3)
        words.addStretch()
        words.addWidget(self._sentence)
        words.addWidget(self.open, 0, Qt.AlignmentFlag.AlignHCenter)
        words.addStretch()
        self._stack = QStackedWidget()
        for widget in (self._words, self.picture, self.table, self.text):
            self._stack.addWidget(widget)
        self.caption = TintedLabel()
        self.caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.caption)

    def room(self) -> QSize:
        """Return how large a picture can be shown, in device pixels."""
        ratio = self.devicePixelRatioF()
        return QSize(round(self._stack.width() * ratio), round(self._stack.height() * ratio))

    def say(self, sentence: str, caption: str = "") -> None:
        """Show a sentence instead of a file."""
        self._sentence.setText(sentence)
        self.open.hide()
        self.caption.setText(caption)
        self._stack.setCurrentWidget(self._words)

    def is_empty(self) -> bool:
        """Tell whether nothing is shown, and nothing said."""
        return self._stack.currentWidget() is self._words and not self._sentence.text()

    def offer(self, sentence: str, button_text: str, caption: str = "") -> None:
        """Show a sentence and a button under it."""
        self.say(sentence, caption)
        self.open.setText(button_text)
        self.open.setAccessibleName(button_text)
        self.open.show()

    def show_sight(self, name: str, size: int | None, sight: Sight) -> None:
        """Show what was found in the file `name` of `size` bytes."""
        facts = [name]
        if isinstance(sight, Picture):
            if sight.is_frame:
                facts.append(self.tr("first frame"))
            facts.append(f"{number_text(sight.full.width())} × {number_text(sight.full.height())}")
            self.picture.show_image(sight.image, name)
            self._stack.setCurrentWidget(self.picture)
        elif isinstance(sight, Table):
            if sight.there_is_more:
                facts.append(self.tr("the first %1 rows").replace("%1", number_text(ROWS_SHOWN)))
            self._table_model.show_table(sight)
            self._size_table_columns(sight)
            self._stack.setCurrentWidget(self.table)
        elif isinstance(sight, Text):
            if sight.there_is_more:
                facts.append(self.tr("the beginning"))
            self.text.setPlainText(sight.text)
            self._stack.setCurrentWidget(self.text)
        elif isinstance(sight, Nothing):
            self.say(self.tr("This file can not be shown here. Save it to open it."))
        if size is not None:
            facts.append(size_text(size))
        self.caption.setText(" · ".join(facts))

    def _size_table_columns(self, table: Table) -> None:
        """Make columns as wide as their first cells. Asking the view would call the delegate for hundreds of them."""
        metrics, step = self.table.fontMetrics(), unit(self)
        for column, heading in enumerate(table.headings):
            cells = (row[column][:CELL_SHOWN] for row in table.rows[:ROWS_MEASURED])
            widest = max(map(metrics.horizontalAdvance, (heading, *cells)))
            self.table.setColumnWidth(column, min(step * 60, widest + step * 7))


class PictureView(QWidget):
    """A picture, as large as there is room, never larger than it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._fitted = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(unit(self) * 30, unit(self) * 30)

    def show_image(self, image: QImage, name: str) -> None:
        """Replace the picture."""
        self._pixmap = QPixmap.fromImage(image)
        self._fitted = QPixmap()
        self.setAccessibleName(self.tr("Picture: %1").replace("%1", name))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pixmap.isNull():
            return
        ratio = self.devicePixelRatioF()
        room = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._fitted.isNull():
            whole = self._pixmap.size()
            target = whole.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            if target.width() > whole.width() * ratio:
                target = QSize(round(whole.width() * ratio), round(whole.height() * ratio))
            self._fitted = self._pixmap.scaled(
                target, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            self._fitted.setDevicePixelRatio(ratio)
        size = self._fitted.deviceIndependentSize().toSize()
        corner = QRect(0, 0, size.width(), size.height())
        corner.moveCenter(self.rect().center())
        painter = QPainter(self)
        painter.drawPixmap(corner.topLeft(), self._fitted)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fitted = QPixmap()
        super().resizeEvent(event)


class _TableModel(QAbstractTableModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._table = Table((), (), there_is_more=False)

    def show_table(self, table: Table) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._table.headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._table.headings[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self._table.rows[index.row()]
        cell = row[index.column()] if index.column() < len(row) else ""
        return tooltip_text(cell) if role == Qt.ItemDataRole.ToolTipRole else " ".join(cell[:CELL_SHOWN].split())
