"""Leaves out of a workflow what nobody wants to see: drawing costs more than finding."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

_STEP = re.compile(r"^\$steps\.([^.]+)")
_INPUT = re.compile(r"^\$inputs\.([^.]+)")


def pruned(definition: Mapping[str, Any], outputs: Collection[str]) -> dict[str, Any]:
    """Return the definition with these outputs only, and the steps that lead to them or steer others."""
    wanted = [each for each in definition["outputs"] if each["name"] in outputs]
    steps = {each["name"]: each for each in definition["steps"]}
    open_names = [name for each in wanted for name in _named(each)]
    open_names += [name for name, step in steps.items() if any("next_steps" in key for key in step)]
    kept: set[str] = set()
    while open_names:
        name = open_names.pop()
        if name in steps and name not in kept:
            kept.add(name)
            open_names += _named(steps[name])
    return {**definition, "outputs": wanted, "steps": [step for name, step in steps.items() if name in kept]}


def named_inputs(definition: Mapping[str, Any]) -> frozenset[str]:
    """Return the inputs that steps and outputs mention."""
    return frozenset(_named([definition["steps"], definition["outputs"]], _INPUT))


def _named(value: Any, selector: re.Pattern[str] = _STEP) -> Iterator[str]:
    """Yield the steps (or what else the selector is for) that are mentioned anywhere inside."""
    if isinstance(value, str):
        if match := selector.match(value):
            yield match[1]
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _named(each, selector)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, selector)
