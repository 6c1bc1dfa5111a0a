"""The workspace behind the key, and its saved workflows (contract §2)."""

from dataclasses import replace
from typing import Any

from batchdock.core.errors import UnreadableAnswer
from batchdock.core.workflow import Workflow, WorkflowInput
from batchdock.services.http.answer import read_json
from batchdock.services.http.limits import LIMITS
from batchdock.services.http.reading import Entry, answered, entry, moment, optional_text, text
from batchdock.services.roboflow.reading import listed
from batchdock.services.roboflow.wire import Wire, path


async def ask_workspace(wire: Wire) -> str:
    """Return the slug of the workspace the key belongs to (§2.1). Raise `KeyRefused`."""
    soon = replace(wire.patience, tries=min(2, wire.patience.tries))  # Somebody waits, with a dialog open.
    answer = answered(await wire.ask("GET", "/", patience=soon), wire, "GET /")
    workspace = text(answer.get("workspace"))
    if not workspace:
        raise UnreadableAnswer(service=wire.service, details="GET /: no workspace in the answer")
    return workspace


async def ask_workflows(wire: Wire, workspace: str) -> tuple[Workflow, ...]:
    """Return the saved workflows without their inputs (§2.2)."""
    answer = await wire.ask("GET", path(workspace, "workflows"))
    found = (_summary(each) for each in listed(answer, "workflows", wire))
    return tuple(each for each in found if each is not None)


async def ask_workflow(wire: Wire, workspace: str, workflow_id: str) -> Workflow:
    """Return one workflow with inputs and outputs (§2.3)."""
    what = path(workspace, "workflows", workflow_id)
    return read_workflow(answered(await wire.ask("GET", what), wire, what), wire, what, workflow_id)


def read_workflow(answer: Entry, wire: Wire, what: str, workflow_id: str = "") -> Workflow:
    """Read the answer to `what`, with inputs and outputs (§2.3); `workflow_id` stands in for one that is missing."""
    found = entry(answer.get("workflow"))
    if not found:
        raise UnreadableAnswer(service=wire.service, details=f"{what}: no workflow in the answer")
    definition = _specification(found.get("config"))
    inputs = (_input(each) for each in _objects(definition.get("inputs")))
    outputs = (text(each.get("name")) for each in _objects(definition.get("outputs")))
    return Workflow(
        workflow_id=text(found.get("url")) or workflow_id,
        name=text(found.get("name")) or workflow_id,
        description=text(found.get("description")),
        inputs=tuple(each for each in inputs if each.name),
        outputs=tuple(each for each in outputs if each),
        created=moment(found.get("createdAt")),
        built_in=found.get("builtIn") is True,
        definition=definition,
    )


def _summary(found: Entry) -> Workflow | None:
    """Read one line of the list. A job names the `url` slug, so the internal id is only a last resort."""
    workflow_id = optional_text(found.get("url")) or optional_text(found.get("id"))
    if workflow_id is None:
        return None
    return Workflow(
        workflow_id=workflow_id,
        name=text(found.get("name")) or workflow_id,
        description=text(found.get("description")),
        created=moment(found.get("createdAt")),
        built_in=found.get("builtIn") is True,
    )


def _specification(config: object) -> dict[str, object]:
    """Return the specification: `config` is JSON inside JSON, with or without a wrapper around it."""
    if isinstance(config, str):
        try:
            config = read_json(config, LIMITS)
        except ValueError:
            return {}
    found = entry(config)
    return entry(found.get("specification")) or found


def _input(found: Entry) -> WorkflowInput:
    return WorkflowInput(
        name=text(found.get("name")),
        type=text(found.get("type")),
        default=found.get("default_value"),
        kinds=_texts(found.get("kind")),
        choices=_texts(found.get("enum")),
        required="default_value" not in found,
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
