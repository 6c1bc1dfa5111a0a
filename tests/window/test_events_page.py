"""The events page over a real receiver: what is sent is seen, large, by time and kind, and stays where it is."""

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox

from batchdock.core.job import Job
from batchdock.flows.events import CatchAddress
from batchdock.flows.preferences import HOOKS, HOOKS_PORT
from batchdock.window.events.catch_dialog import CatchDialog
from batchdock.window.events.page import EventsPage
from batchdock.window.events.stretch import Stretch, stamp
from batchdock.window.jobs.offers import offered
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import EVENTS, PLACES
from fakes.huawei import HuaweiCloud
from making.caught import NOW, event
from making.huawei import connect_desk

KINDS = ("FaceImage", "<b>intrusion</b>")


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud(vias="v2") as server:
        server.add_tasks(2)
        yield server


async def connected(window: MainWindow, cloud: HuaweiCloud, eventually: Any) -> Job:
    """Connect the cloud's account and return one of its jobs."""
    desk, run = window.desk, window._context.background.run
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = int(found.getsockname()[1])
    await run(desk.preferences.set(HOOKS_PORT, port))
    await run(connect_desk(desk, cloud))
    await eventually(lambda: len(desk.jobs.all()) == 2)
    return desk.jobs.all()[0]


async def catch(window: MainWindow, job: Job, eventually: Any) -> CatchAddress:
    """Catch what a job sends, as a person would, and return where to send it."""
    dialog = window.events.catch(job)
    assert not window.desk.preferences.get(HOOKS)
    dialog.start.click()
    await eventually(lambda: dialog.address is not None and dialog.copy_url.isVisible())
    address = dialog.address
    assert address is not None
    dialog.reject()
    await eventually(lambda: window.events.shown_job() == job.key)
    return address


