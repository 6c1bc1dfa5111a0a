"""One service for the tests that only talk to it."""

from collections.abc import Iterator

import pytest

from making.local_service import LocalService


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    """A running local service, shared by a module; tests use batch and job ids of their own."""
    with LocalService(tmp_path_factory.mktemp("service") / "data") as running:
        yield running
