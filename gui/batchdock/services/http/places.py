"""Addresses: whose they are, and which of them lead to this very computer."""

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Return the host of an address for people to read; the address itself where it has none."""
    try:
        return urlsplit(url).hostname or url.partition("?")[0]
    except ValueError:
        return url.partition("?")[0]


def scheme_of(url: str) -> str:
    """Return `http`, `https` or whatever it is, in small letters."""
    return url.partition(":")[0].lower()


def is_loopback(url: str) -> bool:
    """Tell whether the address leads to this very computer."""
    return _is_here(host_of(url))


@lru_cache(maxsize=64)  # Asked several times for each of many thousand requests, always about the same few hosts.
def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_lead_to(source: str, target: str) -> bool:
    """Tell whether an address that `source` names may be followed.

    Only to the web, never from a line that nobody can listen in to one that anybody can, and never from the world
    back into this computer.
    """
    if scheme_of(target) not in ("http", "https") or (scheme_of(source) == "https" and scheme_of(target) != "https"):
        return False
    return is_loopback(source) or not is_loopback(target)
