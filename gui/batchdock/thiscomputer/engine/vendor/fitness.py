"""Says before a job what in a workflow can not run here: by the name of the step, in sentences.

Imports the engine, so it is asked in workers only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import ValidationError

from batchdock.thiscomputer.engine.own.form import OwnModel
from batchdock.thiscomputer.engine.vendor.prepared import prepare, unwarned
from batchdock.thiscomputer.engine.vendor.shelf import task_of, unknown_model

_WORLD = ("core_steps.sinks.", "core_steps.secrets_providers.", "core_steps.flow_control.inner_workflow.")
"""Where the vendor keeps the blocks that send, write, read secrets, or fetch other workflows. Some say themselves
that they need no network, because they may find what they want on their own."""

_SHOWN = 60

_HARMLESS = ("core_steps.sinks.noop",)


def objections(
    definition: Mapping[str, Any],
    parameters: Mapping[str, object] | None = None,
    own: Sequence[OwnModel] = (),
) -> list[str]:
    """Return every reason why this definition can not run here, or nothing.

    `parameters` are the values for its inputs; those not given have their defaults. `own` are the models of the
    person's own.
    """
    steps = definition.get("steps")
    if not isinstance(steps, list) or not all(isinstance(each, Mapping) for each in steps):
        return ["This is not a workflow: it has no list of steps."]
    if definition.get("dynamic_blocks_definitions"):
        return ["It has Python code of its own, and that does not run on this computer. Run it at Roboflow."]
    values = _defaults(definition) | {key: value for key, value in (parameters or {}).items() if value is not None}
    found = [f"The step number {at} has no name." for at, step in enumerate(steps, 1) if not _is_named(step)]
    found += [sentence for step in steps if _is_named(step) for sentence in _step_objections(step, values, own)]
    return found or _compile_objections(dict(definition))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the engine makes of a definition that is fit: which outputs are pictures, and which of them several, which
    inputs name models, which models it names itself, and whether its steps remember frames, so that it makes sense for
    videos alone.
    """

    image_outputs: tuple[str, ...]
    image_lists: tuple[str, ...]
    model_inputs: tuple[str, ...]
    model_ids: tuple[str, ...]
    remembers: bool


def read_fit(definition: Mapping[str, Any]) -> Reading:
    """Return what there is to know about a definition without `objections`."""
    from roboflow_workflows.execution_engine.v1.compiler.utils import construct_output_selector

    from batchdock.thiscomputer.engine.vendor.running import compiled

    # No public function tells the kinds of outputs; this is where the engine itself looks when it writes them.
    graph = compiled(dict(definition))._engine._compiled_workflow.execution_graph
    nodes = {
        str(each["name"]): graph.nodes[construct_output_selector(name=each["name"])]["node_compilation_output"]
        for each in definition["outputs"]
    }
    pairs = [(_manifests()[step["type"]], step) for step in definition["steps"]]
    models = [model for manifest, step in pairs for model in _models(manifest, step)]
    return Reading(
        image_outputs=tuple(name for name, node in nodes.items() if _is_picture(node)),
        image_lists=tuple(name for name, node in nodes.items() if _is_picture(node) and node.dimensionality > 1),
        model_inputs=tuple(each.removeprefix("$inputs.") for each in models if each.startswith("$inputs.")),
        model_ids=tuple(each for each in models if not each.startswith("$")),
        remembers=any("per-video state" in note.note for manifest, _ in pairs for note in manifest.get_restrictions()),
    )


def _is_picture(node: Any) -> bool:
    kinds = node.kind if isinstance(node.kind, list) else []
    return node.dimensionality <= 2 and [getattr(each, "name", each) for each in kinds] == ["image"]


