"""A line of a form for each kind of field: its control, what is said of it, and the value it has."""

import json

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontDatabase, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from batchdock.core.inventory import Field
from batchdock.window.icons import icon
from batchdock.window.inventory.checking import (
    missing_reason,
    number_reason,
    number_words,
    read_json,
    read_number,
    several_reason,
    text_reason,
)
from batchdock.window.theme import Tint, unit
from batchdock.window.tinted_label import TintedLabel


def said_by_service(text: str) -> str:
    """Return what a service describes itself with, in the person's language."""
    return QCoreApplication.translate("service", text) if text else ""


class FormField(QWidget):
    """What is filled in for one field. Wrong is said quietly while it is typed, and plainly once it was left."""

    changed = Signal()

    def __init__(self, field: Field, control: QWidget, *, making: bool) -> None:
        """`control` gets the keyboard. `making`: nothing stands at the service yet that could be kept."""
        super().__init__()
        self.field = field
        self.control = control
        self._making = making
        self._left = False
        self.title = said_by_service(field.title) or field.key
        self.said = TintedLabel("", Tint.MUTED)
        self.said.hide()
        self.hint = TintedLabel(said_by_service(field.hint))
        self.hint.setVisible(bool(field.hint))
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(unit(self))
        for each in (self._body(), self.said, self.hint):
            self._rows.addWidget(each)
        named = self.tr("%1, needed").replace("%1", self.title) if field.required else self.title
        control.setAccessibleName(named)
        control.setAccessibleDescription(self.hint.text())
        control.setObjectName(f"field-{field.key}")
        control.installEventFilter(self)
        self.put(field.value)
        self._first = self.value()

    @property
    def entry(self) -> QWidget:
        """Where the keyboard goes first."""
        return self.control

    def value(self) -> object:
        """Return what is filled in, as `Service.act` takes it."""
        raise NotImplementedError

    def put(self, value: object) -> None:
        """Fill it in; what does not fit is left out."""
        raise NotImplementedError

    def is_empty(self) -> bool:
        """Tell whether nothing is filled in."""
        return self.value() in ("", (), None)

    def counts(self) -> bool:
        """Tell whether it is to be sent: filled in where something new is made, else changed."""
        return not self.is_empty() if self._making else self.value() != self._first

    def reason(self) -> str:
        """Return why it can not be so; empty when it can."""
        if self.is_empty():
            return missing_reason() if self.field.required else ""
        return self._fault()

    def tell(self) -> bool:
        """Say plainly what is wrong, and tell whether something is."""
        self._left = True
        return bool(self._say())

    def _fault(self) -> str:
        """Return what is wrong with what is filled in."""
        return ""

    def _body(self) -> QWidget:
        return self.control

    def _on_changed(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> str:
        reason = self.reason()
        shown = reason if self._left or not self.is_empty() else ""
        self.said.set_tint(Tint.BAD if self._left else Tint.MUTED)
        self.said.setText(shown)
        self.said.setVisible(bool(shown))
        self.control.setAccessibleDescription(" ".join(part for part in (shown, self.hint.text()) if part))
        return reason

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.control and event.type() is QEvent.Type.FocusOut and not self.is_empty():
            self.tell()
        return super().eventFilter(watched, event)


class TextField(FormField):
    """One line of text."""

    control: QLineEdit

    def __init__(self, field: Field, *, making: bool) -> None:
        line = QLineEdit()
        super().__init__(field, line, making=making)
        line.textChanged.connect(lambda _text: self._on_changed())

    def value(self) -> object:
        return self.control.text().strip()

    def put(self, value: object) -> None:
        self.control.setText("" if value is None else str(value))

    def _fault(self) -> str:
        return text_reason(self.field, self.control.text().strip())


class NumberField(TextField):
    """A number. It is a line of text, since a number that nobody gives is not 0."""

    def __init__(self, field: Field, *, making: bool) -> None:
        super().__init__(field, making=making)
        self.control.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.control.setMaximumWidth(unit(self) * 40)

    def value(self) -> object:
        text = self.control.text().strip()
        try:
            return read_number(text) if text else None
        except ValueError:
            return text

    def put(self, value: object) -> None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        self.control.setText(number_words(value) if is_number else "" if value is None else str(value))  # type: ignore[arg-type]

    def _fault(self) -> str:
        return number_reason(self.field, self.control.text())


class SecretField(TextField):
    """What nobody may read over a shoulder. What stands at the service is never shown, and stays when it is empty."""

    def __init__(self, field: Field, *, making: bool) -> None:
        super().__init__(field, making=making)
        self.control.setEchoMode(QLineEdit.EchoMode.Password)
        self.control.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhHiddenText
        )
        if self._may_stay:
            self.control.setPlaceholderText(self.tr("Leave it empty to keep it"))
        self._eye = QAction(icon("eye"), self.tr("Show %1").replace("%1", self.title), self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._on_eye)
        self.control.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)

    def value(self) -> object:
        return self.control.text()

    def put(self, value: object) -> None:
        self.control.clear()

    def reason(self) -> str:
        return "" if self.is_empty() and self._may_stay else super().reason()

    @property
    def _may_stay(self) -> bool:
        """Whether it is kept when it is left empty. A service that does not keep it says that it is needed."""
        return not self._making and not self.field.required

    def _on_eye(self, shown: bool) -> None:
        self.control.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("eye-off" if shown else "eye"))
        self._eye.setText((self.tr("Hide %1") if shown else self.tr("Show %1")).replace("%1", self.title))


