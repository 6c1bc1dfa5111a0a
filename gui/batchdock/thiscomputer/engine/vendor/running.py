"""Runs one workflow of the vendor's engine over pictures and keeps it warm."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import cv2
import numpy
from PIL import Image

from batchdock.thiscomputer.engine.picture import Found, Moment, Picture
from batchdock.thiscomputer.engine.rows import IMAGE_PLACEHOLDER
from batchdock.thiscomputer.engine.vendor.models import LocalModels
from batchdock.thiscomputer.engine.vendor.prepared import prepare, unwarned
from batchdock.thiscomputer.engine.vendor.pruning import named_inputs, pruned


@dataclass(slots=True)
class Runner:
    """A workflow, compiled when the first picture comes, once for every set of pictures that are to be drawn."""

    definition: Mapping[str, Any]
    image_outputs: Collection[str]
    image_input: str = "image"
    image_lists: Collection[str] = ()
    """The image outputs that are several pictures: they are looked at also where none is kept, to know how many."""
    _engines: dict[frozenset[str], "_Engine"] = field(default_factory=dict)
    _video: str | None = None

    def run(
        self, pictures: Sequence[Picture], parameters: Sequence[Mapping[str, object]], draw: Collection[str]
    ) -> list[Found]:
        """Return every output for every picture with its parameters; of the image outputs only those named in `draw`,
        as drawings. Neighbours that differ in nothing the workflow asks for are one run of the engine: what it costs
        beside the work itself it costs once a run.
        """
        self._begin(pictures[0].moment)
        engine = self._engine(frozenset(draw))
        found = []
        for _, some in groupby(zip(parameters, pictures, strict=True), engine.asked):
            together = list(some)
            images = [_image(picture, self.image_input) for _, picture in together]
            answers = engine.run({**together[0][0], self.image_input: images})
            found += [_found(answer, draw, is_frame=together[0][1].moment is not None) for answer in answers]
        return found

    def _begin(self, moment: Moment | None) -> None:
        """Forget the video before: trackers and counters begin anew with every video."""
        video = None if moment is None else moment.video
        if video != self._video:
            self._engines.clear()
            self._video = video

    def _engine(self, draw: frozenset[str]) -> "_Engine":
        if draw not in self._engines:
            names = {each["name"] for each in self.definition["outputs"]}
            single = set(self.image_outputs) - set(self.image_lists)
            definition = pruned(self.definition, (names - single) | draw)
            self._engines[draw] = _Engine(compiled(definition), named_inputs(definition))
        return self._engines[draw]


@dataclass(frozen=True, slots=True)
class _Engine:
    """A compiled definition, and the inputs that it makes use of."""

    compiled: Any
    inputs: frozenset[str]

    def asked(self, given: tuple[Mapping[str, object], Picture]) -> dict[str, object]:
        """Return the parameters of one picture that make a difference."""
        return {name: value for name, value in given[0].items() if name in self.inputs}

    def run(self, parameters: dict[str, object]) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = self.compiled.run(runtime_parameters=parameters, serialize_results=True)
        return answers


def _image(picture: Picture, name: str) -> dict[str, object]:
    pixels = cv2.cvtColor(numpy.asarray(picture.image), cv2.COLOR_RGB2BGR)
    # Named as one that comes alone is: by itself the engine would number those that come together, and the number
    # would show in what is found.
    return {"type": "numpy_object", "value": pixels, "parent_id": name, **_place(picture.moment)}


def _found(answer: dict[str, Any], draw: Collection[str], *, is_frame: bool) -> Found:
    drawings: dict[str, Image.Image] = {}
    for name in draw:
        if isinstance(answer[name], list):
            several = [] if is_frame else enumerate(answer[name])  # of frames there is one video for an output
            drawings |= {f"{name}/{place}": _picture(each) for place, each in several if each is not None}
        else:
            image = answer.pop(name)
            # Where a step decided that the rest is not to run, there is nothing to be seen.
            drawings |= {} if image is None else {name: _picture(image)}
    return Found({name: _plain(value) for name, value in answer.items()}, drawings)


def _place(moment: Moment | None) -> dict[str, object]:
    if moment is None:
        return {}
    metadata = {
        "video_identifier": moment.video,
        "frame_number": moment.number + 1,
        "frame_timestamp": datetime.fromtimestamp(moment.seconds, UTC),
        "fps": moment.rate,
        "comes_from_video_file": True,
    }
    return {"video_metadata": metadata}


def compiled(definition: dict[str, Any]) -> Any:
    """Return the vendor's engine for one definition. Raises its `WorkflowError`."""
    prepare()
    from roboflow_workflows.execution_engine.core import ExecutionEngine
    from roboflow_workflows.prototypes.block import StepExecutionMode

    with unwarned():
        return ExecutionEngine.init(
            workflow_definition=definition,
            init_parameters={
                "workflows_core.model_manager": LocalModels(),
                "workflows_core.api_key": None,
                "workflows_core.background_tasks": None,
                "workflows_core.thread_pool_executor": None,
                "workflows_core.step_execution_mode": StepExecutionMode.LOCAL,
            },
            prevent_local_images_loading=True,
            executor=_Here(),
        )


class _Here(Executor):
    """Runs steps where it is asked to: a thread for each would only change places with this one."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def _picture(image: Any) -> Image.Image:
    pixels = image.numpy_image
    grey = pixels.ndim == 2 or pixels.shape[2] == 1
    return Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB if grey else cv2.COLOR_BGR2RGB))


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, numpy.generic | numpy.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "numpy_image"):
        return IMAGE_PLACEHOLDER  # one of many, as crops are; only single pictures are kept
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
