"""The way in for workflows and models: what was dropped, pasted or chosen, sorted, and asked about one by one."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from batchdock.bridge.dialogs import ask, choose
from batchdock.flows.intake.formats import PICTURE_EXTENSIONS
from batchdock.flows.intake.names import printable
from batchdock.flows.own_files import MODEL_ENDINGS, WORKFLOW_ENDINGS
from batchdock.window.context import Context
from batchdock.window.wording import grouped
from batchdock.window.workflows.model_dialog import AddModelDialog
from batchdock.window.workflows.plain_words import short
from batchdock.window.workflows.workflow_dialog import AddWorkflowDialog

_ENDINGS = WORKFLOW_ENDINGS | MODEL_ENDINGS


def parted(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Return what may be workflows and models, and the rest. By the names alone: a disk may not answer."""
    own = [path for path in paths if path.suffix.lower() in _ENDINGS]
    return own, [path for path in paths if path.suffix.lower() not in _ENDINGS]


class OwnFiles(QObject):
    """Opens a dialog for each workflow and model, one after the other."""

    added = Signal(str, str)
    """The id of a new workflow, and its name."""
    not_own = Signal(list)
    """These paths are folders, or came with others and are neither workflow nor model: `list[Path]`."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._waiting: list[Callable[[QWidget], AddWorkflowDialog | AddModelDialog]] = []
        self._asking: asyncio.Task[None] | None = None

    def take(self, paths: Sequence[Path], others: Sequence[Path] = ()) -> None:
        """Ask about these files. `others` were dropped with them, and are looked at elsewhere."""
        self._context.tasks.start(self._sort(list(paths), others))

    def take_text(self, text: str) -> bool:
        """Ask about a Workflow JSON that was copied as text. Return False, and do nothing, for any other text."""
        if not text.lstrip().startswith("{"):
            return False
        name = Path(self.tr("Pasted workflow"))
        self._waiting.append(partial(AddWorkflowDialog, self._context, name, pasted=text))
        self._ask()
        return True

    def choose(self) -> None:
        """Let the person choose a file, and ask about it."""
        self._context.tasks.start(self._choose())

    async def _choose(self) -> None:
        dialog = QFileDialog(self._parent(), self.tr("Add a workflow or model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        patterns = " ".join(f"*{ending}" for ending in sorted(_ENDINGS))
        dialog.setNameFilters([self.tr("Workflows and models") + f" ({patterns})", self.tr("All files") + " (*)"])
        if chosen := await choose(dialog):
            await self._sort(chosen, ())

    async def _sort(self, paths: list[Path], others: Sequence[Path]) -> None:
        found = await self._context.background.run(self._context.desk.computer.sort_files(paths))
        strangers = list(found.strangers)
        if others or found.folders:
            # Labels of a data set lie beside its pictures: the sheet says of them what it says of every other file.
            self.not_own.emit([*found.folders, *strangers])
            strangers = []
        elif strangers and not (found.workflows or found.models):
            self._waiting.append(partial(AddWorkflowDialog, self._context, strangers.pop(0)))
        self._waiting += [partial(AddWorkflowDialog, self._context, each) for each in found.workflows]
        picture = next((each for each in others if each.suffix.lower() in PICTURE_EXTENSIONS), None)
        self._waiting += [partial(AddModelDialog, self._context, each, picture=picture) for each in found.models]
        if strangers:
            self._say_strangers(strangers)
        self._ask()

    def _ask(self) -> None:
        if self._asking is None and self._waiting:
            self._asking = self._context.tasks.start(self._ask_one_by_one())

    async def _ask_one_by_one(self) -> None:
        try:
            while self._waiting:
                dialog = self._waiting.pop(0)(self._parent())
                dialog.added.connect(self.added)
                try:
                    await ask(dialog)
                finally:
                    dialog.deleteLater()
        finally:
            self._asking = None

    def _parent(self) -> QWidget:
        """Return what a new dialog belongs to: the dialog in which it was asked for, else the window."""
        return QApplication.activeModalWidget() or self._window

    def _say_strangers(self, paths: Sequence[Path]) -> None:
        if len(paths) == 1:
            text = self.tr("“%1” is not a workflow, and was left as it is.")
            self._context.messages.info(text.replace("%1", short(printable(paths[0].name))))
        else:
            text = self.tr("%n more files are not workflows, and were left as they are.", "", len(paths))
            self._context.messages.info(grouped(text, len(paths)))
