"""Reads lists of references (contract §3.8, §3.9): to files of this computer, which stay where they are, or https."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from batchdock.core.reference import Reference
from batchdock.thiscomputer.conductor.tars import NO_MIXTURE, content_of
from batchdock.thiscomputer.refusal import bad_request
from batchdock.thiscomputer.server.receiving import json_object
from batchdock.thiscomputer.store.batches import Claim
from batchdock.thiscomputer.store.fetches import check_fetched
from batchdock.thiscomputer.store.records import LABEL_LIMIT, Arrival, is_label, objection_to_name
from batchdock.thiscomputer.store.webhooks import CATEGORIES, INGEST_STATUS, Told, objection_to_url

REFERENCES_LIMIT = 20_000
"""References in one request (contract §1.7)."""

BODY_LIMIT = 64 * 1024 * 1024

_SAME_NAMES = "Two references have the same name; names tell the files of a batch apart."


@dataclass(frozen=True, slots=True)
class References:
    """What a list of references asks for: the files, for which batch, as which ingest, and who wants to know."""

    claim: Claim
    arrivals: list[Arrival]
    fetched: list[Reference] = field(repr=False)
    """What is to be fetched, if it is that kind of list; there are no arrivals then."""
    ingest_id: str | None
    told: Told | None


def read_references(body: bytes, claim: Claim, read_list: Callable[[str], bytes]) -> References:
    """Return what a body asks for. Looks at every file. Raise `Refusal`.

    A file that is not there is taken in as well: it gets its worded outcome when a job comes to it. `read_list` fetches
    a list that the body has only the address of.
    """
    key = "imageReferences" if claim.content == "images" else "videoReferences"
    asked = json_object(body)
    listed = asked.get(key)
    if (address := asked.get(f"{key}URL")) is not None:
        if listed is not None or not isinstance(address, str):
            raise bad_request(f"A request has either {key} or the address of a list of them ({key}URL).")
        listed = _lines(read_list(address))
    if not isinstance(listed, list) or not listed:
        raise bad_request(f"The request has no {key}.")
    if len(listed) > REFERENCES_LIMIT:
        raise bad_request(f"One request can hold {REFERENCES_LIMIT:,} references; this one has {len(listed):,}.")
    ingest_id = asked.get("ingestId")
    if ingest_id is not None and not (isinstance(ingest_id, str) and is_label(ingest_id)):
        raise bad_request(f"ingestId has to be readable text of at most {LABEL_LIMIT} characters.")
    told = _told(asked)
    if all(_is_https(each) for each in listed):
        fetched = [_reference(each) for each in listed]
        if len({each.name for each in fetched}) != len(fetched):
            raise bad_request(_SAME_NAMES)
        return References(check_fetched(claim), [], fetched, ingest_id, told)
    if any(_is_https(each) for each in listed):
        raise bad_request("References in one request lead either to files of this computer or to https addresses.")
    found = {each.name: each for each in (_arrival(entry, claim.content) for entry in listed)}
    if len(found) != len(listed):
        raise bad_request(_SAME_NAMES)
    arrivals = list(found.values())
    if claim.part and claim.content == "images":
        content = content_of(found)
        if content == "mixed":
            raise bad_request(NO_MIXTURE)
        claim = replace(claim, content=content)
        arrivals = [replace(each, content=content) for each in arrivals]
    return References(claim, arrivals, [], ingest_id, told)


def _lines(data: bytes) -> list[object]:
    """Return what is in a list, line by line. Raise `Refusal`."""
    found: list[object] = []
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError):
            raise bad_request(f"Line {number} of the list is no JSON object.") from None
    return found


def _is_https(entry: object) -> bool:
    url = entry.get("url") if isinstance(entry, dict) else None
    return isinstance(url, str) and url.strip()[:8].lower() == "https://"


def _reference(entry: object) -> Reference:
    """Return what is to be fetched. What is wrong with its address is told when it is, file by file."""
    assert isinstance(entry, dict)
    name = entry.get("name")
    if not isinstance(name, str):
        raise bad_request("Every reference needs a name and a url.")
    if objection := objection_to_name(name):
        raise bad_request(objection)
    return Reference(name, entry["url"].strip())


def _told(asked: Mapping[str, object]) -> Told | None:
    categories = asked.get("notificationCategories")
    if categories is None:
        categories = [INGEST_STATUS]
    if not isinstance(categories, list) or any(each not in CATEGORIES for each in categories):
        raise bad_request(f"notificationCategories is a list of {' and '.join(CATEGORIES)}.")
    url = asked.get("notificationsURL")
    if url is None:
        return None
    if objection := objection_to_url(url):
        raise bad_request(objection)
    return Told("", str(url), tuple(categories))


def _arrival(entry: object, content: str) -> Arrival:
    name, url = (entry.get("name"), entry.get("url")) if isinstance(entry, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(url, str):
        raise bad_request("Every reference needs a name and a url.")
    objection = objection_to_name(name)
    if objection:
        raise bad_request(objection)
    path = _path(url)
    try:
        found = path.stat()
        size, modified = found.st_size, found.st_mtime
    except OSError:
        size, modified = 0, 0.0
    return Arrival(name, content, size, modified, path=os.fsencode(path))


def _path(url: str) -> Path:
    try:
        parts = urlsplit(url)
        text = os.fsdecode(unquote_to_bytes(parts.path))
    except ValueError:
        raise bad_request("The url of a reference can not be read.", "unsafe-url-detected") from None
    if parts.scheme != "file":
        raise bad_request(
            "This computer takes references to its own files only (file:///…) and to https addresses.",
            "unsafe-url-detected",
        )
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise bad_request("References begin with file:/// and have nothing but a path.", "unsafe-url-detected")
    path = Path(text.lstrip("/") if os.name == "nt" else text)
    if not path.is_absolute() or "\x00" in text:
        raise bad_request("A file on this computer is referred to by its whole path.", "unsafe-url-detected")
    return path
