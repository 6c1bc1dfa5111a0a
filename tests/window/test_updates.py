"""A newer version as the window tells it."""

from typing import Any

from PySide6.QtWidgets import QCheckBox, QPushButton

from batchdock import __version__
from batchdock.flows.news import NewerVersion
from batchdock.flows.preferences import UPDATES
from batchdock.flows.updates import Updates
from batchdock.window.main_window import MainWindow
from batchdock.window.settings.dialog import PreferencesDialog


def test_a_copy_that_knows_no_list_offers_nothing(window: MainWindow) -> None:
    assert not window.actions_["updates"].isVisible()


def test_a_newer_version_is_told_and_can_be_skipped(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        async def publish() -> None:
            window.desk.news.publish(NewerVersion("99.1", "https://releases.example/99.1"))

        await window._context.background.run(publish())
        await eventually(lambda: window.messages.notices)
        (notice,) = window.messages.notices
        assert notice.text == f"Batchdock 99.1 is there; this is {__version__}."
        skip = next(each for each in notice.findChildren(QPushButton) if each.text() == "Skip this version")
        skip.click()
        await eventually(lambda: window.desk.settings.get("updates/skipped") == "99.1")
        assert not window.messages.notices

    play(scenario())


def test_it_is_switched_on_among_the_preferences(window: MainWindow, play: Any, eventually: Any) -> None:
    desk = window.desk
    desk.updates = Updates(desk.settings, desk.preferences, desk.news, "https://releases.example/list")
    dialog = PreferencesDialog(window._context, parent=window)
    dialog.open()

    async def scenario() -> None:
        assert desk.preferences.get(UPDATES) is False
        switch = dialog.fields[UPDATES.key].control
        assert isinstance(switch, QCheckBox)
        switch.click()
        await eventually(lambda: desk.preferences.get(UPDATES) is True)

    play(scenario())
    dialog.close()
