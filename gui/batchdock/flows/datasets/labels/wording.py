"""Labels that are words: said of a whole file (contract §4.7)."""

from batchdock.core.datasets.data import Json
from batchdock.core.finding import Shape
from batchdock.flows.datasets.labels.gathering import Gathering, Unfit, Why

_PARTS = ("sentence", "spell", "phone")
"""A sentence as it is written, spelled and spoken: the first that is there is shown."""


def read_classification(gathering: Gathering, one: Json) -> None:
    """Read what class a whole file is of; one with attributes alone has none. Raises `Unfit`."""
    category, attributes = one.get("category"), one.get("attributes")
    if not isinstance(category, str) and not isinstance(attributes, dict):
        raise Unfit(Why.WRONG_SHAPE)
    gathering.add(Shape.CLASS)


def read_sentence(gathering: Gathering, one: Json) -> None:
    """Read what is said in a file. Raises `Unfit`."""
    for part in _PARTS:
        words = one.get(part)
        if isinstance(words, list) and words:
            texts = [each.get("text") for each in words if isinstance(each, dict)]
            said = " ".join(text for text in texts if isinstance(text, str))
            if said:
                gathering.add(Shape.TEXT, text=said)
                return
    raise Unfit(Why.WRONG_SHAPE)
