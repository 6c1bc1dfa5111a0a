"""Batch Processing of the fake cloud (contract §4)."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.roboflow_answers import paged, refusal
from fakes.roboflow_state import State, StoredJob


class Processing:
    """The handlers of the job routes."""

    def __init__(self, state: State) -> None:
        self.state = state

    async def jobs(self, request: Request) -> Response:
        for job_id in self.state.jobs:
            self._move(job_id)
        return paged(request, "jobs", [self._shown(each) for each in self.state.jobs.values()], self.state.page)

    async def job(self, request: Request) -> Response:
        found = self.state.jobs.get(request.path_params["job"])
        if found is None:
            return refusal(404, "Job not found")
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
        job = self.state.jobs[request.path_params["job"]]
        order = ("processing", "export")
        reached = len(order) if job.phase == "done" else order.index(job.phase) + 1 if job.phase in order else 0
        stages = [
            {
                "processingStageId": f"{job.job_id}-{name}",
                "processingStageName": name,
                "tasksNumber": 2,
                "outputBatches": [f"{job.job_id}-{name}"] if job.phase == "done" else [],
                "startTimestamp": "2026-10-01T12:00:00.000Z",
                "notification": {"type": "info"},
                "statusType": "info" if name == job.phase else "success",
                "lastEventTimestamp": "2026-10-01T12:03:00.000Z",
            }
            for name in order[:reached]
        ]
        return JSONResponse({"status": "ok", "stages": stages})

    async def tasks(self, request: Request) -> Response:
        job = self.state.jobs[request.path_params["job"]]
        moving = request.path_params["stage"] == f"{job.job_id}-{job.phase}"
        tasks = [
            {
                "taskId": f"t{number}",
                "notification": {"type": "info"},
                "statusType": "info" if moving else "success",
                "progress": (0.5 if number else None) if moving else 1.0,
                "eventTimestamp": "2026-10-01T12:03:00.000Z",
            }
            for number in range(2)
        ]
        return paged(request, "tasks", tasks, self.state.page)

    async def logs(self, request: Request) -> Response:
        job = self.state.jobs[request.path_params["job"]]
        entries = [
            {
                "createdAt": "2026-10-01T12:02:00.000Z",
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
        job.phase = "queued"
        body = await request.body()
        job.restarts.append(json.loads(body) if body else {})
        return JSONResponse({"status": "ok", "jobId": job.job_id})

    def _move(self, job_id: str) -> None:
        for _ in range(self.state.moves_by_itself):
            self.state.advance(job_id)

    def _shown(self, job: StoredJob) -> dict[str, Any]:
        if self.state.job_shape == "flat":
            return job.flat()
        return job.nested() if self.state.job_shape == "nested" else {**job.flat(), **job.nested()}
