"""Looks at one job: for the table, for people, and for support (contract §4.11, §6)."""

import time
from dataclasses import replace
from typing import Any

from batchdock.core.errors import (
    AccountError,
    ConnectionProblem,
    NotFound,
    ServiceError,
    TooManyRequests,
    UnreadableAnswer,
)
from batchdock.core.facts import Facts
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, answered, is_nested_beyond, optional_text
from batchdock.services.tensorbay.datasets.walking import by, walk
from batchdock.services.tensorbay.jobs.known import Known
from batchdock.services.tensorbay.jobs.listing import brief, list_benchmarks
from batchdock.services.tensorbay.jobs.reading import is_undecided, read_job
from batchdock.services.tensorbay.jobs.refs import JobKind, JobRef, ref_of
from batchdock.services.tensorbay.telling import tell
from batchdock.services.tensorbay.wire import Wire, operation_of

_TITLES = {
    "title": QT_TRANSLATE_NOOP("service", "Title"),
    "status": QT_TRANSLATE_NOOP("service", "State"),
    "errorMessage": QT_TRANSLATE_NOOP("service", "Trouble"),
    "description": QT_TRANSLATE_NOOP("service", "Description"),
    "dataset": QT_TRANSLATE_NOOP("service", "Dataset"),
    "benchmark": QT_TRANSLATE_NOOP("service", "Benchmark"),
    "results": QT_TRANSLATE_NOOP("service", "Results"),
    "result": QT_TRANSLATE_NOOP("service", "Result"),
    "draftNumber": QT_TRANSLATE_NOOP("service", "Draft"),
    "searchResultId": QT_TRANSLATE_NOOP("service", "Search result"),
    "searchResultCommitId": QT_TRANSLATE_NOOP("service", "Commit of the search result"),
    "arguments": QT_TRANSLATE_NOOP("service", "What was asked for"),
    "sourceBranchName": QT_TRANSLATE_NOOP("service", "From branch"),
    "targetBranchName": QT_TRANSLATE_NOOP("service", "Into branch"),
    "strategy": QT_TRANSLATE_NOOP("service", "What is in both"),
    "commit": QT_TRANSLATE_NOOP("service", "Version"),
    "conjunction": QT_TRANSLATE_NOOP("service", "Conditions"),
    "unit": QT_TRANSLATE_NOOP("service", "Looks for"),
    "filters": QT_TRANSLATE_NOOP("service", "Filters"),
    "createdAt": QT_TRANSLATE_NOOP("service", "Created"),
    "startedAt": QT_TRANSLATE_NOOP("service", "Started"),
    "finishedAt": QT_TRANSLATE_NOOP("service", "Finished"),
    "jobType": QT_TRANSLATE_NOOP("service", "Kind of job"),
    "jobId": QT_TRANSLATE_NOOP("service", "Id"),
    "evaluationId": QT_TRANSLATE_NOOP("service", "Id"),
}
_NUMBERS = {JobKind.EVALUATION: "evaluationId"}
_DEEPEST = 100
_MARKS = frozenset({"jobId", "jobType", "status", "arguments", "title"})


async def ask_job(wire: Wire, account_id: str, job_id: str, known: Known) -> Job:
    """Return one job. Raise `NotFound`.

    An evaluation of which no state is told is done when its results can be read (contract §10).
    """
    ref = ref_of(job_id, wire.service)
    began = time.monotonic()
    try:
        row, name = await _ask_row(wire, ref, known)
        # The id that was asked for stands in for one that is missing; another one would be another job.
        job = read_job({**row, _NUMBERS.get(ref.kind, "jobId"): ref.number}, account_id, ref.kind, ref.keeper, name)
        if job is None:
            raise UnreadableAnswer(service=wire.service, details=f"{job_id}: no job in the answer")
        if is_undecided(job) and ref.kind is JobKind.EVALUATION and await _results(wire, ref) is not None:
            job = replace(job, state=JobState.DONE)
    except NotFound:
        known.forget(ref)
        raise
    known.note(ref, job, began)
    return job


async def ask_facts(wire: Wire, job_id: str, known: Known) -> Facts:
    """Return all that is told of a job; of an evaluation, its results too. Raise `NotFound`."""
    ref = ref_of(job_id, wire.service)
    row, name = await _ask_row(wire, ref, known)
    if ref.kind is not JobKind.EVALUATION:
        return tell(wire, {**row, "dataset": name or ref.keeper}, _TITLES)
    results = await _results(wire, ref)
    more = {} if results is None else {"results": results}
    return tell(wire, {**row, "benchmark": name or ref.keeper, **more}, _TITLES)


async def ask_answers(wire: Wire, job_id: str) -> dict[str, object]:
    """Return the answer on a job as it came, without secrets. Raise `NotFound`."""
    ref = ref_of(job_id, wire.service)
    operation = "GetEvaluationResult" if ref.kind is JobKind.EVALUATION else "GetTask"
    answer = await wire.ask(operation, at=ref.at, query=query_of(ref))
    path = operation_of(operation).path.format_map(ref.at)
    return {f"GET {path}": wire.without_secrets(answer)}


async def ask_task(wire: Wire, ref: JobRef) -> Entry:
    """Return a merge or a search as the service tells of it. Raise `NotFound`."""
    task = answered(await wire.ask("GetTask", at=ref.at, query=query_of(ref)), wire, "GetTask")
    if is_nested_beyond(task, _DEEPEST):
        raise UnreadableAnswer(service=wire.service, details="GetTask: nested without end")
    if not task.keys() & _MARKS:
        raise UnreadableAnswer(service=wire.service, details="GetTask: no job in the answer")
    return task


def query_of(ref: JobRef) -> dict[str, str]:
    """Return what goes with every request about a job. The type is compulsory (contract §6)."""
    return {} if ref.kind is JobKind.EVALUATION else {"jobType": str(ref.kind)}


# --- inside


async def _ask_row(wire: Wire, ref: JobRef, known: Known) -> tuple[Entry, str]:
    """Return what is told of a job, and the name of its dataset or benchmark, empty where it is not known."""
    keeper = known.of(ref)
    if ref.kind is not JobKind.EVALUATION:
        return await ask_task(wire, ref), keeper.name if keeper is not None else ""
    name = keeper.name if keeper is not None else await _benchmark_name(wire, ref.keeper)
    async for row in walk(wire, "ListEvaluations", at={"benchmark": ref.keeper}, key=by("evaluationId")):
        if optional_text(row.get("evaluationId")) == ref.number:
            return row, name
    raise NotFound(service=wire.service, reason="There is no such evaluation.")


async def _benchmark_name(wire: Wire, benchmark: str) -> str:
    return next((each.name for each in await list_benchmarks(wire) if each.keeper_id == benchmark), "")


async def _results(wire: Wire, ref: JobRef) -> object:
    """Return what an evaluation has measured, in a shape that nobody has told of; None where there is nothing yet."""
    try:
        results: Any = await wire.ask("GetEvaluationResult", at=ref.at, patience=brief(wire))
    except (TooManyRequests, ConnectionProblem, AccountError):
        raise
    except ServiceError:
        return None
    if is_nested_beyond(results, _DEEPEST):
        raise UnreadableAnswer(service=wire.service, details="GetEvaluationResult: nested without end")
    return results or None
