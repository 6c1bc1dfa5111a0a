"""Fetches one file from an address in the world, and from nowhere else.

An address comes from whoever sent a list, and this program stands inside a network that others can not see. So each
name is looked up here, every address it stands for is looked at, and the connection goes to exactly the one that was
looked at: a name that means something else a moment later (DNS rebinding) leads nowhere. So does each redirect.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from threading import Timer
from typing import Protocol
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import truststore

from batchdock import __version__
from batchdock.core.reference import expiry_of, is_private_host, is_public

_PIECE = 256 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_GONE_ADDRESS = (400, 401, 403, 404, 410)
_NO_FILE = ("text/", "application/json", "application/xml", "application/xhtml", "multipart/")
_NOT_QUOTED = "/%:=&?~#+!$,;'@()*[]"


class NotFetched(Exception):
    """It can not be had. `kind` is for programs, as webhooks name it; `reason` for people, without the address."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason


class Into(Protocol):
    """Where the bytes go."""

    def write(self, data: bytes) -> object:
        """Take some bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What is borne. `also` are places (`127.0.0.1:8443`) that may be asked although they are in no world: for tests,
    and only from the environment that the service was started with."""

    connect: float = 15.0
    silence: float = 30.0
    whole: float = 600.0
    """Seconds for a file, however fast it comes."""
    redirects: int = 5
    also: frozenset[str] = frozenset()


