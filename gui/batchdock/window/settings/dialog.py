"""Preferences: one dialog made from the table. What is chosen holds at once; there is nothing to confirm."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from batchdock.bridge.dialogs import choose
from batchdock.core.errors import BatchdockError, PortTaken
from batchdock.flows.news import Event, PreferencesChanged
from batchdock.flows.preferences import (
    AUTOSAVE_FOLDER,
    HOOKS,
    HOOKS_ADDRESS,
    HOOKS_PORT,
    PREFERENCES,
    Group,
    Preference,
)
from batchdock.flows.results.autosave import usual_folder
from batchdock.window.context import Context
from batchdock.window.fitting import FittingDialog
from batchdock.window.form_scroll import FormScroll
from batchdock.window.messages import in_sentences, worded
from batchdock.window.settings.fields import FIELDS, Field, FolderField, link
from batchdock.window.theme import heading_font, unit
from batchdock.window.tinted_label import TintedLabel

_LOOK_MS = 300
"""Between two looks at whether the receiver listens, which it does a little after it was asked to."""


class PreferencesDialog(FittingDialog):
    """Every preference with its control, group by group. Open it with `open()`."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._is_over = False
        self.finished.connect(self._on_finished)
        self.setWindowTitle(self.tr("Preferences"))
        # A copy that does not know where versions are published has nothing to switch on.
        self._groups = [each for each in Group if each is not Group.UPDATES or context.desk.updates.possible]
        self._shown = [each for each in PREFERENCES if each.group in self._groups]
        self.fields: dict[str, Field] = {each.key: FIELDS[each.kind](each) for each in self._shown}
        self.resets: dict[Group, QPushButton] = {}
        self._told = ("", "")
        self.listening = TintedLabel()
        self.listening.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy = QPushButton(self.tr("Copy address"))
        self.copy.setAutoDefault(False)
        self.copy.setAccessibleName(self.tr("Copy the address to paste at the service"))
        self.copy.clicked.connect(self._on_copy)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        # Enter ends what is typed in a field, not the dialog.
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        for field in self.fields.values():
            field.wanted.connect(lambda value, field=field: self._on_wanted(field, value))
        folder = self.fields[AUTOSAVE_FOLDER.key]
        assert isinstance(folder, FolderField)
        folder.show_usual(str(usual_folder()))
        folder.choose_asked.connect(self._on_choose)
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look_at_receiver)
        self._looking.start()
        context.inbox.arrived.connect(self._on_news)
        self._write()

    def _lay_out(self) -> None:
        step = unit(self)
        content = QWidget()
        groups = QVBoxLayout(content)
        groups.setContentsMargins(0, 0, step * 3, 0)
        groups.setSpacing(step * 3)
        titles = {
            Group.NOTIFICATIONS: self.tr("Notifications"),
            Group.SAVING: self.tr("Saving"),
            Group.WINDOW: self.tr("Window"),
            Group.PICTURES: self.tr("Pictures"),
            Group.HOOKS: self.tr("Webhooks"),
            Group.UPDATES: self.tr("Newer versions"),
        }
        for group in self._groups:
            heading = QLabel(titles[group])
            heading.setFont(heading_font(self, 1.15))
            reset = link(self.tr("Reset"), self.tr("Reset %1").replace("%1", titles[group]))
            reset.clicked.connect(lambda _checked=False, group=group: self._on_reset(group))
            self.resets[group] = reset
            line = QHBoxLayout()
            line.addWidget(heading, 1)
            line.addWidget(reset)
            groups.addLayout(line)
            for each in self._shown:
                if each.group is group:
                    groups.addWidget(self.fields[each.key])
                if each.key == HOOKS_PORT.key and group is Group.HOOKS:
                    groups.addLayout(self._receiver_line())
            groups.addSpacing(step)
        groups.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(step * 5, step * 5, step * 2, step * 4)
        layout.setSpacing(step * 3)
        layout.addWidget(FormScroll(content), 1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(step * 130)

    def _receiver_line(self) -> QHBoxLayout:
        step = unit(self)
        line = QHBoxLayout()
        line.setContentsMargins(step * 6, 0, 0, 0)
        line.setSpacing(step * 2)
        line.addWidget(self.listening, 1)
        line.addWidget(self.copy)
        return line

    def _on_finished(self, _code: int) -> None:
        self._is_over = True

    def _on_wanted(self, field: Field, value: object) -> None:
        if value == self._context.desk.preferences.get(field.preference):
            field.say("")
            return

        async def decide() -> None:
            await self._context.background.run(self._context.desk.preferences.set(field.preference, value))
            if not self._is_over:  # Who closes the dialog does not wait.
                field.say("")
                self._write()

        def refuse(error: BatchdockError) -> None:
            if not self._is_over:
                field.say(_sentence(error))

        self._context.tasks.start(decide(), on_error=refuse)

    def _on_reset(self, group: Group) -> None:
        for each in self.fields.values():
            if each.preference.group is group:
                each.take_back()

        async def reset() -> None:
            await self._context.background.run(self._context.desk.preferences.reset(group))
            if not self._is_over:
                self._write()

        self._context.tasks.start(reset())

    def _on_choose(self) -> None:
        field = self.fields[AUTOSAVE_FOLDER.key]

        async def ask() -> None:
            dialog = QFileDialog(self, self.tr("Folder for results"), str(self._context.desk.autosave.folder))
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
            chosen = await choose(dialog)
            if chosen:
                self.take_folder(chosen[0])

        self._context.tasks.start(ask(), on_error=lambda error: field.say(_sentence(error)))

    def take_folder(self, folder: Path) -> None:
        """Want this folder for results."""
        self._on_wanted(self.fields[AUTOSAVE_FOLDER.key], str(folder))

    def _on_copy(self, _checked: bool = False) -> None:
        QGuiApplication.clipboard().setText(self._context.desk.hooks.address)

    def _on_news(self, events: list[Event]) -> None:
        if any(isinstance(event, PreferencesChanged) for event in events):
            self._write()

    def _write(self) -> None:
        """Show what holds, and what may be reset."""
        preferences = self._context.desk.preferences
        changed = set()
        for field in self.fields.values():
            preference = field.preference
            value = preferences.get(preference)
            field.show_value(value)
            field.setEnabled(not preference.under or bool(preferences.get(self._switch_of(preference))))
            if value != preference.default:
                changed.add(preference.group)
        for group, reset in self.resets.items():
            reset.setEnabled(group in changed)
        self._look_at_receiver()

    def _switch_of(self, preference: Preference[Any]) -> Preference[Any]:
        return self.fields[preference.under].preference

    def _look_at_receiver(self) -> None:
        """Show where the receiver listens, or why it does not."""
        desk = self._context.desk
        address = desk.hooks.address if desk.preferences.get(HOOKS) else ""
        self.listening.setVisible(bool(address))
        self.copy.setVisible(bool(address))
        text = self.tr("Paste this at the service: %1").replace("%1", address)
        if self.listening.text() != text:
            self.listening.setText(text)
        error = next((each.error for each in desk.problems.all() if each.problem_id == "hooks"), None)
        error = error if desk.preferences.get(HOOKS) else None
        about = HOOKS_PORT.key if isinstance(error, PortTaken) else HOOKS_ADDRESS.key
        told = (about, _sentence(error)) if error is not None else ("", "")
        if told != self._told:
            if self._told[0]:
                self.fields[self._told[0]].say("")
            if told[0]:
                self.fields[told[0]].say(told[1])
            self._told = told


def _sentence(error: BatchdockError) -> str:
    return in_sentences(worded(error))