class LongTextField(FormField):
    """Several lines of text."""

    control: QPlainTextEdit

    def __init__(self, field: Field, *, making: bool, lines: int = 4) -> None:
        box = _Lines(lines)
        super().__init__(field, box, making=making)
        box.textChanged.connect(self._on_changed)

    def value(self) -> object:
        return self.control.toPlainText().strip()

    def put(self, value: object) -> None:
        self.control.setPlainText("" if value is None else str(value))

    def _fault(self) -> str:
        return text_reason(self.field, self.control.toPlainText().strip())


class JsonField(LongTextField):
    """An object or a list of free form, in letters of one width."""

    def __init__(self, field: Field, *, making: bool) -> None:
        super().__init__(field, making=making, lines=8)
        self.control.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.control.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)

    def value(self) -> object:
        text = self.control.toPlainText().strip()
        try:
            return read_json(text) if text else None
        except ValueError:
            return text

    def put(self, value: object) -> None:
        written = "" if value is None else value
        self.control.setPlainText(
            written if isinstance(written, str) else json.dumps(written, indent=2, ensure_ascii=False, default=str)
        )

    def _fault(self) -> str:
        try:
            read_json(self.control.toPlainText())
        except ValueError as error:
            return str(error)
        return ""


class SwitchField(FormField):
    """On or off. One that nobody touched says nothing."""

    control: QCheckBox

    def __init__(self, field: Field, *, making: bool) -> None:
        box = QCheckBox(said_by_service(field.title) or field.key)
        super().__init__(field, box, making=making)
        box.toggled.connect(lambda _on: self._on_changed())

    def value(self) -> object:
        return self.control.isChecked()

    def put(self, value: object) -> None:
        self.control.setChecked(value is True)

    def is_empty(self) -> bool:
        return self.field.value is None and not self.control.isChecked()

    def reason(self) -> str:
        return ""


class ChoiceField(FormField):
    """One of a few words. Where none is chosen yet, the first line chooses nothing."""

    control: QComboBox

    def __init__(self, field: Field, *, making: bool) -> None:
        box = QComboBox()
        for value, words in field.choices:
            box.addItem(said_by_service(words) or value, value)
        known = box.findData(field.value) >= 0 if field.value is not None else False
        if not known and field.value not in (None, ""):
            box.addItem(str(field.value), str(field.value))
        if not known or not field.required:
            box.insertItem(0, self._nothing(field), "")
        super().__init__(field, box, making=making)
        box.currentIndexChanged.connect(lambda _place: self._on_changed())

    def value(self) -> object:
        chosen = self.control.currentData()
        return "" if chosen is None else chosen

    def put(self, value: object) -> None:
        self.control.setCurrentIndex(max(0, self.control.findData("" if value is None else str(value))))

    @staticmethod
    def _nothing(field: Field) -> str:
        return QCoreApplication.translate("forms", "Choose…") if field.required else "–"


class WordsField(TextField):
    """Any number of words that are typed, with commas between them."""

    def __init__(self, field: Field, *, making: bool) -> None:
        super().__init__(field, making=making)
        self.control.setPlaceholderText(self.tr("Several, with commas between them"))

    def value(self) -> object:
        words = (word.strip() for word in self.control.text().replace("，", ",").split(","))
        return tuple(dict.fromkeys(word for word in words if word))

    def put(self, value: object) -> None:
        words = value if isinstance(value, tuple | list) else () if value is None else (value,)
        self.control.setText(", ".join(str(word) for word in words))

    def _fault(self) -> str:
        words = self.value()
        assert isinstance(words, tuple)
        wrong = next(
            (word for word in words if text_reason(Field(key="", title="", pattern=self.field.pattern), word)), ""
        )
        if wrong:
            return self.tr("“%1” can not be written like this here.").replace("%1", wrong)
        return several_reason(self.field, len(words))


class _Lines(QPlainTextEdit):
    """So many lines high. Tab leaves it, as it leaves every other field."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._lines = lines
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(unit(self) * 60, self.fontMetrics().lineSpacing() * self._lines + unit(self) * 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        super().keyPressEvent(event)
