"""Jobs of a cloud that took a certain time, by the cloud's own timestamps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import Played, StoredJob, time_text


def definition(workflow_id: str = "find-things", *, batch_id: str = "lot", **compute: Any) -> dict[str, Any]:
    """Return what a job over pictures is created from; `machine`, `parallel` and `timeout` are left out where None."""
    machine, parallel = compute.get("machine"), compute.get("parallel")
    found: dict[str, Any] = {
        "type": "simple-image-processing-v1",
        "jobInput": {"type": "staging-batch-input-v1", "batchId": batch_id},
        "computeConfiguration": {"type": "compute-configuration-v2"},
        "processingSpecification": {
            "type": "workflows-processing-specification-v1",
            "workspace": "acme-ws",
            "workflowId": workflow_id,
            "persistImagesOutputs": False,
        },
    }
    if machine is not None:
        found["computeConfiguration"]["machineType"] = machine
    if parallel is not None:
        found["maxParallelTasks"] = parallel
    return found


def worked(
    seconds: Sequence[float],
    *,
    items: int | None = None,
    kind: str = "finished",
    ended: datetime | None = None,
    began: datetime | None = None,
) -> Played:
    """Return what a cloud says of a job whose tasks ended so many seconds after its processing began.

    `items` are told in the notification; None: not told, as the real cloud does.
    """
    last = ended or datetime.now(UTC)
    start = began or last - timedelta(seconds=max(seconds))
    notification: dict[str, Any] = {"type": kind, "message": ""}
    if items is not None:
        notification |= {"total": items, "processed": items, "failed": 0}
    stage = {
        "processingStageId": "processing",
        "processingStageName": "processing",
        "tasksNumber": len(seconds),
        "outputBatches": [],
        "startTimestamp": time_text(start),
        "notification": {"type": "info"},
        "statusType": "success",
        "lastEventTimestamp": time_text(start + timedelta(seconds=max(seconds))),
    }
    tasks = [
        {
            "taskId": f"t{number}",
            "notification": {"type": "info"},
            "statusType": "success",
            "progress": 1.0,
            "eventTimestamp": time_text(start + timedelta(seconds=taken)),
        }
        for number, taken in enumerate(seconds)
    ]
    job = {
        "currentStage": None,
        "isTerminal": True,
        "error": kind == "failed",
        "lastNotification": notification,
        "createdAt": time_text(start - timedelta(minutes=5)),
        "lastUpdate": time_text(start + timedelta(seconds=max(seconds))),
    }
    return Played(job, [stage], {"processing": tasks})


def put_worked(cloud: RoboflowCloud, job_id: str, made: dict[str, Any], said: Played) -> None:
    """Let a cloud have a job that is over, started by somebody else."""
    cloud.state.jobs[job_id] = StoredJob(job_id, job_id, made, played=said)
