"""Garbage is collected by the thread of the window only, and it is collected."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from batchdock.bridge import garbage
from batchdock.bridge.garbage import Garbage


class _Cycle(QObject):
    """Ends only in a collection, and notes in which thread."""

    def __init__(self, ended_in: list[str]) -> None:
        super().__init__()
        self.me = self
        weakref.finalize(self, lambda: ended_in.append(threading.current_thread().name))


@pytest.fixture
def collecting(qtbot: QtBot) -> Iterator[Garbage]:
    found = Garbage()
    yield found
    found.close()
    found.deleteLater()


def _make_garbage(rounds: int) -> None:
    for _ in range(rounds):
        cycle: list[object] = []
        cycle.append(cycle)


def test_another_thread_makes_garbage_and_collects_none(
    collecting: Garbage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "OBJECTS", 100)
    ended_in: list[str] = []
    _Cycle(ended_in)
    busy = threading.Thread(target=_make_garbage, args=(100_000,), name="busy")
    busy.start()
    busy.join()
    assert ended_in == []
    qtbot.waitUntil(lambda: ended_in == [threading.main_thread().name])


def test_ages_take_turns(collecting: Garbage, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OBJECTS", "YOUNG_ROUNDS", "OLD_ROUNDS"):
        monkeypatch.setattr(garbage, name, 2)
    gc.collect()
    collected: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop":
            collected.append(info["generation"])

    gc.callbacks.append(note)
    try:
        while 2 not in collected:
            _make_garbage(50)
            collecting.collect_due()
    finally:
        gc.callbacks.remove(note)
    assert collected.count(0) > collected.count(1) > collected.count(2)


def test_python_collects_again_after_the_end(qtbot: QtBot) -> None:
    found = Garbage()
    assert not gc.isenabled()
    found.close()
    found.deleteLater()
    assert gc.isenabled()
