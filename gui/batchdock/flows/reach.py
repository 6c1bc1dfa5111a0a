"""Looks whether a service can be reached at all, without asking it anything.

Nobody else is contacted: no well-known page that tells whether there is internet, only the services of the person's
own accounts, or the proxy on the way to them.
"""

import ipaddress
import socket
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from batchdock.core.errors import BatchdockError, ConnectionProblem, HostNotFound, NoNetwork, ProxyRefused

SECONDS = 4.0
"""For the connection, once the name is known."""

_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses that nobody has (RFC 5737, RFC 3849): asking for the way there sends nothing."""


def reach(address: str) -> BatchdockError | None:
    """Connect to where requests for `address` go and hang up; return what stands in the way. Blocks for seconds."""
    wanted = urlsplit(address)
    proxy = _proxy_for(wanted)
    target = proxy or wanted
    host, name = target.hostname or "", wanted.hostname or address
    try:
        port = target.port or (443 if target.scheme == "https" else 80)
        socket.create_connection((host, port), timeout=SECONDS).close()
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN or not _leads_out(host):
            return NoNetwork(host=name, details=f"{name}: {error.strerror}")
        return HostNotFound(host=name, details=f"{name}: {error.strerror}")
    except (OSError, UnicodeError, ValueError) as error:
        if not _leads_out(host):
            return NoNetwork(host=name, details=type(error).__name__)
        if proxy is not None:
            return ProxyRefused(host=name, reason=getattr(error, "strerror", None) or "no answer")
        return ConnectionProblem(host=name, details=type(error).__name__)
    return None


def _proxy_for(address: SplitResult) -> SplitResult | None:
    """Return the proxy that the environment or the system names for an address, None for what is near."""
    host = address.hostname or ""
    if _is_near(host) or proxy_bypass(host):
        return None
    proxy = getproxies().get(address.scheme)
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}") if proxy else None


def _leads_out(host: str) -> bool:
    """Tell whether there is any way out of this computer; for `host` being this computer, none is needed."""
    if _is_near(host):
        return True
    for family, nobody in _ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((nobody, 9))
            return True
    return False


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
