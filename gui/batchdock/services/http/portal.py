"""Networks of hotels, trains and guests: until somebody signs in, they answer in place of every host.

They redirect to a page of theirs, send that page at once, or (the polite ones) say 511. A service of JSON does none of
this, and a storage sends no page for a file.
"""

from collections.abc import Mapping
from urllib.parse import urljoin

from batchdock.core.errors import SignInNeeded
from batchdock.services.http.answer import Answer
from batchdock.services.http.places import host_of

NETWORK_AUTHENTICATION_REQUIRED = 511
_REDIRECTS = (301, 302, 303, 307, 308)
_PAGES = ("text/html", "application/xhtml+xml")


def refuse_sign_in_page(answer: Answer, url: str, what: str) -> None:
    """Raise `SignInNeeded` when it looks as if not the host of `url` had answered, but the network."""
    elsewhere = redirected_to(answer.status, answer.headers, url)
    if (
        answer.status == NETWORK_AUTHENTICATION_REQUIRED
        or (elsewhere is not None and host_of(elsewhere) != host_of(url))
        or (answer.success and (is_page(answer.headers) or answer.content.lstrip()[:1] == b"<"))
    ):
        raise sign_in_needed(url, f"{what} → {answer.status}")


def sign_in_needed(url: str, details: str) -> SignInNeeded:
    """Return the error for a network that answered in place of the host of `url`."""
    return SignInNeeded(host=host_of(url), details=details)


def redirected_to(status: int, headers: Mapping[str, str], url: str) -> str | None:
    """Return the address that an answer points to, None where it does not point anywhere."""
    place = headers.get("Location", "").strip()
    if status not in _REDIRECTS or not place:
        return None
    try:
        return urljoin(url, place)
    except ValueError:
        return None


def is_page(headers: Mapping[str, str]) -> bool:
    """Tell whether an answer says of itself that it is a page for people."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower() in _PAGES
