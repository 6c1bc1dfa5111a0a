"""What a cloud says about a job, step by step."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fakes.roboflow_state import Played, time_text

BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
"""When what is played began; its times are in seconds from there, and so in the past."""

TASK = {"info": "info", "done": "success", "error": "error"}


def at(seconds: float) -> str:
    """Return a time as the platform writes it."""
    return time_text(BEGIN + timedelta(seconds=seconds))


def running(seconds: float, stage: str | None = "processing", **fields: Any) -> dict[str, Any]:
    """Return the fields of a job that moves, as it was reported last after so many seconds."""
    values = {
        "currentStage": stage,
        "isTerminal": False,
        "error": False,
        "lastNotification": {"type": "info", "message": "Working"},
        "lastUpdate": at(seconds),
    }
    return values | fields


def over(seconds: float, kind: str = "finished", message: str = "", **fields: Any) -> dict[str, Any]:
    """Return the fields of a job that is over."""
    values = {
        "currentStage": None,
        "isTerminal": True,
        "error": kind == "failed",
        "lastNotification": {"type": kind, "message": message},
        "lastUpdate": at(seconds),
    }
    return values | fields


def stage(
    name: str, tasks: Sequence[dict[str, Any]], *, number: int | None = None, began: float = 1.0, **fields: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a stage with its tasks."""
    values = {
        "processingStageId": f"stage-{name}",
        "processingStageName": name,
        "tasksNumber": len(tasks) if number is None else number,
        "outputBatches": [],
        "startTimestamp": at(began),
        "notification": {"type": "info"},
        "statusType": "info",
        "lastEventTimestamp": at(began),
    }
    return values | fields, list(tasks)


def task(number: int, status: str = "info", progress: float | None = None, **fields: Any) -> dict[str, Any]:
    """Return a task."""
    values = {
        "taskId": f"task-{number}",
        "notification": {"type": "info"},
        "statusType": TASK.get(status, status),
        "progress": progress,
        "eventTimestamp": at(1.0),
    }
    return values | fields


def played(
    job: dict[str, Any] | None, *stages: tuple[dict[str, Any], list[dict[str, Any]]], listed: bool = True
) -> Played:
    """Return all of it as one step."""
    return Played(
        job,
        [each for each, _ in stages],
        {each["processingStageId"]: tasks for each, tasks in stages},
        listed=listed,
    )
