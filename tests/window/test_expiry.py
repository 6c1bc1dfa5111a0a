"""How long there is still something at a service: on the pages of batches and results, and in time before."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from batchdock.core.batch import Batch, BatchKind, Content
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.news import Event, JobsChanged, ResultsExpire, ResultsSaved
from batchdock.window.batches.model import EXPIRES, BatchesModel
from batchdock.window.expiry import countdown
from batchdock.window.main_window import MainWindow
from batchdock.window.results.expiry_line import ExpiryLine
from batchdock.window.sidebar import PLACES, Page, Place
from batchdock.window.theme import Tint, colour
from making.jobs import job

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("expires", "text", "tint"),
    [
        (None, "never", Tint.MUTED),
        (datetime(9999, 1, 1, tzinfo=UTC), "never", Tint.MUTED),
        (NOW - DAY, "expired", Tint.MUTED),
        (NOW, "expired", Tint.MUTED),
        (NOW + timedelta(minutes=1), "in 1 min", Tint.BAD),
        (NOW + timedelta(hours=23, minutes=10), "in 23 h 10 min", Tint.BAD),
        (NOW + timedelta(days=2, hours=4, minutes=5), "in 2 days 4 h", Tint.TEXT),
        (NOW + 7 * DAY, "in 7 days", Tint.TEXT),
    ],
)
def test_what_is_left_is_said_in_words_and_colour(
    qtbot: QtBot, expires: datetime | None, text: str, tint: Tint
) -> None:
    left = countdown(expires, NOW)
    assert (left.text, left.tint) == (text, tint)
    assert left.is_over is (text == "expired")
    assert left.ends is (text != "never")


def batch(number: int, expires: datetime | None) -> Batch:
    created = NOW - timedelta(hours=number)
    kind, content = BatchKind.SHARDED, Content.IMAGES
    return Batch("this-computer", f"b-{number}", f"Lot {number}", kind, content, created, expires)


def test_batches_are_sorted_by_what_is_left_and_tell_the_time(qtbot: QtBot) -> None:
    model = BatchesModel()
    model.name_places({"this-computer": "This computer"})
    now = datetime.now(UTC)
    soon = batch(1, now + timedelta(hours=5, seconds=30))
    model.show_batches("this-computer", [batch(2, None), batch(3, now + 3 * DAY), soon])
    model.sort(EXPIRES, Qt.SortOrder.AscendingOrder)
    names = [model.batch(row).name for row in range(3)]  # type: ignore[union-attr]
    assert names == ["Lot 1", "Lot 3", "Lot 2"]
    first, second = model.index(0, EXPIRES), model.index(1, EXPIRES)
    assert first.data() == "in 5 h"
    assert first.data(Qt.ItemDataRole.ForegroundRole).color() == colour(Tint.BAD)
    assert second.data(Qt.ItemDataRole.ForegroundRole) is None
    assert "202" in str(first.data(Qt.ItemDataRole.ToolTipRole)) or "/" in str(first.data(Qt.ItemDataRole.ToolTipRole))
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.tell_time()
    assert changed.args is not None
    top, bottom = changed.args[0], changed.args[1]
    assert (top.row(), bottom.row()) == (0, 2)
    assert top.column() <= EXPIRES <= bottom.column()


def test_the_line_offers_to_save_only_what_can_be_saved(qtbot: QtBot) -> None:
    line = ExpiryLine()
    qtbot.addWidget(line)
    now = datetime.now(UTC)
    line.show_expiry(now + timedelta(days=2, hours=4, minutes=30), "Roboflow", saved=False, busy=False)
    assert line.said.text() == "Roboflow deletes this in 2 days 4 h. What you save stays."
    assert line.save.isVisibleTo(line)
    with qtbot.waitSignal(line.save_asked):
        line.save.click()
    line.show_expiry(now + DAY, "Roboflow", saved=True, busy=False)
    assert line.said.text().endswith("Your saved results stay.")
    assert not line.save.isVisibleTo(line)
    line.show_expiry(now - DAY, "Roboflow", saved=False, busy=False)
    assert line.said.text() == "Roboflow has deleted this."
    assert not line.save.isVisibleTo(line)
    line.show_expiry(None, "Roboflow", saved=False, busy=False)
    assert not line.isVisible()


async def tell(window: MainWindow, *events: Event) -> None:
    async def publish() -> None:
        for event in events:
            window.desk.news.publish(event)

    await window._context.background.run(publish())


def done(number: int, left: timedelta) -> Job:
    expires = datetime.now(UTC) + left
    return job(number, JobState.DONE, expires=expires, output_batches=(f"b-{number}-export",))


def test_the_results_page_counts_down_until_they_are_saved(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Any
) -> None:
    async def scenario() -> None:
        first = done(1, timedelta(days=2, hours=4, minutes=30))
        await tell(window, JobsChanged((first,)))
        await eventually(lambda: window.results._model.rowCount() == 1)
        window.go(Place(Page.RESULTS))
        window.results.show_job(first.key)
        await eventually(window.results.expiry.isVisible)
        assert "This computer deletes this in 2 days 4 h." in window.results.expiry.said.text()
        assert window.results._ticking.isActive()
        await tell(window, ResultsSaved((first.key,), tmp_path, 3, 0, unasked=False))
        await eventually(lambda: "Your saved results stay." in window.results.expiry.said.text())
        await asyncio.sleep(0)
        window.go(PLACES[0])
        assert not window.results._ticking.isActive()
        window.messages.clear()

    play(scenario())


def said(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.messages.notices]


def test_before_they_expire_one_can_save_them_from_the_message(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        await tell(window, ResultsExpire((done(1, timedelta(hours=5, minutes=30)),)))
        await eventually(lambda: said(window))
        assert said(window) == ["The results of “Lot 1” are deleted in 5 h 30 min and are not saved."]
        (notice,) = window.messages.notices
        assert "Save everything now" in [button.text() for button in notice.findChildren(QPushButton)]
        window.messages.clear()
        await tell(window, ResultsExpire(tuple(done(number, timedelta(hours=5)) for number in range(40))))
        await eventually(lambda: said(window))
        assert said(window)[0].startswith("The results of 40 jobs are not saved. The first are deleted in ")
        window.messages.clear()

    play(scenario())
