"""The sidebar: the views of the job list, and the other pages, with their counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import (
    QAbstractItemModel,
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
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from batchdock.window import icons
from batchdock.window.jobs.saved_views import OwnView
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
    RECIPES = "recipes"
    EVENTS = "events"
    INVENTORY = "inventory"
    TRANSFERS = "transfers"
    PROBLEMS = "problems"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person can go: a page, and on the jobs page one of its views. `own` is the id of a view that the person
    has made, out of `view`."""

    page: Page
    view: JobView | None = None
    own: str = ""

    @property
    def key(self) -> str:
        """A stable name for settings."""
        return self.page.value if self.view is None else f"{self.page.value}/{self.own or self.view.value}"


_ICONS = {
    Place(Page.JOBS, JobView.ALL): "list",
    Place(Page.JOBS, JobView.RUNNING): "circle-play",
    Place(Page.JOBS, JobView.NEEDS_ATTENTION): "triangle-alert",
    Place(Page.JOBS, JobView.DONE): "circle-check",
    Place(Page.BATCHES): "layers",
    Place(Page.RESULTS): "package-open",
    Place(Page.RECIPES): "repeat",
    Place(Page.EVENTS): "video",
    Place(Page.INVENTORY): "archive",
    Place(Page.TRANSFERS): "arrow-up-down",
    Place(Page.PROBLEMS): "circle-alert",
}
_OWN_ICON = "bookmark"
_LAST_FIXED = Place(Page.JOBS, JobView.DONE)
EVENTS, INVENTORY = Place(Page.EVENTS), Place(Page.INVENTORY)
PLACES = tuple(place for place in _ICONS if place not in (EVENTS, INVENTORY))
"""Those that are always there."""

_PLACE_ROLE = Qt.ItemDataRole.UserRole
_COUNT_ROLE = Qt.ItemDataRole.UserRole + 1


class Sidebar(QListWidget):
    """One list; arrow keys walk through it, `went` tells where to. The views a person has made can be renamed (F2) and
    removed (Delete), which `rename_asked` and `remove_asked` ask for."""

    went = Signal(object)
    rename_asked = Signal(str, str)
    remove_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_SidebarDelegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self._items: dict[Place, QListWidgetItem] = {}
        self._add_heading()
        for place in _ICONS:
            if place == Place(Page.BATCHES):
                self._add_heading()
            item = QListWidgetItem(self)
            item.setData(_PLACE_ROLE, place)
            item.setData(_COUNT_ROLE, 0)
            self._items[place] = item
        for place in (EVENTS, INVENTORY):
            self.show_place(place, False)
        self.retranslate_ui()
        self.currentItemChanged.connect(self._on_current)

    def go(self, place: Place) -> None:
        """Go to a place as a click would."""
        self.setCurrentItem(self._items[place])

    def show_place(self, place: Place, shown: bool) -> None:
        """Have a place in the list, or not. Who is there when it goes is led to the first."""
        item = self._items[place]
        if item.isHidden() is not shown:
            return
        if not shown and self.place() == place:
            self.go(PLACES[0])
        item.setHidden(not shown)
        # Letters that are typed would find it all the same.
        item.setFlags(QListWidgetItem().flags() if shown else Qt.ItemFlag.NoItemFlags)

    def place_of(self, key: str) -> Place | None:
        """Return the place with this stable name, if there is one."""
        return next((place for place, item in self._items.items() if place.key == key and not item.isHidden()), None)

    def show_own_views(self, views: Sequence[OwnView]) -> None:
        """Show the views that the person has made, under the fixed ones. Leave one that is no more for what it was
        made of."""
        wanted = {Place(Page.JOBS, view.base, view.view_id): view.name for view in views}
        if list(wanted) != [place for place in self._items if place.own]:
            self._place_own(list(wanted))
        for place, name in wanted.items():
            self._items[place].setText(name)
            self._name(place, self._items[place])

    def _place_own(self, places: Sequence[Place]) -> None:
        here = self.place()
        self.blockSignals(True)
        for place in [place for place in self._items if place.own]:
            self.takeItem(self.row(self._items.pop(place)))
        below = self.row(self._items[_LAST_FIXED]) + 1
        for row, place in enumerate(places, below):
            item = QListWidgetItem()
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setData(_PLACE_ROLE, place)
            item.setData(_COUNT_ROLE, 0)
            self.insertItem(row, item)
            self._items[place] = item
        self.blockSignals(False)
        self.go(here if here in self._items else Place(Page.JOBS, here.view))

    def edit_name(self, place: Place) -> None:
        """Let the person type another name for one of their views."""
        self.editItem(self._items[place])

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
            if not place.own:
                item.setText(place_word(place))
            self._name(place, item)
        self._headings[0].setText(self.tr("Jobs"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate_ui()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.place().own:
            self.remove_asked.emit(self.place().own)
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        item = self.itemAt(event.pos()) if by_mouse else self.currentItem()
        place = item.data(_PLACE_ROLE) if item is not None else None
        if item is None or not isinstance(place, Place) or not place.own:
            return
        menu = QMenu(self)
        rename = menu.addAction(icons.icon("pencil"), self.tr("Re&name…"))
        rename.triggered.connect(lambda _checked=False: self.edit_name(place))
        remove = menu.addAction(icons.icon("trash-2"), self.tr("&Remove view"))
        remove.triggered.connect(lambda _checked=False: self.remove_asked.emit(place.own))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos() if by_mouse else self.mapToGlobal(self.visualItemRect(item).bottomLeft()))

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
    """Return the name of a place that no person has made."""
    if place.view is not None:
        return view_word(place.view)
    words = {
        Page.JOBS: _tr("sidebar", "Jobs"),
        Page.BATCHES: _tr("sidebar", "Batches"),
        Page.RESULTS: _tr("sidebar", "Results"),
        Page.RECIPES: _tr("sidebar", "Recipes"),
        Page.EVENTS: _tr("sidebar", "Events"),
        Page.INVENTORY: _tr("sidebar", "Inventory"),
        Page.TRANSFERS: _tr("sidebar", "Transfers"),
        Page.PROBLEMS: _tr("sidebar", "Problems"),
    }
    return words[place.page]


class _SidebarDelegate(QStyledItemDelegate):
    """Rounded rows: an icon, the name, the count; problems and what needs attention as a badge."""

    def __init__(self, sidebar: Sidebar) -> None:
        super().__init__(sidebar)
        self._sidebar = sidebar

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
        picture = icons.pixmap(_ICONS.get(place, _OWN_ICON), side, painter.device().devicePixelRatioF(), ink)
        painter.drawPixmap(inner.left(), inner.center().y() - side // 2 + 1, picture)
        inner.setLeft(inner.left() + side + step * 2)
        painter.setPen(ink)
        elided = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(QCoreApplication.translate("sidebar", "Name of the view"))
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        step = unit(option.widget)
        editor.setGeometry(option.rect.adjusted(step * 9, 1, -step * 2, -1))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Ask for the name: the list shows what there is."""
        place = index.data(_PLACE_ROLE)
        if isinstance(editor, QLineEdit) and isinstance(place, Place):
            self._sidebar.rename_asked.emit(place.own, editor.text())

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
        urgent = place.page is Page.PROBLEMS or (place.view is JobView.NEEDS_ATTENTION and not place.own)
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
