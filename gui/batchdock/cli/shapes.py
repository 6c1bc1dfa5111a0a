"""The JSON shapes of what `--json` writes. Keys are stable; more may come."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from batchdock.core.batch import Batch
from batchdock.core.computer import Model, ModelLook
from batchdock.core.intake import Item
from batchdock.core.job import Job
from batchdock.core.problem import FileFailure
from batchdock.core.recipe import Recipe, document_of
from batchdock.core.workflow import Workflow
from batchdock.flows.intake.names import printable
from batchdock.flows.recipes import without_secrets
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


def recipe_shape(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe, as it is exported but for what may be secret, with its account."""
    told, _ = without_secrets(recipe)
    return {"recipe": recipe.recipe_id, "account": recipe.account_id, **document_of(told)}


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


def workflow_shape(workflow: Workflow) -> dict[str, Any]:
    """Return a workflow with what it takes and gives."""
    return {
        "workflow": workflow.workflow_id,
        "name": workflow.name,
        "description": workflow.description,
        "built_in": workflow.built_in,
        "inputs": [{"name": each.name, "type": each.type, "default": each.default} for each in workflow.inputs],
        "outputs": list(workflow.outputs),
    }


def look_shape(look: ModelLook) -> dict[str, Any]:
    """Return what a model file is; `side` is [width, height] in pixels, null for any."""
    return {
        "kind": look.kind.value,
        "family": look.family,
        "classes": look.class_count,
        "names": list(look.class_names) if look.named else None,
        "side": list(look.side) if look.side else None,
        "bytes": look.size,
    }


def model_shape(model: Model) -> dict[str, Any]:
    """Return a model, with the workflow that runs it alone."""
    return {
        "model": model.model_id,
        "name": model.name,
        "kind": model.kind.value if model.kind else None,
        "names": list(model.class_names),
        "bytes": model.size,
        "workflow": model.workflow_id,
        "built_in": model.built_in,
        "created": _time(model.created),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
