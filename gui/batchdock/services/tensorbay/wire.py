"""Asks one account's service: operations by their names, patience, and answers as JSON."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from batchdock.core.account import Account
from batchdock.core.errors import (
    AccountKeyRefused,
    BatchdockError,
    ConnectionProblem,
    HostNotFound,
    MaybeClosed,
    NotAskedFor,
    NotOffered,
    TimedOut,
    UnreadableAnswer,
)
from batchdock.services.http.answer import Answer, read_json
from batchdock.services.http.bulk import Bulk
from batchdock.services.http.connection import Connection
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.patience import Patience, Tries
from batchdock.services.http.places import may_lead_to
from batchdock.services.http.portal import refuse_sign_in_page
from batchdock.services.http.reading import Entry, count, rows
from batchdock.services.http.redaction import secret_values, sentence, without_secrets
from batchdock.services.tensorbay.failures import of_answer, request_ids
from batchdock.services.tensorbay.operations import EXTRA, OPERATIONS, App, Operation
from batchdock.services.tensorbay.place import place_of

Query = Mapping[str, str | int | bool | None]
"""None is left out; true and false are written small."""

PAGE = 128
"""No list answers with more rows at once (contract §1.4)."""

_SUCCESS = (200, 201)
_SILENCE = (ConnectionProblem, HostNotFound, TimedOut)
_MARKS = frozenset({"offset", "recordSize", "totalCount"})


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list, and where the next ones begin; None at the end."""

    rows: list[Entry]
    following: int | None


