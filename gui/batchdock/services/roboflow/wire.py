"""Asks one Roboflow-shaped service: address, key, patience, and answers as JSON."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from batchdock.core.errors import BatchdockError, UnreadableAnswer
from batchdock.core.streams import Outgoing
from batchdock.services.http.answer import Answer, read_json
from batchdock.services.http.bulk import Bulk
from batchdock.services.http.connection import Connection
from batchdock.services.http.failures import of_status
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.patience import Patience, Tries
from batchdock.services.http.places import may_lead_to
from batchdock.services.http.portal import refuse_sign_in_page
from batchdock.services.http.redaction import sentence, without_secrets


class Wire:
    """Every request to the API host goes through `ask` and `send`, the only places that know the key.

    The key travels as the query parameter `api_key`: the one way that is proven for every endpoint (contract §1.2).
    Addresses with it are never logged, never put into an error, never followed to another host.
    """

    def __init__(self, *, address: str, key: str, service: str, patience: Patience, limits: Limits = LIMITS) -> None:
        self.service = service
        self.patience = patience
        self.limits = limits
        self.connection = Connection(service, limits)
        self.bulk = Bulk(service, limits)
        self._address = address.rstrip("/")
        self._key = key

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | None] | None = None,
        body: object = None,
        timeout: float = 60.0,
        patience: Patience | None = None,
    ) -> Any:
        """Ask until there is an answer or patience ends; only for what may be repeated. Return the JSON."""
        tries = Tries(patience or self.patience)
        while True:
            try:
                return await self.ask_once(method, path, params=params, body=body, timeout=timeout)
            except BatchdockError as error:
                await tries.after(error)

    async def ask_once(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | None] | None = None,
        body: object = None,
        timeout: float = 60.0,
    ) -> Any:
        """Ask a single time. Return the JSON, None for an empty body. Raises only `BatchdockError`s."""
        what = f"{method} {path}"
        query = {name: str(value) for name, value in (params or {}).items() if value is not None}
        options: dict[str, Any] = {"params": query | {"api_key": self._key}}
        if body is not None:
            options["json"] = body
        answer = await self.connection.ask(method, f"{self._address}{path}", what=what, timeout=timeout, **options)
        return self._read(answer, what)

    async def send(
        self, method: str, path: str, body: Outgoing, *, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> Any:
        """Send bytes to the API host itself, once. Return the JSON."""
        what = f"{method} {path}"
        url = f"{self._address}{path}?{urlencode({**params, 'api_key': self._key})}"
        plain = {"Accept-Encoding": "identity", **headers}
        return self._read(await self.bulk.send(method, url, body, what=what, headers=plain), what)

    def may_lead_to(self, url: str) -> bool:
        """Tell whether a signed address that the service names may be used; see `places.may_lead_to`."""
        return may_lead_to(self._address, url)

    def without_secrets(self, answer: object) -> object:
        """Return an answer without the key and whatever else a person would not want to hand on."""
        return without_secrets(answer, self._key)

    async def close(self) -> None:
        """Give back the connections. Never raises."""
        await asyncio.gather(self.connection.close(), self.bulk.close())

    def _read(self, answer: Answer, what: str) -> Any:
        refuse_sign_in_page(answer, self._address, what)
        if not answer.success:
            raise of_status(answer, service=self.service, what=what, secrets=(self._key,))
        if not answer.content.strip():
            return None
        try:
            return read_json(answer.content, self.limits)
        except ValueError:
            kind = sentence(answer.headers.get("Content-Type", "no type").partition(";")[0], self._key)
            raise UnreadableAnswer(service=self.service, details=f"{what} → {answer.status} {kind}") from None


@lru_cache(maxsize=64)  # The same one for each of many thousand pictures.
def path(*segments: str) -> str:
    """Return `/a/b/c`, each segment percent-encoded whole."""
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


def staging(workspace: str, *segments: str) -> str:
    """Return a path of the Data Staging API (contract §3)."""
    return path("data-staging", "v1", "external", workspace, *segments)


def processing(workspace: str, *segments: str) -> str:
    """Return a path of the Batch Processing API (contract §4)."""
    return path("batch-processing", "v1", "external", workspace, *segments)
