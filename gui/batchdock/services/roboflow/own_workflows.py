"""Workflows of one's own: checked, added and removed. This computer's own routes, beside the contract's."""

from collections.abc import Mapping
from dataclasses import replace

from batchdock.core.errors import AlreadyExists, BadRequest, StillUsed, WorkflowUnfit
from batchdock.core.workflow import Workflow
from batchdock.services.http.reading import answered
from batchdock.services.roboflow.account import read_workflow
from batchdock.services.roboflow.wire import Wire, path

_CHECKING = 150.0
"""Seconds: the engine is started for it, and one check is done after the other."""


async def check(wire: Wire, workspace: str, name: str, definition: Mapping[str, object]) -> Workflow:
    """Return what the definition would be, with inputs and outputs; nothing is kept. Raise `WorkflowUnfit`."""
    return await _post(wire, workspace, {"name": name, "specification": definition, "check": True})


async def add(wire: Wire, workspace: str, name: str, description: str, definition: Mapping[str, object]) -> Workflow:
    """Keep a workflow; the same definition again gets the new name. Raise `WorkflowUnfit`."""
    body: dict[str, object] = {"name": name, "description": description, "specification": definition}
    return await _post(wire, workspace, body)


async def remove(wire: Wire, workspace: str, workflow_id: str) -> None:
    """Forget a workflow. Raise `NotFound`, `StillUsed`."""
    try:
        await wire.ask_once("DELETE", path(workspace, "workflows", workflow_id))
    except AlreadyExists as error:
        raise StillUsed(reason=error.values["reason"], details=error.details) from None


async def _post(wire: Wire, workspace: str, body: dict[str, object]) -> Workflow:
    what = path(workspace, "workflows")
    try:
        # May be repeated: the same definition has the same id. One that ends the service is not tried for ever.
        patience = replace(wire.patience, tries=min(3, wire.patience.tries))
        answer = answered(await wire.ask("POST", what, body=body, timeout=_CHECKING, patience=patience), wire, what)
    except BadRequest as error:
        if error.kind != "workflow-unfit":
            raise
        raise WorkflowUnfit(workflow=str(body["name"]), reasons=error.reasons, details=error.details) from None
    return read_workflow(answer, wire, what)
