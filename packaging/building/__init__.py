"""Builds what people install. `python3 packaging/dev.py build` makes the environment for it and runs it there."""

import hashlib
import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
DIST = ROOT / "dist"
FROZEN = BUILD / "frozen" / "Batchdock"
"""The program with all it needs: what every package carries."""

_OLDEST = 315532800
"""1980, the first moment that zip files know."""


class NotBuilt(Exception):
    """Why a build has stopped, for the person who started it."""


def version() -> str:
    """Return the version, from the one place where it is written."""
    text = (ROOT / "gui" / "batchdock" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise NotBuilt("gui/batchdock/__init__.py says no version.")
    return found[1]


def check_changelog(text: str, wanted: str) -> None:
    """Raise `NotBuilt` unless the newest entry of the changelog is that of the version."""
    found = re.search(r"^## (\S+)", text, re.MULTILINE)
    if found is None or found[1] != wanted:
        said = found[1] if found else "nothing"
        raise NotBuilt(f"The version is {wanted}, and CHANGELOG.md begins with {said}: tell what is new in it first.")


def moment() -> int:
    """Return when the sources were last changed, in seconds since 1970: builds of the same sources are the same."""
    if (given := os.environ.get("SOURCE_DATE_EPOCH", "")).isdigit():
        return int(given)
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(asked.stdout) if asked.returncode == 0 and asked.stdout.strip().isdigit() else _OLDEST


def run(command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, folder: Path = ROOT) -> None:
    """Show and run a command; raise `NotBuilt` where it fails."""
    words = [str(each) for each in command]
    print("+", shlex.join(words), flush=True)
    if subprocess.run(words, cwd=folder, env={**os.environ, **(environment or {})}, check=False).returncode:
        raise NotBuilt(f"This did not work: {shlex.join(words)}")


def tell_where_published(tree: Path) -> None:
    """Write into the tree where versions are published, as `BATCHDOCK_RELEASES` says. Without it nobody is asked."""
    address = os.environ.get("BATCHDOCK_RELEASES", "")
    if not address:
        return
    if not address.startswith("https://"):
        raise NotBuilt(f"BATCHDOCK_RELEASES has to be an https address: {address}")
    for resources in tree.rglob("batchdock/resources"):
        (resources / "releases.txt").write_text(f"{address}\n", encoding="utf-8", newline="\n")


_OF_THIS_MACHINE = ("direct_url.json", "INSTALLER", "RECORD", "REQUESTED")
"""What pip writes of an installation: from which folder it came, and checksums of scripts that name that folder."""


def forget_where_built(tree: Path) -> None:
    """Take away what would tell where the tree was built, and would differ in another place. Nothing asks for it.

    Links go too that lead nowhere any more: some libraries are left out after their links were made.
    """
    for path in sorted(tree.rglob("*")):
        if (path.parent.suffix == ".dist-info" and path.name in _OF_THIS_MACHINE) or (
            path.is_symlink() and not path.exists()
        ):
            path.unlink()


SUMS = "SHA256SUMS.txt"


def write_sums(folder: Path) -> str:
    """Write the checksums of what is in `folder` into it, as `sha256sum --check` reads them. Return them with sizes."""
    files = sorted(each for each in folder.iterdir() if each.is_file() and each.name != SUMS)
    sums, told = "", ""
    for each in files:
        with each.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        sums += f"{digest}  {each.name}\n"
        told += f"{digest}  {each.stat().st_size / 1e6:8.1f} MB  {each.name}\n"
    (folder / SUMS).write_text(sums, encoding="utf-8", newline="\n")
    return told
