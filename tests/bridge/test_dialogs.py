"""Dialogs are opened and awaited; the loop turns on meanwhile."""

import asyncio

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from batchdock.bridge.dialogs import ask
from batchdock.bridge.loop import new_loop


def test_the_answer_comes_back_and_the_loop_turned_on(qapp: QApplication, qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    turns: list[int] = []

    async def scenario() -> int:
        async def turn() -> None:
            for number in range(5):
                turns.append(number)
                await asyncio.sleep(0.01)

        turning = asyncio.create_task(turn())
        QTimer.singleShot(100, dialog.accept)
        code = await ask(dialog)
        await turning
        return code

    loop = new_loop(qapp)
    assert loop.run_until_complete(scenario()) == QDialog.DialogCode.Accepted
    loop.close()
    assert len(turns) == 5


def test_cancelling_the_question_closes_it(qapp: QApplication, qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)

    async def scenario() -> None:
        question = asyncio.create_task(ask(dialog))
        await asyncio.sleep(0.02)
        assert dialog.isVisible()
        question.cancel()
        with pytest.raises(asyncio.CancelledError):
            await question

    loop = new_loop(qapp)
    loop.run_until_complete(scenario())
    loop.close()
    assert not dialog.isVisible()
