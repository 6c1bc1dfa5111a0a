"""Batch processing in the document (contract §4)."""

from batchdock.thiscomputer.server.openapi.elements import (
    ANYTHING,
    FLAG,
    JOB_ID,
    NUMBER,
    PAGING,
    SHARE,
    TEXT,
    TIME,
    WORD,
    WORKSPACE,
    Schema,
    answer,
    closed,
    either,
    given,
    in_path,
    listed,
    operation,
    optional,
    or_null,
    page,
    parameter,
    refused,
)

_ONE = (WORKSPACE, in_path("job_id", JOB_ID, "The id of the job, chosen by the client."))
_COUNT: Schema = {"type": "integer", "minimum": 1}
_POSITIVE: Schema = {"type": "number", "exclusiveMinimum": 0}

_NOTIFICATION = given({"type": WORD, "message": TEXT})
_NEWS = given(
    {"type": WORD, "message": TEXT},
    resultsBatches=listed(WORD),
    rate=or_null(NUMBER),
    secondsLeft=or_null(NUMBER),
    device=TEXT,
)
_JOB = closed(
    {
        "jobId": JOB_ID,
        "name": TEXT,
        "jobDefinition": ANYTHING,
        "currentStage": or_null(either("processing", "export")),
        "plannedStages": listed(either("processing", "export")),
        "error": FLAG,
        "isTerminal": FLAG,
        "lastNotification": _NEWS,
        "createdAt": TIME,
        "lastUpdate": TIME,
        "restartParametersOverride": listed(ANYTHING),
        "status": either("pending", "processing", "completed", "failed", "aborted"),
        "progress": SHARE,
    }
)
_STAGE = closed(
    {
        "processingStageId": WORD,
        "processingStageName": either("processing", "export"),
        "tasksNumber": _COUNT,
        "outputBatches": listed(WORD),
        "startTimestamp": TIME,
        "notification": _NOTIFICATION,
        "statusType": either("info", "success", "error"),
        "lastEventTimestamp": TIME,
    }
)
_TASK = closed(
    {
        "taskId": WORD,
        "notification": _NOTIFICATION,
        "statusType": either("info", "success", "error"),
        "progress": or_null(SHARE),
        "eventTimestamp": TIME,
    }
)
_LOG = closed(
    {
        "createdAt": TIME,
        "processingStageId": or_null(WORD),
        "taskId": or_null(WORD),
        "severity": either("info", "warning", "error"),
        "reportingModule": WORD,
        "logType": WORD,
        "payload": ANYTHING,
    }
)
_COMPUTE = given({}, **optional(type=WORD, machineType=either("cpu", "gpu"), workersPerMachine=_COUNT))
_LIMITS = optional(maxParallelTasks=_COUNT, processingTimeoutSeconds=_POSITIVE, maxImageFailureRate=SHARE)
_INPUT = given({"batchId": WORD}, **optional(type=WORD, partName=WORD, imagesMetadataPart=WORD))
_SPECIFICATION = given(
    {"workflowId": WORD},
    **optional(
        type=WORD,
        workspace=either("this-computer"),
        workflowParameters=ANYTHING,
        imageInputName=WORD,
        persistImagesOutputs=FLAG,
        imagesOutputsToBePersisted=listed(TEXT),
        aggregationFormat=either("csv", "jsonl"),
        maxVideoFPS=_POSITIVE,
        imagesMetadataInputsMapping={"type": "object", "additionalProperties": WORD},
    ),
)
_DEFINITION = given(
    {
        "type": either("simple-image-processing-v1", "simple-video-processing-v1"),
        "jobInput": _INPUT,
        "computeConfiguration": _COMPUTE,
        "processingSpecification": _SPECIFICATION,
    },
    **_LIMITS,
    **optional(notificationsURL=WORD, inferenceBackend=either("inference-models", "old-inference")),
)
_OVERRIDE = closed({}, **_LIMITS, **optional(type=WORD, computeConfiguration=_COMPUTE))
_SEARCH = parameter("search", TEXT, "Looks into ids, names and workflows; 160 characters of it count.")
_SEVERITY = parameter("severity", either("info", "warning", "error"), "Only lines of this severity.")
_STAGE_ID = in_path("stage_id", WORD, "The id of the stage.")
_DONE = answer(jobId=JOB_ID)

