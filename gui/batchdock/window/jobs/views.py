"""The four views of the job list that are always there, and what the search field finds."""

import unicodedata
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.jobs.cell_texts import type_text
from batchdock.window.jobs.look import Look
from batchdock.window.wording import runs_on_word, state_word


class JobView(StrEnum):
    """Every job is in ALL and in exactly one of the others."""

    ALL = "all"
    RUNNING = "running"
    NEEDS_ATTENTION = "needs-attention"
    DONE = "done"


def view_word(view: JobView) -> str:
    """Return the name of a view."""
    words = {
        JobView.ALL: QCoreApplication.translate("jobs", "All jobs"),
        JobView.RUNNING: QCoreApplication.translate("jobs", "Running"),
        JobView.NEEDS_ATTENTION: QCoreApplication.translate("jobs", "Needs attention"),
        JobView.DONE: QCoreApplication.translate("jobs", "Done"),
    }
    return words[view]


def view_of(job: Job) -> JobView:
    """Return the view, besides ALL, in which the job is."""
    return _VIEWS[job.state]


def _view_of(state: JobState) -> JobView:
    if state.needs_attention:
        return JobView.NEEDS_ATTENTION
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
        type_text(job),
        job.dataset,
        look.where(job),
        look.workflow(job),
        job.workflow_id,
        job.job_id,
        job.batch_id,
        job.source,
        job.note,
        job.video_source,
        job.algorithm,
        job.vendor,
        runs_on_word(job.runs_on),
        *job.groups,
        *job.tags,
    )
    return plain("\n".join(parts))


def same_search_text(one: Job, other: Job) -> bool:
    """Tell whether nothing that the search field looks in differs between two versions of a job."""
    return (
        one.name == other.name
        and one.state is other.state
        and one.content is other.content
        and one.workflow_id == other.workflow_id
        and one.batch_id == other.batch_id
        and one.source == other.source
        and one.note == other.note
        and one.tags == other.tags
        and one.video_source == other.video_source
        and one.algorithm == other.algorithm
        and one.vendor == other.vendor
        and one.runs_on == other.runs_on
        and one.groups == other.groups
    )
