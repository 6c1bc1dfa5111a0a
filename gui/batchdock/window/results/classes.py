"""The list of classes: which of them count, in what colour they are drawn, and how many there are."""

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.window.results.classes_model import CLASS_ROLE, ClassesModel, ClassRow
from batchdock.window.results.colours import colour_of
from batchdock.window.results.view_state import ViewState
from batchdock.window.search_field import SearchField
from batchdock.window.theme import Tint, blend, colour, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

_tr = QCoreApplication.translate

Index = QModelIndex | QPersistentModelIndex

_BOTH_NUMBERS_FROM = 54
"""Steps of width from which on pictures have room beside findings."""

SEARCHED_FROM = 20
"""With more classes than this they can be searched."""


_HIGHEST = 100_000


class ClassList(QWidget):
    """Ticks, colours, names, findings."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.model = ClassesModel(state, self)
        step = unit(self)
        title = QLabel(self.tr("Classes"))
        bold = title.font()
        bold.setBold(True)
        title.setFont(bold)
        self.all = _word_button(self.tr("All"), self.tr("Let all classes count"))
        self.none = _word_button(self.tr("None"), self.tr("Let no class count"))
        self.all.clicked.connect(self._on_all)
        self.none.clicked.connect(self._on_none)
        self.search = SearchField()
        self.search.name(self.tr("Find a class"))
        self.search.searched.connect(self.model.search)
        self.list = _List(self.tr("Classes"))
        self.list.setModel(self.model)
        self.model.modelReset.connect(self.list.updateGeometry)
        self.list.setItemDelegate(_Delegate(self.model, self.list))
        self.list.only_asked.connect(self._only)
        self.list.menu_asked.connect(self._offer)
        self._columns = _Columns(self.list, self.model)
        self._nothing = TintedLabel(self.tr("These results have no classes."))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(title, 1)
        head.addWidget(self.all)
        head.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(step)
        column.addLayout(head)
        column.addWidget(self.search)
        column.addWidget(self._nothing)
        column.addWidget(self._columns)
        column.addWidget(self.list, 1)
        state.opened_changed.connect(self._on_opened)
        self._on_opened()

    def toggle_by_digit(self, digit: int) -> None:
        """Tick one of the first nine classes, or take its tick away."""
        label = self.model.by_shortcut(digit)
        if label is not None:
            self._state.toggle(label)

    def _only(self, label: int) -> None:
        """Let one class count; when it is the only one already, all."""
        chosen = frozenset({label})
        self._state.change_labels(self._state.every_label() if self._state.filter.labels == chosen else chosen)

    def _on_all(self, _checked: bool = False) -> None:
        self._state.change_labels(self._state.every_label())

    def _on_none(self, _checked: bool = False) -> None:
        self._state.change_labels(frozenset())

    def _on_opened(self) -> None:
        self.search.clear()
        self.search.setVisible(self.model.known > SEARCHED_FROM)
        there_are = self.model.known > 0
        self.list.setEnabled(there_are)
        self._columns.setVisible(there_are)
        self._nothing.setVisible(not there_are and self._state.opened is not None)
        for button in (self.all, self.none):
            button.setEnabled(there_are)

    def _offer(self, label: int, where: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("Only this")).triggered.connect(lambda _checked=False: self._only(label))
        menu.addAction(self.tr("All but this")).triggered.connect(
            lambda _checked=False: self._state.change_labels(self._state.every_label() - {label})
        )
        menu.addSeparator()
        menu.addAction(self.tr("All")).triggered.connect(self._on_all)
        menu.addAction(self.tr("None")).triggered.connect(self._on_none)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)


def _word_button(text: str, tip: str) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


class _List(QListView):
    """`only_asked` tells a class that is to count alone, `menu_asked` one and where on the screen."""

    only_asked = Signal(int)
    menu_asked = Signal(int, QPoint)

    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """As high as all rows: what stands below comes up to them."""
        rows = self.model().rowCount()
        height = self.sizeHintForRow(0) * rows if rows else unit(self) * 8
        return QSize(unit(self) * 40, min(height + unit(self), _HIGHEST))

    def minimumSizeHint(self) -> QSize:
        return QSize(unit(self) * 30, unit(self) * 16)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.only_asked.emit(self._label(index))
        elif event.key() == Qt.Key.Key_Space and index.isValid():
            self._tick(index)
        elif event.text() and event.text().isprintable():
            event.ignore()  # letters and digits are keys of the viewer
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and index.isValid() and index == self.currentIndex():
            self._tick(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The first click has ticked already; the second release would once more.
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            self._tick(index)
            self.only_asked.emit(self._label(index))
            self.setCurrentIndex(QModelIndex())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            where = event.pos() if by_mouse else self.visualRect(index).center()
            self.menu_asked.emit(self._label(index), self.viewport().mapToGlobal(where))

    def _tick(self, index: QModelIndex) -> None:
        self.model().setData(index, None, Qt.ItemDataRole.CheckStateRole)

    def _label(self, index: QModelIndex) -> int:
        row: ClassRow = index.data(CLASS_ROLE)
        return row.label


def _small(font: QFont) -> QFont:
    smaller = QFont(font)
    smaller.setPointSizeF(font.pointSizeF() * 0.88)
    return smaller


def _column_width(font: QFont, model: ClassesModel) -> int:
    """Return how wide the column of findings is: no filter makes their number larger than it is without one."""
    number = QFontMetrics(font).horizontalAdvance(number_text(model.most_findings))
    heading = QFontMetrics(_small(font)).horizontalAdvance(_tr("classes", "Findings"))
    return max(number, heading) + QFontMetrics(font).horizontalAdvance("88")


class _Columns(QWidget):
    """What the two numbers are, small over them."""

    def __init__(self, rows: QListView, model: ClassesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._model = rows, model
        self.setFont(_small(self.font()))
        self.setFixedHeight(self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        step, width = unit(self._rows), self._rows.viewport().width()
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = self.rect()
        line.setRight(width - 1 - step * 2)
        painter = QPainter(self)
        painter.setPen(colour(Tint.MUTED, self.palette()))
        painter.drawText(line, right, _tr("classes", "Findings"))
        if width >= step * _BOTH_NUMBERS_FROM:
            line.setRight(line.right() - _column_width(self._rows.font(), self._model))
            painter.drawText(line, right, _tr("classes", "Pictures"))
        painter.end()


class _Delegate(QStyledItemDelegate):
    """Tick, colour and name from the left; pictures and findings from the right."""

    def __init__(self, model: ClassesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        step = unit(option.widget)
        return QSize(step * 30, option.fontMetrics.height() + step * 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ClassRow = index.data(CLASS_ROLE)
        step, palette, rect = unit(option.widget), option.palette, option.rect
        ground, ink = palette.base().color(), palette.text().color()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if focused or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(palette.highlight().color() if focused else Qt.PenStyle.NoPen)
            painter.setBrush(blend(ground, ink, 0.07))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), step, step)
        left = self._tick(painter, option, row, rect.left() + step)
        swatch = QRectF(left, rect.center().y() - step * 1.4, step * 3, step * 3)
        shade = colour_of(row.label)
        painter.setPen(shade)
        painter.setBrush(shade if row.is_ticked else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(swatch, step * 0.75, step * 0.75)
        self._words(painter, option, index, QRect(rect).adjusted(left + step * 5 - rect.left(), 0, -step * 2, 0))
        painter.restore()

    def _tick(self, painter: QPainter, option: QStyleOptionViewItem, row: ClassRow, left: int) -> int:
        """Draw the box; return where what follows begins."""
        style = option.widget.style()
        box = QStyleOptionButton()
        side = style.pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, None, option.widget)
        box.rect = QRect(left, option.rect.center().y() - side // 2, side, side)
        box.palette = option.palette
        box.state = QStyle.StateFlag.State_Enabled
        box.state |= QStyle.StateFlag.State_On if row.is_ticked else QStyle.StateFlag.State_Off
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorCheckBox, box, painter, option.widget)
        return left + side + unit(option.widget) * 2

    def _words(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, line: QRect) -> None:
        row: ClassRow = index.data(CLASS_ROLE)
        palette, metrics, step = option.palette, option.fontMetrics, unit(option.widget)
        ink, muted = palette.text().color(), colour(Tint.MUTED, palette)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        number = number_text(row.count.findings)
        painter.setPen(ink if row.is_ticked and row.count.findings else muted)
        painter.drawText(line, right, number)
        name = QRect(line)
        name.setRight(line.right() - metrics.horizontalAdvance(number) - step * 2)
        if option.rect.width() >= step * _BOTH_NUMBERS_FROM:
            pictures = QRect(line).adjusted(0, 0, -_column_width(option.font, self._model), 0)
            number = number_text(row.count.pictures)
            painter.setPen(muted)
            painter.drawText(pictures, right, number)
            name.setRight(pictures.right() - metrics.horizontalAdvance(number) - step * 2)
            painter.setPen(ink if row.is_ticked and row.count.findings else muted)
        text = metrics.elidedText(" ".join(row.name.split()), Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
