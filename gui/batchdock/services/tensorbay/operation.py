"""What is known of one operation of the service's API: how it is asked, what it answers, and how well that is known."""

from dataclasses import dataclass
from enum import StrEnum


class Evidence(StrEnum):
    """How an operation is known (contract §7)."""

    CALLED = "A"
    """The vendor's own client calls it."""
    DOCUMENTED = "B"
    """Its pages, or its client's history, show it."""
    INFERRED = "C"
    """By what is around it; nobody has shown it."""
    NONE = "D"
    """Only its name is known, so it can not be asked."""


class App(StrEnum):
    """Which of the two bases of addresses an operation is under (contract §1.1)."""

    API = "api"
    SEXTANT = "sextant"


@dataclass(frozen=True, slots=True)
class Param:
    """A value of a query or a body. Of `draftNumber` and `commit` one is needed where both are named."""

    name: str
    needed: bool = False
    bare: bool = False
    """Only its name is sent, and it is there or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation, by the vendor's name for it.

    `path` is a template below the base; what is in braces is put in percent-encoded. `pages` is the array of a list
    that comes in pages of 128, empty for anything else. `repeatable` tells that asking twice does what asking once
    does. `answer` is the shape of a success, `use` what it is for (translated in the context "service"), `reason` why
    it can not be asked.
    """

    name: str
    group: str
    method: str = ""
    path: str = ""
    use: str
    app: App = App.API
    query: tuple[Param, ...] = ()
    body: tuple[Param, ...] = ()
    evidence: Evidence = Evidence.CALLED
    answer: str = "{}"
    repeatable: bool = False
    pages: str = ""
    reason: str = ""


def params(names: str) -> tuple[Param, ...]:
    """Return the parameters of these names, with spaces between them; a needed one has a star, a bare one `!`."""
    return tuple(Param(each.rstrip("*!"), each.endswith("*"), each.endswith("!")) for each in names.split())
