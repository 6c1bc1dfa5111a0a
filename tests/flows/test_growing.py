"""The hidden folder in which results grow: one process at a time, and swept away when nobody will go on with it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from batchdock.flows.results.growing import GrowingFolder, remove, sweep

HOLDER = """
import sys
from pathlib import Path
from batchdock.flows.results.growing import GrowingFolder

folder = GrowingFolder.take(Path(sys.argv[1]))
folder.done.mkdir()
(folder.done / "half.csv").write_text("half")
folder.note.write_text("")
print("taken", flush=True)
sys.stdin.read()
"""


def taken(path: Path) -> GrowingFolder:
    folder = GrowingFolder.take(path)
    assert folder is not None
    return folder


def left_in(parent: Path) -> list[str]:
    return sorted(each.name for each in parent.iterdir())


def test_nothing_is_left_at_the_end(tmp_path: Path) -> None:
    folder = taken(tmp_path / ".batchdock-1")
    folder.done.mkdir()
    (folder.done / "a").write_text("a")
    assert left_in(tmp_path) == [".batchdock-1"]
    folder.end()
    assert left_in(tmp_path) == []


def test_one_process_at_a_time_and_the_next_one_finds_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / ".batchdock-1"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "taken\n"
        assert GrowingFolder.take(path) is None
        remove(path)
        assert (path / "done" / "half.csv").exists()
        holder.kill()
    folder = taken(path)
    assert (folder.done / "half.csv").read_text() == "half"
    folder.leave()
    taken(path).leave()


def test_what_nobody_goes_on_with_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / "of the person").mkdir()
    (tmp_path / ".batchdock-of somebody else").mkdir()
    for name in ("kept", "foreign", "foreign-old", "noteless", "alive"):
        folder = taken(tmp_path / f".batchdock-{name}")
        if name != "noteless":
            folder.note.write_text("")
        if name == "foreign-old":
            long_ago = time.time() - 30 * 24 * 3600
            os.utime(folder.note, (long_ago, long_ago))
        if name == "alive":
            alive = folder
            folder.note.unlink()
        else:
            folder.leave()
    sweep(tmp_path, [tmp_path / ".batchdock-kept"])
    assert left_in(tmp_path) == [
        ".batchdock-alive",
        ".batchdock-foreign",
        ".batchdock-kept",
        ".batchdock-of somebody else",
        "of the person",
    ]
    alive.end()
