"""Saving results: ask for a folder, bring everything home, say where it is."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSettings, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from batchdock.bridge.dialogs import choose
from batchdock.flows.results import SaveReport
from batchdock.window.context import Context
from batchdock.window.wording import files_text, grouped

_LAST_FOLDER = "results/last-folder"
_tr = QCoreApplication.translate


async def ask_where(context: Context, parent: QWidget, name: str) -> Path | None:
    """Ask for a folder with the system's dialog; the last one is offered. Return None when it was cancelled."""
    title = _tr("saving", "Save results of “%1”").replace("%1", name)
    dialog = QFileDialog(parent, title, _last_folder(context.settings))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, _tr("saving", "Save here"))
    chosen = await choose(dialog)
    return chosen[0] if chosen else None


async def ask_for_results(settings: QSettings, parent: QWidget) -> Path | None:
    """Ask for a folder of results with the system's dialog. Return None when it was cancelled."""
    dialog = QFileDialog(parent, _tr("saving", "Open a folder of results"), _last_folder(settings))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    chosen = await choose(dialog)
    return chosen[0] if chosen else None


async def save_to(context: Context, account_id: str, batch_ids: Sequence[str], name: str, folder: Path) -> SaveReport:
    """Save the batches below `folder`, and say so in the window."""
    context.settings.setValue(_LAST_FOLDER, str(folder))
    report = await context.background.run(context.desk.results.save(account_id, batch_ids, folder, name=name))
    text = _tr("saving", "%1 saved in “%2”.").replace("%1", files_text(report.files))
    text = text.replace("%2", place_text(report.folder))
    if report.problems:
        count = len(report.problems)
        text = f"{text} {grouped(_tr('saving', '%n file(s) could not be saved or processed.', None, count), count)}"
    context.messages.info(text, button_text=_tr("saving", "Open folder"), on_click=lambda: open_folder(report.folder))
    return report


def place_text(folder: Path) -> str:
    """Return “Pictures › Lot 17 results”: enough to find it, short enough to read."""
    return " › ".join(part for part in (folder.parent.name, folder.name) if part)


def open_folder(folder: Path) -> None:
    """Open `folder` in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _last_folder(settings: QSettings) -> str:
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return str(settings.value(_LAST_FOLDER, pictures))
