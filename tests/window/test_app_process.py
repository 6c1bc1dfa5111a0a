"""The app as a process of its own: it starts, gives way to the first one, and ends in order when told."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from making.media import picture

COMMAND = [sys.executable, "-m", "batchdock"]
OPENED_BY_THE_DESKTOP = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFileOpenEvent
from batchdock import app

def make_application(made=app.make_application):
    application = made()
    QCoreApplication.postEvent(application, QFileOpenEvent(sys.argv[1]))
    return application

def add_paths(window, paths, added=app.MainWindow.add_paths):
    added(window, paths)
    if paths:
        print(*paths)
        window.close_asked.emit()

app.BY_EVENT = True
app.make_application = make_application
app.MainWindow.add_paths = add_paths
sys.exit(app.main())
"""
"""A start as macOS makes it: what it is about comes as an event, before there is a window."""


SHOWN = """
import sys
from batchdock import starting

def said(window):
    shown(window)
    window.grab()
    print(*sys.modules)
    window.close_asked.emit()

from batchdock import app
shown, app.MainWindow.show = app.MainWindow.show, said
sys.exit(starting.main())
"""
"""A start that says what is loaded when the window has been drawn."""

NOT_LOADED = {
    "aiohttp",
    "av",
    "batchdock.flows.intake.closer",
    "batchdock.window.batches.page",
    "batchdock.window.datasets.page",
    "batchdock.window.results.page",
    "cryptography",
    "duckdb",
    "numpy",
    "pyqtgraph",
}
"""What the window is shown without. Each of them takes from a fiftieth to a fifth of a start."""


def log_of(home: Path) -> str:
    path = home / "logs" / "batchdock.log"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def until_log_says(home: Path, words: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while words not in log_of(home):
        assert time.monotonic() < deadline, log_of(home)
        time.sleep(0.05)


@pytest.fixture
def app(home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(COMMAND)
    until_log_says(home, "The window is open")
    yield process
    if process.poll() is None:
        process.kill()
        process.wait(10)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM for a window")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_when_told(app: "subprocess.Popen[bytes]", home: Path, number: int) -> None:
    app.send_signal(number)
    assert app.wait(30) == 0
    assert "Batchdock ends" in log_of(home)
    assert "Traceback" not in log_of(home)


def test_a_second_start_gives_way_to_the_first(app: "subprocess.Popen[bytes]", home: Path) -> None:
    second = subprocess.run(COMMAND, timeout=30, check=False)
    assert second.returncode == 0
    assert app.poll() is None
    assert log_of(home).count("The window is open") == 1


def test_what_the_desktop_asks_to_open_reaches_the_window(home: Path, tmp_path: Path) -> None:
    picture = tmp_path / "한 장.png"
    picture.write_bytes(b"")
    command = [sys.executable, "-c", OPENED_BY_THE_DESKTOP, str(picture)]
    started = subprocess.run(command, timeout=60, capture_output=True, text=True, check=False)
    assert (started.returncode, started.stdout) == (0, f"{picture}\n"), started.stderr


def test_a_second_start_hands_over_a_file_that_lies_here(
    app: "subprocess.Popen[bytes]", home: Path, tmp_path: Path
) -> None:
    picture(tmp_path / "leaf 잎.png")
    second = subprocess.run([*COMMAND, "leaf 잎.png"], cwd=tmp_path, timeout=30, check=False, capture_output=True)
    assert (second.returncode, second.stderr) == (0, b"")
    assert app.poll() is None
    missing = subprocess.run([*COMMAND, "nothing.png"], cwd=tmp_path, timeout=30, check=False, capture_output=True)
    assert missing.returncode == 2, "What is not there is taken for a command, and no command is called like that."


def test_the_window_is_there_before_what_it_can_be_shown_without(home: Path) -> None:
    started = subprocess.run([sys.executable, "-c", SHOWN], timeout=60, capture_output=True, text=True, check=False)
    assert started.returncode == 0, started.stderr
    loaded = set(started.stdout.split())
    assert {"PySide6", "batchdock.window.jobs.page"} <= loaded
    assert not loaded & NOT_LOADED