PATHS: dict[str, Schema] = {
    "/jobs": {
        "get": operation(
            "List jobs, newest first.",
            page("jobs", _JOB),
            parameters=(WORKSPACE, _SEARCH, *PAGING),
            refusals=(400, 404),
        )
    },
    "/jobs/{job_id}": {
        "get": operation("One job.", answer(job=_JOB), parameters=_ONE, refusals=(400, 404)),
        "post": operation(
            "Create a job. The same again is fine; another definition under the same id is refused.",
            _DONE,
            parameters=(*_ONE, parameter("name", TEXT, "What people call the job.")),
            body=_DEFINITION,
            refusals=(400, 404, 409, 413, 507),
        ),
    },
    "/jobs/{job_id}/stages": {
        "get": operation(
            "The stages that have started.", answer(stages=listed(_STAGE)), parameters=_ONE, refusals=(400, 404)
        )
    },
    "/jobs/{job_id}/stages/{stage_id}/tasks": {
        "get": operation(
            "The tasks of a stage.",
            page("tasks", _TASK),
            parameters=(*_ONE, _STAGE_ID, *PAGING),
            refusals=(400, 404),
        )
    },
    "/jobs/{job_id}/logs": {
        "get": operation(
            "The log of a job, oldest first.",
            page("logs", _LOG),
            parameters=(*_ONE, _SEVERITY, *PAGING),
            refusals=(400, 404),
        )
    },
    "/jobs/{job_id}/abort": {
        "post": operation("Stop a job. Harmless where it is over.", _DONE, parameters=_ONE, refusals=(400, 404, 507))
    },
    "/jobs/{job_id}/restart": {
        "post": operation(
            "Start a job again that is over: what has no result is tried anew.",
            _DONE,
            parameters=_ONE,
            body=_OVERRIDE,
            body_required=False,
            refusals=(400, 404, 413, 507),
        )
    },
    "/asset-library/jobs": {
        "post": {
            "summary": "Always refused: this computer has no asset library.",
            "parameters": [WORKSPACE],
            "responses": refused(400, 401, 403, 404),
        }
    },
}

_EVENT = {"event_id": WORD, "delivery_attempt": _COUNT}
_INGEST = {
    "type": either("roboflow-data-staging-notification-v1"),
    "ingest_id": WORD,
    "batch_id": WORD,
    "shard_id": or_null(WORD),
    **_EVENT,
}
_FAILED_FILE = closed({"type": WORD, "file_name": WORD, "reason": TEXT})


def _webhook(summary: str, body: Schema) -> Schema:
    content = {"application/json": {"schema": body}}
    answers = {"2XX": {"description": "It has arrived. Whatever else is answered, it is sent again later."}}
    return {"post": {"summary": summary, "requestBody": {"content": content}, "responses": answers}}


WEBHOOKS: dict[str, Schema] = {
    "job": _webhook(
        "A job is over.",
        closed(
            {
                "type": either("roboflow-batch-job-notification-v1"),
                "job_id": JOB_ID,
                "job_state": either("success", "fail"),
                **_EVENT,
            }
        ),
    ),
    "ingest-status": _webhook(
        "Files that were sent in bulk, or referred to, are in their batch; or not.",
        closed(
            {
                **_INGEST,
                "notification": closed(
                    {
                        "type": either("ingest-status-notification-v1"),
                        "success": FLAG,
                        "error_details": or_null(closed({"type": WORD, "reason": TEXT})),
                    }
                ),
            }
        ),
    ),
    "files-status": _webhook(
        "What became of each file of a shard.",
        closed(
            {
                **_INGEST,
                "notification": closed(
                    {
                        "type": either("ingest-files-status-notification-v1"),
                        "success": FLAG,
                        "ingested_files": listed(WORD),
                        "failed_files": listed(_FAILED_FILE),
                        "content_truncated": FLAG,
                    }
                ),
            }
        ),
    ),
}
