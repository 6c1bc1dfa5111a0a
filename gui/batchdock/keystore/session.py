"""Keys in the memory of this process, and nowhere else."""

import threading


class SessionKeys:
    """A key store that forgets everything when the process ends. Safe from any thread."""

    name = "this session"
    lasting = False

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._lock = threading.Lock()

    def load(self) -> dict[str, str]:
        """Return all keys by account id."""
        with self._lock:
            return dict(self._keys)

    def save(self, keys: dict[str, str]) -> None:
        """Replace all keys."""
        with self._lock:
            self._keys = dict(keys)
