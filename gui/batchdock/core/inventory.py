"""What a service keeps besides jobs and batches of files, and what can be done to it.

A service describes its collections; the window makes tables and forms of the description. So a collection that a
service gets is shown without a page of its own. Titles are English sources, translated in the context "service".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Cell = str | int | float | bool | datetime | tuple[str, ...] | None


class CellKind(StrEnum):
    """How the cells of a column are written."""

    TEXT = "text"
    NUMBER = "number"
    SIZE = "size"
    """Bytes."""
    TIME = "time"
    WORDS = "words"
    """Several short ones, as chips."""
    STATE = "state"
    """A state of a job, in the service's own word."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a collection. `key` is where `Item.cells` have its value.

    `words` are what some values are called, in any case of the value; others are shown as they are.
    """

    key: str
    title: str
    kind: CellKind = CellKind.TEXT
    words: tuple[tuple[str, str], ...] = ()


class FieldKind(StrEnum):
    """How a field of a form is filled in."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    NUMBER = "number"
    SWITCH = "switch"
    CHOICE = "choice"
    SEVERAL = "several"
    """Any number of `choices`, or of words that are typed where there are none."""
    SECRET = "secret"  # noqa: S105 - the kind of a field
    JSON = "json"
    """An object or a list of free form; its value is the parsed one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form, or one by which a list can be narrowed.

    `least` and `most` bound the characters of a text, a number, or how many of SEVERAL there may be. `pattern` is a
    regular expression for the whole text, or for each of several words. `choices` are values with their titles; where
    they are the items of a collection, `choices_of` is its key.
    `value` is what stands there at first; a SECRET never shows one, and left empty it stays as it is.
    """

    key: str
    title: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    least: float | None = None
    most: float | None = None
    pattern: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    choices_of: str = ""
    value: object = None
    hint: str = ""


class On(StrEnum):
    """What an action is done to."""

    NOTHING = "nothing"
    """It makes something new, in the collection."""
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What can be done to items. Where there is a `question` it is asked before, with "{name}" filled in.

    With `has_form` a form is asked for and filled in before. What is `destructive` cannot be taken back. It is not
    offered for items whose state (a cell of kind STATE, or the job's own word) is in `not_in_states`, in any case: a
    state that nobody has told of may take it, and a refusal is a sentence.
    Of jobs it is only offered for those whose `Job.kind` is in `kinds`, where there are any.
    What is `unverified` is known from hints only; it can be done, and people are told. What is `closed` is shown and
    can not be done, for the reason that stands there.
    """

    key: str
    title: str
    on: On
    has_form: bool = False
    destructive: bool = False
    question: str = ""
    not_in_states: frozenset[str] = frozenset()
    unverified: bool = False
    closed: str = ""
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A kind of things a service keeps. `title` is the plural. `filters` narrow its list, at the service."""

    key: str
    title: str
    columns: tuple[Column, ...]
    actions: tuple[Action, ...] = ()
    filters: tuple[Field, ...] = ()
    icon: str = "box"
    empty: str = ""
    """What to say when there are none."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a collection, without its secrets."""

    collection: str
    item_id: str
    name: str
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """An item, or a part of one, to which something could not be done, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an action. A service may do a part of it and say so in a friendly answer.

    `made` are the ids of new items. `said` is the service's own word on it, where it has one.
    """

    made: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    said: str = ""


JOBS = "jobs"
"""The collection of an account's jobs, for actions and forms; its items are `Job`s."""

Where = Mapping[str, tuple[str, ...]]
"""What a list is narrowed to: the keys of filters with their values."""
