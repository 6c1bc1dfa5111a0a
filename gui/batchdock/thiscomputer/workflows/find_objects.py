"""*Find objects*: boxes around 80 kinds of everyday things."""

from collections.abc import Mapping
from typing import ClassVar

from batchdock.thiscomputer.engine.picture import Picture
from batchdock.thiscomputer.engine.vendor.shelf import OBJECTS, object_names
from batchdock.thiscomputer.workflows.by_engine import COUNT, NAMES, ByEngine, line_width, measure, results, step
from batchdock.thiscomputer.workflows.parameters import Names, Number, workflow_inputs


class FindObjects(ByEngine):
    """Finds things of 80 kinds with YOLOX-Nano.

    Outputs: `count`; `names`, the kind of every find, the most certain first; `predictions`, the boxes in the cloud's
    shape; `output_image`, the picture with the boxes drawn in.
    """

    workflow_id = "find-objects"
    name = "Find objects"
    description = (
        "Draws a box around people, animals, vehicles, furniture and other everyday things, 80 kinds, and counts them. "
        "Good at things that are large in the picture; misses small and crowded ones, and calls what it does not know "
        "by the nearest name it has."
    )
    created = "2026-11-22T00:00:00Z"
    outputs = ("count", "names", "predictions", "output_image")
    image_outputs = ("output_image",)
    parameters = (
        Number("confidence", 0.4, 0, 1),
        Names("classes", object_names),
        Number("line_width", 2, 1, 100),
    )
    definition: ClassVar[dict[str, object]] = {
        "version": "1.0",
        "inputs": workflow_inputs(parameters),
        "steps": [
            step(
                "roboflow_object_detection_model@v2",
                "detector",
                images="$inputs.image",
                model_id=OBJECTS,
                confidence="$inputs.confidence",
                class_filter="$inputs.classes",
                iou_threshold=0.45,
            ),
            measure("counter", "$steps.detector.predictions", COUNT),
            measure("namer", "$steps.detector.predictions", NAMES),
            step(
                "bounding_box_visualization@v1",
                "boxes",
                image="$inputs.image",
                predictions="$steps.detector.predictions",
                thickness="$inputs.line_width",
            ),
            step(
                "label_visualization@v1",
                "labels",
                image="$steps.boxes.image",
                predictions="$steps.detector.predictions",
                text="Class and Confidence",
                text_thickness="$inputs.line_width",
            ),
        ],
        "outputs": results(
            count="counter.output",
            names="namer.output",
            predictions="detector.predictions",
            output_image="labels.image",
        ),
    }

    def fitted(self, picture: Picture, given: Mapping[str, object]) -> dict[str, object]:
        """Draw lines that can be seen on a picture of this size."""
        return {} if given.get("line_width") else {"line_width": line_width(picture)}
