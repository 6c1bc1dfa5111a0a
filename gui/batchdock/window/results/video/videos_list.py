"""The videos of the results, one under the other."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from batchdock.flows.results.opening import VideoEntry
from batchdock.window.icons import icon
from batchdock.window.plain_text import tooltip_text
from batchdock.window.theme import unit
from batchdock.window.wording import number_text


class VideosList(QListWidget):
    """Hidden where there is only one. `chosen` tells the name of another one."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[VideoEntry, ...] = ()
        self.setAccessibleName(self.tr("Videos of these results"))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMinimumWidth(unit(self) * 30)
        self.currentRowChanged.connect(self._on_row)

    def show_entries(self, entries: tuple[VideoEntry, ...]) -> None:
        """List these."""
        self.entries = entries
        with QSignalBlocker(self):
            self.clear()
            for entry in entries:
                item = QListWidgetItem(icon("film"), entry.name.rpartition("/")[2])
                frames = self.tr("%1 frames looked at").replace("%1", number_text(entry.frames))
                item.setToolTip(tooltip_text(f"{entry.name}\n{frames}"))
                self.addItem(item)
        self.setVisible(len(entries) > 1)

    def mark(self, name: str) -> None:
        """Let the list stand at a video, without choosing it."""
        with QSignalBlocker(self):
            self.setCurrentRow(next((row for row, each in enumerate(self.entries) if each.name == name), -1))

    def _on_row(self, row: int) -> None:
        if 0 <= row < len(self.entries):
            self.chosen.emit(self.entries[row].name)
