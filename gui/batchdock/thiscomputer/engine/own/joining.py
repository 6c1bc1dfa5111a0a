"""Reads a model file as one piece, also where it keeps its numbers in other files beside it. Light: nothing is loaded.

What is kept here, and sent to other computers, is always one file: where numbers are elsewhere they are put in their
place on the way (`TensorProto.raw_data` for `external_data`).
"""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from batchdock.thiscomputer.engine.opening import open_file
from batchdock.thiscomputer.engine.own.form import ModelUnfit
from batchdock.thiscomputer.engine.own.trouble import size_objection
from batchdock.thiscomputer.engine.picture import NotProcessable

_HEAD = 32
_PIECE = 4 * 1024 * 1024
_GRAPH_LIMIT = 256 * 1024 * 1024
"""A model whose numbers are elsewhere is small itself."""

_GRAPH, _INITIALIZER = 7, 5
_RAW, _EXTERNAL, _PLACE = 9, 13, 14
_BYTES = 2

Part = bytes | tuple[Path, int, int]
"""Bytes, or some of a file: where they begin, and how many they are."""


def check_file(path: Path) -> bytes:
    """Return how the file begins. Raises `ModelUnfit` where it is none that can be read, is empty or is too large."""
    with closing(_opened(path)) as file:
        if objection := size_objection(os.fstat(file.fileno()).st_size):
            raise ModelUnfit(objection)
        return file.read(_HEAD)


def pieces(path: Path) -> Iterator[bytes]:
    """Yield the model as one file, in pieces. Raises `ModelUnfit` where files are missing, `OSError`."""
    parts = scattered(path)
    for each in parts or [(path, 0, path.stat().st_size)]:
        if isinstance(each, bytes):
            yield each
        else:
            yield from _some_of(*each)


def scattered(path: Path) -> list[Part]:
    """Return what the model is put together of, nothing where it is one file. Raises `ModelUnfit`, `OSError`."""
    with _opened(path) as file:
        if os.fstat(file.fileno()).st_size > _GRAPH_LIMIT:
            return []
        data = file.read()
    if b"location" not in data:
        return []
    try:
        parts = _joined(data, path.parent)
    except (IndexError, ValueError):
        return []  # no model at all, which is said where it is loaded
    if all(isinstance(each, bytes) for each in parts):
        return []
    if objection := size_objection(_length(parts)):
        raise ModelUnfit(objection)
    return parts


def _opened(path: Path) -> BinaryIO:
    try:
        return open_file(path)
    except NotProcessable as problem:
        raise ModelUnfit(str(problem)) from problem


def _some_of(path: Path, start: int, length: int) -> Iterator[bytes]:
    with closing(_opened(path)) as file:
        file.seek(start)
        while length:
            piece = file.read(min(_PIECE, length))
            if not piece:
                raise ModelUnfit("The file has changed since it was looked at. Choose it again.")
            length -= len(piece)
            yield piece


def _joined(model: bytes, folder: Path) -> list[Part]:
    parts: list[Part] = []
    for number, kind, raw in _fields(model):
        if number != _GRAPH or kind != _BYTES:
            parts.append(_field(number, kind, raw))
            continue
        graph: list[Part] = []
        for inner, inner_kind, value in _fields(raw):
            if inner == _INITIALIZER and inner_kind == _BYTES:
                graph += _nested(_INITIALIZER, _tensor(value, folder))
            else:
                graph.append(_field(inner, inner_kind, value))
        parts += _nested(_GRAPH, graph)
    return parts


def _tensor(raw: bytes, folder: Path) -> list[Part]:
    fields = list(_fields(raw))
    entries = dict(_entry(value) for number, _, value in fields if number == _EXTERNAL)
    if "location" not in entries:
        return [raw]
    path = _beside(entries["location"], folder)
    with closing(_opened(path)) as file:
        size = os.fstat(file.fileno()).st_size
    start = int(entries.get("offset", "0"))
    length = int(entries.get("length", size - start))
    if start < 0 or length < 0 or start + length > size:
        raise ModelUnfit(f"The file “{path.name}” is shorter than the model says. Copy, download or export both again.")
    kept = b"".join(_field(*each) for each in fields if each[0] not in (_RAW, _EXTERNAL, _PLACE))
    return [kept, *_nested(_RAW, [(path, start, length)])]


def _beside(location: str, folder: Path) -> Path:
    place = PurePosixPath(location.replace("\\", "/"))
    if place.is_absolute() or PureWindowsPath(location).drive or ".." in place.parts or not place.parts:
        raise ModelUnfit(
            "The model keeps its numbers in files outside of its folder, and those are not read. "
            "Put them into the same folder and export the model again, or export it as one file."
        )
    if not (folder / place).is_file():
        raise ModelUnfit(
            f"The model keeps its numbers in the file “{place}”, and it is not beside it. "
            "Put it into the same folder, or export the model as one file."
        )
    return folder / place


# --- the format ---------------------------------------------------------------------------------------------------


def _fields(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield number, kind and value of every field of a message. Raises `IndexError`, `ValueError`."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        start = place
        match key & 7:
            case 0:
                _, place = _varint(data, place)
            case 1:
                place += 8
            case 2:
                size, start = _varint(data, place)
                place = start + size
            case 5:
                place += 4
            case _:
                raise ValueError("no such kind")
        if place > len(data):
            raise ValueError("cut off")
        yield key >> 3, key & 7, data[start:place]


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7
        if shift > 63:
            raise ValueError("too long")


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def _field(number: int, kind: int, raw: bytes) -> bytes:
    return _number(number << 3 | kind) + (_number(len(raw)) if kind == _BYTES else b"") + raw


def _nested(number: int, parts: list[Part]) -> list[Part]:
    return [_number(number << 3 | _BYTES) + _number(_length(parts)), *parts]


def _length(parts: list[Part]) -> int:
    return sum(len(each) if isinstance(each, bytes) else each[2] for each in parts)


def _entry(raw: bytes) -> tuple[str, str]:
    texts = {number: value.decode() for number, _, value in _fields(raw)}
    return texts.get(1, ""), texts.get(2, "")
