"""The door for bytes: uploads and downloads, thousands of small ones or one of any size, in constant memory.

aiohttp and not httpx, which needs ten times the computing for each request (ADR 8). Control requests stay with
`Connection`; both speak the same errors.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from batchdock.core.errors import BatchdockError, ConnectionProblem, UnreadableAnswer
from batchdock.core.streams import Outgoing
from batchdock.services.http.answer import Answer, read_answer
from batchdock.services.http.closing import UnderWay
from batchdock.services.http.failures import of_exception, of_proxy
from batchdock.services.http.feed import Feed
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.places import host_of, is_loopback, may_lead_to, scheme_of
from batchdock.services.http.portal import redirected_to
from batchdock.services.http.proxies import Proxies

if TYPE_CHECKING:
    import aiohttp

_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Arriving:
    """An answer whose body is yet to be read, as it was sent: nothing is decompressed. `url`: where it came from."""

    url: str = field(repr=False)
    status: int
    reason: str
    headers: Mapping[str, str] = field(repr=False)
    _response: "aiohttp.ClientResponse" = field(repr=False)
    _service: str
    _what: str

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they come. Raises `ConnectionProblem`s, also when the end is missing."""
        from batchdock.services.http.sessions import FOREIGN

        try:
            async for piece in self._response.content.iter_any():
                yield piece
        except FOREIGN as error:
            raise of_exception(error, service=self._service, host=host_of(self.url), what=self._what) from None

    async def text(self, limits: Limits) -> Answer:
        """Read it as an answer in words."""
        try:
            async with asyncio.timeout(limits.answer):
                return await read_answer(
                    self.status,
                    self.reason,
                    self.headers,
                    self.pieces(),
                    limits=limits,
                    service=self._service,
                    what=self._what,
                )
        except TimeoutError as error:
            raise of_exception(error, service=self._service, host=host_of(self.url), what=self._what) from None


class Bulk:
    """Lazily opened sessions: one for this computer, which knows no proxy, and one for the world."""

    def __init__(self, service: str, limits: Limits = LIMITS) -> None:
        self._service = service
        self._limits = limits
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._proxies = Proxies()
        self._under_way = UnderWay()

    async def send(
        self, method: str, url: str, body: Outgoing, *, what: str, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send `body` and return the answer, whatever its status. Raises only `BatchdockError`s, without the address.

        What the body raises comes out as it is. Nothing but `headers` and the length is added: a header that was not
        signed may break a signature (contract §3.6). Redirects are answers like others.
        """
        sent = {"Content-Length": str(body.size), **(headers or {})}
        async with self._under_way.request(host_of(url), what):
            feed = Feed(body, self._limits)
            try:
                async with feed:
                    arriving = await self._ask(method, url, what, sent, feed)
                    try:
                        answer = await arriving.text(self._limits)
                        if answer.success and feed.handed_over:
                            await feed.finish()
                    finally:
                        # A connection on which a part of the body is missing can not take another request.
                        _leave(arriving, whole=feed.handed_over)
            except TimeoutError as error:
                raise of_exception(error, service=self._service, host=host_of(url), what=what) from None
            except BatchdockError:
                if feed.error is not None:
                    raise feed.error from None
                raise
        if answer.success and not feed.handed_over:
            if feed.error is not None:
                raise feed.error
            raise ConnectionProblem(host=host_of(url), details=f"{what} → {answer.status} before all was sent")
        return answer

    @asynccontextmanager
    async def receive(
        self, url: str, *, what: str, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Arriving]:
        """Open an address and give the answer, its body unread. What is raised inside the block is left alone.

        A few redirects are followed, each as `may_lead_to` allows; so `headers` may go anywhere, and hold no secret.
        """
        async with self._under_way.request(host_of(url), what):
            arriving = await self._ask("GET", url, what, headers or {}, None)
            for _ in range(_MOST_REDIRECTS):
                following = redirected_to(arriving.status, arriving.headers, arriving.url)
                if following is None:
                    break
                _leave(arriving, whole=False)
                if not may_lead_to(arriving.url, following):
                    raise UnreadableAnswer(service=self._service, details=f"{what} → {arriving.status}, not followed")
                arriving = await self._ask("GET", following, what, headers or {}, None)
            try:
                yield arriving
            finally:
                _leave(arriving, whole=True)

    async def close(self) -> None:
        """End what is under way and give back the connections. Never raises."""
        await self._under_way.close()
        sessions, self._sessions = tuple(self._sessions.values()), {}
        await asyncio.gather(*(session.close() for session in sessions), return_exceptions=True)

    async def _ask(self, method: str, url: str, what: str, headers: Mapping[str, str], feed: Feed | None) -> Arriving:
        """Send a request and return what answers it. Whoever gets it leaves it."""
        from batchdock.services.http.sessions import FOREIGN, as_it_is, patience

        proxy = self._proxies.way_to(url)
        failed = partial(of_exception, service=self._service, host=host_of(url), what=what, proxy=proxy)
        silence = self._limits.silence if feed is None else None  # The feed has a watch of its own.
        shown = proxy.headers if proxy is not None else {}
        if scheme_of(url) == "http":  # Without a tunnel, what is shown to the proxy goes with the request.
            headers = {**headers, **shown}
        try:
            # The whole of an upload may take any time; a download begins soon, or never.
            async with asyncio.timeout(self._limits.answer if feed is None else None):
                response = await self._session(url).request(
                    method,
                    as_it_is(url),
                    headers=headers,
                    data=feed,
                    proxy=proxy.url if proxy is not None else None,
                    proxy_headers=shown,
                    allow_redirects=False,
                    timeout=patience(self._limits.connect, silence),
                    skip_auto_headers=("Content-Type", "Accept-Encoding"),
                )
        except FOREIGN as error:
            raise failed(error) from None
        if proxy is not None and response.status == 407:
            response.close()
            raise of_proxy(proxy, what=what, answered=f"{response.status} {response.reason or ''}")
        return Arriving(url, response.status, response.reason or "", response.headers, response, self._service, what)

    def _session(self, url: str) -> "aiohttp.ClientSession":
        from batchdock.services.http.sessions import open_session

        near = is_loopback(url)
        if near not in self._sessions:
            self._sessions[near] = open_session()
        return self._sessions[near]


def _leave(arriving: Arriving, *, whole: bool) -> None:
    """Give the connection back; for another request only where both sides have said all."""
    response = arriving._response
    if whole and response.content.at_eof():
        response.release()
    else:
        response.close()
