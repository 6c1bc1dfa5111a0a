"""Models of one's own under the vendor's engine: the workflow that is made for each, and Workflows that name them."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.own import known
from batchdock.thiscomputer.engine.own.form import OwnModel
from batchdock.thiscomputer.engine.own.look import look_at
from batchdock.thiscomputer.engine.reading import open_picture
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.engine.vendor.fitness import objections, read_fit
from batchdock.thiscomputer.engine.vendor.models import LocalModels
from batchdock.thiscomputer.engine.vendor.running import Runner
from batchdock.thiscomputer.engine.vendor.shelf import object_names
from batchdock.thiscomputer.store.own_models import OwnModels
from batchdock.thiscomputer.store.own_workflows import OwnWorkflows
from batchdock.thiscomputer.workflows.acceptance import Unfit, accepted
from batchdock.thiscomputer.workflows.for_models import workflow_for
from making.onnx_models import constant, real_yolov8

CELLS = 84


def _admit(_: int) -> None:
    """There is room for everything."""


def kept(folder: Path, data: bytes, names: tuple[str, ...] = (), *, name: str = "Bolts") -> OwnModel:
    """Return a model that was looked at, answered and kept."""
    path = folder / "given.onnx"
    path.write_bytes(data)
    look = look_at(path)
    return OwnModels(folder / "models", _admit).add(path, look, look.form.answered(names, None), name)


def detector(**more: Any) -> bytes:
    """Return a network that sees a nut in the middle of everything."""
    table = numpy.zeros((1, 6, CELLS), numpy.float32)
    table[0, :4] = numpy.linspace(1, 60, CELLS)
    table[0, :, 3] = [32, 32, 32, 16, 0.1, 0.875]
    return constant({"out": table}, **more)


def classifier(scores: list[float], **metadata: str) -> bytes:
    """Return a network that always says the same."""
    return constant({"out": numpy.array([scores], numpy.float32)}, metadata=metadata)


def segmenter() -> bytes:
    """Return a network that outlines the left half of what is in the middle."""
    table = numpy.zeros((1, 8, CELLS), numpy.float32)
    table[0, :4] = numpy.linspace(1, 60, CELLS)[None]
    table[0, :, 3] = [32, 32, 32, 16, 0.1, 0.875, 1, 0]
    patterns: NDArray[numpy.float32] = numpy.full((1, 2, 16, 16), -1, numpy.float32)
    patterns[0, 0, :, :8] = 1
    return constant({"out": table, "patterns": patterns})


def run(model: OwnModel, picture: str = "cat.jpg", **options: Any) -> Row:
    """Return what the model's workflow makes of a sample."""
    workflow = workflow_for(model)
    inputs = [Input(picture, resource("samples", picture))]
    [row] = process_batch(workflow.workflow_id, inputs, Options(own=workflow, **options))
    assert row.cause is None
    return row


@pytest.mark.parametrize(
    "data",
    [detector(), segmenter(), classifier([0.1, 0.9]), classifier([0.1, 0.9], task="multi-label-classification")],
    ids=["detector", "segmenter", "classifier", "labels"],
)
def test_its_workflow_is_what_a_check_would_find(tmp_path: Path, data: bytes) -> None:
    model = kept(tmp_path, data)
    workflow = workflow_for(model)
    assert objections(workflow.definition, own=[model]) == []
    read = read_fit(workflow.definition)
    assert (read.image_outputs, read.model_inputs, read.model_ids, read.remembers) == (
        workflow.image_outputs,
        workflow.model_inputs,
        workflow.model_ids,
        False,
    )
    assert (workflow.name, workflow_for(model)) == ("Bolts", workflow)
    row = run(model, keep_images=True)
    assert tuple(row.outputs) == workflow.outputs
    assert row.images["output_image"].startswith(b"\xff\xd8")


def test_a_detector(tmp_path: Path) -> None:
    row = run(kept(tmp_path, detector(), ("bolt", "nut")), "astronaut.jpg")
    assert (row.outputs["count"], row.outputs["names"]) == (1, ["nut"])
    predictions: Any = row.outputs["predictions"]
    width, height = predictions["image"]["width"], predictions["image"]["height"]
    scale = max(width, height) / 64
    [seen] = predictions["predictions"]
    assert {key: seen[key] for key in ("class", "class_id", "confidence")} == {
        "class": "nut",
        "class_id": 1,
        "confidence": 0.875,
    }
    assert [seen[key] for key in ("x", "y", "width", "height")] == pytest.approx(
        [width / 2, height / 2, 32 * scale, 16 * scale]
    )
    assert run(kept(tmp_path, detector(), ("bolt", "nut")), parameters={"confidence": 0.9}).outputs["count"] == 0


