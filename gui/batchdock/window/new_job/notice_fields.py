"""Addresses that a service tells about a job, and about the taking-in of files (contract §3.7–§3.9, §4.1)."""

from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from batchdock.core.order import IngestNotice
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel

INGEST_STATUS, FILES_STATUS = "ingest-status", "files-status"


class AddressLine(QLineEdit):
    """The address of a webhook. It may hold a token: it is sent, and kept nowhere in the window's settings."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText("https://…")

    def address(self) -> str | None:
        """Return the address, None while there is none."""
        return self.text().strip() or None

    def reason(self) -> str:
        """Return what is wrong with the address, for the person; empty when nothing is."""
        address = self.address()
        if address is None or _is_address(address):
            return ""
        text = QCoreApplication.translate("notices", "“%1” takes an address that begins with https:// or http://.")
        return text.replace("%1", self.accessibleName())


class IngestNoticeFields(QWidget):
    """Whom the service tells how the files come in, and what about."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = AddressLine(self.tr("Tell this address about the files"))
        self.line.textEdited.connect(self._on_changed)
        self.ingest = QCheckBox(self.tr("how each package was taken in"))
        self.files = QCheckBox(self.tr("which files were taken and which were not"))
        self.ingest.setChecked(True)
        self._note = TintedLabel(self.tr("The service tells about more than 32 pictures at once, not about videos."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        layout.addWidget(self.line)
        for box in (self.ingest, self.files):
            box.setAccessibleName(box.text())
            box.toggled.connect(self._on_changed)
            layout.addWidget(box)
        layout.addWidget(self._note)
        self.setFocusProxy(self.line)
        self._write()

    def notice(self) -> IngestNotice | None:
        """Return whom to tell what; None while there is no address."""
        url = self.line.address()
        if url is None:
            return None
        told = ((INGEST_STATUS, self.ingest), (FILES_STATUS, self.files))
        return IngestNotice(url=url, categories=tuple(name for name, box in told if box.isChecked()))

    def reason(self) -> str:
        """Return what is wrong or missing, for the person; empty when nothing is."""
        if self.line.address() and not (self.ingest.isChecked() or self.files.isChecked()):
            return self.tr("Tick what the address is told about the files, or leave it empty.")
        return self.line.reason()

    def _on_changed(self) -> None:
        self._write()
        self.changed.emit()

    def _write(self) -> None:
        for widget in (self.ingest, self.files, self._note):
            widget.setVisible(self.line.address() is not None)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.username and not parts.password
