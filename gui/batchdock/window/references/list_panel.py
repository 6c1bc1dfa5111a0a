"""The upper half of the sheet: how much is in the list, and what is left out of it, line by line."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from batchdock.core.batch import Content
from batchdock.core.reference import LineCause
from batchdock.flows.references import Looked
from batchdock.window.icons import icon
from batchdock.window.new_job.sheet import counted_text
from batchdock.window.quiet_table import QuietTable
from batchdock.window.references.causes import cause_title
from batchdock.window.references.findings_model import CAUSE, LINE, NAME, FindingsModel
from batchdock.window.theme import Tint, heading_font, icon_size, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import exact_time, grouped, number_text

_FULL = 1000


class ListPanel(QWidget):
    """Shows what was found in a list, while it is looked at and afterwards."""

    cause_chosen = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(name)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.title.setFont(heading_font(self))
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setMaximumHeight(unit(self))
        self.busy.setAccessibleName(self.tr("Looking at the list"))
        self.count = QLabel(self.tr("Looking at the list…"))
        self.count.setWordWrap(True)
        self.note = TintedLabel()
        self.note.hide()
        self._picture = QLabel()
        self._picture.setPixmap(icon("triangle-alert", Tint.WARNING).pixmap(icon_size(self), icon_size(self)))
        self.left_out = QLabel()
        self.cause = QComboBox()
        self.cause.setAccessibleName(self.tr("Which lines are shown"))
        self.cause.currentIndexChanged.connect(lambda _place: self.cause_chosen.emit())
        self.save = QPushButton(self.tr("Save as a list…"))
        self.save.setToolTip(self.tr("Write the lines that are left out, and why, into a file"))
        self.model = FindingsModel(self)
        self.table = QuietTable(self.tr("Lines that are left out"))
        self.table.setModel(self.model)
        self.table.size_columns(CAUSE, {LINE: number_text(1_000_000), NAME: "photo_0001.jpeg"})
        self.table.setMinimumHeight(unit(self) * 40)
        self._findings = QWidget()
        above = QHBoxLayout()
        above.setSpacing(unit(self) * 2)
        above.addWidget(self._picture)
        above.addWidget(self.left_out, 1)
        above.addWidget(self.save)
        inside = QVBoxLayout(self._findings)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(unit(self) * 2)
        inside.addLayout(above)
        inside.addWidget(self.cause)
        inside.addWidget(self.table, 1)
        self._findings.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self) * 2)
        layout.addWidget(self.title)
        layout.addWidget(self.busy)
        layout.addWidget(self.count)
        layout.addWidget(self.note)
        layout.addWidget(self._findings, 1)
        layout.addStretch()

    def show_progress(self, done: int, lines: int, total: int) -> None:
        """Show how far the look has come; `total` is 0 where nobody knows how much there is."""
        self.busy.setRange(0, _FULL if total else 0)
        self.busy.setValue(round(_FULL * done / total) if total else 0)
        self.count.setText(grouped(self.tr("%n line(s) looked at", "", lines), lines))

    def show_looked(self, looked: Looked) -> None:
        """Show what is in the list."""
        counts = looked.counts
        self.busy.hide()
        self.count.setText(counted_text({Content.IMAGES: counts.pictures, Content.VIDEOS: counts.videos}))
        if counts.expires is not None:
            text = self.tr("The first of the addresses is good until %1. Until then all must be fetched.")
            self.note.setText(text.replace("%1", exact_time(counts.expires)))
            self.note.show()
        self._findings.setVisible(bool(counts.left_out))
        self.left_out.setText(grouped(self.tr("%n line(s) left out", "", counts.left_out), counts.left_out))
        self.cause.blockSignals(True)
        self.cause.clear()
        self.cause.addItem(f"{self.tr('All of them')} · {number_text(counts.left_out)}", "")
        for cause, count in counts.causes.items():
            self.cause.addItem(f"{cause_title(cause)} · {number_text(count)}", cause.value)
        self.cause.blockSignals(False)
        self.model.begin(counts.left_out)

    def chosen_cause(self) -> LineCause | None:
        """Return the cause that is chosen, None for all."""
        chosen = self.cause.currentData()
        return LineCause(chosen) if chosen else None

    def give_up(self) -> None:
        """The list could not be looked at."""
        self.busy.hide()
        self.count.hide()