class Fetching:
    """Fetches, on the thread of whoever asks. Safe from any thread."""

    def __init__(self, rules: Rules, *, lookup: Callable[..., list[tuple[object, ...]]] = socket.getaddrinfo) -> None:  # type: ignore[assignment]
        self._rules, self._lookup = rules, lookup
        self._own = threading.local()

    def fetch(
        self,
        url: str,
        into: Into,
        *,
        limit: int,
        stopped: Callable[[], bool] = lambda: False,
        seconds: float | None = None,
        texts: bool = False,
    ) -> None:
        """Write what is at `url` into `into`. Raise `NotFetched`, `InterruptedError`, and what `into` raises.

        `texts` lets pages and other texts pass, which no picture is.
        """
        expired = expiry_of(url)
        deadline = time.monotonic() + (seconds or self._rules.whole)
        asked = url
        for _ in range(self._rules.redirects + 1):
            target = self._place(asked)
            following = self._one(target, into, limit, deadline, stopped, expired, texts=texts)
            if following is None:
                return
            asked = urljoin(asked, following)
        raise NotFetched(
            "too-many-redirects", f"It leads from one address to the next, more than {self._rules.redirects} times."
        )

    def _context(self) -> ssl.SSLContext:
        """Return the context of this thread: truststore greets one server after the other, and one may be silent."""
        if not hasattr(self._own, "context"):
            self._own.context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context: ssl.SSLContext = self._own.context
        return context

    def _place(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            fits = bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits:
            raise NotFetched("unsafe-url-detected", "Its address can not be read.")
        if parts.scheme.lower() != "https" or "@" in parts.netloc:
            raise NotFetched(
                "unsafe-url-detected",
                "Only addresses that begin with https:// are fetched, without a name and password.",
            )
        return parts

    def _address(self, host: str, port: int) -> str:
        """Return the address to connect to, which has been looked at. Raise `NotFetched`."""
        private = NotFetched(
            "unsafe-url-detected", f"{host} is this computer or one of its own network, from which nothing is fetched."
        )
        try:
            found = self._lookup(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotFetched("host-not-found", f"There is no {host}, or its name could not be looked up.") from None
        addresses = [str(each[4][0]) for each in found]  # type: ignore[index]
        if any(f"{each}:{port}" in self._rules.also for each in addresses):
            return next(each for each in addresses if f"{each}:{port}" in self._rules.also)
        # All of them have to be in the world: a name with one foot inside is made for mischief.
        if is_private_host(host) or not all(is_public(ip_address(each)) for each in addresses):
            raise private
        if not addresses:
            raise NotFetched("host-not-found", f"There is no {host}.")
        return addresses[0]

    def _one(
        self,
        target: SplitResult,
        into: Into,
        limit: int,
        deadline: float,
        stopped: Callable[[], bool],
        expired: datetime | None,
        *,
        texts: bool,
    ) -> str | None:
        """Ask one address. Return where it leads to instead, None when the file is there."""
        host, port = str(target.hostname), target.port or 443
        address = self._address(host, port)
        connection = _Checked(host, port, address, self._context(), self._rules)
        left = ExitStack()
        watch = Timer(max(0.1, deadline - time.monotonic()), connection.hang_up)
        watch.daemon = True
        watch.start()
        try:
            path = quote(target.path or "/", safe=_NOT_QUOTED)
            query = f"?{quote(target.query, safe=_NOT_QUOTED)}" if target.query else ""
            headers = {"Accept-Encoding": "identity", "Accept": "*/*", "User-Agent": f"batchdock/{__version__}"}
            connection.request("GET", f"{path}{query}", headers=headers)
            answer = connection.getresponse()
            left.enter_context(closing(answer))  # It may hold the line longer than the connection does.
            if answer.status in _REDIRECTS and (leads_to := answer.getheader("Location")):
                return leads_to
            _check(answer, host, limit, expired, texts=texts)
            self._read(answer, into, limit, host, stopped)
        except ssl.SSLCertVerificationError:
            raise NotFetched(
                "certificate-refused", f"{host} can not show that it is {host}: its certificate is not trusted."
            ) from None
        except TimeoutError:
            raise self._slow(host) from None
        except (OSError, HTTPException, ValueError) as error:
            if time.monotonic() >= deadline:
                raise self._slow(host) from None
            if isinstance(error, _WriteFailed):
                raise error.error from None
            raise NotFetched(
                "not-reachable", f"{host} could not be reached, or broke off ({type(error).__name__})."
            ) from None
        finally:
            watch.cancel()
            left.close()
            connection.close()
        return None

    def _read(self, answer: HTTPResponse, into: Into, limit: int, host: str, stopped: Callable[[], bool]) -> None:
        length, read = answer.length, 0
        while piece := answer.read1(_PIECE):
            if stopped():
                raise _WriteFailed(InterruptedError("The service ends."))
            read += len(piece)
            if read > limit:
                raise _WriteFailed(_too_large(limit))
            try:
                into.write(piece)
            except Exception as error:
                raise _WriteFailed(error) from None
        if length is not None and read < length:
            raise _WriteFailed(NotFetched("broken-off", f"{host} broke off before the end of the file."))
        if not read:
            raise _WriteFailed(NotFetched("empty-file", f"{host} has an empty file under this address."))

    def _slow(self, host: str) -> NotFetched:
        return NotFetched("too-slow", f"{host} took too long.")


class _WriteFailed(OSError):
    """What went wrong here, not on the line; comes out as it is."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class _Checked(HTTPSConnection):
    """A connection to an address that was looked at, to a server that has to show that it is `host`."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext, rules: Rules) -> None:
        super().__init__(host, port, timeout=rules.silence, context=context)
        self._address, self._trust, self._connect_seconds = address, context, rules.connect

    def connect(self) -> None:
        """Connect to the address and nowhere else; no proxy has a say."""
        plain = socket.create_connection((self._address, self.port), self._connect_seconds)
        self.sock = plain
        plain.settimeout(self._connect_seconds)
        self.sock = self._trust.wrap_socket(plain, server_hostname=self.host)
        self.sock.settimeout(self.timeout)

    def hang_up(self) -> None:
        """End it, from another thread."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _check(answer: HTTPResponse, host: str, limit: int, expired: datetime | None, *, texts: bool) -> None:
    """Raise `NotFetched` for what is no file, or too large."""
    if answer.status != 200:
        said = f"{host} answered: {answer.status} {answer.reason}".strip()
        if answer.status in _GONE_ADDRESS and expired is not None and expired <= datetime.now(UTC):
            raise NotFetched("url-expired", f"Its address was good until {expired:%Y-%m-%d %H:%M} UTC. {said}.")
        raise NotFetched("http-error", f"{said}.")
    kind = (answer.getheader("Content-Type") or "").lower()
    if not texts and kind.startswith(_NO_FILE):
        raise NotFetched(
            "not-a-file", f"{host} answered with {kind.partition(';')[0]}, which is no picture and no video."
        )
    if (answer.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise NotFetched("not-a-file", f"{host} answered with a packed file.")
    if answer.length is not None and answer.length > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> NotFetched:
    return NotFetched("file-size-limit-exceeded", f"Max size of single file is {limit}B.")
