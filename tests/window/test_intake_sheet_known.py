"""A folder that is dropped again: what is there already is said, and only the new files are sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from batchdock.core.batch import Content
from batchdock.core.intake import Item
from batchdock.flows.transfers.known import Known
from batchdock.window.intake.known_notice import KnownNotice
from batchdock.window.intake.sheet import IntakeSheet
from batchdock.window.main_window import MainWindow
from making import media


def sheet_of(window: MainWindow) -> IntakeSheet:
    sheet = window.sheet
    assert sheet is not None
    return sheet


def known(there: int, fresh: int) -> Known:
    items = tuple(Item(Path(f"/p/{n}.jpg"), f"{n}.jpg", 1, 0.0, Content.IMAGES) for n in range(there + fresh))
    sent = datetime.now(UTC) - timedelta(days=1)
    return Known("b-1", "수확 17", sent, frozenset(item.path for item in items[:there]), items[there:])


@pytest.mark.parametrize(
    ("there", "fresh", "said", "offered"),
    [
        (8000, 4800, "8,000 of 12,800 are already in “수확 17” (sent yesterday).", "Add the 4,800 new ones to it"),
        (3, 1, "3 of 4 are already in “수확 17” (sent yesterday).", "Add the 1 new one to it"),
        (4800, 0, "All 4,800 are already in “수확 17” (sent yesterday).", ""),
    ],
)
def test_it_says_how_many_are_there(
    application: QApplication, qtbot: QtBot, there: int, fresh: int, said: str, offered: str
) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    notice = KnownNotice(holder)
    assert notice.isHidden()
    notice.show_known(known(there, fresh))
    assert notice.text.text() == said
    assert (notice.add.text() if notice.add.isVisibleTo(notice) else "") == offered
    notice.show_known(None)
    assert notice.isHidden()


def test_only_the_new_files_of_a_folder_are_added_to_its_batch(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for number in range(3):
        media.picture(tmp_path / "lot" / f"{number}.jpg", number)

    async def scenario() -> None:
        desk = window._context.desk
        window.add_paths([tmp_path / "lot"])
        await eventually(lambda: not sheet_of(window).is_counting())
        assert sheet_of(window).known.isHidden()
        sheet_of(window).only_batch.click()
        await eventually(lambda: desk.transfers.all() and desk.transfers.all()[0].state.is_terminal)
        for number in range(3, 5):
            media.picture(tmp_path / "lot" / f"{number}.jpg", number)
        window.add_paths([tmp_path / "lot"])
        await eventually(lambda: sheet_of(window).known.isVisible())
        notice = sheet_of(window).known
        assert notice.text.text() == "3 of 5 are already in “lot” (sent just now)."
        notice.add.click()
        await eventually(lambda: window.sheet is None)
        (batch,) = await window._context.background.run(desk.batches.all("this-computer"))
        await eventually(
            lambda: len(desk.transfers.all()) == 2 and all(t.state.is_terminal for t in desk.transfers.all())
        )
        described = await window._context.background.run(desk.batches.describe("this-computer", batch.batch_id))
        assert described.count == 5
        window.add_paths([tmp_path / "lot"])
        await eventually(lambda: sheet_of(window).known.isVisible())
        assert sheet_of(window).known.text.text() == "All 5 are already in “lot” (sent just now)."
        sheet_of(window).close()

    play(scenario())
