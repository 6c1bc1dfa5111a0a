"""What can be done to the selected jobs."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from batchdock.bridge.dialogs import ask
from batchdock.core.job import Job, RestartOverride
from batchdock.core.ports import Capabilities
from batchdock.core.states import JobState
from batchdock.window.context import Context
from batchdock.window.jobs.annotating import AnnotateDialog
from batchdock.window.jobs.copying import JobCopies
from batchdock.window.jobs.offers import OF_SEVERAL, loses_something, offered, offered_to
from batchdock.window.jobs.restarting import RestartDialog
from batchdock.window.jobs.roster import Key
from batchdock.window.jobs.service_actions import ServiceActions
from batchdock.window.jobs.spending import may_spend
from batchdock.window.jobs.stopping import may_stop
from batchdock.window.jobs.view import JobTable
from batchdock.window.wording import grouped

COMMANDS = (
    *(
        "open-results",
        "save-results",
        "save-to-bucket",
        "start",
        "take-back",
        "change-draft",
        "stop",
        "restart",
        "restart-changed",
    ),
    *("run-again", "run-new-files", "duplicate", "make-recipe", "annotate", "rename", "remove"),
    "catch-results",
)


class JobCommands(QObject):
    """Acts on the table's selection through the flows. What changed comes back as news.

    Of several jobs each is done on its own, so that one that can not does not hold up the others.
    """

    results_asked = Signal(tuple)
    save_asked = Signal(tuple)
    new_files_asked = Signal(tuple)
    """The key of a job that is to be run again on the files that are new in its folders."""
    bucket_asked = Signal(object)
    """The job whose results are to be saved in a bucket."""
    recipe_asked = Signal(tuple)
    """The key of a job that a recipe is to be made of."""
    draft_opened = Signal(tuple)
    """The key of a draft that is to be changed."""
    catch_asked = Signal(object)
    """The job of which somebody wants to catch what it sends."""
    made = Signal(tuple)
    """The jobs that a command has made."""

    def __init__(self, context: Context, table: JobTable) -> None:
        super().__init__(table)
        self._context = context
        self._table = table
        self.copies = JobCopies(table)
        self.service = ServiceActions(context, table)

    def slots(self) -> dict[str, Callable[[], None]]:
        """Return what each command of the menus does, by its key. “start” and “save-results” are the window's."""
        return {
            **self.copies.slots(),
            "copy-command": self.copy_commands,
            "open-results": self.open_results,
            "take-back": self.take_back,
            "change-draft": self.change_draft,
            "stop": self.stop,
            "restart": self.restart,
            "restart-changed": self.restart_changed,
            "run-again": self.run_again,
            "run-new-files": self.run_new_files,
            "duplicate": self.duplicate,
            "make-recipe": self.make_recipe,
            "save-to-bucket": self.save_to_bucket,
            "catch-results": self.catch_results,
            "annotate": self.annotate,
            "rename": self.rename,
            "remove": self.remove,
        }

    def possible(self) -> dict[str, bool]:
        """Return what can be done to the selection, by command. Looks at the selection once: it may be long."""
        jobs = self._table.selected_jobs()
        some, every = offered_to(jobs, self._able, datetime.now(UTC))
        one = len(jobs) == 1
        with_results = one and bool(jobs[0].output_batches)
        return {
            **{command: command in some and (one or command in OF_SEVERAL) for command in COMMANDS},
            # All of them or none: a part of a selection that vanishes is a surprise.
            "remove": "remove" in every,
            "open-results": with_results,
            "save-results": with_results,
            "save-to-bucket": with_results,
            **dict.fromkeys((*self.copies.slots(), "copy-command"), bool(jobs)),
        }

    def unverified(self) -> frozenset[str]:
        """Return the commands of which, for one of the selection, hints only tell how its service takes them."""
        accounts = self._context.desk.accounts
        doubtful = {each.account_id: accounts.capabilities(each.account_id).unverified for each in accounts.all()}
        if not any(doubtful.values()):
            return frozenset()
        chosen = {job.account_id for job in self._table.selected_jobs()}
        return frozenset().union(*(doubtful.get(each, frozenset()) for each in chosen))

    # --- looking at it

    def open_results(self) -> None:
        """Show the results of the selected job."""
        if self.possible()["open-results"]:
            self.results_asked.emit(self._table.selected_jobs()[0].key)

    def save_results(self) -> None:
        """Ask where to save the results of the selected job."""
        if self.possible()["open-results"]:
            self.save_asked.emit(self._table.selected_jobs()[0].key)

    def save_to_bucket(self) -> None:
        """Ask in which bucket to save the results of the selected job."""
        if self.possible()["save-to-bucket"]:
            self.bucket_asked.emit(self._table.selected_jobs()[0])

    # --- starting and stopping

    def start(self, jobs: Sequence[Job] | None = None) -> None:
        """Start the selected drafts, and those at once that would go out in a moment. Or these jobs."""
        flows = self._context.desk.jobs
        for job in self._fitting("start", jobs):
            draft = job.state is JobState.DRAFT
            self._start(self._begin(job, flows.start_draft) if draft else self._run(flows.start_now(job.key)))

    def take_back(self, jobs: Sequence[Job] | None = None) -> None:
        """Make drafts again of the selected jobs, or of these, that have not gone out."""
        self._each(self._fitting("take-back", jobs), self._context.desk.jobs.take_back)

    def change_draft(self, jobs: Sequence[Job] | None = None) -> None:
        """Ask for the draft to be opened."""
        for job in self._only(self._fitting("change-draft", jobs)):
            self.draft_opened.emit(job.key)

    def do(self, command: str, job: Job) -> None:
        """Do what a button beside the table asks for, to the job it stands at."""
        actions = {"start": self.start, "take-back": self.take_back, "change-draft": self.change_draft}
        actions[command]((job,))

    def stop(self) -> None:
        """Stop the selected jobs, after asking where something is lost by it."""
        jobs = self._fitting("stop")
        if jobs:
            self._start(self._stop(jobs))

    def restart(self) -> None:
        """Start the selected jobs again."""
        for job in self._fitting("restart"):
            self._start(self._restart(job))

    def restart_changed(self) -> None:
        """Ask what is to change, and start the selected job again."""
        for job in self._only(self._fitting("restart-changed")):
            self._start(self._restart_changed(job))

    def copy_commands(self) -> None:
        """Copy the lines for a terminal that do what the selected jobs did, one a job, and say so."""
        jobs, desk = self._table.selected_jobs(), self._context.desk

        async def lines() -> list[str]:
            return [await desk.command_lines.of_job(job, desk.autosave.folder) for job in jobs]

        async def copy() -> None:
            QGuiApplication.clipboard().setText("\n".join(await self._context.background.run(lines())))
            self._context.messages.info(self.tr("The command was copied. It holds no key."))

        self._context.tasks.start(copy())

    def run_again(self) -> None:
        """Start new jobs like the selected ones."""
        for job in self._fitting("run-again"):
            self._start(self._begin(job, self._context.desk.jobs.run_again))

    def run_new_files(self) -> None:
        """Ask for the selected job to be run on what is new in its folders."""
        for job in self._only(self._fitting("run-new-files")):
            self.new_files_asked.emit(job.key)

    def make_recipe(self) -> None:
        """Ask for a recipe to be made of the selected job."""
        for job in self._only(self._fitting("make-recipe")):
            self.recipe_asked.emit(job.key)

    def catch_results(self) -> None:
        """Ask for what the selected job sends to be caught."""
        for job in self._only(self._fitting("catch-results")):
            self.catch_asked.emit(job)

    def duplicate(self) -> None:
        """Make a draft like the selected job; offer to take it back."""
        for job in self._only(self._fitting("duplicate")):
            self._start(self._duplicate(job))

    # --- what is only said of it

    def rename(self) -> None:
        """Let the person type another name in the row."""
        self._table.edit_name()

    def rename_to(self, key: Key, name: str) -> None:
        """Give a job the name that was typed; offer to take it back."""
        before = next((job.name for job in self._table.selected_jobs() if job.key == key), "")
        jobs = self._context.desk.jobs
        self._start(self._run(jobs.rename(key, name)))
        if before:
            text = self.tr("Renamed “%1” to “%2”.").replace("%1", before).replace("%2", name)
            self._context.messages.undo(text, lambda: self._start(self._run(jobs.rename(key, before))))

    def annotate(self) -> None:
        """Ask for tags and a note of the selected job; offer to take them back."""
        for job in self._only(self._fitting("annotate")):
            self._start(self._annotate(job))

    def remove(self) -> None:
        """Take the selected jobs off the list; offer to take that back."""
        if not self.possible()["remove"]:
            return
        removed = self._table.selected_jobs()
        jobs = self._context.desk.jobs
        self._each(removed, jobs.remove)
        if len(removed) == 1:
            text = self.tr("Removed “%1” from the list.").replace("%1", removed[0].name)
        else:
            text = grouped(self.tr("Removed %n jobs from the list.", "", len(removed)), len(removed))
        self._context.messages.undo(text, lambda: self._each(removed, jobs.restore))

    # --- inside

    async def _stop(self, jobs: Sequence[Job]) -> None:
        able = {job.account_id: self._able(job.account_id) for job in jobs}
        asked = any(loses_something(job, able[job.account_id]) for job in jobs)
        costs = any(each.costs_money for each in able.values())
        if not asked or await may_stop(jobs, costs=costs, window=self._table.window()):
            self._each(jobs, self._context.desk.jobs.stop)

    async def _restart_changed(self, job: Job) -> None:
        jobs, run = self._context.desk.jobs, self._context.background.run
        definition = await run(jobs.definition(job.key))
        dialog = RestartDialog(job, definition, self._able(job.account_id), self._table.window())
        try:
            accepted = await ask(dialog) == QDialog.DialogCode.Accepted
            override = dialog.override()
        finally:
            dialog.deleteLater()
        if accepted:
            await self._restart(job, override)

    async def _restart(self, job: Job, override: RestartOverride | None = None) -> None:
        if await self._may_spend(job, override):
            await self._context.background.run(self._context.desk.jobs.restart(job.key, override))

    async def _begin(self, job: Job, action: Callable[[Key], Coroutine[Any, Any, Job]]) -> None:
        if await self._may_spend(job):
            self.made.emit((await self._context.background.run(action(job.key)),))

    async def _may_spend(self, job: Job, override: RestartOverride | None = None) -> bool:
        workflow = self._table.look.workflow(job)
        return await may_spend(self._context, job, self._table.window(), workflow=workflow, override=override)

    async def _duplicate(self, job: Job) -> None:
        jobs = self._context.desk.jobs
        draft = await self._context.background.run(jobs.duplicate(job.key))
        self.made.emit((draft,))
        text = self.tr("Duplicated “%1” as a draft.").replace("%1", job.name)
        self._context.messages.undo(text, lambda: self._start(self._run(jobs.remove(draft.key))))

    async def _annotate(self, job: Job) -> None:
        jobs = self._context.desk.jobs
        dialog = AnnotateDialog(job, self._table.window())
        try:
            accepted = await ask(dialog) == QDialog.DialogCode.Accepted
            tags, note = dialog.tags, dialog.note
        finally:
            dialog.deleteLater()
        if not accepted or (tags, note) == (job.tags, job.note):
            return
        await self._context.background.run(jobs.annotate(job.key, tags=tags, note=note))
        text = self.tr("Tags and note of “%1” are saved.").replace("%1", job.name)
        back = (job.key, job.tags, job.note)
        self._context.messages.undo(
            text, lambda: self._start(self._run(jobs.annotate(back[0], tags=back[1], note=back[2])))
        )

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        await self._context.background.run(work)

    def _able(self, account_id: str) -> Capabilities:
        return self._context.desk.accounts.capabilities(account_id)

    def _fitting(self, command: str, jobs: Sequence[Job] | None = None) -> tuple[Job, ...]:
        """Return those of the jobs, else of the selected ones, that a command fits."""
        now = datetime.now(UTC)
        among = self._table.selected_jobs() if jobs is None else jobs
        able = {account_id: self._able(account_id) for account_id in {job.account_id for job in among}}
        return tuple(job for job in among if command in offered(job, able[job.account_id], now))

    @staticmethod
    def _only(jobs: Sequence[Job]) -> Sequence[Job]:
        return jobs if len(jobs) == 1 else ()

    def _each(self, jobs: Iterable[Job], action: Callable[[Key], Coroutine[Any, Any, None]]) -> None:
        for job in jobs:
            self._start(self._run(action(job.key)))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(work)
