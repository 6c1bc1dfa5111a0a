"""The models that workflows may use here, behind the vendor's port for them (`ModelsProvider`).

A model is loaded when the first picture comes, and stays.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.own.finds import Finds, Shares, Wanted
from batchdock.thiscomputer.engine.own.form import Form
from batchdock.thiscomputer.engine.own.known import known_model, known_models, loaded
from batchdock.thiscomputer.engine.vendor.networks import Boxes, CenterFace, Detector, Pixels, Yolox
from batchdock.thiscomputer.engine.vendor.shelf import FACES, OBJECTS, TEXT, object_names, task_of, unknown_model
from batchdock.thiscomputer.engine.vendor.text import Line, TextReader

# Any fixed value: what is found at the same place always gets the same id.
_NAMESPACE = uuid.UUID("0d0d7f1e-6d0f-5a43-8d0a-3f5c6cf7a1b2")

_OVERLAP = 0.45
_CONFIDENCE = 0.4
_MOST = 300
_CANDIDATES = 3000


@cache
def detectors() -> Mapping[str, Detector]:
    """Return the networks that find things, by model id; the same ones in the whole process."""
    return {
        OBJECTS: Yolox(resource("models", "yolox_nano.onnx"), object_names()),
        FACES: CenterFace(resource("models", "centerface.onnx")),
    }


@cache
def text_reader() -> TextReader:
    """Return what reads text, the same one in the whole process."""
    return TextReader(*(resource("models", f"ppocrv6_tiny_{part}") for part in ("det.onnx", "rec.onnx", "dict.txt")))


class UnknownModel(LookupError):
    """A workflow names a model that is not here. The text is a sentence."""


class LocalModels:
    """The vendor's `ModelsProvider`, as far as there are models for it; anything else raises `UnknownModel`."""

    content_addressed_artifact_cache = None

    def add_model(self, model_id: str, api_key: str | None, model_id_alias: str | None = None, **_: Any) -> None:
        """Say that a step will use this model."""
        if model_id not in self:
            raise _unknown(model_id)

    def __contains__(self, model_id: str) -> bool:
        return task_of(model_id, known_models()) is not None

    def run_object_detection(
        self,
        model_id: str,
        images: Sequence[Mapping[str, Any]],
        class_filter: Sequence[str] | None = None,
        confidence: float | str | None = None,
        iou_threshold: float | None = None,
        max_detections: int | None = None,
        class_agnostic_nms: bool | None = None,
        max_candidates: int | None = None,
        **_: Any,
    ) -> list[dict[str, Any]]:
        """Return what is found in every image, as the cloud's own models answer."""
        wanted = Wanted(
            _confidence(confidence),
            _OVERLAP if iou_threshold is None else iou_threshold,
            bool(class_agnostic_nms),
            max_detections or _MOST,
            max_candidates or _CANDIDATES,
        )
        answers = []
        for image in images:
            found = _found(model_id, image["value"], wanted)
            chosen = [each for each in found if not class_filter or each["class"] in class_filter]
            answers.append({"image": _size(image["value"]), "predictions": chosen[:max_detections]})
        return answers

    def run_instance_segmentation(
        self, model_id: str, images: Sequence[Mapping[str, Any]], return_raw_responses: bool = False, **asked: Any
    ) -> "list[dict[str, Any]] | _Responses":
        """Return what is found, with `points` for every find. One version of the block wants objects, not answers."""
        answers = self.run_object_detection(model_id, images, **asked)
        return _Responses([_Response(each) for each in answers]) if return_raw_responses else answers

    def run_classification(
        self,
        model_id: str,
        images: Sequence[Mapping[str, Any]],
        confidence: float | str | None = None,
        **_: Any,
    ) -> list[dict[str, Any]]:
        """Return what every image shows, as the cloud's own models answer."""
        model = known_model(model_id)
        if model is None:
            raise _unknown(model_id)
        answers = []
        for image in images:
            shares = loaded(model).look(image["value"], Wanted())
            if not isinstance(shares, Shares):
                raise UnknownModel(f"The model “{model_id}” is for {model.form.task}.")
            told = _labels if model.form.task == "multi-label-classification" else _one_label
            answers.append({"image": _size(image["value"]), **told(shares, model.form, _confidence(confidence))})
        return answers

    def run_pp_ocr(
        self, image: Mapping[str, Any], text_detection: Any, text_recognition: Any, **_: Any
    ) -> dict[str, Any]:
        """Return the lines of text in one image; all of them in `result`, each on a line of its own."""
        asked = f"pp_ocr/{text_detection}-{text_recognition}"
        if asked != TEXT:
            raise _unknown(asked)
        pixels: Pixels = image["value"]
        lines = text_reader().read(pixels)
        return {
            "image": _size(pixels),
            "result": "\n".join(line.text for line in lines),
            "predictions": [_text_detection(line) for line in lines],
        }

    def get_class_names(self, model_id: str) -> list[str]:
        """Return what a model can find."""
        if model := known_model(model_id):
            return list(model.form.class_names)
        detector = detectors().get(model_id)
        if detector is None:
            raise _unknown(model_id)
        return list(detector.names)

    def model_supports_stream_pipeline(self, model_id: str) -> bool:
        """Every picture is answered before the next one comes."""
        return False

    def flush_model_stream_pipeline(self, model_id: str) -> None:
        """Nothing is on its way."""

    def shutdown_model_stream_pipeline(self, model_id: str) -> None:
        """Nothing is on its way."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("run_"):
            raise UnknownModel(f"There is no model for “{name.removeprefix('run_')}” on this computer.")
        raise AttributeError(name)


@dataclass(frozen=True, slots=True)
class _Response:
    """An answer as an object."""

    answer: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer."""
        return self.answer


