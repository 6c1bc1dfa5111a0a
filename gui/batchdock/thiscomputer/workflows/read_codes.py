"""*Read QR codes and barcodes*: what it is called, takes and gives. How it reads is in `code_reading`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, Literal

from batchdock.thiscomputer.engine.picture import Found, Picture
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.workflows.built_in import FRAMES_PER_SECOND
from batchdock.thiscomputer.workflows.parameters import Text, filled, objection, workflow_inputs

_PARAMETERS = (Text("formats", "all"),)


class ReadCodes:
    """Finds and reads QR codes, barcodes and other printed codes.

    Outputs: `count`; `text`, all texts on lines of their own; `codes`, a list of {format, text, position};
    `predictions`, the same as detections in the cloud's shape; `output_image`, the picture with codes outlined.
    """

    workflow_id = "read-codes"
    name = "Read QR codes and barcodes"
    description = "Finds QR codes, barcodes and other printed codes in every picture and reads what they say."
    created = "2026-11-22T00:00:00Z"
    outputs = ("count", "text", "codes", "predictions", "output_image")
    image_outputs = ("output_image",)
    enough_side = None
    usual_fps = FRAMES_PER_SECOND
    only_for: Literal["images", "videos"] | None = None
    definition: Final[dict[str, object]] = {
        "version": "1.0",
        "inputs": workflow_inputs(_PARAMETERS),
        "steps": [
            {
                "type": "batchdock/read_codes@v1",
                "name": "reader",
                "image": "$inputs.image",
                "formats": "$inputs.formats",
            }
        ],
        "outputs": [{"type": "JsonField", "name": name, "selector": f"$steps.reader.{name}"} for name in outputs],
    }

    def check(self, parameters: Mapping[str, object]) -> str | None:
        """Return a sentence that says why a job can not be run with these parameters, or None."""
        if sentence := objection(_PARAMETERS, parameters):
            return sentence
        from batchdock.thiscomputer.workflows.code_reading import formats_of

        named = str(filled(_PARAMETERS, parameters)["formats"])
        try:
            formats_of(named)
        except ValueError:
            return (
                f"“formats” has a kind of code that can not be read here: “{named}”. "
                "Write for example: QR Code, EAN-13, Code 128. Or: all."
            )
        return None

    def look(self, pictures: Sequence[Picture], parameters: Mapping[str, object], draw: Collection[str]) -> list[Found]:
        """Read every code in every picture."""
        from batchdock.thiscomputer.workflows.code_reading import look

        formats = str(filled(_PARAMETERS, parameters)["formats"])
        return [look(each, formats=formats, draw="output_image" in draw) for each in pictures]

    def conclude(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Every picture stands for itself: nothing to add."""
        return rows
