"""Asks one Roboflow-shaped service: address, key, patience, and answers as JSON."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx

from batchdock.core.errors import BatchdockError, UnreadableAnswer
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
        self._address = address.rstrip("/")
        self._key = key

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | None] | None = None,
        body: object = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        timeout: float = 60.0,
        patience: Patience | None = None,
    ) -> Any:
        """Ask until there is an answer or patience ends; only for what may be repeated. Return the JSON."""
        tries = Tries(patience or self.patience)
        while True:
            try:
                return await self.ask_once(method, path, params=params, body=body, files=files, timeout=timeout)
            except BatchdockError as error:
                await tries.after(error)

    async def ask_once(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | None] | None = None,
        body: object = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        timeout: float = 60.0,
    ) -> Any:
        """Ask a single time. Return the JSON, None for an empty body. Raises only `BatchdockError`s."""
        what = f"{method} {path}"
        query = {name: str(value) for name, value in (params or {}).items() if value is not None}
        options: dict[str, Any] = {"params": query | {"api_key": self._key}}
        if body is not None:
            options["json"] = body
        if files is not None:
            options["files"] = files
        limit = httpx.Timeout(timeout, connect=15.0, pool=None)
        async with self.connection.answer(
            method, f"{self._address}{path}", what=what, timeout=limit, **options
        ) as response:
            await response.aread()
            if not response.is_success:
                raise of_status(response, service=self.service, what=what, secrets=(self._key,))
            return self._json(response, what)

    @asynccontextmanager
    async def signed(
        self, method: str, url: str, *, what: str, timeout: httpx.Timeout, **options: Any
    ) -> AsyncIterator[httpx.Response]:
        """Open a signed address: nothing of ours is added, least of all the key."""
        async with self.connection.answer(
            method, url, what=what, timeout=timeout, follow_redirects=method == "GET", **options
        ) as response:
            yield response

    async def close(self) -> None:
        """Give back the connections. Never raises."""
        await self.connection.close()

    def _json(self, response: httpx.Response, what: str) -> Any:
        if not response.content.strip():
            return None
        try:
            return json.loads(response.content)
        except ValueError:
            kind = response.headers.get("Content-Type", "no type").partition(";")[0]
            raise UnreadableAnswer(service=self.service, details=f"{what} → {response.status_code} {kind}") from None


def path(*segments: str) -> str:
    """Return `/a/b/c`, each segment percent-encoded whole."""
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


def staging(workspace: str, *segments: str) -> str:
    """Return a path of the Data Staging API (contract §3)."""
    return path("data-staging", "v1", "external", workspace, *segments)


def processing(workspace: str, *segments: str) -> str:
    """Return a path of the Batch Processing API (contract §4)."""
    return path("batch-processing", "v1", "external", workspace, *segments)
