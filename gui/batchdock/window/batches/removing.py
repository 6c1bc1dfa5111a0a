"""The question before a batch is removed from this computer."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from batchdock.bridge.dialogs import ask


async def ask_to_remove(parent: QWidget, name: str) -> bool:
    """Ask whether the batch called `name` is to go; there is no way back."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(QCoreApplication.translate("removing", "Remove a batch"))
    box.setText(QCoreApplication.translate("removing", "Remove “%1” from this computer?").replace("%1", name))
    box.setInformativeText(
        QCoreApplication.translate(
            "removing",
            "The copies and results that Batchdock keeps in it go for good. "
            "Your own files and what you have saved stay where they are.",
        )
    )
    remove = box.addButton(QCoreApplication.translate("removing", "Remove"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    try:
        await ask(box)
        return box.clickedButton() is remove
    finally:
        box.deleteLater()
