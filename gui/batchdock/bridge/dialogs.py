"""Awaitable dialogs. `exec()` below an `async def` would run a second Qt loop inside the first and break both."""

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog


async def ask(dialog: QDialog) -> int:
    """Open `dialog` for its window, await its end, and return its result code."""
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finish(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    dialog.finished.connect(finish)
    dialog.open()
    try:
        return await ended
    except asyncio.CancelledError:
        dialog.reject()
        raise


async def choose(dialog: QFileDialog) -> list[Path]:
    """Open `dialog`, and return what was chosen in it: nothing when it was cancelled. The dialog is gone afterwards."""
    try:
        accepted = await ask(dialog) == QDialog.DialogCode.Accepted
        return [Path(each) for each in dialog.selectedFiles()] if accepted else []
    finally:
        dialog.deleteLater()
