"""Turns what the service says of a merge, a search or an evaluation into a job of the table (contract §4.11, §6)."""

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.services.http.reading import Entry, optional_text, text
from batchdock.services.http.redaction import sentence
from batchdock.services.http.times import time_of_seconds
from batchdock.services.tensorbay.jobs.refs import TITLES, JobKind, JobRef
from batchdock.services.tensorbay.jobs.states import state_of


def read_job(row: Entry, account_id: str, kind: JobKind, keeper: str, called: str) -> Job | None:
    """Return a job as far as a row or a detail tells of it; None for what has no id.

    `keeper` is the id of its dataset or benchmark, `called` the name of that. How far a job is, nobody tells: only when
    it was created, began and ended (contract §6).
    """
    number = optional_text(row.get("evaluationId" if kind is JobKind.EVALUATION else "jobId"))
    if number is None or not number.isprintable():
        return None
    word = text(row.get("status")).strip()
    state = state_of(word)
    created, started = time_of_seconds(row.get("createdAt")), time_of_seconds(row.get("startedAt"))
    ended = time_of_seconds(row.get("finishedAt")) if state.is_terminal else None
    about = called if kind is JobKind.EVALUATION else ""
    return Job(
        account_id=account_id,
        job_id=JobRef(kind, keeper, number).job_id,
        name=text(row.get("title")).strip() or about or number,
        state=state,
        kind=TITLES[kind],
        dataset="" if kind is JobKind.EVALUATION else called,
        created=created,
        started=started,
        ended=ended,
        last_news=ended or started or created,
        message=sentence(text(row.get("errorMessage"))),
        service_word=word,
    )


def is_undecided(job: Job) -> bool:
    """Tell whether the service says nothing of how it stands, as with evaluations (contract §10)."""
    return job.state is JobState.UNKNOWN and not job.service_word
