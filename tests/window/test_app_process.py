"""The app as a process of its own: it starts, gives way to the first one, and ends in order when told."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "batchdock"]


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
