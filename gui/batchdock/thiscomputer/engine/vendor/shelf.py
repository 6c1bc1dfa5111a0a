"""What there is on this computer: the engine, and models by the ids that workflows name. Light: nothing is loaded."""

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.own.form import OwnModel

OBJECTS = "coco/yolox-nano"
FACES = "faces/centerface"
TEXT = "pp_ocr/tiny-tiny"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A model that came with the app: its files in `resources/models`, and the workflow that shows it best."""

    model_id: str
    name: str
    task: str
    files: tuple[str, ...]
    workflow_id: str
    created: str = "2026-11-22T00:00:00Z"

    def names(self) -> tuple[str, ...]:
        """Return what it finds."""
        return object_names() if self.model_id == OBJECTS else ("face",) if self.model_id == FACES else ()


BUILT_IN = (
    Shipped(OBJECTS, "YOLOX-Nano", "object-detection", ("yolox_nano.onnx",), "find-objects"),
    Shipped(FACES, "CenterFace", "object-detection", ("centerface.onnx",), "blur-faces"),
    Shipped(TEXT, "PP-OCR tiny", "text-recognition", ("ppocrv6_tiny_det.onnx", "ppocrv6_tiny_rec.onnx"), "read-text"),
)

MODELS = {each.model_id: each.task for each in BUILT_IN}
"""What each of those does, in the vendor's words."""

MISSING = (
    "This workflow needs a part of Batchdock that is not installed here. "
    "Set Batchdock up again with Python 3.11, 3.12 or 3.13."
)


@cache
def is_engine_installed() -> bool:
    """Return whether the vendor's engine is here at all."""
    return all(importlib.util.find_spec(each) for each in ("roboflow_workflows", "onnxruntime", "cv2"))


@cache
def object_names() -> tuple[str, ...]:
    """Return the 80 kinds of things that `OBJECTS` knows, in its order."""
    return tuple(resource("models", "coco_80.txt").read_text(encoding="utf-8").split("\n")[:80])


def task_of(model_id: str, own: Iterable[OwnModel]) -> str | None:
    """Return what a model does, in the vendor's words; None for one that is not here."""
    return MODELS.get(model_id) or next((each.form.task for each in own if each.model_id == model_id), None)


def unknown_model(model_id: str, own: Iterable[OwnModel]) -> str:
    """Return the sentence for a model that is not here."""
    known = [*MODELS, *(f"{each.model_id} (“{each.name}”)" for each in own)]
    return f"The model “{model_id}” is not on this computer. These are: {', '.join(known)}."
