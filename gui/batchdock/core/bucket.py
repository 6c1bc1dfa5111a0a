"""Cloud storage: which kinds there are, what was found to sign in with, and what is in a bucket."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from batchdock.core.errors.buckets import BadPattern, BadPlace
from batchdock.core.text import QT_TRANSLATE_NOOP

DEFAULT_HOURS = 24
"""How long signed addresses are good, unless somebody wants it otherwise."""

LONGEST_HOURS = 7 * 24
"""S3 and Google sign for no longer."""


class StorageKind(StrEnum):
    """Who has the bucket. S3 is whatever speaks it: R2 and MinIO as well, by their address."""

    S3 = "s3"
    GOOGLE = "gs"
    AZURE = "az"


KIND_NAMES = {StorageKind.S3: "S3", StorageKind.GOOGLE: "Google Cloud Storage", StorageKind.AZURE: "Azure Blob Storage"}


class SignInWay(StrEnum):
    """How one signs in to a storage."""

    ENVIRONMENT = "environment"
    PROFILE = "profile"
    """Of ~/.aws; `where` of the storage names it."""
    INSTANCE = "instance"
    """What the machine in the cloud has been given: an instance role, or a metadata server."""
    FILE = "file"
    """A file of a Google service account."""
    USER = "user"
    """What `gcloud auth application-default login` has left."""
    TYPED = "typed"
    """Keys that were entered; the password store has them."""


WAY_WORDS = {
    SignInWay.ENVIRONMENT: QT_TRANSLATE_NOOP("buckets", "the environment of this program"),
    SignInWay.PROFILE: QT_TRANSLATE_NOOP("buckets", "a profile of the AWS command line"),
    SignInWay.INSTANCE: QT_TRANSLATE_NOOP("buckets", "the role of this machine in the cloud"),
    SignInWay.FILE: QT_TRANSLATE_NOOP("buckets", "the file of a service account"),
    SignInWay.USER: QT_TRANSLATE_NOOP("buckets", "the sign-in of gcloud"),
    SignInWay.TYPED: QT_TRANSLATE_NOOP("buckets", "keys that were entered here"),
}


@dataclass(frozen=True, slots=True)
class FoundCredential:
    """Something to sign in with that is there: what it is and where, and never the secret itself.

    `hindrance` is a sentence where it is there but is of no use as it is. `endpoint` and `region` are what stands
    beside it.
    """

    kind: StorageKind
    way: SignInWay
    where: str
    """In words: “AWS_ACCESS_KEY_ID in the environment”, “profile lab in ~/.aws/credentials”."""
    name: str = ""
    """The profile, or the path of the file."""
    region: str = ""
    endpoint: str = ""
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage that was connected. It has no secret: `way` and `where` say from where that is had each time."""

    name: str
    kind: StorageKind
    way: SignInWay
    where: str = ""
    """The profile, the path of the file, or the account of Azure."""
    region: str = ""
    endpoint: str = ""

    @property
    def shown(self) -> str:
        """What people know it by."""
        return f"{self.name} ({KIND_NAMES[self.kind]})"


@dataclass(frozen=True, slots=True)
class BucketFile:
    """A file in a bucket."""

    path: str
    size: int
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class BucketPage:
    """Some of what is in a folder, or below it. `position` is where the next page goes on, empty at the end."""

    files: tuple[BucketFile, ...]
    folders: tuple[str, ...] = ()
    position: str = ""


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """What an address like s3://bucket/folder/*.jpg says. `rest` is a folder, or a pattern."""

    kind: StorageKind
    bucket: str
    rest: str = ""

    def __str__(self) -> str:
        return f"{self.kind}://{self.bucket}/{self.rest}"


_SCHEMES = {
    "s3": StorageKind.S3,
    "s3a": StorageKind.S3,
    "gs": StorageKind.GOOGLE,
    "gcs": StorageKind.GOOGLE,
    "az": StorageKind.AZURE,
    "azure": StorageKind.AZURE,
    "abfs": StorageKind.AZURE,
    "abfss": StorageKind.AZURE,
}
_BUCKET = re.compile(r"[A-Za-z0-9$][A-Za-z0-9._-]{1,221}")


def place_of(address: str) -> BucketPlace:
    """Read the address of a bucket. Raise `BadPlace`."""
    scheme, parted, rest = address.strip().partition("://")
    bucket, _, path = rest.partition("/")
    kind = _SCHEMES.get(scheme.lower())
    if kind is None or not parted or not is_bucket_name(bucket):
        raise BadPlace(place=address.strip().partition("?")[0])
    return BucketPlace(kind, bucket, path)


