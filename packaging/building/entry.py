"""Where the frozen program begins."""

import os
import sys

from batchdock.__main__ import main

OURS, BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"


def give_back() -> None:
    """Let the programs that this one starts find their own libraries.

    PyInstaller's loader points this variable to ours. It has been read by now, and a browser or a dialog of the desktop
    would take ours for its own.
    """
    os.environ.pop(OURS, None)
    if before := os.environ.pop(BEFORE, ""):
        os.environ[OURS] = before


if __name__ == "__main__":
    give_back()
    sys.exit(main())
