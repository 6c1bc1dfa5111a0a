"""The status bar: what moves, how much room there is, and how each account can be reached."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from batchdock.core.account import Account
from batchdock.core.transfer import Transfer
from batchdock.flows.news import (
    AccountsChanged,
    AwakeChanged,
    AwakeState,
    Event,
    Light,
    LightChanged,
    TransfersChanged,
)
from batchdock.window.accounts.model import LIGHT_ICONS
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.theme import Tint, icon_room, unit
from batchdock.window.transfers.summary import summary
from batchdock.window.wording import grouped, number_text, size_text

DISK_MS = 10_000

_CUPS = {
    AwakeState.IDLE: ("coffee", Tint.MUTED),
    AwakeState.KEPT: ("coffee", Tint.TEXT),
    AwakeState.LET_SLEEP: ("moon", Tint.MUTED),
    AwakeState.NOT_POSSIBLE: ("coffee", Tint.MUTED),
}
_NOT_ASKED = ("circle-dashed", Tint.MUTED)


class StatusBar(QStatusBar):
    """Fed by the news; the free space is looked up away from the window's thread, since a disk may be asleep."""

    accounts_asked = Signal()
    transfers_asked = Signal()
    problems_asked = Signal()

    def __init__(self, context: Context, disk: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._disk = disk
        self._free: int | None = None
        self._asking: asyncio.Task[None] | None = None
        self._transfers: dict[str, Transfer] = {}
        self._drawing: tuple[str, Tint] | None = None
        self._known: dict[str, Light] = {}
        self._lights: dict[str, QToolButton] = {}
        step = unit(self)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(step * 2, 0, step * 2, 0)
        self._moving = QToolButton(autoRaise=True)
        self._moving.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._moving.setIconSize(icon_room(self))
        self._moving.clicked.connect(lambda _checked=False: self.transfers_asked.emit())
        self._room = QLabel()
        self._room.setContentsMargins(step * 2, 0, step * 2, 0)
        self.cup = QToolButton(autoRaise=True)
        self.cup.setIconSize(icon_room(self))
        self.cup.clicked.connect(self._on_cup)
        self.badge = QToolButton(autoRaise=True)
        self.badge.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.badge.setIcon(icon("triangle-alert", Tint.WARNING))
        self.badge.setIconSize(icon_room(self))
        self.badge.clicked.connect(lambda _checked=False: self.problems_asked.emit())
        self.badge.hide()
        self.addWidget(self._moving)
        self.addWidget(self.cup)
        for widget in (self.badge, self._room):
            self.addPermanentWidget(widget)
        self._timer = QTimer(self)
        self._timer.setInterval(DISK_MS)
        self._timer.timeout.connect(self.look_at_disk)
        self._timer.start()
        self._write()
        self._write_cup(context.desk.awake.state)

    @property
    def moving(self) -> tuple[Transfer, ...]:
        """The transfers that are not over."""
        return tuple(each for each in self._transfers.values() if not each.state.is_terminal)

    def take(self, events: Sequence[Event]) -> None:
        """Bring everything up to date with the news."""
        for event in events:
            match event:
                case TransfersChanged(transfers):
                    self._transfers.update((each.transfer_id, each) for each in transfers)
                case AwakeChanged(state):
                    self._write_cup(state)
                case AccountsChanged(accounts):
                    self.set_accounts(accounts)
                case LightChanged(account_id, light):
                    self._known[account_id] = light
                    self._write_light(account_id)
        self._write()

    def set_transfers(self, transfers: Sequence[Transfer]) -> None:
        """Say what is known at the start."""
        self._transfers = {each.transfer_id: each for each in transfers}
        self._write()

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        """Show one light for each account, as it is known at this moment."""
        for account in accounts:
            light = self._context.desk.accounts.light(account.account_id)
            if light is not None:
                self._known[account.account_id] = light
        for button in self._lights.values():
            self.removeWidget(button)
            button.deleteLater()
        self._lights = {}
        for account in accounts:
            button = QToolButton(autoRaise=True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(icon_room(self))
            button.setText(account.name)
            button.clicked.connect(lambda _checked=False: self.accounts_asked.emit())
            self._lights[account.account_id] = button
            self.addPermanentWidget(button)
            self._write_light(account.account_id)

    def set_problems(self, count: int) -> None:
        """Show how many problems are open; nothing when there are none."""
        self.badge.setVisible(bool(count))
        self.badge.setText(number_text(count))
        said = grouped(self.tr("%n problem(s) to look at", "", count), count)
        self.badge.setToolTip(said)
        self.badge.setAccessibleName(said)

    def look_at_disk(self) -> None:
        """Ask how much room there is, unless the last question is still open."""
        if self._asking is None or self._asking.done():
            self._asking = self._context.tasks.start(self._ask_disk())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.LanguageChange:
            self._write()
            self._write_cup(self._context.desk.awake.state)
            for account_id in self._lights:
                self._write_light(account_id)
        super().changeEvent(event)

    async def _ask_disk(self) -> None:
        try:
            usage = await self._context.background.run(asyncio.to_thread(shutil.disk_usage, self._disk))
        except OSError:
            self._free = None
        else:
            self._free = usage.free
        self._write()

    def _write(self) -> None:
        moving = summary(self._transfers.values())
        self._moving.setVisible(moving is not None)
        if moving is not None:
            self._moving.setText(moving.text)
            if (drawing := (moving.icon, moving.tint)) != self._drawing:
                self._drawing = drawing
                self._moving.setIcon(icon(*drawing))
            self._moving.setAccessibleName(moving.text)
            self._moving.setToolTip(moving.tooltip)
        known = self._free is not None
        self._room.setVisible(known)
        if self._free is not None:
            self._room.setText(self.tr("Disk: %1 free").replace("%1", size_text(self._free)))
            self._room.setToolTip(str(self._disk))

    def _write_cup(self, state: AwakeState) -> None:
        self.cup.setVisible(state is not AwakeState.IDLE)
        self.cup.setIcon(icon(*_CUPS[state]))
        words = {
            AwakeState.IDLE: "",
            AwakeState.KEPT: self.tr("Keeping this computer awake while files are sent"),
            AwakeState.LET_SLEEP: self.tr("This computer may fall asleep; the work continues when it wakes"),
            AwakeState.NOT_POSSIBLE: self.tr(
                "This desktop offers no way to keep the computer awake. If it falls asleep, the work continues when it "
                "wakes."
            ),
        }
        offers = {
            AwakeState.KEPT: self.tr("Click to allow sleep."),
            AwakeState.LET_SLEEP: self.tr("Click to keep it awake."),
        }
        self.cup.setEnabled(state in offers)
        self.cup.setAccessibleName(words[state])
        self.cup.setToolTip("\n".join(filter(None, (words[state], offers.get(state, "")))))

    def _on_cup(self, _checked: bool = False) -> None:
        awake = self._context.desk.awake
        self._context.tasks.start(self._context.background.run(awake.let_sleep(awake.state is AwakeState.KEPT)))

    def _write_light(self, account_id: str) -> None:
        button = self._lights.get(account_id)
        if button is None:
            return
        words = {
            Light.OK: self.tr("connected"),
            Light.SLOW: self.tr("answers slowly"),
            Light.NO_CONNECTION: self.tr("no connection; work waits and continues by itself"),
            Light.KEY_REFUSED: self.tr("the key is not accepted; work is paused"),
        }
        light = self._known.get(account_id)
        button.setIcon(icon(*(_NOT_ASKED if light is None else LIGHT_ICONS[light])))
        said = f"{button.text()}: {self.tr('not asked yet') if light is None else words[light]}"
        button.setToolTip(said)
        button.setAccessibleName(said)
