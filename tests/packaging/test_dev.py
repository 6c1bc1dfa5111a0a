"""The set-up script, where programs are missing: it says what to install, and nothing runs half set up."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ON_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Debian's packages are Linux's")


def ask(code: str, path: Path) -> "subprocess.CompletedProcess[str]":
    """Run `code` with the script imported as `dev`, where only the programs in `path` can be found."""
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'packaging')!r}); import dev\n{code}"],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


@ON_LINUX
def test_missing_programs_are_named_by_their_packages(tmp_path: Path) -> None:
    (tmp_path / "Xvfb").touch(mode=0o755)
    named = set(ask("print(*dev.missing_packages('test'), sep='\\n')", tmp_path).stdout.split())
    assert {"xdotool", "openbox", "dbus", "gnome-keyring"} <= named
    assert "xvfb" not in named


@ON_LINUX
def test_the_demo_wants_nothing_that_only_the_tests_need(tmp_path: Path) -> None:
    assert not {"xvfb", "gnome-keyring"} & set(ask("print(*dev.missing_packages('demo'))", tmp_path).stdout.split())


@ON_LINUX
def test_without_apt_it_says_exactly_what_is_missing(tmp_path: Path) -> None:
    done = ask("print(dev.install_packages(['xvfb', 'libegl1']))", tmp_path)
    assert done.stdout.strip() == "False"
    assert "xvfb libegl1" in done.stderr
