"""What a merge and a search are asked for with (contract §6)."""

import math
from collections.abc import Iterator, Mapping

from batchdock.core.errors import NotAskedFor
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import number, text

Values = Mapping[str, object]
"""What was filled in, by the keys of the form's fields."""

_NOTHING = QT_TRANSLATE_NOOP("errors", "It is not said what to look for.")
_NO_TYPE = QT_TRANSLATE_NOOP("errors", "Categories and attributes need the type of the labels they are of.")
_NO_ATTRIBUTES = QT_TRANSLATE_NOOP("errors", "Attributes are an object of names, each with a list of values.")

_LISTS = (("segment", "Segment"), ("sensor", "Sensor"))
_LIKE = (("keyword", "Data Name"), ("frame", "Frame"))


def merge_arguments(values: Values) -> dict[str, object]:
    """Return the arguments of a merge into a draft, which gets the title."""
    arguments: dict[str, object] = {
        "title": text(values.get("title")),
        "sourceBranchName": text(values.get("source")),
        "targetBranchName": text(values.get("target")) or "main",
        "strategy": text(values.get("strategy")) or "abort",
    }
    description = text(values.get("description"))
    return {**arguments, "description": description} if description else arguments


def search_arguments(values: Values, commit: str, service: str) -> dict[str, object]:
    """Return the arguments of a search in a version. Raise `NotAskedFor` where nothing is looked for."""
    filters = list(_filters(values, service))
    if not filters:
        raise NotAskedFor(service=service, reason=_NOTHING)
    return {
        "commit": commit,
        "conjunction": text(values.get("conjunction")) or "and",
        "unit": text(values.get("unit")) or "file",
        "filters": filters,
    }


def _filters(values: Values, service: str) -> Iterator[dict[str, object]]:
    """Yield the filters; the titles are the service's own, in its spelling."""
    for key, title in _LISTS:
        if words := _words(values.get(key)):
            yield {"key": key, "operator": "in", "value": words, "title": title}
    for key, title in _LIKE:
        if like := text(values.get(key)).strip():
            yield {"key": key, "operator": "like", "value": like, "title": title}
    if labelled := text(values.get("with_label")):
        yield {"key": "withLabel", "operator": "=", "value": labelled == "true", "title": "With/Without Label"}
    size = number(values.get("size"))
    if size is not None:
        operator = text(values.get("size_is")) or ">="
        yield {"key": "size", "operator": operator, "value": math.floor(size), "title": "Size"}
    yield from _of_labels(values, service)


def _of_labels(values: Values, service: str) -> Iterator[dict[str, object]]:
    categories, attributes = _words(values.get("category")), values.get("attribute")
    label_type = text(values.get("label_type"))
    if (categories or attributes) and not label_type:
        raise NotAskedFor(service=service, reason=_NO_TYPE)
    extra = {"extraInfo": {"labelType": label_type}}
    if categories:
        yield {"key": "category", "operator": "in", "value": categories, "title": "Category", **extra}
    if attributes:
        if not isinstance(attributes, dict) or not all(isinstance(each, list) for each in attributes.values()):
            raise NotAskedFor(service=service, reason=_NO_ATTRIBUTES)
        yield {"key": "attribute", "operator": "in", "value": attributes, "title": "Attribute", **extra}


def _words(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str) and each] if isinstance(value, tuple | list) else []
