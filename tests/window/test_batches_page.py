"""The batches page over a real local service."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from batchdock.core.batch import Batch, BatchKind, Content
from batchdock.window.batches.model import CREATED, EXPIRES, FILES, NAME, BatchesModel
from batchdock.window.batches.page import BatchesPage
from batchdock.window.main_window import MainWindow
from batchdock.window.new_job.batch_sheet import BatchSheet
from batchdock.window.sidebar import Page, Place
from making import media

NOW = datetime.now(UTC)


def batch(number: int, *, expires: datetime | None = None, account: str = "this-computer") -> Batch:
    created = NOW - timedelta(hours=number)
    return Batch(account, f"b-{number}", f"Lot {number}", BatchKind.SIMPLE, Content.IMAGES, created, expires)


def page_of(window: MainWindow) -> BatchesPage:
    page = window.pages[Page.BATCHES]
    assert isinstance(page, BatchesPage)
    return page


def test_a_batch_is_listed_looked_into_and_worked_on(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for number in range(3):
        media.picture(tmp_path / "Lot 17" / f"{number}.jpg", number)
    page = page_of(window)

    async def scenario() -> None:
        context = window._context
        window.add_paths([tmp_path / "Lot 17"])
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: sheet.only_batch.isEnabled() and not sheet.is_counting())
        sheet.only_batch.click()
        await eventually(lambda: any(each.state.is_terminal for each in context.desk.transfers.all()))
        window.go(Place(Page.BATCHES))
        await eventually(lambda: page.model.rowCount() == 1)
        assert page.model.index(0, NAME).data() == "Lot 17"
        assert page.model.index(0, EXPIRES).data() == "never"
        await eventually(lambda: page.model.index(0, FILES).data() == "3")
        await eventually(lambda: [entry.title for entry in page.browser.entries()] == ["0.jpg", "1.jpg", "2.jpg"])
        await eventually(lambda: page.browser.preview.picture.isVisible())
        started: list[Any] = []
        window.side.started.connect(started.extend)
        page.start_button.click()
        made = window.side.form
        assert isinstance(made, BatchSheet)
        assert made.form.name.text() == "Lot 17"
        await eventually(lambda: made.start.isEnabled())
        made.start.click()
        await eventually(lambda: started)
        assert window.side.sheet is None
        jobs = context.desk.jobs
        await eventually(lambda: jobs.all() and jobs.all()[0].state.is_terminal)
        assert jobs.all()[0].items_done == 3
        window.go(Place(Page.BATCHES))
        await eventually(lambda: page.model.rowCount() >= 2)

    play(scenario())


def test_the_model_sorts_and_filters_by_itself(qtbot: QtBot) -> None:
    model = BatchesModel()
    model.name_places({"this-computer": "This computer", "roboflow-a": "a"})
    model.show_batches("this-computer", [batch(10), batch(2)])
    model.show_batches("roboflow-a", [batch(5, account="roboflow-a")])

    def names() -> list[str]:
        return [model.index(row, NAME).data() for row in range(model.rowCount())]

    assert names() == ["Lot 2", "Lot 5", "Lot 10"]
    model.sort(CREATED, Qt.SortOrder.AscendingOrder)
    assert names() == ["Lot 10", "Lot 5", "Lot 2"]
    model.sort(NAME, Qt.SortOrder.AscendingOrder)
    assert names() == ["Lot 2", "Lot 5", "Lot 10"]
    model.show_only("roboflow-a")
    assert names() == ["Lot 5"]
    model.show_only("")
    model.name_places({"this-computer": "This computer"})
    assert names() == ["Lot 2", "Lot 10"]


def test_a_batch_is_removed_when_that_is_confirmed(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    original = media.picture(tmp_path / "Lot 17" / "0.jpg", 0)
    page = page_of(window)

    async def answer(word: str) -> None:
        page.remove_button.click()
        await eventually(lambda: page.findChild(QMessageBox) is not None)
        [box] = page.findChildren(QMessageBox)
        button = next(each for each in box.buttons() if each.text() == word)
        button.click()
        await eventually(lambda: page.findChild(QMessageBox) is None)

    async def scenario() -> None:
        window.add_paths([tmp_path / "Lot 17"])
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: sheet.only_batch.isEnabled() and not sheet.is_counting())
        sheet.only_batch.click()
        await eventually(lambda: any(each.state.is_terminal for each in window.desk.transfers.all()))
        window.go(Place(Page.BATCHES))
        await eventually(lambda: page.model.rowCount() == 1 and page.remove_button.isVisible())
        await answer("Cancel")
        assert len(await window._context.background.run(window.desk.batches.all("this-computer"))) == 1
        await answer("Remove")
        await eventually(lambda: page.model.rowCount() == 0)
        assert any("was removed" in notice.text for notice in window.messages.notices)

    play(scenario())
    assert original.exists()
