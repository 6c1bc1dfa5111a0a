"""A field for what nobody else is to read."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from batchdock.window.icons import icon

_LONGEST = 65_536
"""In letters; some tokens are longer than a field takes by itself."""


class SecretField(QLineEdit):
    """Shows dots, and what they stand for only while the eye is open. `forget` leaves nothing to be undone."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(_LONGEST)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(name)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhHiddenText
        )
        self.eye = QAction(icon("eye"), self.tr("Show it"), self)
        self.eye.setCheckable(True)
        self.eye.toggled.connect(self._on_eye)
        self.addAction(self.eye, QLineEdit.ActionPosition.TrailingPosition)

    def forget(self) -> None:
        """Clear the field and its undo history, and close the eye."""
        self.setText("")
        self.eye.setChecked(False)

    def _on_eye(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.eye.setIcon(icon("eye-off" if shown else "eye"))
        self.eye.setText(self.tr("Hide it") if shown else self.tr("Show it"))
