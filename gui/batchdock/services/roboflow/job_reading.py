"""Reads jobs, stages, tasks and log lines in every shape the contract knows (§4.2–§4.8)."""

import json
from datetime import UTC, datetime, timedelta

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Progress
from batchdock.core.job import Job, LogEntry, Severity, Stage, Task
from batchdock.core.states import JobState
from batchdock.services.http.reading import (
    Entry,
    count,
    entry,
    fraction,
    moment,
    number,
    optional_text,
    text,
    texts,
    word,
)
from batchdock.services.roboflow.definition_reading import read_content, read_machine
from batchdock.services.roboflow.reading import message_of

RESULTS_STAY = timedelta(days=7)
"""A batch is deleted a week after it was made (contract §1.7); not on this computer, which says itself for how long."""

_LAST = datetime.max.replace(tzinfo=UTC) - RESULTS_STAY * 2
"""No honest job is made later."""

_WORDS = {
    JobState.STARTING: ("pending", "queued", "created", "waiting", "starting", "scheduled", "accepted"),
    JobState.RUNNING: ("processing", "running", "in_progress", "in-progress", "inference", "started"),
    JobState.FINISHING: ("export", "exporting", "finishing", "aggregating", "packing"),
    JobState.STOPPING: ("aborting", "stopping", "cancelling", "canceling"),
    JobState.PAUSED: ("paused",),
    JobState.DONE: ("completed", "complete", "finished", "done", "success", "succeeded"),
    JobState.FAILED: ("failed", "fail", "error"),
    JobState.STOPPED: ("aborted", "stopped", "cancelled", "canceled", "terminated"),
}
_STATE_OF = {each: state for state, words in _WORDS.items() for each in words}
_STOPPED_WORDS = ("abort", "cancel")
_NOT_SHOWN = "trt-compilation"
_LOG_TEXT_LIMIT = 500


def read_job(found: Entry, account_id: str, *, envelope: Entry | None = None) -> Job | None:
    """Read a job in its nested shape (`isTerminal`, `error`), its flat one (`status`, `progress`), or a mixture.

    `envelope` is the answer around it, which may carry the flat fields; its `status: ok` is not a state.
    """
    outer = envelope or {}
    job_id = optional_text(found.get("jobId")) or optional_text(found.get("id")) or optional_text(outer.get("jobId"))
    if job_id is None:
        return None
    status = optional_text(found.get("status")) or optional_text(outer.get("status")) or ""
    status = "" if status.lower() == "ok" else status
    notification = found.get("lastNotification")
    told = entry(notification)
    problems = count(told.get("failed"))
    state = _state(found, status, notification, problems or 0)
    definition = entry(found.get("jobDefinition"))
    progress = fraction(found.get("progress", outer.get("progress")))
    created = moment(found.get("createdAt"))
    return Job(
        account_id=account_id,
        job_id=job_id,
        name=text(found.get("name")) or job_id,
        state=state,
        content=read_content(definition),
        created=created,
        workflow_id=text(entry(definition.get("processingSpecification")).get("workflowId")),
        batch_id=text(entry(definition.get("jobInput")).get("batchId")),
        progress=1.0 if state in (JobState.DONE, JobState.DONE_WITH_PROBLEMS) else progress,
        items_total=count(told.get("total")),
        items_done=count(told.get("processed")),
        problems=problems,
        seconds_left=None if state.is_terminal else _positive(told.get("secondsLeft")),
        rate=_positive(told.get("rate")),
        device=text(told.get("device")),
        stage=text(found.get("currentStage")),
        last_news=moment(found.get("lastUpdate")),
        message=message_of(notification),
        service_word=status or text(found.get("currentStage")) or text(told.get("type")),
        output_batches=texts(told.get("resultsBatches")),
        ended=moment(found.get("lastUpdate")) if state.is_terminal else None,
        expires=_results_until(created, account_id),
        machine=read_machine(found),
    )


def _results_until(created: datetime | None, account_id: str) -> datetime | None:
    if created is None or account_id == THIS_COMPUTER_ID or created > _LAST:
        return None
    return created + RESULTS_STAY


