"""Looks whether Qt will find a screen. It ends the whole program where it finds none, and tells only a terminal."""

import ctypes
import os
import sys
from ctypes.util import find_library
from pathlib import Path

from PySide6.QtCore import QLibraryInfo

CHOICE = "QT_QPA_PLATFORM"
NO_SCREEN = (
    "There is no screen to show a window on: neither DISPLAY nor WAYLAND_DISPLAY is set. "
    "Without a screen Batchdock can be used as a command; “batchdock --help” says how."
)
NOT_REACHED = "The screen “{name}” can not be reached, or does not let this program in."
LIBRARY_MISSING = "A library of this computer is missing: {reason}."
NO_PLATFORM = f"{CHOICE} asks for “{{name}}”, which this program does not have."


def objection() -> str:
    """Return why there can be no window here, in a sentence; empty where there can be one."""
    if not sys.platform.startswith("linux"):
        return ""
    chosen = os.environ.get(CHOICE, "")
    # Qt tries one after the other, and each may have options behind a colon.
    wanted = [each.partition(":")[0] for each in chosen.split(";") if each] or ["wayland", "xcb"]
    if not chosen and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        return NO_SCREEN
    objections = [_objection_to(name) for name in wanted]
    return "" if "" in objections else objections[-1]


def _objection_to(name: str) -> str:
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    plugins = sorted(folder.glob(f"libq{name}*.so"))
    if not plugins:
        return NO_PLATFORM.format(name=name)
    try:
        ctypes.CDLL(str(plugins[0]))
    except OSError as error:
        return LIBRARY_MISSING.format(reason=error)
    reached = {"xcb": _x_answers, "wayland": _wayland_answers}.get(name)
    if reached is None or reached():
        return ""
    screen = os.environ.get("DISPLAY" if name == "xcb" else "WAYLAND_DISPLAY", "")
    return NOT_REACHED.format(name=screen) if screen else NO_SCREEN


def _x_answers() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    answers: bool = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return answers


def _wayland_answers() -> bool:
    found = find_library("wayland-client")
    if found is None:
        return False
    wayland = ctypes.CDLL(found)
    wayland.wl_display_connect.restype = ctypes.c_void_p
    display = wayland.wl_display_connect(None)
    if display is None:
        return False
    wayland.wl_display_disconnect(ctypes.c_void_p(display))
    return True
