"""Asks the three hosts of one account: who it is, what it may do, patience, and answers as JSON."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from batchdock.core.credentials import AccessKey, Credentials, Password, Token
from batchdock.core.errors import AccessDenied, BatchdockError, KeyRefused, UnreadableAnswer
from batchdock.services.http.answer import Answer, read_json
from batchdock.services.http.connection import Connection
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.patience import Patience, Tries
from batchdock.services.http.portal import refuse_sign_in_page
from batchdock.services.http.redaction import secret_values, sentence, without_secrets
from batchdock.services.huawei.failures import Failures
from batchdock.services.huawei.place import Place
from batchdock.services.huawei.projects import PATH, find_project, is_project_id
from batchdock.services.huawei.proof import Asked, Pasted, Proof, Signed, encoded
from batchdock.services.huawei.refusal import Refusal
from batchdock.services.huawei.signing import query_of
from batchdock.services.huawei.token import SIGN_IN, Login

Params = Mapping[str, str | int | tuple[str, ...] | None]
"""Several values under one name repeat the name (contract §3.6)."""

PROJECT = "{project_id}"
"""Stands in a path for the id of the project, which may have to be found first."""

_REFUSED_SECONDS = 5 * 60.0
"""For so long a key that was refused too often is locked (contract §1.3); it need not come to that.

