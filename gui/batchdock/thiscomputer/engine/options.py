"""How a batch is processed, and how whoever waits for it can look on. Light: the service imports it at its start."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchdock.thiscomputer.workflows.own import OwnWorkflow

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
    `max_video_fps` None means what is usual for the workflow. `own` is the workflow itself where it is not built in.
    `folder` is where drawn videos may be left, for whoever waits; None where he is on another computer.
    """

    parameters: dict[str, object] = field(default_factory=dict)
    keep_images: bool = False
    image_outputs: tuple[str, ...] = ()
    max_video_fps: float | None = None
    own: "OwnWorkflow | None" = None
    folder: Path | None = None

    def with_values(self, values: Mapping[str, object]) -> "Options":
        """Return them with the values of one picture; where the job gives one too, that counts (contract §4.1)."""
        return replace(self, parameters={**values, **self.parameters})

    def kept(self, image_outputs: Sequence[str]) -> tuple[str, ...]:
        """Return which of a workflow's image outputs are to be kept."""
        if not self.keep_images:
            return ()
        return tuple(each for each in image_outputs if not self.image_outputs or each in self.image_outputs)
