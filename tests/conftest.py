"""Rules for every test: a home of its own, no stray errors in the log, no thread left behind. Works without Qt."""

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything imports Qt. Who wants a real screen says so from outside.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

THREADS_MAY_TAKE = 5.0


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expects_errors_in_log: this test brings about errors that belong in the log")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of this test; nothing of the person's own is ever touched."""
    folder = tmp_path / "home"
    monkeypatch.setenv("BATCHDOCK_HOME", str(folder))
    monkeypatch.delenv("BATCHDOCK_API_KEY", raising=False)
    monkeypatch.setenv("XDG_PICTURES_DIR", str(tmp_path / "Pictures"))
    return folder


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        # A Dask scheduler of an earlier test has ended. What tornado waited for then is collected whenever it pleases.
        if record.name != "asyncio" or "exception=TimeoutError('Timeout')>" not in record.getMessage():
            self.records.append(record)


@pytest.fixture(autouse=True)
def no_stray_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """An error in the log that the test did not announce (`expects_errors_in_log`) fails it."""
    errors = _Errors()
    root = logging.getLogger()
    root.addHandler(errors)
    yield
    root.removeHandler(errors)
    if errors.records and request.node.get_closest_marker("expects_errors_in_log") is None:
        formatter = logging.Formatter("%(name)s: %(message)s")
        pytest.fail("Stray errors in the log:\n" + "\n".join(map(formatter.format, errors.records)), pytrace=False)


@pytest.fixture(autouse=True)
def scheduled_like_others() -> Iterator[None]:
    """A test that changes which place its process has at the processors changes every test and process after it."""
    yield
    if sys.platform == "linux":
        assert os.sched_getscheduler(0) == os.SCHED_OTHER


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """A thread that would keep the process alive and outlives its test fails it."""
    before = set(threading.enumerate())
    yield
    until = time.monotonic() + THREADS_MAY_TAKE
    for thread in threading.enumerate():
        if thread not in before and not thread.daemon:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                pytest.fail(f"Leaked thread: {thread.name}", pytrace=False)
