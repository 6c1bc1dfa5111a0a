"""*Read text*: printed text, line by line."""

from collections.abc import Mapping
from typing import ClassVar

from batchdock.thiscomputer.engine.picture import Picture
from batchdock.thiscomputer.workflows.by_engine import COUNT, ByEngine, line_width, measure, results, step
from batchdock.thiscomputer.workflows.parameters import Number, workflow_inputs


class ReadText(ByEngine):
    """Reads text with PP-OCRv6 tiny.

    Outputs: `text`, all lines from top to bottom; `lines`, how many there are; `predictions`, a box around every line,
    with what it says as its class; `output_image`, the picture with the boxes drawn in.
    """

    workflow_id = "read-text"
    name = "Read text"
    description = (
        "Reads the text in every picture, line by line. Good at print and screens in Latin, Chinese and Japanese "
        "letters, also at a slant; poor at handwriting, at text that stands on its head, and at spaces between "
        "columns."
    )
    created = "2026-11-22T00:00:00Z"
    outputs = ("text", "lines", "predictions", "output_image")
    image_outputs = ("output_image",)
    parameters = (Number("line_width", 2, 1, 100),)
    definition: ClassVar[dict[str, object]] = {
        "version": "1.0",
        "inputs": workflow_inputs(parameters),
        "steps": [
            step(
                "pp_ocr@v1",
                "reader",
                images="$inputs.image",
                text_detection="tiny",
                text_recognition="tiny",
            ),
            measure("counter", "$steps.reader.predictions", COUNT),
            step(
                "bounding_box_visualization@v1",
                "boxes",
                image="$inputs.image",
                predictions="$steps.reader.predictions",
                thickness="$inputs.line_width",
            ),
        ],
        "outputs": results(
            text="reader.result",
            lines="counter.output",
            predictions="reader.predictions",
            output_image="boxes.image",
        ),
    }

    def fitted(self, picture: Picture, given: Mapping[str, object]) -> dict[str, object]:
        """Draw lines that can be seen on a picture of this size."""
        return {} if given.get("line_width") else {"line_width": line_width(picture)}
