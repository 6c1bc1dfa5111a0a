"""A folder is filled by another process while the watching one is killed: each finished file is processed once."""

from collections import Counter
from pathlib import Path

import pytest

from making.feeding import Feeding, processed

pytestmark = pytest.mark.long


def test_each_finished_file_is_processed_once(home: Path, tmp_path: Path) -> None:
    feeding = Feeding(files=60, kills=3, batch=12, pause=0.02, every=10, patience=100.0)
    assert processed(feeding, home, tmp_path) == Counter({f"{seed:05}.jpg": 1 for seed in range(60)})
