"""Signs in with user and password, and keeps the token fresh (contract §1.1). It is in memory only."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from batchdock.core.credentials import Password
from batchdock.core.errors import (
    AccessDenied,
    BadRequest,
    BatchdockError,
    KeyRefused,
    NotFound,
    SignInRefused,
    UnreadableAnswer,
)
from batchdock.services.http.answer import Answer, read_json
from batchdock.services.http.limits import Limits
from batchdock.services.http.reading import entry, moment, text
from batchdock.services.huawei.place import Place
from batchdock.services.huawei.projects import PATH, find_project, is_project_id
from batchdock.services.huawei.proof import TOKEN_HEADER, Asked, encoded
from batchdock.services.huawei.refusal import Refusal

SIGN_IN = "/v3/auth/tokens"
_LIFE_SECONDS = 24 * 3600.0
_FRESH = 0.9
"""So much of its life a token is used; then there is another one, before it could run out in the middle of a list."""
_NEXT_TRY_SECONDS = 60.0
_REFUSED_SECONDS = 15 * 60.0
"""Wrong passwords lock an account that is asked with them again and again."""

_ABOUT_PROJECT = re.compile(r"(?i)\b(project|scope)\b")

Send = Callable[[Asked, Mapping[str, str]], Awaitable[Answer]]
"""Sends a request to the host that signs in, with these headers. Returns what is a success; raises what is not."""


@dataclass(slots=True)
class Ticket:
    """A token, the project it is for, and until when it is good, on the clock that nobody can set."""

    token: str = field(repr=False)
    project_id: str
    project: str
    fresh_until: float
    good_until: float


class Login:
    """A user with a password, as a `Proof`. However many requests need a token: one of them signs in for all."""

    def __init__(self, password: Password, place: Place, send: Send, service: str, limits: Limits) -> None:
        self.service = service
        self._password = password
        self._place = place
        self._send = send
        self._limits = limits
        self._ticket: Ticket | None = None
        self._turn = asyncio.Lock()
        self._refusal = Refusal(_REFUSED_SECONDS)

    @property
    def secrets(self) -> tuple[str, ...]:
        """See `Proof.secrets`."""
        return (self._password.password, *((self._ticket.token,) if self._ticket is not None else ()))

    async def headers(self, asked: Asked, project_id: str) -> Mapping[str, str]:
        """See `Proof.headers`. Raise `KeyRefused`, `ProjectUnknown`."""
        return {TOKEN_HEADER: (await self.ticket()).token}

    async def renewed(self, shown: Mapping[str, str]) -> bool:
        """See `Proof.renewed`."""
        async with self._turn:
            if self._ticket is not None and self._ticket.token == shown[TOKEN_HEADER]:
                self._ticket = None
                self._ticket = await self._sign_in()
        return True

    async def ticket(self) -> Ticket:
        """Return a token that is good for some time yet."""
        before = self._ticket
        if before is not None and time.monotonic() < before.fresh_until:
            return before
        async with self._turn:
            if self._ticket is None or self._ticket is before:
                self._ticket = await self._successor(before)
            return self._ticket

    async def _successor(self, before: Ticket | None) -> Ticket:
        """Return a new token; the old one, while that is good, where there can be no other at the moment."""
        try:
            return await self._sign_in()
        except BatchdockError as error:
            now = time.monotonic()
            if before is None or now >= before.good_until or not error.retryable:
                raise
            before.fresh_until = now + _NEXT_TRY_SECONDS
            return before

    async def _sign_in(self) -> Ticket:
        self._refusal.check()
        try:
            return await self._token_for_project()
        except KeyRefused as error:
            self._refusal.note(error)
            raise

    async def _token_for_project(self) -> Ticket:
        place = self._place
        wanted = place.project_id or place.project or place.region
        by = "id" if place.project_id or is_project_id(wanted) else "name"
        try:
            return await self._token_for({"project": {by: wanted}})
        except (BadRequest, NotFound, AccessDenied, SignInRefused) as error:
            if isinstance(error, SignInRefused) and not _ABOUT_PROJECT.search(str(error.values.get("reason"))):
                raise
        # It may be the project and nothing else: who gets in without one is told which there are.
        everywhere = await self._token_for({"domain": {"name": self._password.domain}})

        async def ask(params: Mapping[str, str]) -> Any:
            asked = Asked("GET", place.iam, PATH, tuple(params.items()))
            return self._read(await self._send(asked, {TOKEN_HEADER: everywhere.token}), PATH)

        project_id, _ = await find_project(ask, wanted, self)
        return await self._token_for({"project": {"id": project_id}})

    async def _token_for(self, scope: Mapping[str, object]) -> Ticket:
        user = {
            "name": self._password.user,
            "password": self._password.password,
            "domain": {"name": self._password.domain},
        }
        identity = {"methods": ["password"], "password": {"user": user}}
        body = encoded({"auth": {"identity": identity, "scope": scope}})
        asked = Asked("POST", self._place.iam, SIGN_IN, (("nocatalog", "true"),), body)
        answer = await self._send(asked, {})
        told = entry(entry(self._read(answer, SIGN_IN)).get("token"))
        token = answer.headers.get("X-Subject-Token", "").strip()
        if not token or not token.isascii():
            raise UnreadableAnswer(service=self.service, details=f"POST {SIGN_IN} → {answer.status}, no token")
        project = entry(told.get("project"))
        now, seconds = time.monotonic(), _seconds_of(told.get("issued_at"), told.get("expires_at"), answer)
        return Ticket(
            token=token,
            project_id=text(project.get("id")),
            project=text(project.get("name")),
            fresh_until=now + seconds * _FRESH,
            good_until=now + seconds,
        )

    def _read(self, answer: Answer, what: str) -> object:
        try:
            return read_json(answer.content, self._limits)
        except ValueError:
            raise UnreadableAnswer(service=self.service, details=f"{what} → {answer.status}") from None


def _seconds_of(issued: object, expires: object, answer: Answer) -> float:
    """Return how long a token is good, by the clock of whoever issued it: this computer's may be wrong."""
    until = moment(expires)
    if until is None:
        return _LIFE_SECONDS
    since = answer.date or moment(issued)
    seconds = (until - since).total_seconds() if since is not None else _LIFE_SECONDS
    return min(max(seconds, _NEXT_TRY_SECONDS), _LIFE_SECONDS)
