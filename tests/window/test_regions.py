"""What is known of a job over cameras, beside the table: the tabs it has, its settings, and its regions on a frame."""

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSizeF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from batchdock.core.facts import Region, RegionShape
from batchdock.core.job import Job
from batchdock.flows.preferences import HOOKS_PORT
from batchdock.window.job_details import panel
from batchdock.window.job_details.panel import JobDetails
from batchdock.window.job_details.regions_canvas import RegionsCanvas
from batchdock.window.main_window import MainWindow
from batchdock.window.results.colours import colour_of
from fakes.huawei import HuaweiCloud
from fakes.huawei.samples import SAMPLE_ID, SECRET
from making.caught import event
from making.huawei import connect_desk
from making.spoken import nameless

ROI = {
    "polygons": [{"name": "Ramp", "data": [[100, 100], [500, 100], [500, 400], [100, 400]]}],
    "lines": [{"data": [[700, 100], [700, 600]]}],
}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the panel ask as fast as a test wants to see it."""
    monkeypatch.setattr(panel, "TICK_MS", 50)
    monkeypatch.setattr(panel, "THERE_SECONDS", 0.2)


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud(vias="v2") as running:
        yield running


async def connected(window: MainWindow, cloud: HuaweiCloud, eventually: Any) -> dict[str, Job]:
    """Connect the cloud; return its jobs by id when all are listed."""
    context = window._context
    await context.background.run(connect_desk(context.desk, cloud))
    wanted = len(cloud.state.tasks) + len(cloud.state.iva_tasks)
    await eventually(lambda: window.jobs.model.count() == wanted)
    window.jobs.show_details(True)
    return {job.job_id: job for job in map(window.jobs.model.job_at, range(wanted))}


def shown_tabs(details: JobDetails) -> list[str]:
    """Return the tabs that can be opened."""
    tabs = details.tabs
    return [tabs.tabText(place) for place in range(tabs.count()) if tabs.isTabVisible(place)]


def test_the_tabs_are_those_that_the_service_has_something_for(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    cloud.add_sample()
    (plain,) = cloud.add_tasks(1, name="no-regions", state="RUNNING")

    async def scenario() -> None:
        jobs = await connected(window, cloud, eventually)
        details = window.jobs.details
        window.show_job(jobs[f"c-face-edge/{SAMPLE_ID}"].key)
        await eventually(lambda: shown_tabs(details) == ["Settings", "Regions", "For support"])
        assert details.head.state.text() == "Running since 10 Sep 2020"
        assert details.head.state.toolTip() == "The service says: RUNNING"
        assert details.head._values["algorithm"].isVisible()
        assert not details.head._values["items"].isVisible()
        assert not details.head.silence.isVisible()
        details.facts.view.copy_all.click()
        assert SECRET not in QGuiApplication.clipboard().text()
        assert "•••" in QGuiApplication.clipboard().text()
        details.tabs.setCurrentWidget(details.regions)
        assert details.regions.list.count() == 1
        assert not nameless(details)
        window.show_job(jobs[plain.id].key)
        await eventually(lambda: shown_tabs(details) == ["Settings", "For support"])
        assert details.tabs.currentWidget() is details.facts

    play(scenario())


def test_facts_are_asked_for_once_and_again_when_the_job_has_changed(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    task = cloud.add_sample()

    async def scenario() -> None:
        jobs = await connected(window, cloud, eventually)
        (job,) = jobs.values()
        details = window.jobs.details
        window.show_job(job.key)
        await eventually(lambda: details.facts.is_up_to_date(job))
        asked = len(cloud.requests(f"/services/c-face-edge/tasks/{SAMPLE_ID}"))
        details._ask()
        details._ask()
        assert len(cloud.requests(f"/services/c-face-edge/tasks/{SAMPLE_ID}")) == asked
        task.state = "STOPPED"
        context = window._context
        await context.background.run(context.desk.jobs.refresh())
        await eventually(lambda: "STOPPED" in json.dumps([each.remark for each in details.facts.view.tree.lines.lines]))

    play(scenario())


def test_what_can_not_be_asked_is_said_in_the_tab_and_tried_again(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    cloud.add_sample()

    async def scenario() -> None:
        (job,) = (await connected(window, cloud, eventually)).values()
        details = window.jobs.details
        cloud.fail("GET .*/services/c-face-edge/tasks/.*", status=403, code="IVA.0009", times=100)
        window.show_job(job.key)
        await eventually(details.facts.again.isVisible)
        assert "may not do that" in details.facts.trouble.text()
        assert not details.facts.view.isVisible()
        cloud.heal()
        details.facts.again.click()
        await eventually(details.facts.view.isVisible)
        assert not details.facts.again.isVisible()

    play(scenario())


def test_regions_are_drawn_on_what_the_job_sent_last_or_on_a_chosen_picture(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud, tmp_path: Path
) -> None:
    task = cloud.add_sample()
    task.service_config = {"common": {"target_roi": json.dumps(ROI)}}
    grey = tmp_path / "frame.png"
    Image.new("RGB", (1280, 720), (90, 90, 90)).save(grey)
    small = tmp_path / "small.png"
    Image.new("RGB", (640, 360), (90, 90, 90)).save(small)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")

    async def scenario() -> None:
        (job,) = (await connected(window, cloud, eventually)).values()
        context, details = window._context, window.jobs.details
        regions = details.regions
        window.show_job(job.key)
        await eventually(lambda: regions.list.count() == 2)
        details.tabs.setCurrentWidget(regions)
        assert regions.about.text() == "1 polygon, 1 line. No picture of it is known yet."
        assert regions.canvas.frame_size() == QSizeF(1280, 720)
        assert regions.canvas.accessibleDescription() == "Ramp · polygon, 4 points, Line 2 · line, 2 points"
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(grey))])
        middle = QPointF(regions.canvas.mapTo(window, regions.canvas.rect().center()))
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        window.dropEvent(QDropEvent(middle, Qt.DropAction.CopyAction, mime, buttons, keys))
        await eventually(lambda: regions.canvas.has_frame)
        assert regions.about.text() == "1 polygon, 1 line. On “frame.png”."
        assert not regions.outside.isVisible()
        regions.show_regions(job.key, regions._regions)
        assert regions.about.text() == "1 polygon, 1 line. On “frame.png”."
        regions.show_file(small)
        await eventually(regions.outside.isVisible)
        assert regions.outside.text().startswith("4 points lie outside this frame")
        regions.show_file(broken)
        await eventually(lambda: "can not be read as a picture" in regions.outside.text())
        details.show_job(None)
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = int(found.getsockname()[1])
        await context.background.run(context.desk.preferences.set(HOOKS_PORT, port))
        address = await context.background.run(context.desk.events.catch(job.key))
        headers = {address.header_name: address.header_value, "Content-Type": "application/json"}
        sent = await asyncio.to_thread(
            httpx.post, address.url, content=event(), headers=headers, trust_env=False, timeout=30
        )
        assert sent.is_success

        async def arrived() -> int:
            return len(await context.background.run(context.desk.events.events(job.key, limit=1)))

        while not await arrived():
            await asyncio.sleep(0.05)
        details.show_job(job)
        await eventually(lambda: "On the picture of" in regions.about.text())

    play(scenario())


def test_a_region_is_chosen_by_a_click_and_stands_out(application: Any) -> None:
    canvas = RegionsCanvas()
    canvas.resize(640, 360)
    canvas.show_regions(
        (
            Region(RegionShape.POLYGON, ((0.1, 0.1), (0.4, 0.1), (0.4, 0.5), (0.1, 0.5)), "Ramp", of_frame=True),
            Region(RegionShape.LINE, ((0.7, 0.1), (0.7, 0.9)), of_frame=True),
        )
    )
    chosen: list[int] = []
    canvas.chosen.connect(chosen.append)
    canvas.show()
    before = canvas.grab().toImage().pixelColor(160, 108)
    for x, y in ((160, 108), (449, 200), (560, 300)):
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert chosen == [0, 1, -1]
    canvas.choose(0)
    after, colour = canvas.grab().toImage().pixelColor(160, 108), colour_of(0)
    assert abs(after.blue() - colour.blue()) < abs(before.blue() - colour.blue())
    canvas.close()
    canvas.deleteLater()
