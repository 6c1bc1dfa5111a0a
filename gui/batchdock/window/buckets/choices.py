"""The storages that can be chosen: those that are connected, and what was found on this computer to sign in with."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from batchdock.core.bucket import KIND_NAMES, WAY_WORDS, FoundCredential, SignInWay, Storage

_NAMED = (SignInWay.PROFILE, SignInWay.FILE, SignInWay.USER)


def storage_of(found: FoundCredential) -> Storage:
    """Return the storage that something found signs in to."""
    where = found.name if found.way in _NAMED else ""
    return Storage(found.where, found.kind, found.way, where, found.region, found.endpoint)


def shown(storage: Storage) -> str:
    """Return what a storage is called in a list."""
    return f"{KIND_NAMES[storage.kind]}: {storage.name}"


def way_text(storage: Storage) -> str:
    """Return how it signs in, in words."""
    words = QCoreApplication.translate("buckets", WAY_WORDS[storage.way])
    beside = [each for each in (storage.endpoint, storage.region) if each]
    said = QCoreApplication.translate("buckets", "Signs in with %1.").replace("%1", words)
    return f"{said} {' · '.join(beside)}".strip()


def hindrances(found: Sequence[FoundCredential]) -> str:
    """Return what was found and is of no use as it is, and why: one line each."""
    lines = [f"{each.where}: {each.hindrance}" for each in found if each.hindrance]
    if not lines:
        return ""
    return "\n".join((QCoreApplication.translate("buckets", "Also found, but not usable as it is:"), *lines))
