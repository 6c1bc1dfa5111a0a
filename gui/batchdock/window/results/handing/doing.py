"""Asks what to hand on, does it, and says where it is."""

import asyncio
import os
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from batchdock.bridge.dialogs import ask, choose
from batchdock.core.errors import FolderNotWritable
from batchdock.core.finding import Filter
from batchdock.core.job import Job
from batchdock.flows.intake.names import legal
from batchdock.flows.results.handing import Handed
from batchdock.flows.results.opening import Opened, Selection
from batchdock.window.context import Context
from batchdock.window.results.handing.choice import Choice, last_choice, remember
from batchdock.window.results.handing.dialog import HandOnDialog
from batchdock.window.results.report import write_report
from batchdock.window.results.saving import open_folder, place_text, save_to
from batchdock.window.results.view_state import ViewState
from batchdock.window.wording import files_text, grouped

_tr = QCoreApplication.translate


async def ask_to_hand_on(context: Context, state: ViewState, parent: QWidget) -> None:
    """Ask what of the opened results to save and where, and do it. Nothing happens where nothing is open.

    Raises what keeps it from being written.
    """
    opened, shown = state.opened, state.selection
    if opened is None:
        return
    every = await context.background.run(opened.select(Filter(), state.by, descending=state.descending))
    shown = shown or every
    name = legal(_tr("handing", "%1 results").replace("%1", opened.name))
    dialog = HandOnDialog(opened, shown, name, last_choice(context.settings), parent)
    asking = _Asking(context, opened, shown, every, dialog)
    try:
        accepted = await ask(dialog) == QDialog.DialogCode.Accepted
        choice = dialog.choice()
    finally:
        asking.end()
        dialog.deleteLater()
    if accepted:
        remember(context.settings, choice)
        await _do(context, opened, shown if choice.only_shown else every, choice, name)


class _Asking:
    """While the dialog asks: weighs what would be written, and asks for another place."""

    def __init__(
        self, context: Context, opened: Opened, shown: Selection, every: Selection, dialog: HandOnDialog
    ) -> None:
        self._context, self._opened, self._dialog = context, opened, dialog
        self._shown, self._every = shown, every
        self._weighing: asyncio.Task[None] | None = None
        self._choosing: asyncio.Task[None] | None = None
        dialog.change_asked.connect(self._change_place)
        dialog.which_changed.connect(self.weigh)
        self.weigh()

    def weigh(self) -> None:
        """Ask how large it gets; the newest question counts."""
        if self._weighing is not None:
            self._weighing.cancel()
        self._weighing = self._context.tasks.start(self._weigh())

    def end(self) -> None:
        """Nobody wants to know any more."""
        for task in (self._weighing, self._choosing):
            if task is not None:
                task.cancel()

    async def _weigh(self) -> None:
        choice = self._dialog.choice()
        selection = self._shown if choice.only_shown else self._every
        asked = self._context.desk.handing.weigh(self._opened, selection, choice.place)
        self._dialog.show_weight(await self._context.background.run(asked))

    def _change_place(self) -> None:
        if self._choosing is None or self._choosing.done():
            self._choosing = self._context.tasks.start(self._choose())

    async def _choose(self) -> None:
        title = _tr("handing", "Where to save")
        dialog = QFileDialog(self._dialog, title, str(self._dialog.choice().place))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, _tr("handing", "Save here"))
        chosen = await choose(dialog)
        if chosen:
            self._dialog.show_place(chosen[0])
            self.weigh()


async def _do(context: Context, opened: Opened, selection: Selection, choice: Choice, name: str) -> None:
    """Write all that was chosen; the report goes to the rest. What is saved whole is a transfer of its own."""
    if choice.whole and opened.job is not None:
        context.tasks.start(_save_whole(context, opened.job, choice.place))
    handed: Handed | None = None
    if choice.forms:
        work = context.desk.handing.hand_on(opened, selection, choice.wishes(name), choice.place)
        handed = await context.background.run(work)
    report: Path | None = None
    if choice.report:
        folder = choice.place if handed is None else handed.folder
        report = await _report(context, opened, selection, folder)
    _say(context, handed, report)


async def _report(context: Context, opened: Opened, selection: Selection, folder: Path) -> Path:
    run = context.background.run
    own = await run(context.desk.handing.open_again(opened))
    try:
        chosen = await run(own.select(selection.filter, selection.by, descending=selection.descending))
        called = legal(_tr("handing", "%1 report").replace("%1", opened.name))
        path = await asyncio.to_thread(_free_name, folder, called)
        await write_report(context, path, own, chosen)
    finally:
        await run(own.close())
    return path


async def _save_whole(context: Context, job: Job, place: Path) -> None:
    await save_to(context, job.account_id, job.output_batches, job.name, place)


def _free_name(folder: Path, name: str) -> Path:
    """Return where a report called `name` can go in `folder`; with a number where there is one already. Blocks."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderNotWritable(folder=folder, reason=error.strerror or type(error).__name__) from error
    target, number = folder / f"{name}.pdf", 2
    while os.path.lexists(target):
        target, number = folder / f"{name} {number}.pdf", number + 1
    return target


def _say(context: Context, handed: Handed | None, report: Path | None) -> None:
    if handed is not None:
        count = handed.count + (report is not None)
        text = _tr("handing", "%1 saved in “%2”.").replace("%1", files_text(count))
        text = text.replace("%2", place_text(handed.folder))
        if handed.problems:
            left = len(handed.problems)
            more = _tr("handing", "Left out, or not as it was: %n. The list is with the rest.", None, left)
            text = f"{text} {grouped(more.replace('%n', str(left)), left)}"
        folder = handed.folder
    elif report is not None:
        text = _tr("handing", "The report is saved: “%1”.").replace("%1", place_text(report))
        folder = report.parent
    else:
        return
    context.messages.info(text, button_text=_tr("handing", "Open folder"), on_click=partial(open_folder, folder))
