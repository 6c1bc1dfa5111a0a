"""Where a video source gets its pictures from: a text in the manner of XML, with credentials in it (contract §3.7).

What the service has is changed in place and otherwise sent back as it was, so that nothing is lost that is not known
here. Two spellings are about: one root with lower-case names, and two roots with upper-case ones. Both are read.
"""

import html
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from batchdock.core.facts import MASKED, Fact
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.redaction import redacted

_TITLE = QT_TRANSLATE_NOOP("service", "Settings")
_LEAF = re.compile(r"<([A-Za-z_][\w.-]*)(?:\s[^<>]*)?>([^<>]*)</\1\s*>|<([A-Za-z_][\w.-]*)\s*/>")
_LAST_END = re.compile(r"</[A-Za-z_][\w.-]*\s*>\s*\Z")
_SECRET = re.compile(r"(?i)pass|pwd|secret|token|key|credential|user|auth")
_STARRED = re.compile(r"[*•xX.]{2,}")


def written(values: Mapping[str, str]) -> str:
    """Return new settings, in the spelling of the service's newest samples."""
    return f"<type_config>{_leaves(values)}</type_config>"


def read(settings: str) -> dict[str, str]:
    """Return the values by their names in lower case; nothing for what is not written in this way."""
    found: dict[str, str] = {}
    for leaf in _LEAF.finditer(settings):
        found.setdefault((leaf[1] or leaf[3]).lower(), html.unescape(leaf[2] or "").strip())
    return found


def changed(settings: str, values: Mapping[str, str]) -> str:
    """Return `settings` with these values put in by their names; one that is not there yet is added at the end."""
    left = dict(values)

    def put(leaf: re.Match[str]) -> str:
        value = left.pop((leaf[1] or leaf[3]).lower(), None)
        return leaf[0] if value is None else _leaf(leaf[1] or leaf[3], value)

    settings = _LEAF.sub(put, settings)
    if not left:
        return settings
    end = _LAST_END.search(settings)
    if end is None:
        return written(left)
    upper = end[0].lower().startswith("</config")
    added = _leaves({name.upper() if upper else name: value for name, value in left.items()})
    return f"{settings[: end.start()]}{added}{end[0]}"


def withheld(settings: str) -> bool:
    """Tell whether there is a password that the service does not tell: sent back as it is, it would be lost."""
    found = read(settings)
    passwords = [value for name, value in found.items() if name == "password"]
    passwords += [password for each in found.values() if "://" in each and (password := credentials_of(each)[1])]
    return any(not each or _STARRED.fullmatch(each) for each in passwords)


def credentials_of(address: str) -> tuple[str, str]:
    """Return user and password in an address, empty where there are none."""
    who, at, _ = _authority(address).rpartition("@")
    user, _, password = who.partition(":")
    return (unquote(user), unquote(password)) if at else ("", "")


def without_credentials(address: str) -> str:
    """Return an address without user and password."""
    authority = _authority(address)
    return address.replace(authority, authority.rpartition("@")[2], 1) if "@" in authority else address


def with_credentials(address: str, user: str, password: str) -> str:
    """Return an address with user and password, as cameras take them."""
    address = without_credentials(address)
    if (not user and not password) or "://" not in address:
        return address
    who = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{who}@{rest}"


def told(settings: object) -> Fact:
    """Return settings for people: their names and values, without credentials. What can not be read is masked whole."""
    if not isinstance(settings, str) or not settings.strip():
        return Fact("type_config", title=_TITLE)
    found = read(settings)
    if not found:
        return Fact("type_config", MASKED, title=_TITLE, masked=True)
    return Fact("type_config", title=_TITLE, below=tuple(_told(name, value) for name, value in found.items()))


def told_address(address: str) -> str:
    """Return an address without who may go there: no credentials, no query."""
    if "@" not in address and "?" not in address:
        return redacted(address)
    if "://" not in address:
        return MASKED
    bare = without_credentials(address).partition("?")[0]
    if "@" in bare:
        return MASKED
    bare = bare.replace("://", f"://{MASKED}@", 1) if "@" in address else bare
    return redacted(f"{bare}?{MASKED}" if "?" in address else bare)


def _told(name: str, value: str) -> Fact:
    if value and _SECRET.search(name):
        return Fact(name, MASKED, masked=True)
    return Fact(name, told_address(value))


def _authority(address: str) -> str:
    """Return who and where of an address: all between “//” and the path. A password may hold anything but a slash."""
    _, between, rest = address.partition("://")
    return re.split(r"[/?#]", rest, maxsplit=1)[0] if between else ""


def _leaves(values: Mapping[str, str]) -> str:
    return "".join(_leaf(name, value) for name, value in values.items())


def _leaf(name: str, value: str) -> str:
    return f"<{name}>{html.escape(value, quote=False)}</{name}>"
