"""The window's loop: it ends when `main` does, and whoever else ends it can not keep `main` from tidying up."""

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from batchdock.bridge import loop


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    before = qapp.quitOnLastWindowClosed()
    yield qapp
    qapp.setQuitOnLastWindowClosed(before)


def test_it_returns_what_main_returns(application: QApplication) -> None:
    async def main() -> int:
        await asyncio.sleep(0)
        return 7

    assert loop.run(application, main()) == 7


def test_an_error_of_main_comes_out_as_itself(application: QApplication) -> None:
    async def main() -> int:
        raise RuntimeError("of our own")

    with pytest.raises(RuntimeError, match="of our own"):
        loop.run(application, main())


def test_who_ends_the_loop_from_outside_does_not_keep_main_from_tidying_up(application: QApplication) -> None:
    tidied: list[str] = []

    async def main() -> int:
        QTimer.singleShot(0, application, lambda: application.exit(3))
        try:
            await asyncio.Event().wait()
        finally:
            # Once more, while tidying up.
            QTimer.singleShot(0, application, lambda: application.exit(3))
            await asyncio.to_thread(tidied.append, "on another thread")
            await asyncio.sleep(0.05)
            tidied.append("here")
        return 1

    assert loop.run(application, main()) == 0
    assert tidied == ["on another thread", "here"]
