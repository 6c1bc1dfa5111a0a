"""The shape of a built-in workflow."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from batchdock.thiscomputer.engine.rows import Row


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
    def image_outputs(self) -> tuple[str, ...]:
        """The outputs that are pictures."""

    def check(self, parameters: Mapping[str, object]) -> str | None:
        """Return a sentence that says why a job can not be run with these parameters, or None."""

    def conclude(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Complete rows by what only the whole batch shows. Reads once, in the order of names; keeps only small things."""
