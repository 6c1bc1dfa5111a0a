"""What can be done to the selected transfers, and to all of them."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from batchdock.bridge.dialogs import choose
from batchdock.core.errors import NotAllArrived
from batchdock.core.transfer import Hold, Transfer, TransferKind, TransferState, Wanted
from batchdock.flows.transfers.queue import Place
from batchdock.window.context import Context
from batchdock.window.results.saving import open_folder

LOOK_SECONDS = 2.0
AGAIN = (TransferState.FAILED, TransferState.STOPPED, TransferState.DONE_WITH_PROBLEMS)


class TransferCommands(QObject):
    """Acts through the flows on what `selected` returns. What changed comes back as news."""

    def __init__(
        self,
        context: Context,
        parent: QWidget,
        selected: Callable[[], Sequence[Transfer]],
        listed: Callable[[], Sequence[Transfer]],
        show: Callable[[], None],
    ) -> None:
        """`listed` returns all transfers there are; `show` brings the list up to date with the flows."""
        super().__init__(parent)
        self._context = context
        self._window = parent
        self._selected = selected
        self._listed = listed
        self._show = show

    def possible(self) -> dict[str, bool]:
        """Return which commands make sense now, for the selection and for all."""
        chosen, everything = self._selected(), self._listed()
        going = [transfer for transfer in chosen if not transfer.state.is_terminal]
        one = chosen[0] if len(chosen) == 1 else None
        return {
            "pause-continue": bool(going),
            "transfer-stop": bool(going),
            "transfer-again": any(transfer.state in (*AGAIN, TransferState.HELD) for transfer in chosen),
            "go-on-without": any(self.lacks_files(transfer) for transfer in chosen),
            "find-folder": one is not None and one.hold is Hold.SOURCE,
            "transfer-folder": one is not None and one.place is not None and one.hold is not Hold.SOURCE,
            "receipt": one is not None and self.receipt_of(one) is not None,
            "transfer-command": one is not None and one.kind is TransferKind.SENDING,
            **dict.fromkeys(("move-top", "move-up", "move-down", "move-bottom"), bool(going)),
            "pause-all": any(is_running(transfer) for transfer in everything),
            "continue-all": any(transfer.wanted is Wanted.PAUSED for transfer in everything if not _over(transfer)),
            "clear-finished": any(_over(transfer) for transfer in everything),
        }

    def lacks_files(self, transfer: Transfer) -> bool:
        """Tell whether files of it are missing, so that one may go on without them."""
        if transfer.hold is Hold.SOURCE:
            return True
        return isinstance(self._context.desk.transfers.error_of(transfer.transfer_id), NotAllArrived)

    def receipt_of(self, transfer: Transfer) -> Path | None:
        """Return the readable receipt of a transfer that has one."""
        return self._context.desk.transfers.receipt(transfer.transfer_id) if _over(transfer) else None

    # --- doing it

    def pause_or_continue(self) -> None:
        """Pause the selected transfers; when all of them are paused already, continue them."""
        going = [transfer for transfer in self._selected() if not _over(transfer)]
        transfers = self._context.desk.transfers
        if any(is_running(transfer) for transfer in going):
            self._each([each for each in going if is_running(each)], transfers.pause)
        else:
            self._each(going, transfers.resume)

    def stop(self) -> None:
        """Stop the selected transfers. What has arrived stays."""
        going = [transfer for transfer in self._selected() if not _over(transfer)]
        self._each(going, self._context.desk.transfers.stop)

    def again(self) -> None:
        """Go on with the selected transfers that ended early, and look at once whether held ones can go on.

        What has arrived is not sent again.
        """
        transfers = self._context.desk.transfers
        self._each([transfer for transfer in self._selected() if transfer.state in AGAIN], transfers.retry)
        self._each([each for each in self._selected() if each.state is TransferState.HELD], transfers.resume)

    def go_on_without(self) -> None:
        """Go on without the files that are missing."""
        lacking = [transfer for transfer in self._selected() if self.lacks_files(transfer)]
        self._each(lacking, self._context.desk.transfers.go_on_without)

    def find_folder(self) -> None:
        """Ask where the folder of the selected transfer is now."""
        chosen = self._selected()
        if len(chosen) == 1 and chosen[0].hold is Hold.SOURCE:
            self.find_folder_of(chosen[0])

    def find_folder_of(self, transfer: Transfer) -> None:
        """Ask where the folder of `transfer` is now, and go on from there."""
        self._context.tasks.start(self._find_folder(transfer))

    def open_folder(self) -> None:
        """Open the folder that the files come from or go to."""
        chosen = self._selected()
        if len(chosen) == 1 and chosen[0].place is not None:
            open_folder(chosen[0].place)

    def show_receipt(self) -> None:
        """Open the receipt of the selected transfer."""
        chosen = self._selected()
        receipt = self.receipt_of(chosen[0]) if len(chosen) == 1 else None
        if receipt is not None:
            open_folder(receipt)

    def copy_command(self) -> None:
        """Copy the line for a terminal that sends the same as the selected transfer, and say so."""
        desk, chosen = self._context.desk, self._selected()

        async def copy(transfer: Transfer) -> None:
            line = desk.command_lines.of_transfer(transfer.transfer_id, desk.autosave.folder)
            QGuiApplication.clipboard().setText(await self._context.background.run(line))
            self._context.messages.info(self.tr("The command was copied. It holds no key."))

        if len(chosen) == 1:
            self._context.tasks.start(copy(chosen[0]))

    def move(self, where: Place) -> None:
        """Move the selected transfers in the queue."""
        ids = [transfer.transfer_id for transfer in self._selected() if not _over(transfer)]
        if ids:
            self._run(self._context.desk.transfers.move(ids, where))

    def pause_all(self) -> None:
        """Pause everything."""
        self._run(self._context.desk.transfers.pause_all())

    def continue_all(self) -> None:
        """Continue everything that was paused."""
        self._run(self._context.desk.transfers.resume_all())

    def clear_finished(self) -> None:
        """Take the transfers that ended off the list."""
        self._context.tasks.start(self._clear())

    def slots(self) -> dict[str, Callable[[], None]]:
        """Return what each command does, by its key."""
        return {
            "pause-continue": self.pause_or_continue,
            "transfer-stop": self.stop,
            "transfer-again": self.again,
            "go-on-without": self.go_on_without,
            "find-folder": self.find_folder,
            "transfer-folder": self.open_folder,
            "receipt": self.show_receipt,
            "transfer-command": self.copy_command,
            "move-top": lambda: self.move(Place.TOP),
            "move-up": lambda: self.move(Place.UP),
            "move-down": lambda: self.move(Place.DOWN),
            "move-bottom": lambda: self.move(Place.BOTTOM),
            "pause-all": self.pause_all,
            "continue-all": self.continue_all,
            "clear-finished": self.clear_finished,
        }

    # --- inside

    async def _clear(self) -> None:
        await self._context.background.run(self._context.desk.transfers.clear_finished())
        self._show()

    async def _find_folder(self, transfer: Transfer) -> None:
        title = self.tr("Where is the folder of “%1” now?").replace("%1", transfer.name)
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, self.tr("Use this folder"))
        dialog.setDirectory(str(await self._context.background.run(_nearest(transfer.place))))
        if chosen := await choose(dialog):
            transfers = self._context.desk.transfers
            await self._context.background.run(transfers.reconnect(transfer.transfer_id, chosen[0]))

    def _each(self, chosen: Sequence[Transfer], do: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        if chosen:
            self._context.tasks.start(self._one_by_one([transfer.transfer_id for transfer in chosen], do))

    async def _one_by_one(self, ids: Sequence[str], do: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        for transfer_id in ids:
            await self._context.background.run(do(transfer_id))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._context.tasks.start(self._context.background.run(work))


def is_running(transfer: Transfer) -> bool:
    """Tell whether it is on its way and the person wants it to be."""
    return transfer.wanted is Wanted.RUNNING and not transfer.state.is_terminal


async def _nearest(place: Path | None) -> Path:
    """Return the nearest folder above `place` that is there. What does not answer (a dead share) is left out."""
    for folder in place.parents if place is not None else ():
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(LOOK_SECONDS):
                if await asyncio.to_thread(folder.is_dir):
                    return folder
    return Path.home()


def _over(transfer: Transfer) -> bool:
    return transfer.state.is_terminal
