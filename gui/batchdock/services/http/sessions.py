"""What aiohttp is asked for: a session that leaves everything as it is, and cuts what is given up.

Loaded with the first byte that goes through `bulk`, or when the window is there: it takes a twentieth of a start.
"""

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from yarl import URL

from batchdock import __version__
from batchdock.services.http.trust import trusting

READ_BYTES = 1024 * 1024

FOREIGN = (aiohttp.ClientError, OSError, TimeoutError, UnicodeError, ValueError)
"""What comes out of a session that has failed."""


class _Connector(aiohttp.TCPConnector):
    """Cuts a connection that is given up: closed politely, it lives on for as long as nobody reads what it holds."""

    def _release(self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False) -> None:
        if should_close and protocol.transport is not None:
            protocol.transport.abort()
        super()._release(key, protocol, should_close=should_close)


def open_session() -> aiohttp.ClientSession:
    """Return a session that keeps no cookies, asks no environment and decompresses nothing."""
    return aiohttp.ClientSession(
        connector=_Connector(limit=0, ssl=trusting(), keepalive_timeout=20.0),
        headers={"User-Agent": f"batchdock/{__version__}"},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        read_bufsize=READ_BYTES,
    )


def patience(connect: float, silence: float | None) -> aiohttp.ClientTimeout:
    """Return the limits of a request: seconds until it is connected, and between two pieces that are read."""
    return aiohttp.ClientTimeout(total=None, connect=connect, sock_read=silence)


def as_it_is(url: str) -> URL:
    """Return an address in which nothing is encoded anew: it may be signed."""
    return URL(url, encoded=True)
