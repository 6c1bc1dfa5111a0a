"""The same Workflow and picture through this computer's engine and through the vendor's own program: equal outputs.

Slow, and wants a package index: the vendor's program is installed into an environment of its own, unless
`BATCHDOCK_VENDOR_PYTHON` names a Python that has `inference` (`pytest -m vendor`). Blocks of classical vision only:
what they find depends on nothing but the picture. Not compared: `dominant_color`, which begins at random, and the QR
reader on a picture without a code, at which the vendor's fails (`engine/vendor/repairs.py`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.apart import Apart
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input
from batchdock.thiscomputer.workflows.acceptance import accepted

pytestmark = [pytest.mark.vendor, pytest.mark.timeout(3600)]

PROGRAM = "inference-cpu==1.8.3"
PICTURES = ("astronaut.jpg", "cat.jpg", "codes.jpg", "coffee.jpg", "invoice_scan.jpg", "mountain.jpg")
NEARLY = 1e-6
BY_A_PIXEL = {"barcodes": 2.0}
"""zxing-cpp 3 reads more codes than the vendor's 2 and puts a corner of one elsewhere by a pixel; texts are equal."""
_MADE_UP = {"detection_id", "inference_id", "parent_id", "root_parent_id", "prediction_type"}

_ASK = """
import json, os, sys
os.environ.update(OFFLINE_MODE="True", TELEMETRY_OPT_OUT="True", DISABLE_VERSION_CHECK="True")
import cv2
from inference.core.managers.base import ModelManager
from inference.core.registries.base import ModelRegistry
from inference.core.workflows.execution_engine.core import ExecutionEngine

given = json.load(sys.stdin)
answers = {}
for name, one in given["asked"].items():
    engine = ExecutionEngine.init(workflow_definition=one["definition"], init_parameters={
        "workflows_core.model_manager": ModelManager(ModelRegistry({})), "workflows_core.api_key": None,
        "workflows_core.background_tasks": None, "workflows_core.thread_pool_executor": None})
    for picture in one["pictures"]:
        image = {"type": "numpy_object", "value": cv2.imread(picture)}
        [answer] = engine.run(runtime_parameters={"image": image}, serialize_results=True)
        answers.setdefault(name, {})[picture] = answer
json.dump(answers, open(given["to"], "w"), default=lambda value: value.tolist())
"""


def _workflow(outputs: Mapping[str, str], *steps: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "1.0",
        "inputs": [{"type": "WorkflowImage", "name": "image"}],
        "steps": list(steps),
        "outputs": [{"type": "JsonField", "name": name, "selector": from_} for name, from_ in outputs.items()],
    }


def _step(kind: str, name: str = "step", image: str = "$inputs.image", **how: Any) -> dict[str, Any]:
    return {"type": f"roboflow_core/{kind}", "name": name, "image": image, **how}


_GREY = _step("convert_grayscale@v1", "grey")
_CUT = {
    "type": "roboflow_core/absolute_static_crop@v1",
    "name": "cut",
    "images": "$inputs.image",
    "x_center": 200,
    "y_center": 150,
    "width": 180,
    "height": 120,
}
_PART = {
    "type": "roboflow_core/relative_statoic_crop@v1",  # as it is spelt there
    "name": "part",
    "images": "$inputs.image",
    "x_center": 0.5,
    "y_center": 0.4,
    "width": 0.5,
    "height": 0.3,
}
_DARK = _step("threshold@v1", "dark", "$steps.grey.image", threshold_type="binary", thresh_value=110, max_value=255)


def _focus_after(*steps: dict[str, Any], of: str, grey: bool = False) -> dict[str, Any]:
    """Return a workflow that measures the picture that other steps made: every pixel of it counts."""
    steps = (*steps, _step("camera_focus@v1", "focus", of))
    outputs = {"focus": "$steps.focus.focus_measure"}
    if not grey:
        steps = (*steps, _step("pixel_color_count@v1", "count", of, target_color=[120, 110, 100], tolerance=60))
        outputs["count"] = "$steps.count.matching_pixels_count"
    return _workflow(outputs, *steps)


_OVER_100 = {
    "type": "BinaryStatement",
    "left_operand": {"type": "DynamicOperand", "operand_name": "focus"},
    "comparator": {"type": "(Number) >"},
    "right_operand": {"type": "StaticOperand", "value": 100},
}
_SHARP = {
    "type": "CaseDefinition",
    "condition": {"type": "StatementGroup", "statements": [_OVER_100]},
    "result": {"type": "StaticCaseResult", "value": "sharp"},
}
_VERDICT = {
    "type": "roboflow_core/expression@v1",
    "name": "verdict",
    "data": {"focus": "$steps.step.focus_measure"},
    "switch": {
        "type": "CasesDefinition",
        "cases": [_SHARP],
        "default": {"type": "StaticCaseResult", "value": "soft"},
    },
}
_SIZE = {
    "type": "roboflow_core/property_definition@v1",
    "name": "size",
    "data": "$inputs.image",
    "operations": [{"type": "ExtractImageProperty", "property_name": "size"}],
}
_COUNTED = {
    "type": "roboflow_core/property_definition@v1",
    "name": "counted",
    "data": "$steps.step.predictions",
    "operations": [{"type": "SequenceLength"}],
}


