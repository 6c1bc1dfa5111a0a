"""What a request asks for, held against patterns and bounds. Whatever is not in the contract is refused."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from starlette.requests import Request

from fakes.huawei.answers import IVA, Refused

CJK = "\u4e00-\u9fa5"
ID = r"[a-z0-9_-]{4,36}"
UUID4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
STATES = (
    *("PENDING", "RECOVERING", "STARTING", "UPGRADING", "CREATE_FAILED", "START_FAILED", "RUNNING", "STOPPING"),
    *("STOPPED", "ABNORMAL", "SUCCEEDED", "FAILED", "DELETING", "FREEZING", "FROZEN"),
)
VIAS_STATES = (*STATES, "SCHEDULING", "LACK_OF_RESOURCES")
BATCH_STATES = (*(each.lower() for each in VIAS_STATES), "stopped_no_service")
_TOO_LARGE = 2**31
_Row = TypeVar("_Row")


class Query:
    """The parameters of a request; `done` refuses those that nobody asked about."""

    def __init__(self, request: Request, family: str) -> None:
        self._given = request.query_params
        self._asked: set[str] = set()
        self.bad = "IVA.0004" if family == IVA else "VIAS.00010001"

    def refuse(self, name: str) -> Refused:
        """Return the refusal of one parameter."""
        return Refused(self.bad, f"Invalid parameter: {name}.", name)

    def text(self, name: str, pattern: str, default: str = "") -> str:
        """Return a text that matches the whole pattern; `default` where it was not given."""
        self._asked.add(name)
        value = self._given.get(name)
        if value is None:
            return default
        if not re.fullmatch(pattern, value, re.DOTALL):
            raise self.refuse(name)
        return value

    def number(self, name: str, low: int, high: int, default: int) -> int:
        """Return a whole number within bounds."""
        value = self.text(name, r"-?\d{1,19}", str(default))
        if not low <= int(value) <= high:
            raise self.refuse(name)
        return int(value)

    def one_of(self, name: str, choices: Sequence[str], default: str = "") -> str:
        """Return one of some words."""
        return self.text(name, "|".join(map(re.escape, choices)), default)

    def flag(self, name: str, default: bool) -> bool:
        """Return yes or no."""
        return self.one_of(name, ("true", "false"), str(default).lower()) == "true"

    def several(self, name: str, choices: Sequence[str] = (), pattern: str = ".{1,255}") -> list[str]:
        """Return the values of a key that is repeated (contract §3.6)."""
        self._asked.add(name)
        values = self._given.getlist(name)
        wanted = "|".join(map(re.escape, choices)) if choices else pattern
        if not all(re.fullmatch(wanted, value) for value in values):
            raise self.refuse(name)
        return values

    def listed(self, name: str, low: int, high: int) -> list[str]:
        """Return the parts of a text with commas, of so many characters."""
        value = self.text(name, f".{{{low},{high}}}")
        return [part.strip() for part in value.split(",") if part.strip()]

    def done(self) -> None:
        """Refuse what is not known."""
        for name in self._given:
            if name not in self._asked:
                raise self.refuse(name)


class Page:
    """A page of a list of cameras, groups or algorithms, where pages are wanted; else all (contract §3.6)."""

    def __init__(self, query: Query) -> None:
        self._paged = query.flag("is_paged", False)
        self._size, self._number = query.number("page_size", 5, 200, 10), query.number("page_num", 1, 100_000, 1)

    def of(self, rows: list[_Row]) -> list[_Row]:
        """Return the rows of the page."""
        return rows[(self._number - 1) * self._size : self._number * self._size] if self._paged else rows


class Body:
    """A JSON object in a request."""

    def __init__(self, values: Mapping[str, Any], bad: str) -> None:
        self._values, self.bad = values, bad
        self._asked: set[str] = set()

    def refuse(self, name: str) -> Refused:
        """Return the refusal of one field."""
        return Refused(self.bad, f"Invalid parameter: {name}.", name)

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def of(self, name: str, kind: type[Any], *, required: bool = False) -> Any:
        """Return a field of one type, or None."""
        self._asked.add(name)
        value = self._values.get(name)
        if value is None and not required:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.refuse(name)
        return value

    def text(self, name: str, pattern: str, *, required: bool = False) -> str:
        """Return a text that matches the whole pattern; empty where there is none."""
        value = self.of(name, str, required=required)
        if value is not None and not re.fullmatch(pattern, value, re.DOTALL):
            raise self.refuse(name)
        return value or ""

    def one_of(self, name: str, choices: Sequence[str], *, required: bool = False) -> str:
        """Return one of some words; empty where there is none."""
        return self.text(name, "|".join(map(re.escape, choices)), required=required)

    def number(self, name: str, low: int, high: int = _TOO_LARGE, *, required: bool = False) -> int | None:
        """Return a whole number within bounds."""
        value: int | None = self.of(name, int, required=required)
        if value is not None and not low <= value <= high:
            raise self.refuse(name)
        return value

    def inner(self, name: str, *, required: bool = False) -> "Body | None":
        """Return an object inside."""
        value = self.of(name, dict, required=required)
        return None if value is None else Body(value, self.bad)

    def objects(self, name: str, low: int, high: int, *, required: bool = False) -> list["Body"]:
        """Return the objects of an array, so many of them."""
        values = self.of(name, list, required=required)
        if values is None:
            return []
        if not low <= len(values) <= high or not all(isinstance(each, dict) for each in values):
            raise self.refuse(name)
        return [Body(each, self.bad) for each in values]

    def texts(self, name: str, low: int, high: int, pattern: str, *, required: bool = False) -> list[str]:
        """Return the texts of an array, so many of them."""
        values = self.of(name, list, required=required)
        if values is None:
            return []
        good = all(isinstance(each, str) and re.fullmatch(pattern, each) for each in values)
        if not good or not low <= len(values) <= high:
            raise self.refuse(name)
        return list(values)

    def done(self, *tolerated: str) -> None:
        """Refuse fields that nobody asked about."""
        for name in self._values:
            if name not in self._asked and name not in tolerated:
                raise self.refuse(name)


async def body_of(request: Request, family: str) -> Body:
    """Return the object that a request carries."""
    bad, unread = ("IVA.0004", "IVA.0003") if family == IVA else ("VIAS.00010001", "VIAS.00010004")
    try:
        values = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(unread, "The request body is not JSON.") from None
    if not isinstance(values, dict):
        raise Refused(unread, "The request body is not an object.")
    return Body(values, bad)
