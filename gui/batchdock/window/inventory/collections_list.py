"""The list of what each account keeps."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter
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

from batchdock.core.account import Account
from batchdock.core.inventory import Collection
from batchdock.window.icons import icon
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import Tint, blend, colour, icon_size, unit

Index = QModelIndex | QPersistentModelIndex
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_WHERE = Qt.ItemDataRole.UserRole
Spot = tuple[str, str]
"""The id of an account, and the key of one of its collections."""


class CollectionsList(QListWidget):
    """The collections of each account, under its name where there are several. `went` carries a `Spot`."""

    went = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Collections"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(icon_size(self), icon_size(self)))
        self.setItemDelegate(_PlaceDelegate(self))
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self._shown: tuple[tuple[Account, tuple[Collection, ...]], ...] = ()
        self.currentItemChanged.connect(self._on_current)

    def show_collections(self, accounts: Sequence[tuple[Account, tuple[Collection, ...]]]) -> None:
        """Show these, and stay where we are if that is still there, else go to the first."""
        if tuple(accounts) == self._shown:
            return
        here = self.spot()
        self._shown = tuple(accounts)
        self.blockSignals(True)
        self.clear()
        for account, collections in accounts:
            if len(accounts) > 1:
                heading = QListWidgetItem(account.name, self)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                heading.setToolTip(tooltip_text(account.name))
            for collection in collections:
                title = QCoreApplication.translate("service", collection.title)
                item = QListWidgetItem(icon(collection.icon, Tint.MUTED), title, self)
                item.setData(_WHERE, (account.account_id, collection.key))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}, {account.name}")
                item.setToolTip(tooltip_text(f"{title}\n{account.name}"))
        self.blockSignals(False)
        if not self.go(here):
            self.setCurrentRow(next((row for row in range(self.count()) if self._spot_at(row)), -1))

    def spots(self) -> list[Spot]:
        """Return all places there are."""
        return [spot for row in range(self.count()) if (spot := self._spot_at(row))]

    def spot(self) -> Spot | None:
        """Return where we are."""
        return self._spot_at(self.currentRow())

    def go(self, spot: Spot | None) -> bool:
        """Go to a collection; tell whether it is there."""
        row = next((row for row in range(self.count()) if spot is not None and self._spot_at(row) == spot), None)
        if row is None:
            return False
        self.setCurrentRow(row)
        return True

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            shown, self._shown = self._shown, ()
            self.show_collections(shown)
        super().changeEvent(event)

    def _spot_at(self, row: int) -> Spot | None:
        item: QListWidgetItem | None = self.item(row)
        spot = item.data(_WHERE) if item is not None else None
        return (str(spot[0]), str(spot[1])) if spot else None

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is not None and (spot := item.data(_WHERE)):
            self.went.emit(tuple(spot))


class _PlaceDelegate(QStyledItemDelegate):
    """Rounded rows like those of the sidebar, but quieter: what is chosen here is the smaller choice of the two."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        step, palette = unit(option.widget), option.palette
        text = str(index.data() or "")
        inner = option.rect.adjusted(step * 2, 0, -step, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not index.data(_WHERE):
            painter.setPen(colour(Tint.MUTED))
            line = inner.adjusted(0, step * 2 if index.row() else 0, 0, 0)
            shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, _LEFT, shown)
            painter.restore()
            return
        ground, ink = palette.window().color(), palette.windowText().color()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            if selected and option.state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(palette.highlight().color())
            painter.setBrush(blend(ground, palette.highlight().color() if selected else ink, 0.2 if selected else 0.08))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5), step, step)
        side = icon_size(option.widget)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(picture, QIcon):
            picture.paint(painter, inner.left(), inner.center().y() - side // 2 + 1, side, side)
        inner.setLeft(inner.left() + side + step * 2)
        painter.setPen(ink)
        painter.drawText(inner, _LEFT, option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width()))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        step = unit(option.widget)
        above = step * 2 if not index.data(_WHERE) and index.row() else 0
        return QSize(step * 20, option.fontMetrics.height() + step * 4 + above)
