"""What a whole picture was taken for, in the forms of classifiers for one class and for several."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchdock.flows.results.reading.plain import share

_MOST = 1_000


def chosen(around: Mapping[str, Any], found: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Yield name and confidence of the classes that were chosen.

    `around` has `top`, or `predicted_classes`, or in `classes` what a model for several classes says of each of them;
    `found` is a list of classes with their confidence. Where nothing says what was chosen it is the surest.
    """
    told = dict(_told(around, found))
    chosen = around.get("predicted_classes")
    if isinstance(chosen, list):
        for name in chosen[:_MOST]:
            if isinstance(name, str):
                yield name, told.get(name)
        return
    top = around.get("top")
    if isinstance(top, str):
        if top:
            yield top, told.get(top, around.get("confidence"))
        return
    if "classes" in around:
        yield from ((name, sure) for name, sure in list(told.items())[:_MOST] if share(sure) >= 0.5)
    elif told:
        yield max(told.items(), key=_sure)


def _told(around: Mapping[str, Any], found: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    classes = around.get("classes")
    if isinstance(classes, dict):
        for name, each in classes.items():
            yield name, each.get("confidence") if isinstance(each, dict) else each
        return
    for each in found:
        name = each.get("class", each.get("class_name")) if isinstance(each, dict) else None
        if isinstance(name, str):
            yield name, each.get("confidence")


def _sure(told: tuple[str, Any]) -> float:
    sure = share(told[1])
    return sure if sure == sure else -1.0
