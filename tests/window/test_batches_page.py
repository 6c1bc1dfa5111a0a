"""The batches page over a real local service."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from batchdock.core.batch import Batch, BatchKind, Content
from batchdock.window.batches.model import CREATED, EXPIRES, FILES, NAME, BatchesModel
from batchdock.window.batches.page import BatchesPage
from batchdock.window.main_window import MainWindow
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
        page.started.connect(started.extend)
        page.start_button.click()
        form = page.start_form
        assert form.isVisible()
        assert form.name.text() == "Lot 17"
        await eventually(lambda: form.start.isEnabled())
        form.start.click()
        await eventually(lambda: started)
        assert not form.isVisible()
        assert any("“Lot 17” has started" in notice.text for notice in context.messages.notices)
        jobs = context.desk.jobs
        await eventually(lambda: jobs.all() and jobs.all()[0].state.is_terminal)
        assert jobs.all()[0].items_done == 3
        await eventually(lambda: page.model.rowCount() >= 2)

    play(scenario())


def test_expiry_is_said_in_words(qtbot: QtBot) -> None:
    model = BatchesModel()
    cases = {
        None: "never",
        datetime(9999, 1, 1, tzinfo=UTC): "never",
        NOW - timedelta(hours=1): "expired",
        NOW: "expired",
        NOW + timedelta(minutes=1): "in 1 min",
        NOW + timedelta(days=5, hours=3, minutes=1): "in 5 d 3 h",
    }
    for expires, words in cases.items():
        assert model.expiry_text(batch(1, expires=expires), NOW) == words


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
