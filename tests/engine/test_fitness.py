"""What a workflow may not do on this computer is said before it runs, by the name of the step."""

import inspect
import sys
from typing import Any

import pytest

from batchdock.thiscomputer.engine.vendor import fitness
from batchdock.thiscomputer.engine.vendor.fitness import objections
from batchdock.thiscomputer.engine.vendor.prepared import prepare
from batchdock.thiscomputer.workflows.by_engine import ByEngine
from batchdock.thiscomputer.workflows.catalogue import catalogue

DETECTOR = {
    "type": "roboflow_core/roboflow_object_detection_model@v2",
    "name": "finder",
    "images": "$inputs.image",
    "model_id": "coco/yolox-nano",
}


def workflow(*steps: dict[str, Any], inputs: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """Return a definition with these steps after each other."""
    outputs = [{"type": "JsonField", "name": "all", "selector": f"$steps.{steps[-1]['name']}.*"}]
    image = {"type": "WorkflowImage", "name": "image"}
    return {"version": "1.0", "inputs": [image, *inputs], "steps": list(steps), "outputs": outputs}


def test_built_in_workflows_are_fit() -> None:
    by_engine = [each for each in catalogue() if isinstance(each, ByEngine)]
    assert len(by_engine) >= 3
    assert {each.workflow_id: objections(each.definition) for each in by_engine} == {
        each.workflow_id: [] for each in by_engine
    }


WORLD = {
    "roboflow_core/webhook_sink@v1",
    "roboflow_core/email_notification@v1",
    "roboflow_core/email_notification@v2",
    "roboflow_core/slack_notification@v1",
    "roboflow_core/twilio_sms_notification@v2",
    "roboflow_core/roboflow_dataset_upload@v2",
    "roboflow_core/roboflow_custom_metadata@v1",
    "roboflow_core/model_monitoring_inference_aggregator@v1",
    "roboflow_core/local_file_sink@v1",
    "roboflow_core/s3_sink@v1",
    "roboflow_core/onvif_sink@v1",
    "roboflow_core/roboflow_vision_events@v1",
    "roboflow_core/vision_event_bundle@v1",
    "roboflow_core/environment_secrets_store@v1",
    "roboflow_core/inner_workflow@v1",
    "roboflow_core/open_ai@v7",
    "roboflow_core/anthropic_claude@v5",
    "roboflow_core/google_gemini@v6",
    "roboflow_core/google_vision_ocr@v1",
    "roboflow_core/openai_compatible@v1",
    "roboflow_core/stability_ai_inpainting@v1",
    "roboflow_core/seg-preview@v1",
}


@pytest.mark.parametrize("kind", sorted(WORLD))
def test_blocks_that_talk_to_the_world_are_refused_by_name(kind: str) -> None:
    [sentence] = objections(workflow(DETECTOR, {"type": kind, "name": "teller"}))
    assert sentence.startswith(f"The step “teller” ({kind}) talks to the network")


def test_every_block_whose_code_can_reach_the_network_needs_a_model_or_is_refused() -> None:
    """A new version of the engine may bring blocks that nobody has looked at."""
    prepare()
    reaching = ("requests.", "import httpx", "import aiohttp", "urllib.request", "smtplib", "import socket", "boto3")
    unseen = set()
    for kind, manifest in fitness._manifests().items():
        code = inspect.getsource(sys.modules[manifest.__module__])
        if fitness._needs_the_world(manifest) or not any(each in code for each in reaching):
            continue
        unseen.add(kind.split("@")[0])
    # Documentation of the first ones speaks of “requests.”; the models are refused by their ids.
    assert (
        unseen
        == {
            "roboflow_core/rate_limiter",
            "RateLimiter",
            "roboflow_core/cache_get",
            "roboflow_core/cache_set",
            "roboflow_core/sam3",
            "roboflow_core/sam3_interactive",
        }
        & unseen
    )


def test_unknown_models_are_named() -> None:
    [sentence] = objections(workflow(DETECTOR | {"model_id": "my-team/bolts/3"}))
    assert sentence == (
        "The step “finder” can not run. The model “my-team/bolts/3” is not on this computer. "
        "These are: coco/yolox-nano, faces/centerface, pp_ocr/tiny-tiny."
    )


def test_model_of_an_input_goes_by_its_value() -> None:
    step = DETECTOR | {"model_id": "$inputs.model"}
    asked = {"type": "WorkflowParameter", "name": "model", "default_value": "faces/centerface"}
    assert objections(workflow(step, inputs=(asked,))) == []
    assert objections(workflow(step, inputs=(asked,)), {"model": "coco/yolox-nano"}) == []
    [sentence] = objections(workflow(step, inputs=(asked,)), {"model": "yolov8x-1280"})
    assert "“yolov8x-1280” is not on this computer" in sentence


def test_a_model_is_only_for_what_it_does() -> None:
    kind = "roboflow_core/roboflow_instance_segmentation_model@v2"
    [sentence] = objections(workflow(DETECTOR | {"type": kind}))
    assert sentence == (
        f"The step “finder” ({kind}) can not use the model “coco/yolox-nano”, which is for object-detection."
    )


@pytest.mark.parametrize("kind", ["sam3@v3", "clip@v1", "easy_ocr@v1", "florence_2@v2", "moondream2@v1"])
def test_blocks_with_models_of_their_own_are_refused(kind: str) -> None:
    step: dict[str, Any] = {"type": f"roboflow_core/{kind}", "name": "big", "images": "$inputs.image"}
    step |= {"class_names": ["a"], "data": "$inputs.image", "prompt": "what?", "task_type": "caption"}
    sentences = objections(workflow(step))
    assert len(sentences) == 1
    assert "big" in sentences[0]


def test_python_in_a_workflow_is_refused() -> None:
    definition = workflow(DETECTOR) | {"dynamic_blocks_definitions": [{"type": "DynamicBlockDefinition"}]}
    [sentence] = objections(definition)
    assert "Python code" in sentence


def test_what_is_missing_is_said_step_by_step() -> None:
    """By the name of the step, for every step, and in the words of the definition."""
    without = {key: value for key, value in DETECTOR.items() if key != "images"}
    label = {"type": "roboflow_core/label_visualization@v1", "name": "writer", "image": "$inputs.image"}
    assert objections(workflow(without | {"confidence": 7}, label)) == [
        "The step “finder” (roboflow_core/roboflow_object_detection_model@v2) is not right: “images” is missing.",
        "The step “finder” (roboflow_core/roboflow_object_detection_model@v2) is not right: “confidence” can not be 7 "
        "(Input should be less than or equal to 1).",
        "The step “writer” (roboflow_core/label_visualization@v1) is not right: “predictions” is missing.",
    ]
    assert objections({"steps": [DETECTOR | {"name": None}], "outputs": []}) == ["The step number 1 has no name."]


def test_a_model_that_is_chosen_later_is_no_objection() -> None:
    step = DETECTOR | {"model_id": "$inputs.model"}
    assert objections(workflow(step)) == [
        "The step “finder” takes its model from the input “model”, and there is no such input."
    ]
    assert objections(workflow(step, inputs=({"type": "WorkflowParameter", "name": "model"},))) == []


def test_what_is_no_workflow_is_said() -> None:
    assert objections({}) == ["This is not a workflow: it has no list of steps."]
    assert objections({"steps": ["a"]}) == ["This is not a workflow: it has no list of steps."]
    [sentence] = objections(workflow({"type": "no/such@v1", "name": "odd"}))
    assert sentence == "The step “odd” is a block that this computer does not know: no/such@v1."
    [sentence] = objections(workflow(DETECTOR | {"images": "$inputs.picture"}))
    assert sentence.startswith("The workflow is not right: ")
