"""*Blur faces*: pictures that can be shown."""

from collections.abc import Mapping
from typing import ClassVar

from batchdock.thiscomputer.engine.picture import Picture
from batchdock.thiscomputer.engine.vendor.shelf import FACES
from batchdock.thiscomputer.workflows.built_in import EVERY_FRAME
from batchdock.thiscomputer.workflows.by_engine import COUNT, ByEngine, measure, results, step
from batchdock.thiscomputer.workflows.parameters import Number, workflow_inputs

_PART_OF_PICTURE = 4
"""A blur as wide as this part of the shorter side leaves nothing of a face, even of one that fills the picture."""


class BlurFaces(ByEngine):
    """Finds faces with CenterFace and blurs them, with a margin of a third.

    Outputs: `count`; `predictions`, the boxes of the faces as they were found; `output_image`, the blurred picture.
    """

    workflow_id = "blur-faces"
    name = "Blur faces"
    description = (
        "Blurs every face it finds, so that the pictures can be shown. Good at faces that look towards the camera, "
        "large and small; now and then blurs an animal's as well. May miss faces from the side, behind masks, in the "
        "dark, or smaller than a thirtieth of the picture: look at the pictures before you publish them."
    )
    created = "2026-11-22T00:00:00Z"
    outputs = ("count", "predictions", "output_image")
    image_outputs = ("output_image",)
    usual_fps = EVERY_FRAME
    parameters = (Number("confidence", 0.3, 0, 1), Number("blur_width", 51, 1, 10_000))
    definition: ClassVar[dict[str, object]] = {
        "version": "1.0",
        "inputs": workflow_inputs(parameters),
        "steps": [
            step(
                "roboflow_object_detection_model@v2",
                "detector",
                images="$inputs.image",
                model_id=FACES,
                confidence="$inputs.confidence",
                iou_threshold=0.3,
            ),
            measure("counter", "$steps.detector.predictions", COUNT),
            step(
                "detection_offset@v1",
                "margin",
                predictions="$steps.detector.predictions",
                offset_width=33,
                offset_height=33,
                units="Percent (%)",
            ),
            step(
                "blur_visualization@v1",
                "blurred",
                image="$inputs.image",
                predictions="$steps.margin.predictions",
                kernel_size="$inputs.blur_width",
            ),
        ],
        "outputs": results(count="counter.output", predictions="detector.predictions", output_image="blurred.image"),
    }

    def fitted(self, picture: Picture, given: Mapping[str, object]) -> dict[str, object]:
        """Blur as strongly as a picture of this size needs."""
        if given.get("blur_width"):
            return {}
        return {"blur_width": max(15, min(picture.width, picture.height) // _PART_OF_PICTURE)}
