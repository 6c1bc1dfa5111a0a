"""What is said when jobs end."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.messages import Messages, Notice
from batchdock.window.tray import Tray
from batchdock.window.wording import grouped, pictures_text, videos_text

_tr = QCoreApplication.translate


class Announcer:
    """Says in the message bar that a job has ended; several that end while the message stands share one."""

    def __init__(
        self,
        messages: Messages,
        tray: Tray,
        show_results: Callable[[tuple[str, str]], None],
        show_job: Callable[[tuple[str, str]], None],
    ) -> None:
        self._messages = messages
        self._tray = tray
        self._show_results = show_results
        self._show_job = show_job
        self._notice: Notice | None = None
        self._jobs: list[Job] = []

    def job_ended(self, job: Job) -> None:
        """Say that `job` has ended."""
        if self._notice is not None and self._notice in self._messages.notices:
            self._jobs = [each for each in self._jobs if each.key != job.key]
            self._notice.close_now()
        else:
            self._jobs = []
        self._jobs.append(job)
        self._tray.tell(ended_text([job]), "")
        first = self._jobs[0]
        if len(self._jobs) > 1:
            text, action = _tr("announcing", "Show jobs"), lambda: self._show_job(first.key)
        elif first.output_batches:
            text, action = _tr("announcing", "Show results"), lambda: self._show_results(first.key)
        else:
            text, action = _tr("announcing", "Show job"), lambda: self._show_job(first.key)
        self._notice = self._messages.info(ended_text(self._jobs), button_text=text, on_click=action)


def ended_text(jobs: list[Job]) -> str:
    """Return “Lot 17 is done. 12,780 pictures, 2 could not be processed.”, what happened instead, or “2 jobs are
    done.”"""
    if len(jobs) == 1:
        return _one_ended(jobs[0])
    if all(job.state is JobState.DONE for job in jobs):
        return grouped(_tr("announcing", "%n jobs are done.", None, len(jobs)), len(jobs))
    text = grouped(_tr("announcing", "%n jobs have ended.", None, len(jobs)), len(jobs))
    troubled = sum(job.state not in (JobState.DONE, JobState.STOPPED) for job in jobs)
    if not troubled:
        return text
    return f"{text} {grouped(_tr('announcing', '%n to look at.', None, troubled), troubled)}"


def _one_ended(job: Job) -> str:
    sentences = {
        JobState.DONE: _tr("announcing", "“%1” is done."),
        JobState.DONE_WITH_PROBLEMS: _tr("announcing", "“%1” is done, with problems."),
        JobState.STOPPED: _tr("announcing", "“%1” was stopped. What was processed already is kept."),
    }
    unfinished = _tr("announcing", "“%1” ended before it was finished.")
    sentence = sentences.get(job.state, unfinished).replace("%1", job.name)
    if job.state is JobState.STOPPED:
        return sentence
    return f"{sentence} {_counts(job)}".strip()


def _counts(job: Job) -> str:
    if job.items_total is None:
        return job.message
    counted = videos_text(job.items_total) if job.content is Content.VIDEOS else pictures_text(job.items_total)
    if not job.problems:
        return f"{counted}."
    failed = grouped(_tr("announcing", "%n could not be processed", None, job.problems), job.problems)
    return f"{counted}, {failed}."