def test_a_segmenter(tmp_path: Path) -> None:
    predictions: Any = run(kept(tmp_path, segmenter(), ("bolt", "nut"))).outputs["predictions"]
    [seen] = predictions["predictions"]
    middle = predictions["image"]["width"] / 2
    across = [each["x"] for each in seen["points"]]
    assert len(across) >= 4
    assert abs(max(across) - middle) <= 4
    assert min(across) == pytest.approx(middle - predictions["image"]["width"] / 4, abs=8)


def test_a_classifier(tmp_path: Path) -> None:
    row = run(kept(tmp_path, classifier([0.1, 0.7, 0.2]), ("raw", "ripe", "bad")))
    assert (row.outputs["name"], row.outputs["confidence"]) == ("ripe", pytest.approx(0.7))
    predictions: Any = row.outputs["predictions"]
    assert (predictions["top"], predictions["confidence"]) == ("ripe", pytest.approx(0.7))
    assert [each["class"] for each in predictions["predictions"]] == ["ripe"]
    assert len(predictions["predictions"]) == 1
    low: Any = run(
        kept(tmp_path, classifier([0.1, 0.7, 0.2]), ("raw", "ripe", "bad")), parameters={"confidence": 0.15}
    ).outputs["predictions"]
    assert [each["class"] for each in low["predictions"]] == ["ripe", "bad"]


def test_a_classifier_of_several_labels(tmp_path: Path) -> None:
    data = classifier([0.9, 0.8, 0.1], task="multi-label-classification", names="['red', 'round', 'wet']")
    row = run(kept(tmp_path, data))
    assert row.outputs["names"] == ["red", "round"]
    predictions: Any = row.outputs["predictions"]
    assert predictions["predicted_classes"] == ["red", "round"]
    assert predictions["predictions"]["wet"] == {"class_id": 2, "confidence": pytest.approx(0.1)}


def test_a_real_one_finds_the_dogs(tmp_path: Path) -> None:
    names = str(dict(enumerate(object_names())))
    row = run(kept(tmp_path, real_yolov8({"names": names})), "dogs.jpg")
    assert row.outputs["names"] == ["dog", "dog"]


def test_pictures_together_are_found_as_they_are_alone(tmp_path: Path) -> None:
    names = str(dict(enumerate(object_names())))
    workflow = workflow_for(kept(tmp_path, real_yolov8({"names": names})))
    inputs = [Input(name, resource("samples", name)) for name in ("dogs.jpg", "cat.jpg", "astronaut.jpg")]
    options = Options(own=workflow, keep_images=True)
    alone = [row for each in inputs for row in process_batch("", [each], options)]
    assert process_batch("", inputs, options) == alone


def test_what_a_model_does_not_do_is_a_sentence(tmp_path: Path) -> None:
    model = kept(tmp_path, classifier([0.1, 0.9]))
    known.make_known([model])
    with pytest.raises(LookupError, match="is for classification"):
        LocalModels().run_object_detection(model.model_id, [{"value": numpy.zeros((9, 9, 3), numpy.uint8)}])
    other = kept(tmp_path, detector())
    known.make_known([other])
    with pytest.raises(LookupError, match="is for object-detection"):
        LocalModels().run_classification(other.model_id, [{"value": numpy.zeros((9, 9, 3), numpy.uint8)}])


def test_a_network_that_stops_at_a_picture_is_that_pictures_outcome(tmp_path: Path) -> None:
    model = kept(tmp_path, detector())
    model.path.write_bytes(b"damaged since")
    known._loaded.clear()
    workflow = workflow_for(model)
    [row] = process_batch("", [Input("a", resource("samples", "cat.jpg"))], Options(own=workflow))
    assert row.cause == (
        "The model “Bolts” can not be used any more. "
        "This is not an ONNX model. Export the model as ONNX (.onnx) and add that file."
    )
    model.path.unlink()
    [row] = process_batch("", [Input("a", resource("samples", "cat.jpg"))], Options(own=workflow))
    assert row.cause == "The model “Bolts” was removed from this computer. Add it again."
    assert kept(tmp_path, detector()) == model
    assert run(model).outputs["count"] == 1
    model.path.write_bytes(bytes(model.size))  # damaged, and as long as before
    known._loaded.clear()
    kept(tmp_path, detector())
    assert run(model).outputs["count"] == 1


