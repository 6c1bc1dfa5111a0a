"""How much this computer keeps, and for how long."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from batchdock.core.computer import ComputerSettings, Storage
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import size_text

_USUAL_LIMIT = 50.0
_LEAST, _MOST = 0.1, 1_000_000.0


class RoomForm(QWidget):
    """Shows what is held, and changes what may be kept."""

    changed = Signal()
    clean_up_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.held = TintedLabel()
        self.keep = QCheckBox(self.tr("&Keep batches and results until I remove them"))
        self._expiry = TintedLabel(self.tr("They go 7 days after they were made. Your own files are never touched."))
        self.limited = QCheckBox(self.tr("Use at &most"))
        self.limit = QDoubleSpinBox()
        self.limit.setRange(_LEAST, _MOST)
        self.limit.setDecimals(1)
        self.limit.setValue(_USUAL_LIMIT)
        self.limit.setSuffix(self.tr(" GB"))
        self.limit.setAccessibleName(self.tr("Use at most, in GB"))
        self.clean = QPushButton(self.tr("Clean up"))
        self.clean.setAutoDefault(False)
        self._cleaning = TintedLabel()
        self._lay_out()
        self.keep.toggled.connect(self._on_changed)
        self.limited.toggled.connect(self._on_changed)
        self.limit.valueChanged.connect(self._on_changed)
        self.clean.clicked.connect(self._on_clean)
        self._write()

    def show_settings(self, settings: ComputerSettings) -> None:
        """Show what holds now."""
        self.keep.setChecked(settings.keep)
        self.limited.setChecked(settings.disk_limit_gb is not None)
        self.limit.setValue(settings.disk_limit_gb or _USUAL_LIMIT)
        self._write()

    def show_storage(self, storage: Storage) -> None:
        """Say what is held, and what could go."""
        text = self.tr("Copies of files: %1 · results: %2 · models: %3 · free on the disk: %4")
        for number, size in enumerate((storage.inputs, storage.results, storage.models, storage.free), start=1):
            text = text.replace(f"%{number}", size_text(size))
        self.held.setText(text)
        self.clean.setEnabled(bool(storage.expired))
        nothing = self.tr("There is nothing that may go.")
        some = self.tr("%1 may go: it has expired, or nothing refers to it any more.")
        self._cleaning.setText(some.replace("%1", size_text(storage.expired)) if storage.expired else nothing)

    def show_cleaning(self) -> None:
        """Say that it is being done."""
        self.clean.setEnabled(False)
        self._cleaning.setText(self.tr("Cleaning up…"))

    def fill_in(self, settings: ComputerSettings) -> ComputerSettings:
        """Return `settings` with what is chosen here."""
        limit = self.limit.value() if self.limited.isChecked() else None
        return replace(settings, keep=self.keep.isChecked(), disk_limit_gb=limit)

    def _lay_out(self) -> None:
        step = unit(self)
        limit = QHBoxLayout()
        limit.addWidget(self.limited)
        limit.addWidget(self.limit)
        limit.addStretch()
        clean = QHBoxLayout()
        clean.setSpacing(step * 2)
        clean.addWidget(self.clean)
        clean.addWidget(self._cleaning, 1)
        expiry = QVBoxLayout()
        expiry.setContentsMargins(step * 6, 0, 0, 0)
        expiry.addWidget(self._expiry)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addWidget(self.held)
        layout.addWidget(self.keep)
        layout.addLayout(expiry)
        layout.addLayout(limit)
        layout.addLayout(clean)

    def _on_clean(self, _checked: bool = False) -> None:
        self.clean_up_asked.emit()

    def _on_changed(self) -> None:
        self._write()
        self.changed.emit()

    def _write(self) -> None:
        self._expiry.setVisible(not self.keep.isChecked())
        self.limit.setEnabled(self.limited.isChecked())
