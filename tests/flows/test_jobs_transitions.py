"""Every way a job can go, played by a cloud word for word: the state shown is right each time, and it ends once."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.states import JobState
from batchdock.flows.jobs.missing import GONE
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import Played
from making.playing import BEGIN, over, played, running, stage, task
from making.theatre import half, theatre

WAITING, RUNNING, FINISHING, STOPPED = JobState.STARTING, JobState.RUNNING, JobState.FINISHING, JobState.STOPPED
DONE, PROBLEMS, FAILED, UNKNOWN = JobState.DONE, JobState.DONE_WITH_PROBLEMS, JobState.FAILED, JobState.UNKNOWN


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


STEPS: dict[str, list[tuple[Played, dict[str, Any]]]] = {
    "queued, processing, packing, done": [
        (played(running(1, stage=None)), {"state": WAITING, "progress": None, "started": None}),
        (half(20, 0.5), {"state": RUNNING, "progress": pytest.approx(0.95 * 0.25), "stage": "processing"}),
        (half(30, 1.0, 0.5), {"state": RUNNING, "progress": pytest.approx(0.95 * 0.75)}),
        (
            played(
                running(40, stage="export"),
                stage("processing", [task(1, "done"), task(2, "done")], statusType="success"),
                stage("export", [task(1, progress=0.5)], began=35),
            ),
            {"state": FINISHING, "progress": pytest.approx(0.975), "stage": "export"},
        ),
        (played(over(50)), {"state": DONE, "progress": 1.0, "seconds_left": None}),
    ],
    "stages appear late": [
        (played(running(5)), {"state": RUNNING, "progress": None, "stage": "processing"}),
        (played(running(6), stage("processing", [], number=2)), {"state": RUNNING, "progress": 0.0}),
        (half(7, 1.0, 1.0), {"state": RUNNING, "progress": pytest.approx(0.95), "message": "Working"}),
        (
            played(
                running(40, stage="inference"),
                stage("processing", [task(1, "done"), task(2, "done")]),
                stage("inference", [task(1), task(2)]),
            ),
            {"state": RUNNING, "message": "The service counts anew: 47 % instead of 95 %. Working"},
        ),
        (played(over(50)), {"state": DONE, "progress": 1.0}),
    ],
    "tasks out of order": [
        (
            played(running(5), stage("processing", [task(3, "done"), task(1), task(2, progress=0.5)], number=4)),
            {"state": RUNNING, "progress": pytest.approx(0.95 * 1.5 / 4)},
        ),
        (
            played(running(6), stage("processing", [task(2, progress=0.5), task(4), task(3, "done"), task(1)])),
            {"state": RUNNING, "progress": pytest.approx(0.95 * 1.5 / 4), "message": "Working"},
        ),
        (
            played(running(7), stage("processing", [task(4, "error"), task(2, "done"), task(1), task(3, "done")])),
            {"state": RUNNING, "progress": pytest.approx(0.95 * 3 / 4)},
        ),
        (played(over(50)), {"state": DONE}),
    ],
    "progress goes back": [
        (half(5, 0.9, 0.5), {"progress": pytest.approx(0.95 * 0.7), "message": "Working"}),
        (
            half(6, 0.4, 0.4),
            {"progress": pytest.approx(0.38), "message": "The service counts anew: 38 % instead of 66 %. Working"},
        ),
        (
            half(7, 0.6, 0.4),
            {
                "progress": pytest.approx(0.475),
                "message": "The service counts anew: 38 % instead of 66 %. Working",
            },
        ),
        (half(8, 1.0, 0.6), {"progress": pytest.approx(0.76), "message": "Working"}),
        (half(9, 1.0, 0.59), {"progress": pytest.approx(0.76), "message": "Working"}),
        (played(over(50)), {"state": DONE, "message": ""}),
    ],
    "aborted": [
        (half(5, 0.9), {"state": RUNNING}),
        (played(over(6, "aborted", "Stopped by a person")), {"state": STOPPED, "message": "Stopped by a person"}),
    ],
    "failed": [
        (half(5, 0.9), {"state": RUNNING}),
        (played(over(6, "failed", "No machine")), {"state": FAILED, "message": "No machine"}),
    ],
    "unknown words": [
        (played(running(5, stage="contemplating")), {"state": RUNNING, "stage": "contemplating"}),
        (
            played({"isTerminal": None, "currentStage": None, "status": "levitating"}),
            {"state": UNKNOWN, "service_word": "levitating"},
        ),
        (
            played(
                running(7, lastNotification="Text instead of an object"),
                stage("processing", [task(1, "perhaps", 0.5), task(2, "SUCCESSISH")], statusType="whatever"),
            ),
            {"state": RUNNING, "progress": pytest.approx(0.95 * 0.75), "message": "Text instead of an object"},
        ),
        (played(over(8, "something new")), {"state": DONE}),
    ],
    "null everywhere": [
        (
            played(
                {
                    "name": None,
                    "jobDefinition": None,
                    "currentStage": None,
                    "plannedStages": None,
                    "error": None,
                    "isTerminal": False,
                    "lastNotification": None,
                    "createdAt": None,
                    "lastUpdate": None,
                    "restartParametersOverride": None,
                },
                stage(
                    "processing",
                    [task(1, eventTimestamp=None, notification=None, statusType=None)],
                    notification=None,
                    statusType=None,
                    outputBatches=None,
                    startTimestamp=None,
                    lastEventTimestamp=None,
                    tasksNumber=None,
                ),
            ),
            {"state": WAITING, "progress": 0.0, "message": "", "created": None, "expires": None},
        ),
        (played({"isTerminal": True, "error": None, "lastNotification": None, "lastUpdate": None}), {"state": DONE}),
    ],
}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_is_shown_as_it_is_and_the_job_ends_once(home: Path, cloud: RoboflowCloud, name: str) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            for number, (step, expected) in enumerate(STEPS[name], 1):
                job = await here.step(step)
                shown = {field: getattr(job, field) for field in expected}
                assert shown == expected, f"step {number}"
                assert job.seconds_left is None
                again = await here.look()
                assert again == job, f"step {number}, asked again"
            assert here.job.state.is_terminal
            assert here.ends == [here.job.state]
            assert here.job.ended is not None
            assert here.job.ended <= datetime.now(UTC)

    asyncio.run(scenario())


def test_the_times_of_a_job_are_those_of_its_service(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            job = await here.step(half(20, 0.5))
            created = job.created
            assert created is not None
            assert job.expires == created + timedelta(days=7)
            assert (job.started, job.last_news) == (BEGIN + timedelta(seconds=1), BEGIN + timedelta(seconds=20))
            told = {"type": "finished", "processed": 138, "total": 138, "failed": 0}
            done = await here.step(played(over(70, lastNotification=told), stage("processing", [task(1, "done")])))
            assert done.rate == 2.0
            assert (done.ended, done.seconds_taken) == (BEGIN + timedelta(seconds=70), 69.0)
            made = cloud.state.batches["play-export"].created
            assert done.expires is not None
            assert abs(done.expires - made - timedelta(days=7)) < timedelta(seconds=1)

    asyncio.run(scenario())


def test_news_are_when_an_answer_differs_whatever_the_clock_of_the_service_says(
    home: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            first = (await here.step(half(20, 0.5))).last_news
            assert (await here.look()).last_news == first
            before = datetime.now(UTC)
            # Its clock is half an hour behind ours, as it were: it says “then” and means now.
            second = (await here.step(half(25, 0.6))).last_news
            assert second is not None
            assert first is not None
            assert first < before - timedelta(minutes=20) < second <= datetime.now(UTC)
            # And ahead: nothing has news from the future.
            third = (await here.step(half(9_000, 0.7))).last_news
            assert third is not None
            assert second < third <= datetime.now(UTC)
            cloud.go_away()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(here.look(), 0.5)
            assert here.job.last_news == third
            cloud.come_back()

    asyncio.run(scenario())


def test_finished_without_results_is_not_called_done(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            await here.step(half(5, 0.9))
            job = await here.step(played(over(6)))
            assert (job.state, job.message) == (PROBLEMS, "Finished, but no results.")
            assert here.ends == [PROBLEMS]
            assert [problem.job for problem in here.desk.problems.all()] == [job.key]

    asyncio.run(scenario())


def test_a_job_that_its_service_forgets_while_it_moves_is_unknown_until_it_is_back(
    home: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            await here.step(half(5, 0.9))
            job = await here.step(played(None))
            assert (job.state, job.message) == (UNKNOWN, GONE)
            assert job.progress == pytest.approx(0.95 * 0.45)
            asked = len(cloud.requests("/jobs/play"))
            for _ in range(3):
                assert (await here.look()).state is UNKNOWN
            assert len(cloud.requests("/jobs/play")) == asked  # By the list only, and by itself ever more rarely.
            assert here.ends == []
            back = await here.step(half(30, 1.0))
            assert (back.state, back.message) == (RUNNING, "Working")
            assert (await here.step(played(None))).state is UNKNOWN
            assert (await here.step(played(over(60)))).state is DONE
            assert here.ends == [DONE]

    asyncio.run(scenario())


def test_a_job_that_is_not_listed_is_asked_for_by_its_name(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            await here.step(half(5, 0.2))
            assert (await here.step(played(running(6, stage="export"), listed=False))).state is FINISHING
            assert (await here.step(played(over(7, "failed", "Why"), listed=False))).state is FAILED
            assert here.ends == [FAILED]

    asyncio.run(scenario())


def test_what_is_over_stays_as_it_was_when_its_service_forgets_it(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            await here.step(half(5, 0.9))
            done = await here.step(played(over(6)))
            assert await here.step(played(None)) == done
            assert (await here.desk.jobs.detail(done.key)).job == done
            asked = len(cloud.seen)
            assert (await here.desk.jobs.detail(done.key)).stages == ()
            assert len(cloud.seen) == asked
            assert here.ends == [DONE]

    asyncio.run(scenario())
