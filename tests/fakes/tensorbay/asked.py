"""A request as it arrived, and what it asks for: read, and refused where the contract does not know it."""

import json
from typing import Any
from urllib.parse import parse_qsl, unquote

from fakes.tensorbay.refusals import MISSING, WRONG, Refused

MOST = 128
"""Rows of a page (contract §1.4)."""


class Headers(dict[str, str]):
    """Headers by their names, however those are spelled."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        """Return a header, or the default."""
        return super().get(name.lower(), default)


class Asked:
    """One request. `at` is "api" or "store", with an "s" behind it where TLS was spoken. Bodies of files are let go."""

    __slots__ = ("at", "body", "head", "method", "request_id", "status", "target")

    def __init__(self, at: str, head: bytes) -> None:
        self.at, self.head = at, head
        line = head[: head.index(b"\r\n")].decode("latin-1")
        self.method, _, rest = line.partition(" ")
        self.target = rest.rpartition(" ")[0]
        self.body = b""
        self.status = 0
        self.request_id = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def path(self) -> str:
        """The path as it was written."""
        return self.target.partition("?")[0]

    @property
    def parts(self) -> list[str]:
        """The path's parts, without what they are written in."""
        return [unquote(each) for each in self.path.split("/")[1:]]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def query(self) -> dict[str, str]:
        """The parameters, the last of each name."""
        return dict(self.pairs)

    @property
    def headers(self) -> Headers:
        """The headers."""
        lines = (line.partition(":") for line in self.head.decode("latin-1").split("\r\n")[1:] if line)
        return Headers((name.strip().lower(), value.strip()) for name, _, value in lines)

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body) if self.body else None


class Given:
    """The values of a request, from its query or its body. It notes which are asked for: the others nobody knows."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self._known: set[str] = set()
        self._inside: list[Given] = []

    def __contains__(self, name: str) -> bool:
        self._known.add(name)
        return name in self.values

    def unknown(self) -> set[str]:
        """Return the names of values that nobody asked for, those of objects inside, too."""
        return {*self.values} - self._known | {name for each in self._inside for name in each.unknown()}

    def let(self, *names: str) -> None:
        """Know names that may be given and mean nothing here."""
        self._known.update(names)

    def of(self, name: str, kind: type[Any], *, must: bool = True) -> Any:
        """Return a value of one type; a number may be written as text, as a query does."""
        self._known.add(name)
        value = self.values.get(name)
        if value is None:
            if must:
                raise Refused(MISSING, f"{name} is required")
            return None
        if kind is int and isinstance(value, str) and value.lstrip("-").isdigit():
            return int(value)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise Refused(WRONG, f"the value of {name} is invalid")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it has to be there."""
        found: str | None = self.of(name, str, must=default is None)
        return found if found is not None else default or ""

    def named(self, name: str) -> str:
        """Return a text that is not empty."""
        found = self.text(name)
        if not found:
            raise Refused(WRONG, f"the value of {name} is invalid")
        return found

    def number(self, name: str) -> int:
        """Return a whole number."""
        found: int = self.of(name, int)
        return found

    def one_of(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """Return one of some words."""
        found = self.text(name, default)
        if found not in choices:
            raise Refused(WRONG, f"the value of {name} is invalid")
        return found

    def inner(self, name: str) -> "Given":
        """Return an object inside."""
        self._inside.append(Given(self.of(name, dict)))
        return self._inside[-1]

    def objects(self, name: str, most: int = MOST) -> "list[Given]":
        """Return the objects of an array."""
        found = self.of(name, list)
        if len(found) > most or not all(isinstance(each, dict) for each in found):
            raise Refused(WRONG, f"the value of {name} is invalid")
        objects = [Given(each) for each in found]
        self._inside += objects
        return objects

    def page(self) -> tuple[int, int]:
        """Return offset and limit."""
        offset, limit = self.of("offset", int, must=False), self.of("limit", int, must=False)
        offset, limit = 0 if offset is None else offset, MOST if limit is None else limit
        if offset < 0 or not 0 < limit <= MOST:
            raise Refused(WRONG, "the value of limit or offset is invalid")
        return offset, limit


def body_of(asked: Asked) -> Given:
    """Return the object that a request carries."""
    try:
        found = json.loads(asked.body or b"{}")
    except (ValueError, RecursionError):
        raise Refused(WRONG, "the body is not JSON") from None
    if not isinstance(found, dict):
        raise Refused(WRONG, "the body is not an object")
    return Given(found)
