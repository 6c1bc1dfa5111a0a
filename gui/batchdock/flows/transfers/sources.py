"""What it means that a source file can not be read: this file is lost, or the place it comes from is gone for now."""

import errno
import os
from pathlib import Path

from batchdock.core.errors import FileUnreadable, SourceGone
from batchdock.core.problem import GONE

_GONE = frozenset(
    getattr(errno, name)
    for name in ("EIO", "ENXIO", "ENODEV", "ENOTCONN", "ESTALE", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH",
                 "ETIMEDOUT", "EREMOTEIO", "ENOMEDIUM")
    if hasattr(errno, name)
)  # fmt: skip
_GONE_WINDOWS = frozenset((21, 53, 55, 59, 64, 67, 121, 1167, 1231))
"""Not ready, no network path, no such device any more, and their kin."""
_MOUNTS = ("/media/", "/run/media/", "/mnt/", "/Volumes/", "/run/user/")
"""Where drives and shares appear; what is left of one that has gone is an empty folder, if that."""


class FileChanged(FileUnreadable):
    """It became another one while it was read; it may be whole at the next try."""


def source_error(path: Path, error: OSError) -> FileUnreadable | SourceGone:
    """Return what a failed look at `path` means. Looks at its folder, so it may block."""
    if error.errno in _GONE or getattr(error, "winerror", None) in _GONE_WINDOWS:
        return SourceGone(folder=path.parent)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        gone = _gone_above(path)
        return FileUnreadable(name=path.name, reason=f"{GONE}.") if gone is None else gone
    if isinstance(error, PermissionError):
        return FileUnreadable(name=path.name, reason="There is no permission to read the file.")
    return FileUnreadable(name=path.name, reason=error.strerror or type(error).__name__)


def _gone_above(path: Path) -> SourceGone | None:
    """Return that a folder above `path` is gone, naming the topmost: whoever moved it looks for that one."""
    missing = None
    for folder in path.parents:
        try:
            with os.scandir(folder) as entries:
                empty = next(entries, None) is None
        except PermissionError:
            break
        except OSError:
            missing = folder
            continue
        if missing is None and empty and str(folder).startswith(_MOUNTS):
            return SourceGone(folder=folder)
        break
    return None if missing is None else SourceGone(folder=missing)
