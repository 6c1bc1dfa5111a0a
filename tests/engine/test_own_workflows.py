"""A workflow of one's own, sent to the service: checked, kept, run, and refused in words.

Half a minute: every check imports the engine in a process of its own, as it does for people.
"""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import IMAGE_PLACEHOLDER, Input
from batchdock.thiscomputer.workflows.acceptance import Unfit, accepted
from batchdock.thiscomputer.workflows.own import OwnWorkflow
from making.local_service import LocalService

WORKFLOWS = "/this-computer/workflows"

CUT = {
    "version": "1.0",
    "inputs": [
        {"type": "WorkflowImage", "name": "photo"},
        {"type": "WorkflowParameter", "name": "sure", "default_value": 0.5},
        {"type": "WorkflowParameter", "name": "model", "default_value": "coco/yolox-nano"},
    ],
    "steps": [
        {
            "type": "roboflow_core/roboflow_object_detection_model@v2",
            "name": "finder",
            "images": "$inputs.photo",
            "model_id": "$inputs.model",
            "confidence": "$inputs.sure",
        },
        {
            "type": "roboflow_core/dynamic_crop@v1",
            "name": "cutter",
            "images": "$inputs.photo",
            "predictions": "$steps.finder.predictions",
        },
        {"type": "roboflow_core/convert_grayscale@v1", "name": "grey", "image": "$inputs.photo"},
    ],
    "outputs": [
        {"type": "JsonField", "name": "found", "selector": "$steps.finder.predictions"},
        {"type": "JsonField", "name": "everything", "selector": "$steps.finder.*"},
        {"type": "JsonField", "name": "pieces", "selector": "$steps.cutter.crops"},
        {"type": "JsonField", "name": "grey_photo", "selector": "$steps.grey.image"},
    ],
}
"""Other names than ours, a wildcard, many pictures from one, and a grey picture."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    with LocalService(tmp_path_factory.mktemp("service") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def own() -> OwnWorkflow:
    return accepted(CUT, "Cut out", "")


def with_step(**changes: object) -> dict[str, Any]:
    """Return the workflow with another first step."""
    return {**CUT, "steps": [CUT["steps"][0] | changes, *CUT["steps"][1:]]}  # type: ignore[operator]


def test_what_the_check_reads(own: OwnWorkflow) -> None:
    assert own.outputs == ("found", "everything", "pieces", "grey_photo")
    assert (own.image_outputs, own.image_lists) == (("pieces", "grey_photo"), ("pieces",))
    assert own.image_input == "photo"
    assert own.settings == ("sure", "model")
    assert own.needed == ()
    assert own.model_inputs == ("model",)
    assert own.only_for is None
    assert OwnWorkflow.from_json(own.to_json()) == own


def test_same_definition_has_same_id(own: OwnWorkflow) -> None:
    other = accepted(dict(reversed(list(CUT.items()))), "Another name", "")
    assert other.workflow_id == own.workflow_id
    assert accepted(with_step(confidence=0.1), "Cut out", "").workflow_id != own.workflow_id


def test_it_runs_like_one_that_is_built_in(own: OwnWorkflow) -> None:
    [row] = process_batch("", [Input("a", resource("samples", "coffee.jpg"))], Options(own=own, keep_images=True))
    assert row.cause is None
    found: Any = row.outputs["found"]
    assert [each["class"] for each in found["predictions"]] == ["cup", "dining table"]
    everything: Any = row.outputs["everything"]
    assert everything["predictions"] == found
    assert row.outputs["pieces"] == [IMAGE_PLACEHOLDER, IMAGE_PLACEHOLDER]
    assert Image.open(io.BytesIO(row.images["grey_photo"])).size == (600, 400)
    assert sorted(row.images) == ["grey_photo", "pieces/0", "pieces/1"]
    [same] = process_batch("", [Input("a", resource("samples", "coffee.jpg"))], Options(own=own))
    assert (same.outputs, same.images) == (row.outputs, {})
    kept = Options(own=own, keep_images=True, image_outputs=("pieces",))
    [some] = process_batch("", [Input("a", resource("samples", "coffee.jpg"))], kept)
    assert sorted(some.images) == ["pieces/0", "pieces/1"]


def test_settings_are_checked_before_a_job(own: OwnWorkflow) -> None:
    assert own.check({}) is None
    assert own.check({"sure": 0.9, "model": "faces/centerface"}) is None
    assert own.check({"speed": 1}) == "This workflow has no setting “speed”. Its settings: sure, model."
    assert str(own.check({"model": "yolov8x"})).startswith("The model “yolov8x” is not on this computer.")
    definition = {**CUT, "inputs": [CUT["inputs"][0], {"type": "WorkflowParameter", "name": "sure"}]}
    needs = accepted(
        {**definition, "steps": with_step(model_id="coco/yolox-nano")["steps"]}, "Cut out, as sure as you say", ""
    )
    assert needs.check({}) == "This workflow needs a value for “sure”."
    assert needs.check({"sure": 0.2}) is None


def test_what_remembers_frames_is_for_videos() -> None:
    tracker = {
        "type": "roboflow_core/trackers_bytetrack@v1",
        "name": "tracker",
        "image": "$inputs.photo",
        "detections": "$steps.finder.predictions",
    }
    tracks = {"type": "JsonField", "name": "tracks", "selector": "$steps.tracker.tracked_detections"}
    workflow = accepted({**CUT, "steps": [*CUT["steps"], tracker], "outputs": [tracks]}, "Follow", "")
    assert workflow.only_for == "videos"


NOT_FIT = {
    "no picture": ({**CUT, "inputs": []}, "A workflow takes exactly one picture here; this one takes 0."),
    "no outputs": ({**CUT, "outputs": []}, "The workflow has no outputs, so there would be no results."),
    "nothing": ({}, "This is not a workflow: it has no list of inputs."),
    "unknown model": (with_step(model_id="team/bolts/3"), "The step “finder” can not run. The model “team/bolts/3” is"),
    "odd output": (
        {**CUT, "outputs": [{"type": "JsonField", "name": "a", "selector": 5}]},
        "The workflow is not right: ",
    ),
    "strange input": (
        {**CUT, "inputs": [*CUT["inputs"], {"type": "WorkflowBatchInput", "name": "pile"}]},
        "The input “pile” is a WorkflowBatchInput, and there is none here.",
    ),
}


@pytest.mark.parametrize("which", NOT_FIT)
def test_what_is_not_fit_is_refused_in_words(which: str) -> None:
    definition, words = NOT_FIT[which]
    with pytest.raises(Unfit) as refused:
        accepted(definition, "a", "")
    assert str(refused.value).startswith(words)


def test_through_the_service(service: LocalService) -> None:
    refused = service.ask("POST", WORKFLOWS, json={"name": "Odd", "specification": NOT_FIT["unknown model"][0]})
    assert refused.status_code == 400
    assert "“team/bolts/3” is not on this computer" in refused.json()["error"]["message"]

    added = service.ask("POST", WORKFLOWS, json={"name": "Cut out", "specification": CUT})
    assert added.status_code == 200
    workflow_id = added.json()["workflow"]["url"]
    assert [each["name"] for each in service.ask("GET", WORKFLOWS).json()["workflows"]][-1] == "Cut out"
    assert service.ask("GET", f"{WORKFLOWS}/{workflow_id}").json()["workflow"] == added.json()["workflow"]

    service.upload("photos", "coffee.jpg", resource("samples", "coffee.jpg").read_bytes())
    settings = {"workflowParameters": {"sure": 0.8}}
    assert service.start_job("j-own", "photos", workflow_id, specification=settings).status_code == 200
    service.stop()
    service.start()  # what was added is still there, and the job goes on
    assert service.wait("j-own")["status"] == "completed"
    [outputs] = [json.loads(data) for name, data in service.results("j-own") if name == "coffee.jpg/results.json"]
    assert [each["class"] for each in outputs["found"]["predictions"]] == ["cup"]

    assert service.ask("DELETE", f"{WORKFLOWS}/{workflow_id}").status_code == 200
    assert service.ask("GET", f"{WORKFLOWS}/{workflow_id}").status_code == 404
    assert service.ask("DELETE", f"{WORKFLOWS}/find-objects").status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b'{"name": "a"}', b'{"specification": {}}', b"[" * 100_000])
def test_bodies_that_are_no_workflow(service: LocalService, body: bytes) -> None:
    answer = service.ask("POST", WORKFLOWS, content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("workflow_id", ["own-", "own-../../known", "own-%2e%2e", "own-abc", "no-such"])
def test_ids_that_are_none(service: LocalService, workflow_id: str) -> None:
    assert service.ask("GET", f"{WORKFLOWS}/{workflow_id}").status_code in {404, 405}
