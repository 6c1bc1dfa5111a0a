"""Jobs: start, look, stop, start again (contract §4)."""

from collections.abc import AsyncIterator
from typing import Any

from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError, NotFound, UnreadableAnswer
from batchdock.core.job import Job, JobDefinition, LogEntry, RestartOverride, Severity, Stage, Task
from batchdock.services.http.patience import Tries
from batchdock.services.roboflow.job_body import job_body, restart_body
from batchdock.services.roboflow.job_reading import read_job, read_log_entry, read_stage, read_task
from batchdock.services.roboflow.reading import answered, entries, entry, paged
from batchdock.services.roboflow.wire import Wire, processing

_JOBS_PAGE = 100
"""The largest page the reference client allows itself (§1.6)."""


async def create(wire: Wire, workspace: str, job_id: str, name: str, definition: JobDefinition) -> None:
    """Start a job (§4.1). Creating is idempotent, but after trouble the job is looked for before it is asked for again.

    Asking again blindly would not do: the check of the credits comes before the one for repetition, so that a job
    which was accepted all the same may get a 429 (§1.4).
    """
    body = job_body(definition, workspace)
    tries = Tries(wire.patience)
    while True:
        try:
            await wire.ask_once("POST", processing(workspace, "jobs", job_id), params={"name": name}, body=body)
            return
        except BatchdockError as error:
            if _may_have_arrived(error) and await _is_there(wire, workspace, job_id, definition):
                return
            await tries.after(error)


async def ask_job(wire: Wire, workspace: str, account_id: str, job_id: str) -> Job:
    """Return one job (§4.3). Raise `NotFound`."""
    what = processing(workspace, "jobs", job_id)
    answer = answered(await wire.ask("GET", what), wire, what)
    return _job(answer, wire, account_id, job_id, what)


def list_jobs(wire: Wire, workspace: str, account_id: str) -> AsyncIterator[Job]:
    """Yield all jobs (§4.2)."""
    where = processing(workspace, "jobs")
    return paged(wire, where, "jobs", lambda found: read_job(found, account_id), params={"pageSize": _JOBS_PAGE})


async def ask_stages(wire: Wire, workspace: str, job_id: str) -> tuple[Stage, ...]:
    """Return the stages that have started (§4.4)."""
    answer = await wire.ask("GET", processing(workspace, "jobs", job_id, "stages"))
    found = (read_stage(each) for each in entries(answer, "stages", wire))
    return tuple(each for each in found if each is not None)


def list_tasks(wire: Wire, workspace: str, job_id: str, stage_id: str) -> AsyncIterator[Task]:
    """Yield the tasks of a stage (§4.5)."""
    return paged(wire, processing(workspace, "jobs", job_id, "stages", stage_id, "tasks"), "tasks", read_task)


def list_logs(wire: Wire, workspace: str, job_id: str, severity: Severity | None) -> AsyncIterator[LogEntry]:
    """Yield the log (§4.8)."""
    params: dict[str, str | int | None] = {"severity": severity.value if severity is not None else None}
    return paged(wire, processing(workspace, "jobs", job_id, "logs"), "logs", read_log_entry, params=params)


async def abort(wire: Wire, workspace: str, job_id: str) -> None:
    """Ask the job to stop (§4.6). Safe to repeat, also on a finished job."""
    await wire.ask("POST", processing(workspace, "jobs", job_id, "abort"), body={})


async def restart(wire: Wire, workspace: str, job_id: str, override: RestartOverride | None) -> None:
    """Start a failed or stopped job again (§4.7). It costs, so after trouble the job is looked at first."""
    where = processing(workspace, "jobs", job_id, "restart")
    body: dict[str, Any] = restart_body(override) if override is not None else {}
    tries = Tries(wire.patience)
    while True:
        try:
            await wire.ask_once("POST", where, body=body)
            return
        except BatchdockError as error:
            if _may_have_arrived(error) and await _runs_again(wire, workspace, job_id):
                return
            await tries.after(error)


def _may_have_arrived(error: BatchdockError) -> bool:
    return error.retryable or isinstance(error, UnreadableAnswer)


async def _is_there(wire: Wire, workspace: str, job_id: str, definition: JobDefinition) -> bool:
    """Tell whether the job exists already and is the one that was asked for."""
    try:
        job = await _look(wire, workspace, job_id)
    except BatchdockError:
        return False  # Not known yet; the next try will tell.
    if job is None:
        return False
    wanted = (definition.batch_id, definition.workflow_id)
    return all(found in ("", want) for found, want in zip((job.batch_id, job.workflow_id), wanted, strict=True)) and (
        job.content in (Content.UNKNOWN, definition.content)
    )


async def _runs_again(wire: Wire, workspace: str, job_id: str) -> bool:
    try:
        job = await _look(wire, workspace, job_id)
    except BatchdockError:
        return False
    return job is not None and not job.state.is_terminal


async def _look(wire: Wire, workspace: str, job_id: str) -> Job | None:
    """Return the job with a single request, None where there is none."""
    what = processing(workspace, "jobs", job_id)
    try:
        return _job(answered(await wire.ask_once("GET", what), wire, what), wire, "", job_id, what)
    except NotFound:
        return None


def _job(answer: dict[str, Any], wire: Wire, account_id: str, job_id: str, what: str) -> Job:
    nested = entry(answer.get("job"))
    flat = {"jobId": job_id}
    is_flat = bool(answer.keys() & {"jobId", "isTerminal", "progress", "currentStage"}) or (
        str(answer.get("status", "ok")).lower() != "ok"
    )
    if not nested and not is_flat:
        raise UnreadableAnswer(service=wire.service, details=f"{what}: no job in the answer")
    job = read_job(flat | (nested or answer), account_id, envelope=answer)
    if job is None:
        raise UnreadableAnswer(service=wire.service, details=f"{what}: no job in the answer")
    return job
