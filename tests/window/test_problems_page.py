"""The problems page: grouped, explained, retried, dismissed, and empty when there is nothing."""

import csv
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from batchdock.core.errors import (
    BatchdockError,
    DiskFull,
    FileUnreadable,
    FolderNotWritable,
    KeyRefused,
    NotAllArrived,
    ServiceTrouble,
    SourceGone,
)
from batchdock.core.problem import FileFailure, Problem
from batchdock.window.main_window import MainWindow
from batchdock.window.problems.model import ProblemsModel
from batchdock.window.problems.page import ProblemsPage
from batchdock.window.problems.saving import write_list
from batchdock.window.sidebar import Page, Place
from fakes.roboflow_cloud import RoboflowCloud
from making.starting import connected, on_batch, packages

NOW = datetime.now(UTC)


def page_of(window: MainWindow) -> ProblemsPage:
    page = window.pages[Page.PROBLEMS]
    assert isinstance(page, ProblemsPage)
    return page


async def report(window: MainWindow, problem_id: str, about: str, error: BatchdockError, **more: Any) -> None:
    async def there() -> None:
        window._context.desk.problems.report(problem_id, about, error, **more)

    await window._context.background.run(there())


def test_problems_come_go_and_are_counted(window: MainWindow, play: Any, eventually: Any) -> None:
    page = page_of(window)
    counts: list[int] = []
    page.count_changed.connect(counts.append)
    tries: list[str] = []

    async def again() -> None:
        tries.append("again")

    async def scenario() -> None:
        window.go(Place(Page.PROBLEMS))
        assert not page.list.isVisible()
        failures = (FileFailure("cam 3/밭.jpg", "The picture is damaged or cut off."),)
        trouble = ServiceTrouble(service="Roboflow", status=503)
        await report(window, "p1", "Lot 17", trouble, files=failures, again=again)
        await report(window, "p2", "Lot 18", DiskFull(folder="/media/disk", needed="9.8 GB"))
        await eventually(lambda: page.count() == 2)
        assert page.list.isVisible()
        row = page.model.row_of("p1")
        assert row is not None
        page.list.setCurrentIndex(page.model.index(row))
        files = page.details.files.model()
        assert [files.index(0, column).data() for column in (0, 1)] == [failures[0].name, failures[0].cause]
        assert page.details.retry.isVisible()
        assert not page.details.open_folder.isVisible()
        page.details.retry.click()
        await eventually(lambda: page.count() == 1)
        assert tries == ["again"]
        shown = page.shown()
        assert shown is not None
        assert shown.problem_id == "p2"
        assert page.details.open_folder.isVisible()
        assert not page.details.retry.isVisible()
        page.details.dismiss.click()
        await eventually(lambda: page.count() == 0)
        assert not page.list.isVisible()
        assert counts[-1] == 0
        assert max(counts) == 2

    play(scenario())


