"""Keys in the password store of this computer: one item that holds all of them, so that one prompt is enough."""

import json
import os
from typing import TYPE_CHECKING

from batchdock.core.errors import KeystoreProblem, KeystoreSilent, NoKeystore
from batchdock.core.text import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

SERVICE = "Batchdock"
USER = "keys"

_REFUSED = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""No store at all, one that forgets, and a family that writes files, most of them readable by anybody."""

_NAMES = {
    "keyring.backends.Windows": QT_TRANSLATE_NOOP("keystore", "Windows Credential Manager"),
    "keyring.backends.macOS": QT_TRANSLATE_NOOP("keystore", "your login keychain"),
    "keyring.backends.kwallet": QT_TRANSLATE_NOOP("keystore", "KWallet"),
    "keyring.backends.SecretService": QT_TRANSLATE_NOOP("keystore", "your password store"),
    "keyring.backends.libsecret": QT_TRANSLATE_NOOP("keystore", "your password store"),
}
_ANY_NAME = QT_TRANSLATE_NOOP("keystore", "the password store of this computer")


class SystemKeys:
    """A key store over `keyring`. Every call may block for as long as a prompt is open."""

    lasting = True

    def __init__(self) -> None:
        self._name = _ANY_NAME

    @property
    def name(self) -> str:
        """What people call the store; exact after the first call."""
        return self._name

    def load(self) -> dict[str, str]:
        """Return all keys by account id. Raises `NoKeystore` or `KeystoreSilent`."""
        text = self._ask(lambda backend: backend.get_password(SERVICE, USER))
        try:
            keys = json.loads(text or "{}")
        except ValueError:
            return {}
        return {str(name): str(key) for name, key in keys.items()} if isinstance(keys, dict) else {}

    def save(self, keys: dict[str, str]) -> None:
        """Replace all keys. Raises `NoKeystore` or `KeystoreSilent`."""
        text = json.dumps(keys, ensure_ascii=True, separators=(",", ":"))
        self._ask(lambda backend: backend.set_password(SERVICE, USER, text))

    def _ask(self, question: "Callable[[KeyringBackend], str | None]") -> str | None:
        # Here, because most commands need no key, and it takes long to load.
        from keyring.errors import NoKeyringError

        # The texts of foreign exceptions stay out: nobody promises that a backend keeps secrets out of them.
        try:
            return question(self._backend())
        except KeystoreProblem:
            raise
        except NoKeyringError:
            raise NoKeystore from None
        except Exception as error:
            raise KeystoreSilent(details=f"{type(error).__module__}.{type(error).__qualname__}") from None

    def _backend(self) -> "KeyringBackend":
        """Return the backend in use, if it is one that a key may be given to."""
        import keyring

        for backend in _members(keyring.get_keyring()):
            module = type(backend).__module__
            if not module.startswith(_REFUSED):
                self._name = _friendly(module)
                return backend
        raise NoKeystore


def _members(backend: "KeyringBackend") -> "tuple[KeyringBackend, ...]":
    """Return the backend, or those it chains: `keyring` picks a chain where several are usable."""
    if type(backend).__module__ == "keyring.backends.chainer":
        return tuple(backend.backends)  # type: ignore[attr-defined]
    return (backend,)


def _friendly(module: str) -> str:
    secret_service = module in ("keyring.backends.SecretService", "keyring.backends.libsecret")
    if secret_service and "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "").upper().split(":"):
        return _NAMES["keyring.backends.kwallet"]  # Plasma answers the same protocol with its own store.
    return _NAMES.get(module, _ANY_NAME)
