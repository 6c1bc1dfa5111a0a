"""Finds the outputs whose classes are texts: readers of text write what they read where others name it."""

from collections.abc import Sequence
from typing import Any

_OFTEN = 0.8
_LONGEST = 100_000


def outputs_of_texts(rows: Sequence[dict[str, Any]]) -> set[str]:
    """Return the outputs whose findings are lines of text, judged by the first rows.

    They are where another output says the same as all their classes together, and the classes are not those of a model:
    one for each number, again and again.
    """
    outputs = {key for row in rows for key, value in row.items() if _found(value)}
    return {output for output in outputs if _is_of_texts(output, rows)}


def _is_of_texts(output: str, rows: Sequence[dict[str, Any]]) -> bool:
    seen = said = found_in_all = 0
    names_by_id: dict[Any, set[str]] = {}
    for row in rows:
        found = _found(row.get(output))
        if not found:
            continue
        seen += 1
        classes = [str(each.get("class", "")) for each in found]
        said += _bare("".join(classes)) in {_bare(text) for text in _texts(row)}
        for each, name in zip(found, classes, strict=True):
            number = each.get("class_id")
            names_by_id.setdefault(number if isinstance(number, int) else None, set()).add(name)
            found_in_all += 1
    again = found_in_all > len(names_by_id) and all(len(names) == 1 for names in names_by_id.values())
    return seen > 0 and said >= _OFTEN * seen and not again


def _found(value: Any) -> list[dict[str, Any]]:
    predictions = value.get("predictions") if isinstance(value, dict) else value
    if not isinstance(predictions, list):
        return []
    return [each for each in predictions if isinstance(each, dict) and "x" in each and "class" in each]


def _texts(row: dict[str, Any]) -> list[str]:
    texts = []
    for value in row.values():
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            texts += [each for each in value.values() if isinstance(each, str)]
    return [text for text in texts if 0 < len(text) <= _LONGEST]


def _bare(text: str) -> str:
    return "".join(text.split())
