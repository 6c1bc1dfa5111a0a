"""Reads lists of references (contract §3.8, §3.9). Here they are `file://` addresses: nothing is copied."""

import json
import os
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from batchdock.thiscomputer.refusal import bad_request
from batchdock.thiscomputer.store.records import Arrival, objection_to_name

REFERENCES_LIMIT = 20_000
"""References in one request (contract §1.7)."""

BODY_LIMIT = 64 * 1024 * 1024


def read_references(body: bytes, content: str) -> tuple[list[Arrival], str | None]:
    """Return the files and the client's ingest id. Looks at every file. Raise `Refusal`.

    A file that is not there is taken in as well: it gets its worded outcome when a job comes to it.
    """
    key = "imageReferences" if content == "images" else "videoReferences"
    try:
        asked = json.loads(body)
    except ValueError:
        raise bad_request("The list of references is not JSON.") from None
    if not isinstance(asked, dict):
        raise bad_request("The list of references is not a JSON object.")
    if asked.get(f"{key}URL") is not None:
        raise bad_request("This computer takes references only in the request itself, not from an address.")
    listed = asked.get(key)
    if not isinstance(listed, list) or not listed:
        raise bad_request(f"The request has no {key}.")
    if len(listed) > REFERENCES_LIMIT:
        raise bad_request(f"One request can hold {REFERENCES_LIMIT:,} references; this one has {len(listed):,}.")
    ingest_id = asked.get("ingestId")
    if ingest_id is not None and not isinstance(ingest_id, str):
        raise bad_request("ingestId has to be text.")
    found = {each.name: each for each in (_arrival(entry, content) for entry in listed)}
    if len(found) != len(listed):
        raise bad_request("Two references have the same name; names tell the files of a batch apart.")
    return list(found.values()), ingest_id


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
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise bad_request("This computer takes references to its own files only (file:///…).", "unsafe-url-detected")
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise bad_request("References begin with file:/// and have nothing but a path.", "unsafe-url-detected")
    text = os.fsdecode(unquote_to_bytes(parts.path))
    path = Path(text.lstrip("/") if os.name == "nt" else text)
    if not path.is_absolute() or "\x00" in text:
        raise bad_request("A file on this computer is referred to by its whole path.", "unsafe-url-detected")
    return path