def read_listed_job(found: Entry, account_id: str) -> Job | None:
    """Read an entry of the list (§4.2). What compiles a model for a machine is no job that anybody here could use."""
    kind = text(entry(found.get("jobDefinition")).get("type")).strip().lower().replace("_", "-")
    return None if kind.startswith(_NOT_SHOWN) else read_job(found, account_id)


def read_stage(found: Entry) -> Stage | None:
    """Read a stage (§4.4)."""
    stage_id = optional_text(found.get("processingStageId"))
    if stage_id is None:
        return None
    return Stage(
        stage_id=stage_id,
        name=text(found.get("processingStageName")) or stage_id,
        tasks_number=count(found.get("tasksNumber")) or 0,
        status=Progress.of(text(found.get("statusType")).lower()),
        output_batches=texts(found.get("outputBatches")),
        started=moment(found.get("startTimestamp")),
        last_news=moment(found.get("lastEventTimestamp")),
        message=message_of(found.get("notification")),
    )


def read_task(found: Entry) -> Task | None:
    """Read a task (§4.5). Counts of items are there only where the service is *This computer*."""
    task_id = optional_text(found.get("taskId"))
    if task_id is None:
        return None
    told = entry(found.get("notification"))
    return Task(
        task_id=task_id,
        status=Progress.of(text(found.get("statusType")).lower()),
        progress=fraction(found.get("progress")),
        at=moment(found.get("eventTimestamp")),
        message=message_of(found.get("notification")),
        done=count(told.get("done")),
        total=count(told.get("total")),
        failed=count(told.get("failed")),
    )


def read_log_entry(found: Entry) -> LogEntry:
    """Read a log line (§4.8). Its payload is free; what it says is looked for under the usual names."""
    payload = entry(found.get("payload"))
    return LogEntry(
        created=moment(found.get("createdAt")),
        severity=word(found.get("severity"), Severity, Severity.INFO),
        log_type=text(found.get("logType")),
        module=text(found.get("reportingModule")),
        message=_log_text(payload) or text(found.get("payload")) or text(found.get("message")),
        stage_id=optional_text(found.get("processingStageId")),
        task_id=optional_text(found.get("taskId")),
        payload=payload,
    )


def _positive(value: object) -> float | None:
    found = number(value)
    return None if found is None or found < 0 else found


def _state(found: Entry, status: str, notification: object, problems: int) -> JobState:
    terminal, failed, stage = found.get("isTerminal"), found.get("error") is True, text(found.get("currentStage"))
    by_word = _STATE_OF.get(status.strip().lower())
    if terminal is True or (by_word is not None and by_word.is_terminal and terminal is not False):
        return _end(failed, by_word, notification, problems)
    if by_word is JobState.STOPPING or (by_word is not None and terminal is None):
        return by_word
    if terminal is None and (status or not stage):
        return JobState.UNKNOWN  # A word nobody has told us, or nothing at all.
    if not stage:
        return JobState.STARTING
    return JobState.FINISHING if stage.strip().lower() in _WORDS[JobState.FINISHING] else JobState.RUNNING


def _end(failed: bool, by_word: JobState | None, notification: object, problems: int) -> JobState:
    """Tell how a job ended. No flag says that it was stopped (§4.3): only its last notification may."""
    kind = text(entry(notification).get("type")).lower()
    if by_word is JobState.STOPPED or any(each in kind for each in _STOPPED_WORDS):
        return JobState.STOPPED
    if failed or by_word is JobState.FAILED:
        return JobState.FAILED
    if any(each in message_of(notification).lower() for each in _STOPPED_WORDS):
        return JobState.STOPPED
    return JobState.DONE_WITH_PROBLEMS if problems else JobState.DONE


def _log_text(payload: Entry) -> str:
    if not payload:
        return ""
    said = next(
        (text(payload[name]) for name in ("message", "cause", "error", "reason") if text(payload.get(name))), ""
    )
    file = text(payload.get("file"))
    if said:
        return f"{file}: {said}" if file else said
    whole = json.dumps(payload, ensure_ascii=False, default=str)
    return whole if len(whole) <= _LOG_TEXT_LIMIT else f"{whole[:_LOG_TEXT_LIMIT]}…"
