"""What is handed to the engine for the items of a job: where each is, and what its metadata says of it."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from batchdock.thiscomputer.conductor.definition import Definition
from batchdock.thiscomputer.engine.rows import Input
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.work import Piece

_METADATA_LIMIT = 1024 * 1024
_UNREADABLE = "Its metadata is not a JSON object that can be read."


def inputs_of(pieces: Sequence[Piece], definition: Definition, files: FileStore) -> list[Input]:
    """Return the inputs of a chunk. A file of metadata that can not be read is the trouble of its picture."""
    inputs = []
    for each in pieces:
        values: Mapping[str, object] = {}
        trouble = ""
        if definition.mapping and (each.metadata_file_id or each.metadata_path):
            values, trouble = _values(_place(files, each.metadata_file_id, each.metadata_path), definition.mapping)
        path = _place(files, each.file_id, each.path)
        inputs.append(Input(each.name, path, content=definition.content, values=values, trouble=trouble))
    return inputs


def _values(path: Path, mapping: Mapping[str, str]) -> tuple[dict[str, object], str]:
    """Return what the metadata says for inputs of the workflow, and what is wrong with it."""
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(_METADATA_LIMIT))
    except (OSError, ValueError, RecursionError):
        return {}, _UNREADABLE
    if not isinstance(said, dict):
        return {}, _UNREADABLE
    return {name: said[key] for name, key in mapping.items() if said.get(key) is not None}, ""


def _place(files: FileStore, file_id: str | None, path: bytes | None) -> Path:
    if file_id is not None:
        return files.path(file_id)
    assert path is not None  # an item is one or the other
    return Path(os.fsdecode(path))
