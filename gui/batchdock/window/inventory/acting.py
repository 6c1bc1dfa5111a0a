"""Doing something to items: asks what there is to ask, does it, and says what came of it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.core.inventory import Action, Done, Failure, Field, FieldKind, Item, On
from batchdock.window.context import Context
from batchdock.window.inventory.failures_dialog import FailuresDialog
from batchdock.window.inventory.form_dialog import FormDialog
from batchdock.window.inventory.offering import action_title
from batchdock.window.wording import grouped, number_text

_NAMED = 3


class Acting(QObject):
    """One action at a time. `made` carries the account, the collection and the ids of new items; `busy` whether
    something is being done just now."""

    made = Signal(str, str, tuple)
    busy = Signal(bool)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._window = parent
        self._at_work = False
        self._form_said = ""
        """What the last form said for a name."""

    @property
    def at_work(self) -> bool:
        """Whether something is being asked or done."""
        return self._at_work

    def start(self, account_id: str, collection: str, action: Action, items: Sequence[Item]) -> None:
        """Begin an action on these items."""
        if not self._at_work:
            self._context.tasks.start(self._act(account_id, collection, action, tuple(items)))

    async def _act(self, account_id: str, collection: str, action: Action, items: tuple[Item, ...]) -> None:
        self._show_busy(True)
        try:
            if action.question and not await self._may(action, items):
                return
            if action.has_form:
                done = await self._ask_and_send(account_id, collection, action, items)
            else:
                done = await self._send(account_id, collection, action, items, {})
        finally:
            self._show_busy(False)
        if done is not None:
            self._tell(action, items, done)
            self.made.emit(account_id, collection, done.made)

    async def _may(self, action: Action, items: Sequence[Item]) -> bool:
        title = action_title(action)
        question = QCoreApplication.translate("service", action.question).replace("{name}", _names(items))
        icon = QMessageBox.Icon.Warning if action.destructive else QMessageBox.Icon.Question
        box = QMessageBox(icon, title, question, parent=self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        if len(items) > 1:
            box.setInformativeText(grouped(self.tr("%n are selected.", None, len(items)), len(items)))
        go = box.addButton(title, QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(keep if action.destructive else go)
        try:
            await ask(box)
            return box.clickedButton() is go
        finally:
            box.deleteLater()

    async def _ask_and_send(
        self, account_id: str, collection: str, action: Action, items: tuple[Item, ...]
    ) -> Done | None:
        item_id = items[0].item_id if items and action.on is not On.NOTHING else ""
        fields = await self._form(account_id, collection, action, item_id)
        outcome: list[Done] = []

        async def submit(values: dict[str, object]) -> None:
            outcome.append(await self._send(account_id, collection, action, items, values))
            self._form_said = _name_in(fields, values)

        about = _names(items) if items and action.on is not On.NOTHING else ""
        dialog = FormDialog(
            self._context,
            account_id,
            fields,
            title=action_title(action),
            action_title=action_title(action),
            parent=self._window,
            submit=submit,
            making=action.on is On.NOTHING,
            about=about,
        )
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()
        return outcome[0] if outcome else None

    async def _form(self, account_id: str, collection: str, action: Action, item_id: str) -> tuple[Field, ...]:
        return await self._context.background.run(
            self._context.desk.inventory.form(account_id, collection, action.key, item_id)
        )

    async def _send(
        self,
        account_id: str,
        collection: str,
        action: Action,
        items: tuple[Item, ...],
        values: dict[str, object],
    ) -> Done:
        ids = [] if action.on is On.NOTHING else [item.item_id for item in items]
        return await self._context.background.run(
            self._context.desk.inventory.act(account_id, collection, action.key, ids, values)
        )

    def _tell(self, action: Action, items: Sequence[Item], done: Done) -> None:
        """Say what came of it; nothing that was not done stays unsaid."""
        title = action_title(action)
        if done.failures:
            count = len(done.failures)
            text = grouped(self.tr("“%1”: %n could not be done", None, count), count).replace("%1", title)
            FailuresDialog(text, _named(done.failures, items), said=done.said, parent=self._window).open()
            return
        if action.on is On.NOTHING:
            text = self.tr("“%1” was made.").replace("%1", self._form_said or title)
        else:
            text = self.tr("“%1” was done for “%2”.").replace("%2", _names(items)).replace("%1", title)
        self._context.messages.info(" ".join(part for part in (text, done.said) if part))

    def _show_busy(self, busy: bool) -> None:
        self._at_work = busy
        self.busy.emit(busy)


def _named(failures: Sequence[Failure], items: Sequence[Item]) -> tuple[Failure, ...]:
    """Return failures with the names of items that a service told by their ids."""
    names = {item.item_id: item.name for item in items if item.name}
    return tuple(Failure(names.get(each.name, each.name), each.reason) for each in failures)


def _names(items: Sequence[Item]) -> str:
    """Return what a few items are called, and how many more there are."""
    names = ", ".join(item.name or item.item_id for item in items[:_NAMED])
    return f"{names} +{number_text(len(items) - _NAMED)}" if len(items) > _NAMED else names


def _name_in(fields: Sequence[Field], values: Mapping[str, object]) -> str:
    """Return the name that a form gives to what it makes: its first text."""
    texts = (values.get(field.key) for field in fields if field.kind is FieldKind.TEXT)
    return next((text for text in texts if isinstance(text, str) and text), "")
