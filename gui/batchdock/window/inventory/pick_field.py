"""Picking one or several of what there is: with ticks, and with a search where there is much."""

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.inventory import Field, FieldKind
from batchdock.window.inventory.checking import several_reason
from batchdock.window.inventory.form_fields import FormField, said_by_service
from batchdock.window.inventory.pick_model import PickModel
from batchdock.window.search_field import SearchField
from batchdock.window.theme import Tint, blend, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

_tr = QCoreApplication.translate

SEARCHED_FROM = 9
"""Fewer are seen at once."""
_ROWS = 6


class PickField(FormField):
    """Choices of a field. Where they are the items of a collection, whoever reads it fills them in with `add`."""

    again_asked = Signal()
    """What could not be read is to be read again."""

    control: "_PickList"

    def __init__(self, field: Field, *, making: bool) -> None:
        several = field.kind is FieldKind.SEVERAL
        self.model = PickModel(several=several, needed=field.required)
        self.search = SearchField()
        self.count = TintedLabel()
        self.reading = TintedLabel()
        self.again = QPushButton(_tr("forms", "Try again"))
        self.again.setAutoDefault(False)
        self.again.setAccessibleName(self.again.text())
        self.again.clicked.connect(lambda _checked=False: self.again_asked.emit())
        pick_list = _PickList(self.model, several=several)
        super().__init__(field, pick_list, making=making)
        self.model.setParent(self)
        self.search.name(self.tr("Search %1").replace("%1", self.title))
        self.search.searched.connect(self.model.search)
        self.search.returnPressed.connect(self._on_return)
        self.search.installEventFilter(self)
        self.add([(value, said_by_service(words)) for value, words in field.choices])
        self.model.picked_changed.connect(self._on_picked)
        self.say_reading("")
        self._count()

    @property
    def entry(self) -> QWidget:
        """Where the keyboard goes first."""
        return self.search if self.search.isVisibleTo(self) else self.control

    def add(self, choices: list[tuple[str, str]]) -> None:
        """Take in more that can be picked."""
        self.model.add(choices)
        self.search.setVisible(self.model.known >= SEARCHED_FROM)
        self._count()

    def say_reading(self, text: str, *, again: bool = False) -> None:
        """Say how the reading of the choices goes; with `again`, offer to read them once more."""
        self.reading.setText(text)
        self.reading.set_tint(Tint.BAD if again else Tint.MUTED)
        self.reading.setVisible(bool(text))
        self.again.setVisible(again)

    def value(self) -> object:
        picked = self.model.picked
        if self.field.kind is FieldKind.SEVERAL:
            return picked
        return picked[0] if picked else ""

    def put(self, value: object) -> None:
        values = value if isinstance(value, tuple | list | frozenset | set) else () if value in (None, "") else (value,)
        self.model.pick([str(each) for each in values])

    def _fault(self) -> str:
        return several_reason(self.field, len(self.model.picked)) if self.field.kind is FieldKind.SEVERAL else ""

    def _body(self) -> QWidget:
        body = QWidget()
        step = unit(self)
        state = QHBoxLayout()
        state.setSpacing(step * 2)
        state.addWidget(self.reading, 1)
        state.addWidget(self.again)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(step)
        rows.addWidget(self.search)
        rows.addWidget(self.control)
        rows.addWidget(self.count)
        rows.addLayout(state)
        return body

    def _on_picked(self) -> None:
        self._count()
        self._on_changed()

    def _count(self) -> None:
        picked = self.model.picked
        text = ""
        if self.field.kind is not FieldKind.SEVERAL:
            text = self.model.title_of(picked[0]) if picked and self.model.known >= SEARCHED_FROM else ""
        elif picked:
            text = self.tr("%1 picked").replace("%1", number_text(len(picked)))
        self.count.setText(text)
        self.count.setVisible(bool(text))
        lines = min(max(self.model.rowCount(), 2), _ROWS)
        self.control.setFixedHeight(lines * self.control.row_height() + unit(self) * 2)

    def _on_return(self) -> None:
        """The only one that the search leaves is the one that is meant."""
        if self.model.rowCount() == 1:
            self.model.toggle(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() is QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Down:
                self.control.setFocus(Qt.FocusReason.OtherFocusReason)
                self.control.setCurrentIndex(self.model.index(0))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.search.tell()
                self._on_return()
                return True
        return super().eventFilter(watched, event)


class _TickDelegate(QStyledItemDelegate):
    """Draws ticks that are seen on light and dark alike, round ones where only one can be picked."""

    def __init__(self, parent: QWidget, *, several: bool) -> None:
        super().__init__(parent)
        self._several = several

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        step, table = unit(option.widget), option.widget
        table.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, table)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        ink = (palette.highlightedText() if selected else palette.text()).color()
        ground = (palette.highlight() if selected else palette.base()).color()
        picked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        side = step * 3.5
        box = QRectF(option.rect.left() + step * 1.5, option.rect.center().y() - side / 2 + 0.5, side, side)
        mark = ink if selected else palette.highlight().color()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(mark if picked else blend(ink, ground, 0.5))
        painter.setBrush(mark if picked else Qt.BrushStyle.NoBrush)
        round_by = step / 2 if self._several else side / 2
        painter.drawRoundedRect(box, round_by, round_by)
        if picked:
            pen = QPen(ground if selected else palette.highlightedText().color(), max(1.4, step / 2.6))
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            points = ((0.24, 0.52), (0.43, 0.71), (0.77, 0.31))
            painter.drawPolyline(QPolygonF([QPointF(box.x() + x * side, box.y() + y * side) for x, y in points]))
        painter.setPen(ink)
        line = option.rect.adjusted(step * 7, 0, -step, 0)
        text = str(index.data() or "").replace("\n", " ")
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        step = unit(option.widget)
        return QSize(step * 20, option.fontMetrics.height() + step * 2)


class _PickList(QListView):
    """A click on a row or Space ticks it."""

    def __init__(self, model: PickModel, *, several: bool) -> None:
        super().__init__()
        self.setModel(model)
        self._pick = model
        self.setUniformItemSizes(True)
        self.setItemDelegate(_TickDelegate(self, several=several))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def row_height(self) -> int:
        """Return the height of one row, in pixels."""
        hint = self.sizeHintForRow(0)
        return hint if hint > 0 else self.fontMetrics().height() + unit(self) * 2

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            self.setCurrentIndex(index)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pick.toggle(index.row())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The press has done it all: the usual tick on release would take it back."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current: QModelIndex = self.currentIndex()
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select) and current.isValid():
            self._pick.toggle(current.row())
            return
        super().keyPressEvent(event)
