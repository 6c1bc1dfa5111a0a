"""A form made of the fields that a service describes."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from batchdock.core.errors import BatchdockError
from batchdock.core.inventory import Field, FieldKind, Item
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.form_scroll import FormScroll
from batchdock.window.inventory.form_fields import (
    ChoiceField,
    FormField,
    JsonField,
    LongTextField,
    NumberField,
    SecretField,
    SwitchField,
    TextField,
    WordsField,
)
from batchdock.window.inventory.pick_field import PickField
from batchdock.window.inventory.reading import Reading
from batchdock.window.inventory.trouble import in_one
from batchdock.window.theme import Tint, heading_font, unit
from batchdock.window.tinted_label import TintedLabel
from batchdock.window.wording import number_text

_WIDEST_NAME = 40
"""In steps of `theme.unit`; longer names have more than one line."""

Submit = Callable[[dict[str, object]], Coroutine[Any, Any, None]]


class FormDialog(FittingDialog):
    """Asks for what an action needs. Open it with `bridge.dialogs.ask`, read `values`, and `deleteLater` it.

    With `submit` it stays open until that has come through: pressed, the button awaits `submit(values)` on the window's
    loop, and a `BatchdockError` of it is told at the top of the form, with all that was filled in left as it is.
    """

    def __init__(
        self,
        context: Context,
        account_id: str,
        fields: Sequence[Field],
        *,
        title: str,
        action_title: str,
        parent: QWidget | None = None,
        submit: Submit | None = None,
        making: bool = False,
        about: str = "",
    ) -> None:
        """`title` and `action_title` (on the button) are in the person's language already, as is `about`, a line below
        the title. `making`: something new comes of it, so that what stands in the fields at first counts as filled in.
        """
        super().__init__(parent)
        self._context = context
        self._account_id = account_id
        self._submit = submit
        self._submitting: asyncio.Task[None] | None = None
        self._readings: dict[str, Reading] = {}
        self.setWindowTitle(title)
        self.fields = {field.key: field_of(field, making=making) for field in fields}
        self.trouble = TintedLabel("", Tint.BAD)
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trouble.hide()
        self.buttons = QDialogButtonBox()
        self.go = self.buttons.addButton(action_title, QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setAccessibleName(action_title)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.go.setDefault(True)
        self.buttons.accepted.connect(self._on_go)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self._on_finished)
        self._lay_out(title, about)
        for each in self.fields.values():
            if isinstance(each, PickField) and each.field.choices_of:
                each.again_asked.connect(lambda field=each: self._read_choices(field))
                self._read_choices(each)

    def values(self) -> dict[str, object]:
        """Return what was filled in or changed, by key.

        TEXT, LONG_TEXT, SECRET and CHOICE are str, NUMBER is int or float, SWITCH bool, SEVERAL tuple[str, ...], JSON
        dict or list. What was emptied is "", (), or None.
        """
        return {key: each.value() for key, each in self.fields.items() if each.counts()}

    def names(self, key: str) -> dict[tuple[str, str], str]:
        """Return what people call the values of a field that was picked, by key and value."""
        field = self.fields[key]
        if not isinstance(field, PickField):
            return {}
        return {(key, value): field.model.title_of(value) for value in field.model.picked}

    def say(self, trouble: str) -> None:
        """Say at the top what stands in the way; an empty text takes it back."""
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))

    # --- inside

    def _lay_out(self, title: str, about: str) -> None:
        step = unit(self)
        name = QLabel(title, wordWrap=True)
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setFont(heading_font(self))
        line = TintedLabel(about)
        line.setVisible(bool(about))
        content = QWidget()
        form = QFormLayout(content)
        form.setContentsMargins(0, 0, step, 0)
        form.setHorizontalSpacing(step * 4)
        form.setVerticalSpacing(step * 3)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        widths = [self.fontMetrics().horizontalAdvance(_marked(each)) for each in self.fields.values()]
        names = min(max(widths, default=0) + step, step * _WIDEST_NAME)
        for each in self.fields.values():
            if isinstance(each, SwitchField):
                form.addRow("", each)
                continue
            label = QLabel(_marked(each))
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(each.entry)
            label.setWordWrap(True)
            label.setFixedWidth(names)
            form.addRow(label, each)
        self.room = FormScroll(content)
        self._needed = TintedLabel(self.tr("* is needed"))
        self._needed.setVisible(any(each.field.required for each in self.fields.values()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 5, step * 4)
        layout.setSpacing(step * 3)
        for widget in (name, line, self.trouble):
            layout.addWidget(widget)
        layout.addWidget(self.room, 1)
        layout.addWidget(self._needed)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 130)

    def _on_go(self) -> None:
        """Go to the first field that is not right; with all right, go on."""
        if self._submitting is not None:
            return
        wrong = [each for each in self.fields.values() if each.tell()]
        if wrong:
            wrong[0].entry.setFocus(Qt.FocusReason.OtherFocusReason)
            self.room.ensureWidgetVisible(wrong[0])
        elif self._submit is None:
            self.accept()
        else:
            self.say("")
            self._show_busy(True)
            self._submitting = self._context.tasks.start(self._send(self._submit), on_error=self._on_refused)

    async def _send(self, submit: Submit) -> None:
        await submit(self.values())
        self._submitting = None
        self.accept()

    def _on_refused(self, error: BatchdockError) -> None:
        self._submitting = None
        self._show_busy(False)
        self.say(in_one(error))

    def _show_busy(self, busy: bool) -> None:
        self.room.setEnabled(not busy)
        self.go.setEnabled(not busy)
        self.setCursor(Qt.CursorShape.BusyCursor) if busy else self.unsetCursor()

    def _on_finished(self, _code: int) -> None:
        for reading in self._readings.values():
            reading.stop()
        self._readings.clear()
        if self._submitting is not None:
            self._submitting.cancel()
        for each in self.fields.values():
            if isinstance(each, SecretField) and not self.result():
                each.put("")

    def _read_choices(self, field: PickField) -> None:
        inventory, wanted = self._context.desk.inventory, field.field.choices_of
        reading = Reading(self._context, lambda: inventory.items(self._account_id, wanted, {}), self)
        self._readings[field.field.key] = reading
        field.say_reading(self.tr("Reading…"))

        def came(items: tuple[Item, ...]) -> None:
            field.add([(each.item_id, each.name) for each in items])
            field.say_reading(self.tr("Reading… %1 so far").replace("%1", number_text(field.model.known)))

        def ended(error: BatchdockError | None) -> None:
            self._readings.pop(field.field.key, None)
            reading.deleteLater()
            if error is not None:
                field.say_reading(in_one(error), again=True)
            else:
                field.say_reading("" if field.model.known else self.tr("There are none."))

        reading.came.connect(came)
        reading.ended.connect(ended)
        reading.start()


def _marked(field: FormField) -> str:
    """Return the title of a field, with the sign of those that are needed."""
    return f"{field.title}\N{NO-BREAK SPACE}*" if field.field.required else field.title


def field_of(field: Field, *, making: bool) -> FormField:
    """Return the line of a form that fits `field`."""
    match field.kind:
        case FieldKind.LONG_TEXT:
            return LongTextField(field, making=making)
        case FieldKind.NUMBER:
            return NumberField(field, making=making)
        case FieldKind.SWITCH:
            return SwitchField(field, making=making)
        case FieldKind.SECRET:
            return SecretField(field, making=making)
        case FieldKind.JSON:
            return JsonField(field, making=making)
        case FieldKind.CHOICE if not field.choices_of:
            return ChoiceField(field, making=making)
        case FieldKind.SEVERAL if not field.choices_of and not field.choices:
            return WordsField(field, making=making)
        case FieldKind.CHOICE | FieldKind.SEVERAL:
            return PickField(field, making=making)
        case _:
            return TextField(field, making=making)
