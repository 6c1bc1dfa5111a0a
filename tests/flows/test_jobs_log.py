"""The log of a job by pages, against a cloud whose log grows."""

from collections.abc import Iterator

import pytest

from batchdock.core.errors import NotFound
from batchdock.core.job import Severity
from batchdock.flows.jobs.log import LogPage, Logs
from batchdock.services.roboflow.service import RoboflowService
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import Played, StoredJob
from making.clients import run


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        server.state.jobs["j"] = StoredJob("j", "Lot", {})
        yield server


def line(number: int) -> dict[str, object]:
    return {
        "createdAt": "2026-10-01T12:02:00.000Z",
        "processingStageId": None,
        "taskId": None,
        "severity": "error" if number % 10 == 0 else "info",
        "reportingModule": "m",
        "logType": "said",
        "payload": {"message": f"line {number}"},
    }


def said(page: LogPage) -> list[str]:
    return [entry.message.removeprefix("line ") for entry in page.entries]


def test_a_log_that_is_followed_is_not_read_from_its_start_again(cloud: RoboflowCloud) -> None:
    lines = [line(number) for number in range(2_050)]
    cloud.play("j", Played(logs=lines))

    async def work(service: RoboflowService) -> None:
        logs = Logs()
        first = await logs.page(service, "j", limit=1000)
        assert (said(first), first.more) == ([str(number) for number in range(1000)], True)
        rest = await logs.page(service, "j", after=1000, limit=5000)
        assert (said(rest), rest.more) == ([str(number) for number in range(1000, 2050)], False)
        asked = len(cloud.seen)
        assert await logs.page(service, "j", after=2050) == LogPage((), more=False)
        lines.extend(line(number) for number in range(2_050, 2_120))
        assert said(await logs.page(service, "j", after=2050)) == [str(number) for number in range(2050, 2120)]
        assert len(cloud.seen) - asked == 3  # The last page, and again, and the one that has come.
        assert said(await logs.page(service, "j", after=150, limit=3)) == ["150", "151", "152"]
        errors = await logs.page(service, "j", Severity.ERROR, limit=2)
        assert [each.query.get("severity") for each in cloud.seen[-1:]] == ["error"]
        assert len(errors.entries) == 2

    run(cloud, work)


def test_exactly_one_page_has_no_more_behind_it(cloud: RoboflowCloud) -> None:
    cloud.play("j", Played(logs=[line(number) for number in range(100)]))

    async def work(service: RoboflowService) -> None:
        logs = Logs()
        page = await logs.page(service, "j", limit=100)
        assert (len(page.entries), page.more) == (100, False)
        assert (await logs.page(service, "j", limit=99)).more

    run(cloud, work)


def test_a_position_that_is_good_no_longer_costs_a_reading_from_the_start(cloud: RoboflowCloud) -> None:
    cloud.play("j", Played(logs=[line(number) for number in range(350)]))

    async def work(service: RoboflowService) -> None:
        logs = Logs()
        await logs.page(service, "j", limit=1000)
        cloud.fail("GET .*/logs", status=400, times=1)
        assert said(await logs.page(service, "j", after=340)) == [str(number) for number in range(340, 350)]
        cloud.play("j", Played(job=None))
        with pytest.raises(NotFound):
            await logs.page(service, "j", after=340)

    run(cloud, work)
