"""The line that says until when a service keeps results, and offers to save them all."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from batchdock.window.expiry import countdown
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class ExpiryLine(QWidget):
    """Hidden for what never expires."""

    save_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = TintedLabel()
        self.save = QPushButton(self.tr("Save everything now"))
        self.save.setAccessibleName(self.save.text())
        self.save.clicked.connect(self._on_save)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(unit(self) * 2)
        row.addWidget(self.said, 1)
        row.addWidget(self.save)
        self.hide()

    def show_expiry(self, expires: datetime | None, service: str, *, saved: bool, busy: bool) -> None:
        """Say when `service` deletes what is shown, whether or not it is `saved`. `busy`: it is being saved now."""
        left = countdown(expires)
        self.setVisible(left.ends)
        if left.is_over:
            text = self.tr("%1 has deleted this.")
        else:
            text = self.tr("%1 deletes this %2.").replace("%2", left.text)
        stays = self.tr("Your saved results stay.") if saved else self.tr("What you save stays.")
        if saved or not left.is_over:
            text = f"{text} {stays}"
        self.said.setText(text.replace("%1", service))
        self.said.setToolTip(left.exact)
        self.said.set_tint(left.tint if left.tint is Tint.BAD and not saved else Tint.MUTED)
        self.save.setVisible(not saved and not left.is_over)
        self.save.setEnabled(not busy)

    def _on_save(self, _checked: bool = False) -> None:
        self.save_asked.emit()
