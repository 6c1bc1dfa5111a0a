"""The looks into model files that a trial or a model may still be made of, until the service ends."""

import uuid
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from batchdock.thiscomputer.engine.own.form import Look
from batchdock.thiscomputer.refusal import not_found

_MOST = 64


class Looks:
    """Remembers the last few. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: OrderedDict[str, tuple[Path, Look]] = OrderedDict()

    def keep(self, path: Path, look: Look) -> str:
        """Remember a look and return its id."""
        look_id = uuid.uuid4().hex
        with self._lock:
            self._seen[look_id] = (path, look)
            if len(self._seen) > _MOST:
                self._seen.popitem(last=False)
        return look_id

    def one(self, look_id: str) -> tuple[Path, Look]:
        """Return the file and what was seen in it. Raise `Refusal` (404)."""
        with self._lock:
            found = self._seen.get(look_id)
        if found is None:
            raise not_found("It was too long ago that this model was looked at. Choose the file again.")
        return found
