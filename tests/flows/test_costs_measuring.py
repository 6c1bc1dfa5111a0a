"""What jobs took is measured when they end, by the cloud's own times, whoever started them."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchdock.core.costs import Basis
from batchdock.core.job import Job, JobOptions
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.news import CostsChanged
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import PATIENCE, desk_at, order, reviewed, until
from making.media import picture
from making.worked import definition, put_worked, worked


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    return (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id


async def started(desk: Desk, cloud: RoboflowCloud, account: str, drop: Path, *, options: JobOptions) -> Job:
    if not drop.exists():
        for number in range(4):
            picture(drop / f"{number}.jpg", seed=number, size=(16, 16))
    made = replace(order(await reviewed(desk, drop), account_id=account, workflow_id="find-things"), options=options)
    (job,) = await desk.jobs.start(made)
    await until(lambda: job.job_id in cloud.state.jobs, "the job is at the service")
    return job


async def credits_of(desk: Desk, key: tuple[str, str]) -> float:
    desk.jobs.look_at(key)
    await until(lambda: any(job.key == key and job.credits is not None for job in desk.jobs.all()), "it was measured")
    found = _job(desk, key).credits
    assert found is not None
    return found


def _job(desk: Desk, key: tuple[str, str]) -> Job:
    return next(job for job in desk.jobs.all() if job.key == key)


def test_a_job_that_ends_says_what_it_used(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            account = await connected(desk, cloud)
            options = JobOptions(machine="gpu", max_parallel_tasks=2)
            job = await started(desk, cloud, account, tmp_path / "drop", options=options)
            # Two machines: the last two of the tasks say how long they were busy, 900 s together, at 4 credits an hour.
            cloud.play(job.job_id, worked([100, 300, 500, 400]))
            assert await credits_of(desk, job.key) == pytest.approx(900 / 3600 * 4)
            assert desk.costs.spent(account) == pytest.approx(1.0)
            assert CostsChanged(account) in events

    asyncio.run(scenario())


def test_where_nobody_says_how_many_machines_there_were_the_most_is_counted(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await started(desk, cloud, account, tmp_path / "drop", options=JobOptions())
            cloud.play(job.job_id, worked([900, 1800]))
            assert await credits_of(desk, job.key) == pytest.approx(2700 / 3600)

    asyncio.run(scenario())


def test_a_job_that_ended_while_batchdock_was_closed_is_measured_at_the_next_start_and_once(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await started(desk, cloud, account, tmp_path / "drop", options=JobOptions())
            desk.jobs.look_at(job.key)
            cloud.fail("GET .*/stages", status=503)
            cloud.play(job.job_id, worked([3600]))
            await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)
            assert _job(desk, job.key).credits is None
        cloud.heal()
        async with desk_at(home) as (desk, _):
            await connected(desk, cloud)
            assert await credits_of(desk, job.key) == pytest.approx(1.0)
        asked = len(cloud.requests(f"/{job.job_id}/stages"))
        async with desk_at(home) as (desk, events):
            await connected(desk, cloud)
            assert desk.costs.spent(account) == pytest.approx(1.0)
            assert _job(desk, job.key).credits == pytest.approx(1.0)
            await desk.jobs.look(account)
            assert not [each for each in events if isinstance(each, CostsChanged)]
        assert len(cloud.requests(f"/{job.job_id}/stages")) == asked

    asyncio.run(scenario())


def test_jobs_of_others_count_that_ended_this_month(home: Path, cloud: RoboflowCloud) -> None:
    last_month = datetime.now(UTC).replace(day=1) - timedelta(days=3)
    put_worked(cloud, "theirs", definition(), worked([1800], items=100))
    put_worked(cloud, "old", definition(), worked([1800], items=100, ended=last_month))

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            await until(lambda: desk.costs.spent(account) > 0, "theirs was seen")
            await until(lambda: len(desk.jobs.all()) == 2, "both were seen")
            assert desk.costs.spent(account) == pytest.approx(0.5)
            assert not cloud.requests("/old/stages")

    asyncio.run(scenario())


def test_a_failed_job_costs_and_teaches_nothing(home: Path, cloud: RoboflowCloud) -> None:
    put_worked(cloud, "failed", definition(), worked([1800], items=100, kind="failed"))

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            assert await credits_of(desk, (account, "failed")) == pytest.approx(0.5)
            assert _job(desk, (account, "failed")).state is JobState.FAILED
            content = _job(desk, (account, "failed")).content
            assert await desk.costs.estimate(account, "find-things", content, 100, JobOptions()) is None

    asyncio.run(scenario())


def test_a_job_that_never_began_cost_nothing_and_where_stages_are_not_known_the_whole_time_counts(
    home: Path, cloud: RoboflowCloud
) -> None:
    put_worked(cloud, "never-began", definition(), replace(worked([1800], kind="failed"), stages=[], tasks={}))
    put_worked(cloud, "unknown", definition(), worked([1500], items=10))
    cloud.fail("GET .*/unknown/stages", status=404, times=100)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            # From its creation, five minutes before the processing of the other jobs here.
            assert await credits_of(desk, (account, "unknown")) == pytest.approx(0.5)
            await until(lambda: cloud.requests("/never-began/stages"), "it was looked at")
            assert _job(desk, (account, "never-began")).credits is None
            assert desk.costs.spent(account) == pytest.approx(0.5)
            content = _job(desk, (account, "unknown")).content
            assert await desk.costs.estimate(account, "find-things", content, 10, JobOptions()) is None

    asyncio.run(scenario())


def test_a_job_that_ended_off_the_list_counts_before_the_next_start(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await started(desk, cloud, account, tmp_path / "drop", options=JobOptions())
            await desk.jobs.started(job.key)
            await desk.jobs.remove(job.key)
            cloud.play(job.job_id, worked([3600]))
            await desk.jobs.look(account)
            await desk.costs.check(account, None)
            await until(lambda: desk.costs.spent(account) > 0, "it was measured")

    asyncio.run(scenario())


def test_every_run_of_a_job_that_was_started_again_counts(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await started(desk, cloud, account, tmp_path / "drop", options=JobOptions())
            long_ago = datetime.now(UTC) - timedelta(seconds=600)
            cloud.play(job.job_id, worked([360], kind="failed", ended=long_ago))
            assert await credits_of(desk, job.key) == pytest.approx(0.1)
            cloud.state.jobs[job.job_id].phase = "failed"
            cloud.play(job.job_id, None)
            await desk.jobs.restart(job.key)
            await until(lambda: not _job(desk, job.key).state.is_terminal, "it goes on")
            cloud.play(job.job_id, worked([180]))
            await until(lambda: (_job(desk, job.key).credits or 0) > 0.11, "the second run was measured")
            assert _job(desk, job.key).credits == pytest.approx(0.15)
            assert desk.costs.spent(account) == pytest.approx(0.15)

    asyncio.run(scenario())


def test_the_files_of_a_batch_are_counted_where_the_cloud_does_not_tell_how_many_were_processed(
    home: Path, cloud: RoboflowCloud
) -> None:
    cloud.stage("lot", {f"{number}.jpg": b"jpg" for number in range(40)}, content="images")
    put_worked(cloud, "theirs", definition(), worked([400]))

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            await credits_of(desk, (account, "theirs"))
            content = _job(desk, (account, "theirs")).content
            found = await desk.costs.estimate(account, "find-things", content, 40, JobOptions(keep_images=False))
            assert found is not None
            assert (found.basis, found.measured_on) == (Basis.HISTORY, 40)
            assert found.machine_seconds[0] < 400 < found.machine_seconds[1]

    asyncio.run(scenario())
