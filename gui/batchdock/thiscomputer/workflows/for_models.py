"""The workflow that runs one model of the person's own: the vendor's standard blocks around it."""

import json
from collections.abc import Mapping, Sequence

from batchdock.thiscomputer.engine.own.form import OwnModel
from batchdock.thiscomputer.workflows.by_engine import COUNT, NAMES, measure, results, step
from batchdock.thiscomputer.workflows.own import OwnWorkflow, own_id
from batchdock.thiscomputer.workflows.parameters import Number, workflow_inputs

_PREDICTIONS = "$steps.model.predictions"
_TOP: Mapping[str, object] = {"type": "ClassificationPropertyExtract", "property_name": "top_class"}
_SURE: Mapping[str, object] = {"type": "ClassificationPropertyExtract", "property_name": "top_class_confidence"}
_PICTURE = "output_image"


def workflow_for(model: OwnModel) -> OwnWorkflow:
    """Return the workflow. It follows from the model alone, so that it can be found again."""
    settings: tuple[Number, ...] = (Number("confidence", 0.4, 0, 1),)
    if model.form.kind == "classification":
        steps, outputs = _sorting(model)
    else:
        settings = (*settings, Number("line_width", 2, 1, 100))
        steps, outputs = _finding(model)
    definition = {"version": "1.0", "inputs": workflow_inputs(settings), "steps": steps, "outputs": outputs}
    text = json.dumps(definition, sort_keys=True)
    return OwnWorkflow(
        workflow_id=own_id(text),
        name=model.name,
        description=_described(model),
        created=model.created,
        text=text,
        outputs=tuple(str(each["name"]) for each in outputs),
        image_outputs=(_PICTURE,),
        image_input="image",
        settings=tuple(each.name for each in settings),
        needed=(),
        model_inputs=(),
        only_for=None,
        model_ids=(model.model_id,),
        models=(model,),
        made=True,
    )


def _described(model: OwnModel) -> str:
    count = len(model.form.class_names)
    classes = f" of {count} kinds" if count > 1 else ""
    doing = {
        "object-detection": f"Draws a box around things{classes}, and counts them",
        "instance-segmentation": f"Draws the outline of things{classes}, and counts them",
        "classification": f"Says which of {count} kinds a picture is",
    }
    return f"{doing[model.form.kind]}. Runs the model “{model.name}” ({model.form.title})."


Steps = tuple[Sequence[dict[str, object]], Sequence[dict[str, object]]]


def _finding(model: OwnModel) -> Steps:
    outlined = model.form.kind == "instance-segmentation"
    kind = "instance_segmentation" if outlined else "object_detection"
    seen = {"predictions": _PREDICTIONS}
    steps = [
        step(
            f"roboflow_{kind}_model@v2",
            "model",
            images="$inputs.image",
            model_id=model.model_id,
            confidence="$inputs.confidence",
            iou_threshold=0.45,
        ),
        measure("counter", _PREDICTIONS, COUNT),
        measure("namer", _PREDICTIONS, NAMES),
    ]
    if outlined:
        steps += [
            step("mask_visualization@v1", "masks", image="$inputs.image", opacity=0.4, **seen),
            step(
                "polygon_visualization@v1", "lines", image="$steps.masks.image", thickness="$inputs.line_width", **seen
            ),
        ]
    else:
        steps += [
            step(
                "bounding_box_visualization@v1", "lines", image="$inputs.image", thickness="$inputs.line_width", **seen
            )
        ]
    steps += [
        step(
            "label_visualization@v1",
            "labels",
            image="$steps.lines.image",
            text="Class and Confidence",
            text_thickness="$inputs.line_width",
            **seen,
        )
    ]
    made = {"count": "counter.output", "names": "namer.output", "predictions": "model.predictions"}
    return steps, results(**made, **{_PICTURE: "labels.image"})


def _sorting(model: OwnModel) -> Steps:
    several = model.form.task == "multi-label-classification"
    kind = "multi_label_classification" if several else "classification"
    steps = [
        step(
            f"roboflow_{kind}_model@v2",
            "model",
            images="$inputs.image",
            model_id=model.model_id,
            confidence="$inputs.confidence",
        ),
        measure("namer", _PREDICTIONS, _TOP),
        measure("certainty", _PREDICTIONS, _SURE),
        step(
            "classification_label_visualization@v1",
            "labels",
            image="$inputs.image",
            predictions=_PREDICTIONS,
            text="Class and Confidence",
        ),
    ]
    made = {"names" if several else "name": "namer.output", "confidence": "certainty.output"}
    return steps, results(**made, predictions="model.predictions", **{_PICTURE: "labels.image"})
