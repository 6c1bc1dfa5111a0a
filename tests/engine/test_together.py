"""Pictures that are looked at together: what is found in one does not depend on the others, nor on how many."""

import io
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.options import Options, Unwanted
from batchdock.thiscomputer.engine.picture import Found, Picture
from batchdock.thiscomputer.engine.processing import picture_rows
from batchdock.thiscomputer.engine.rows import Input
from batchdock.thiscomputer.engine.vendor.independent import is_independent
from batchdock.thiscomputer.workflows.catalogue import built_in
from batchdock.thiscomputer.workflows.find_copies import FindCopies
from batchdock.thiscomputer.workflows.own import OwnWorkflow
from making.classical import CLASSICAL
from making.media import picture_bytes

SAMPLES = [resource("samples", f"{name}.jpg") for name in ("printed_page", "astronaut", "coffee", "dogs")]


def opened(path: Path, side: int) -> Picture:
    """Return a bundled picture, made smaller."""
    image = Image.open(path).convert("RGB")
    image.thumbnail((side, side))
    return Picture(image, image.width, image.height, b"")


@pytest.mark.parametrize("workflow_id", ["find-objects", "blur-faces", "read-text"])
@pytest.mark.parametrize("draw", [(), ("output_image",)])
def test_together_as_alone(workflow_id: str, draw: tuple[str, ...]) -> None:
    workflow = built_in(workflow_id)
    assert workflow is not None
    text = workflow_id == "read-text"
    pictures = [opened(path, 640 if text else 320) for path in SAMPLES[: 2 if text else None]]
    alone = [found for each in pictures for found in workflow.look([each], {}, draw)]
    together = workflow.look(pictures[::-1], {}, draw)[::-1]
    assert [each.outputs for each in together] == [each.outputs for each in alone]
    for one, other in zip(together, alone, strict=True):
        assert [each.tobytes() for each in one.drawings.values()] == [
            each.tobytes() for each in other.drawings.values()
        ]
        assert tuple(one.drawings) == draw
    assert any(found.outputs["predictions"] != alone[0].outputs["predictions"] for found in alone)


def own_workflow(definition: Mapping[str, Any]) -> OwnWorkflow:
    """Return a workflow of classical blocks as if it had been added."""
    return OwnWorkflow(
        workflow_id="own-shapes",
        name="Shapes",
        description="",
        created="",
        text=json.dumps(definition),
        outputs=tuple(each["name"] for each in definition["outputs"]),
        image_outputs=("black",),
        image_input="image",
        settings=("sharp_enough",),
        needed=(),
        model_inputs=(),
        only_for=None,
    )


INDEPENDENT = {**CLASSICAL, "steps": [each for each in CLASSICAL["steps"] if each["name"] not in {"gate", "colour"}]}


@pytest.mark.parametrize("definition", [CLASSICAL, INDEPENDENT], ids=["one by one", "together"])
def test_a_workflow_of_ones_own_together_as_alone(definition: Mapping[str, Any]) -> None:
    assert is_independent(definition) is (definition is INDEPENDENT)
    own = own_workflow(definition)
    pictures = [opened(path, 320) for path in SAMPLES]
    alone = [found for each in pictures for found in own.look([each], {}, ("black",))]
    together = own.look(pictures, {}, ("black",))
    assert [each.outputs for each in together] == [each.outputs for each in alone]
    assert [each.drawings["black"].tobytes() for each in together] == [
        each.drawings["black"].tobytes() for each in alone
    ]
    assert len({str(each.outputs["shapes"]) for each in alone}) == len(SAMPLES)


class Careful(FindCopies):
    """Refuses every group with a picture of a certain width, and notes how large the groups were."""

    def __init__(self, workflow_id: str, refused: int = 0) -> None:
        self.workflow_id = workflow_id
        self._refused = refused
        self.groups: list[int] = []

    def look(self, pictures: Sequence[Picture], parameters: Mapping[str, object], draw: Collection[str]) -> list[Found]:
        """Look as the others do."""
        self.groups.append(len(pictures))
        if any(each.width == self._refused for each in pictures):
            raise ValueError("not this one")
        return super().look(pictures, parameters, draw)


def test_a_picture_that_is_refused_takes_no_other_along() -> None:
    workflow = Careful("careful-1", refused=13)
    widths = (20, 21, 22, 13, 23, 24, 25, 26)
    inputs = [Input(f"{width}", data=picture_bytes(width, (width, 30), "PNG")) for width in widths]
    inputs.insert(5, Input("broken", data=b"no picture"))
    rows = picture_rows(inputs, workflow, Options())
    assert [row.name for row in rows] == [each.name for each in inputs]
    assert {row.name: row.cause for row in rows if row.cause} == {
        "13": "“Find copies” stopped at this file (ValueError: not this one).",
        "broken": "This is not a picture that can be read here.",
    }
    assert [row.outputs["width"] for row in rows if row.cause is None] == [20, 21, 22, 23, 24, 25, 26]


def test_groups_grow_while_they_are_quick_and_large_pictures_stay_alone() -> None:
    workflow = Careful("careful-2")
    small = [Input(f"{number}", data=picture_bytes(number, (8, 8), "PNG")) for number in range(15)]
    picture_rows(small, workflow, Options())
    assert workflow.groups == [1, 2, 4, 8]
    workflow.groups.clear()
    large = [Input(f"{number}", data=picture_bytes(number, (8, 8), "PNG")) for number in range(3)]
    wide = io.BytesIO()
    Image.new("RGB", (3000, 2700)).save(wide, "PNG")
    large.insert(1, Input("large", data=wide.getvalue()))
    picture_rows(large, workflow, Options())
    assert workflow.groups[0] == 2  # the large one is the last that fits into the first group
    assert sum(workflow.groups) == 4


def test_what_nobody_wants_any_more_is_left_between_groups() -> None:
    workflow = Careful("careful-3")
    told: list[float] = []

    def look(progress: float) -> None:
        told.append(progress)
        if len(told) == 3:
            raise Unwanted

    small = [Input(f"{number}", data=picture_bytes(number, (8, 8), "PNG")) for number in range(15)]
    with pytest.raises(Unwanted):
        picture_rows(small, workflow, Options(), look)
    assert workflow.groups == [1, 2]
    assert told == [0, 1 / 15, 3 / 15]
