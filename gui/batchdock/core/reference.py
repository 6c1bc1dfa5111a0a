"""References: files by their addresses instead of their bytes, one a line of a JSON Lines file (contract §3.14)."""

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from urllib.parse import unquote_plus, urlsplit

from batchdock.core.batch import Content

PICTURE_EXTENSIONS = frozenset({".bmp", ".dib", ".jpeg", ".jpg", ".jpe", ".jp2", ".png", ".webp"})
VIDEO_EXTENSIONS = frozenset(
    {".mp4", ".m4a", ".m4p", ".m4b", ".m4r", ".m4v", ".avi", ".mov", ".mkv"}
    | {".flv", ".wmv", ".mpeg", ".mpg", ".3gp", ".webm", ".ogg"}
)
"""What the reference client accepts by extension (contract §1.7)."""

PICTURES_A_REQUEST = 20_000
VIDEOS_A_REQUEST = 5_000
"""The most references that one request may have (contract §1.7)."""

LINE_LIMIT = 64 * 1024
"""Characters. The longest signed addresses have some thousand."""

_NAME_LIMIT_BYTES = 255


class LineCause(StrEnum):
    """Why a line is left out. The order is the one in which they are shown."""

    NOT_JSON = "not-json"
    NO_NAME = "no-name"
    NO_ADDRESS = "no-address"
    NAME_UNFIT = "name-unfit"
    NO_EXTENSION = "no-extension"
    OTHER_KIND = "other-kind"
    """Its name ends like neither a picture nor a video that services take."""
    NOT_AN_ADDRESS = "not-an-address"
    NOT_HTTPS = "not-https"
    PRIVATE = "private"
    """Its host is this computer or one of its network: no service reaches it."""
    EXPIRED = "expired"
    SAME_NAME = "same-name"
    SAME_BUT_CASE = "same-but-case"
    """Its name is another one's but for capital letters: results could not be told apart on many disks."""
    HAD_ALREADY = "had-already"
    """Only when the person asked for what no earlier run of a recipe had."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One file that lies somewhere else. Its address is a secret: whoever has it has the file."""

    name: str
    url: str = field(repr=False)
    expires: datetime | None = field(default=None, compare=False)
    """Until when the address is good, where it tells."""

    @property
    def content(self) -> Content:
        """IMAGES, VIDEOS or UNKNOWN, as the name ends."""
        return content_of(self.name)


@dataclass(frozen=True, slots=True)
class LineFinding:
    """A line that is left out. `first` is the line that has the name already, 0 where it is not about that."""

    line: int
    name: str
    cause: LineCause
    first: int = 0


@dataclass(frozen=True, slots=True)
class Ingest:
    """What a service said of references that were handed over: under which id, as which shards where it tells that,
    and whether it had the very same ones before."""

    ingest_id: str
    shards: tuple[str, ...] = ()
    duplicated: bool = False


def content_of(name: str) -> Content:
    """Return what a file is by how its name ends."""
    extension = _extension(name)
    if extension in PICTURE_EXTENSIONS:
        return Content.IMAGES
    return Content.VIDEOS if extension in VIDEO_EXTENSIONS else Content.UNKNOWN


def most_in_a_request(content: Content) -> int:
    """Return how many references of this kind one request may have."""
    return VIDEOS_A_REQUEST if content is Content.VIDEOS else PICTURES_A_REQUEST


def read_line(number: int, text: str, now: datetime) -> Reference | LineFinding | None:
    """Return what a line says, what is wrong with it, or None for a blank one.

    What only the other lines tell (a name that is there already) is not looked at here.
    """
    stripped = text.strip("\ufeff \t\r\n")
    if not stripped:
        return None
    if len(stripped) > LINE_LIMIT:
        return LineFinding(number, "", LineCause.NOT_JSON)
    try:
        said = json.loads(stripped)
    except (ValueError, RecursionError):
        return LineFinding(number, "", LineCause.NOT_JSON)
    if not isinstance(said, Mapping):
        return LineFinding(number, "", LineCause.NOT_JSON)
    name, url = said.get("name"), said.get("url")
    if not isinstance(name, str) or not name.strip():
        return LineFinding(number, "", LineCause.NO_NAME)
    if not isinstance(url, str) or not url.strip():
        return LineFinding(number, shown(name), LineCause.NO_ADDRESS)
    address = url.strip()
    cause = fault_of_name(name) or fault_of_address(address)
    expires = expiry_of(address) if cause is None else None
    if expires is not None and expires <= now:
        cause = LineCause.EXPIRED
    return Reference(name, address, expires) if cause is None else LineFinding(number, shown(name), cause)


def fault_of_name(name: str) -> LineCause | None:
    """Return what keeps a name from being one of a file in a batch."""
    if _UNFIT.search(name) or name in (".", "..") or len(name.encode("utf-8", "replace")) > _NAME_LIMIT_BYTES:
        return LineCause.NAME_UNFIT
    if content_of(name) is Content.UNKNOWN:
        return LineCause.OTHER_KIND if _extension(name) else LineCause.NO_EXTENSION
    return None


def fault_of_address(url: str) -> LineCause | None:
    """Return what keeps an address from being fetched, as far as it tells by itself; not whether it has expired."""
    if _SPACED.search(url):
        return LineCause.NOT_AN_ADDRESS
    return _fault_of_place(_PLACE.match(url)[0])  # type: ignore[index]  # It fits anything.


