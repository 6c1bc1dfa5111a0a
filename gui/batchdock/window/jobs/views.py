"""The four views of the job list, and what the search field finds."""

import unicodedata
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.jobs.columns import Look
from batchdock.window.wording import content_word, state_word


class JobView(StrEnum):
    """Every job is in ALL and in exactly one of the others."""

    ALL = "all"
    RUNNING = "running"
    NEEDS_YOU = "needs-you"
    DONE = "done"


def view_word(view: JobView) -> str:
    """Return the name of a view."""
    words = {
        JobView.ALL: QCoreApplication.translate("jobs", "All jobs"),
        JobView.RUNNING: QCoreApplication.translate("jobs", "Running"),
        JobView.NEEDS_YOU: QCoreApplication.translate("jobs", "Needs you"),
        JobView.DONE: QCoreApplication.translate("jobs", "Done"),
    }
    return words[view]


def view_of(job: Job) -> JobView:
    """Return the view, besides ALL, in which the job is."""
    return _VIEWS[job.state]


def _view_of(state: JobState) -> JobView:
    if state.needs_attention:
        return JobView.NEEDS_YOU
    return JobView.DONE if state.is_terminal else JobView.RUNNING


_VIEWS = {state: _view_of(state) for state in JobState}


def plain(text: str) -> str:
    """Return `text` for comparing: composed, without case."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold()


def search_text(job: Job, look: Look) -> str:
    """Return what the search field looks in."""
    parts = (
        job.name,
        state_word(job.state),
        content_word(job.content),
        look.where(job),
        job.workflow_id,
        job.job_id,
        job.batch_id,
    )
    return plain("\n".join(parts))
