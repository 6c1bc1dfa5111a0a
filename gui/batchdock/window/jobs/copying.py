"""Takes what the table knows of the selected jobs to the clipboard."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from batchdock.core.job import Job
from batchdock.window.jobs.columns import COLUMNS, title_of
from batchdock.window.jobs.view import JobTable


class JobCopies:
    """One method a command."""

    def __init__(self, table: JobTable) -> None:
        self._table = table

    def slots(self) -> dict[str, Callable[[], None]]:
        """Return what each command does, by its key."""
        return {
            "copy": self.rows,
            "copy-name": self.names,
            "copy-job-id": self.job_ids,
            "copy-batch-id": self.batch_ids,
            "copy-details": self.details,
        }

    def rows(self) -> None:
        """Copy the selected rows, one a line, as the table shows them."""
        look = self._table.look
        header = self._table.horizontalHeader()
        places = [place for place in range(len(COLUMNS)) if not header.isSectionHidden(place)]
        places.sort(key=header.visualIndex)
        self._copy(lambda job: "\t".join(COLUMNS[place].text(job, look) for place in places))

    def names(self) -> None:
        """Copy the names of the selected jobs."""
        self._copy(lambda job: job.name)

    def job_ids(self) -> None:
        """Copy the ids of the selected jobs, as their services know them."""
        self._copy(lambda job: job.job_id)

    def batch_ids(self) -> None:
        """Copy the ids of the batches the selected jobs work on."""
        self._copy(lambda job: job.batch_id)

    def details(self) -> None:
        """Copy everything the table knows of the selected jobs, for support."""
        look = self._table.look

        def block(job: Job) -> str:
            lines = [f"{title_of(column)}: {column.text(job, look)}" for column in COLUMNS]
            lines += [part for part in (job.service_word, job.message) if part]
            return "\n".join(lines)

        self._copy(block, between="\n\n")

    def _copy(self, text: Callable[[Job], str], between: str = "\n") -> None:
        told = map(text, self._table.selected_jobs())
        QGuiApplication.clipboard().setText(between.join(each for each in told if each))
