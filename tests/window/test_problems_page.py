"""The problems page: grouped, explained, retried, dismissed, and empty when there is nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from batchdock.core.errors import BatchdockError, DiskFull, KeyRefused, ServiceTrouble
from batchdock.core.problem import FileFailure, Problem
from batchdock.window.main_window import MainWindow
from batchdock.window.problems.model import ProblemsModel
from batchdock.window.problems.page import ProblemsPage
from batchdock.window.sidebar import Page, Place
from fakes.roboflow_cloud import RoboflowCloud

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
    rows = [model.index(row).data() for row in range(model.rowCount())]
    assert rows == ["The disk is full · 2", "Lot 1", "Lot 3", "Roboflow did not accept this key", "acme"]
    selectable = [bool(model.index(row).flags() & Qt.ItemFlag.ItemIsSelectable) for row in range(model.rowCount())]
    assert selectable == [False, True, True, False, True]
