"""Batch processing: jobs, stages, tasks, logs (contract §4)."""

from collections.abc import Mapping
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.thiscomputer.conductor.definition import Definition, check_override, read_definition
from batchdock.thiscomputer.conductor.wording import things
from batchdock.thiscomputer.refusal import bad_request, not_found
from batchdock.thiscomputer.server.answers import WORKSPACE, Paging, answering, job_id_of, ok, time_text
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.receiving import json_object, read_json
from batchdock.thiscomputer.store.batches import MULTIPART
from batchdock.thiscomputer.store.records import JobRecord, LogRecord, StageRecord, TaskRecord

PREFIX = "/batch-processing/v1/external/{workspace}/jobs"

_BODY_LIMIT = 4 * 1024 * 1024
_STAGES = ["processing", "export"]
_SEARCH_LIMIT = 160
_NAME_LIMIT = 512
_PROCESSING_SHARE = 0.95
"""How much of a job's progress is its processing stage; the rest is export."""


class JobRoutes:
    """The routes of batch processing."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._jobs = parts.jobs

    def routes(self) -> list[Route]:
        """Return the routes."""
        one = f"{PREFIX}/{{job_id}}"
        return [
            Route(PREFIX, answering(self._list)),
            Route(one, answering(self._one)),
            Route(one, answering(self._create), methods=["POST"]),
            Route(f"{one}/stages", answering(self._stages)),
            Route(f"{one}/stages/{{stage_id}}/tasks", answering(self._tasks)),
            Route(f"{one}/logs", answering(self._logs)),
            Route(f"{one}/abort", answering(self._abort), methods=["POST"]),
            Route(f"{one}/restart", answering(self._restart), methods=["POST"]),
        ]

    def _list(self, request: Request) -> Response:
        paging = Paging(request, default=100, most=1000)
        search = request.query_params.get("search", "")[:_SEARCH_LIMIT]
        page, token = paging.page(self._jobs.all(paging.after, paging.limit, search), lambda each: each.seq)
        return ok(jobs=[self._shown(each) for each in page], nextPageToken=token)

    def _one(self, request: Request) -> Response:
        return ok(job=self._shown(self._jobs.one(job_id_of(request))))

    def _shown(self, job: JobRecord) -> dict[str, object]:
        if job.is_terminal:
            return _job(job, {}, "")
        return _job(job, self._parts.speed.now(job.job_id), self._parts.computing.trouble)

    async def _create(self, request: Request) -> Response:
        body = json_object(await read_json(request, _BODY_LIMIT))
        return await run_in_threadpool(self._take, job_id_of(request), request.query_params.get("name"), body)

    def _take(self, job_id: str, name: str | None, body: dict[str, object]) -> Response:
        if self._jobs.is_known(job_id, body):  # also where its batch is gone by now
            return ok(jobId=job_id)
        definition = read_definition(body, self._parts.workflows)
        _check_workspace(body)
        self._check_batch(definition)
        if self._jobs.create(job_id, (name or job_id)[:_NAME_LIMIT], body, definition.remarks):
            self._parts.conductor.wake()
        return ok(jobId=job_id)

    def _check_batch(self, definition: Definition) -> None:
        batch = self._parts.batches.one(definition.batch_id)
        waits = self._parts.batches.is_waiting(batch.batch_id)
        parts = {each.name: each.content for each in self._parts.batches.parts(batch.batch_id)}
        if batch.kind == MULTIPART and definition.part is None:
            known = ", ".join(sorted(parts)) or "none yet"
            raise bad_request(f"The batch “{batch.batch_id}” has parts. Say which one (jobInput.partName): {known}.")
        wanted = {definition.part: definition.content, definition.metadata_part: "metadata"}
        for part in [each for each in wanted if each is not None]:
            # While tars wait to be unpacked, parts may still come.
            if part not in parts and not (waits and batch.kind == MULTIPART):
                raise not_found(f"The batch “{batch.batch_id}” has no part “{part}”.")
            if part in parts and parts[part] != wanted[part]:
                raise bad_request(f"The part “{part}” holds {parts[part]}, and not {wanted[part]}.")
        if definition.part is None and batch.content != definition.content:
            raise bad_request(
                f"The batch “{batch.batch_id}” holds {batch.content}, and this job is for {definition.content}."
            )
        if not waits and not self._parts.batches.count(batch.batch_id, definition.part):
            raise bad_request(f"The batch “{batch.batch_id}” is empty.")

    def _stages(self, request: Request) -> Response:
        job = self._jobs.one(job_id_of(request))
        return ok(stages=[_stage(each) for each in self._jobs.stages(job.job_id)])

    def _tasks(self, request: Request) -> Response:
        job = self._jobs.one(job_id_of(request))
        stage_id = request.path_params["stage_id"]
        if stage_id not in {each.stage_id for each in self._jobs.stages(job.job_id)}:
            raise not_found(f"The job “{job.job_id}” has no such stage.")
        paging = Paging(request, default=100, most=1000)
        found = self._jobs.tasks(job.job_id, stage_id, paging.after, paging.limit)
        page, token = paging.page(found, lambda each: each.seq)
        return ok(tasks=[_task(each) for each in page], nextPageToken=token)

    def _logs(self, request: Request) -> Response:
        job = self._jobs.one(job_id_of(request))
        severity = request.query_params.get("severity")
        if severity not in (None, "info", "warning", "error"):
            raise bad_request("severity is info, warning or error.")
        paging = Paging(request, default=100, most=1000)
        found = self._jobs.logs(job.job_id, severity, paging.after, paging.limit)
        page, token = paging.page(found, lambda each: each.seq)
        return ok(logs=[_log(each) for each in page], nextPageToken=token)

    def _abort(self, request: Request) -> Response:
        job = self._jobs.one(job_id_of(request))
        self._parts.conductor.stop(job.job_id)
        return ok(jobId=job.job_id)

    async def _restart(self, request: Request) -> Response:
        body = await read_json(request, _BODY_LIMIT)
        return await run_in_threadpool(self._start_again, job_id_of(request), json_object(body))

    def _start_again(self, job_id: str, override: dict[str, object]) -> Response:
        job = self._jobs.one(job_id)
        check_override(override)
        read_definition(job.definition, self._parts.workflows, [*job.overrides, override])
        self._jobs.restart(job_id, override or None)
        self._parts.conductor.wake()
        return ok(jobId=job_id)


def _check_workspace(body: Mapping[str, object]) -> None:
    specification = cast(Mapping[str, object], body["processingSpecification"])
    if specification.get("workspace") not in (None, WORKSPACE):
        raise bad_request(f"The workflow has to be one of the workspace “{WORKSPACE}”.")


def _job(job: JobRecord, speed: Mapping[str, object], trouble: str) -> dict[str, object]:
    return {
        "jobId": job.job_id,
        "name": job.name,
        "jobDefinition": job.definition,
        "currentStage": None if job.state == "queued" else job.stage,
        "plannedStages": _STAGES,
        "error": job.error,
        "isTerminal": job.is_terminal,
        "lastNotification": _notification(job, speed, trouble),
        "createdAt": time_text(job.created),
        "lastUpdate": time_text(job.updated),
        "restartParametersOverride": job.overrides,
        "status": _status(job),
        "progress": _progress(job),
    }


def _status(job: JobRecord) -> str:
    if not job.is_terminal:
        return "pending" if job.state == "queued" else "processing"
    if job.notification.get("type") == "aborted":
        return "aborted"
    return "failed" if job.error else "completed"


def _progress(job: JobRecord) -> float:
    if job.is_terminal and not job.error:
        return 1.0
    return round(_PROCESSING_SHARE * job.processed / max(1, job.total), 4)


def _notification(job: JobRecord, speed: Mapping[str, object], trouble: str) -> Mapping[str, object]:
    counts = {"processed": job.done - job.failed, "failed": job.failed, "total": job.total}
    if job.is_terminal:
        return {**counts, **job.notification}
    if job.state == "queued":
        return job.notification
    content = "videos" if job.definition.get("type") == "simple-video-processing-v1" else "images"
    message = f"{job.done:,} of {things(content, job.total)} processed."
    if trouble and job.stage == "processing":
        message = f"{message} {trouble}"
    return {"type": "progress", "message": message, "resultsBatches": [], **counts, **speed}


def _stage(stage: StageRecord) -> dict[str, object]:
    return {
        "processingStageId": stage.stage_id,
        "processingStageName": stage.name,
        "tasksNumber": max(1, stage.tasks_number),
        "outputBatches": stage.outputs,
        "startTimestamp": time_text(stage.started),
        "notification": stage.notification,
        "statusType": stage.status_type,
        "lastEventTimestamp": time_text(stage.updated),
    }


def _task(task: TaskRecord) -> dict[str, object]:
    return {
        "taskId": task.task_id,
        "notification": task.notification,
        "statusType": task.status_type,
        "progress": task.progress,
        "eventTimestamp": time_text(task.updated),
    }


def _log(line: LogRecord) -> dict[str, object]:
    return {
        "createdAt": time_text(line.at),
        "processingStageId": line.stage_id,
        "taskId": line.task_id,
        "severity": line.severity,
        "reportingModule": "batchdock",
        "logType": line.kind,
        "payload": line.payload,
    }
