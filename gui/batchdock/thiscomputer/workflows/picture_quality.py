"""*Picture quality*: what it is called, takes and gives. How it measures is in `measuring`, copies in `copies`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, Literal

from batchdock.thiscomputer.engine.picture import Found, Picture
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.workflows.built_in import FRAMES_PER_SECOND
from batchdock.thiscomputer.workflows.parameters import Number, filled, objection, workflow_inputs

_PARAMETERS = (
    Number("blurred_below", 60, 0, 100_000),
    Number("dark_below", 0.13, 0, 1),
    Number("bright_above", 0.85, 0, 1),
    Number("small_below", 160, 0, 100_000),
)


class PictureQuality:
    """Measures every picture and says plainly what is wrong with it; finds exact and near copies in the batch.

    Outputs: `verdict` (good, blurred, too dark, too bright, small); `width`, `height` in pixels, `megapixels`;
    `sharpness`, the variance of the Laplacian at ≤ 1,024 pixels a side, and `sharpest_area`, the same in the sharpest
    tenth of the picture, which the verdict goes by (a sharp face before a soft background is not blurred);
    `brightness` and `contrast` (mean and standard deviation, 0–1); `too_dark_share`, `too_bright_share` (0–1 of the
    pixels); `average_colour` (#rrggbb); `sha256` of the file and `similarity_hash` (16 hex digits, null for a picture
    without any structure); `exact_copy_of` and `near_copy_of`, the name of the first picture of the group, or null.
    """

    workflow_id = "picture-quality"
    name = "Picture quality"
    description = "Measures size, sharpness and exposure of every picture, says what is wrong, and finds copies."
    created = "2026-11-22T00:00:00Z"
    outputs = (
        "verdict",
        "width",
        "height",
        "megapixels",
        "sharpness",
        "sharpest_area",
        "brightness",
        "contrast",
        "too_dark_share",
        "too_bright_share",
        "exact_copy_of",
        "near_copy_of",
        "average_colour",
        "similarity_hash",
        "sha256",
    )
    image_outputs: tuple[str, ...] = ()
    enough_side = 1024
    usual_fps = FRAMES_PER_SECOND
    only_for: Literal["images", "videos"] | None = None
    definition: Final[dict[str, object]] = {
        "version": "1.0",
        "inputs": workflow_inputs(_PARAMETERS),
        "steps": [
            {
                "type": "batchdock/picture_quality@v1",
                "name": "quality",
                "image": "$inputs.image",
                "blurred_below": "$inputs.blurred_below",
                "dark_below": "$inputs.dark_below",
                "bright_above": "$inputs.bright_above",
                "small_below": "$inputs.small_below",
            }
        ],
        "outputs": [{"type": "JsonField", "name": name, "selector": f"$steps.quality.{name}"} for name in outputs],
    }

    def check(self, parameters: Mapping[str, object]) -> str | None:
        """Return a sentence that says why a job can not be run with these parameters, or None."""
        return objection(_PARAMETERS, parameters)

    def look(self, pictures: Sequence[Picture], parameters: Mapping[str, object], draw: Collection[str]) -> list[Found]:
        """Measure pictures. There is nothing to draw."""
        from batchdock.thiscomputer.workflows.measuring import Thresholds, measured

        values = filled(_PARAMETERS, parameters)
        limits = Thresholds(**{name: float(str(value)) for name, value in values.items()})
        return [Found(measured(each, limits)) for each in pictures]

    def conclude(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Name the first picture of which each one is an exact or a near copy."""
        from batchdock.thiscomputer.workflows.copies import with_copies

        return with_copies(rows)