Each host is given its own chance: where one refuses what the others take, those go on.
"""


class Family(StrEnum):
    """The hosts: who signs in, and the two families of services (contract §0)."""

    IAM = "iam"
    VIAS = "vias"
    IVA = "iva"


class Wire:
    """Every request goes through `ask` and `ask_once`, the only places that know the credentials.

    A token is kept in memory only, and nothing secret is ever part of an address.
    """

    service = "Huawei Cloud"

    def __init__(
        self,
        place: Place,
        credentials: Credentials,
        *,
        account_name: str,
        patience: Patience,
        limits: Limits = LIMITS,
    ) -> None:
        self.place = place
        self.patience = patience
        self.limits = limits
        self._connection = Connection(self.service, limits)
        self._failures = Failures(self.service, account_name, credentials)
        hosts = {place.iam, place.vias_address, place.iva_address}
        self._refusals = {host: Refusal(_REFUSED_SECONDS) for host in hosts}
        self._finding = asyncio.Lock()
        self._login: Login | None = None
        self._proof: Proof
        match credentials:
            case Password():
                self._proof = self._login = Login(credentials, place, self._answer, self.service, limits)
            case Token(token=token):
                self._proof = Pasted(token)
            case AccessKey():
                self._proof = Signed(credentials)

    def path(self, version: str, *segments: str) -> str:
        """Return `/v2/{project_id}/a/b`, each segment percent-encoded whole. The project is put in when it is asked."""
        return f"/{version}/{PROJECT}" + "".join(f"/{_encoded(segment)}" for segment in segments)

    async def ask(
        self,
        family: Family,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: object = None,
        patience: Patience | None = None,
    ) -> Any:
        """Ask until there is an answer or patience ends; only for what may be repeated. Return the JSON."""
        tries = Tries(patience or self.patience)
        while True:
            try:
                return await self.ask_once(family, method, path, params=params, body=body)
            except BatchdockError as error:
                await tries.after(error)

    async def ask_once(
        self, family: Family, method: str, path: str, *, params: Params | None = None, body: object = None
    ) -> Any:
        """Ask a single time. Return the JSON, None for an empty body. Raises only `BatchdockError`s.

        What was refused because a token has run out is asked once more with a fresh one: it was not carried out.
        """
        if PROJECT in path:
            await self.sign_in()
        asked = Asked(
            method,
            self._address(family),
            path.replace(PROJECT, quote(self.place.project_id, safe="")),
            tuple(_pairs(params or {})),
            b"" if body is None else encoded(body),
        )
        what = f"{method} {path}"
        return self._read(await self._let_in(asked, what, secret_values(body)), what)

    async def sign_in(self) -> None:
        """Make sure that the project is known. Raise `KeyRefused`, `ProjectUnknown`."""
        async with self._finding:
            if self.place.project_id:
                return
            if self._login is not None:
                ticket = await self._login.ticket()
                project_id, name = ticket.project_id, ticket.project
            else:
                project_id, name = await self._look_for_project()
            if not project_id:
                raise UnreadableAnswer(service=self.service, details=f"POST {SIGN_IN}: no project in the answer")
            self.place = replace(self.place, project_id=project_id, project=name or project_id)

    def without_secrets(self, answer: object) -> object:
        """Return an answer without the credentials and whatever else a person would not want to hand on."""
        return without_secrets(answer, *self._proof.secrets)

    async def close(self) -> None:
        """Give back the connections. Never raises."""
        await self._connection.close()

    async def _let_in(self, asked: Asked, what: str, secrets: tuple[str, ...]) -> Answer:
        """Send a request with its proof; once more where the proof could be renewed. Return a success."""
        refusal = self._refusals[asked.address]
        refusal.check()
        shown = await self._proof.headers(asked, self.place.project_id)
        try:
            try:
                return await self._answer(asked, shown, what=what, secrets=secrets)
            except KeyRefused:
                if not await self._proof.renewed(shown):
                    raise
            shown = await self._proof.headers(asked, self.place.project_id)
            return await self._answer(asked, shown, what=what, secrets=secrets)
        except KeyRefused as error:
            refusal.note(error)
            raise

    async def _answer(
        self, asked: Asked, headers: Mapping[str, str], *, what: str = "", secrets: tuple[str, ...] = ()
    ) -> Answer:
        """Send a request and return its answer, which is a success. Raise only `BatchdockError`s."""
        what = what or f"{asked.method} {asked.path}"
        url = f"{asked.address}{asked.path}" + (f"?{query_of(asked.params)}" if asked.params else "")
        # The type is told even where there is no body, as the vendor's own clients do (contract §8).
        headers = {"Content-Type": "application/json", **headers}
        options = {"headers": headers, "content": asked.body or None}
        answer = await self._connection.ask(asked.method, url, what=what, timeout=self.limits.silence, **options)
        refuse_sign_in_page(answer, asked.address, what)
        if not answer.success:
            hidden = (*self._proof.secrets, *secrets)
            raise self._failures.of(answer, what=what, place=self.place, secrets=hidden)
        return answer

    async def _look_for_project(self) -> tuple[str, str]:
        """Return id and name of the project. An id that was given is believed where no list may be seen."""
        wanted = self.place.project or self.place.region
        try:
            return await find_project(
                lambda params: self.ask_once(Family.IAM, "GET", PATH, params=params), wanted, self
            )
        except AccessDenied:
            if not is_project_id(wanted):
                raise
            return wanted, wanted

    def _address(self, family: Family) -> str:
        match family:
            case Family.IAM:
                return self.place.iam
            case Family.VIAS:
                return self.place.vias_address
            case Family.IVA:
                return self.place.iva_address

    def _read(self, answer: Answer, what: str) -> Any:
        if not answer.content.strip():
            return None
        try:
            return read_json(answer.content, self.limits)
        except ValueError:
            kind = sentence(answer.headers.get("Content-Type", "no type").partition(";")[0], *self._proof.secrets)
            raise UnreadableAnswer(service=self.service, details=f"{what} → {answer.status} {kind}") from None


def _encoded(segment: str) -> str:
    """Return a segment percent-encoded whole. Nothing but dots would lead somewhere else."""
    return segment.replace(".", "%2E") if segment in (".", "..") else quote(segment, safe="")


def _pairs(params: Params) -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        if isinstance(value, tuple):
            yield from ((name, each) for each in value)
        elif value is not None:
            yield name, str(value)
