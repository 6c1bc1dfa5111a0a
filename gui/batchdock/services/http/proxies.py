"""Proxies: what the environment and the system say about the way to a host."""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from batchdock.core.errors import ConnectionProblem
from batchdock.services.http.places import host_of, is_loopback, scheme_of

_KEPT_SECONDS = 10.0
"""Asking costs more than a request; and settings change while the app runs."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: its address without name and password, what to show it for those, and where it is, for people."""

    url: str
    place: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)


class Proxies:
    """Remembers for some seconds which proxy leads to which host."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, Proxy | None]] = {}

    def way_to(self, url: str) -> Proxy | None:
        """Return the proxy for an address, None for the direct way. This computer is always reached directly.

        Raise `ConnectionProblem` for one that can not be used: a SOCKS proxy, or not an address at all.
        """
        if is_loopback(url):
            return None
        key, now = (scheme_of(url), host_of(url)), time.monotonic()
        until, found = self._known.get(key, (0.0, None))
        if now >= until:
            found = _asked(*key)
            self._known[key] = (now + _KEPT_SECONDS, found)
        return found


def _asked(scheme: str, host: str) -> Proxy | None:
    proxies = getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address or proxy_bypass(host):
        return None
    if "://" not in address:
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
        place = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        place = None
    if not place:
        raise ConnectionProblem(host=host, details="Proxy settings: the proxy of this computer is not an address")
    if parts.scheme.lower().startswith("socks"):
        raise ConnectionProblem(
            host=host, details=f"Proxy settings: {place} is a SOCKS proxy; only HTTP proxies can be used"
        )
    if parts.scheme.lower() not in ("http", "https"):
        raise ConnectionProblem(host=host, details=f"Proxy settings: {parts.scheme} is no kind of proxy")
    return Proxy(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", place, _credentials(parts))


def _credentials(parts: SplitResult) -> dict[str, str]:
    if not parts.username:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
