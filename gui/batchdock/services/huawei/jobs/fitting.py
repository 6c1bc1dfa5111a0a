"""Looks whether values fit their fields, so that nothing is sent that is known to be refused."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from batchdock.core.errors import NotAskedFor
from batchdock.core.inventory import Field, FieldKind
from batchdock.services.http.reading import is_nested_beyond

_SHOWN = 40
_DEEPEST = 50


def look_over(fields: Sequence[Field], values: Mapping[str, object], service: str) -> None:
    """Raise `NotAskedFor` for the first value that does not fit its field, and for one that no field is for."""
    known = {field.key: field for field in fields}
    for key, value in values.items():
        if key not in known:
            raise NotAskedFor(service=service, reason=f"There is no “{key}” here.")
        wrong = unfit(known[key], value)
        if wrong:
            raise NotAskedFor(service=service, reason=f"“{known[key].title}” {wrong}.")


def unfit(field: Field, value: object) -> str:
    """Return what is wrong with a value, as the end of a sentence; empty for what fits, and for what was emptied."""
    if value is None or value in ("", (), []):
        return "is needed" if field.required else ""
    match field.kind:
        case FieldKind.SWITCH:
            return "" if isinstance(value, bool) else "is on or off"
        case FieldKind.NUMBER:
            return _unfit_number(field, value)
        case FieldKind.JSON:
            if is_nested_beyond(value, _DEEPEST):
                return "is nested too deeply"
            return "" if isinstance(value, dict | list) else "takes an object or a list"
        case FieldKind.SEVERAL:
            return _unfit_words(field, value)
        case _:
            return _unfit_text(field, value) if isinstance(value, str) else "takes a text"


def _unfit_number(field: Field, value: object) -> str:
    low, high = field.least, field.most
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "takes a number"
    fits = (low is None or value >= low) and (high is None or value <= high)
    return "" if fits else f"takes a number from {low or 0:,.0f} to {high or 0:,.0f}"


def _unfit_words(field: Field, value: object) -> str:
    words = value if isinstance(value, list | tuple) else [None]
    texts = [each for each in words if isinstance(each, str)]
    if len(texts) != len(words):
        return "takes words"
    low, high = field.least or 0, field.most if field.most is not None else len(words)
    if not low <= len(words) <= high:
        return f"takes {low:,.0f} to {high:,.0f} of them"
    single = replace(field, least=None, most=None)
    return next((wrong for each in texts if (wrong := _unfit_text(single, each))), "")


def _unfit_text(field: Field, value: str) -> str:
    if (field.least is not None and len(value) < field.least) or (field.most is not None and len(value) > field.most):
        return f"takes {field.least or 1:g} to {field.most or 0:,.0f} characters"
    shown = "" if field.kind is FieldKind.SECRET else f" “{value[:_SHOWN]}”"
    if field.kind is FieldKind.CHOICE and field.choices and value not in {choice for choice, _ in field.choices}:
        return f"does not know{shown or ' that'}"
    if field.pattern and not re.fullmatch(field.pattern, value):
        return f"does not take{shown or ' that'}"
    return ""