@lru_cache(maxsize=1024)  # A million lines name the same few hosts.
def _fault_of_place(place: str) -> LineCause | None:
    """Return what is wrong with an address up to its path."""
    try:
        parts = urlsplit(place)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        return LineCause.NOT_AN_ADDRESS
    if not parts.scheme or not host or port == 0:
        return LineCause.NOT_AN_ADDRESS
    if parts.scheme.lower() != "https":
        return LineCause.NOT_HTTPS
    return LineCause.PRIVATE if is_private_host(host) else None


def shown(name: str) -> str:
    """Return a name as text that can be written anywhere, not too long."""
    return name.encode("utf-8", "backslashreplace").decode()[:_NAME_LIMIT_BYTES]


# --- private addresses ----------------------------------------------------------------------------------------------


def is_private_host(host: str) -> bool:
    """Tell whether a host is, by how it is written, one that only this computer or its network knows.

    What a name stands for nobody can say without asking; whoever fetches asks, and looks at the answer again.
    """
    bare = host.rstrip(".").lower()
    address = _literal(bare)
    if address is not None:
        return not is_public(address)
    return "." not in bare or bare.endswith(_LOCAL_ENDINGS)


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address leads into the world: not to this computer, its network, or what a cloud keeps there."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None and not is_public(inner):
            return False
        if address.ipv4_mapped is not None:
            return True
        if address.is_site_local or address.scope_id is not None:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_ENDINGS = (".localhost", ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home", ".home.arpa")
_NUMBERS = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}")


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a host spells out, also in the old ways: 127.1, 2130706433, 0x7f.0.0.1."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if not _NUMBERS.fullmatch(host):
        return None
    *heads, last = (_number(part) for part in host.split("."))
    if any(part > 255 for part in heads) or last >= 256 ** (4 - len(heads)):
        return None
    return ipaddress.IPv4Address(sum(part << 8 * (3 - place) for place, part in enumerate(heads)) + last)


def _number(part: str) -> int:
    """Read a number as addresses had them: 0x for hexadecimal, a leading 0 for octal."""
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    try:
        return int(part, 8 if part.startswith("0") else 10)
    except ValueError:  # 08 is no octal number.
        return 1 << 40


# --- until when a signature is good ---------------------------------------------------------------------------------


def expiry_of(url: str) -> datetime | None:
    """Return until when a signed address is good, as far as it tells; None where it does not."""
    query = url.partition("?")[2].partition("#")[0]
    if not query or not _TELLS_TIME.search(query):
        return None
    # By hand, since `parse_qsl` takes as long as all the rest of a line.
    pairs = (pair.partition("=") for pair in query.split("&"))
    said = {name.lower(): unquote_plus(value) if "%" in value else value for name, _, value in pairs}
    return _after_a_while(said) or _azure(said) or _policy(said) or _at_a_moment(said)


def host_of(url: str) -> str:
    """Return the host of an address, empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def without_signature(url: str) -> str:
    """Return an address without what follows its path, which may be a secret."""
    return url.partition("#")[0].partition("?")[0]


_TELLS_TIME = re.compile(r"(?i)expir|(?:^|&)(?:exp|se|policy|q-sign-time)=")

# S3 and what speaks it, Google, Alibaba: when it was signed, and for how many seconds.
_SIGNED_FOR = (
    ("x-amz-date", "x-amz-expires"),
    ("x-goog-date", "x-goog-expires"),
    ("x-oss-date", "x-oss-expires"),
    ("x-obs-date", "x-obs-expires"),
)
_MOMENTS = ("expires", "expiry", "expire", "expiration", "expires_at", "exp")
"""CloudFront, older ways of S3 and Google, and what others call it."""


def _after_a_while(said: Mapping[str, str]) -> datetime | None:
    for signed, lasting in _SIGNED_FOR:
        if signed in said and lasting in said:
            try:
                return _stamp(said[signed]) + timedelta(seconds=int(said[lasting]))
            except (ValueError, OverflowError):
                return None
    return None


@lru_cache(maxsize=1024)  # Lists are signed in one go.
def _stamp(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _azure(said: Mapping[str, str]) -> datetime | None:
    return _written(said["se"]) if "se" in said and "sig" in said else None


def _policy(said: Mapping[str, str]) -> datetime | None:
    """CloudFront with a policy of its own, in its own kind of base64; Tencent with two moments."""
    if (between := said.get("q-sign-time")) is not None:
        return _counted(between.partition(";")[2])
    if (policy := said.get("policy")) is None:
        return None
    plain = policy.translate(str.maketrans("-_~", "+=/"))
    try:
        text = base64.b64decode(plain + "=" * (-len(plain) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    found = re.search(r'"DateLessThan"\s*:\s*\{\s*"AWS:EpochTime"\s*:\s*(\d+)', text)
    return _counted(found[1]) if found is not None else None


def _at_a_moment(said: Mapping[str, str]) -> datetime | None:
    return next((when for name in _MOMENTS if name in said and (when := _moment(said[name])) is not None), None)


def _moment(value: str) -> datetime | None:
    return _counted(value) or _written(value)


def _counted(value: str) -> datetime | None:
    """Read seconds or milliseconds since 1970; what is no plausible moment is how long something lasts."""
    if not value.isascii() or not value.isdigit():
        return None
    seconds = int(value)
    if seconds >= _EARLIEST * 1000:
        seconds //= 1000
    return datetime.fromtimestamp(seconds, UTC) if _EARLIEST <= seconds < _LATEST else None


def _written(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


_EARLIEST, _LATEST = 1_000_000_000, 100_000_000_000

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f/\\\ud800-\udfff]")
_PLACE = re.compile(r"(?:[^/?#]*//)?[^/?#]*")
_SPACED = re.compile(r"[\x00-\x20\x7f]")


def _extension(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if stem and dot and ending and " " not in ending else ""