def test_a_refused_key_can_be_entered_anew_from_here(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    page = page_of(window)

    async def scenario(cloud: RoboflowCloud) -> None:
        context = window._context
        await context.background.run(context.desk.accounts.connect_roboflow(cloud.key, address=cloud.url))
        await report(window, "p1", "acme-ws", KeyRefused(service="Roboflow"))
        window.go(Place(Page.PROBLEMS))
        await eventually(lambda: page.count() == 1)
        assert page.details.new_key.isVisible()

    with RoboflowCloud() as cloud:
        play(scenario(cloud))


def test_problems_stand_under_the_reason_they_share(qtbot: QtBot) -> None:
    model = ProblemsModel()
    full = DiskFull(folder="/d", needed="1 GB")
    model.show_problems(
        [
            Problem("1", "Lot 1", full, NOW),
            Problem("2", "acme", KeyRefused(service="Roboflow"), NOW.replace(year=2020)),
            Problem("3", "Lot 3", full, NOW.replace(year=2021)),
        ]
    )
    assert [problem.problem_id for problem in model.alike(model.all()[1])] == ["1", "3"]
    rows = [model.index(row).data() for row in range(model.rowCount())]
    assert rows == ["The disk is full · 2", "Lot 1", "Lot 3", "Roboflow did not accept this key", "acme"]
    selectable = [bool(model.index(row).flags() & Qt.ItemFlag.ItemIsSelectable) for row in range(model.rowCount())]
    assert selectable == [False, True, True, False, True]


def test_all_of_a_reason_or_all_of_everything_is_tried_again_at_once(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    page = page_of(window)
    tries: list[str] = []

    def again(name: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def once() -> None:
            tries.append(name)

        return once

    async def scenario() -> None:
        window.go(Place(Page.PROBLEMS))
        trouble = ServiceTrouble(service="Roboflow", status=503)
        for name in ("p1", "p2", "p3"):
            await report(window, name, f"Lot {name}", trouble, again=again(name))
        await report(window, "p4", "Lot 9", FileUnreadable(name="a.jpg", reason="gone"), again=again("p4"))
        await report(window, "p5", "acme", KeyRefused(service="Roboflow"))
        await eventually(lambda: page.count() == 5)
        row = page.model.row_of("p2")
        assert row is not None
        page.list.setCurrentIndex(page.model.index(row))
        assert page.details.retry_alike.text() == "Retry all 3 of these"
        page.details.retry_alike.click()
        await eventually(lambda: page.count() == 2)
        assert sorted(tries) == ["p1", "p2", "p3"]
        assert not page.details.retry_alike.isVisible()
        page.retry_all.click()
        await eventually(lambda: page.count() == 1)
        assert tries[3:] == ["p4"]
        assert not page.retry_all.isEnabled()

    play(scenario())


def test_the_list_is_saved_as_a_table_that_spreadsheets_read(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    page = page_of(window)
    failures = tuple(FileFailure(f"cam 3/밭 {number}.jpg", "The picture is cut off.") for number in range(500))
    path = tmp_path / "list.csv"

    async def scenario() -> None:
        window.go(Place(Page.PROBLEMS))
        await report(window, "p1", "=Lot 17", ServiceTrouble(service="Roboflow", status=503), files=failures)
        await eventually(lambda: page.count() == 1)
        assert page.model.rowCount() == 2
        page.save_list.click()
        await eventually(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit)
        assert field is not None
        field.setText(str(path))
        dialog.accept()
        await eventually(lambda: any("The list is saved" in notice.text for notice in window.messages.notices))

    play(scenario())
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 501
    assert rows[0][:4] == ["Problem", "About", "File", "What was found"]
    assert rows[1][:4] == [
        "Roboflow is in trouble (503)",
        "'=Lot 17",
        "cam 3/밭 0.jpg",
        "The picture is cut off.",
    ]
    assert [each.name for each in tmp_path.glob("*.part")] == []


def test_a_list_that_can_not_be_written_says_so_and_leaves_nothing(tmp_path: Path, application: object) -> None:
    path = tmp_path / "no such folder" / "list.csv"
    with pytest.raises(FolderNotWritable):
        write_list(path, [Problem("1", "Lot", KeyRefused(service="Roboflow"), NOW)])


def test_a_folder_that_is_gone_can_be_found_or_done_without(window: MainWindow, play: Any, eventually: Any) -> None:
    page = page_of(window)
    asked: list[str] = []
    page.find_folder_asked.connect(asked.append)

    async def scenario() -> None:
        window.go(Place(Page.PROBLEMS))
        await report(window, "transfer:t1", "Lot 17", SourceGone(folder=Path("/media/card")))
        await eventually(lambda: page.count() == 1)
        details = page.details
        assert details.find_folder.isVisible()
        assert details.without.isVisible()
        assert not details.open_folder.isVisible()
        details.find_folder.click()
        assert asked == ["t1"]
        missing = NotAllArrived(arrived=12780, total=12782, service="Roboflow", names="a.jpg")
        await report(window, "transfer:t1", "Lot 17", missing, again=lambda: None)
        await eventually(lambda: details.retry.text() == "Send the missing ones again")
        assert details.without.isVisible()
        assert not details.find_folder.isVisible()
        assert page.model.index(0).data() == "12,780 of 12,782 files arrived"

    play(scenario())


def test_a_job_goes_on_without_what_the_service_could_not_take_in(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    page = page_of(window)

    async def scenario() -> None:
        with RoboflowCloud() as cloud:
            packages(cloud, "lot-1", done=2, failed=1)
            desk, run = window._context.desk, window._context.background.run
            account = await run(connected(desk, cloud))
            window.go(Place(Page.PROBLEMS))
            job = await run(desk.jobs.start_on_batch(account, "Lot 17", on_batch("lot-1")))
            await eventually(lambda: page.count() == 1)
            assert page.model.index(0).data() == "1 of 3 packages could not be taken in"
            assert page.details.without.isVisible()
            page.details.without.click()
            await eventually(lambda: page.count() == 0)
            await run(desk.jobs.start_now(job.key))
            await eventually(lambda: job.job_id in cloud.state.jobs)

    play(scenario())
