"""Settings: one small JSON file that holds only what differs from the defaults."""

import json
import logging
import os
import tempfile
import threading
from pathlib import Path

from batchdock.core.errors import FolderNotWritable

_log = logging.getLogger(__name__)

FILE_NAME = "settings.json"


class Settings:
    """Reads once, writes each change at once and atomically. A file that can not be read counts as empty."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME
        self._values = self._read()
        self._turn = threading.Lock()

    def get(self, name: str, default: object = None) -> object:
        """Return a setting, or `default`."""
        return self._values.get(name, default)

    def set(self, name: str, value: object, *, default: object = None) -> None:
        """Keep a setting; one that equals its default is left out. Safe from any thread. Raise `FolderNotWritable`."""
        with self._turn:
            changed = {key: kept for key, kept in self._values.items() if key != name}
            if value != default:
                changed[name] = value
            if changed != self._values:
                self._write(changed)
                self._values = changed

    def _read(self) -> dict[str, object]:
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            _log.warning("The settings can not be read (%s); the defaults are used", type(error).__name__)
            return {}
        return values if isinstance(values, dict) else {}

    def _write(self, values: dict[str, object]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=".settings-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(values, file, indent=2, sort_keys=True, ensure_ascii=False)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(self._path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise FolderNotWritable(folder=self._path.parent, reason=error.strerror or str(error)) from error