class Wire:
    """Every request to the API goes through `ask`, the only place that knows the key.

    `store` and `bulk` are for object stores and signed addresses, and never carry it (contract §5).
    `last_request_ids` are ours and the service's own of the request that was answered last.
    """

    service = "TensorBay"

    def __init__(
        self, account: Account, key: str, *, patience: Patience | None = None, limits: Limits = LIMITS
    ) -> None:
        self.patience = patience or Patience()
        self.limits = limits
        self.store = Connection(self.service, limits)
        self.bulk = Bulk(self.service, limits)
        self.last_request_ids: tuple[str, str] = ("", "")
        self._place = place_of(account)
        self._key = key
        self._connection = Connection(self.service, limits)
        self._answered: set[str] = set()

    async def ask(
        self,
        operation_name: str,
        *,
        at: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: object = None,
        patience: Patience | None = None,
    ) -> Any:
        """Ask for an operation and return the JSON, None for an empty body. Raises only `BatchdockError`s.

        What is repeatable is asked until there is an answer or patience ends; anything else once. `at` are the values
        of the path. Raise `NotOffered` for an operation nobody knows how to ask.
        """
        operation = operation_of(operation_name)
        if not operation.method:
            raise NotOffered(service=self.service, details=operation_name)
        tries = Tries(patience or self.patience)
        asked = uuid.uuid4().hex
        while True:
            try:
                return await self._ask_once(operation, at or {}, query or {}, body, asked)
            except BatchdockError as error:
                if not operation.repeatable:
                    raise
                await tries.after(error)

    async def page(
        self,
        operation_name: str,
        *,
        at: Mapping[str, str] | None = None,
        query: Query | None = None,
        start: int = 0,
        limit: int = PAGE,
        patience: Patience | None = None,
    ) -> Page:
        """Return the rows of a list from `start`. A row that is plain text counts as one with that name.

        Rows that are null are left out. What came is counted, never what was announced, except that a page which is not
        full goes on where the counters say that there is more.
        """
        operation = operation_of(operation_name)
        asked = {**(query or {}), "offset": start, "limit": limit}
        answer = await self.ask(operation_name, at=at, query=asked, patience=patience)
        found = rows(answer, operation.pages, self, _MARKS)
        # Of one path the total of the whole segment is told (contract §1.4).
        is_told = isinstance(answer, dict) and "remotePath" not in (query or {})
        total = (count(answer.get("totalCount")) if is_told else 0) or 0
        ended = not found or (len(found) < limit and total <= start + len(found))
        return Page([each for each in map(_row, found) if each is not None], None if ended else start + len(found))

    async def pages(
        self,
        operation_name: str,
        *,
        at: Mapping[str, str] | None = None,
        query: Query | None = None,
        limit: int = PAGE,
    ) -> AsyncIterator[list[Entry]]:
        """Yield the pages of a list, each fetched on demand; see `page`. A list without an end raises."""
        start: int | None = 0
        before: list[Entry] | None = None
        for _ in range(self.limits.pages):
            page = await self.page(operation_name, at=at, query=query, start=start or 0, limit=limit)
            if page.rows and page.rows == before:
                return  # A service that takes no notice of where a page begins says the same for ever.
            yield page.rows
            start, before = page.following, page.rows
            if start is None:
                return
        raise UnreadableAnswer(service=self.service, details=f"{operation_name}: a list without an end")

    def may_lead_to(self, url: str) -> bool:
        """Tell whether a signed address that the service names may be followed; see `places.may_lead_to`."""
        return may_lead_to(self._place.api, url)

    def without_secrets(self, answer: object) -> object:
        """Return an answer without the key and whatever else a person would not want to hand on."""
        return without_secrets(answer, self._key)

    async def close(self) -> None:
        """Give back the connections. Never raises."""
        await asyncio.gather(self._connection.close(), self.store.close(), self.bulk.close())

    # --- inside

    async def _ask_once(
        self, operation: Operation, at: Mapping[str, str], query: Query, body: object, asked: str
    ) -> Any:
        path = operation.path.format_map({name: encoded(value) for name, value in at.items()})
        what = f"{operation.method} {path}"
        if not (self._key.isascii() and self._key.isprintable()):
            raise AccountKeyRefused(service=self.service, details=f"{what}: not sent, the key has other characters")
        headers = {"X-Token": self._key, "X-Request-Id": asked}
        options: dict[str, Any] = {"headers": headers}
        if body is not None:
            headers["Content-Type"] = "application/json"
            options["content"] = self._written(body, what)
        base = self._place.sextant if operation.app is App.SEXTANT else self._place.api
        url = f"{base}{path}{_query(operation, query)}"
        try:
            answer = await self._answer(operation.method, base, url, what=what, **options)
        except BatchdockError as error:
            error.details = "\n".join((error.details, *request_ids(None, asked)))
            raise
        secrets = (self._key, *secret_values(body))
        self.last_request_ids = (asked, sentence(answer.headers.get("X-Request-Id", ""), *secrets))
        if answer.status not in _SUCCESS:
            raise of_answer(answer, service=self.service, what=what, asked=asked, secrets=secrets)
        return self._read(answer, what, asked)

    async def _answer(self, method: str, base: str, url: str, *, what: str, **options: Any) -> Answer:
        """Return an answer, whatever its status. Of a host that has never answered it is said that it may be gone."""
        try:
            answer = await self._connection.ask(method, url, what=what, timeout=self.limits.silence, **options)
        except ConnectionProblem as error:
            if type(error) in _SILENCE and base not in self._answered:
                raise MaybeClosed(**error.values, details=error.details) from None
            raise
        refuse_sign_in_page(answer, url, what)
        self._answered.add(base)
        return answer

    def _written(self, body: object, what: str) -> bytes:
        """Return a body as JSON. Raise `NotAskedFor` for what JSON has no word for."""
        try:
            return json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        except (ValueError, RecursionError):
            reason = "It has a number that is none, or is nested without end."
            raise NotAskedFor(service=self.service, reason=reason, details=what) from None

    def _read(self, answer: Answer, what: str, asked: str) -> Any:
        if not answer.content.strip():
            return None
        try:
            return read_json(answer.content, self.limits)
        except ValueError:
            kind = sentence(answer.headers.get("Content-Type", "no type").partition(";")[0], self._key)
            details = "\n".join((f"{what} → {answer.status} {kind}", *request_ids(answer, asked, (self._key,))))
            raise UnreadableAnswer(service=self.service, details=details) from None


def operation_of(name: str) -> Operation:
    """Return an operation by its name."""
    return OPERATIONS.get(name) or EXTRA[name]


def encoded(segment: str) -> str:
    """Return a segment of a path percent-encoded whole. Nothing but dots would lead somewhere else."""
    return segment.replace(".", "%2E") if segment in (".", "..") else quote(segment, safe="", errors="replace")


def _query(operation: Operation, query: Query) -> str:
    """Return `?a=b&c`, or nothing."""
    bare = {each.name for each in operation.query if each.bare}
    given = ((name, value) for name, value in query.items() if value is not None)
    text = "&".join(name if name in bare else f"{name}={_value(value)}" for name, value in given)
    return f"?{text}" if text else ""


def _value(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else quote(str(value), safe="", errors="replace")


def _row(row: object) -> Entry | None:
    if isinstance(row, dict):
        return row
    return {"name": row} if isinstance(row, str) else None
