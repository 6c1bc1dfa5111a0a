"""A start that fails: somebody is told, with the place of what was written down, and never by a bare traceback."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens and dialogs of Linux")

NO_SCREEN = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
NO_SCREEN.pop("QT_QPA_PLATFORM", None)


@pytest.fixture
def dialogs(tmp_path: Path) -> Path:
    """A folder with a `zenity` that writes down what it is to show."""
    folder = tmp_path / "programs"
    folder.mkdir()
    program = folder / "zenity"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{folder}/shown'\n")
    program.chmod(0o755)
    return folder


def start(
    home: Path, environment: Mapping[str, str], *, dialogs: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Start the program until it ends by itself."""
    path = os.pathsep.join([*([str(dialogs)] if dialogs else []), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", "batchdock"],
        env={**environment, "BATCHDOCK_HOME": str(home), "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


LIBRARY_MISSING = "raise ImportError('libEGL.so.1: cannot open shared object file')"


def broken_qt(folder: Path, how: str = LIBRARY_MISSING) -> dict[str, str]:
    """Return what lets Qt be one whose library is missing."""
    package = folder / "broken" / "PySide6"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(how)
    path = [str(package.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONPATH": os.pathsep.join(path)}


def test_qt_that_can_not_be_loaded_is_told_by_the_desktop(home: Path, tmp_path: Path, dialogs: Path) -> None:
    done = start(home, {**NO_SCREEN, **broken_qt(tmp_path), "DISPLAY": ":0"}, dialogs=dialogs)
    assert done.returncode == 1
    file = home / "logs" / "failed start.txt"
    for said in (done.stderr, (dialogs / "shown").read_text()):
        assert "Batchdock could not start." in said
        assert "libEGL.so.1" in said
        assert str(file) in said
        assert "Traceback" not in said
    assert "Traceback" in file.read_text()


def test_qt_that_can_not_be_loaded_while_the_home_can_not_be_written(tmp_path: Path) -> None:
    taken, passing = tmp_path / "a file", tmp_path / "passing"
    taken.write_text("where the folder should be")
    passing.mkdir()
    done = start(taken, {**NO_SCREEN, **broken_qt(tmp_path), "TMPDIR": str(passing)})
    assert done.returncode == 1
    assert "libEGL.so.1" in done.stderr
    assert "Traceback" not in done.stderr
    (file,) = passing.glob("batchdock-*.txt")
    assert str(file) in done.stderr
    assert "Traceback" in file.read_text()


def test_a_part_of_qt_that_breaks_while_it_is_loaded_is_told(home: Path, tmp_path: Path) -> None:
    done = start(home, {**NO_SCREEN, **broken_qt(tmp_path, "raise RuntimeError('not for people')")})
    assert done.returncode == 1
    assert "Something unexpected happened: RuntimeError" in done.stderr
    assert "Traceback" not in done.stderr
    assert "not for people" in (home / "logs" / "failed start.txt").read_text()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY"),
        ({"DISPLAY": ":4711"}, "The screen “:4711” can not be reached"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "QT_QPA_PLATFORM asks for “nonsense”"),
        ({"QT_QPA_PLATFORM": "xcb"}, "neither DISPLAY nor WAYLAND_DISPLAY"),
    ],
)
def test_a_screen_that_is_not_there(home: Path, environment: dict[str, str], said: str) -> None:
    done = start(home, {**NO_SCREEN, **environment})
    assert done.returncode == 1, "Qt has ended the program by itself."
    assert said in done.stderr
    assert str(home / "logs" / "failed start.txt") in done.stderr


def without_screens(folder: Path) -> str:
    """Return the choice of a platform of Qt that runs, and on which no screen is plugged in."""
    folder.mkdir(exist_ok=True)
    file = folder / "screens.json"
    file.write_text('{"screens": []}')
    return f"offscreen:configfile={file}"


def test_a_computer_whose_screens_are_all_gone(home: Path, tmp_path: Path, dialogs: Path) -> None:
    there = {"QT_QPA_PLATFORM": without_screens(tmp_path / "setting"), "DISPLAY": ":0"}
    done = start(home, {**NO_SCREEN, **there}, dialogs=dialogs)
    assert done.returncode == 1, "Qt has ended the program by itself."
    for said in (done.stderr, (dialogs / "shown").read_text()):
        assert "no screen to show a window on" in said
        assert str(home / "logs" / "failed start.txt") in said


def test_a_window_is_built_while_no_screen_is_plugged_in(home: Path, tmp_path: Path) -> None:
    code = """
import sys
import time
from pathlib import Path
from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.keystore.session import SessionKeys
from batchdock.window.form_scroll import FormScroll
from PySide6.QtWidgets import QLabel

async def build():
    async with opened(Path(sys.argv[1]), key_store=SessionKeys()) as window:
        print(window.screen(), window.width() > 600, FormScroll(QLabel("a field")).sizeHint().isValid())
    return 0

sys.exit(loop.run(make_application(), build()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)],
        env={**NO_SCREEN, "QT_QPA_PLATFORM": without_screens(tmp_path / "setting")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "None True True\n"), done.stderr


def message_of(home: Path, **more: str) -> str:
    """Return the text of the message that Qt shows instead of a window, read as a screen reader does."""
    code = """
import sys
import time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from batchdock.app import main, make_application

application = make_application()

def look():
    for each in QApplication.topLevelWidgets():
        if isinstance(each, QMessageBox) and each.isVisible():
            print(each.text())
            each.accept()

timer = QTimer()
timer.timeout.connect(look)
timer.start(50)
sys.exit(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "BATCHDOCK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", **more},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    return done.stdout


def test_a_home_that_can_not_be_written_is_told_with_the_place_of_what_was_written_down(tmp_path: Path) -> None:
    taken, passing = tmp_path / "a file", tmp_path / "passing"
    taken.write_text("where the folder should be")
    passing.mkdir()
    said = message_of(taken, TMPDIR=str(passing))
    assert f"Nothing can be saved in {taken}" in said
    (file,) = passing.glob("batchdock-*.txt")
    assert str(file) in said
    assert "FileExistsError" in file.read_text() or "NotADirectoryError" in file.read_text()


def test_a_journal_of_a_newer_version_is_told_with_the_place_of_the_log(home: Path) -> None:
    home.mkdir()
    with sqlite3.connect(home / "journal.sqlite") as journal:
        journal.execute("PRAGMA user_version = 4711")
    said = message_of(home)
    assert "was written by a newer Batchdock" in said
    assert str(home / "logs") in said
    assert sqlite3.connect(home / "journal.sqlite").execute("PRAGMA user_version").fetchone() == (4711,)


def test_a_surprise_at_the_start_is_told_with_the_place_of_the_log(home: Path) -> None:
    (home / "accounts.json").mkdir(parents=True)
    said = message_of(home)
    assert str(home / "logs") in said
    assert "could not start" in (home / "logs" / "batchdock.log").read_text()


def test_a_session_that_ends_does_not_wait_for_somebody_to_read_why_there_is_no_window(home: Path) -> None:
    home.mkdir()
    with sqlite3.connect(home / "journal.sqlite") as journal:
        journal.execute("PRAGMA user_version = 4711")
    environment = {**os.environ, "BATCHDOCK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    app = subprocess.Popen([sys.executable, "-m", "batchdock"], env=environment)
    try:
        log, deadline = home / "logs" / "batchdock.log", time.monotonic() + 60
        while not log.exists() or "could not start" not in log.read_text(encoding="utf-8"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        app.send_signal(signal.SIGTERM)
        assert app.wait(30) == 1
    finally:
        app.kill()
        app.wait()