@dataclass(frozen=True, slots=True)
class _Responses:
    """The answers to several images, as objects."""

    raw_responses: list[_Response]


def _size(pixels: Pixels) -> dict[str, int]:
    return {"width": pixels.shape[1], "height": pixels.shape[0]}


def _unknown(model_id: str) -> UnknownModel:
    return UnknownModel(unknown_model(model_id, known_models()))


def _confidence(asked: float | str | None) -> float:
    """Return a number where the cloud has words for what an evaluation there found best."""
    return asked if isinstance(asked, int | float) else _CONFIDENCE


def _found(model_id: str, pixels: Pixels, wanted: Wanted) -> list[dict[str, Any]]:
    model = known_model(model_id)
    if model is not None:
        finds = loaded(model).look(pixels, wanted)
        if isinstance(finds, Shares):
            raise UnknownModel(f"The model “{model_id}” is for {model.form.task}.")
        return _own_detections(finds, model.form, model_id)
    detector = detectors().get(model_id)
    if detector is None:
        raise _unknown(model_id)
    return _detections(detector.find(pixels, wanted.at_least, wanted.overlap), detector.names, model_id)


def _detections(boxes: Boxes, names: Sequence[str], model_id: str) -> list[dict[str, Any]]:
    return [
        _detection(corners, float(score), names[kind], int(kind), model_id)
        for corners, score, kind in zip(boxes.corners.tolist(), boxes.scores, boxes.classes, strict=True)
    ]


def _own_detections(finds: Finds, form: Form, model_id: str) -> list[dict[str, Any]]:
    each = zip(finds.corners.tolist(), finds.scores.tolist(), finds.classes.tolist(), strict=True)
    found = [_detection(corners, score, form.name_of(kind), kind, model_id) for corners, score, kind in each]
    if finds.outlines is None:
        return found
    return [
        {**detection, "points": [{"x": x, "y": y} for x, y in outline.tolist()]}
        for detection, outline in zip(found, finds.outlines, strict=True)
    ]


def _one_label(shares: Shares, form: Form, at_least: float) -> dict[str, Any]:
    order = numpy.argsort(-shares.scores, kind="stable").tolist()
    told = [{"class": form.name_of(each), "class_id": each, "confidence": float(shares.scores[each])} for each in order]
    top = told[0]
    sure = [each for each in told if each["confidence"] >= at_least]
    return {"predictions": sure, "top": top["class"], "confidence": top["confidence"]}


def _labels(shares: Shares, form: Form, at_least: float) -> dict[str, Any]:
    scores = shares.scores.tolist()
    told = {form.name_of(each): {"class_id": each, "confidence": score} for each, score in enumerate(scores)}
    sure = [name for name, each in told.items() if each["confidence"] >= at_least]
    return {"predictions": told, "predicted_classes": sure}


def _text_detection(line: Line) -> dict[str, Any]:
    across, down = zip(*line.corners, strict=True)
    detection = _detection([min(across), min(down), max(across), max(down)], line.certainty, line.text, 0, TEXT)
    return {**detection, "points": [{"x": x, "y": y} for x, y in line.corners]}


def _detection(corners: Sequence[float], score: float, name: str, kind: int, model_id: str) -> dict[str, Any]:
    left, top, right, bottom = corners
    return {
        "x": (left + right) / 2,
        "y": (top + bottom) / 2,
        "width": right - left,
        "height": bottom - top,
        "confidence": score,
        "class": name,
        "class_id": kind,
        "detection_id": str(uuid.uuid5(_NAMESPACE, f"{model_id}\n{name}\n{corners}")),
    }
