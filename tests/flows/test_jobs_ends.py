"""However a job ends, played by a cloud word for word: it ends once for each run, and nobody waits for that."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.job import Job, JobDefinition
from batchdock.core.states import JobState
from batchdock.flows.jobs import ends
from batchdock.flows.jobs.ending import UNTOLD
from batchdock.flows.jobs.missing import NOT_YET
from batchdock.flows.jobs.seeing import GOES_ON
from batchdock.keystore.session import SessionKeys
from batchdock.store import JobRecord, Phase
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import until
from making.playing import over, played, running, stage, task
from making.theatre import half, theatre

WAITING, RUNNING, FINISHING, STOPPED = JobState.STARTING, JobState.RUNNING, JobState.FINISHING, JobState.STOPPED
DONE, PROBLEMS, FAILED, UNKNOWN = JobState.DONE, JobState.DONE_WITH_PROBLEMS, JobState.FAILED, JobState.UNKNOWN


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def test_a_job_that_is_over_and_not_and_over_again_ends_once_also_over_a_restart_of_the_app(
    home: Path, cloud: RoboflowCloud
) -> None:
    keys = SessionKeys()

    async def scenario() -> None:
        async with theatre(home, cloud, keys=keys) as here:
            here.with_results()
            await here.step(half(5, 0.9))
            assert (await here.step(played(over(6)))).state is DONE
            flapping = await here.step(half(7, 0.95))
            assert (flapping.state, flapping.message) == (RUNNING, GOES_ON)
            assert (await here.step(played(over(8)))).state is DONE
            assert (await here.step(half(9, 0.96))).state is RUNNING
            assert here.ends == [DONE]
        async with theatre(home, cloud, keys=keys) as here:
            assert here.job.state is RUNNING
            done = await here.step(played(over(10)))
            assert (done.state, done.message) == (DONE, "")
            assert await asyncio.wait_for(here.desk.jobs.ended(done.key), 5) == done
            assert here.ends == []

    asyncio.run(scenario())


def test_a_job_started_again_here_ends_once_for_each_run(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            await here.step(half(5, 0.9))
            failed = await here.step(played(over(6, "failed", "Why")))
            await here.desk.jobs.restart(failed.key)
            fresh = here.job
            assert (fresh.state, fresh.progress, fresh.ended, fresh.message) == (WAITING, None, None, "")
            assert (await here.look()).state is WAITING  # The list is not up to date yet.
            assert (await here.step(played(running(20, stage=None)))).state is WAITING
            lower = await here.step(half(30, 0.1))
            assert (lower.state, lower.message) == (RUNNING, "Working")  # Another run, not a step back.
            assert (await here.step(played(over(40)))).state is DONE
            assert here.ends == [FAILED, DONE]
            assert here.desk.problems.all() == ()

    asyncio.run(scenario())


def test_a_job_started_again_elsewhere_ends_once_more(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            await here.step(half(5, 0.9))
            assert (await here.step(played(over(6, "failed", "Why")))).state is FAILED
            again = played(running(20), stage("processing", [task(1, progress=0.1), task(2)], began=19))
            job = await here.step(again)
            assert (job.state, job.message, job.ended) == (RUNNING, "Working", None)
            assert (await here.step(played(over(40)))).state is DONE
            assert here.ends == [FAILED, DONE]

    asyncio.run(scenario())


@pytest.mark.parametrize(("first", "then"), [(FAILED, DONE), (DONE, FAILED), (STOPPED, FAILED)])
def test_a_late_correction_is_shown_and_is_no_second_end(
    home: Path, cloud: RoboflowCloud, first: JobState, then: JobState
) -> None:
    words = {FAILED: "failed", DONE: "finished", STOPPED: "aborted"}

    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            await here.step(half(5, 0.9))
            assert (await here.step(played(over(6, words[first], "First")))).state is first
            assert (await here.step(played(over(7, words[then], "Then")))).state is then
            assert here.ends == [first]
            assert len(here.desk.problems.all()) == (then is FAILED)

    asyncio.run(scenario())


def test_an_end_while_the_app_was_closed_is_told_at_the_next_start(home: Path, cloud: RoboflowCloud) -> None:
    keys = SessionKeys()

    async def scenario() -> None:
        async with theatre(home, cloud, keys=keys) as here:
            here.with_results()
            await here.step(half(5, 0.9))
        async with theatre(home, cloud, keys=keys) as here:
            assert (await here.step(played(over(6)))).state is DONE
            assert here.ends == [DONE]
        async with theatre(home, cloud, keys=keys) as here:
            assert (await here.look()).state is DONE
            assert here.ends == []

    asyncio.run(scenario())


def test_a_job_that_is_off_the_list_ends_in_silence(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            job = await here.step(half(5, 0.9))
            await here.desk.jobs.remove(job.key)
            waiting = asyncio.create_task(here.desk.jobs.ended(job.key))
            cloud.play("play", played(over(6)))
            await here.desk.jobs.look(here.account)
            assert (await asyncio.wait_for(waiting, 5)).state is DONE
            await here.desk.jobs.restore(job.key)
            await here.look()
            assert (here.job.state, here.ends) == (DONE, [])

    asyncio.run(scenario())


def test_an_end_that_can_not_be_looked_into_is_told_all_the_same_and_keeps_no_other_job(
    home: Path, cloud: RoboflowCloud
) -> None:
    cloud.fail("GET .*/jobs/play/logs", status=400, times=1000)

    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            await here.step(half(5, 0.9))
            cloud.play("play", played(over(6)))
            for _ in range(2):
                assert (await here.look()).state is RUNNING
            job = await here.look()
            assert (job.state, job.message) == (PROBLEMS, UNTOLD)
            assert here.ends == [PROBLEMS]

    asyncio.run(scenario())


def test_a_stage_with_very_many_tasks_is_read_some_at_a_time(home: Path, cloud: RoboflowCloud) -> None:
    cloud.state.page = 500
    tasks = [task(number, "done" if number < 1250 else "info") for number in range(2_500)]

    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            job = await here.step(played(running(5), stage("processing", tasks)))
            assert job.progress is None  # What is read first may be what was done first.
            (part,) = (await here.desk.jobs.detail(job.key)).stages
            assert (part.whole, len(part.tasks), part.counts.done, part.counts.waiting) == (False, 2000, 1250, 750)
            job = await here.look()
            assert job.progress == pytest.approx(0.95 * 0.5)
            asked = len(cloud.requests("/tasks"))
            await here.look()
            assert len(cloud.requests("/tasks")) == asked + 2
            (whole,) = (await here.desk.jobs.detail(job.key)).stages
            assert (whole.whole, len(whole.tasks), whole.counts.waiting) == (True, 2500, 1250)

    asyncio.run(scenario())


@pytest.mark.long
def test_an_end_that_takes_long_to_look_into_keeps_nobody_waiting(
    home: Path, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ends, "OTHERS_WAIT", 0.3)
    cloud.state.page = 1

    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            here.with_results()
            await here.step(half(5, 0.9))
            step = played(over(6), stage("processing", [task(number, "done") for number in range(200)]))
            cloud.line(latency=0.005)
            assert (await here.step(step)).state is RUNNING
            assert (await here.look()).state is RUNNING
            assert len([each for each in cloud.seen if each.path.endswith("/stages")]) == 2  # It is under way once.
            await until(lambda: here.job.state is DONE, "settled by itself")
            assert (await here.look()).state is DONE
            assert here.ends == [DONE]

    asyncio.run(scenario())


def test_a_large_job_that_is_over_is_read_bit_by_bit_to_its_end(home: Path, cloud: RoboflowCloud) -> None:
    cloud.state.page = 500
    lines = [
        {
            "severity": "warning",
            "logType": "file-not-processed",
            "payload": {"file": f"{number}.jpg", "cause": "Broken"},
        }
        for number in range(7_000)
    ]
    step = played(over(9, "failed", "Why"), stage("processing", [task(number, "error") for number in range(2_500)]))
    step.logs = lines

    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            job = await here.step(step)
            detail = await here.desk.jobs.detail(job.key)
            assert detail.more
            assert (len(detail.stages[0].tasks), len(detail.failures)) == (1000, 5000)
            looks = 1
            while detail.more:
                detail = await here.desk.jobs.detail(job.key)
                looks += 1
            assert (len(detail.stages[0].tasks), len(detail.failures), looks) == (2500, 7000, 3)
            asked = len(cloud.seen)
            assert await here.desk.jobs.detail(job.key) == detail
            assert len(cloud.seen) == asked

    asyncio.run(scenario())


def test_a_job_that_was_just_created_may_come_late(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with theatre(home, cloud) as here:
            definition = JobDefinition(content=Content.IMAGES, batch_id="lot", workflow_id="find-things")
            fresh = Job(here.account, "fresh", "Fresh", WAITING, content=Content.IMAGES, created=datetime.now(UTC))
            here.desk.jobs._board.record([JobRecord(fresh, Phase.STARTED, definition)])
            cloud.play("play", played(None))
            assert ((await here.look()).state, here.job.message) == (WAITING, NOT_YET)

    asyncio.run(scenario())
