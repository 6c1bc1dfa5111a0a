"""Reads what exporters write into a network beside its numbers: names of classes, size, task. Nothing is evaluated."""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NAMES = ("names", "class_names", "classes")
_TEXT_LIMIT = 1_000_000
_SIDES = range(16, 8193)
_CODE = re.compile(r"[()\[\]{}'\"]")
"""Is in what was meant to be a list, and is none."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a network says of itself: `names` and `side` (width, height) as far as they make sense, `task` in the
    words of its exporter, and whether Ultralytics' exporter wrote it.
    """

    names: tuple[str, ...] = ()
    side: tuple[int, int] | None = None
    task: str = ""
    ultralytics: bool = False


def read_metadata(entries: Mapping[str, str]) -> Said:
    """Return what the entries say; what can not be read counts as not there."""
    names = next((found for key in _NAMES if (found := _names(_value(entries.get(key, ""))))), ())
    return Said(
        names=names,
        side=_side(_value(entries.get("imgsz", ""))),
        task=entries.get("task", "").strip().lower(),
        ultralytics="stride" in entries and "task" in entries,
    )


def _value(text: str) -> Any:
    """Return a Python literal or JSON as what it stands for, anything else as text."""
    if len(text) > _TEXT_LIMIT:
        return None
    for read in (ast.literal_eval, json.loads):
        try:
            return read(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return text


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):
        try:
            value = [value[number] if number in value else value[str(number)] for number in range(len(value))]
        except KeyError:
            return ()
    if isinstance(value, str) and not _CODE.search(value):
        value = [each.strip() for each in value.replace("\n", ",").split(",") if each.strip()]
        value = value if len(value) > 1 else ()
    if not isinstance(value, list | tuple) or not all(isinstance(each, str | int) for each in value):
        return ()
    return tuple(" ".join(str(each).split()) or str(number) for number, each in enumerate(value))


def _side(value: Any) -> tuple[int, int] | None:
    if isinstance(value, int):
        value = [value, value]
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(each in _SIDES for each in value):
        return None
    height, width = value
    return int(width), int(height)
