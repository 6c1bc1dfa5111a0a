"""What the frozen app leaves out, each with the reason."""

import fnmatch
from collections import defaultdict
from pathlib import Path

EXCLUDED = (
    "tkinter",  # Pillow would take it; nothing here opens a window with it.
    "readline",  # GNU readline is under the GPL; there is no prompt here.
    "numpy.f2py",
    "curses",
    "_curses",
    "_dbm",
    "_gdbm",
    "setuptools",  # of pyqtgraph's own tools; the same for the next two.
    "distutils",
    "pydoc_data",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtTest",
    "PySide6.QtSql",
    "PySide6.QtOpenGL",  # pyqtgraph imports these two; see `without_opengl`.
    "PySide6.QtOpenGLWidgets",
    "httpx._main",  # httpx's own command line: with it every start would load pygments and click.
)
"""Modules that something names and the app never calls."""

UNWANTED = {
    "*/libQt6Qml*": "Qt Quick's language: the window is made of widgets",
    "*/libQt6Quick*": "the same",
    "*/libQt6VirtualKeyboard*": "under the GPL; the system's own keyboard comes through the input method",
    "*/libQt6Pdf*": "nothing shows PDF",
    "*/libQt6OpenGL*": "nothing here draws with OpenGL",
    "*/plugins/wayland-graphics-integration-client/*": "the same",
    "*/Qt6Qml*.dll": "Qt Quick's language, on Windows",
    "*/Qt6Quick*.dll": "the same",
    "*/opengl32sw.dll": "OpenGL in software: nothing here draws with OpenGL",
    "*/plugins/platformthemes/libqgtk3*": "brings GTK 3 along, of whatever the build machine has",
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
    "*/libQt6Egl*": "the same",
    "*/Qt/translations/*": "the window speaks one language, and Qt's own words have to be in it too",
    "*/plugins/generic/*": "keyboards and mice without a window system",
    "pyqtgraph/icons/peegee/*": "its own sign",
    "batchdock/resources/models/*.onnx": "the vendor's engine comes with its models, where it is wanted",
}
"""Files by pattern of their place in the tree, and why nobody misses them."""

OF_THE_SYSTEM = (
    *("libX*.so*", "libxcb.so*", "libxcb-randr.so*", "libxcb-render.so*", "libxcb-shm.so*", "libxcb-sync.so*"),
    *("libxcb-xfixes.so*", "libgtk-*.so*", "libgdk*.so*", "lib*-2.0.so*", "libatk*.so*", "libatspi.so*"),
    *("libcairo*.so*", "libpango*.so*", "libpixman*.so*", "libepoxy.so*", "libfribidi.so*", "libthai.so*"),
    *("libdatrie.so*", "libgraphite2.so*", "libharfbuzz.so*", "libfontconfig.so*", "libfreetype.so*", "libpng16.so*"),
    *("libjpeg.so*", "libbrotlicommon.so*", "libbrotlidec.so*", "libdbus-1.so*", "libsystemd.so*", "libgcrypt.so*"),
    *("libgpg-error.so*", "libcap.so*", "liblz4.so*", "libselinux.so*", "libmount.so*", "libblkid.so*"),
    *("libpcre2-*.so*", "libkrb5*.so*", "libgssapi*.so*", "libk5crypto.so*", "libcom_err.so*", "libkeyutils.so*"),
    *("libwayland-*.so*", "libGL*.so*", "libEGL.so*", "libOpenGL.so*", "libdrm.so*", "libbsd.so*", "libmd.so*"),
    *("libstdc++.so*", "libgcc_s.so*", "libexpat.so*", "libmvec.so*", "libtinfo.so*", "libreadline.so*"),
    *("libcrypto.so*", "libssl.so*", "libsqlite3.so*", "libzstd.so*"),  # Each is on every desktop, and mended there.
)
"""Shared libraries of a Linux desktop. They have to fit to each other and to its drivers, so the package asks for them
and brings none: beside the person's own, another glib or fontconfig does harm."""


def wanted(place: str) -> bool:
    """Tell whether a file of the frozen tree stays, by its place in it."""
    place = place.replace("\\", "/")
    patterns = UNWANTED if "/" in place else OF_THE_SYSTEM
    return not any(fnmatch.fnmatchcase(place, pattern) for pattern in patterns)


def left_out_of_qt(site: Path, tree: Path) -> str:
    """Return what of the installed Qt is not in the tree, and what it would cost there, the largest first: modules,
    plugins by their kind, translations and tools, in MB before they are packed."""
    kept = {path.name for path in tree.rglob("*") if path.is_file()}
    sizes: dict[str, int] = defaultdict(int)
    for path in (site / "PySide6").rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name not in kept:
            sizes[_kind_of_qt(path.relative_to(site / "PySide6"))] += path.stat().st_size
    listed = sorted(sizes.items(), key=lambda each: (-each[1], each[0]))
    lines = [f"{size / 1e6:8.2f}  {kind}\n" for kind, size in listed]
    return "".join(lines) + f"{sum(sizes.values()) / 1e6:8.2f}  all\n"


def _kind_of_qt(place: Path) -> str:
    match place.parts:
        case ("Qt", "lib", library, *_):
            return f"library {library.split('.so')[0].removeprefix('lib')}"
        case ("Qt", "plugins", kind, *_):
            return f"plugins {kind}"
        case ("Qt", folder, *_):
            return folder
        case (file,) if file.endswith((".so", ".pyd")):
            return f"binding {file.split('.')[0]}"
        case (file,):
            return "stubs" if file.endswith(".pyi") else "tools and other files"
        case (folder, *_):
            return folder
    return "other files"
