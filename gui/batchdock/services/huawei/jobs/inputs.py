"""What a job looks at, as people type it and as it is on the wire (contract §3.3, §4.3)."""

import json
from typing import Any

from batchdock.core.errors import NotAskedFor
from batchdock.services.http.reading import Entry, entry, is_nested_beyond, text
from batchdock.services.http.redaction import HIDDEN
from batchdock.services.huawei.masking import masked, plain

_NEEDED = {
    "video_source": ("video_source_id",),
    "obs": ("bucket", "path"),
    "vis": ("stream_name",),
    "url": ("url",),
    "edgecamera": ("id",),
    "restful": ("url", "certificate_check", "rtsp_path_in_response"),
    "edgerestful": ("url", "certificate_check", "rtsp_path_in_response"),
    "vcn": ("device_id",),
}
"""What is told of each input of a kind. One that needs one thing, or bucket and path, can be written on a line."""
_ON_A_LINE = 2
_MOST = 50
_DEEPEST = 50
_COUNTED = "index"
"""Counts the inputs in what the service says, and is not needed."""


def read_inputs(typed: str, kind: str, now: object, service: str) -> list[dict[str, Any]]:
    """Return what was typed as `data` of this kind; `now` is what is there, of which secrets are taken.

    Raise `NotAskedFor` where something is missing.
    """
    typed = typed.strip()
    if typed.startswith(("[", "{")):
        try:
            read = json.loads(typed)
        except (ValueError, RecursionError):
            raise NotAskedFor(service=service, reason="The inputs are not written as JSON should be.") from None
    elif len(_NEEDED.get(kind, ())) > _ON_A_LINE:
        raise NotAskedFor(service=service, reason="Inputs of this kind are written as JSON.")
    else:
        read = [_of_line(each.strip(), kind) for each in typed.splitlines() if each.strip()]
    if is_nested_beyond(read, _DEEPEST):
        raise NotAskedFor(service=service, reason="The inputs are nested too deeply.")
    data: list[Any] = restored(read if isinstance(read, list) else [read], now)
    for each in data:
        missing = [name for name in _NEEDED.get(kind, ()) if entry(each).get(name) in (None, "")]
        if missing or not isinstance(each, dict):
            raise NotAskedFor(
                service=service, reason=f"An input of this kind needs {' and '.join(missing) or 'names'}."
            )
    if len(data) > _MOST:
        raise NotAskedFor(service=service, reason=f"The service takes at most {_MOST} inputs at once.")
    return data


def typed_of(inputs: Entry) -> str:
    """Return the input of a job as people would type it. Of secrets only a mark is in it."""
    data, kind = inputs.get("data"), text(inputs.get("type"))
    if not isinstance(data, list) or not data or kind == "video_source":
        return ""
    lines = [_line_of(entry(each), kind) for each in data]
    return "\n".join(lines) if all(lines) else json.dumps(data, indent=2, ensure_ascii=False)


def restored(new: Any, old: object) -> Any:
    """Return what was typed, with the secrets that were hidden in it put back from what was there."""
    if isinstance(new, dict):
        known = entry(old)
        return {name: restored(each, known.get(name)) for name, each in new.items()}
    if isinstance(new, list):
        return _restored_list(new, old if isinstance(old, list) else [])
    if isinstance(new, str) and HIDDEN in new:
        was = new == HIDDEN or (isinstance(old, str) and plain(old) == new)
        return old if was and old is not None else new
    return new


def _restored_list(new: list[Any], old: list[Any]) -> list[Any]:
    """Restore what is in a list. What was taken out of it or moved must not get the secrets of another."""
    shown = [masked(each) for each in old]
    found = []
    for place, each in enumerate(new):
        was = None
        if place < len(shown) and shown[place] == each:
            was = place
        elif each in shown:
            was = shown.index(each)
        elif len(new) == len(old) and shown[place] not in new:
            was = place  # Changed in place.
        found.append(restored(each, None if was is None else old[was]))
    return found


def refuse_hidden(body: object, service: str) -> None:
    """Raise `NotAskedFor` where a mark for a secret is left: sent, it would take the secret's place."""
    if isinstance(body, str) and HIDDEN in body:
        raise NotAskedFor(service=service, reason=f"{HIDDEN} stands for something secret: write it anew.")
    for each in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        refuse_hidden(each, service)


def _of_line(line: str, kind: str) -> dict[str, Any]:
    names = _NEEDED.get(kind, ())
    if names == ("bucket", "path"):
        bucket, _, path = line.removeprefix("obs://").partition("/")
        return {"bucket": bucket, "path": path}
    return {names[0]: line} if names else {}


def _line_of(data: Entry, kind: str) -> str:
    """Return an input as a line; empty where there is more to it."""
    names = _NEEDED.get(kind, ())
    if not 0 < len(names) <= _ON_A_LINE or data.keys() - {_COUNTED} != set(names):
        return ""
    return "/".join(text(data[name]) for name in names)
