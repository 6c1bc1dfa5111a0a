"""A whole job by keyboard alone, on a real (virtual) screen, watched through the tree that screen readers read."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from making import accessible
from making.accessible import Node, Reader, accessibility_bus
from making.screen import Screen, missing_packages, virtual_screen, wait_for

PROGRAM = "Batchdock"
PICTURES, SIZE = 100, (1600, 1200)
"""Noise, in which codes are looked for in vain, keeps two processors busy for long enough to be stopped half-way."""

CONTROLS = ("button", "check", "combo", "text", "spin", "table", "list", "tree", "slider", "page tab list", "menu")
QT_OWN = ("list item", "text")
"""Empty headings of a list, and the texts inside of other controls, are named by what they are in."""

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="this accessibility bus is Linux's"),
    pytest.mark.timeout(170),
]


class Person:
    """Somebody who sees nothing and has no mouse."""

    def __init__(self, screen: Screen, reader: Reader) -> None:
        self.screen, self.reader = screen, reader

    def press(self, *keys: str) -> None:
        self.screen.do("key", "--clearmodifiers", "--delay", "60", *keys)

    def write(self, text: str) -> None:
        self.screen.do("type", "--delay", "20", text)

    def hear(self, part: str, role: str = "", seconds: float = 40.0) -> Node:
        return self.reader.wait_for(PROGRAM, part, role, seconds)

    def press_until_not(self, key: str, word: str, part: str, role: str, seconds: float = 40.0) -> None:
        """Press a key until something is there that does not say `word` any more."""

        def left() -> str:
            self.press(key)
            found = self.reader.named(PROGRAM, part, role)
            return found.name if found is not None and word not in found.name else ""

        wait_for(left, seconds)

    def press_until(self, key: str, part: str, role: str = "", seconds: float = 40.0) -> Node:
        """Press a key that does nothing until everything is ready, until something is there."""

        def there() -> str:
            self.press(key)
            found = self.reader.named(PROGRAM, part, role)
            return found.name if found else ""

        wait_for(there, seconds)
        return self.hear(part, role)


@pytest.fixture
def person(home: Path) -> Iterator[Person]:
    missing = [*missing_packages(), *accessible.missing_packages()]
    assert not missing, f"needs a screen and an accessibility bus: apt-get install {' '.join(missing)}"
    with virtual_screen() as screen, accessibility_bus(screen.environment(BATCHDOCK_HOME=str(home))) as (there, reader):
        app = subprocess.Popen([sys.executable, "-m", "batchdock"], env=there)
        try:
            window = screen.window_named(PROGRAM)

            def has_the_keys() -> bool:
                screen.do("windowactivate", window)
                return screen.do("getwindowfocus") == window

            wait_for(lambda: "yes" if has_the_keys() else "", 60)
            yield Person(screen, reader)
        finally:
            app.terminate()
            app.wait(30)


@pytest.mark.timeout(400)
def test_a_job_is_started_watched_stopped_and_started_again(person: Person, tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    for number in range(PICTURES):
        Image.effect_noise(SIZE, 120).save(tmp_path / "card" / f"{number}.jpg")
    person.press_until("ctrl+shift+o", "Add folder", "dialog")
    person.write(str(tmp_path / "card"))
    person.press("Return")
    person.hear(f"{PICTURES} pictures")
    person.press_until("ctrl+Return", "card, Running", "cell", seconds=100)
    person.press("alt+j", "t")
    person.hear("Stop “card”?")
    person.press("Return")
    person.hear("card, Stopped", "cell")
    # It may be done before anybody has heard that it runs.
    person.press_until_not("ctrl+r", "Stopped", "card, ", "cell")
    person.hear("card, Done, 100 %", "cell", seconds=300)


def test_every_control_has_a_name_and_every_row_its_state(person: Person) -> None:
    person.press("alt+f", "p")
    person.press_until("ctrl+Return", "samples, ", "cell")
    person.hear("samples, Done", "cell", seconds=60)
    nodes = list(person.reader.nodes(PROGRAM))
    nameless = [each for each in nodes if not each.name and _is_control(each)]
    assert [each.role for each in nameless if person.reader.is_shown(each)] == []
    cells = [each.name for each in nodes if each.role == "cell" and person.reader.is_shown(each)]
    assert all(cells), cells


def _is_control(node: Node) -> bool:
    return node.role not in QT_OWN and any(part in node.role for part in CONTROLS)
