"""One batch of inputs through one workflow: the function that every executor runs.

This module is imported by the service too, which only needs `Options`; what decodes and measures is imported by the
process that does the work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from batchdock.thiscomputer.engine.rows import Input, Row

FRAMES_PER_SECOND = 1.0
"""How many frames of a video are looked at when nobody said otherwise."""

Look = Callable[[float], None]
"""Told, as often as it costs nothing, how much of the work is done, 0–1. Raises `Unwanted` to end it there."""


class Unwanted(Exception):
    """Nobody waits for these rows any more."""


def unwatched(_: float) -> None:
    """Look away: the work goes on to its end."""


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

    def kept(self, image_outputs: Sequence[str]) -> tuple[str, ...]:
        """Return which of a workflow's image outputs are to be kept."""
        if not self.keep_images:
            return ()
        return tuple(each for each in image_outputs if not self.image_outputs or each in self.image_outputs)


def process_batch(workflow_id: str, inputs: Sequence[Input], options: Options, look: Look = unwatched) -> list[Row]:
    """Return at least one row for every input, in the order of the inputs.

    An input that can not be processed gives a row with a cause; of a video that is damaged later on, the good frames
    come first. Raises `LookupError` for an unknown workflow, `Unwanted` where `look` did, and nothing else.
    """
    from batchdock.thiscomputer.engine.processing import rows_of
    from batchdock.thiscomputer.workflows.catalogue import built_in

    workflow = built_in(workflow_id)
    if workflow is None:
        raise LookupError(f"There is no built-in workflow “{workflow_id}”.")
    rows: list[Row] = []
    for number, each in enumerate(inputs):
        look(number / len(inputs))
        rows += rows_of(each, workflow, options, partial(_look_from, look, number, len(inputs)))
    return rows


def _look_from(look: Look, before: int, of: int, part: float) -> None:
    look((before + part) / of)
