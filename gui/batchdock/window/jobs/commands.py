"""What can be done to the selected jobs."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from batchdock.bridge.dialogs import ask
from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.context import Context
from batchdock.window.jobs.columns import COLUMNS, title_of
from batchdock.window.jobs.model import Key
from batchdock.window.jobs.view import JobTable
from batchdock.window.wording import grouped

_CAN_START_AGAIN = frozenset({JobState.FAILED, JobState.STOPPED, JobState.DONE_WITH_PROBLEMS})


class JobCommands(QObject):
    """Acts on the table's selection through the flows. What changed comes back as news."""

    results_asked = Signal(tuple)
    save_asked = Signal(tuple)

    def __init__(self, context: Context, table: JobTable) -> None:
        super().__init__(table)
        self._context = context
        self._table = table

    def possible(self) -> dict[str, bool]:
        """Return what can be done to the selection, by command. Looks at the selection once: it may be long."""
        jobs = self._table.selected_jobs()
        one = len(jobs) == 1
        with_results = one and bool(jobs[0].output_batches)
        return {
            "open-results": with_results,
            "save-results": with_results,
            "stop": any(_can_stop(job) for job in jobs),
            "restart": any(job.state in _CAN_START_AGAIN for job in jobs),
            "rename": one,
            # One that works should stay in sight.
            "remove": bool(jobs) and all(job.state.is_terminal for job in jobs),
            **dict.fromkeys(("copy", "copy-name", "copy-job-id", "copy-batch-id", "copy-details"), bool(jobs)),
        }

    # --- doing it

    def open_results(self) -> None:
        """Show the results of the selected job."""
        if self.possible()["open-results"]:
            self.results_asked.emit(self._table.selected_jobs()[0].key)

    def save_results(self) -> None:
        """Ask where to save the results of the selected job."""
        if self.possible()["open-results"]:
            self.save_asked.emit(self._table.selected_jobs()[0].key)

    def stop(self) -> None:
        """Stop the selected jobs, after asking."""
        jobs = tuple(job for job in self._table.selected_jobs() if _can_stop(job))
        if jobs:
            self._context.tasks.start(self._stop(jobs))

    def restart(self) -> None:
        """Start the selected jobs again."""
        jobs = [job for job in self._table.selected_jobs() if job.state in _CAN_START_AGAIN]
        self._each(jobs, self._context.desk.jobs.restart)

    def rename(self) -> None:
        """Let the person type another name in the row."""
        self._table.edit_name()

    def rename_to(self, key: Key, name: str) -> None:
        """Give a job the name that was typed; offer to take it back."""
        before = next((job.name for job in self._table.selected_jobs() if job.key == key), "")
        jobs = self._context.desk.jobs
        self._start(jobs.rename(key, name))
        if before:
            text = self.tr("Renamed “%1” to “%2”.").replace("%1", before).replace("%2", name)
            self._context.messages.undo(text, lambda: self._start(jobs.rename(key, before)))

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

    def copy(self) -> None:
        """Copy the selected rows, one a line, as the table shows them."""
        look = self._table.look
        header = self._table.horizontalHeader()
        places = [place for place in range(len(COLUMNS)) if not header.isSectionHidden(place)]
        places.sort(key=header.visualIndex)
        lines = ["\t".join(COLUMNS[place].text(job, look) for place in places) for job in self._table.selected_jobs()]
        _to_clipboard("\n".join(lines))

    def copy_name(self) -> None:
        """Copy the names of the selected jobs."""
        _to_clipboard("\n".join(job.name for job in self._table.selected_jobs()))

    def copy_job_id(self) -> None:
        """Copy the ids of the selected jobs, as their services know them."""
        _to_clipboard("\n".join(job.job_id for job in self._table.selected_jobs()))

    def copy_batch_id(self) -> None:
        """Copy the ids of the batches the selected jobs work on."""
        _to_clipboard("\n".join(job.batch_id for job in self._table.selected_jobs() if job.batch_id))

    def copy_details(self) -> None:
        """Copy everything the table knows of the selected jobs, for support."""
        look = self._table.look
        blocks = []
        for job in self._table.selected_jobs():
            lines = [f"{title_of(column)}: {column.text(job, look)}" for column in COLUMNS]
            lines += [part for part in (job.service_word, job.message) if part]
            blocks.append("\n".join(lines))
        _to_clipboard("\n\n".join(blocks))

    # --- inside

    async def _stop(self, jobs: Sequence[Job]) -> None:
        if len(jobs) == 1:
            question = self.tr("Stop “%1”?").replace("%1", jobs[0].name)
        else:
            question = grouped(self.tr("Stop %n jobs?", "", len(jobs)), len(jobs))
        consequence = self.tr("What is processed already is kept. You can start it again later.")
        if any(job.account_id != THIS_COMPUTER_ID for job in jobs):
            consequence = self.tr(
                "What is processed already is kept, and may have been billed. You can start it again later."
            )
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Stop"), question, parent=self._table.window())
        box.setInformativeText(consequence)
        go = box.addButton(self.tr("Stop"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Keep running"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(go)
        try:
            await ask(box)
            wanted = box.clickedButton() is go
        finally:
            box.deleteLater()
        if wanted:
            self._each(jobs, self._context.desk.jobs.stop)

    def _each(self, jobs: Sequence[Job], action: Callable[[Key], Coroutine[Any, Any, None]]) -> None:
        """Do it to every job on its own, so that one that can not does not hold up the others."""
        for job in jobs:
            self._start(action(job.key))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(self._context.background.run(work))


def _can_stop(job: Job) -> bool:
    return not job.state.is_terminal and job.state not in (JobState.STOPPING, JobState.DRAFT)


def _to_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
