"""Same job, same results, to the byte, also where the vendor's engine and networks do the work.

Each worker of each run loads the engine anew, which takes long. At full size by hand: KILLS = 10, PICTURES = 200.
"""

from pathlib import Path

import pytest

from making.sameness import Same, films, photographs

pytestmark = pytest.mark.long

KILLS = 1
PICTURES = 32


@pytest.mark.parametrize("workflow", ["find-objects", "blur-faces"])
def test_pictures(tmp_path: Path, workflow: str) -> None:
    job = Same(workflow, photographs(tmp_path, PICTURES))
    usual = job.results(tmp_path / "one", workers=1)
    assert sum(name.endswith("output_image.jpg") for name in usual) == PICTURES
    assert job.results(tmp_path / "upset", workers=2, kills=KILLS, seed=1) == usual


def test_videos(tmp_path: Path) -> None:
    job = Same("count-in-video", films(tmp_path, 4), "video", {"maxVideoFPS": 5})
    usual = job.results(tmp_path / "one", workers=1)
    assert job.results(tmp_path / "upset", workers=2, kills=KILLS, seed=1) == usual
