"""What the built-in workflows have in common that the vendor's engine runs. Light: the engine comes with a picture."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from batchdock.thiscomputer.engine.picture import Found, Picture
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.engine.vendor.shelf import MISSING, is_engine_installed
from batchdock.thiscomputer.workflows.built_in import FRAMES_PER_SECOND
from batchdock.thiscomputer.workflows.parameters import Names, Parameter, filled, names_in, objection

if TYPE_CHECKING:
    from batchdock.thiscomputer.engine.vendor.running import Runner


class ByEngine:
    """A definition that the vendor's engine runs as it is, and the settings that it takes."""

    definition: ClassVar[dict[str, object]]
    image_outputs: tuple[str, ...]
    enough_side: int | None = None
    usual_fps: float = FRAMES_PER_SECOND
    only_for: Literal["images", "videos"] | None = None
    parameters: ClassVar[Sequence[Parameter]]

    def check(self, parameters: Mapping[str, object]) -> str | None:
        """Return a sentence that says why a job can not be run with these parameters, or None."""
        return objection(self.parameters, parameters) if is_engine_installed() else MISSING

    def look(self, pictures: Sequence[Picture], parameters: Mapping[str, object], draw: Collection[str]) -> list[Found]:
        """Run the definition over pictures, together where they have the same settings."""
        values = filled(self.parameters, parameters)
        lists = {each.name: names_in(values[each.name]) or None for each in self.parameters if isinstance(each, Names)}
        given = [{**values, **lists, **self.fitted(each, parameters)} for each in pictures]
        return self._runner.run(pictures, given, draw)

    def fitted(self, picture: Picture, given: Mapping[str, object]) -> dict[str, object]:
        """Return the settings that go by the size of the picture where nobody gave them."""
        return {}

    def conclude(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Every picture stands for itself: nothing to add."""
        return rows

    @cached_property
    def _runner(self) -> "Runner":
        from batchdock.thiscomputer.engine.vendor.running import Runner

        return Runner(self.definition, self.image_outputs)


def line_width(picture: Picture) -> int:
    """Return how wide a line has to be, in pixels, to be seen on a picture of this size."""
    return max(2, round(max(picture.width, picture.height) / 320))


def step(kind: str, name: str, **fields: object) -> dict[str, object]:
    """Return one step of a definition. `kind` is a block of the vendor's, with its version."""
    return {"type": f"roboflow_core/{kind}", "name": name, **fields}


def measure(name: str, data: str, *operations: Mapping[str, object]) -> dict[str, object]:
    """Return a step that makes one value of what another step found."""
    return step("property_definition@v1", name, data=data, operations=list(operations))


COUNT: Mapping[str, object] = {"type": "SequenceLength"}
NAMES: Mapping[str, object] = {"type": "DetectionsPropertyExtract", "property_name": "class_name"}


def results(**selectors: str) -> list[dict[str, object]]:
    """Return the outputs of a definition."""
    return [{"type": "JsonField", "name": name, "selector": f"$steps.{each}"} for name, each in selectors.items()]
