"""What is known from hints only can be done, and is called unverified wherever it is offered."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QMenu

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.window.main_window import MainWindow
from fakes.tensorbay import TensorBay
from making.jobs import job
from making.tensorbay import connect_desk


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as running:
        yield running


def texts(window: MainWindow) -> dict[str, str]:
    """Return what the commands of the menus are called, by key."""
    menus = window.findChildren(QMenu)
    return {action.objectName(): action.text().replace("&", "") for menu in menus for action in menu.actions()}


def test_stopping_and_starting_again_say_so_where_they_are(window: MainWindow, play: Any, bay: TensorBay) -> None:
    def select(*jobs: Job) -> None:
        window.jobs.model.put(jobs)
        window.jobs.table.select([each.key for each in jobs])

    async def scenario() -> None:
        account = await window._context.background.run(connect_desk(window._context.desk, bay))
        here = job(1, JobState.RUNNING, account_id=THIS_COMPUTER_ID)
        there = job(2, JobState.RUNNING, account_id=account.account_id, kind="Merge")
        select(here)
        plain = texts(window)
        assert (plain["stop"], plain["restart"]) == ("Stop…", "Start again")
        select(there)
        assert (texts(window)["stop"], texts(window)["restart"]) == (
            "Stop (unverified)…",
            "Start again (unverified)",
        )
        assert {key for key, text in texts(window).items() if text != plain.get(key, text)} == {"stop", "restart"}
        select(here)
        assert texts(window) == plain

    play(scenario())
