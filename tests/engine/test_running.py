"""One workflow of classical blocks, run as they are: grey pictures, steps that do not run, numbers that are JSON."""

import json

import numpy
import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.picture import Found, Picture
from batchdock.thiscomputer.engine.vendor.models import LocalModels, UnknownModel
from batchdock.thiscomputer.engine.vendor.pruning import pruned
from batchdock.thiscomputer.engine.vendor.running import Runner
from making.classical import CLASSICAL


def run(name: str = "coffee.jpg", **parameters: object) -> Found:
    """Run the workflow over a bundled picture, with everything drawn."""
    image = Image.open(resource("samples", name)).convert("RGB")
    [found] = Runner(CLASSICAL, ("black",)).run([Picture(image, image.width, image.height)], [parameters], ("black",))
    return found


def test_grey_pictures_and_numbers_come_out_plain() -> None:
    found = run()
    assert found.drawings["black"].mode == "RGB"
    assert set(numpy.unique(numpy.asarray(found.drawings["black"]))) == {0, 255}
    outputs = json.loads(json.dumps(found.outputs))
    assert outputs["shapes"] == len(outputs["contours"]) > 10
    assert outputs["focus"] > 10


def test_where_a_step_says_no_the_rest_is_empty() -> None:
    found = run(sharp_enough=1e9)
    assert found.drawings == {}
    assert found.outputs["shapes"] is None
    assert isinstance(found.outputs["focus"], float)


def test_steps_that_lead_nowhere_are_left_out() -> None:
    def steps(*outputs: str) -> list[str]:
        return [each["name"] for each in pruned(CLASSICAL, outputs)["steps"]]

    assert steps("focus", "shapes", "contours", "black") == ["focus", "gate", "grey", "black", "shapes"]
    assert steps("focus") == ["focus", "gate", "grey"]  # a step that steers others stays, and what it names
    assert [each["name"] for each in pruned(CLASSICAL, ("focus",))["outputs"]] == ["focus"]
    assert len(CLASSICAL["steps"]) == 6


def test_models_that_are_not_here_are_named() -> None:
    models = LocalModels()
    assert "coco/yolox-nano" in models
    assert models.get_class_names("faces/centerface") == ["face"]
    assert len(models.get_class_names("coco/yolox-nano")) == 80
    with pytest.raises(UnknownModel, match="“team/bolts/3” is not on this computer"):
        models.add_model("team/bolts/3", None)
    with pytest.raises(UnknownModel, match="“pp_ocr/small-small” is not on this computer"):
        models.run_pp_ocr({"value": None}, "small", "small")
    with pytest.raises(UnknownModel, match="no model for “clip_comparison”"):
        models.run_clip_comparison(subject=None)
