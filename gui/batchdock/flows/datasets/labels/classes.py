"""Numbers for the classes of a dataset: the same ones, and so the same colours, in all of its pictures."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from batchdock.core.datasets.data import Json, LabelType
from batchdock.core.finding import Label

_MOST = 10_000
"""Classes. What comes after is without a class."""


class Classes:
    """Gives a number to every name, the first names first. Safe from any thread.

    `masked` are the names that pixels of masks stand for, by kind and id; `places` those of keypoints, in their order.
    """

    def __init__(
        self,
        names: Iterable[str] = (),
        masked: Mapping[tuple[LabelType, int], str] | None = None,
        places: Iterable[str] = (),
    ) -> None:
        self.masked = dict(masked or {})
        self.places = tuple(places)
        self._numbers: dict[str, int] = {}
        self._labels: tuple[Label, ...] = ()
        self._changing = threading.Lock()
        for name in names:
            self.number(name)

    @classmethod
    def of_catalog(cls, catalog: Json) -> Self:
        """Return the classes of a label catalog, in its order."""
        names: list[str] = []
        masked: dict[tuple[LabelType, int], str] = {}
        for kind in LabelType:
            for category in _list_in(catalog.get(kind.value), "categories"):
                name = category.get("name") if isinstance(category, Mapping) else category
                if not isinstance(name, str):
                    continue
                names.append(name)
                number = category.get("categoryId") if isinstance(category, Mapping) else None
                if isinstance(number, int) and not isinstance(number, bool):
                    masked[kind, number] = name
        sets = _list_in(catalog.get(LabelType.KEYPOINTS2D.value), "keypoints")
        places = [place if isinstance(place, str) else "" for each in sets[:1] for place in _list_in(each, "names")]
        return cls(names, masked, places)

    def number(self, name: str) -> int:
        """Return the number of a class; -1 for one without a name."""
        known = self._numbers.get(name)
        if known is not None or not name:
            return -1 if known is None else known
        with self._changing:
            number = self._numbers.get(name, len(self._labels))
            if number >= _MOST:
                return -1
            if number == len(self._labels):
                self._labels = (*self._labels, Label(number, name, 0))
                self._numbers[name] = number
        return number

    @property
    def labels(self) -> tuple[Label, ...]:
        """All classes so far, each at the place of its number."""
        return self._labels


def _list_in(told: object, name: str) -> Sequence[object]:
    found = told.get(name) if isinstance(told, Mapping) else None
    return found if isinstance(found, list) else ()
