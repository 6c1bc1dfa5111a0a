"""ONNX models made on the spot: the format's bytes written by hand, and nodes put behind a real network."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
from numpy.typing import NDArray

from batchdock.core.resources import resource

FLOAT, UINT8, INT64, FLOAT16 = 1, 2, 7, 10
_TYPES = {"float32": FLOAT, "uint8": UINT8, "int64": INT64, "float16": FLOAT16}

Dims = Sequence[int | str]


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes((*out, number))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _piece(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


@dataclass(frozen=True)
class Value:
    """An input or output: what the model says of it. A name for a dimension makes it any number."""

    name: str
    dims: Dims
    kind: int = FLOAT

    def proto(self) -> bytes:
        """Return a ValueInfoProto."""
        dims = b"".join(_piece(1, _number(1, each) if isinstance(each, int) else _piece(2, each)) for each in self.dims)
        return _piece(1, self.name) + _piece(2, _piece(1, _number(1, self.kind) + _piece(2, dims)))


def tensor(name: str, array: NDArray[numpy.generic]) -> bytes:
    """Return a TensorProto."""
    dims = b"".join(_number(1, each) for each in array.shape)
    return dims + _number(2, _TYPES[array.dtype.name]) + _piece(8, name) + _piece(9, array.tobytes())


def elsewhere(name: str, dims: Sequence[int], file: str, **more: int) -> bytes:
    """Return a TensorProto whose numbers are in another file; `more` are offset and length there."""
    entries = {"location": file, **{key: str(value) for key, value in more.items()}}
    made = b"".join(_number(1, each) for each in dims) + _number(2, FLOAT) + _piece(8, name)
    made += b"".join(_piece(13, _piece(1, key) + _piece(2, value)) for key, value in entries.items())
    return made + _number(14, 1)


def node(kind: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "", **attributes: object) -> bytes:
    """Return a NodeProto."""
    names = b"".join(_piece(1, each) for each in inputs) + b"".join(_piece(2, each) for each in outputs)
    return (
        names
        + _piece(4, kind)
        + b"".join(_piece(5, _attribute(*each)) for each in attributes.items())
        + (_piece(7, domain) if domain else b"")
    )


def _attribute(name: str, value: object) -> bytes:
    match value:
        case bool() | int():
            return _piece(1, name) + _number(3, int(value)) + _number(20, 2)
        case float():
            return _piece(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
        case str():
            return _piece(1, name) + _piece(4, value) + _number(20, 3)
        case bytes():
            return _piece(1, name) + _piece(6, value) + _number(20, 5)
        case numpy.ndarray():
            return _piece(1, name) + _piece(5, tensor("", value)) + _number(20, 4)
        case _:
            assert isinstance(value, Iterable)
            return _piece(1, name) + b"".join(_number(8, each) for each in value) + _number(20, 7)


def graph(
    nodes: Sequence[bytes], inputs: Sequence[Value], outputs: Sequence[Value], initializers: Sequence[bytes] = ()
) -> bytes:
    """Return a GraphProto: of a model, or the body of a loop."""
    made = b"".join(_piece(1, each) for each in nodes) + _piece(2, "made")
    made += b"".join(_piece(5, each) for each in initializers)
    made += b"".join(_piece(11, each.proto()) for each in inputs)
    return made + b"".join(_piece(12, each.proto()) for each in outputs)


def model(
    nodes: Sequence[bytes],
    inputs: Sequence[Value],
    outputs: Sequence[Value],
    *,
    initializers: Sequence[bytes] = (),
    metadata: Mapping[str, str] | None = None,
    opset: int = 13,
    version: int = 8,
) -> bytes:
    """Return a ModelProto."""
    made = _number(1, version) + _piece(7, graph(nodes, inputs, outputs, initializers))
    return made + _piece(8, _number(2, opset)) + _metadata(metadata or {})


def _metadata(entries: Mapping[str, str]) -> bytes:
    return b"".join(_piece(14, _piece(1, key) + _piece(2, value)) for key, value in entries.items())


PICTURE = Value("images", (1, 3, 64, 64))


def constant(
    answers: Mapping[str, NDArray[numpy.generic]],
    *,
    picture: Value = PICTURE,
    others: Sequence[Value] = (),
    said: Mapping[str, Dims] | None = None,
    metadata: Mapping[str, str] | None = None,
    opset: int = 13,
) -> bytes:
    """Return a model that gives the same answers to every picture; `said` are shapes that it claims instead."""
    nodes, outputs = [node("Shape", [picture.name], ["unused"])], []
    for name, array in answers.items():
        nodes.append(node("Constant", [], [name], value=array))
        dims: Dims = array.shape if said is None else said.get(name, array.shape)
        outputs.append(Value(name, dims, _TYPES[array.dtype.name]))
    return model(nodes, [picture, *others], outputs, metadata=metadata, opset=opset)


def _fields(data: bytes) -> Iterable[tuple[int, int, bytes]]:
    """Yield number, kind and raw value of every field of a message."""
    place = 0

    def varint() -> int:
        nonlocal place
        shift = value = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(data):
        key = varint()
        began = place
        match key & 7:
            case 0:
                varint()
            case 1:
                place += 8
            case 2:
                size = varint()
                began, place = place, place + size
            case _:
                place += 4
        yield key >> 3, key & 7, data[began:place]


def _joined(fields: Iterable[tuple[int, int, bytes]]) -> bytes:
    return b"".join(
        _piece(number, raw) if kind == 2 else _varint(number << 3 | kind) + raw for number, kind, raw in fields
    )


def continued(
    original: Path,
    nodes: Sequence[bytes],
    outputs: Sequence[Value],
    *,
    initializers: Sequence[bytes] = (),
    metadata: Mapping[str, str] | None = None,
    inputs: Sequence[Value] | None = None,
    before: Sequence[bytes] = (),
) -> bytes:
    """Return the model in `original` with nodes behind its own (`before` them: what makes its input of others)."""
    fields = list(_fields(original.read_bytes()))
    [graph] = [raw for number, _, raw in fields if number == 7]
    parts = [each for each in _fields(graph) if each[0] != 12 and (inputs is None or each[0] != 11)]
    made = _joined(each for each in parts if each[0] != 1)
    own = _joined(each for each in parts if each[0] == 1)
    made += b"".join(_piece(1, each) for each in before) + own + b"".join(_piece(1, each) for each in nodes)
    made += b"".join(_piece(5, each) for each in initializers)
    made += b"".join(_piece(11, each.proto()) for each in inputs or ())
    made += b"".join(_piece(12, each.proto()) for each in outputs)
    kept = [each for each in fields if each[0] not in (7, 14)]
    return _joined(kept) + _piece(7, made) + _metadata(metadata or {})


def real_yolov8(metadata: Mapping[str, str] | None = None) -> bytes:
    """Return YOLOX-Nano as a YOLOv8: decoded, [1, 84, 3549], RGB from 0 to 1 in the middle of a grey sheet."""
    cells, strides = [], []
    for stride in (8, 16, 32):
        count = 416 // stride
        across, down = numpy.meshgrid(numpy.arange(count), numpy.arange(count))
        cells.append(numpy.stack((across, down), 2).reshape(1, -1, 2))
        strides.append(numpy.full((1, count * count, 1), stride))
    constants = {
        "cells": numpy.concatenate(cells, 1).astype(numpy.float32),
        "strides": numpy.concatenate(strides, 1).astype(numpy.float32),
        "many": numpy.array([255], numpy.float32),
        "flip": numpy.array([2, 1, 0], numpy.int64),
    }
    for name, (start, end) in {"xy": (0, 2), "wh": (2, 4), "any": (4, 5), "kinds": (5, 85)}.items():
        constants |= {f"{name}0": numpy.array([start], numpy.int64), f"{name}1": numpy.array([end], numpy.int64)}
    constants["last"] = numpy.array([2], numpy.int64)
    nodes = [node("Slice", ["output", f"{name}0", f"{name}1", "last"], [name]) for name in ("xy", "wh", "any", "kinds")]
    nodes += [
        node("Add", ["xy", "cells"], ["moved"]),
        node("Mul", ["moved", "strides"], ["middle"]),
        node("Exp", ["wh"], ["raised"]),
        node("Mul", ["raised", "strides"], ["size"]),
        node("Mul", ["any", "kinds"], ["scores"]),
        node("Concat", ["middle", "size", "scores"], ["rows"], axis=2),
        node("Transpose", ["rows"], ["output0"], perm=[0, 2, 1]),
    ]
    before = [
        node("Mul", ["picture", "many"], ["bright"]),
        node("Gather", ["bright", "flip"], ["images"], axis=1),
    ]
    return continued(
        resource("models", "yolox_nano.onnx"),
        nodes,
        [Value("output0", (1, 84, 3549))],
        initializers=[tensor(name, array) for name, array in constants.items()],
        metadata=metadata,
        inputs=[Value("picture", (1, 3, 416, 416))],
        before=before,
    )
