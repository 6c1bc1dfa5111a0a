"""The one question before work stops."""

from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.transfer import Transfer, TransferKind, Wanted
from batchdock.window.wording import grouped

_tr = QCoreApplication.translate


class Answer(Enum):
    """What the person wants."""

    QUIT = auto()
    STAY_IN_TRAY = auto()
    ALWAYS_STAY = auto()
    """In the tray, now and whenever the window is closed."""
    CANCEL = auto()


def unfinished(transfers: Sequence[Transfer], local_jobs: int, watched: int) -> str:
    """Return “2 uploads are not finished.” and what else would stop; nothing when there is nothing to ask.

    `watched` folders are looked at only while the app runs. What the person has paused does not count: it stops
    nothing. Nor do the files of a job on this computer beside it.
    """
    running = [each for each in transfers if not each.state.is_terminal and each.wanted is Wanted.RUNNING]
    uploads = sum(each.kind is TransferKind.SENDING and each.account_id != THIS_COMPUTER_ID for each in running)
    downloads = sum(each.kind is TransferKind.SAVING for each in running)
    local_jobs = local_jobs or sum(
        each.kind is TransferKind.SENDING and each.account_id == THIS_COMPUTER_ID for each in running
    )
    said = []
    if uploads == 1:
        said.append(_tr("quitting", "1 upload is not finished."))
    elif uploads:
        said.append(grouped(_tr("quitting", "%n uploads are not finished.", None, uploads), uploads))
    if downloads == 1:
        said.append(_tr("quitting", "1 download is not finished."))
    elif downloads:
        said.append(grouped(_tr("quitting", "%n downloads are not finished.", None, downloads), downloads))
    if local_jobs == 1:
        said.append(_tr("quitting", "1 job on this computer is not finished."))
    elif local_jobs:
        said.append(
            grouped(_tr("quitting", "%n jobs on this computer are not finished.", None, local_jobs), local_jobs)
        )
    if watched == 1:
        said.append(_tr("quitting", "1 folder is watched."))
    elif watched:
        said.append(grouped(_tr("quitting", "%n folders are watched.", None, watched), watched))
    return " ".join(said)


async def ask_to_quit(window: QWidget, text: str, *, tray: bool) -> Answer:
    """Ask with `text` what to do; staying in the tray is offered where there is one."""
    box = QMessageBox(QMessageBox.Icon.Question, _tr("quitting", "Quit"), text, parent=window)
    box.setInformativeText(
        _tr(
            "quitting",
            "Cloud jobs go on without this app. Uploads, downloads, watched folders and work on this computer stop, "
            "and continue next time.",
        )
    )
    go = box.addButton(_tr("quitting", "Quit"), QMessageBox.ButtonRole.AcceptRole)
    text = _tr("quitting", "Keep running in the tray")
    stay = box.addButton(text, QMessageBox.ButtonRole.ActionRole) if tray else None
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(go)
    always = QCheckBox(_tr("quitting", "Keep it running whenever I close the window")) if tray else None
    if always is not None:
        box.setCheckBox(always)
    try:
        await ask(box)
        clicked = box.clickedButton()
        if clicked is go:
            return Answer.QUIT
        if stay is None or clicked is not stay:
            return Answer.CANCEL
        return Answer.ALWAYS_STAY if always is not None and always.isChecked() else Answer.STAY_IN_TRAY
    finally:
        box.deleteLater()
