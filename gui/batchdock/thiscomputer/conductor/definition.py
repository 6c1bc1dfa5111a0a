"""Reads a job's definition (contract §4.1) and says in a sentence what can not be done here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.refusal import bad_request, not_found
from batchdock.thiscomputer.workflows.built_in import BuiltIn
from batchdock.thiscomputer.workflows.catalogue import built_in

_TYPES: Mapping[str, Literal["images", "videos"]] = {
    "simple-image-processing-v1": "images",
    "simple-video-processing-v1": "videos",
}
_IMAGE_INPUTS = {"InferenceImage", "WorkflowImage"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A job that can be run on this computer."""

    content: Literal["images", "videos"]
    batch_id: str
    workflow: BuiltIn
    options: Options
    table_format: Literal["csv", "jsonl"]
    max_parallel_tasks: int | None
    max_failure_rate: float | None
    remarks: tuple[str, ...]
    """What was asked for and means nothing here, as sentences for the log."""


def read_definition(body: Mapping[str, object], overrides: Iterable[Mapping[str, object]] = ()) -> Definition:
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
    for unsupported in ("partName", "imagesMetadataPart"):
        if job_input.get(unsupported) is not None:
            raise bad_request(f"Batches on this computer are processed whole; jobInput.{unsupported} can not be used.")
    _object(body, "computeConfiguration")
    specification = _object(body, "processingSpecification")
    workflow = _workflow(specification)
    settings = dict(body)
    for override in overrides:
        settings.update({key: value for key, value in override.items() if value is not None})
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
        workflow=workflow,
        options=_options(specification, workflow, content),
        table_format=_table_format(specification),
        max_parallel_tasks=_count(settings, "maxParallelTasks"),
        max_failure_rate=rate,
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
    if settings.get("notificationsURL"):
        yield "This computer sends no notifications; look at the job instead."
    if settings.get("processingTimeoutSeconds"):
        yield "There is no time limit on this computer; processingTimeoutSeconds was not used."


def _workflow(specification: Mapping[str, object]) -> BuiltIn:
    workflow_id = specification.get("workflowId")
    if not isinstance(workflow_id, str) or not workflow_id:
        raise bad_request("The job does not say which workflow to run (processingSpecification.workflowId).")
    found = built_in(workflow_id)
    if found is None:
        raise not_found(f"There is no workflow “{workflow_id}” on this computer.")
    if specification.get("imagesMetadataInputsMapping"):
        raise bad_request("Batches on this computer have no metadata; imagesMetadataInputsMapping can not be used.")
    image_input = specification.get("imageInputName")
    known = [each["name"] for each in _listed(found, "inputs") if each.get("type") in _IMAGE_INPUTS]
    if image_input is not None and image_input not in known:
        raise bad_request(f"The workflow “{workflow_id}” has no picture input called “{image_input}”.")
    return found


def _options(specification: Mapping[str, object], workflow: BuiltIn, content: str) -> Options:
    parameters = _or(specification.get("workflowParameters"), {})
    if not isinstance(parameters, dict):
        raise bad_request("processingSpecification.workflowParameters has to be an object.")
    objection = workflow.check(parameters)
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
    keep = specification.get("persistImagesOutputs", False)
    return Options(parameters=parameters, keep_images=keep is True, image_outputs=tuple(outputs), max_video_fps=fps)


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


def _or(value: object, absent: object) -> object:
    return absent if value is None else value


def _number(body: Mapping[str, object], key: str) -> float | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_request(f"{key} has to be a number.")
    return float(value)


def _count(body: Mapping[str, object], key: str) -> int | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise bad_request(f"{key} has to be a whole number, 1 or more.")
    return value
