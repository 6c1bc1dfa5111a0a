"""Writes what a job is created and restarted with (contract §4.1, §4.7). What is None stays out."""

from typing import Any

from batchdock.core.batch import Content
from batchdock.core.job import JobDefinition, RestartOverride

_TYPES = {
    Content.IMAGES: "simple-image-processing-v1",
    Content.VIDEOS: "simple-video-processing-v1",
}


def job_body(definition: JobDefinition, workspace: str) -> dict[str, Any]:
    """Return the body of a create request. What a service takes for the other kind of files only stays out."""
    images = definition.content is not Content.VIDEOS
    return _there(
        type=_TYPES.get(definition.content, _TYPES[Content.IMAGES]),
        jobInput=_there(
            type="staging-batch-input-v1",
            batchId=definition.batch_id,
            partName=definition.part,
            imagesMetadataPart=definition.metadata_part if images else None,
        ),
        computeConfiguration=_compute(definition),
        processingTimeoutSeconds=definition.timeout_seconds,
        maxParallelTasks=definition.max_parallel_tasks,
        maxImageFailureRate=definition.max_failure_rate if images else None,
        processingSpecification=_there(
            type="workflows-processing-specification-v1",
            workspace=workspace,
            workflowId=definition.workflow_id,
            workflowParameters=definition.parameters or None,
            imageInputName=definition.image_input,
            persistImagesOutputs=definition.keep_images,
            imagesOutputsToBePersisted=list(definition.image_outputs) or None,
            aggregationFormat=definition.table_format,
            maxVideoFPS=None if images else _plain(definition.max_video_fps),
            imagesMetadataInputsMapping=(definition.metadata_mapping or None) if images else None,
        ),
        notificationsURL=definition.notifications_url,
        inferenceBackend=definition.backend,
    )


def restart_body(override: RestartOverride) -> dict[str, Any]:
    """Return the body of a restart request."""
    compute = _compute(override)
    return _there(
        type="parameters-override-v1",
        computeConfiguration=compute if len(compute) > 1 else None,
        maxParallelTasks=override.max_parallel_tasks,
        processingTimeoutSeconds=override.timeout_seconds,
        maxImageFailureRate=override.max_failure_rate,
    )


def _plain(number: float | None) -> float | None:
    """Return a whole number as one: the reference client sends no other, so no service may expect one."""
    return int(number) if number is not None and number == int(number) else number


def _compute(wanted: JobDefinition | RestartOverride) -> dict[str, Any]:
    return _there(
        type="compute-configuration-v2", machineType=wanted.machine, workersPerMachine=wanted.workers_per_machine
    )


def _there(**fields: object) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