def _codes(kind: str) -> dict[str, Any]:
    reader = {"type": f"roboflow_core/{kind}", "name": "step", "images": "$inputs.image"}
    return _workflow({"codes": "$steps.step.predictions", "count": "$steps.counted.output"}, reader, _COUNTED)


WORKFLOWS = {
    "grayscale": _focus_after(_GREY, of="$steps.grey.image", grey=True),
    "threshold": _focus_after(_GREY, _DARK, of="$steps.dark.image", grey=True),
    "blur": _focus_after(_step("image_blur@v1", blur_type="gaussian", kernel_size=7), of="$steps.step.image"),
    "median": _focus_after(_step("image_blur@v1", blur_type="median", kernel_size=5), of="$steps.step.image"),
    "contrast": _focus_after(
        _step("contrast_equalization@v1", equalization_type="Histogram Equalization"), of="$steps.step.image", grey=True
    ),
    "crop": _focus_after(_CUT, of="$steps.cut.crops"),
    "relative crop": _focus_after(_PART, of="$steps.part.crops"),
    "contours": _workflow(
        {"count": "$steps.step.number_contours"},
        _GREY,
        _DARK,
        _step("contours_detection@v1", image="$steps.dark.image", line_thickness=3),
    ),
    "barcodes": _codes("barcode_detector@v1"),
    "QR codes": _codes("qr_code_detector@v1"),
    "verdict": _workflow(
        {"size": "$steps.size.output", "verdict": "$steps.verdict.output", "focus": "$steps.step.focus_measure"},
        _step("camera_focus@v1"),
        _SIZE,
        _VERDICT,
    ),
}
WITHOUT_PICTURES_WITHOUT_CODE = ("QR codes",)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the vendor's program."""
    known = os.environ.get("BATCHDOCK_VENDOR_PYTHON")
    if known:
        return Path(known)
    home = tmp_path_factory.mktemp("vendor") / "venv"
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", PROGRAM], check=True)
    return python


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The samples without loss: what is compared are the blocks, not how each side decodes a JPEG."""
    folder = tmp_path_factory.mktemp("pictures")
    found = {name: folder / f"{Path(name).stem}.png" for name in PICTURES}
    for name, path in found.items():
        with Image.open(resource("samples", name)) as image:
            image.convert("RGB").save(path)
    return found


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    """The process in which workflows are looked at before they are run."""
    made = Apart()
    yield made
    made.close()


@pytest.fixture(scope="module")
def theirs(program: Path, pictures: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the vendor's program finds: workflow → picture → outputs."""
    to = tmp_path_factory.mktemp("theirs") / "answers.json"
    asked = {
        name: {"definition": definition, "pictures": [str(pictures[each]) for each in _pictures_for(name)]}
        for name, definition in WORKFLOWS.items()
    }
    given = json.dumps({"asked": asked, "to": str(to)})
    done = subprocess.run([program, "-c", _ASK], input=given, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(to.read_text())


@pytest.mark.filterwarnings("ignore:This might be a color image")
@pytest.mark.parametrize("name", WORKFLOWS)
def test_same_results(name: str, theirs: Any, pictures: dict[str, Path], apart: Apart) -> None:
    workflow = accepted(WORKFLOWS[name], name, "", apart=apart)
    chosen = _pictures_for(name)
    rows = process_batch("", [Input(each, pictures[each]) for each in chosen], Options(own=workflow))
    assert [row.cause for row in rows] == [None] * len(rows)
    for row in rows:
        wanted = theirs[name][str(pictures[row.name])]
        assert _same(dict(row.outputs), wanted, BY_A_PIXEL.get(name, NEARLY)), (
            f"{row.name}: {row.outputs} is not {wanted}"
        )


def _pictures_for(name: str) -> tuple[str, ...]:
    return ("codes.jpg",) if name in WITHOUT_PICTURES_WITHOUT_CODE else PICTURES


def _same(ours: Any, theirs: Any, nearly: float) -> bool:
    """Tell whether two values are the same: numbers nearly, and what is made up anew for every run left out."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        keys = (ours.keys() | theirs.keys()) - _MADE_UP
        return all(key in ours and key in theirs and _same(ours[key], theirs[key], nearly) for key in keys)
    if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        return len(ours) == len(theirs) and all(_same(*pair, nearly) for pair in zip(ours, theirs, strict=True))
    if isinstance(ours, float) or isinstance(theirs, float):
        return bool(ours == pytest.approx(theirs, rel=NEARLY, abs=nearly))
    return bool(ours == theirs)
