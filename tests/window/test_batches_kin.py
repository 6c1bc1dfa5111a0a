"""A batch names the jobs that have to do with it, and leads to them; a whole batch leaves out what is saved."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.batch import Choice
from batchdock.window.batches.page import NARROW
from batchdock.window.batches.saving import SavingDialog
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from batchdock.window.theme import unit
from fakes.roboflow_cloud import RoboflowCloud
from making import media
from making.exports import export


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def test_a_batch_leads_to_the_job_that_made_it_and_the_one_that_uses_it(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    media.picture(tmp_path / "R&D <b>lot" / "1.jpg")

    async def scenario() -> None:
        window.add_paths([tmp_path / "R&D <b>lot"])
        sheet = window.sheet
        assert sheet is not None
        await eventually(lambda: sheet.start.isEnabled() and not sheet.is_counting())
        sheet.start.click()
        jobs = window.desk.jobs
        await eventually(lambda: jobs.all() and jobs.all()[0].state.is_terminal)
        window.go(Place(Page.BATCHES))
        page = window.batches
        await eventually(lambda: page.model.rowCount() == 2)
        rows = {page.model.batch(row).batch_id: row for row in range(2)}  # type: ignore[union-attr]
        job = jobs.all()[0]
        page.table.selectRow(rows[job.batch_id])
        await eventually(lambda: page.kin.used_by.isVisible())
        assert not page.kin.made_by.isVisible()
        assert page.kin.used_by.text() == "R&&D <b>lot"
        page.table.selectRow(rows[job.output_batches[-1]])
        await eventually(lambda: page.kin.made_by.isVisible())
        asked: list[tuple[str, str]] = []
        page.job_asked.connect(asked.append)
        page.kin.made_by.click()
        assert asked == [job.key]
        assert window.sidebar.place().page is Page.JOBS

    play(scenario())


def test_a_whole_batch_leaves_out_what_is_saved(
    window: MainWindow, cloud: RoboflowCloud, play: Any, eventually: Any, tmp_path: Path
) -> None:
    export(cloud, "r", archives=2, pictures=2, plain=3)

    async def scenario() -> None:
        run, desk, page = window._context.background.run, window.desk, window.batches
        account = (await run(desk.accounts.connect_roboflow(cloud.key, address=cloud.url))).account_id
        window.go(Place(Page.BATCHES))
        await eventually(lambda: page.browser.entries())

        async def dialog() -> SavingDialog:
            page.save_button.click()
            await eventually(lambda: page.findChild(SavingDialog) is not None)
            found = page.findChild(SavingDialog)
            assert found is not None
            return found

        asked = await dialog()
        assert asked.choices() is None
        assert not asked.again.isVisible()
        asked.reject()
        first = Choice("plain", frozenset({(None, "plain 0001.jpg")}))
        await run(desk.results.save(account, ["r"], tmp_path, choices=[first], name="One"))
        await eventually(lambda: page.findChild(SavingDialog) is None)
        asked = await dialog()
        left = Choice("plain", frozenset({(None, "plain 0001.jpg")}), others=True)
        assert asked.choices() == (Choice("predictions", others=True), left)
        asked.again.click()
        assert asked.choices() is None
        asked.reject()
        await run(desk.results.save(account, ["r"], tmp_path, name="All"))
        await eventually(lambda: page.findChild(SavingDialog) is None)
        asked = await dialog()
        assert asked.again.isChecked()
        assert asked.choices() is None
        assert asked._known.text().startswith("All of these are saved already")
        asked.reject()
        await eventually(lambda: page.findChild(SavingDialog) is None)

    play(scenario())


def test_where_there_is_little_room_buttons_are_signs_and_keep_their_names(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        page = window.batches
        window.go(Place(Page.BATCHES))
        page.resize(unit(page) * NARROW - 10, 400)
        assert page.start_button.text() == ""
        assert page.start_button.accessibleName() == page.start_button.toolTip() == "Start a job on this batch"
        page.resize(unit(page) * NARROW + 10, 400)
        assert page.start_button.text() == "Start a job…"

    play(scenario())
