"""A workflow of the person's own: a definition that was found fit for this computer, and what the check read in it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Self

from batchdock.thiscomputer.engine.own.form import ModelUnfit, OwnModel
from batchdock.thiscomputer.engine.picture import Found, NotProcessable, Picture
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.engine.vendor.independent import is_independent
from batchdock.thiscomputer.engine.vendor.shelf import MISSING, is_engine_installed, task_of, unknown_model
from batchdock.thiscomputer.workflows.built_in import FRAMES_PER_SECOND
from batchdock.thiscomputer.workflows.by_engine import line_width

if TYPE_CHECKING:
    from collections.abc import Collection

    from batchdock.thiscomputer.engine.vendor.running import Runner

PREFIX = "own-"


@dataclass(frozen=True, slots=True)
class OwnWorkflow:
    """Has everything that a `BuiltIn` has. `text` is the definition as JSON; `workflow_id` follows from it, so that an
    id never comes to mean something else. `model_inputs` are the inputs that name a model, `needed` those without a
    default. `model_ids` are the models that its steps name themselves, `models` those of the person's own that it may
    use, as far as they are there: they are not kept with it, but go with it to whoever runs it. `made` ones were made
    here around one model. `image_lists` are the image outputs that are several pictures.
    """

    workflow_id: str
    name: str
    description: str
    created: str
    text: str
    outputs: tuple[str, ...]
    image_outputs: tuple[str, ...]
    image_input: str
    settings: tuple[str, ...]
    needed: tuple[str, ...]
    model_inputs: tuple[str, ...]
    only_for: Literal["images", "videos"] | None
    model_ids: tuple[str, ...] = ()
    models: tuple[OwnModel, ...] = ()
    image_lists: tuple[str, ...] = ()
    made: bool = False

    @property
    def definition(self) -> dict[str, object]:
        """The specification, as it was given."""
        read: dict[str, object] = json.loads(self.text)
        return read

    @property
    def enough_side(self) -> int | None:
        """Every pixel counts."""
        return None

    @property
    def usual_fps(self) -> float:
        """As many frames a second as where nobody knows better."""
        return FRAMES_PER_SECOND

    def check(self, parameters: Mapping[str, object]) -> str | None:
        """Return a sentence that says why a job can not be run with these parameters, or None."""
        if not is_engine_installed():
            return MISSING
        given = {name for name, value in parameters.items() if value is not None}
        for name in parameters:
            if name not in self.settings:
                known = ", ".join(self.settings) or "none"
                return f"This workflow has no setting “{name}”. Its settings: {known}."
        if missing := next((each for each in self.needed if each not in given), None):
            return f"This workflow needs a value for “{missing}”."
        for model_id in self.used(parameters):
            if task_of(model_id, self.models) is None:
                return unknown_model(model_id, self.models)
        return None

    def used(self, parameters: Mapping[str, object]) -> tuple[str, ...]:
        """Return the models that it uses with these parameters."""
        values = {str(each["name"]): each.get("default_value") for each in self._inputs()}
        values |= {name: value for name, value in parameters.items() if value is not None}
        return (*self.model_ids, *(str(values[each]) for each in self.model_inputs))

    def _inputs(self) -> list[dict[str, Any]]:
        inputs: list[dict[str, Any]] = json.loads(self.text)["inputs"]
        return inputs

    def look(
        self, pictures: Sequence[Picture], parameters: Mapping[str, object], draw: "Collection[str]"
    ) -> list[Found]:
        """Run the definition over pictures: together where no step can tell, else one after the other, as the vendor's
        own batches do. There are blocks that join what stands side by side; what is found must not depend on that.
        """
        if self.models:
            from batchdock.thiscomputer.engine.own.known import make_known

            make_known(self.models)
        try:
            return self._found(pictures, parameters, draw)
        except Exception as error:
            if trouble := _trouble_with_model(error):
                raise NotProcessable(str(trouble)) from error
            raise

    def _found(
        self, pictures: Sequence[Picture], parameters: Mapping[str, object], draw: "Collection[str]"
    ) -> list[Found]:
        given = {name: value for name, value in parameters.items() if value is not None}
        runner = _runner(self.text, self.image_outputs, self.image_lists, self.image_input)
        if self.made:
            lines = "line_width" in self.settings and "line_width" not in given
            fitted = [{**given, "line_width": line_width(each)} if lines else given for each in pictures]
            return runner.run(pictures, fitted, draw)
        if is_independent(self.definition):
            return runner.run(pictures, [given] * len(pictures), draw)
        return [found for each in pictures for found in runner.run([each], [given], draw)]

    def conclude(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Every picture stands for itself: nothing to add."""
        return rows

    def to_json(self) -> str:
        """Return it as it is kept."""
        return json.dumps({name: value for name, value in asdict(self).items() if name != "models"})

    def with_models(self, models: Iterable[OwnModel]) -> Self:
        """Return it with these models of the person's own."""
        return replace(self, models=tuple(models))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote. Raises `ValueError`, `TypeError`."""
        read: dict[str, Any] = json.loads(text)
        fields: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in read.items()}
        return cls(**fields)


def own_id(text: str) -> str:
    """Return the id of a definition."""
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()[:12]


def _trouble_with_model(error: BaseException | None) -> ModelUnfit | None:
    """Return what a model said, where that is why the engine stopped."""
    while error is not None and not isinstance(error, ModelUnfit):
        error = error.__cause__ or error.__context__
    return error


@lru_cache(maxsize=4)
def _runner(text: str, image_outputs: tuple[str, ...], image_lists: tuple[str, ...], image_input: str) -> "Runner":
    """Return the same runner for every batch of a job: the workflow comes anew with each of them."""
    from batchdock.thiscomputer.engine.vendor.running import Runner

    return Runner(json.loads(text), image_outputs, image_input, image_lists)