async def send(address: CatchAddress, *numbers: int, later: int = 0) -> None:
    """Send events a minute apart, two pictures each, every other one of another kind."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        for number in numbers:
            body = event(
                number,
                at=NOW + timedelta(minutes=number + later),
                pictures=2,
                event_type=KINDS[number % 2],
                camera={"name": "부두 3번 <i>카메라</i>"},
            )
            headers = {address.header_name: address.header_value}
            assert (await client.post(address.url, content=body, headers=headers)).status_code == 200


def ids(page: EventsPage) -> list[str]:
    """Return the ids of the events in the list that are in hand, from the top."""
    found = []
    for row in range(page.events.list.events.rowCount()):
        told = page.events.shelf.event_of(page.events.list.events.number(row))
        found += [str(fact.value) for fact in told.facts if fact.name == "event_id"] if told is not None else ["?"]
    return found


def test_the_page_is_there_for_those_whose_jobs_send(
    window: MainWindow, play: Any, eventually: Any, cloud: Any
) -> None:
    async def scenario() -> None:
        assert window.sidebar._items[EVENTS].isHidden()
        assert not window.actions_["show-events"].isVisible()
        job = await connected(window, cloud, eventually)
        await eventually(lambda: not window.sidebar._items[EVENTS].isHidden())
        window.actions_["show-events"].trigger()
        assert window.sidebar.place() == EVENTS
        assert window.events.empty.isVisible()
        window.events.catch_button.click()
        assert window.sidebar.place() == PLACES[0]
        able = window.desk.accounts.capabilities(job.account_id)
        assert "catch-results" in offered(job, able, NOW)
        assert "catch-results" not in offered(job, window.desk.accounts.capabilities("this-computer"), NOW)
        await eventually(lambda: window.jobs.model.rowCount() == 2)
        window.show_job(job.key)
        await eventually(lambda: window.actions_["catch-results"].isEnabled())
        window.actions_["catch-results"].trigger()
        [dialog] = window.findChildren(CatchDialog)
        assert job.name in dialog.findChildren(QLabel)[0].text()
        assert not window.desk.preferences.get(HOOKS)
        dialog.reject()
        await eventually(lambda: not window.findChildren(CatchDialog))
        window.go(EVENTS)
        window.events.catch_button.click()
        [dialog] = window.findChildren(CatchDialog)
        dialog.reject()

    play(scenario())


def test_an_output_is_set_and_what_the_service_delivers_is_seen(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud, clipboard: Any
) -> None:
    async def scenario() -> None:
        job = await connected(window, cloud, eventually)
        window.go(EVENTS)
        dialog = window.events.catch(job)
        dialog.start.click()
        await eventually(dialog.set_in_job.isVisible)
        assert dialog.address is not None
        secret = dialog.address.header_value
        assert dialog.here_only.isVisible()
        assert secret not in dialog.header.displayText()
        dialog.copy_header.click()
        assert clipboard.text() == f"X-Batchdock-Key: {secret}"
        dialog.copy_url.click()
        assert clipboard.text() == dialog.url.text() == dialog.address.url
        dialog.set_in_job.click()
        task = cloud.state.tasks[job.job_id]
        await eventually(lambda: task.output["webhook"]["url"] == dialog.address.url)
        dialog.reject()
        told = json.loads(event(3, pictures=1))
        assert await asyncio.to_thread(cloud.deliver, task, told) == 200
        await eventually(lambda: ids(window.events) == ["e-3"])
        again = window.events.catch(job)
        assert again.replaced.isVisible()
        again.reject()
        await window._context.background.run(window.desk.preferences.set(HOOKS, False))
        await eventually(lambda: "does not listen" in window.events._about.text())

    play(scenario())


def test_new_events_come_above_and_what_is_looked_at_stays(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    async def scenario() -> None:
        job = await connected(window, cloud, eventually)
        window.go(EVENTS)
        page, view = window.events, window.events.events
        address = await catch(window, job, eventually)
        assert view.waiting.isVisible()
        await send(address, *range(30))
        await eventually(lambda: view.list.events.rowCount() == 30)
        await eventually(lambda: ids(page)[:3] == ["e-29", "e-28", "e-27"])
        await eventually(lambda: view.shelf.picture_of(view.list.events.number(0)) is not None)
        view.list.choose_row(1)
        view.list.verticalScrollBar().setValue(300)
        corner = QPoint(20, 1)
        top, offset = view.list.indexAt(corner).row(), view.list.visualRect(view.list.indexAt(corner)).top()
        seen = view.list.events.number(top)
        await send(address, 31, 32, 33)
        await eventually(lambda: view.list.events.rowCount() == 33)
        there = view.list.indexAt(corner)
        assert (view.list.events.number(there.row()), view.list.visualRect(there).top()) == (seen, offset)
        assert view.list.currentIndex().row() == 4
        assert view.new_ones.isVisible()
        view.new_ones.click()
        assert view.list.verticalScrollBar().value() == 0
        assert not view.new_ones.isVisible()
        await eventually(lambda: ids(page)[:3] == ["e-33", "e-32", "e-31"])
        await send(address, 34, later=-20)  # One that was on its way for long belongs further down.
        await eventually(lambda: view.list.events.rowCount() == 34)
        assert view.list.events.row_of(34, stamp(NOW + timedelta(minutes=14))) == 18

    play(scenario())


def test_a_time_and_a_kind_narrow_the_list_and_an_event_is_seen_large(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud, tmp_path: Path
) -> None:
    async def scenario() -> None:
        job = await connected(window, cloud, eventually)
        window.go(EVENTS)
        page, view = window.events, window.events.events
        await send(await catch(window, job, eventually), *range(8))
        await eventually(lambda: view.list.events.rowCount() == 8)
        await eventually(lambda: ids(page)[0] == "e-7")
        await eventually(lambda: view.kind.count() == 3)
        view.kind.setCurrentIndex(view.kind.findData(KINDS[1]))
        await eventually(lambda: view.list.events.rowCount() == 4)
        view.kind.setCurrentIndex(0)
        await eventually(lambda: view.list.events.rowCount() == 8)
        await eventually(lambda: view.timeline._counts is not None and sum(view.timeline._counts[1]) == 8)
        middle = view.timeline.rect().center()
        QTest.mousePress(view.timeline, Qt.MouseButton.LeftButton, pos=middle)
        QTest.mouseMove(view.timeline, middle + QPoint(30, 0))
        QTest.mouseMove(view.timeline, QPoint(view.timeline.width() - 1, middle.y()))
        QTest.mouseRelease(view.timeline, Qt.MouseButton.LeftButton, pos=QPoint(view.timeline.width() - 1, middle.y()))
        await eventually(lambda: view.list.events.rowCount() == 4)
        await page.save_to(job.key, tmp_path)
        assert len((tmp_path / "Events" / "events.jsonl").read_text("utf-8").splitlines()) == 4
        assert len(list((tmp_path / "Events" / "pictures").iterdir())) == 8
        QTest.keyClick(view.timeline, Qt.Key.Key_Escape)
        await eventually(lambda: view.list.events.rowCount() == 8)
        view.list.setFocus()
        view.list.choose_row(0)
        await eventually(lambda: ids(page)[0] == "e-7")
        QTest.keyClick(view.list, Qt.Key.Key_Return)
        await eventually(view.large.isVisible)
        await eventually(lambda: view.large.picture.picture_size() == (160, 120))
        assert view.large.title.text() == KINDS[1]
        assert view.large.title.textFormat() is Qt.TextFormat.PlainText
        facts = {line.text: line.remark for group in view.large.facts.lines.lines for line in group.below}
        assert facts["camera › name"] == "부두 3번 <i>카메라</i>"
        assert not view.large.newer.isEnabled()
        QTest.keyClick(view.large, Qt.Key.Key_Right)
        await eventually(lambda: view.large.title.text() == KINDS[0])
        QTest.keyClick(view.large, Qt.Key.Key_Space)
        assert view.large._place == 1
        QTest.keyClick(view.large, Qt.Key.Key_Escape)
        assert view.list.isVisible()
        assert view.list.currentIndex().row() == 1

    play(scenario())


def test_forgetting_asks_first_and_takes_everything(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud, home: Path
) -> None:
    async def scenario() -> None:
        job = await connected(window, cloud, eventually)
        window.go(EVENTS)
        page = window.events
        await send(await catch(window, job, eventually), 1)
        await eventually(lambda: page.events.list.events.rowCount() == 1)
        page.forget.click()
        await eventually(lambda: window.findChildren(QMessageBox))
        [box] = window.findChildren(QMessageBox)
        assert "1 event with 2 pictures" in box.informativeText()
        next(each for each in box.buttons() if box.buttonRole(each) is QMessageBox.ButtonRole.DestructiveRole).click()
        await eventually(page.empty.isVisible)
        assert not [each for each in (home / "events").rglob("*") if each.is_file()]

    play(scenario())


def test_time_is_zoomed_moved_and_marked_by_round_moments() -> None:
    whole = Stretch(0, 1_000_000)
    near = whole.by(2, 0.5, whole)
    assert near == Stretch(250_000, 750_000)
    assert near.moved(5, whole) == Stretch(500_000, 1_000_000)
    assert near.by(0.01, 0.1, whole) == whole
    assert near.by(10_000_000, 0.5, whole).length == 1_000
    assert whole.by(4, 0.0, whole) == Stretch(0, 250_000)
    step, ticks = Stretch(1, 10 * 60_000).ticks(6, 0)
    assert (step, ticks[:2]) == (120, [120_000, 240_000])
    step, ticks = Stretch(0, 20 * 86_400_000).ticks(4, 3_600_000)
    assert (step, ticks[0]) == (7 * 86_400, 7 * 86_400_000 - 3_600_000)
