"""Starts the window. Where that fails somebody is told, in a message of the desktop: Qt may be what is missing.

What happened is written down beside the log, whatever state the log is in (`flows/failed_start.py`).
"""

import ctypes
import gc
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from batchdock.flows.failed_start import write_down

FAILED = "Batchdock could not start."
NOT_LOADED = "Something it needs could not be loaded: {reason}. Installing it again mends that in most cases."
SURPRISED = "Something unexpected happened: {reason}."
NO_SCREENS = (
    "This computer tells of no screen to show a window on. "
    "Without a screen Batchdock can be used as a command; “batchdock --help” says how."
)
WRITTEN_DOWN = "What happened is written down in\n{file}"

_DIALOGS = (
    ("zenity", "--error", "--no-markup", "--title=Batchdock", "--text={text}"),
    ("kdialog", "--title", "Batchdock", "--error", "{text}"),
    ("xmessage", "-center", "{text}"),
    ("notify-send", "--urgency=critical", "Batchdock", "{text}"),
)
"""What shows a message on a Linux desktop; the first that is there is taken."""

_ERROR_ICON = 0x10


def main(paths: Sequence[Path] = ()) -> int:
    """Open the window with `paths` to look at. Return the exit code, 1 where there is no window."""
    # Of what is loaded now nothing is garbage, and to look through it again and again takes a sixth of the start.
    # `bridge.garbage` takes over with the window.
    gc.disable()
    try:
        from batchdock.app import main as window
        from batchdock.app import make_application
        from batchdock.bridge.screen import objection
    except (ImportError, OSError) as error:
        return _failed(NOT_LOADED.format(reason=error), error)
    except Exception as error:
        return _failed(SURPRISED.format(reason=type(error).__name__), error)
    try:
        if said := objection():
            return _failed(said)
        application = make_application()
        # Qt ends the whole program when a window is to be shown and there is no screen, and a message is one too.
        if not application.screens():
            return _failed(NO_SCREENS)
        return window(paths)
    except Exception as error:
        return _failed(SURPRISED.format(reason=type(error).__name__), error)


def _failed(said: str, error: Exception | None = None) -> int:
    told = [FAILED, said]
    if (file := write_down(said, error)) is not None:
        told.append(WRITTEN_DOWN.format(file=file))
    tell("\n\n".join(told))
    return 1


def tell(text: str) -> None:
    """Show a message without Qt, and print it. Waits until it was read, where the desktop can tell."""
    if sys.stderr is not None:  # A Windows program without a console has none.
        print(text, file=sys.stderr)  # noqa: T201  (the last that can be done)
    if sys.platform == "win32":
        ctypes.windll.user32.MessageBoxW(None, text, "Batchdock", _ERROR_ICON)
    elif sys.platform == "darwin":
        script = "on run told\ndisplay alert (item 1 of told) as critical\nend run"
        subprocess.run(["/usr/bin/osascript", "-e", script, text], check=False, capture_output=True)  # noqa: S603  (ours)
    elif any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        found = next((each for each in _DIALOGS if shutil.which(each[0])), None)
        if found is not None:
            # xmessage cuts off what is longer than its window.
            fitting = _wrapped(text) if found[0] == "xmessage" else text
            shown = [each.replace("{text}", fitting) for each in found]
            subprocess.run(shown, check=False, capture_output=True)  # noqa: S603  (the desktop's own program)


def _wrapped(text: str) -> str:
    """Return `text` in lines that fit; paths stay whole."""
    return "\n".join(
        "\n".join(textwrap.wrap(line, 76, break_long_words=False, break_on_hyphens=False)) for line in text.split("\n")
    )
