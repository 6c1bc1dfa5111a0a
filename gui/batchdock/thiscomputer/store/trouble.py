"""Disks and folders that do not do what they should, put into the words of the app."""

import errno
import sqlite3
from pathlib import Path

from batchdock.core.errors import DiskFull, FolderNotWritable, StorageProblem


def storage_problem(error: OSError | sqlite3.Error, folder: Path) -> StorageProblem | None:
    """Return what `error` means for `folder`, or None when it says nothing about disks."""
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_FULL":
            return DiskFull(folder=folder, needed="what has to be written")
        if name.startswith(("SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return FolderNotWritable(folder=folder, reason=str(error))
        return None
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(folder=folder, needed="what has to be written")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO):
        return FolderNotWritable(folder=folder, reason=error.strerror or "no")
    return None