def test_few_are_loaded_at_a_time(tmp_path: Path) -> None:
    known._loaded.clear()
    models = [kept(tmp_path, detector(), (f"a{number}", "b")) for number in range(6)]
    known.make_known(models)
    for model in models:
        known.loaded(model)
    assert list(known._loaded) == [each.model_id for each in models[2:]]
    known.loaded(models[2])
    known.loaded(models[0])
    assert list(known._loaded) == [models[4].model_id, models[5].model_id, models[2].model_id, models[0].model_id]


# --- Workflows of one's own that name them ------------------------------------------------------------------------


def naming(model_id: str) -> dict[str, Any]:
    """Return a Workflow that lets the person choose the model."""
    return {
        "version": "1.0",
        "inputs": [
            {"type": "WorkflowImage", "name": "image"},
            {"type": "WorkflowParameter", "name": "model", "default_value": model_id},
        ],
        "steps": [
            {
                "type": "roboflow_core/roboflow_object_detection_model@v2",
                "name": "finder",
                "images": "$inputs.image",
                "model_id": "$inputs.model",
            }
        ],
        "outputs": [{"type": "JsonField", "name": "found", "selector": "$steps.finder.predictions"}],
    }


def test_a_workflow_of_ones_own_names_a_model_of_ones_own(tmp_path: Path) -> None:
    models = OwnModels(tmp_path / "models", _admit)
    bolts, nuts = kept(tmp_path, detector(), ("bolt", "nut")), kept(tmp_path, detector(), ("a", "b"), name="Letters")
    workflows = OwnWorkflows(tmp_path / "workflows", models)
    workflows.add(accepted(naming(bolts.model_id), "Mine", "", models.all()))
    [mine] = workflows.all()
    assert mine.used({}) == (bolts.model_id,)
    assert mine.check({"model": nuts.model_id}) is None
    assert str(mine.check({"model": "team/bolts/3"})) == (
        "The model “team/bolts/3” is not on this computer. These are: coco/yolox-nano, faces/centerface, "
        f"pp_ocr/tiny-tiny, {bolts.model_id} (“Bolts”), {nuts.model_id} (“Letters”)."
    )
    inputs = [Input("a", resource("samples", "cat.jpg"))]
    for model, name in ((bolts, "nut"), (nuts, "b")):
        [row] = process_batch("", inputs, Options(own=mine, parameters={"model": model.model_id}))
        found: Any = row.outputs["found"]
        assert [each["class"] for each in found["predictions"]] == [name]
    models.remove(bolts.model_id)
    [mine] = workflows.all()
    assert f"“{bolts.model_id}” is not on this computer" in str(mine.check({}))
    assert mine.check({"model": nuts.model_id}) is None


BLOCKS = {
    "object_detection": (detector(), (1, 2, 3)),
    "instance_segmentation": (segmenter(), (1, 2, 3, 4)),
    "classification": (classifier([0.1, 0.9]), (1, 2, 3)),
    "multi_label_classification": (classifier([0.1, 0.9], task="multi-label-classification"), (1, 2, 3)),
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_every_version_of_a_block_takes_them(tmp_path: Path, kind: str) -> None:
    data, versions = BLOCKS[kind]
    model = kept(tmp_path, data)
    known.make_known([model])
    picture = open_picture(resource("samples", "cat.jpg").read_bytes())
    seen = []
    for version in versions:
        definition = naming(model.model_id)
        definition["steps"][0]["type"] = f"roboflow_core/roboflow_{kind}_model@v{version}"
        assert objections(definition, own=[model]) == []
        [found] = Runner(definition, ()).run([picture], [{}], ())
        seen.append(found.outputs["found"])
    assert seen[0]["predictions"]  # type: ignore[index]
    assert all(each == seen[0] for each in seen)


def test_a_step_can_not_use_a_model_for_something_else(tmp_path: Path) -> None:
    model = kept(tmp_path, classifier([0.1, 0.9]))
    with pytest.raises(Unfit) as unfit:
        accepted(naming(model.model_id), "Mine", "", [model])
    assert unfit.value.reasons == (
        "The step “finder” (roboflow_core/roboflow_object_detection_model@v2) can not use the model "
        f"“{model.model_id}”, which is for classification.",
    )
