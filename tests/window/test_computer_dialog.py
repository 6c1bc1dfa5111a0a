"""What can be decided about this computer, in the real dialog over the real service."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from batchdock.core.computer import ComputerSettings
from batchdock.window.computer.dialog import ComputerDialog
from batchdock.window.main_window import MainWindow


async def opened(window: MainWindow, eventually: Any) -> ComputerDialog:
    window.actions_["computer"].trigger()
    dialog = window.findChild(ComputerDialog)
    assert dialog is not None
    await eventually(lambda: dialog.save.isEnabled())
    return dialog


async def settings_of(window: MainWindow) -> ComputerSettings:
    settings, _ = await window._context.background.run(window.desk.computer.settings())
    return settings


def test_what_is_chosen_is_saved_and_shown_again(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        dialog = await opened(window, eventually)
        assert dialog.work.device.text()
        dialog.work.gentle.click()
        dialog.room.keep.click()
        dialog.room.limited.click()
        dialog.room.limit.setValue(2.5)
        assert dialog.room._expiry.isVisible()
        QTest.keyClick(dialog.save, Qt.Key.Key_Space)
        await eventually(lambda: window.findChild(ComputerDialog) is None)
        assert await settings_of(window) == ComputerSettings(gentle=True, keep=False, disk_limit_gb=2.5)
        again = await opened(window, eventually)
        assert again.work.gentle.isChecked()
        assert not again.room.keep.isChecked()
        assert again.room.limit.value() == 2.5
        again.reject()
        await eventually(lambda: window.findChild(ComputerDialog) is None)

    play(scenario())


def test_cancel_changes_nothing(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        dialog = await opened(window, eventually)
        dialog.work.gentle.click()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await eventually(lambda: window.findChild(ComputerDialog) is None)
        assert await settings_of(window) == ComputerSettings()

    play(scenario())


def test_a_cluster_that_does_not_answer_is_said_and_can_be_left_again(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    async def scenario() -> None:
        dialog = await opened(window, eventually)
        dialog.work.cluster.click()
        assert not dialog.save.isEnabled()
        assert dialog.work._open_note.isVisible()
        dialog.work.scheduler.setText("127.0.0.1:9")
        dialog.save.click()
        await eventually(lambda: "waits until the cluster answers" in dialog.said.text())
        assert dialog.work.trouble.isVisible()
        assert (await settings_of(window)).scheduler == "tcp://127.0.0.1:9"
        dialog.work.cluster.click()
        dialog.save.click()
        await eventually(lambda: window.findChild(ComputerDialog) is None)
        assert (await settings_of(window)).scheduler == ""

    play(scenario())


def test_an_address_with_tls_asks_for_certificates_and_a_strange_one_is_refused_in_words(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    async def scenario() -> None:
        dialog = await opened(window, eventually)
        dialog.work.cluster.click()
        dialog.work.scheduler.setText("tls://10.0.0.5:8786")
        fields = dialog.work.certificates.values()
        assert all(each.isVisible() for each in fields)
        assert not dialog.work._open_note.isVisible()
        dialog.work.scheduler.setText("http://10.0.0.5:8786")
        assert not any(each.isVisible() for each in fields)
        dialog.save.click()
        await eventually(lambda: "tcp://" in dialog.said.text())
        assert dialog.isVisible()
        dialog.reject()

    play(scenario())
