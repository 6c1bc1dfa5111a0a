"""The connections of one account: to its service, and to wherever its signed addresses lead."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import truststore

from batchdock import __version__
from batchdock.core.errors import BatchdockError, ConnectionProblem
from batchdock.services.http.closing import UnderWay
from batchdock.services.http.failures import of_exception

TIMEOUT = httpx.Timeout(60.0, connect=15.0, pool=None)
LIMITS = httpx.Limits(max_connections=8, max_keepalive_connections=8, keepalive_expiry=20.0)

_FOREIGN = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError)


class Connection:
    """Two lazily opened clients: one for this computer, which knows no proxy, and one for the world.

    The world is reached as the system is set up: its proxies, and its own list of trusted certificates. With a proxy
    set, httpx would send even 127.0.0.1 through it, therefore the difference.
    """

    def __init__(self, service: str) -> None:
        self._service = service
        self._near: httpx.AsyncClient | None = None
        self._far: httpx.AsyncClient | None = None
        self._under_way = UnderWay()

    @asynccontextmanager
    async def answer(
        self, method: str, url: str, *, what: str, timeout: httpx.Timeout | float | None = None, **options: Any
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and give the answer, its body unread. Raises only `BatchdockError`s, without the address.

        A closed connection raises `ConnectionClosed`.
        `what` names the request in technical details. Errors while the body is read inside the block are translated
        as well, so whoever touches files in there translates theirs first.
        """
        host = host_of(url)
        try:
            async with self._under_way.request(host, what):
                client = self._client(url)
                async with client.stream(method, url, timeout=timeout or TIMEOUT, **options) as response:
                    yield response
        except BatchdockError:
            raise
        except _FOREIGN as error:
            raise of_exception(error, service=self._service, host=host, what=what) from None

    async def close(self) -> None:
        """End what is under way and close both clients, for good: nobody would close a third one. Never raises.

        The requests go first. httpx lets go of its pool at once, and a connection that is being made at that moment
        would stay open with nobody to close it.
        """
        await self._under_way.close()
        clients = [client for client in (self._near, self._far) if client is not None]
        self._near = self._far = None
        await asyncio.gather(*(client.aclose() for client in clients), return_exceptions=True)

    def _client(self, url: str) -> httpx.AsyncClient:
        if is_loopback(url):
            if self._near is None:
                self._near = _client(trust_env=False)
            return self._near
        if self._far is None:
            try:
                self._far = _client(trust_env=True)
            except (ImportError, ValueError) as error:
                # What the environment says of proxies is beyond httpx: a SOCKS proxy, or not an address at all.
                raise ConnectionProblem(host=host_of(url), details=f"Proxy settings: {type(error).__name__}") from None
        return self._far


def _client(*, trust_env: bool) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        trust_env=trust_env,
        verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        limits=LIMITS,
        headers={"User-Agent": f"batchdock/{__version__}"},
    )


def host_of(url: str) -> str:
    """Return the host of an address for people to read; the address itself where it has none."""
    try:
        return urlsplit(url).hostname or url.partition("?")[0]
    except ValueError:
        return url.partition("?")[0]


def is_loopback(url: str) -> bool:
    """Tell whether the address leads to this very computer."""
    host = host_of(url)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