def _step_objections(step: Mapping[str, Any], values: Mapping[str, object], own: Sequence[OwnModel]) -> Iterator[str]:
    name, kind = str(step.get("name")), str(step.get("type"))
    manifest = _manifests().get(kind)
    if manifest is None:
        yield f"The step “{name}” is a block that this computer does not know: {kind}."
        return
    if _needs_the_world(manifest):
        yield (
            f"The step “{name}” ({kind}) talks to the network, other programs or files, "
            "and nothing does that on this computer. Take the step out, or run the workflow at Roboflow."
        )
        return
    try:
        models = _models(manifest, step)
    except ValidationError as error:
        yield from (f"The step “{name}” ({kind}) is not right: {each}" for each in _faults(error))
        return
    for model in models:
        model_id: object = model
        if model.startswith("$inputs."):
            asked = model.removeprefix("$inputs.")
            if asked not in values:
                yield f"The step “{name}” takes its model from the input “{asked}”, and there is no such input."
            model_id = values.get(asked)
            if model_id is None:
                continue  # the person says it when the job begins
        task = task_of(str(model_id), own)
        if task is None:
            yield f"The step “{name}” can not run. {unknown_model(str(model_id), own)}"
        elif task not in (manifest.get_compatible_task_types() or [task]):
            yield f"The step “{name}” ({kind}) can not use the model “{model_id}”, which is for {task}."


def _models(manifest: Any, step: Mapping[str, Any]) -> Sequence[str]:
    """Return the models that a step names. Raises `ValidationError` for a step that is written wrongly."""
    from roboflow_workflows.prototypes.block import DependentResourceType

    resources = manifest.model_validate(dict(step)).discover_dependent_resources() or []
    kind = DependentResourceType.ROBOFLOW_PLATFORM_MODEL
    return [str(each.metadata.model_id) for each in resources if each.resource_type is kind]


def _needs_the_world(manifest: Any) -> bool:
    place = manifest.__module__.removeprefix("roboflow_workflows.")
    if place.startswith(_WORLD) and not place.startswith(_HARMLESS):
        return True
    return not manifest.get_air_gapped_availability().available


def _compile_objections(definition: dict[str, Any]) -> list[str]:
    from roboflow_workflows.errors import WorkflowError

    from batchdock.thiscomputer.engine.vendor.running import compiled

    try:
        compiled(definition)
    except WorkflowError as error:
        inner = error.inner_error
        faults = _faults(inner) if isinstance(inner, ValidationError) else [str(error.public_message)]
        return [f"The workflow is not right: {each}" for each in faults]
    return []


def _faults(error: ValidationError) -> list[str]:
    """Return one sentence for each field that is not as it has to be."""
    found: dict[str, str] = {}
    for each in error.errors(include_url=False, include_context=False):
        what = f"“{each['loc'][0]}”" if each["loc"] else "it"
        if each["type"] == "missing":
            found.setdefault(what, f"{what} is missing.")
        else:
            given = repr(each["input"])
            shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
            found.setdefault(what, f"{what} can not be {shown} ({each['msg']}).")
    return list(found.values())


def _is_named(step: Mapping[str, Any]) -> bool:
    return isinstance(step.get("name"), str) and bool(step["name"])


@cache
def _manifests() -> Mapping[str, Any]:
    """Return the manifest of every block, by its type and by its older names."""
    prepare()
    with unwarned():
        from roboflow_workflows.execution_engine.introspection.blocks_loader import load_workflow_blocks

        manifests = [each.manifest_class for each in load_workflow_blocks()]
        kinds = [(_types(each), each) for each in manifests]
    return {kind: manifest for names, manifest in kinds for kind in names}


def _types(manifest: Any) -> Sequence[str]:
    return [str(each) for each in get_args(manifest.model_fields["type"].annotation)]


def _defaults(definition: Mapping[str, Any]) -> dict[str, object]:
    inputs = definition.get("inputs")
    if not isinstance(inputs, list):
        return {}
    return {str(each.get("name")): each.get("default_value") for each in inputs if isinstance(each, Mapping)}
