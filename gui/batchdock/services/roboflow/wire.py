"""Asks one Roboflow-shaped service: address, key, patience, and answers as JSON."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from batchdock.core.errors import BatchdockError, UnreadableAnswer
from batchdock.core.ports import Outgoing
from batchdock.services.http.answer import Answer
from batchdock.services.http.bulk import Bulk
from batchdock.services.http.connection import Connection
from batchdock.services.http.failures import of_status
from batchdock.services.http.patience import Patience, Tries


class Wire:
    """Every request to the API host goes through `ask`, the only place that knows the key.

    The key travels as the query parameter `api_key`: the one way that is proven for every endpoint (contract §1.2).
    Addresses with it are never logged, never put into an error, never followed to another host.
    """

    def __init__(self, *, address: str, key: str, service: str, patience: Patience) -> None:
        self.service = service
        self.patience = patience
        self.connection = Connection(service)
        self.bulk = Bulk(service)
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
        limit = httpx.Timeout(timeout, connect=15.0, pool=None)
        async with self.connection.answer(
            method, f"{self._address}{path}", what=what, timeout=limit, **options
        ) as response:
            answer = Answer(response.status_code, response.reason_phrase, response.headers, await response.aread())
        if not answer.success:
            raise of_status(answer, service=self.service, what=what, secrets=(self._key,))
        return self._json(answer, what)

    async def send(
        self, method: str, path: str, body: Outgoing, *, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> Any:
        """Send bytes to the API host itself, once. Return the JSON."""
        what = f"{method} {path}"
        url = f"{self._address}{path}?{urlencode({**params, 'api_key': self._key})}"
        answer = await self.bulk.send(method, url, body, what=what, headers=headers)
        if not answer.success:
            raise of_status(answer, service=self.service, what=what, secrets=(self._key,))
        return self._json(answer, what)

    async def close(self) -> None:
        """Give back the connections. Never raises."""
        await asyncio.gather(self.connection.close(), self.bulk.close())

    def _json(self, response: Answer, what: str) -> Any:
        if not response.content.strip():
            return None
        try:
            return json.loads(response.content)
        except ValueError:
            kind = response.headers.get("Content-Type", "no type").partition(";")[0]
            raise UnreadableAnswer(service=self.service, details=f"{what} → {response.status} {kind}") from None


def path(*segments: str) -> str:
    """Return `/a/b/c`, each segment percent-encoded whole."""
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


def staging(workspace: str, *segments: str) -> str:
    """Return a path of the Data Staging API (contract §3)."""
    return path("data-staging", "v1", "external", workspace, *segments)


def processing(workspace: str, *segments: str) -> str:
    """Return a path of the Batch Processing API (contract §4)."""
    return path("batch-processing", "v1", "external", workspace, *segments)
