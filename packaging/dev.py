"""Sets up a checkout from nothing, then runs the demo or the tests. Standard library only; Python 3.11 or later.

    python3 packaging/dev.py demo     the real window does the real job on the bundled pictures
    python3 packaging/dev.py test     everything that has to hold
    python3 packaging/dev.py setup    only the set-up
    python3 packaging/dev.py build    what people install, in dist/

All are repeatable: what is there already is used again.
"""

import argparse
import ctypes.util
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
PINS = ROOT / "packaging" / "requirements-dev.txt"
ENGINE_PINS = ROOT / "packaging" / "requirements-engine.txt"
"""The vendor's engine. It is installed without what it declares: what it really imports is in `PINS` (ADR 11)."""
STAMP = ENVIRONMENT / "pins.sha256"
BUILD_ENVIRONMENT = ROOT / "build" / "venv"
BUILD_PINS = ROOT / "packaging" / "requirements-build.txt"
"""What is packaged is frozen from an environment that has nothing else."""

QT_LIBRARIES = {
    "glib-2.0": "libglib2.0-0",
    "GL": "libgl1",
    "EGL": "libegl1",
    "xkbcommon": "libxkbcommon0",
    "freetype": "libfreetype6",
    "fontconfig": "libfontconfig1",
    "dbus-1": "libdbus-1-3",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-shape": "libxcb-shape0",
    "xcb-xkb": "libxcb-xkb1",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "X11-xcb": "libx11-xcb1",
}
"""Shared libraries that Qt's wheel expects, and the Debian packages that hold them."""

DEMO_PROGRAMS = {"fc-match": "fontconfig"}
BUILD_PROGRAMS = {
    "cc": "build-essential",
    "objdump": "binutils",
    "icupkg": "icu-devtools",
    "rsvg-convert": "librsvg2-bin",
    "makeself": "makeself",
}
"""What packages are made with."""
TEST_PROGRAMS = {
    **BUILD_PROGRAMS,
    "desktop-file-validate": "desktop-file-utils",
    "appstreamcli": "appstream",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
    "strace": "strace",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
}
"""What the tests of the packages, the screen, the password store, the network and screen readers run, and its Debian
packages."""

FONT_PACKAGE = "fonts-dejavu-core"


def main() -> int:
    """Parse the command line, set up, run. Return the exit code of what was run."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("command", choices=("setup", "demo", "test", "build"))
    options, rest = parser.parse_known_args()
    if sys.version_info < (3, 11):  # noqa: UP036  (this script is what tells people so)
        print("Batchdock needs Python 3.11 or later; this one is", sys.version.split()[0], file=sys.stderr)
        return 1
    what = options.command if options.command in ("demo", "build") else "test"
    missing = missing_packages(what)
    if missing and not install_packages(missing):
        return 1
    if options.command == "build":
        return build(rest)
    if not (make_environment() and install_pins()):
        return 1
    if options.command == "demo":
        return run([str(PYTHON), "-m", "batchdock", "demo", *rest])
    if options.command == "test":
        # A core each: nothing is shared between tests but the machine.
        return run([str(PYTHON), "-m", "pytest", "-n", "logical", "--dist", "worksteal", *rest])
    return 0


def missing_packages(what: str) -> list[str]:
    """Return the Debian packages that `what` needs and this Linux lacks; nothing elsewhere."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for library, package in QT_LIBRARIES.items() if ctypes.util.find_library(library) is None]
    programs = {"demo": DEMO_PROGRAMS, "build": BUILD_PROGRAMS, "test": TEST_PROGRAMS}[what]
    missing += [package for program, package in programs.items() if shutil.which(program) is None]
    if importlib.util.find_spec("ensurepip") is None:
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if not any(Path(place).is_dir() for place in ("/usr/share/fonts", "/usr/local/share/fonts")):
        missing.append(FONT_PACKAGE)
    return missing


def install_packages(packages: list[str]) -> bool:
    """Install Debian packages, or say which. Asks first unless this is root or CI."""
    names = " ".join(packages)
    by_hand = f"sudo apt-get install --no-install-recommends {names}"
    is_root = os.geteuid() == 0
    if shutil.which("apt-get") is None or not (is_root or shutil.which("sudo")):
        print(
            f"These packages are missing (Debian's names): {names}\nInstall them, then run this again.", file=sys.stderr
        )
        return False
    if not is_root and os.environ.get("CI") != "true":
        if not sys.stdin.isatty():
            print(f"These packages are missing. Install them, then run this again:\n  {by_hand}", file=sys.stderr)
            return False
        if input(f"Install what Qt needs?\n  {by_hand}\n[Y/n] ").strip().lower() not in ("", "y", "yes"):
            return False
    apt = [*([] if is_root else ["sudo"]), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    run([*apt, "update", "-q"])
    if run([*apt, "install", "-y", "-q", "--no-install-recommends", *packages]) == 0:
        return True
    print(f"The packages could not be installed. By hand:\n  {by_hand}", file=sys.stderr)
    return False


def make_environment() -> bool:
    """Make `.venv`, or take the one that is there if it works."""
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-c", "import pip"], check=False).returncode == 0:
        return True
    print(f"Making {ENVIRONMENT} …", flush=True)
    try:
        venv.EnvBuilder(clear=True, with_pip=True).create(ENVIRONMENT)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        print(f"No environment could be made in {ENVIRONMENT}: {error}", file=sys.stderr)
        return False
    return True


def install_pins() -> bool:
    """Install the hashed pins and this checkout, unless the same pins are there already."""
    listed = (PINS, ENGINE_PINS, ROOT / "pyproject.toml")
    wanted = hashlib.sha256(b"".join(each.read_bytes() for each in listed)).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return True
    print(f"Installing {PINS.relative_to(ROOT)} …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = (
        ["--require-hashes", "-r", str(PINS)],
        ["--require-hashes", "--no-deps", "-r", str(ENGINE_PINS)],
        ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    )
    if any(run([*pip, *each]) for each in steps):
        print("The packages above could not be installed; run this again when the network is back.", file=sys.stderr)
        return False
    STAMP.write_text(wanted)
    return True


def build(arguments: list[str]) -> int:
    """Build in an environment made anew, so that nothing is packaged that is not pinned. Return the exit code."""
    print(f"Making {BUILD_ENVIRONMENT} …", flush=True)
    venv.EnvBuilder(clear=True, with_pip=True).create(BUILD_ENVIRONMENT)
    python = str(BUILD_ENVIRONMENT / PYTHON.relative_to(ENVIRONMENT))
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if code := run([*pip, "--require-hashes", "-r", str(BUILD_PINS)]):
        return code
    return run([python, "-m", "building", *arguments], {**os.environ, "PYTHONPATH": str(ROOT / "packaging")})


def run(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Show and run a command from the project's root. Return its exit code."""
    print("+", shlex.join(command), flush=True)
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
