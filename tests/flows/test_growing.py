"""The hidden folder in which results grow: gone at the end, and swept away when its process was killed."""

import subprocess
import sys
from pathlib import Path

from batchdock.flows.results.growing import GrowingFolder

HOLDER = """
import sys
from pathlib import Path
from batchdock.flows.results.growing import GrowingFolder

folder = GrowingFolder.begin(Path(sys.argv[1]))
(folder.path / "half.csv").write_text("half")
print(folder.path.name, flush=True)
sys.stdin.read()
"""


def left_in(parent: Path) -> list[str]:
    return sorted(each.name for each in parent.iterdir())


def test_nothing_is_left_at_the_end(tmp_path: Path) -> None:
    folder = GrowingFolder.begin(tmp_path)
    (folder.path / "a").write_text("a")
    assert left_in(tmp_path) == [folder.path.name]
    folder.end()
    assert left_in(tmp_path) == []


def test_what_grows_now_stays_and_what_a_killed_process_left_goes(tmp_path: Path) -> None:
    (tmp_path / "of the person").mkdir()
    (tmp_path / ".batchdock-of somebody else").mkdir()
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        other = holder.stdout.readline().strip()
        GrowingFolder.begin(tmp_path).end()
        assert (tmp_path / other / "half.csv").exists()
        holder.kill()
    GrowingFolder.begin(tmp_path).end()
    assert left_in(tmp_path) == [".batchdock-of somebody else", "of the person"]
