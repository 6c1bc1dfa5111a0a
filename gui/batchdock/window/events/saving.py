"""Saving events to a folder, and forgetting them: what is asked, and what is said."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.core.event import Span
from batchdock.flows.events.exporting import Exported
from batchdock.window.context import Context
from batchdock.window.events.words import events_text
from batchdock.window.results.saving import open_folder, place_text
from batchdock.window.wording import grouped, pictures_text

_tr = QCoreApplication.translate


def say_saved(context: Context, saved: Exported) -> None:
    """Say where events are now, and what was no longer there."""
    text = _tr("events", "%1 with %2 saved in “%3”.").replace("%1", events_text(saved.events))
    text = text.replace("%2", pictures_text(saved.pictures)).replace("%3", place_text(saved.folder))
    if saved.missing:
        gone = _tr("events", "%n picture(s) had been let go of already.", None, saved.missing)
        text = f"{text} {grouped(gone, saved.missing)}"
    context.messages.info(text, button_text=_tr("events", "Open folder"), on_click=partial(open_folder, saved.folder))


async def may_forget(name: str, span: Span, window: QWidget) -> bool:
    """Ask whether all that a job has sent is to be forgotten."""
    forget = _tr("events", "Forget")
    question = _tr("events", "Forget what “%1” has sent?").replace("%1", name)
    what = _tr("events", "The job itself is not touched; what it sends from now on is refused.")
    if span.events:
        what = f"{_tr('events', '%1 with %2 are deleted from this computer.')} {what}"
    box = QMessageBox(QMessageBox.Icon.Warning, forget, question, parent=window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    told = what.replace("%1", events_text(span.events)).replace("%2", pictures_text(span.pictures))
    box.setInformativeText(told)
    go = box.addButton(forget, QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton(_tr("events", "Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    try:
        await ask(box)
        return box.clickedButton() is go
    finally:
        box.deleteLater()
