"""What the frozen app leaves out, each with the reason."""

import fnmatch

EXCLUDED = [
    "tkinter",  # keyring and Pillow would take it; nothing here opens a window with it.
    "pytest",
    "hypothesis",
    "matplotlib",
    "scipy",
    "pandas",
    "cv2",
    "distributed",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtTest",
    "PySide6.QtSql",
]
"""Modules that something names and the app never calls."""

UNWANTED: dict[str, str] = {
    "*/libQt6Qml*": "Qt Quick's language: the window is made of widgets",
    "*/libQt6Quick*": "the same",
    "*/libQt6VirtualKeyboard*": "the platform's own comes through the input method",
    "*/libQt6Pdf*": "nothing shows PDF",
    "*/Qt6Qml*.dll": "Qt Quick's language, on Windows",
    "*/Qt6Quick*.dll": "the same",
    "*/opengl32sw.dll": "OpenGL in software: nothing here draws with OpenGL",
    "*/plugins/platformthemes/libqgtk3*": "would bring GTK 3 along, of whatever the build machine has",
    "libgtk-3*": "the same",
    "libgdk*": "the same",
    "*/plugins/qmltooling/*": "for developers of Qt Quick",
    "*/plugins/sqldrivers/*": "databases are opened through Python",
    "*/plugins/virtualkeyboard/*": "see above",
    "*/plugins/platforminputcontexts/libqtvirtualkeyboard*": "see above",
    "*/plugins/egldeviceintegrations/*": "windows without a window system",
    "*/plugins/platforms/libqeglfs*": "the same",
    "*/plugins/platforms/libqlinuxfb*": "the same",
    "*/plugins/platforms/libqvnc*": "the same",
    "*/plugins/platforms/libqvkkhrdisplay*": "the same",
    "*/plugins/platforms/libqminimalegl*": "the same",
    "*/translations/qt_help*": "Qt's help viewer",
    "*/translations/qtwebengine*": "a browser nobody has",
    "*/translations/qtdeclarative*": "Qt Quick",
    "*/translations/qtmultimedia*": "films are read by FFmpeg",
}
"""Files by pattern, and why nobody misses them."""


def wanted(place: str) -> bool:
    """Tell whether a file of the frozen tree stays, by its place in it."""
    return not any(fnmatch.fnmatch(place.replace("\\", "/"), pattern) for pattern in UNWANTED)
