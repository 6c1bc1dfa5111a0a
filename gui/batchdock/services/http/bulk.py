"""The door for bytes: uploads and downloads, thousands of small ones or one of any size, in constant memory.

aiohttp and not httpx, which needs ten times the computing for each request (ADR 8). Control requests stay with
`Connection`; both speak the same errors.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from urllib.request import getproxies, proxy_bypass

import aiohttp
import truststore
from yarl import URL

from batchdock import __version__
from batchdock.core.errors import BatchdockError
from batchdock.core.ports import Outgoing
from batchdock.services.http.answer import Answer
from batchdock.services.http.closing import UnderWay
from batchdock.services.http.connection import host_of, is_loopback
from batchdock.services.http.failures import of_exception

CONNECT_SECONDS = 15.0
SILENCE_SECONDS = 45.0
"""A line on which nothing has moved for so long is broken."""
ANSWER_SECONDS = 300.0
"""A storage service answers an upload only when it has put a large file together."""
READ_BYTES = 1024 * 1024

_FOREIGN = (aiohttp.ClientError, OSError, TimeoutError, UnicodeError, ValueError)


class Bulk:
    """Lazily opened sessions: one for this computer, which knows no proxy, and one for the world."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._under_way = UnderWay()

    async def send(
        self, method: str, url: str, body: Outgoing, *, what: str, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send `body` and return the answer, whatever its status. Raises only `BatchdockError`s, without the address.

        Nothing but `headers` and the length is added: one that was not signed may break a signature (contract §3.6).
        """
        sent = {"Content-Length": str(body.size), **(headers or {})}
        async with aclosing(_Feed(body)) as feed, self._answer(method, url, what, sent, feed) as response:
            return await _read(response)

    @asynccontextmanager
    async def receive(
        self, url: str, *, what: str, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open an address and give the answer, its body unread and as it was sent: nothing is decompressed."""
        async with self._answer("GET", url, what, headers or {}, None) as response:
            yield response

    async def close(self) -> None:
        """End what is under way and give back the connections. Never raises."""
        await self._under_way.close()
        sessions, self._sessions = tuple(self._sessions.values()), {}
        await asyncio.gather(*(session.close() for session in sessions), return_exceptions=True)

    @asynccontextmanager
    async def _answer(
        self, method: str, url: str, what: str, headers: Mapping[str, str], body: AsyncIterator[bytes] | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        host = host_of(url)
        silence = SILENCE_SECONDS if body is None else ANSWER_SECONDS
        try:
            async with (
                self._under_way.request(host, what),
                self._session(url).request(
                    method,
                    URL(url, encoded=True),
                    headers=headers,
                    data=body,
                    proxy=_proxy_for(url),
                    allow_redirects=method == "GET",
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence),
                    skip_auto_headers=("Content-Type", "Accept-Encoding"),
                ) as response,
            ):
                yield response
        except BatchdockError:
            raise
        except _FOREIGN as error:
            unreadable = _unreadable_in(error)
            if unreadable is not None:
                raise unreadable from None
            raise of_exception(error, service=self._service, host=host, what=what) from None

    def _session(self, url: str) -> aiohttp.ClientSession:
        near = is_loopback(url)
        if near not in self._sessions:
            self._sessions[near] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, ssl=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT), keepalive_timeout=20.0
                ),
                headers={"User-Agent": f"batchdock/{__version__}"},
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                read_bufsize=READ_BYTES,
            )
        return self._sessions[near]


class _Feed:
    """Hands a body to aiohttp, whose writing task may still be asking for a piece when the request is over."""

    def __init__(self, body: Outgoing) -> None:
        self._pieces = body.open()
        self._asking = asyncio.Lock()

    def __aiter__(self) -> "_Feed":
        return self

    async def __anext__(self) -> bytes:
        async with self._asking:
            return await anext(self._pieces)

    async def aclose(self) -> None:
        """Close the body, after whoever asks has gone."""
        async with self._asking:
            await self._pieces.aclose()


async def _read(response: aiohttp.ClientResponse) -> Answer:
    return Answer(response.status, response.reason or "", response.headers, await response.read())


def _proxy_for(url: str) -> str | None:
    """Return the proxy that the environment or the system names for an address."""
    if is_loopback(url) or proxy_bypass(host_of(url)):
        return None
    proxies = getproxies()
    return proxies.get(url.partition(":")[0].lower()) or proxies.get("all")


def _unreadable_in(error: BaseException | None) -> BatchdockError | None:
    """Return the body's own error, which aiohttp wraps."""
    while error is not None:
        if isinstance(error, BatchdockError):
            return error
        error = error.__cause__ or error.__context__
    return None
