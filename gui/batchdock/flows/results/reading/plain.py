"""Numbers and texts as tables hold them, from whoever wrote them."""

import ast
import math
import re
from typing import Any

import msgspec

NAN = math.nan
IMAGE_PLACEHOLDER = "<deducted_image>"
"""Stands where an output is a picture (contract §5.3)."""

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,20})?([eE][+-]?\d{1,3})?", re.ASCII)
_FORMULA_BEGINS = tuple("=+-@\t\r\n＝＋－＠")
_LONGEST_LITERAL = 1_000_000
_DEEPEST_LITERAL = 50
_BRACKETS = str.maketrans("{(", "[[")
_decode = msgspec.json.Decoder().decode


def share(told: Any) -> float:
    """Return how sure something is, from 0 to 1; NaN where that is not said. 87 and "87 %" are read as meant."""
    if isinstance(told, str):
        told = _share_of_text(told)
    if not isinstance(told, int | float):
        return NAN
    if 0 <= told <= 1:
        return float(told)
    if 1 < told <= 1.001:  # what is left over from counting with few digits
        return 1.0
    return told / 100 if 1 < told <= 100 else NAN


def _share_of_text(told: str) -> float:
    text = told.strip()
    percent = text.endswith("%")
    try:
        number = float(text.rstrip("% ").replace(",", ".")) if len(text) < 40 else NAN
    except ValueError:
        return NAN
    return number / 100 if percent else number


def number(told: Any) -> float:
    """Return a number, also one that was written as text; NaN where it is none."""
    if isinstance(told, int | float):
        try:
            return float(told)
        except OverflowError:
            return NAN
    if isinstance(told, str) and _NUMBER.fullmatch(told):
        return float(told)
    return NAN


def whole(told: Any) -> int | None:
    """Return a whole number that fits where such are kept; None where it is none."""
    if told.__class__ is int:  # most of them are
        return told if 0 <= told < 2**31 else None
    wanted = number(told)
    return int(wanted) if 0 <= wanted < 2**31 and wanted == int(wanted) else None


def cell_value(cell: str) -> Any:
    """Return what a cell of a CSV says: a number, a text, what its JSON says, or None where it is empty.

    Numbers with more digits than a computer counts with, or with zeros in front, are texts: numbers of parcels.
    """
    if not cell:
        return None
    first = cell[0]
    if first in "{[":
        return _structure(cell)
    if (first.isdigit() or first == "-") and _NUMBER.fullmatch(cell):
        value = float(cell)
        return value if math.isfinite(value) else cell
    if first == "'" and cell[1:].startswith(_FORMULA_BEGINS):
        return cell[1:]  # put there so that no spreadsheet runs it
    if cell in ("True", "False"):
        return cell == "True"
    return None if cell in ("None", "null", "nan", "NaN") else cell


def unarmed(cell: str) -> str:
    """Return a text of a table without the apostrophe that keeps spreadsheets from running it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA_BEGINS) else cell


def _structure(cell: str) -> Any:
    try:
        return _decode(cell)
    except (ValueError, RecursionError):
        pass
    value = parsed_leniently(cell)
    return cell if value is None else value


def parsed_leniently(text: str) -> Any:
    """Return what JSON says that is not quite JSON: with NaN, with half letters, or as Python writes it. None: nothing.

    Numbers that are none become null.
    """
    import json

    try:
        value = json.loads(text, parse_constant=_none, parse_float=_finite)
    except (ValueError, RecursionError):
        value = _literal(text)
        if value is None:
            return None
    try:
        # Half surrogates, tuples, sets of what Python knows: what comes out is JSON.
        return _decode(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace"))
    except (ValueError, TypeError, RecursionError):
        return None


def _none(_: str) -> None:
    """Say what NaN and its like are."""


def _finite(told: str) -> float | None:
    value = float(told)
    return value if math.isfinite(value) else None


def _literal(text: str) -> Any:
    """Return a structure as Python shows it. Nothing is run: only constants in brackets are taken."""
    if len(text) > _LONGEST_LITERAL or text[:1] not in "{[" or _depth(text) > _DEEPEST_LITERAL:
        return None
    try:
        return ast.literal_eval(re.sub(r"\b-?(nan|inf)\b", "None", text))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[\[\](){}]", text):
        depth += 1 if bracket in "[({" else -1
        deepest = max(deepest, depth)
    return deepest
