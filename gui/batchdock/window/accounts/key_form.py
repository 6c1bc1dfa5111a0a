"""The field a key is pasted into, and what is said about where it is kept."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from batchdock.flows.accounts import ROBOFLOW_ADDRESS, KeystoreState
from batchdock.window.icon_button import IconButton
from batchdock.window.icons import icon
from batchdock.window.messages import worded
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class KeyForm(QWidget):
    """Asks for a key. It forgets the key as soon as it is told to."""

    changed = Signal()
    ask_keystore_again = Signal()

    def __init__(self, *, with_address: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setAccessibleName(self.tr("Private API key"))
        self.key.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhHiddenText
        )
        self.key.textChanged.connect(self._on_changed)
        self._eye = QAction(icon("eye"), self.tr("Show the key"), self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._on_eye)
        self.key.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)
        self._intro = QLabel(self.tr("Paste your private API key."))
        self._intro.setBuddy(self.key)
        self.how = IconButton("circle-question-mark", self.tr("How do I find it?"))
        self.how.setFlat(True)
        self.how.setAutoDefault(False)
        self._help = TintedLabel(
            self.tr(
                "Open app.roboflow.com in your browser, choose the workspace, then Settings and API keys. "
                "Copy the private API key: jobs need it, the publishable one is not enough."
            )
        )
        self.how.clicked.connect(lambda _checked=False: self._help.setVisible(not self._help.isVisibleTo(self)))
        self.trouble = TintedLabel("", Tint.BAD)
        self.remember = QCheckBox(self.tr("Remember the key on this computer"))
        self.remember.setAccessibleName(self.remember.text())
        self.remember.setEnabled(False)
        self._kept = TintedLabel(self.tr("Asking the password store of this computer…"))
        self.remember.toggled.connect(self._write_kept)
        self._ask_again = QPushButton(self.tr("Ask again"))
        self._ask_again.setAccessibleName(self.tr("Ask the password store again"))
        self._ask_again.setAutoDefault(False)
        self._ask_again.hide()
        self._ask_again.clicked.connect(lambda _checked=False: self.ask_keystore_again.emit())
        self._state: KeystoreState | None = None
        self.more = QToolButton(self)
        self._address_row = QWidget(self)
        self.address = QLineEdit(ROBOFLOW_ADDRESS, self._address_row)
        self.more.hide()
        self._address_row.hide()
        self._help.hide()
        self.trouble.hide()
        self._lay_out(with_address)

    def say(self, trouble: str) -> None:
        """Say under the field what is wrong; an empty text takes it back."""
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        self.key.setAccessibleDescription(trouble)

    def show_keystore(self, state: KeystoreState) -> None:
        """Offer to remember the key where that is possible, and say plainly where it is not."""
        self._state = state
        self.remember.setEnabled(state.usable)
        self.remember.setChecked(state.usable)
        self._ask_again.setVisible(not state.usable)
        self._write_kept()

    def wait_for_keystore(self) -> None:
        """Say that the password store is being asked."""
        self._ask_again.hide()
        self._kept.setText(self.tr("Asking the password store of this computer…"))

    def forget(self) -> None:
        """Clear the field and its undo history."""
        self.key.setText("")
        self._eye.setChecked(False)

    def _lay_out(self, with_address: bool) -> None:
        step = unit(self)
        first = QHBoxLayout()
        first.addWidget(self._intro)
        first.addWidget(self.how)
        first.addStretch()
        kept = QHBoxLayout()
        kept.addWidget(self._kept, 1)
        kept.addWidget(self._ask_again, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(step * 2)
        layout.addLayout(first)
        layout.addWidget(self._help)
        layout.addWidget(self.key)
        layout.addWidget(self.trouble)
        layout.addSpacing(step * 2)
        layout.addWidget(self.remember)
        layout.addLayout(kept)
        if with_address:
            self._add_address(layout)

    def _add_address(self, layout: QVBoxLayout) -> None:
        self.more.setText(self.tr("More"))
        self.more.setAccessibleName(self.more.text())
        self.more.setAutoRaise(True)
        self.more.setArrowType(Qt.ArrowType.RightArrow)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.clicked.connect(lambda _checked=False: self._show_more(not self._address_row.isVisibleTo(self)))
        self.address.setAccessibleName(self.tr("Address"))
        self.address.textChanged.connect(self._on_changed)
        form = QFormLayout(self._address_row)
        form.setContentsMargins(unit(self) * 5, 0, 0, 0)
        form.addRow(self.tr("Address"), self.address)
        self.more.show()
        layout.addWidget(self.more)
        layout.addWidget(self._address_row)

    def _write_kept(self) -> None:
        state = self._state
        if state is None:
            return
        if not state.usable:
            title = worded(state.error)[0] if state.error is not None else ""
            until_quit = self.tr("The key is kept until you quit, and never written to a file.")
            self._kept.setText(f"{title}. {until_quit}" if title else until_quit)
        elif self.remember.isChecked():
            self._kept.setText(
                self.tr("Saved in %1, not in this app's files.").replace(
                    "%1", QCoreApplication.translate("keystore", state.name)
                )
            )
        else:
            self._kept.setText(self.tr("The key is kept until you quit. You will be asked for it next time."))

    def _on_changed(self, _text: str) -> None:
        self.say("")
        self.changed.emit()

    def _on_eye(self, shown: bool) -> None:
        self.key.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("eye-off" if shown else "eye"))
        self._eye.setText(self.tr("Hide the key") if shown else self.tr("Show the key"))

    def _show_more(self, shown: bool) -> None:
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._address_row.setVisible(shown)
