"""What is asked before something of a dataset is changed: forms that stay until it came through, and questions."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.core.inventory import Action, Field
from batchdock.window.context import Context
from batchdock.window.inventory.form_dialog import FormDialog, Submit
from batchdock.window.inventory.offering import action_title


async def fill_in(
    context: Context,
    parent: QWidget,
    account_id: str,
    action: Action,
    fields: Sequence[Field],
    submit: Submit,
    *,
    making: bool = False,
    about: str = "",
) -> bool:
    """Ask for what an action needs, and do it with `submit`; tell whether it was done."""
    title = action_title(action)
    dialog = FormDialog(
        context,
        account_id,
        fields,
        title=title,
        action_title=title,
        parent=parent,
        submit=submit,
        making=making,
        about=about,
    )
    try:
        return await ask(dialog) == QDialog.DialogCode.Accepted
    finally:
        dialog.deleteLater()


async def confirmed(parent: QWidget, action: Action, name: str) -> bool:
    """Ask the question of an action about what is called `name`."""
    title = action_title(action)
    question = QCoreApplication.translate("service", action.question).replace("{name}", name)
    box = QMessageBox(QMessageBox.Icon.Warning, title, question, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    go = box.addButton(title, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    try:
        await ask(box)
        return box.clickedButton() is go
    finally:
        box.deleteLater()


def text_of(values: dict[str, object], key: str) -> str:
    """Return a text that was filled in, empty where none was."""
    value = values.get(key)
    return value if isinstance(value, str) else ""
