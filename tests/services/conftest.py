"""What the tests of the clients share."""

from collections.abc import Iterator

import pytest

from fakes.roboflow_cloud import RoboflowCloud


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as running:
        yield running
