"""One window per home folder: the second start talks to the first, also from another process."""

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from batchdock.bridge.single_instance import SingleInstance

_SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from batchdock.bridge.single_instance import SingleInstance
application = QCoreApplication([])
second = SingleInstance(Path(sys.argv[1]))
print("first" if second.take() else second.call([Path(each) for each in sys.argv[2:]], patience=5.0))
second.close()
"""


_WRITES_NOTHING = """
import resource, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from batchdock.bridge.single_instance import SingleInstance
application = QCoreApplication([])
first = SingleInstance(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    print(first.take())
except OSError as error:
    print(error.strerror)
"""


def start_second(home: Path, *paths: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", _SECOND, str(home), *paths], stdout=subprocess.PIPE, text=True)


def test_the_second_hands_its_paths_to_the_first(qtbot: QtBot, home: Path) -> None:
    first = SingleInstance(home)
    called: list[list[Path]] = []
    first.called.connect(called.append)
    assert first.take()
    with start_second(home, "/a b", "/수확\n17") as second:
        qtbot.waitUntil(lambda: bool(called), timeout=60_000)
        assert second.communicate(timeout=60)[0].strip() == "True"
    assert called == [[Path("/a b"), Path("/수확\n17")]]
    first.close()


def test_a_first_one_that_died_stands_in_nobodys_way(home: Path, qtbot: QtBot) -> None:
    with start_second(home) as dead:
        assert dead.communicate(timeout=60)[0].strip() == "first"
    first = SingleInstance(home)
    assert first.take()
    first.close()


def test_other_homes_are_other_windows(home: Path, tmp_path: Path, qtbot: QtBot) -> None:
    one, other = SingleInstance(home), SingleInstance(tmp_path / "other")
    assert one.take()
    assert other.take()
    one.close()
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_is_not_taken_for_another_window(home: Path) -> None:
    command = [sys.executable, "-c", _WRITES_NOTHING, str(home)]
    asked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert asked.stdout == "Nothing can be written there. Is the disk full?\n"


def test_nobody_answering_is_said_in_time(home: Path, qtbot: QtBot) -> None:
    assert not SingleInstance(home).call([], patience=0.3)
