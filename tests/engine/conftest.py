"""The vendor's engine, for the tests that run it in this process."""

import sys

import pytest

collect_ignore_glob = ["test_*.py"] if sys.version_info >= (3, 14) else []


@pytest.fixture(autouse=True, scope="session")
def _engine() -> None:
    """Import the engine before the first test looks at the clock or at warnings."""
    from batchdock.thiscomputer.engine.vendor.prepared import prepare

    prepare()