def is_bucket_name(name: str) -> bool:
    """Tell whether a bucket can have this name anywhere."""
    return _BUCKET.fullmatch(name) is not None


# --- patterns --------------------------------------------------------------------------------------------------------


class Glob:
    """A pattern over whole paths: `**` any folders or none, `*` and `?` within one name, `[a-z]`, `[!a-z]`.

    Without any of these it names a folder, and means all below it; or one file.
    """

    def __init__(self, pattern: str) -> None:
        """Raise `BadPattern` for a bracket that is not closed."""
        self.pattern = pattern
        fixed = _SPECIAL.search(pattern)
        self.prefix = pattern if fixed is None else pattern[: fixed.start()]
        """What every match begins with; only that is listed."""
        if fixed is None:
            whole = re.escape(pattern)
            below = f"{whole}.*" if not pattern or pattern.endswith("/") else f"{whole}(?:/.*)?"
            self._matches = re.compile(below, re.DOTALL).fullmatch
        else:
            self._matches = re.compile(_translated(pattern), re.DOTALL).fullmatch

    def matches(self, path: str) -> bool:
        """Tell whether a path is meant."""
        return self._matches(path) is not None


_SPECIAL = re.compile(r"[*?\[]")


def _translated(pattern: str) -> str:
    out, at = [], 0
    while at < len(pattern):
        rest = pattern[at:]
        at_start = at == 0 or pattern[at - 1] == "/"
        if at_start and rest.startswith("**/"):
            out.append("(?:.*/)?")
            at += 3
        elif at_start and rest == "**":
            out.append(".*")
            at += 2
        elif rest[0] == "*":
            stars = len(rest) - len(rest.lstrip("*"))  # ** inside a name is what * is.
            out.append("[^/]*")
            at += stars
        elif rest[0] == "?":
            out.append("[^/]")
            at += 1
        elif rest[0] == "[":
            taken, text = _set_of(rest, pattern)
            out.append(text)
            at += taken
        else:
            out.append(re.escape(rest[0]))
            at += 1
    return "".join(out)


def _set_of(rest: str, pattern: str) -> tuple[int, str]:
    """Return how long a [set] is, and what it is to `re`. One never stands for a slash."""
    start = 2 if rest[1:2] in ("!", "^") else 1
    end = rest.find("]", start + 1)  # A bracket that comes first is one of those meant.
    if end < 0:
        raise BadPattern(pattern=pattern)
    inner = rest[start:end]
    ranges = []
    at = 0
    while at < len(inner):
        if inner[at + 1 : at + 2] == "-" and at + 2 < len(inner):
            low, high = inner[at], inner[at + 2]
            if low <= high:  # [z-a] stands for nothing.
                ranges.append(f"{re.escape(low)}-{re.escape(high)}")
            at += 3
        else:
            ranges.append(re.escape(inner[at]))
            at += 1
    if not ranges:
        return end + 1, "[^/]" if start == 2 else "(?!)"
    return end + 1, f"[^/{''.join(ranges)}]" if start == 2 else f"(?!/)[{''.join(ranges)}]"


# --- names -----------------------------------------------------------------------------------------------------------

_NAME_BYTES = 200
_BETWEEN = "__"
_UNFIT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f\\:*?"<>|\u2028\u2029\ud800-\udfff]')


def flat_name(path: str) -> str:
    """Return the name in a batch of a file in a bucket: made of its whole path, so that same names stay apart.

    Where that does not tell it from another path (a/b.jpg is a__b.jpg, but so may be another), it is marked.
    """
    parts = path.split("/")
    stem, dot, ending = parts[-1].rpartition(".")
    if not stem:
        stem, dot, ending = parts[-1], "", ""
    parts[-1] = stem
    flat = _UNFIT_IN_NAMES.sub("_", _BETWEEN.join(parts))
    room = _NAME_BYTES - len((dot + ending).encode("utf-8", "replace"))
    plain = all(part and _BETWEEN not in part and part[0] != "_" != part[-1] for part in parts)
    if plain and flat == _BETWEEN.join(parts) and len(flat.encode()) <= room:
        return f"{flat}{dot}{ending}"
    return marked_name(f"{flat}{dot}{ending}", path)


def marked_name(name: str, path: str) -> str:
    """Return a name that no other path has."""
    mark = hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    room = _NAME_BYTES - len(f"-{mark}{dot}{ending}".encode("utf-8", "replace"))
    return f"{stem.encode('utf-8', 'replace')[: max(1, room)].decode('utf-8', 'ignore')}-{mark}{dot}{ending}"
