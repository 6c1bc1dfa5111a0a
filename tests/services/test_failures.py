"""What is said of a request without an answer, and where an address may lead: tables, one row at a time."""

import errno
import socket
import ssl

import aiohttp
import httpx
import pytest
from aiohttp.client_reqrep import ConnectionKey

from batchdock.core.errors import (
    BatchdockError,
    CertificateRefused,
    ConnectionProblem,
    HostNotFound,
    NoNetwork,
    SignInNeeded,
    TimedOut,
)
from batchdock.services.http.failures import of_exception
from batchdock.services.http.places import may_lead_to

_KEY = ConnectionKey("api.test", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None)


def certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "no"
    return error


def raised_from(error: Exception, cause: BaseException) -> Exception:
    """Return what a library raises on top of what really happened."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), NoNetwork),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), HostNotFound),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), NoNetwork),
        (OSError(errno.ENETDOWN, "Network is down"), NoNetwork),
        (OSError(errno.EHOSTUNREACH, "No route to host"), ConnectionProblem),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), ConnectionProblem),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), ConnectionProblem),
        (TimeoutError(), TimedOut),
        (certificate_error(62), SignInNeeded),
        (certificate_error(64), SignInNeeded),
        (certificate_error(10), CertificateRefused),
        (certificate_error(20), CertificateRefused),
        (ssl.SSLError(1, "wrong version number"), ConnectionProblem),
    ],
)
@pytest.mark.parametrize("library", ["httpx", "aiohttp"])
def test_every_reason_has_its_error_in_both_libraries(
    library: str, cause: Exception, kind: type[BatchdockError]
) -> None:
    if library == "httpx":
        error = raised_from(httpx.ConnectError("no"), cause)
    elif isinstance(cause, OSError) and not isinstance(cause, TimeoutError | ssl.SSLError):
        error = raised_from(aiohttp.ClientConnectorError(_KEY, cause), cause)
    else:
        error = raised_from(aiohttp.ClientConnectionError(), cause)
    found = of_exception(error, service="Roboflow", host="api.test", what="GET /")
    assert type(found) is kind
    assert found.retryable is (kind is not CertificateRefused)
    assert type(cause).__name__ in found.details


@pytest.mark.parametrize(
    ("source", "target", "may"),
    [
        ("https://api.test", "https://storage.test/a?b", True),
        ("http://api.test", "https://storage.test", True),
        ("http://api.test", "http://storage.test", True),
        ("http://127.0.0.1:8", "http://127.0.0.1:9/a", True),
        ("http://127.0.0.1:8", "https://storage.test", True),
        ("https://api.test", "http://storage.test", False),
        ("HTTPS://api.test", "HTTP://storage.test", False),
        ("https://api.test", "https://127.0.0.1/a", False),
        ("https://api.test", "https://localhost/a", False),
        ("http://api.test", "http://[::1]/a", False),
        ("http://api.test", "file:///etc/passwd", False),
        ("http://127.0.0.1", "ftp://storage.test", False),
        ("http://127.0.0.1", "", False),
        ("http://127.0.0.1", "/relative", False),
    ],
)
def test_where_an_address_may_lead(source: str, target: str, may: bool) -> None:
    assert may_lead_to(source, target) is may
