"""The connections of one account: to its service, and to wherever its signed addresses lead."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx

from batchdock import __version__
from batchdock.core.errors import BatchdockError
from batchdock.services.http.answer import Answer, read_answer
from batchdock.services.http.closing import UnderWay
from batchdock.services.http.failures import of_exception, of_proxy
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.lines import Lines
from batchdock.services.http.places import host_of
from batchdock.services.http.proxies import Proxies, Proxy
from batchdock.services.http.trust import trusting

_POOL = httpx.Limits(max_connections=8, max_keepalive_connections=8, keepalive_expiry=20.0)

_FOREIGN = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError)


class Connection:
    """Lazily opened clients, one for each way: straight, or through a proxy.

    The world is reached as the system is set up: its proxies, and its own list of trusted certificates. This computer
    is reached straight, whatever the proxies are: httpx by itself would send even 127.0.0.1 through one.
    """

    def __init__(self, service: str, limits: Limits = LIMITS) -> None:
        self._service = service
        self._limits = limits
        self._clients: dict[Proxy | None, httpx.AsyncClient] = {}
        self._lines: list[Lines] = []
        self._proxies = Proxies()
        self._under_way = UnderWay()

    async def ask(self, method: str, url: str, *, what: str, timeout: float = 60.0, **options: Any) -> Answer:
        """Send a request and return the whole answer, whatever its status. Raises only `BatchdockError`s.

        `timeout` is for silence on the line; the whole takes `Limits.answer` at most.
        """
        try:
            async with (
                asyncio.timeout(self._limits.answer),
                self.answer(method, url, what=what, timeout=timeout, **options) as response,
            ):
                return await read_answer(
                    response.status_code,
                    response.reason_phrase,
                    response.headers,
                    response.aiter_bytes(),
                    limits=self._limits,
                    service=self._service,
                    what=what,
                )
        except TimeoutError as error:
            raise of_exception(error, service=self._service, host=host_of(url), what=what) from None

    @asynccontextmanager
    async def answer(
        self, method: str, url: str, *, what: str, timeout: float = 60.0, **options: Any
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and give the answer, its body unread. Raises only `BatchdockError`s, without the address.

        A closed connection raises `ConnectionClosed`.
        `what` names the request in technical details. Errors while the body is read inside the block are translated
        as well, so whoever touches files in there translates theirs first.
        """
        host = host_of(url)
        proxy = self._proxies.way_to(url)
        failed = partial(of_exception, service=self._service, host=host, what=what, proxy=proxy)
        limit = httpx.Timeout(timeout, connect=min(timeout, self._limits.connect), pool=None)
        try:
            async with self._under_way.request(host, what):
                client = self._client(proxy)
                async with client.stream(method, url, timeout=limit, **options) as response:
                    if proxy is not None and response.status_code == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
                        raise of_proxy(proxy, what=what, answered=f"407 {response.reason_phrase}")
                    yield response
        except BatchdockError:
            raise
        except _FOREIGN as error:
            raise failed(error) from None

    async def close(self) -> None:
        """End what is under way and close every client, for good: nobody would close another one. Never raises.

        The requests go first. httpx lets go of its pool at once, and a connection that is being made at that moment
        would stay open with nobody to close it.
        """
        await self._under_way.close()
        clients, self._clients = tuple(self._clients.values()), {}
        await asyncio.gather(*(client.aclose() for client in clients), return_exceptions=True)
        await asyncio.gather(*(lines.close() for lines in self._lines))

    def _client(self, proxy: Proxy | None) -> httpx.AsyncClient:
        if proxy not in self._clients:
            transport = httpx.AsyncHTTPTransport(
                trust_env=False,
                proxy=httpx.Proxy(proxy.url, headers=dict(proxy.headers)) if proxy is not None else None,
                verify=trusting(),
                limits=_POOL,
            )
            self._lines.append(Lines(transport))
            self._clients[proxy] = httpx.AsyncClient(
                # Off, as it would also send passwords from `.netrc`; proxies and certificates are asked for here.
                trust_env=False,
                transport=transport,
                headers={"User-Agent": f"batchdock/{__version__}"},
            )
        return self._clients[proxy]
