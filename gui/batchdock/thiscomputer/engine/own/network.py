"""Opens an ONNX file and asks it about pictures, one at a time. Imports ONNX Runtime: for workers only."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import onnxruntime

from batchdock.thiscomputer.engine.own.form import Form, ModelUnfit
from batchdock.thiscomputer.engine.own.joining import check_file, pieces, scattered
from batchdock.thiscomputer.engine.own.sheet import Array, Pixels, Sheet, laid, numbered
from batchdock.thiscomputer.engine.own.trouble import unloadable, unrunnable

_KINDS = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(uint8)": "uint8",
}
_WHOLE = {"tensor(int64)": "int64", "tensor(int32)": "int32", "tensor(float)": "float32", "tensor(bool)": "bool"}
_SEVERE = 4

SIZE = 1000
"""What a network is told about the size of the picture when it asks: its answer is in thousandths of both sides."""


@dataclass(frozen=True, slots=True)
class _Input:
    """The input for the picture. `side` is (width, height), None for each that may be any."""

    name: str
    kind: str
    channels: int
    channels_last: bool
    side: tuple[int | None, int | None]


class Network:
    """One loaded network. Raises `ModelUnfit` where the file is none, or takes something else than one picture."""

    def __init__(self, path: Path) -> None:
        self._session = _session(path)
        if not self._session.get_outputs():
            raise ModelUnfit("The model answers with nothing. Export it again.")
        inputs = self._session.get_inputs()
        pictures = [each for each in inputs if len(each.shape) == 4]
        if len(pictures) != 1:
            raise ModelUnfit(
                f"The model takes {_listed(inputs)}, and a picture alone is what it can be given. "
                "Export it so that it takes one picture."
            )
        self._input = _picture_input(pictures[0])
        self._others = [each for each in inputs if each is not pictures[0]]
        for each in self._others:
            if not (_is_size(each) or _is_mask(each)):
                raise ModelUnfit(
                    f"Beside the picture the model wants “{each.name}”, and there is nothing to give it. "
                    "Export it so that it takes one picture."
                )

    @property
    def side(self) -> tuple[int | None, int | None]:
        """The size it takes, (width, height); None for what may be any."""
        return self._input.side

    @property
    def wants_bytes(self) -> bool:
        """Whether it takes brightness as 0–255."""
        return self._input.kind == "uint8"

    @property
    def is_told_size(self) -> bool:
        """Whether it asks for the size of the picture and answers in its pixels: in parts of `SIZE` here."""
        return any(_is_size(each) for each in self._others)

    @property
    def metadata(self) -> Mapping[str, str]:
        """What its exporter wrote into it."""
        entries: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        return entries

    @property
    def output_names(self) -> list[str]:
        """The names of its answers."""
        return [each.name for each in self._session.get_outputs()]

    def ask(self, image: Pixels, form: Form) -> tuple[Sheet, list[Array]]:
        """Return the picture as it was given to the network, and every answer. Raises `ModelUnfit`."""
        sheet = laid(image, form.side, form.fit)
        picture = self._input
        feeds = {
            picture.name: numbered(
                sheet, form, kind=picture.kind, channels=picture.channels, channels_last=picture.channels_last
            )
        }
        for each in self._others:
            shape = (1, 2) if _is_size(each) else (1, form.side[1], form.side[0])
            feeds[each.name] = numpy.full(shape, SIZE if _is_size(each) else 1, _WHOLE[each.type])
        try:
            answers = [numpy.asarray(each) for each in self._session.run(None, feeds)]
        except Exception as error:  # ONNX Runtime has no common class for what goes wrong
            raise unrunnable(error, form.side) from error
        for each in answers:
            if each.dtype.kind == "f" and numpy.isnan(each).any():
                raise ModelUnfit(
                    "The model answers with what is no number (NaN). Export it again, with single precision (float32)."
                )
        return sheet, [each.astype(numpy.float32) if each.dtype.kind == "f" else each for each in answers]

    def check_promises(self, answers: list[Array]) -> None:
        """Raise `ModelUnfit` where answers have other shapes than the file says."""
        for said, answer in zip(self._session.get_outputs(), answers, strict=True):
            pairs = zip(said.shape, answer.shape, strict=False)
            differs = any(isinstance(one, int) and one > 0 and one != other for one, other in pairs)
            if said.shape and (differs or len(said.shape) != answer.ndim):
                raise ModelUnfit(
                    f"The model says that “{said.name}” has the shape {_shape(said.shape)}, and it answers with "
                    f"{_shape(answer.shape)}. Export it again."
                )


def shapes(names: list[str], answers: list[Array]) -> str:
    """Return the answers of a network in words: names and shapes."""
    return ", ".join(f"{name} {_shape(each.shape)}" for name, each in zip(names, answers, strict=True))


def _session(path: Path) -> onnxruntime.InferenceSession:
    """Load a network for one thread: the other cores have workers of their own."""
    head = check_file(path)
    parts = scattered(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # it keeps a plan for every size of picture it ever saw
    options.log_severity_level = _SEVERE
    try:
        whole = b"".join(pieces(path)) if parts else str(path)
        # Without its second attempt at the same, which it announces on stdout.
        return onnxruntime.InferenceSession(whole, options, providers=["CPUExecutionProvider"], enable_fallback=0)
    except ModelUnfit:
        raise
    except Exception as error:  # ONNX Runtime has no common class for what goes wrong
        raise unloadable(error, head) from error


def _picture_input(found: Any) -> _Input:
    kind = _KINDS.get(found.type)
    if kind is None:
        what = found.type.removeprefix("tensor(").removesuffix(")")
        raise ModelUnfit(
            f"The model takes pictures as {what}, and only float32, float16 and uint8 can be given. Export it again."
        )
    batch, *shape = [each if isinstance(each, int) and each > 0 else None for each in found.shape]
    if batch is not None and batch > 1:
        raise ModelUnfit(
            f"The model takes {batch} pictures at once. Export it for one (batch 1), or for any number (dynamic batch)."
        )
    last = shape[0] not in (1, 3) and shape[2] in (1, 3)
    channels = shape[2] if last else shape[0]
    if channels not in (1, 3, None):
        raise ModelUnfit(
            f"The model takes pictures with {channels} channels, and pictures have 3. Use a model for colour pictures."
        )
    height, width = shape[:2] if last else shape[1:]
    return _Input(found.name, kind, channels or 3, last, (width, height))


def _is_size(each: Any) -> bool:
    whole = "int" in each.type or "size" in each.name.lower()  # not a factor, as others want
    return whole and each.type in _WHOLE and len(each.shape) == 2 and each.shape[1] == 2


def _is_mask(each: Any) -> bool:
    return each.type in _WHOLE and len(each.shape) == 3 and "mask" in each.name.lower()


def _listed(inputs: list[Any]) -> str:
    if not inputs:
        return "nothing"
    return " and ".join(f"“{each.name}” ({_shape(each.shape)})" for each in inputs)


def _shape(shape: Any) -> str:
    return " × ".join(str(each) if isinstance(each, int) else "any" for each in shape) or "a single number"
