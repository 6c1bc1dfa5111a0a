"""Names of pictures as results tell them: they come from anybody, and never lead out of a folder."""

import os
from collections.abc import Sequence
from typing import Any

from batchdock.flows.results.reading.plain import unarmed

_LONGEST = 2_000
_OURS = ("image", "video")
_OTHERS = (*_OURS, "file_name", "filename", "image_path", "image_name", "file", "path", "name", "source")


def safe(name: str) -> str:
    """Return a relative path with `/`, without steps up and without anything empty; "" where nothing is left."""
    if "\\" in name and (os.name == "nt" or "/" not in name):
        name = name.replace("\\", "/")  # elsewhere it is a letter, and rarely the only one
    if os.name == "nt":
        name = name.replace(":", "_")  # a drive
    if name[:1] != "/" and "//" not in name and "./" not in name and name[-1:] not in "./" and "\0" not in name:
        return name if len(name) <= _LONGEST else name[:_LONGEST]
    parts = (part for part in name.replace("\0", "").split("/") if part not in ("", ".", ".."))
    return "/".join(parts)[:_LONGEST]


def name_key(columns: Sequence[str], *, known: bool) -> str | None:
    """Return the column that names the picture. In a table of our own (`known`) only ours do."""
    folded = {column.strip().lower(): column for column in reversed(columns)}
    return next((folded[key] for key in (_OURS if known else _OTHERS) if key in folded), None)


def take_name(outputs: dict[str, Any], key: str | None) -> str:
    """Take the name out of a row; "" where it has none."""
    if key is None:
        return ""
    told = outputs.get(key)
    if not isinstance(told, str) or not told:
        return ""
    del outputs[key]
    return safe(unarmed(told))
