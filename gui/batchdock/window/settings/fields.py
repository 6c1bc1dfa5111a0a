"""One control for each kind of preference: shows what holds, asks for something else, and says why not."""

from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from batchdock.flows.preferences import Kind, Preference
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


class Field(QWidget):
    """A line of the dialog. `wanted` carries the value that a person asks for; nothing holds before it is shown."""

    wanted = Signal(object)

    def __init__(self, preference: Preference[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preference = preference
        self._title = _words(preference.title)
        self.control = self._make_control()
        self.control.setAccessibleName(self._title.replace("&", ""))
        self.said = TintedLabel("", Tint.BAD)
        self.said.hide()
        self._lay_out()

    def show_value(self, value: Any) -> None:
        """Show what holds."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """Say below the control why it can not be so; an empty text takes that back."""
        self.said.setText(text)
        self.said.setVisible(bool(text))
        self.control.setAccessibleDescription(text or _words(self.preference.help))

    def take_back(self) -> None:
        """Forget what was asked for and does not hold."""
        self.say("")

    def _make_control(self) -> QWidget:
        raise NotImplementedError

    def _line(self) -> tuple[QWidget, ...]:
        """Return what stands in the line, from its label on."""
        label = QLabel(self._title)
        label.setBuddy(self.control)
        return (label, self.control)

    def _lay_out(self) -> None:
        step = unit(self)
        line = QHBoxLayout()
        line.setSpacing(step * 2)
        for each in self._line():
            line.addWidget(each, 1 if isinstance(each, QLineEdit) and self.preference.kind is Kind.FOLDER else 0)
        if self.preference.kind is not Kind.FOLDER:
            line.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 6 if self.preference.under else 0, 0, 0, 0)
        layout.setSpacing(step)
        layout.addLayout(line)
        below = QVBoxLayout()
        below.setContentsMargins(step * 6 if self.preference.kind is Kind.SWITCH else 0, 0, 0, 0)
        if self.preference.help:
            below.addWidget(TintedLabel(_words(self.preference.help)))
            self.control.setAccessibleDescription(_words(self.preference.help))
        below.addWidget(self.said)
        layout.addLayout(below)


class SwitchField(Field):
    """On or off."""

    control: QCheckBox

    def show_value(self, value: Any) -> None:
        self.control.setChecked(value)

    def _make_control(self) -> QWidget:
        box = QCheckBox(self._title)
        box.clicked.connect(self._on_chosen)
        return box

    def _line(self) -> tuple[QWidget, ...]:
        return (self.control,)

    def _on_chosen(self, on: bool) -> None:
        self.wanted.emit(on)


class ChoiceField(Field):
    """One of a few words."""

    control: QComboBox

    def show_value(self, value: Any) -> None:
        self.control.setCurrentIndex(self.control.findData(str(value)))

    def _make_control(self) -> QWidget:
        box = QComboBox()
        for value, words in self.preference.choices:
            box.addItem(_words(words), str(value))
        box.activated.connect(self._on_chosen)
        return box

    def _on_chosen(self, place: int) -> None:
        self.wanted.emit(self.control.itemData(place))


class NumberField(Field):
    """A number; asked for when the person has typed all of it."""

    control: QSpinBox

    def show_value(self, value: Any) -> None:
        if value != self.control.value():
            blocked = self.control.blockSignals(True)
            self.control.setValue(value)
            self.control.blockSignals(blocked)

    def _make_control(self) -> QWidget:
        box = QSpinBox()
        box.setRange(self.preference.lowest, self.preference.highest)
        box.setSuffix(_words(self.preference.unit))
        box.setKeyboardTracking(False)
        box.valueChanged.connect(self._on_chosen)
        return box

    def _on_chosen(self, number: int) -> None:
        self.wanted.emit(number)


class AddressField(Field):
    """The name or address of a computer. What is being typed stays until something else holds."""

    control: QLineEdit
    _shown: str | None = None

    def show_value(self, value: Any) -> None:
        if value != self._shown:
            self._shown = value
            self.control.setText(value)

    def take_back(self) -> None:
        """Forget what was typed and does not hold."""
        self.say("")
        self.control.setText(self._shown or "")

    def _make_control(self) -> QWidget:
        line = QLineEdit()
        line.setMinimumWidth(unit(self) * 45)
        line.editingFinished.connect(self._on_finished)
        return line

    def _on_finished(self) -> None:
        self.wanted.emit(self.control.text().strip())


class FolderField(AddressField):
    """A folder, written or chosen. What stands in grey is the usual one."""

    choose_asked = Signal()

    def show_usual(self, folder: str) -> None:
        """Show which folder an empty field means."""
        self.control.setPlaceholderText(folder)

    def _line(self) -> tuple[QWidget, ...]:
        self.choose = QPushButton(self.tr("Choose…"))
        self.choose.setAutoDefault(False)
        self.choose.setAccessibleName(self.tr("Choose the folder for results"))
        self.choose.clicked.connect(self._on_choose)
        return (*super()._line(), self.choose)

    def _on_choose(self, _checked: bool = False) -> None:
        self.choose_asked.emit()


FIELDS: dict[Kind, type[Field]] = {
    Kind.SWITCH: SwitchField,
    Kind.CHOICE: ChoiceField,
    Kind.NUMBER: NumberField,
    Kind.ADDRESS: AddressField,
    Kind.FOLDER: FolderField,
}


def _words(text: str) -> str:
    return QCoreApplication.translate("preferences", text) if text else ""


def link(text: str, accessible: str) -> QPushButton:
    """Return a button that looks like a link: for what is seldom wanted."""
    button = QPushButton(text)
    button.setFlat(True)
    button.setAutoDefault(False)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setAccessibleName(accessible)
    return button
