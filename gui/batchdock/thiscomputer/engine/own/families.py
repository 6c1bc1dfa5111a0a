"""The families of networks that are known here, and what a family is."""

from collections.abc import Sequence
from typing import Protocol

from batchdock.thiscomputer.engine.own.classes import Classifier
from batchdock.thiscomputer.engine.own.finds import Finds, Shares, Wanted
from batchdock.thiscomputer.engine.own.form import Form, ModelUnfit
from batchdock.thiscomputer.engine.own.grids import Grid
from batchdock.thiscomputer.engine.own.queries import Labelled, Queries
from batchdock.thiscomputer.engine.own.rows import EndToEnd
from batchdock.thiscomputer.engine.own.seen import Seen
from batchdock.thiscomputer.engine.own.sheet import Array, Sheet


class Family(Protocol):
    """Networks whose answers are read in one way. `name` is kept with a model and stays for ever."""

    @property
    def name(self) -> str:
        """What `Form.family` says."""

    def told(self, seen: Seen) -> Form | None:
        """Return how to work with it, or None if it is of another family. Raises `ModelUnfit` for what is odd."""

    def read(self, form: Form, answers: Sequence[Array], sheet: Sheet, wanted: Wanted) -> Finds | Shares:
        """Return what the answers to one picture mean."""


FAMILIES: tuple[Family, ...] = (Classifier(), Labelled(), Queries(), EndToEnd(), Grid())
"""Every family, in the order in which they are asked."""


def family(name: str) -> Family:
    """Return the family with this name. Raises `ModelUnfit` where a newer Batchdock had more of them."""
    for each in FAMILIES:
        if each.name == name:
            return each
    raise ModelUnfit(f"This version of Batchdock does not know models of the kind “{name}”. Update it.")
