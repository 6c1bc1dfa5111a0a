"""Jobs: start, look, stop, start again (contract §4)."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError, CreditsUsedUp, NotFound, UnreadableAnswer
from batchdock.core.job import Job, JobDefinition, LogEntry, RestartOverride, Severity, Stage, Task
from batchdock.services.http.patience import Patience, Tries
from batchdock.services.http.reading import answered, entry, text
from batchdock.services.roboflow.definition_reading import read_definition
from batchdock.services.roboflow.job_body import job_body, restart_body
from batchdock.services.roboflow.job_reading import read_job, read_listed_job, read_log_entry, read_stage, read_task
from batchdock.services.roboflow.reading import listed, paged
from batchdock.services.roboflow.wire import Wire, processing

_JOBS_PAGE = 100
"""The largest page the reference client allows itself (§1.6)."""


async def create(
    wire: Wire,
    workspace: str,
    job_id: str,
    name: str,
    definition: JobDefinition,
    on_trouble: Callable[[BatchdockError], None] | None = None,
) -> None:
    """Start a job (§4.1). Creating is idempotent, but after trouble the job is looked for before it is asked for again.

    Asking again blindly would not do: the check of the credits comes before the one for repetition, so that a job
    which was accepted all the same may get a 429 (§1.4). So `CreditsUsedUp` is raised for a job that is surely not
    there; where that can not be found out either, what kept from it is raised instead.
    """
    body = job_body(definition, workspace)
    tries = Tries(wire.patience)
    while True:
        try:
            await wire.ask_once("POST", processing(workspace, "jobs", job_id), params={"name": name}, body=body)
            return
        except CreditsUsedUp:
            if await _is_ours(wire, workspace, job_id, definition, wire.patience):
                return
            raise
        except BatchdockError as error:
            in_doubt = _may_have_arrived(error)
            if in_doubt and on_trouble is not None:
                on_trouble(error)
            if in_doubt and await _is_there(wire, workspace, job_id, definition):
                return
            await tries.after(error)


async def ask_job(wire: Wire, workspace: str, account_id: str, job_id: str) -> Job:
    """Return one job (§4.3). Raise `NotFound`."""
    what = processing(workspace, "jobs", job_id)
    answer = answered(await wire.ask("GET", what), wire, what)
    return _job(answer, wire, account_id, job_id, what)


async def ask_definition(wire: Wire, workspace: str, job_id: str) -> JobDefinition | None:
    """Return what the job was created from, as far as the service echoes it (§4.2). Raise `NotFound`."""
    what = processing(workspace, "jobs", job_id)
    answer = answered(await wire.ask("GET", what), wire, what)
    return read_definition(entry(answer.get("job")) or answer)


def list_jobs(wire: Wire, workspace: str, account_id: str) -> AsyncIterator[Job]:
    """Yield all jobs (§4.2)."""
    where = processing(workspace, "jobs")
    return paged(wire, where, "jobs", lambda found: read_listed_job(found, account_id), params={"pageSize": _JOBS_PAGE})


async def ask_stages(wire: Wire, workspace: str, job_id: str) -> tuple[Stage, ...]:
    """Return the stages that have started (§4.4)."""
    answer = await wire.ask("GET", processing(workspace, "jobs", job_id, "stages"))
    found = (read_stage(each) for each in listed(answer, "stages", wire))
    return tuple(each for each in found if each is not None)


def list_tasks(wire: Wire, workspace: str, job_id: str, stage_id: str) -> AsyncIterator[Task]:
    """Yield the tasks of a stage (§4.5)."""
    return paged(wire, processing(workspace, "jobs", job_id, "stages", stage_id, "tasks"), "tasks", read_task)


def list_logs(wire: Wire, workspace: str, job_id: str, severity: Severity | None) -> AsyncIterator[LogEntry]:
    """Yield the log (§4.8)."""
    params: dict[str, str | int | None] = {"severity": severity.value if severity is not None else None}
    return paged(wire, processing(workspace, "jobs", job_id, "logs"), "logs", read_log_entry, params=params)


async def ask_log_page(
    wire: Wire, workspace: str, job_id: str, severity: Severity | None, position: str
) -> tuple[tuple[LogEntry, ...], str]:
    """Return a page of the log and the token of the next, empty at the end (§1.6, §4.8)."""
    where = processing(workspace, "jobs", job_id, "logs")
    params = {"severity": severity.value if severity is not None else None, "nextPageToken": position or None}
    answer = await wire.ask("GET", where, params=params)
    lines = tuple([read_log_entry(each) for each in listed(answer, "logs", wire)])
    return lines, text(entry(answer).get("nextPageToken"))


async def abort(wire: Wire, workspace: str, job_id: str) -> None:
    """Ask the job to stop (§4.6). Safe to repeat, also on a finished job."""
    await wire.ask("POST", processing(workspace, "jobs", job_id, "abort"), body={})


async def restart(wire: Wire, workspace: str, job_id: str, override: RestartOverride | None) -> None:
    """Start a failed or stopped job again (§4.7). It costs, so after trouble the job is looked at first."""
    where = processing(workspace, "jobs", job_id, "restart")
    body: dict[str, Any] = restart_body(override) if override is not None else {}
    tries, in_doubt = Tries(wire.patience), False
    while True:
        try:
            await wire.ask_once("POST", where, body=body)
            return
        except BatchdockError as error:
            # A refusal of a later try may be about the job that the first one has set going.
            in_doubt |= _may_have_arrived(error)
            if in_doubt and await _runs_again(wire, workspace, job_id):
                return
            await tries.after(error)


def _may_have_arrived(error: BatchdockError) -> bool:
    return error.retryable or isinstance(error, UnreadableAnswer)


async def _is_there(wire: Wire, workspace: str, job_id: str, definition: JobDefinition) -> bool:
    """Tell whether the job is there, as far as one look shows; the next try will tell where it does not."""
    try:
        return await _is_ours(wire, workspace, job_id, definition, Patience(tries=1))
    except BatchdockError:
        return False


async def _is_ours(wire: Wire, workspace: str, job_id: str, definition: JobDefinition, patience: Patience) -> bool:
    """Tell whether the job exists already and is the one that was asked for."""
    job = await _look(wire, workspace, job_id, patience)
    if job is None:
        return False
    wanted = (definition.batch_id, definition.workflow_id)
    return all(found in ("", want) for found, want in zip((job.batch_id, job.workflow_id), wanted, strict=True)) and (
        job.content in (Content.UNKNOWN, definition.content)
    )


async def _runs_again(wire: Wire, workspace: str, job_id: str) -> bool:
    try:
        job = await _look(wire, workspace, job_id, Patience(tries=1))
    except BatchdockError:
        return False
    return job is not None and not job.state.is_terminal


async def _look(wire: Wire, workspace: str, job_id: str, patience: Patience) -> Job | None:
    """Return the job, None where there is none."""
    what = processing(workspace, "jobs", job_id)
    try:
        return _job(answered(await wire.ask("GET", what, patience=patience), wire, what), wire, "", job_id, what)
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
