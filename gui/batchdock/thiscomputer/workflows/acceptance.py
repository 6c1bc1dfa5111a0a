"""Takes a definition from outside: checks it in a process of its own, and makes a workflow of it or says why not."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from batchdock.thiscomputer.engine.apart import Apart, StoppedApart
from batchdock.thiscomputer.engine.own.form import OwnModel
from batchdock.thiscomputer.engine.vendor.shelf import MISSING, is_engine_installed
from batchdock.thiscomputer.workflows.own import OwnWorkflow, own_id

if TYPE_CHECKING:
    from batchdock.thiscomputer.engine.vendor.fitness import Reading

_IMAGE_INPUTS = ("InferenceImage", "WorkflowImage")
_SETTINGS = ("InferenceParameter", "WorkflowParameter")
_PATIENCE = 120
_WRAPPINGS = ("specification", "workflow", "config")
_WRAPPED_AT_MOST = 4


class Unfit(Exception):
    """A definition can not run here. `reasons` are sentences."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def unwrapped(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the definition inside what the cloud's API answers with, of which people keep one part or another."""
    for _ in range(_WRAPPED_AT_MOST):
        inner = next((definition[each] for each in _WRAPPINGS if each in definition), None)
        if "steps" in definition or inner is None:
            break
        if isinstance(inner, str):
            try:
                inner = json.loads(inner)
            except (ValueError, RecursionError):
                break
        if not isinstance(inner, dict):
            break
        definition = inner
    return definition


def accepted(
    definition: Mapping[str, Any],
    name: str,
    description: str,
    models: Sequence[OwnModel] = (),
    apart: Apart | None = None,
) -> OwnWorkflow:
    """Return the workflow that `definition` is; `models` are those of the person's own that it may name.

    Takes seconds: the engine is imported to check it, in a process of `apart`. Raises `Unfit`.
    """
    definition = unwrapped(definition)
    inputs, outputs = _listed(definition, "inputs"), _listed(definition, "outputs")
    images = [str(each["name"]) for each in inputs if each.get("type") in _IMAGE_INPUTS]
    if len(images) != 1:
        raise Unfit(f"A workflow takes exactly one picture here; this one takes {len(images)}.")
    strange = [each for each in inputs if each.get("type") not in (*_IMAGE_INPUTS, *_SETTINGS)]
    if strange:
        raise Unfit(f"The input “{strange[0]['name']}” is a {strange[0].get('type')}, and there is none here.")
    if not outputs:
        raise Unfit("The workflow has no outputs, so there would be no results.")
    if not is_engine_installed():
        raise Unfit(MISSING)
    text = json.dumps(definition, sort_keys=True)
    reading = _read_apart(apart or Apart(), text, tuple(models))
    settings = [each for each in inputs if each.get("type") in _SETTINGS]
    return OwnWorkflow(
        workflow_id=own_id(text),
        name=name,
        description=description,
        created=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        text=text,
        outputs=tuple(str(each["name"]) for each in outputs),
        image_outputs=reading.image_outputs,
        image_lists=reading.image_lists,
        image_input=images[0],
        settings=tuple(str(each["name"]) for each in settings),
        needed=tuple(str(each["name"]) for each in settings if "default_value" not in each),
        model_inputs=reading.model_inputs,
        only_for="videos" if reading.remembers else None,
        model_ids=reading.model_ids,
    )


def _listed(definition: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    listed = definition.get(key)
    if not isinstance(listed, list) or not all(isinstance(each, dict) and "name" in each for each in listed):
        raise Unfit(f"This is not a workflow: it has no list of {key}.")
    return listed


@lru_cache(maxsize=16)  # What was found fit is added right afterwards: not after another wait.
def _read_apart(apart: Apart, text: str, models: tuple[OwnModel, ...]) -> "Reading":
    try:
        reasons, reading = apart.done(_PATIENCE, _read, json.loads(text), models)
    except StoppedApart as error:
        raise Unfit("The workflow could not be checked: the engine stopped at it.") from error
    except Exception as error:  # a definition from outside may be odd in ways that the engine does not expect
        raise Unfit(f"The workflow could not be checked ({type(error).__name__}: {error}).") from error
    if reading is None:
        raise Unfit(*reasons)
    return reading


def _read(definition: Mapping[str, Any], models: Sequence[OwnModel]) -> tuple[list[str], "Reading | None"]:
    """The worker's side."""
    from batchdock.thiscomputer.engine.vendor.fitness import objections, read_fit

    reasons = objections(definition, own=models)
    return reasons, None if reasons else read_fit(definition)
