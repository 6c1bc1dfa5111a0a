"""Asks which versions of Batchdock were published. The list has the shape of GitHub's releases.

Source: docs.github.com, REST API, “List releases” (version 2022-11-28): a list of objects with `tag_name`, `html_url`,
`draft` and `prerelease`, the newest first, 30 on a page.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from batchdock.core.errors import UnreadableAnswer
from batchdock.services.http.answer import read_json
from batchdock.services.http.connection import Connection
from batchdock.services.http.failures import of_status
from batchdock.services.http.limits import LIMITS

WHO = "The list of versions"
_TAG = re.compile(r"v?(\d{1,6}(?:\.\d{1,6}){1,3})\Z")
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


@dataclass(frozen=True, slots=True)
class Release:
    """A published version, and the page that tells of it (https)."""

    version: str
    page: str

    @property
    def order(self) -> tuple[int, ...]:
        """The version as numbers that can be compared."""
        return version_order(self.version)


def version_order(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared: `0.10` is after `0.9`, and `1.0` is `1.0.0`."""
    found = _TAG.match(version)
    numbers = [int(each) for each in found[1].split(".")] if found else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


async def newest_release(address: str) -> Release | None:
    """Return the newest finished version, None where there is none. Raise what keeps it from being asked."""
    connection = Connection(WHO)
    try:
        answer = await connection.ask("GET", address, what="releases", timeout=20.0, headers=_HEADERS)
    finally:
        await connection.close()
    if not answer.success:
        raise of_status(answer, service=WHO, what="releases", secrets=())
    try:
        listed = read_json(answer.content, LIMITS)
    except ValueError:
        listed = None
    if not isinstance(listed, list):
        raise UnreadableAnswer(service=WHO, details=f"releases → {answer.status}")
    found = [release for each in listed if (release := _release(each)) is not None]
    return max(found, key=lambda each: each.order, default=None)


def _release(entry: Any) -> Release | None:
    """Read one entry; None where it is not finished, or is no version that can be told from others."""
    if not isinstance(entry, dict) or entry.get("draft") or entry.get("prerelease"):
        return None
    tag, page = entry.get("tag_name"), entry.get("html_url")
    if not isinstance(tag, str) or not isinstance(page, str) or not _TAG.match(tag):
        return None
    # It will be opened in a browser, so it has to be a page and nothing else.
    if urlsplit(page).scheme != "https":
        return None
    return Release(tag.removeprefix("v"), page)
