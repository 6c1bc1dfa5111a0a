"""A drop-down list of hundreds of lines that is searched by typing."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QListView, QStyledItemDelegate, QStyleOptionViewItem

from batchdock.window.theme import unit

REASON_ROLE = Qt.ItemDataRole.UserRole + 2
"""Why a line can not be chosen; it is shown beside it."""


class SearchableCombo(QComboBox):
    """Typing shows the lines that have the text anywhere; Enter takes the first of them. No text but theirs stays."""

    searched = Signal()
    """Other lines match now."""

    def __init__(self, model: QAbstractItemModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(16)
        self._line = _SearchLine(self)
        self.setLineEdit(self._line)
        self._completer = QCompleter(model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(self._completer)
        self._popup = QListView()
        self._completer.setPopup(self._popup)
        self._popup.setItemDelegate(_ReasonDelegate(self._completer))
        self.setItemDelegate(_ReasonDelegate(self))
        self._line.textEdited.connect(self._on_searched)
        self._line.editingFinished.connect(self._show_chosen)

    def set_name(self, name: str, hint: str) -> None:
        """Say what is chosen here, and how."""
        self.setAccessibleName(name)
        self._line.setAccessibleName(name)
        self._line.setPlaceholderText(hint)
        self._line.setAccessibleDescription(hint)

    def matches(self, most: int) -> frozenset[int]:
        """Return the rows of the model that match what is typed now, `most` at most; none while nothing is typed."""
        if self._line.text() == self.itemText(self.currentIndex()):
            return frozenset()
        return frozenset(self._match(place) for place in range(min(most, self._completer.completionCount())))

    def take_first_match(self) -> bool:
        """Choose the first line that matches and can be chosen. Return whether something was typed at all."""
        if self._line.text() == self.itemText(self.currentIndex()):
            return False
        model, popup = self.model(), self._popup
        lit = popup.currentIndex() if popup.isVisible() else QModelIndex()
        places = [lit.row()] if lit.isValid() else range(self._completer.completionCount())
        for row in map(self._match, places):
            if model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsEnabled:
                self.setCurrentIndex(row)
                self.activated.emit(row)
                break
        popup.hide()
        self._show_chosen()
        return True

    def _match(self, place: int) -> int:
        self._completer.setCurrentRow(place)
        proxy = self._completer.completionModel()
        source = proxy.mapToSource(self._completer.currentIndex())  # type: ignore[attr-defined]
        return int(source.row())

    def _on_searched(self, text: str) -> None:
        self._completer.setCompletionPrefix(text)
        self.searched.emit()

    def _show_chosen(self) -> None:
        if not self._popup.isVisible():
            self._line.setText(self.itemText(self.currentIndex()))


class _SearchLine(QLineEdit):
    """A click into it selects all, so that typing searches anew."""

    def __init__(self, combo: SearchableCombo) -> None:
        super().__init__(combo)
        self._combo = combo
        self._entered = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._entered = event.reason() is Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._entered and not self.hasSelectedText():
            self.selectAll()
        self._entered = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._combo.take_first_match():
            event.accept()
            return
        super().keyPressEvent(event)


class _ReasonDelegate(QStyledItemDelegate):
    """Draws the reason of a line that can not be chosen at its end."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        reason = index.data(REASON_ROLE)
        if not reason:
            return
        step = unit(option.widget)
        left = option.fontMetrics.horizontalAdvance(str(index.data())) + step * 6
        rect = option.rect.adjusted(left, 0, -step * 2, 0)
        if rect.width() < step * 10:
            return
        painter.save()
        painter.setPen(option.palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
        text = option.fontMetrics.elidedText(str(reason), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()
