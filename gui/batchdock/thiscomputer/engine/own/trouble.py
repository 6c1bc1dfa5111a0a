"""Says in sentences what is wrong with a model file, and what helps."""

import re

from batchdock.thiscomputer.engine.own.form import ModelUnfit

LIMIT_BYTES = 2**31 - 1
"""The format itself ends there."""

_OTHERS = (
    (re.compile(rb"PK\x03\x04|\x80[\x02-\x05]"), "This looks like a PyTorch file (.pt, .pth)"),
    (re.compile(rb"\x89HDF"), "This looks like a Keras file (.h5)"),
    (re.compile(rb"....TFL3", re.DOTALL), "This is a TensorFlow Lite file (.tflite)"),
    (re.compile(rb"....ORTM", re.DOTALL), "This is a model in ONNX Runtime’s own format (.ort)"),
    (re.compile(rb"\s*(<\?xml|<net )"), "This looks like an OpenVINO file (.xml)"),
    (re.compile(rb".{8}\{\"", re.DOTALL), "This is a safetensors file"),
    (
        re.compile(rb"version https://git-lfs"),
        "This is the pointer of Git LFS, not the model: fetch it with git lfs pull",
    ),
)
_ONNX = b"\x08"
"""A model begins with the number of its format's version."""

_OPERATOR = (
    re.compile(r"No Op registered for (\w+)"),
    re.compile(r"In Node, \(\"[^\"]*\", (\w+), .*No opset import", re.DOTALL),
    re.compile(r"Could not find an implementation for ([\w.:]+?)\("),
    re.compile(r"([\w.]+:\w+)\(-?\d+\) is not a registered function/op"),
)
_OPSET = re.compile(r"[Oo]pset (\d+) is under development|[Mm]odel IR version: (\d+)")
_ESCAPES = re.compile(r"External data path escapes|[Ee]xternal data.*absolute path")
_EXTERNAL = re.compile(r"[Ee]xternal (data|initializer)|external_data|GetExtDataFromTensorProto")
_PLACE = re.compile(r"(?:[A-Za-z]:)?[/\\][^\s\"']+:\d+ .*?\) ?(?:\[.*?\] ?)?(?=[A-Z\w])")
_PATH = re.compile(r"(?:[A-Za-z]:)?[/\\][^\s\"']+")


_DAMAGED = "The model is damaged or not complete. Copy, download or export it again."


def size_objection(size: int) -> str | None:
    """Return what is wrong with a file of this size, or None."""
    if not size:
        return "The file is empty (0 bytes). Copy or export the model again."
    if size > LIMIT_BYTES:
        return (
            f"The file has {size / 1e9:.1f} GB, and an ONNX model in one file can have 2 GB at most. "
            "Export a smaller model, or one with half precision (float16)."
        )
    return None


def unreadable(head: bytes) -> ModelUnfit:
    """Return what to say of a file that is no network: `head` is how it begins."""
    for pattern, what in _OTHERS:
        if pattern.match(head):
            return ModelUnfit(f"{what}. Export the model as ONNX and add that file.")
    if head.startswith(_ONNX):
        return ModelUnfit(_DAMAGED)
    return ModelUnfit("This is not an ONNX model. Export the model as ONNX (.onnx) and add that file.")


def unloadable(error: Exception, head: bytes) -> ModelUnfit:
    """Return what to say of a file that ONNX Runtime does not load."""
    text = str(error)
    for pattern in _OPERATOR:
        if match := pattern.search(text):
            return ModelUnfit(
                f"The model needs the operator “{match[1]}”, and there is none here. "
                "Export it with the standard operators of ONNX only."
            )
    if match := _OPSET.search(text):
        return ModelUnfit(
            f"The model is written in a version of ONNX ({match[1] or match[2]}) that is newer than what can be read "
            "here. Export it with opset 17, which everything reads."
        )
    if _ESCAPES.search(text):
        return ModelUnfit(
            "The model keeps its numbers in files outside of its folder, and those are not read. "
            "Put them into the same folder and export the model again, or export it as one file."
        )
    if _EXTERNAL.search(text):
        return ModelUnfit(
            "The model keeps its numbers in other files, and they are not beside it. "
            "Put them into the same folder, or export the model as one file."
        )
    if isinstance(error, UnicodeDecodeError) or "Protobuf" in text or "protobuf" in text or "INVALID_PROTOBUF" in text:
        return unreadable(head)
    if "bad_alloc" in text or "Failed to allocate" in text:
        return ModelUnfit("The model needs more memory than this computer has free. Use a smaller one.")
    return ModelUnfit(f"The model can not be loaded: {_short(text)}. Export it again.")


def unrunnable(error: Exception, side: tuple[int, int]) -> ModelUnfit:
    """Return what to say of a network that stops at a picture."""
    if isinstance(error, UnicodeDecodeError):  # in the name of an answer
        return ModelUnfit(_DAMAGED)
    text = str(error)
    if "bad_alloc" in text or "Failed to allocate" in text or isinstance(error, MemoryError):
        return ModelUnfit("The model needs more memory than this computer has free. Use a smaller one.")
    return ModelUnfit(
        f"The model stops at a picture of {side[0]} × {side[1]} pixels: {_short(text)}. "
        "What it says of its shapes does not fit. Export it again."
    )


def _short(text: str) -> str:
    """Return the sense of one of ONNX Runtime's messages: without codes, places in code, and paths."""
    text = re.sub(r"\[ONNXRuntimeError\] : \d+ : \w+ : |Load model from .*? failed:", "", text)
    words = " ".join(_PATH.sub("…", _PLACE.sub("", text)).split())
    return (words if len(words) <= 200 else f"{words[:199]}…").rstrip(". ") or "no reason is given"
