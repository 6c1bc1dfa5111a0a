"""What is said when a job ends."""

from PySide6.QtCore import QCoreApplication

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.wording import grouped, pictures_text, videos_text

_tr = QCoreApplication.translate


def ended_text(job: Job) -> str:
    """Return “Lot 17 is done. 12,780 pictures, 2 could not be processed.” or what happened instead."""
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
