"""Reads a job's definition (contract §4.1) and says in a sentence what can not be done here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast

from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.refusal import bad_request, not_found
from batchdock.thiscomputer.store.own_workflows import OwnWorkflows
from batchdock.thiscomputer.store.webhooks import objection_to_url
from batchdock.thiscomputer.workflows.built_in import BuiltIn
from batchdock.thiscomputer.workflows.catalogue import built_in
from batchdock.thiscomputer.workflows.own import OwnWorkflow

_TYPES: Mapping[str, Literal["images", "videos"]] = {
    "simple-image-processing-v1": "images",
    "simple-video-processing-v1": "videos",
}
_WORDS = {"images": "pictures", "videos": "videos"}
_IMAGE_INPUTS = {"InferenceImage", "WorkflowImage"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A job that can be run on this computer."""

    content: Literal["images", "videos"]
    batch_id: str
    part: str | None
    metadata_part: str | None
    """The part with a file of metadata for each picture: `a.jpg.json` is about `a.jpg`."""
    mapping: Mapping[str, str]
    """Inputs of the workflow that take a value from the metadata: input → key (contract §4.1)."""
    workflow: BuiltIn
    options: Options
    table_format: Literal["csv", "jsonl"]
    max_parallel_tasks: int | None
    max_failure_rate: float | None
    max_processes: int | None
    time_limit: float | None
    """Seconds of work, over all processes together, after which what is not done is left out."""
    remarks: tuple[str, ...]
    """What was asked for and means nothing here, as sentences for the log."""


def read_definition(
    body: Mapping[str, object], own: OwnWorkflows, overrides: Iterable[Mapping[str, object]] = ()
) -> Definition:
    """Return what `body` asks for, with the restart overrides applied in order. Raise `Refusal`."""
    kind = body.get("type")
    if kind == "trt-compilation-v1":
        raise bad_request("This computer does not compile models. Run that job at Roboflow.")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise bad_request("The job needs a type: simple-image-processing-v1 or simple-video-processing-v1.")
    content = _TYPES[kind]
    job_input = _object(body, "jobInput")
    batch_id = job_input.get("batchId")
    if not isinstance(batch_id, str) or not batch_id:
        raise bad_request("The job does not say which batch it is for (jobInput.batchId).")
    specification = _object(body, "processingSpecification")
    workflow = _workflow(specification, content, own)
    metadata_part = _text(job_input, "imagesMetadataPart")
    mapping = _mapping(specification, workflow, content, metadata_part)
    if (url := body.get("notificationsURL")) is not None and (objection := objection_to_url(url)):
        raise bad_request(objection)
    settings = dict(body)
    for override in overrides:
        settings.update({key: value for key, value in override.items() if value is not None})
    compute = _object(settings, "computeConfiguration")
    for each in (job_input, specification, compute, settings):
        _text(each, "type")
    rate = _number(settings, "maxImageFailureRate")
    if rate is not None and not 0 <= rate <= 1:
        raise bad_request("maxImageFailureRate is a share and has to be between 0 and 1.")
    if rate is not None and content == "videos":
        raise bad_request("maxImageFailureRate is for jobs with pictures only.")
    timeout = _number(settings, "processingTimeoutSeconds")
    if timeout is not None and timeout <= 0:
        raise bad_request("processingTimeoutSeconds has to be more than 0.")
    return Definition(
        content=content,
        batch_id=batch_id,
        part=_text(job_input, "partName"),
        metadata_part=metadata_part,
        mapping=mapping,
        workflow=workflow,
        options=_options(specification, workflow, content, mapping),
        table_format=_table_format(specification),
        max_parallel_tasks=_count(settings, "maxParallelTasks"),
        max_failure_rate=rate,
        max_processes=_count(compute, "workersPerMachine"),
        time_limit=timeout,
        remarks=tuple(_remarks(settings)),
    )


def check_override(body: Mapping[str, object]) -> None:
    """Raise `Refusal` unless `body` is something that may change at a restart (contract §4.7)."""
    allowed = {
        "type",
        "computeConfiguration",
        "maxParallelTasks",
        "processingTimeoutSeconds",
        "maxImageFailureRate",
    }
    surplus = sorted(set(body) - allowed)
    if surplus:
        raise bad_request(f"A restart can not change {', '.join(surplus)}.")


def _remarks(settings: Mapping[str, object]) -> Iterable[str]:
    machine = _object(settings, "computeConfiguration").get("machineType")
    if machine not in (None, "cpu", "gpu"):
        raise bad_request("machineType is cpu or gpu.")
    if machine == "gpu":
        yield "This computer chooses by itself what it computes with; machineType was not used."
    backend = settings.get("inferenceBackend")
    if backend not in (None, "inference-models", "old-inference"):
        raise bad_request("inferenceBackend is inference-models or old-inference.")
    if backend is not None:
        yield "There is one engine on this computer; inferenceBackend was not used."


