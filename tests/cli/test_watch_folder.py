"""Watching a folder from a terminal: what is refused at once, and in which words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def refused(*arguments: str, **environment: str) -> str:
    """Run the command, which is to end by itself, and return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "batchdock", "watch-folder", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


@pytest.mark.usefixtures("home")
def test_results_never_go_into_the_watched_folder(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    said = refused(str(tmp_path / "drop"), "--workflow", "read-codes", "--save-to", str(tmp_path / "drop" / "out"))
    assert "would go into the watched folder" in said
    assert not (tmp_path / "drop" / "out").exists()
