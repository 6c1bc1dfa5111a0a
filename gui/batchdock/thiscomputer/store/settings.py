"""What the person decided about this computer: how it computes, and how much it may keep. One small file."""

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from threading import Lock

from batchdock.thiscomputer.refusal import bad_request

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """`workers` None means: as many as fit cores and memory. `gentle` uses about half of the computer.

    `scheduler` is the address of a Dask scheduler (tcp:// or tls://), empty for this computer; the three `tls_` are
    paths of PEM files. `disk_limit_gb` None means: whatever the disk has. `keep` False lets batches and results expire
    as the contract says (7 days, §1.7).
    """

    workers: int | None = None
    gentle: bool = False
    scheduler: str = ""
    tls_authority: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    disk_limit_gb: float | None = None
    keep: bool = True

    def changed(self, change: Mapping[str, object]) -> "Settings":
        """Return them with a change. Raise `Refusal` for what is unknown or makes no sense."""
        known = {each.name for each in fields(self)}
        for name, value in change.items():
            if name not in known:
                raise bad_request(f"There is no setting “{name}”. There are: {', '.join(sorted(known))}.")
            if objection := _objection(name, value):
                raise bad_request(objection)
        return replace(self, **change)  # type: ignore[arg-type]


class SettingsFile:
    """Keeps the settings in `path`, and tells who wants to know when they change. Safe from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._listeners: list[Callable[[Settings], None]] = []
        self._settings = self._read()

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        return self._settings

    def on_change(self, listener: Callable[[Settings], None]) -> None:
        """Call `listener` after every change, in the thread that made it."""
        self._listeners.append(listener)

    def change(self, change: Mapping[str, object]) -> Settings:
        """Keep a change and return all settings. Raise `Refusal`, `OSError`."""
        with self._lock:
            settings = self._settings.changed(change)
            if settings == self._settings:
                return settings
            self._write(settings)
            self._settings = settings
        for each in self._listeners:
            each(settings)
        return settings

    def _read(self) -> Settings:
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
            return Settings().changed(read)
        except FileNotFoundError:
            return Settings()
        except Exception as error:  # damaged, or written by a newer one: the service has to start all the same
            _log.warning("The settings can not be read (%s); the defaults are used", type(error).__name__)
            return Settings()

    def _write(self, settings: Settings) -> None:
        usual = asdict(Settings())
        differing = {name: value for name, value in asdict(settings).items() if value != usual[name]}
        partial = self._path.with_suffix(f".{os.getpid()}.part")
        partial.write_text(json.dumps(differing, indent=2), encoding="utf-8")
        partial.replace(self._path)


def _objection(name: str, value: object) -> str | None:
    match name:
        case "gentle" | "keep":
            return None if isinstance(value, bool) else f"“{name}” is true or false."
        case "workers":
            fits = value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 256)
            return None if fits else "“workers” is a whole number from 1 to 256, or null."
        case "disk_limit_gb":
            number = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9
            return None if value is None or number else "“disk_limit_gb” is a number above 0, or null."
        case "scheduler":
            fits = isinstance(value, str) and (not value or value.startswith(("tcp://", "tls://")))
            return None if fits else "“scheduler” is an address like tcp://192.168.1.20:8786, or empty."
        case _:
            return None if isinstance(value, str) else f"“{name}” is the path of a file, or empty."
