"""Which versions of one dataset: a list with ticks, read in the background."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from batchdock.core.datasets.dataset import Version
from batchdock.flows.datasets.taking_out import Meant
from batchdock.window.theme import unit

_SHOWN_ROWS = 5
_MOST_DETAIL = 8


class VersionsList(QListWidget):
    """Ticks go by the mouse and by the space bar. `changed` tells that another choice was made."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Versions to take out"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUniformItemSizes(True)
        self.setMinimumHeight(unit(self) * 6 * _SHOWN_ROWS)
        self.itemChanged.connect(lambda _item: self.changed.emit())

    def show_versions(self, versions: Sequence[Meant]) -> None:
        """Show what there is; the newest commit is ticked."""
        ticked = next((place for place, each in enumerate(versions) if not each.version.is_draft), 0)
        self.blockSignals(True)
        self.clear()
        for place, each in enumerate(versions):
            item = QListWidgetItem(_text(each))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if place == ticked else Qt.CheckState.Unchecked)
            item.setData(Qt.ItemDataRole.UserRole, each.version)
            self.addItem(item)
        self.blockSignals(False)
        if versions:
            self.setCurrentRow(ticked)
        self.changed.emit()

    def chosen(self) -> tuple[Version, ...]:
        """Return what is ticked."""
        items = [self.item(row) for row in range(self.count())]
        return tuple(
            each.data(Qt.ItemDataRole.UserRole) for each in items if each.checkState() is Qt.CheckState.Checked
        )


def _text(version: Meant) -> str:
    """Return “v2 · Second round · 1f0c9a2b”."""
    title = str(version.detail.get("title", ""))
    short = version.version.commit[:_MOST_DETAIL]
    parts = [version.name]
    parts += [title] if title and title not in version.name else []
    parts += [short] if short and short not in version.name else []
    return " · ".join(parts)
