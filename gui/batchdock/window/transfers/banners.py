"""The banner over the page when something outside has stopped a whole account or disk. The rest stands in its row."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from batchdock.core.account import Account
from batchdock.core.errors import BatchdockError, KeyRefused
from batchdock.core.transfer import Hold, Transfer, TransferKind, TransferState
from batchdock.window.accounts.connect_dialog import ConnectDialog
from batchdock.window.context import Context
from batchdock.window.messages import Notice, worded
from batchdock.window.notifying import Told, Weight
from batchdock.window.results.saving import open_folder
from batchdock.window.tray import Tray
from batchdock.window.wording import grouped

CALM_MS = 6000
"""A hold that is gone for so long is over; shorter, it was only looked whether it is."""

_ICONS = {Hold.KEY: "key-round", Hold.CREDITS: "wallet", Hold.DISK: "hard-drive"}

_Cause = tuple[Hold, str]
"""What holds, and the account that it holds; all full disks are one."""
_GOING = (TransferState.LISTING, TransferState.MOVING, TransferState.CHECKING, TransferState.WAITING)


class Banners(QObject):
    """One banner for each cause, and one notification. Closed by the person, it does not come back for this cause."""

    def __init__(self, context: Context, window: QWidget, tray: Tray) -> None:
        super().__init__(window)
        self._context, self._window, self._tray = context, window, tray
        self._open: dict[_Cause, Notice] = {}
        self._held: dict[_Cause, list[str]] = {}
        self._leaving: dict[_Cause, QTimer] = {}

    def update_for(self, transfers: Sequence[Transfer]) -> None:
        """Look at all transfers, and bring the banners up to date."""
        causes: dict[_Cause, list[Transfer]] = {}
        for transfer in transfers:
            if transfer.state is TransferState.HELD and transfer.hold in _ICONS:
                account = "" if transfer.hold is Hold.DISK else transfer.account_id
                causes.setdefault((transfer.hold, account), []).append(transfer)
        for cause, held in causes.items():
            if (timer := self._leaving.pop(cause, None)) is not None:
                timer.deleteLater()
            self._held[cause] = [transfer.transfer_id for transfer in held]
            self._show(cause, held)
        for cause in self._open.keys() - causes.keys() - self._leaving.keys():
            self._leave_soon(cause, transfers)

    @staticmethod
    def says(hold: Hold) -> bool:
        """Tell whether there is a banner, and a notification with it, for such a hold."""
        return hold in _ICONS

    # --- inside

    def _show(self, cause: _Cause, held: list[Transfer]) -> None:
        error = self._error_of(held[0])
        title, text = self._title(cause, error), self._text(cause, held)
        if cause in self._open:
            if self._open[cause] in self._context.messages.notices:
                self._open[cause].rewrite(title, text)
            return
        notice = self._context.messages.banner(_ICONS[cause[0]], title, text)
        self._open[cause] = notice
        account = self._account(cause[1])
        folder = error.values.get("folder") if error is not None else None
        if cause[0] is Hold.KEY and account is not None:
            notice.add_button(self.tr("Enter a new key…"), lambda: self._ask_key(account))
        elif cause[0] is Hold.DISK and folder:
            notice.add_button(self.tr("Open folder"), lambda: open_folder(Path(str(folder))))
        notice.add_button(self.tr("Later"), lambda: None, closes=True)
        self._tray.tell(Told(title, text, Weight.PROBLEM, page="problems"))

    def _leave_soon(self, cause: _Cause, transfers: Sequence[Transfer]) -> None:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: self._leave(cause))
        self._leaving[cause] = timer
        going = {each.transfer_id for each in transfers if not each.state.is_terminal}
        # Stopped or paused by the person: nothing to wait for.
        timer.start(CALM_MS if going.intersection(self._held[cause]) else 0)

    def _leave(self, cause: _Cause) -> None:
        self._leaving.pop(cause).deleteLater()
        notice, held = self._open.pop(cause), self._held.pop(cause)
        if notice in self._context.messages.notices:
            notice.close_now()
        moving = {each.transfer_id for each in self._context.desk.transfers.all() if each.state in _GOING}
        count = len(moving.intersection(held))
        if count and cause[0] is Hold.KEY:
            text = grouped(self.tr("Connected again. Continuing %n transfer(s).", "", count), count)
            self._context.messages.info(text)

    def _title(self, cause: _Cause, error: BatchdockError | None) -> str:
        account = self._account(cause[1])
        if cause[0] is Hold.KEY and account is not None and (error is None or isinstance(error, KeyRefused)):
            service = str(error.values.get("service", account.name)) if error is not None else account.name
            text = self.tr("%1 no longer accepts the key of “%2”.")
            return text.replace("%1", service).replace("%2", account.name)
        if error is not None:
            return worded(error)[0]
        words = {Hold.DISK: self.tr("The disk is full"), Hold.CREDITS: self.tr("The service wants to be paid")}
        return words.get(cause[0], self.tr("A key is missing"))

    def _text(self, cause: _Cause, held: list[Transfer]) -> str:
        uploads = sum(transfer.kind is TransferKind.SENDING for transfer in held)
        downloads = len(held) - uploads
        counts = [grouped(self.tr("%n upload(s)", "", uploads), uploads)] if uploads else []
        counts += [grouped(self.tr("%n download(s)", "", downloads), downloads)] if downloads else []
        words = {
            Hold.KEY: self.tr("Paused: %1; nothing is lost. Work on this computer goes on."),
            Hold.CREDITS: self.tr("Paused: %1; nothing is lost. It continues when the account has been settled."),
            Hold.DISK: self.tr("Paused: %1. It continues by itself when there is room."),
        }
        return words[cause[0]].replace("%1", ", ".join(counts))

    def _error_of(self, transfer: Transfer) -> BatchdockError | None:
        problems = self._context.desk.problems.all()
        ours = (each.error for each in problems if each.problem_id == f"transfer:{transfer.transfer_id}")
        return next(ours, None)

    def _account(self, account_id: str) -> Account | None:
        return next((each for each in self._context.desk.accounts.all() if each.account_id == account_id), None)

    def _ask_key(self, account: Account) -> None:
        ConnectDialog(self._context, account=account, parent=self._window).open()
