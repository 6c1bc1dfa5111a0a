"""The page of recipes: a list on the left, one of them on the right."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListView,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.bridge.dialogs import ask, choose
from batchdock.core.errors import BatchdockError
from batchdock.core.errors.recipes import RecipeNameTaken
from batchdock.core.recipe import FolderSource, Recipe
from batchdock.core.watched import Watch
from batchdock.flows.news import AccountsChanged, Event, JobsChanged, RecipesChanged, WatchesChanged
from batchdock.flows.recipes import Known
from batchdock.flows.recipes.files import SUFFIX
from batchdock.flows.references import ReferenceSending
from batchdock.window.context import Context
from batchdock.window.empty_state import EmptyState
from batchdock.window.icon_button import IconButton
from batchdock.window.jobs.roster import Key
from batchdock.window.messages import in_sentences, worded
from batchdock.window.recipes.details import RecipeDetails
from batchdock.window.recipes.form_dialog import RecipeDialog
from batchdock.window.recipes.model import RecipesModel
from batchdock.window.recipes.running import may_begin
from batchdock.window.results.saving import open_folder, place_text
from batchdock.window.theme import unit
from batchdock.window.two_lines import TwoLineDelegate

_JOBS_MS = 1000
"""Between two looks at what jobs became: they change many times a second."""

Keep = Callable[[Recipe], Awaitable[object]]


class RecipesPage(QWidget):
    """Recipes are made from jobs; here they are run, changed, given away and taken over."""

    started = Signal(tuple)
    """The jobs of a run."""
    sent = Signal()
    """What a run hands over is on its way; its jobs come later."""
    job_asked = Signal(tuple)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._reading: asyncio.Task[None] | None = None
        self._stale = True
        self._chosen = ""
        self._watches: dict[str, Watch] = {}
        self.model = RecipesModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(TwoLineDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Recipes"))
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.activated.connect(lambda _index: self.change())
        self.details = RecipeDetails()
        self.details.run_wanted.connect(self.run)
        self.details.change_wanted.connect(self.change)
        self.details.export_wanted.connect(self.export)
        self.details.remove_wanted.connect(self.remove)
        self.details.job_wanted.connect(self._on_job_wanted)
        self.details.watch.wanted.connect(self.watch)
        self.details.watch.folder_wanted.connect(self._ask_for_folder)
        self.take_over = IconButton("download", self.tr("Import…"))
        self.take_over.clicked.connect(lambda _checked=False: self.ask_for_file())
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_JOBS_MS)
        self._later.timeout.connect(self._look_anew)
        self._stack = QStackedWidget()
        self._lay_out()
        context.inbox.arrived.connect(self._on_news)

    def shown(self) -> Known | None:
        """Return the recipe on the right."""
        return self.model.known(self.list.currentIndex().row())

    # --- what can be done

    def make_of(self, key: Key) -> None:
        """Ask how a recipe that does what a job did is to be, and keep it."""

        async def make() -> None:
            recipes = self._context.desk.recipes
            draft = await self._context.background.run(recipes.of_job(key))
            await self._keep(draft, self.tr("New recipe"), partial(recipes.add, of_job=key))

        self._context.tasks.start(make())

    def change(self) -> None:
        """Ask how the recipe on the right is to be from now on."""
        if (known := self.shown()) is not None:
            title = self.tr("Change recipe")
            self._context.tasks.start(self._keep(known.recipe, title, self._context.desk.recipes.change))

    def ask_for_file(self) -> None:
        """Ask for a recipe in a file."""

        async def ask_for() -> None:
            dialog = QFileDialog(self.window(), self.tr("Import a recipe"), _documents())
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilters([self.tr("Recipe (*%1)").replace("%1", SUFFIX), self.tr("All files (*)")])
            if chosen := await choose(dialog):
                self.import_file(chosen[0])

        self._context.tasks.start(ask_for())

    def import_file(self, path: Path) -> None:
        """Look at a recipe in a file, ask how it is to be, and keep it."""

        async def take() -> None:
            recipes = self._context.desk.recipes
            read = await self._context.background.run(recipes.read(path))
            said = ""
            if not read.known:
                said = self.tr("It ran at “%1”, which is not connected here. Choose where it runs from now on.")
                said = said.replace("%1", read.account)
            await self._keep(read.recipe, self.tr("Import recipe"), recipes.add, said)

        self._context.tasks.start(take())

    def export(self) -> None:
        """Ask where to, and write the recipe on the right into a file."""
        if (known := self.shown()) is None:
            return

        async def ask_where(recipe: Recipe) -> None:
            dialog = QFileDialog(self.window(), self.tr("Export a recipe"), _documents())
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setNameFilter(self.tr("Recipe (*%1)").replace("%1", SUFFIX))
            dialog.selectFile(f"{_file_name(recipe.name)}{SUFFIX}")
            if chosen := await choose(dialog):
                await self._export(recipe, chosen[0])

        self._context.tasks.start(ask_where(known.recipe))

    async def _export(self, recipe: Recipe, path: Path) -> None:
        left_out = await self._context.background.run(self._context.desk.recipes.export(recipe, path))
        text = self.tr("The recipe is saved in “%1”.").replace("%1", place_text(path))
        if left_out:
            names = ", ".join(left_out)
            text = f"{text} {self.tr('Left out, as it may be a secret: %1.').replace('%1', names)}"
        folder = partial(open_folder, path.parent)
        self._context.messages.info(text, button_text=self.tr("Open folder"), on_click=folder)

    def remove(self) -> None:
        """Remove the recipe on the right; that can be undone."""
        if (known := self.shown()) is None:
            return
        recipes, run = self._context.desk.recipes, self._context.background.run

        async def go() -> None:
            await run(recipes.remove(known.recipe))
            text = self.tr("The recipe “%1” was removed. Its jobs and results stay.").replace("%1", known.recipe.name)
            self._context.messages.undo(text, lambda: self._start(recipes.restore(known.recipe)))

        self._context.tasks.start(go())

    def run(self, new_only: bool) -> None:
        """Run the recipe on the right, asking first where it costs money."""
        if (known := self.shown()) is not None:
            self._context.tasks.start(self._run(known.recipe, new_only=new_only))

    async def _run(self, recipe: Recipe, *, new_only: bool) -> None:
        desk, run = self._context.desk, self._context.background.run
        self.details.set_looking(True)
        try:
            prepared = await run(desk.recipes.prepare(recipe, new_only=new_only))
            if not await may_begin(self._context, prepared, self.window()):
                return
            begun = await run(desk.recipes.begin(prepared))
        finally:
            self.details.set_looking(False)
        if begun.sendings:
            await run(_handed(desk.references.begin, begun.sendings))
            self.sent.emit()
        if begun.jobs:
            self.started.emit(begun.jobs)

    def watch(self, wanted: Watch) -> None:
        """Let a recipe do this by itself from now on, or no longer."""

        def refuse(error: BatchdockError) -> None:
            self.details.watch.say(in_sentences(worded(error)))
            self._show_watch()

        async def decide() -> None:
            await self._context.background.run(self._context.desk.watches.set(wanted))
            self.details.watch.say("")
            self._look_anew()

        self._context.tasks.start(decide(), on_error=refuse)

    def _ask_for_folder(self) -> None:
        async def ask_for() -> None:
            dialog = QFileDialog(self.window(), self.tr("Choose the folder that is watched"))
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
            if chosen := await choose(dialog):
                self.details.watch.take_folder(chosen[0])

        self._context.tasks.start(ask_for())

    async def _keep(self, draft: Recipe, title: str, keep: Keep, said: str = "") -> None:
        """Ask until it is kept or given up."""
        dialog = RecipeDialog(self._context, draft, title, self.window())
        dialog.say(said)
        try:
            while await ask(dialog) == QDialog.DialogCode.Accepted:
                wanted = dialog.recipe()
                try:
                    await self._context.background.run(_awaited(keep, wanted))
                except RecipeNameTaken as error:
                    dialog.say(in_sentences(worded(error)))
                    continue
                self._chosen = wanted.name
                self._look_anew()
                text = self.tr("The recipe “%1” was kept.").replace("%1", wanted.name)
                self._context.messages.info(text)
                return
        finally:
            dialog.deleteLater()

    # --- what is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _on_news(self, events: list[Event]) -> None:
        if any(isinstance(event, RecipesChanged | AccountsChanged) for event in events):
            self._look_anew()
        elif any(isinstance(event, JobsChanged) for event in events) and not self._later.isActive():
            self._later.start()
        if any(isinstance(event, WatchesChanged) for event in events):
            self._show_watch()

    def _look_anew(self) -> None:
        self._stale = True
        self._refresh()

    def _refresh(self) -> None:
        """Read what there is, one time after the other: an older answer must not stand over a newer one."""
        if self._stale and self.isVisible() and self._reading is None:
            self._stale = False
            self._reading = self._context.tasks.start(self._read())
            self._reading.add_done_callback(self._on_read)

    def _on_read(self, _done: object) -> None:
        self._reading = None
        self._refresh()

    async def _read(self) -> None:
        desk, run = self._context.desk, self._context.background.run
        found = await run(desk.recipes.known())
        self._watches = {each.recipe_id: each for each in await run(asyncio.to_thread(desk.watches.all))}
        before = self.shown()
        self.model.show_recipes(found)
        self._stack.setCurrentIndex(1 if found else 0)
        wanted = next((each.recipe.recipe_id for each in found if each.recipe.name == self._chosen), "")
        self._chosen = "" if wanted else self._chosen
        row = self.model.row_of(wanted or (before.recipe.recipe_id if before is not None else ""))
        self.list.setCurrentIndex(self.model.index(row or 0))
        self._on_current(self.list.currentIndex())

    def _on_current(self, current: QModelIndex, previous: QModelIndex | None = None) -> None:
        if (known := self.model.known(current.row())) is not None:
            names = {each.account_id: each.name for each in self._context.desk.accounts.all()}
            missing = self.tr("not connected any more")
            self.details.show_recipe(known, names.get(known.recipe.account_id, missing))
            if previous is not None:
                self.details.watch.say("")
            self._show_watch()

    def _show_watch(self) -> None:
        """Show what the recipe on the right may do by itself, and how that stands."""
        if (known := self.shown()) is None or not isinstance(known.recipe.source, FolderSource):
            return
        recipe, desk = known.recipe, self._context.desk
        watch = self._watches.get(recipe.recipe_id, Watch(recipe.recipe_id, _folder_of(known.recipe.source)))
        costs = desk.accounts.capabilities(recipe.account_id).costs_money
        self.details.watch.show_watch(watch, desk.watches.state(recipe.recipe_id), costs_money=costs)

    def _on_job_wanted(self) -> None:
        if (known := self.shown()) is not None and known.last is not None:
            self.job_asked.emit(known.last.key)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(self._context.background.run(work))

    def _lay_out(self) -> None:
        step = unit(self)
        text = self.tr(
            "No recipes yet. A recipe does again what a job did, on whatever is in its folder by then: "
            "choose a job, then Job › Make a recipe…"
        )
        empty = EmptyState("repeat", text)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.setHandleWidth(step * 4)
        halves.addWidget(self.list)
        halves.addWidget(self.details)
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        halves.setSizes([step * 75, step * 180])
        self.list.setMinimumWidth(step * 40)
        row = QHBoxLayout()
        row.addWidget(self.take_over)
        row.addStretch()
        self._stack.addWidget(empty)
        self._stack.addWidget(halves)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 4, step * 4, step * 4, step * 4)
        layout.setSpacing(step * 3)
        layout.addLayout(row)
        layout.addWidget(self._stack, 1)


async def _awaited(keep: Keep, recipe: Recipe) -> None:
    await keep(recipe)


async def _handed(begin: Callable[[Iterable[ReferenceSending]], object], sendings: Iterable[ReferenceSending]) -> None:
    """Begin on the loop of the flows."""
    begin(sendings)


def _folder_of(source: FolderSource) -> Path:
    """Return the folder that is watched where nobody has said otherwise."""
    return source.paths[0]


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def _file_name(name: str) -> str:
    """Return a name that every file system takes."""
    return (
        "".join("_" if each in '\\/:*?"<>|' or not each.isprintable() else each for each in name).strip(". ")
        or "recipe"
    )
