"""The shape of a built-in workflow."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, Protocol

from batchdock.thiscomputer.engine.picture import Found, Picture
from batchdock.thiscomputer.engine.rows import Row

FRAMES_PER_SECOND = 1.0
"""How many frames of a video are looked at when neither the person nor the workflow says otherwise."""

EVERY_FRAME = float("inf")


class BuiltIn(Protocol):
    """A workflow that comes with the app. Asking for its words is cheap: no picture library is loaded."""

    @property
    def workflow_id(self) -> str:
        """The slug that a job names."""

    @property
    def name(self) -> str:
        """What people read."""

    @property
    def description(self) -> str:
        """What it does, in a sentence or two."""

    @property
    def created(self) -> str:
        """ISO 8601 with Z."""

    @property
    def definition(self) -> dict[str, object]:
        """The specification in Roboflow's Workflow JSON: version, inputs, steps, outputs (contract §2.3)."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of all outputs, in the order in which they are shown."""

    @property
    def image_outputs(self) -> tuple[str, ...]:
        """The outputs that are pictures."""

    @property
    def enough_side(self) -> int | None:
        """How many pixels a side are enough to look at; None where every pixel counts."""

    @property
    def usual_fps(self) -> float:
        """How many frames a second of a video are looked at when the person did not say; infinite: every one."""

    @property
    def only_for(self) -> Literal["images", "videos"] | None:
        """What it is for where it makes no sense of the other."""

    def check(self, parameters: Mapping[str, object]) -> str | None:
        """Return a sentence that says why a job can not be run with these parameters, or None."""

    def look(self, pictures: Sequence[Picture], parameters: Mapping[str, object], draw: Collection[str]) -> list[Found]:
        """Look at pictures: for each all outputs but the pictures, and drawings for the outputs named in `draw`.

        What is found in a picture does not depend on the ones beside it. Raises where one of them can not be looked
        at; whoever asked may ask again for each of them alone. The frames of a video come one at a time, in order.
        """

    def conclude(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Complete rows by what only the whole batch shows.

        Reads once, in the order of names, and keeps only small things: a batch may have a million rows.
        """
