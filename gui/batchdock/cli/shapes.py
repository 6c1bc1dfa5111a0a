"""The JSON shapes of what `--json` writes. Keys are stable; more may come."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from batchdock.core.batch import Batch
from batchdock.core.intake import Item
from batchdock.core.job import Job
from batchdock.core.problem import FileFailure
from batchdock.flows.intake.names import printable
from batchdock.flows.results import SaveReport


def job_shape(job: Job) -> dict[str, Any]:
    """Return a job: ids, state, counts (null where nobody knows), times in ISO 8601."""
    return {
        "account": job.account_id,
        "job": job.job_id,
        "name": job.name,
        "state": job.state.value,
        "content": job.content.value,
        "workflow": job.workflow_id,
        "batch": job.batch_id,
        "created": _time(job.created),
        "progress": job.progress,
        "items": {"total": job.items_total, "done": job.items_done, "problems": job.problems},
        "message": job.message,
        "results": list(job.output_batches),
    }


def batch_shape(batch: Batch) -> dict[str, Any]:
    """Return a batch."""
    return {
        "account": batch.account_id,
        "batch": batch.batch_id,
        "name": batch.name,
        "kind": batch.kind.value,
        "content": batch.content.value,
        "created": _time(batch.created),
        "expires": _time(batch.expires),
    }


def failures_shape(failures: Iterable[FileFailure]) -> list[dict[str, str]]:
    """Return files that could not be processed or saved, by their original paths."""
    return [{"file": failure.name, "cause": failure.cause} for failure in failures]


def left_out_shape(items: Iterable[Item]) -> list[dict[str, str]]:
    """Return files that were not sent, and why (`finding` is a word for programs, `note` may say more)."""
    return [
        {"file": printable(item.relative), "finding": item.finding.value, "note": item.note}
        for item in items
        if item.finding is not None
    ]


def saved_shape(report: SaveReport) -> dict[str, Any]:
    """Return what was saved."""
    return {"folder": printable(str(report.folder)), "files": report.files, "originals": report.originals}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
