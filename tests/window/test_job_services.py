"""The job table with a service that finds by itself and acts by itself: filters, menus, columns, over a real desk."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QMessageBox

from batchdock.core.account import Account
from batchdock.core.states import JobState
from batchdock.window.inventory.form_dialog import FormDialog
from batchdock.window.jobs.columns import PLACE
from batchdock.window.jobs.filters import Asked, Filters
from batchdock.window.jobs.page import JobsPage
from batchdock.window.main_window import MainWindow
from batchdock.window.new_job.what_sheet import WhatSheet
from fakes.huawei import HuaweiCloud
from making.huawei import connect_desk

Play = Callable[..., Any]
Eventually = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as cloud:
        yield cloud


async def connected(window: MainWindow, cloud: HuaweiCloud, eventually: Eventually, *, jobs: int) -> Account:
    context = window.jobs._context
    account = await context.background.run(connect_desk(context.desk, cloud, iva=(), name="Harbour"))
    await eventually(lambda: window.jobs.model.count() == jobs)
    return account


def shown(page: JobsPage) -> set[str]:
    return {page.model.job_at(row).job_id for row in range(page.model.rowCount())}


def dialog(kind: type[QDialog]) -> QDialog | None:
    return next((each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()), None)


def entries(window: MainWindow, menu: QMenu) -> dict[str, QAction]:
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if action.text()}


def job_menu(window: MainWindow) -> QMenu:
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Job")
    assert isinstance(menu, QMenu)
    return menu


def test_columns_of_cameras_are_there_with_the_first_camera(
    window: MainWindow, play: Play, cloud: HuaweiCloud, eventually: Eventually
) -> None:
    cloud.add_tasks(1, state="RUNNING", kind="1", video_source_name="gate-north", title="Intrusion detection")
    header, page = window.jobs.table.header, window.jobs

    def said(key: str) -> str:
        return str(page.model.index(0, PLACE[key]).data())

    async def scenario() -> None:
        assert header.isSectionHidden(PLACE["video-source"])
        await connected(window, cloud, eventually, jobs=1)
        assert not header.isSectionHidden(PLACE["video-source"])
        assert [said(key) for key in ("type", "video-source", "algorithm", "runs-on")] == [
            *("Stream", "gate-north", "Intrusion detection", "Edge")
        ]
        assert said("state").startswith("Running since ")
        assert said("progress") == ""
        for text, hits in (("gate edge", 1), ("intrusion", 1), ("cloud", 0), ("", 1)):
            page.search(text)
            assert page.model.rowCount() == hits, text
        header._show_column(PLACE["groups"], False)
        header.take_layout(header.layout_text())
        assert header.isSectionHidden(PLACE["groups"]), "who hides one does not see it again"
        header.take_layout("")
        assert not header.isSectionHidden(PLACE["groups"])

    play(scenario())


def test_a_service_finds_what_is_shown(
    window: MainWindow, play: Play, cloud: HuaweiCloud, eventually: Eventually
) -> None:
    (batch,) = cloud.add_batches(1, name="perimeter-night")
    wanted = cloud.add_tasks(130, batch_id=batch.id, state="RUNNING")
    others = cloud.add_tasks(40, state="STOPPED")
    page = window.jobs

    async def scenario() -> None:
        account = await connected(window, cloud, eventually, jobs=170)
        page.filters.menu.aboutToShow.emit()
        at = next(each.menu() for each in page.filters.menu.actions() if each.text() == "At “Harbour”")
        assert isinstance(at, QMenu)
        choose = next(each for each in at.actions() if each.text() == "Batch…")
        choose.trigger()
        await eventually(lambda: dialog(FormDialog))
        editor = dialog(FormDialog)
        assert isinstance(editor, FormDialog)
        field = editor.fields["batch_id"]
        await eventually(lambda: field.model.known)  # type: ignore[attr-defined]
        field.put(batch.id)
        fault = cloud.throttle(after=1, times=1_000_000, retry_after=0.1)
        editor.go.click()
        await eventually(lambda: page.filters.asked_chips)
        (chip,) = page.filters.asked_chips.values()
        await eventually(lambda: page.model.rowCount() == 50)
        assert chip.text() == "Batch: perimeter-night · 50 so far…"
        fault.times = 0
        await eventually(lambda: not page.finder.under_way)
        assert shown(page) == {task.id for task in wanted}
        assert chip.text() == "Batch: perimeter-night"
        assert page.views._saved.filters("all").asked == (
            Asked(account.account_id, "batch_id", (batch.id,), "perimeter-night"),
        )
        others[0].batch_id = batch.id
        page.refresh()
        await eventually(lambda: others[0].id in shown(page))
        cloud.fail("GET .*/tasks", code="VIAS.00010004", times=1_000_000)
        page.refresh()
        await eventually(lambda: page.find_line.isVisible())
        assert page.find_line.label.text().startswith("“Harbour”: Huawei Cloud did not accept the request.")
        assert len(shown(page)) == 131, "what was found stays"
        cloud.heal()
        page.find_line.again.click()
        await eventually(lambda: not page.find_line.isVisible())
        view = page.views.make("Night", "")
        await eventually(lambda: page.model.own_counts() == {view.view_id: 131})
        page.set_view(page.model.view, view.view_id)
        (chip,) = page.filters.asked_chips.values()
        await eventually(lambda: not page.finder.under_way)
        assert len(shown(page)) == 131
        chip.remove_asked.emit()
        assert page.model.rowCount() == 170
        assert not page.filters.asked_chips

    play(scenario())


def test_one_value_is_found_at_each_of_several_filters(
    window: MainWindow, play: Play, cloud: HuaweiCloud, eventually: Eventually
) -> None:
    cloud.add_tasks(4, state="STOPPED", title="Ship detection")
    (both,) = cloud.add_tasks(1, state="RUNNING", title="Ship detection")
    cloud.add_tasks(2, state="RUNNING")
    page = window.jobs

    async def scenario() -> None:
        account = await connected(window, cloud, eventually, jobs=7)
        title = Asked(account.account_id, "title", ("Ship detection",), "Ship detection")
        state = Asked(account.account_id, "task_state", ("RUNNING",), "RUNNING")
        page.views.choose(Filters(asked=(title, state)))
        await eventually(lambda: shown(page) == {both.id})
        assert [chip.text() for chip in page.filters.asked_chips.values()] == [
            *("Algorithm: Ship detection", "State at the service: RUNNING")
        ]
        page.views.choose(Filters(asked=(title,), states=frozenset({JobState.STOPPED})))
        await eventually(lambda: page.model.rowCount() == 4)

    play(scenario())


def test_what_a_service_offers_is_in_the_menus_and_done_after_asking(
    window: MainWindow, play: Play, cloud: HuaweiCloud, eventually: Eventually
) -> None:
    stopped = cloud.add_tasks(3, state="STOPPED")
    (moving,) = cloud.add_tasks(1, state="DELETING")
    page, context = window.jobs, window.jobs._context

    async def scenario() -> None:
        account = await connected(window, cloud, eventually, jobs=4)
        assert "New job at “Harbour”…" in entries(window, job_menu(window))
        page.table.select([(account.account_id, moving.id)])
        assert not entries(window, job_menu(window))["Delete at the service…"].isEnabled()
        page.table.select([(account.account_id, task.id) for task in stopped[:2]])
        offers = entries(window, job_menu(window))
        assert not offers["Change…"].isEnabled(), "that is for one"
        await eventually(lambda: page.commands.possible()["restart"])
        possible = page.commands.possible()
        assert not any(possible[each] for each in ("run-again", "duplicate", "restart-changed", "stop"))
        offers["Delete at the service…"].trigger()
        await eventually(lambda: dialog(QMessageBox))
        box = dialog(QMessageBox)
        assert isinstance(box, QMessageBox)
        assert stopped[0].name in box.text()
        box.reject()
        await eventually(lambda: not page.commands.service.at_work)
        assert page.model.rowCount() == 4
        entries(window, job_menu(window))["Delete at the service…"].trigger()
        await eventually(lambda: dialog(QMessageBox))
        box = dialog(QMessageBox)
        assert isinstance(box, QMessageBox)
        next(each for each in box.buttons() if "Delete" in each.text()).click()
        await eventually(lambda: page.model.rowCount() == 2)
        assert stopped[0].id not in cloud.state.tasks
        page.table.select([(account.account_id, stopped[2].id)])
        await eventually(lambda: page.commands.possible()["restart"])
        page.commands.restart()
        await eventually(lambda: cloud.state.tasks[stopped[2].id].state == "RUNNING")
        cloud.fail("PUT .*/action/stop", code="VIAS.00010012")
        context.tasks.start(context.background.run(context.desk.jobs.stop((account.account_id, stopped[2].id))))
        await eventually(lambda: any("does not allow this now" in each.text for each in window.messages.notices))
        assert len(cloud.requests("/action/stop")) == 1

    play(scenario())


def test_new_jobs_are_offered_where_there_is_something_to_make_them_of(
    window: MainWindow, play: Play, cloud: HuaweiCloud, eventually: Eventually
) -> None:
    async def scenario() -> None:
        account = await connected(window, cloud, eventually, jobs=0)
        window.commands.new_job()
        sheet = window.side.sheet
        assert isinstance(sheet, WhatSheet)
        assert [button.text() for button in sheet.makings] == ["New job at “Harbour”…"]
        sheet.makings[0].click()
        await eventually(lambda: dialog(FormDialog))
        form = dialog(FormDialog)
        assert isinstance(form, FormDialog)
        assert "name" in form.fields
        form.reject()
        await eventually(lambda: not window.jobs.commands.service.at_work)
        window.side.add_paths([])
        assert window.side.form is not None
        where = window.side.form.form.where
        assert account.account_id not in {each.account_id for each in where._accounts}
        await asyncio.sleep(0)

    play(scenario())
