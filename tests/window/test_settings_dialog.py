"""Preferences, in the real dialog over the real desk: what is chosen holds at once."""

import asyncio
import socket
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from batchdock.flows.preferences import (
    AUTOSAVE,
    AUTOSAVE_FOLDER,
    AUTOSAVE_MOST,
    HOOKS,
    HOOKS_ADDRESS,
    HOOKS_PORT,
    NOTIFY,
    NOTIFY_SOUND,
    PREFERENCES,
    Group,
    Level,
)
from batchdock.window.main_window import MainWindow
from batchdock.window.settings.dialog import PreferencesDialog


async def opened(window: MainWindow, eventually: Any) -> PreferencesDialog:
    window.actions_["preferences"].trigger()
    dialog = window.findChild(PreferencesDialog)
    assert dialog is not None
    await eventually(dialog.isVisible)
    return dialog


async def closed(window: MainWindow, dialog: PreferencesDialog, eventually: Any) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await eventually(lambda: window.findChild(PreferencesDialog) is None)


def test_the_usual_keys_and_menu_open_it(window: MainWindow) -> None:
    action = window.actions_["preferences"]
    assert action.shortcut() == QKeySequence("Ctrl+,")
    assert action.menuRole() is QAction.MenuRole.PreferencesRole


def test_every_preference_has_a_control_with_a_name(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        dialog = await opened(window, eventually)
        # A checkout does not know where versions are published.
        assert set(dialog.fields) == {each.key for each in PREFERENCES if each.group is not Group.UPDATES}
        names = [field.control.accessibleName() for field in dialog.fields.values()]
        assert all(names)
        assert not any("&" in name for name in names)
        assert len(set(names)) == len(names)
        assert all(button.accessibleName() for button in dialog.resets.values())
        await closed(window, dialog, eventually)

    play(scenario())


def test_what_is_chosen_holds_at_once_and_is_shown_again(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        get = window.desk.preferences.get
        dialog = await opened(window, eventually)
        level, sound, most = (dialog.fields[each.key].control for each in (NOTIFY, NOTIFY_SOUND, AUTOSAVE_MOST))
        assert isinstance(level, QComboBox)
        assert isinstance(sound, QCheckBox)
        assert isinstance(most, QSpinBox)
        level.setFocus()
        QTest.keyClick(level, Qt.Key.Key_Down)
        await eventually(lambda: get(NOTIFY) is Level.PROBLEMS)
        QTest.keyClick(sound, Qt.Key.Key_Space)
        await eventually(lambda: get(NOTIFY_SOUND))
        assert not most.isEnabled()  # Automatic saving is off in tests.
        box = dialog.fields[AUTOSAVE.key].control
        QTest.keyClick(box, Qt.Key.Key_Space)
        await eventually(most.isEnabled)
        most.setValue(7)
        await eventually(lambda: get(AUTOSAVE_MOST) == 7)
        await closed(window, dialog, eventually)
        again = await opened(window, eventually)
        shown = again.fields[NOTIFY.key].control
        assert isinstance(shown, QComboBox)
        assert shown.currentText() == "Problems only"
        await closed(window, again, eventually)

    play(scenario())


def test_reset_brings_back_one_group(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        preferences = window.desk.preferences
        dialog = await opened(window, eventually)
        assert not dialog.resets[Group.NOTIFICATIONS].isEnabled()
        await window._context.background.run(preferences.set(NOTIFY, Level.NONE))
        await eventually(dialog.resets[Group.NOTIFICATIONS].isEnabled)
        QTest.keyClick(dialog.resets[Group.NOTIFICATIONS], Qt.Key.Key_Space)
        await eventually(lambda: preferences.get(NOTIFY) is Level.ENDED_AND_PROBLEMS)
        await eventually(lambda: not dialog.resets[Group.NOTIFICATIONS].isEnabled())
        assert preferences.get(AUTOSAVE) is False
        await closed(window, dialog, eventually)

    play(scenario())


def test_what_can_not_be_is_said_below_its_field(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        preferences = window.desk.preferences
        await window._context.background.run(preferences.set(AUTOSAVE, True))
        dialog = await opened(window, eventually)
        field = dialog.fields[AUTOSAVE_FOLDER.key]
        line = field.control
        assert isinstance(line, QLineEdit)
        assert "Batchdock" in line.placeholderText()
        QTest.keyClicks(line, "Pictures")
        QTest.keyClick(line, Qt.Key.Key_Return)
        await eventually(field.said.isVisible)
        assert "“Pictures” is not a whole path" in field.said.text()
        assert field.control.accessibleDescription() == field.said.text()
        assert preferences.get(AUTOSAVE_FOLDER) == ""
        dialog.take_folder(Path("/somewhere/else"))
        await eventually(lambda: not field.said.isVisible())
        assert preferences.get(AUTOSAVE_FOLDER) == "/somewhere/else"
        assert line.text() == "/somewhere/else"
        await closed(window, dialog, eventually)

    play(scenario())


def test_the_receiver_says_where_it_listens_and_when_its_port_is_taken(
    window: MainWindow, play: Any, eventually: Any, clipboard: Any
) -> None:
    async def scenario() -> None:
        with socket.socket() as first, socket.socket() as second:
            for each in (first, second):
                each.bind(("127.0.0.1", 0))
            taken, free = first.getsockname()[1], second.getsockname()[1]
            second.close()
            first.listen()
            run, preferences = window._context.background.run, window.desk.preferences
            await run(preferences.set(HOOKS_PORT, free))
            dialog = await opened(window, eventually)
            assert not dialog.listening.isVisible()
            QTest.keyClick(dialog.fields[HOOKS.key].control, Qt.Key.Key_Space)
            await eventually(dialog.copy.isVisible)
            assert f"http://127.0.0.1:{free}/" in dialog.listening.text()
            dialog.copy.click()
            assert clipboard.text() == window.desk.hooks.address
            await run(preferences.set(HOOKS_PORT, taken))
            port = dialog.fields[HOOKS_PORT.key]
            await eventually(port.said.isVisible)
            assert str(taken) in port.said.text()
            assert not dialog.copy.isVisible()
            await run(preferences.set(HOOKS_PORT, free))
            await eventually(lambda: not port.said.isVisible())
            QTest.keyClick(dialog.fields[HOOKS.key].control, Qt.Key.Key_Space)
            await eventually(lambda: not dialog.copy.isVisible())
            assert preferences.get(HOOKS_ADDRESS) == "127.0.0.1"
            await closed(window, dialog, eventually)

    play(scenario())


def test_the_keyboard_reaches_every_control(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        for each in (AUTOSAVE, HOOKS):
            await window._context.background.run(window.desk.preferences.set(each, True))
        dialog = await opened(window, eventually)
        await asyncio.sleep(0)
        wanted: set[QWidget] = {field.control for field in dialog.fields.values()}
        seen: set[QWidget] = set()
        here: QWidget | None = dialog
        for _ in range(90):
            here = here.nextInFocusChain() if here is not None else None
            if here is not None and here.focusPolicy() & Qt.FocusPolicy.TabFocus and here.isEnabled():
                seen.add(here)
        assert wanted <= seen
        await closed(window, dialog, eventually)

    play(scenario())