def _workflow(specification: Mapping[str, object], content: str, own: OwnWorkflows) -> BuiltIn:
    workflow_id = specification.get("workflowId")
    if not isinstance(workflow_id, str) or not workflow_id:
        raise bad_request("The job does not say which workflow to run (processingSpecification.workflowId).")
    found = built_in(workflow_id) or own.one(workflow_id)
    if found is None:
        raise not_found(f"There is no workflow “{workflow_id}” on this computer.")
    if found.only_for not in (None, content):
        raise bad_request(f"“{found.name}” is for {_WORDS[found.only_for]} only.")
    image_input = specification.get("imageInputName")
    known = [each["name"] for each in _listed(found, "inputs") if each.get("type") in _IMAGE_INPUTS]
    if image_input is not None and image_input not in known:
        raise bad_request(f"The workflow “{workflow_id}” has no picture input called “{image_input}”.")
    return found


def _mapping(
    specification: Mapping[str, object], workflow: BuiltIn, content: str, metadata_part: str | None
) -> dict[str, str]:
    mapping = _or(specification.get("imagesMetadataInputsMapping"), {})
    if not isinstance(mapping, dict) or not all(isinstance(each, str) and each for each in mapping.values()):
        raise bad_request("imagesMetadataInputsMapping maps inputs of the workflow to keys of the metadata.")
    if (mapping or metadata_part is not None) and content != "images":
        raise bad_request("Metadata is for jobs with pictures only.")
    if mapping and metadata_part is None:
        raise bad_request("The job does not say which part holds the metadata (jobInput.imagesMetadataPart).")
    settings = [each["name"] for each in _listed(workflow, "inputs") if each.get("type") not in _IMAGE_INPUTS]
    for name in mapping:
        if name not in settings:
            raise bad_request(f"The workflow “{workflow.workflow_id}” has no setting “{name}” for the metadata.")
        if isinstance(workflow, OwnWorkflow) and name in workflow.model_inputs:
            raise bad_request(f"“{name}” names a model, which can not be another one for each picture.")
    return mapping


def _options(
    specification: Mapping[str, object], workflow: BuiltIn, content: str, mapping: Mapping[str, str]
) -> Options:
    parameters = _or(specification.get("workflowParameters"), {})
    if not isinstance(parameters, dict):
        raise bad_request("processingSpecification.workflowParameters has to be an object.")
    checked = workflow
    if isinstance(workflow, OwnWorkflow):  # what the metadata is going to say is not missing
        checked = replace(workflow, needed=tuple(each for each in workflow.needed if each not in mapping))
    objection = checked.check(parameters)
    if objection:
        raise bad_request(objection)
    outputs = _or(specification.get("imagesOutputsToBePersisted"), [])
    if not isinstance(outputs, list) or not all(isinstance(each, str) for each in outputs):
        raise bad_request("processingSpecification.imagesOutputsToBePersisted has to be a list of names.")
    unknown = sorted(set(outputs) - set(workflow.image_outputs))
    if unknown:
        raise bad_request(f"The workflow “{workflow.workflow_id}” has no picture output called “{unknown[0]}”.")
    fps = _number(specification, "maxVideoFPS")
    if fps is not None and (content == "images" or fps <= 0):
        raise bad_request("maxVideoFPS is for jobs with videos only, and has to be more than 0.")
    keep = _or(specification.get("persistImagesOutputs"), False)
    if not isinstance(keep, bool):
        raise bad_request("persistImagesOutputs is true or false.")
    return Options(
        parameters=parameters,
        keep_images=keep,
        image_outputs=tuple(outputs),
        max_video_fps=fps,
        own=workflow if isinstance(workflow, OwnWorkflow) else None,
    )


def _table_format(specification: Mapping[str, object]) -> Literal["csv", "jsonl"]:
    match specification.get("aggregationFormat"):
        case None | "jsonl":
            return "jsonl"
        case "csv":
            return "csv"
        case _:
            raise bad_request("aggregationFormat is csv or jsonl.")


def _listed(workflow: BuiltIn, key: str) -> list[dict[str, object]]:
    return cast(list[dict[str, object]], workflow.definition[key])


def _object(body: Mapping[str, object], key: str) -> dict[str, object]:
    value = body.get(key)
    if not isinstance(value, dict):
        raise bad_request(f"The job has no {key}.")
    return value


def _text(body: Mapping[str, object], key: str) -> str | None:
    value = body.get(key)
    if value is not None and (not isinstance(value, str) or not value):
        raise bad_request(f"{key} has to be text.")
    return value


def _or(value: object, absent: object) -> object:
    return absent if value is None else value


def _number(body: Mapping[str, object], key: str) -> float | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_request(f"{key} has to be a number.")
    try:
        return float(value)
    except OverflowError:
        raise bad_request(f"{key} is too large a number.") from None


def _count(body: Mapping[str, object], key: str) -> int | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise bad_request(f"{key} has to be a whole number, 1 or more.")
    return value
