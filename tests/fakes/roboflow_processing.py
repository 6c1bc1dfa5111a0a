"""Batch Processing of the fake cloud (contract §4)."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.roboflow_answers import paged, refusal
from fakes.roboflow_state import Played, State, StoredJob, time_text


class Processing:
    """The handlers of the job routes."""

    def __init__(self, state: State) -> None:
        self.state = state

    async def jobs(self, request: Request) -> Response:
        for job_id in self.state.jobs:
            self._move(job_id)
        jobs = [each for each in self.state.jobs.values() if each.played is None or _is_listed(each.played)]
        # Only what is on the page is made: there may be very many.
        return paged(request, "jobs", jobs, self.state.page, self._shown)

    async def job(self, request: Request) -> Response:
        found = self._found(request)
        if found is None:
            return _no_job()
        self._move(found.job_id)
        shown = self._shown(found)
        return JSONResponse(shown if self.state.job_shape == "flat" else {"status": "ok", "job": shown})

    async def create(self, request: Request) -> Response:
        job_id, definition = request.path_params["job"], await request.json()
        found = self.state.jobs.get(job_id)
        if found is None:
            name = request.query_params.get("name") or job_id
            self.state.jobs[job_id] = StoredJob(job_id, name, definition)
        elif found.definition != definition:
            return refusal(409, "A job with this id and another definition exists.")
        return JSONResponse({"status": "ok"})

    async def stages(self, request: Request) -> Response:
        job = self._found(request)
        if job is None:
            return _no_job()
        if job.played is not None:
            return JSONResponse({"status": "ok", "stages": job.played.stages})
        order = ("processing", "export")
        reached = len(order) if job.phase == "done" else order.index(job.phase) + 1 if job.phase in order else 0
        stages = [
            {
                "processingStageId": f"{job.job_id}-{name}",
                "processingStageName": name,
                "tasksNumber": 2,
                "outputBatches": [f"{job.job_id}-{name}"] if job.phase == "done" else [],
                "startTimestamp": time_text(job.began.setdefault(name, job.updated)),
                "notification": {"type": "info"},
                "statusType": "info" if name == job.phase else "success",
                "lastEventTimestamp": time_text(job.updated),
            }
            for name in order[:reached]
        ]
        return JSONResponse({"status": "ok", "stages": stages})

    async def tasks(self, request: Request) -> Response:
        job = self._found(request)
        if job is None:
            return _no_job()
        if job.played is not None:
            played = job.played.tasks.get(request.path_params["stage"], [])
            return paged(request, "tasks", played, self.state.page)
        moving = request.path_params["stage"] == f"{job.job_id}-{job.phase}"
        tasks = [
            {
                "taskId": f"t{number}",
                "notification": {"type": "info"},
                "statusType": "info" if moving else "success",
                "progress": (0.5 if number else None) if moving else 1.0,
                "eventTimestamp": time_text(job.updated),
            }
            for number in range(2)
        ]
        return paged(request, "tasks", tasks, self.state.page)

    async def logs(self, request: Request) -> Response:
        job = self._found(request)
        if job is None:
            return _no_job()
        if job.played is not None:
            return paged(request, "logs", job.played.logs, self.state.page)
        entries = [
            {
                "createdAt": time_text(job.updated),
                "processingStageId": None,
                "taskId": "t1",
                "severity": "warning",
                "reportingModule": "workflows-data-processor",
                "logType": "file-not-processed",
                "payload": {"file": f"broken-{number}.jpg", "cause": "It can not be decoded."},
            }
            for number in range(job.failed_files)
        ]
        wanted = request.query_params.get("severity")
        return paged(request, "logs", entries if wanted in (None, "warning") else [], self.state.page)

    async def abort(self, request: Request) -> Response:
        job = self.state.jobs[request.path_params["job"]]
        job.phase = job.phase if job.over else "aborted"
        return JSONResponse({"status": "ok", "jobId": job.job_id})

    async def restart(self, request: Request) -> Response:
        job = self.state.jobs[request.path_params["job"]]
        if not job.over:
            return refusal(400, "Only failed or aborted jobs can be restarted.")
        body = await request.body()
        job.start_again(json.loads(body) if body else {})
        return JSONResponse({"status": "ok", "jobId": job.job_id})

    def _found(self, request: Request) -> StoredJob | None:
        job = self.state.jobs.get(request.path_params["job"])
        return None if job is None or (job.played is not None and job.played.job is None) else job

    def _move(self, job_id: str) -> None:
        for _ in range(self.state.moves_by_itself):
            self.state.advance(job_id)

    def _shown(self, job: StoredJob) -> dict[str, Any]:
        if self.state.job_shape == "flat":
            shown = job.flat()
        else:
            shown = job.nested() if self.state.job_shape == "nested" else {**job.flat(), **job.nested()}
        return shown if job.played is None else {**shown, **(job.played.job or {})}


def _is_listed(played: Played) -> bool:
    return played.listed and played.job is not None


def _no_job() -> Response:
    return refusal(404, "Job not found")
