"""Known faults of the engine: mended here, and looked for upstream, so that a repair goes when it is needed no more."""

import subprocess
import sys
from typing import Any

import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.picture import Moment, Picture
from batchdock.thiscomputer.engine.vendor.running import Runner


def reader(kind: str) -> Runner:
    """Return a workflow of one block that reads codes."""
    definition: dict[str, Any] = {
        "version": "1.0",
        "inputs": [{"type": "WorkflowImage", "name": "image"}],
        "steps": [{"type": f"roboflow_core/{kind}", "name": "reader", "images": "$inputs.image"}],
        "outputs": [{"type": "JsonField", "name": "codes", "selector": "$steps.reader.predictions"}],
    }
    return Runner(definition, ())


def codes(kind: str, image: Image.Image) -> list[dict[str, Any]]:
    """Return what a block reads in a picture."""
    found: Any = reader(kind).run([Picture(image, image.width, image.height)], [{}], ())[0]
    return list(found.outputs["codes"]["predictions"])


@pytest.mark.parametrize("kind", ["qr_code_detector@v1", "barcode_detector@v1"])
def test_picture_without_a_code(kind: str) -> None:
    assert codes(kind, Image.new("RGB", (320, 240), "grey")) == []


def test_codes_are_still_found() -> None:
    picture = Image.open(resource("samples", "codes.jpg")).convert("RGB")
    assert [each["data"] for each in codes("qr_code_detector@v1", picture)] == ["https://example.com/asset/0042"]
    assert {each["data"] for each in codes("barcode_detector@v1", picture)} == {
        "https://example.com/asset/0042",
        "4006381333931",
        "PALLET-0099812",
    }


def test_upstream_still_needs_the_repair() -> None:
    """When this fails, upstream has mended its reader of QR codes: take ours out of `repairs.py`."""
    code = (
        "import numpy\n"
        "from batchdock.thiscomputer.engine.vendor import repairs\n"
        "repairs.repair = lambda: None\n"
        "from batchdock.thiscomputer.engine.vendor.prepared import prepare\n"
        "prepare()\n"
        "from roboflow_workflows.core_steps.models.third_party.qr_code_detection import v1\n"
        "try: v1.detect_qr_codes(type('Image', (), {'numpy_image': numpy.zeros((240, 320, 3), 'uint8')}))\n"
        "except TypeError as error: print(error)\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert answer.stdout.strip() == "'NoneType' object is not iterable"


def test_only_what_is_known_of_opencv_is_used() -> None:
    """The repair stands for all of OpenCV that the block uses."""
    import inspect
    import re

    from roboflow_workflows.core_steps.models.third_party.qr_code_detection import v1

    assert set(re.findall(r"\bcv2\.(\w+)", inspect.getsource(v1))) == {"QRCodeDetector"}


def tracked(kind: str, video: str) -> list[int]:
    """Follow a person through three frames that are the same; return the numbers given."""
    image = Image.open(resource("samples", "photographer.jpg")).convert("RGB")
    definition: dict[str, Any] = {
        "version": "1.0",
        "inputs": [{"type": "WorkflowImage", "name": "image"}],
        "steps": [
            {
                "type": "roboflow_core/roboflow_object_detection_model@v2",
                "name": "detector",
                "images": "$inputs.image",
                "model_id": "coco/yolox-nano",
            },
            {
                "type": f"roboflow_core/{kind}",
                "name": "tracker",
                "image": "$inputs.image",
                "detections": "$steps.detector.predictions",
            },
        ],
        "outputs": [{"type": "JsonField", "name": "tracks", "selector": "$steps.tracker.tracked_detections"}],
    }
    runner = Runner(definition, ())
    numbers = []
    for frame in range(4):
        moment = Moment(video, frame, frame / 10, 10.0)
        found: Any = runner.run([Picture(image, image.width, image.height, moment=moment)], [{}], ())[0]
        numbers += [each["tracker_id"] for each in found.outputs["tracks"]["predictions"]]
    return numbers


@pytest.mark.parametrize("kind", [f"trackers_{each}@v1" for each in ("bytetrack", "sort", "ocsort", "botsort")])
def test_tracks_are_numbered_anew_in_every_video(kind: str) -> None:
    first = tracked(kind, "one")
    assert first
    assert tracked(kind, "two") == first


def test_upstream_still_counts_on() -> None:
    """When this fails, upstream has mended its trackers: take `_counting_anew` out of `repairs.py`."""
    import numpy
    from supervision import Detections
    from trackers import ByteTrackTracker

    def numbers() -> list[int]:
        tracker = ByteTrackTracker()
        box = numpy.array([[10.0, 10.0, 90.0, 90.0]])
        found = Detections(box, confidence=numpy.array([0.9]), class_id=numpy.array([0]))
        seen = [tracker.update(found).tracker_id for _ in range(4)]
        return [int(each) for frame in seen if frame is not None for each in frame if each >= 0]

    assert numbers() != numbers()
