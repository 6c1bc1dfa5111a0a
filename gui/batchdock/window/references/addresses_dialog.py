"""The dialog that asks where a list of addresses is: pasted, or in a file."""

from pathlib import Path, PurePosixPath

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import choose
from batchdock.core.reference import PICTURE_EXTENSIONS, VIDEO_EXTENSIONS
from batchdock.window.context import Context
from batchdock.window.references.causes import EXAMPLE
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel


class AddressesDialog(QDialog):
    """`source` is the answer, once it is accepted."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._file: Path | None = None
        self.setWindowTitle(self.tr("From addresses"))
        text = QLabel(
            self.tr(
                "Pictures and videos that lie on the web or in a bucket are fetched from there, by their addresses."
            )
        )
        text.setWordWrap(True)
        label = QLabel(self.tr("Address of the &list"))
        self.address = QLineEdit()
        self.address.setAccessibleName(self.tr("Address of the list"))
        self.address.setPlaceholderText("https://…/list.jsonl")
        self.address.setMinimumWidth(unit(self) * 110)
        self.address.textChanged.connect(lambda _text: self._write())
        label.setBuddy(self.address)
        self.file = QPushButton(self.tr("Choose a list on this computer…"))
        self.file.setAccessibleName(self.file.text())
        self.file.setAutoDefault(False)
        self.file.clicked.connect(lambda _checked=False: context.tasks.start(self._choose()))
        example = TintedLabel(f"{self.tr('A list has a line for each file:')}\n{EXAMPLE}")
        example.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._reason = TintedLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = self.buttons.addButton(self.tr("Look at it"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(unit(self) * 5, unit(self) * 5, unit(self) * 5, unit(self) * 4)
        layout.setSpacing(unit(self) * 2)
        for widget in (text, label, self.address, self._reason, self.file, example):
            layout.addWidget(widget)
        layout.addSpacing(unit(self) * 2)
        layout.addWidget(self.buttons)
        self._write()

    def source(self) -> Path | str:
        """Return the file that was chosen, else the address."""
        return self._file or self.address.text().strip()

    def _write(self) -> None:
        text = self.address.text().strip()
        fits = is_list_address(text)
        self.ok.setEnabled(fits)
        self._reason.setText("" if fits or not text else self.tr("The address of a list begins with https://"))

    async def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a list"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Lists of addresses (%1)").replace("%1", "*.jsonl *.ndjson *.json *.txt")])
        for path in await choose(dialog):
            self._file = path
            self.accept()


def is_list_address(text: str) -> bool:
    """Tell whether a text is an address of which a list may be fetched, and nothing else: not that of a picture."""
    line = text.strip()
    if not line.lower().startswith("https://") or len(line) == len("https://") or any(map(str.isspace, line)):
        return False
    path = line.partition("?")[0].partition("#")[0]
    return PurePosixPath(path).suffix.lower() not in PICTURE_EXTENSIONS | VIDEO_EXTENSIONS
