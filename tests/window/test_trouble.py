"""What stands in the way is said where it does, and what support asks for can be copied."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from batchdock.core.errors import BatchdockError, NotFound
from batchdock.services.http.answer import Answer
from batchdock.services.tensorbay.failures import of_answer
from batchdock.window.inventory.trouble import Trouble


def refused() -> BatchdockError:
    """Return what a refusal becomes."""
    body = b'{"code": "ResourceNotExist", "message": "dataset not exist!"}'
    answer = Answer(404, "Not Found", {"X-Request-Id": "theirs-1"}, body)
    return of_answer(answer, service="TensorBay", what="GET /v1/datasets/x", asked="0" * 32, secrets=())


@pytest.mark.parametrize("by_keyboard", [False, True])
def test_the_ids_of_a_request_can_be_copied(
    application: QApplication, qtbot: QtBot, clipboard: Any, by_keyboard: bool
) -> None:
    error = refused()
    assert type(error) is NotFound
    trouble = Trouble()
    qtbot.addWidget(trouble)
    trouble.say(error, "The list broke off.")
    assert trouble.said.text().startswith("The list broke off. TensorBay does not know this any more.")
    assert trouble.copy.accessibleName() == "Copy technical details"
    if by_keyboard:
        trouble.copy.setFocus()
        QTest.keyClick(trouble.copy, Qt.Key.Key_Space)
    else:
        QTest.mouseClick(trouble.copy, Qt.MouseButton.LeftButton)
    lines = clipboard.text().splitlines()
    assert lines[0] == "NotFound"
    assert "GET /v1/datasets/x → 404 · ResourceNotExist · dataset not exist!" in lines
    assert lines[-2:] == [f"X-Request-Id sent: {'0' * 32}", "X-Request-Id answered: theirs-1"]
