"""Same job, same results, to the byte: with one worker and two, killed and stopped in the middle.

At full size by hand: KILLS = 10, PICTURES = 600 and FILMS = 48. The workflows of the vendor's engine: `tests/engine`.
"""

from pathlib import Path

import pytest

from making.sameness import Same, films, photographs, scenes

KILLS = 3
PICTURES = 112
FILMS = 8


def _check(job: Same, folder: Path, seed: int) -> None:
    usual = job.results(folder / "usual", workers=2)
    assert len(usual) > len(job.paths)
    assert job.results(folder / "one", workers=1) == usual
    assert job.results(folder / "upset", workers=2, kills=KILLS, stops=1, seed=seed) == usual


@pytest.mark.long
def test_quality_and_copies(tmp_path: Path) -> None:
    """What is concluded over the whole batch as well, and what became of a file that is no picture."""
    _check(Same("picture-quality", scenes(tmp_path, PICTURES), specification={"aggregationFormat": "csv"}), tmp_path, 2)


@pytest.mark.long
def test_codes(tmp_path: Path) -> None:
    """Drawn pictures are kept, so that several archives are compared as well. Three whole jobs."""
    _check(Same("read-codes", photographs(tmp_path, PICTURES)), tmp_path, 1)


@pytest.mark.long
def test_videos(tmp_path: Path) -> None:
    """A video that was cut short is begun anew, and its drawn frames make the same video. Three whole jobs."""
    _check(Same("read-codes", films(tmp_path, FILMS), "video", {"maxVideoFPS": 5}), tmp_path, 3)
