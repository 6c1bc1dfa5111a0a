"""How a batch is processed, and how whoever waits for it can look on. Light: the service imports it at its start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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
