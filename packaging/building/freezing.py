"""Freezes the app: a wheel from the checkout, installed beside exactly the pinned packages, taken apart by PyInstaller.

What comes out has no debug symbols of ours, no GPL library (ADR 25), and the licences of everything in it.
"""

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from fnmatch import fnmatch
from pathlib import Path

from building import (
    BUILD,
    DIST,
    FROZEN,
    NotBuilt,
    forget_where_built,
    icu,
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

_SPEC = Path(__file__).with_name("batchdock.spec")
_NEVER_STRIPPED = ("*.libs/*", "PySide6/Qt/*")
"""Libraries that auditwheel has put beside a package: it has moved their parts about, and stripping breaks them. Qt's
are stripped already."""


def freeze() -> Path:
    """Return the frozen tree, made anew. Raise `NotBuilt`, `NotDistributable`, `NotAllowed`."""
    environment = {"SOURCE_DATE_EPOCH": str(moment()), "PYTHONHASHSEED": "0"}
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "install", "--no-deps", "--force-reinstall", wheel.make()])
    shutil.rmtree(FROZEN, ignore_errors=True)
    frozen = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
    run([*frozen, f"--distpath={FROZEN.parent}", f"--workpath={BUILD / 'work'}", _SPEC], environment=environment)
    forget_where_built(FROZEN)
    _strip(FROZEN)
    icu.slim(FROZEN)
    video.replace(FROZEN)
    video.check(FROZEN)
    site = Path(sysconfig.get_path("purelib"))
    (BUILD / "left-out-of-qt.txt").write_text(slimming.left_out_of_qt(site, FROZEN), encoding="utf-8")
    tell_where_published(FROZEN)
    found = licences.generate(FROZEN, site, licences.frozen_modules(_program(FROZEN)))
    DIST.mkdir(exist_ok=True)
    sbom.write(
        found, version(), DIST / f"batchdock-{version()}-{sys.platform}-{platform.machine().lower()}.cdx.json", FROZEN
    )
    _try(FROZEN)
    return FROZEN


def _program(tree: Path) -> Path:
    return tree / ("batchdock.exe" if sys.platform == "win32" else "batchdock")


def _strip(tree: Path) -> None:
    """Take debug symbols out of Python and of the modules of packages: some bring more of them than code."""
    if sys.platform != "linux" or shutil.which("strip") is None:
        return
    inside = tree / "_internal"
    for each in inside.rglob("*.so*"):
        place = each.relative_to(inside).as_posix()
        if each.is_file() and not each.is_symlink() and not any(fnmatch(place, never) for never in _NEVER_STRIPPED):
            subprocess.run(["strip", "--strip-unneeded", each], check=True)


def _try(tree: Path) -> None:
    """Raise `NotBuilt` unless the frozen program does its main job: window, service, workers, results, command line."""
    program = _program(tree)
    with tempfile.TemporaryDirectory() as folder:
        alone = {**os.environ, "BATCHDOCK_HOME": f"{folder}/home"}
        for arguments in (["--version"], ["--help"], ["--smoke"]):
            command = [str(program), *arguments]
            asked = subprocess.run(command, env=alone, capture_output=True, text=True, timeout=600, check=False)
            if asked.returncode:
                raise NotBuilt(f"The frozen program fails at {arguments}:\n{asked.stdout}{asked.stderr}")
