"""The sidebar: the views of the job list, and the other pages, with their counts."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from batchdock.window import icons
from batchdock.window.jobs.views import JobView, view_word
from batchdock.window.theme import Tint, blend, colour, unit
from batchdock.window.wording import number_text

_tr = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex


class Page(StrEnum):
    """The pages of the window."""

    JOBS = "jobs"
    BATCHES = "batches"
    RESULTS = "results"
    TRANSFERS = "transfers"
    PROBLEMS = "problems"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person can go: a page, and on the jobs page one of its views."""

    page: Page
    view: JobView | None = None

    @property
    def key(self) -> str:
        """A stable name for settings."""
        return self.page.value if self.view is None else f"{self.page.value}/{self.view.value}"


_ICONS = {
    Place(Page.JOBS, JobView.ALL): "list",
    Place(Page.JOBS, JobView.RUNNING): "circle-play",
    Place(Page.JOBS, JobView.NEEDS_YOU): "triangle-alert",
    Place(Page.JOBS, JobView.DONE): "circle-check",
    Place(Page.BATCHES): "layers",
    Place(Page.RESULTS): "package-open",
    Place(Page.TRANSFERS): "arrow-up-down",
    Place(Page.PROBLEMS): "circle-alert",
}
PLACES = tuple(_ICONS)

_PLACE_ROLE = Qt.ItemDataRole.UserRole
_COUNT_ROLE = Qt.ItemDataRole.UserRole + 1


class Sidebar(QListWidget):
    """One list; arrow keys walk through it, `went` tells where to."""

    went = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_SidebarDelegate(self))
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self._items: dict[Place, QListWidgetItem] = {}
        self._add_heading()
        for place in PLACES:
            if place == Place(Page.BATCHES):
                self._add_heading()
            item = QListWidgetItem(self)
            item.setData(_PLACE_ROLE, place)
            item.setData(_COUNT_ROLE, 0)
            self._items[place] = item
        self.retranslate_ui()
        self.currentItemChanged.connect(self._on_current)

    def go(self, place: Place) -> None:
        """Go to a place as a click would."""
        self.setCurrentItem(self._items[place])

    def place(self) -> Place:
        """Return where we are."""
        rows = self.selectedItems()
        place = rows[0].data(_PLACE_ROLE) if rows else None
        return place if isinstance(place, Place) else PLACES[0]

    def set_count(self, place: Place, count: int) -> None:
        """Show a number beside a place; 0 shows none."""
        item = self._items[place]
        if item.data(_COUNT_ROLE) != count:
            item.setData(_COUNT_ROLE, count)
            self._name(place, item)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        widest = max(metrics.horizontalAdvance(item.text()) for item in self._items.values())
        return QSize(widest + metrics.horizontalAdvance("00,000") + unit(self) * 20, unit(self) * 60)

    def retranslate_ui(self) -> None:
        """Write every name in the person's language."""
        for place, item in self._items.items():
            item.setText(place_word(place))
            self._name(place, item)
        self._headings[0].setText(self.tr("Jobs"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate_ui()
        super().changeEvent(event)

    def _add_heading(self) -> None:
        heading = QListWidgetItem(self)
        heading.setFlags(Qt.ItemFlag.NoItemFlags)
        self._headings = [*getattr(self, "_headings", []), heading]

    def _name(self, place: Place, item: QListWidgetItem) -> None:
        count = item.data(_COUNT_ROLE)
        spoken = f"{item.text()}, {number_text(count)}" if count else item.text()
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setToolTip(spoken)

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is not None and isinstance(place := item.data(_PLACE_ROLE), Place):
            self.went.emit(place)


def place_word(place: Place) -> str:
    """Return the name of a place."""
    if place.view is not None:
        return view_word(place.view)
    words = {
        Page.JOBS: _tr("sidebar", "Jobs"),
        Page.BATCHES: _tr("sidebar", "Batches"),
        Page.RESULTS: _tr("sidebar", "Results"),
        Page.TRANSFERS: _tr("sidebar", "Transfers"),
        Page.PROBLEMS: _tr("sidebar", "Problems"),
    }
    return words[place.page]


class _SidebarDelegate(QStyledItemDelegate):
    """Rounded rows: an icon, the name, the count; problems and what needs you as a badge."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place = index.data(_PLACE_ROLE)
        step = unit(option.widget)
        palette = option.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        if not isinstance(place, Place):
            painter.setPen(colour(Tint.MUTED))
            box = option.rect.adjusted(step * 4, 0, -step * 2, -step)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)
            painter.restore()
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        ground, ink = palette.window().color(), palette.windowText().color()
        if selected:
            ground, ink = palette.highlight().color(), palette.highlightedText().color()
        elif hovered:
            ground = blend(ground, ink, 0.08)
        row = QRectF(option.rect).adjusted(step * 1.5, 1, -step * 1.5, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or hovered:
            painter.setBrush(ground)
            painter.drawRoundedRect(row, step, step)
        if focused and not selected:
            painter.setPen(palette.highlight().color())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(row, step, step)
        inner = option.rect.adjusted(step * 4, 0, -step * 4, 0)
        side = step * 4
        count = index.data(_COUNT_ROLE)
        if count:
            inner.setRight(self._draw_count(painter, option, inner, place, count, selected) - step * 2)
        picture = icons.pixmap(_ICONS[place], side, painter.device().devicePixelRatioF(), ink)
        painter.drawPixmap(inner.left(), inner.center().y() - side // 2 + 1, picture)
        inner.setLeft(inner.left() + side + step * 2)
        painter.setPen(ink)
        elided = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        step = unit(option.widget)
        height = option.fontMetrics.height() + step * 4
        return QSize(step * 20, height)

    @staticmethod
    def _draw_count(
        painter: QPainter, option: QStyleOptionViewItem, inner: QRect, place: Place, count: int, selected: bool
    ) -> int:
        """Draw the number at the right and return where it begins."""
        step, metrics, palette = unit(option.widget), option.fontMetrics, option.palette
        text = number_text(count)
        width = metrics.horizontalAdvance(text)
        urgent = place.page is Page.PROBLEMS or place.view is JobView.NEEDS_YOU
        if not urgent or selected:
            role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.WindowText
            ink = palette.color(role)
            painter.setPen(ink if selected else blend(ink, palette.window().color(), 0.38))
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            return inner.right() - width
        height = metrics.height() + 2
        pill = QRectF(0, 0, max(width + step * 3, height), height)
        pill.moveCenter(QRectF(inner).center())
        pill.moveRight(inner.right() + step)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(Tint.WARNING, palette))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setPen(palette.window().color())
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        return int(pill.left())
