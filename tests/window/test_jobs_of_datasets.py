"""Merges, searches and evaluations in the job table: what is said of them, and what can be done to which."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox

from batchdock.core.states import JobState
from batchdock.window.jobs.columns import PLACE
from batchdock.window.main_window import MainWindow
from fakes.tensorbay import TensorBay
from making.tensorbay import connect_desk

Play = Callable[..., Any]
Eventually = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as bay:
        yield bay


def entries(window: MainWindow, *beginnings: str) -> list[QAction]:
    """Return the entries of the job menu that begin so."""
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Job")
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return [each for each in menu.actions() if each.text().replace("&", "").startswith(beginnings)]


def can(window: MainWindow, *beginnings: str) -> bool:
    return any(each.isEnabled() and each.isVisible() for each in entries(window, *beginnings))


def question() -> QMessageBox | None:
    return next(
        (each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox) and each.isVisible()), None
    )


def test_each_kind_is_offered_what_its_service_knows_of(
    window: MainWindow, play: Play, bay: TensorBay, eventually: Eventually
) -> None:
    dataset = bay.add_dataset("harbor")
    merge = bay.add_job(dataset, title="dev in", status="PROCESSING")
    bay.add_job(dataset, "basicSearch", "ships", status="FAILED", error="no such class")
    bay.add_benchmark("night").evaluations["e1"] = (1660000000, dataset, "c", {"mAP": 0.25})
    page = window.jobs

    def select(name: str) -> None:
        rows = range(page.model.rowCount())
        page.table.setCurrentIndex(page.model.index(next(r for r in rows if page.model.job_at(r).name == name), 0))

    def state(name: str) -> JobState:
        jobs = [page.model.job_at(row) for row in range(page.model.rowCount())]
        return next(job.state for job in jobs if job.name == name)

    async def scenario() -> None:
        await page._context.background.run(connect_desk(page._context.desk, bay))
        await eventually(lambda: page.model.rowCount() == 3)
        types = {page.model.index(row, PLACE["type"]).data() for row in range(3)}
        assert types == {"Merge", "Search", "Evaluation"}
        page.search("harbor")
        assert page.model.rowCount() == 2
        page.search("")
        select("night")
        assert not can(window, "Stop", "Start again")
        assert not can(window, "Delete at the service", "Make a dataset")
        select("ships")
        assert not can(window, "Start again")
        assert can(window, "Delete at the service")
        assert not can(window, "Make a dataset")
        select("dev in")
        assert not can(window, "Delete at the service")
        (stop,) = entries(window, "Stop")
        stop.trigger()
        await eventually(question)
        box = question()
        assert box is not None
        assert box.informativeText() == "The service does not say what becomes of what it has done so far."
        box.buttons()[0].click()
        await eventually(lambda: merge.status == "ABORTED")
        await eventually(lambda: state("dev in") is JobState.STOPPED)
        select("dev in")
        await eventually(lambda: can(window, "Start again"))
        assert can(window, "Delete at the service")

    play(scenario())
