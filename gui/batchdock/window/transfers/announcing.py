"""What is said when transfers arrive, wait for a person, or go on after the computer has slept."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.transfer import Transfer, TransferKind, TransferState, Wanted
from batchdock.flows.news import Event, TransfersChanged, Woke
from batchdock.flows.transfers.holds import FOR_PERSON
from batchdock.window.context import Context
from batchdock.window.messages import Notice
from batchdock.window.notifying import Told, Weight
from batchdock.window.transfers.banners import Banners
from batchdock.window.transfers.wording import hold_word, share_of, transfer_word
from batchdock.window.tray import Tray
from batchdock.window.wording import files_text, grouped, percent_text

WELCOME_SECONDS = 10
MOST_SPOKEN = 3
"""Of changes that come together; a screen reader says them one after another."""

_ARRIVED = (TransferState.DONE, TransferState.DONE_WITH_PROBLEMS)


class TransferAnnouncer(QObject):
    """Follows the news. What was over when the program began is not news."""

    def __init__(self, context: Context, window: QWidget, tray: Tray) -> None:
        super().__init__(window)
        self._context, self._window, self._tray = context, window, tray
        self._banners = Banners(context, window, tray)
        self._known = {each.transfer_id: each for each in context.desk.transfers.all()}
        self._quarters: dict[str, int] = {}
        self._told: set[tuple[str, object]] = set()
        self._notice: Notice | None = None
        self._arrived: list[Transfer] = []
        context.inbox.arrived.connect(self._on_news)
        self._banners.update_for(tuple(self._known.values()))

    def _on_news(self, events: list[Event]) -> None:
        changed: dict[str, Transfer] = {}
        for event in events:
            match event:
                case TransfersChanged(transfers):
                    changed.update({each.transfer_id: each for each in transfers})
                case Woke():
                    self._welcome()
        if changed:
            self._take(changed.values())

    def _take(self, changed: Iterable[Transfer]) -> None:
        arrived: list[Transfer] = []
        spoken: list[str] = []
        for transfer in changed:
            before = self._known.get(transfer.transfer_id)
            self._known[transfer.transfer_id] = transfer
            spoken += self._to_speak(before, transfer)
            if before is not None and (before.state, before.hold) == (transfer.state, transfer.hold):
                continue
            if transfer.state in _ARRIVED and before is not None and not before.state.is_terminal:
                arrived.append(transfer)
            elif transfer.state is TransferState.FAILED and before is not None and not before.state.is_terminal:
                self._tell_trouble(transfer, transfer.message)
            elif transfer.state is TransferState.HELD and transfer.hold in FOR_PERSON:
                self._tell_hold(transfer)
        self._tell_arrived(arrived)
        self._speak(spoken)
        self._banners.update_for(tuple(self._known.values()))

    def _tell_hold(self, transfer: Transfer) -> None:
        about = (transfer.transfer_id, transfer.hold)
        if about not in self._told and transfer.hold is not None and not self._banners.says(transfer.hold):
            self._told.add(about)
            self._tell_trouble(transfer, hold_word(transfer.hold))

    def _tell_trouble(self, transfer: Transfer, text: str) -> None:
        title = self.tr("“%1” needs you").replace("%1", transfer.name)
        self._tray.tell(Told(title, text, Weight.PROBLEM, page="problems"))

    def _tell_arrived(self, arrived: Sequence[Transfer]) -> None:
        """Say it in the window for what was sent (saving says it itself), and beside the clock for both."""
        for transfer in arrived:
            if transfer.kind is TransferKind.SAVING:
                title = self.tr("“%1” is saved").replace("%1", transfer.name)
                self._tray.tell(Told(title, files_text(transfer.items_done)))
        sent = [each for each in arrived if each.kind is TransferKind.SENDING and each.account_id != THIS_COMPUTER_ID]
        if not sent:
            return
        for transfer in sent:
            title = self.tr("“%1” has arrived").replace("%1", transfer.name)
            self._tray.tell(Told(title, files_text(transfer.items_done)))
        if self._notice is not None and self._notice in self._context.messages.notices:
            self._notice.close_now()
        else:
            self._arrived = []
        self._arrived = [each for each in self._arrived if each not in sent] + sent
        if len(self._arrived) == 1:
            text = self.tr("“%1” has arrived: %2.").replace("%1", sent[0].name)
            text = text.replace("%2", files_text(sent[0].items_done))
        else:
            text = grouped(self.tr("%n uploads have arrived.", "", len(self._arrived)), len(self._arrived))
        self._notice = self._context.messages.info(text)

    def _welcome(self) -> None:
        going = [each for each in self._known.values() if not each.state.is_terminal]
        count = sum(each.wanted is Wanted.RUNNING for each in going)
        if count:
            text = grouped(self.tr("Welcome back. Continuing %n transfer(s).", "", count), count)
            self._context.messages.info(text, seconds=WELCOME_SECONDS)

    def _to_speak(self, before: Transfer | None, transfer: Transfer) -> list[str]:
        """Return what a screen reader should say: a new state, or another quarter of the way."""
        quarter = int(share_of(transfer) * 4)
        last = self._quarters.get(transfer.transfer_id, quarter)
        self._quarters[transfer.transfer_id] = quarter
        if before is None:
            return []
        if transfer_word(before) != transfer_word(transfer):
            return [f"{transfer.name}: {transfer_word(transfer)}"]
        return [f"{transfer.name}: {percent_text(quarter / 4)}"] if quarter > last else []

    def _speak(self, spoken: Sequence[str]) -> None:
        if spoken and QAccessible.isActive():
            text = ". ".join(spoken[:MOST_SPOKEN])
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, text))
