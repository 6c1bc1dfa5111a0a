"""One batch of inputs through one workflow: the function that every executor runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from batchdock.thiscomputer.engine.rows import Input, Row

FRAMES_PER_SECOND = 1.0
"""How many frames of a video are looked at when nobody said otherwise."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a batch is processed.

    `image_outputs` names the image outputs to keep when `keep_images` is set; empty means all of them.
    `max_video_fps` None means `FRAMES_PER_SECOND`.
    """

    parameters: dict[str, object] = field(default_factory=dict)
    keep_images: bool = False
    image_outputs: tuple[str, ...] = ()
    max_video_fps: float | None = None


def process_batch(workflow_id: str, inputs: Sequence[Input], options: Options) -> list[Row]:
    """Return at least one row for every input, in the order of the inputs.

    An input that can not be processed gives a row with a cause. Raises `LookupError` for an unknown workflow only.
    """
    return [Row(each.name, {}) for each in inputs]
