"""The minute in which a start that costs money can be taken back."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchdock.core.costs import Budget
from batchdock.core.errors import StartedAlready, WorkedOnElsewhere
from batchdock.core.states import JobState
from batchdock.flows.jobs.grace import GRACE_SENTENCE
from batchdock.flows.news import JobEnded
from batchdock.store import Journal
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, order, reviewed, until
from making.media import picture
from making.sendings import assert_each_there_once
from making.starting import asked, cloud_order, connected, drop, keys_for, on_batch, row

LONG = 3600.0


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def test_files_are_sent_meanwhile_and_what_is_taken_back_becomes_a_draft(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    items = drop(tmp_path / "drop", 40)

    async def scenario() -> None:
        async with desk_at(home, grace_seconds=LONG) as (desk, events):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, items))
            assert job.goes_out is not None
            assert timedelta(seconds=LONG - 60) < job.goes_out - datetime.now(UTC) <= timedelta(seconds=LONG)
            await until(lambda: row(desk, job).message == GRACE_SENTENCE, "everything is sent")
            assert row(desk, job).state is JobState.WAITING
            await desk.jobs.take_back(job.key)
            draft = row(desk, job)
            assert (draft.state, draft.goes_out) == (JobState.DRAFT, None)
            assert [event for event in events if isinstance(event, JobEnded)] == []
            # It can be undone, and nothing is sent a second time.
            await desk.jobs.start_draft(job.key)
            assert row(desk, job).goes_out is not None
            await until(lambda: row(desk, job).message == GRACE_SENTENCE, "waits again")
            assert asked(cloud) == []
            await desk.jobs.start_now(job.key)
            await desk.jobs.started(job.key)
            assert asked(cloud) == [job.job_id]
            assert row(desk, job).goes_out is None
            assert_each_there_once(cloud, job.batch_id, items)
            with pytest.raises(StartedAlready):
                await desk.jobs.take_back(job.key)

    asyncio.run(scenario())


def test_what_is_taken_back_while_it_is_sent_stops_being_sent(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = drop(tmp_path / "drop", 20)
    stalled = cloud.fail("POST .*/upload/image", Kind.STALLED, times=99)

    async def scenario() -> None:
        async with desk_at(home, grace_seconds=LONG) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, items))
            await until(lambda: cloud.requests("/upload/image"), "on its way")
            await desk.jobs.take_back(job.key)
            assert row(desk, job).state is JobState.DRAFT
            assert desk._journal.sendings.unfinished() == []
        async with desk_at(home, keys=keys_for(account, cloud), grace_seconds=LONG) as (desk, _):
            # A draft does nothing by itself, also not the next time.
            assert (row(desk, job).state, desk.transfers.all()) == (JobState.DRAFT, ())
            stalled.times = 0
            await desk.jobs.start_draft(job.key)
            await desk.jobs.start_now(job.key)
            await desk.jobs.started(job.key)
            assert len(cloud.state.batches[job.batch_id].simple) == 20

    asyncio.run(scenario())


def test_the_minute_ends_by_itself(home: Path, cloud: RoboflowCloud) -> None:
    cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")

    async def scenario() -> None:
        async with desk_at(home, grace_seconds=0.3) as (desk, _):
            account = await connected(desk, cloud)
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
            assert job.state is JobState.WAITING
            assert job.goes_out is not None
            await desk.jobs.started(job.key)
            assert datetime.now(UTC) >= job.goes_out
            assert asked(cloud) == [job.job_id]

    asyncio.run(scenario())


@pytest.mark.parametrize("passed", [False, True])
def test_the_minute_goes_on_after_a_restart_and_begins_anew_when_it_has_passed(
    home: Path, cloud: RoboflowCloud, passed: bool
) -> None:
    cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")

    async def scenario() -> None:
        async with desk_at(home, grace_seconds=0.5 if passed else LONG) as (desk, _):
            account = await connected(desk, cloud)
            cloud.fail("GET .*/workflows/", Kind.STALLED, times=1)
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
        cloud.heal()
        assert job.goes_out is not None
        while passed and datetime.now(UTC) <= job.goes_out:
            await asyncio.sleep(0.05)
        async with desk_at(home, keys=keys_for(account, cloud), grace_seconds=LONG) as (desk, _):
            shown = row(desk, job).goes_out
            assert shown is not None
            assert (shown == job.goes_out) is not passed
            assert shown > datetime.now(UTC)
            await until(lambda: row(desk, job).message == GRACE_SENTENCE, "waits")
            assert asked(cloud) == []
            await desk.jobs.take_back(job.key)
            assert row(desk, job).state is JobState.DRAFT
        journal = Journal(home)
        assert [record.job.goes_out for record in journal.jobs.all()] == [None]
        journal.close()

    asyncio.run(scenario())


def test_what_costs_nothing_and_a_try_go_out_at_once(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    picture(tmp_path / "one" / "a.jpg")

    async def scenario() -> None:
        async with desk_at(home, grace_seconds=LONG, active=False) as (desk, _):
            (free,) = await desk.jobs.start(order(await reviewed(desk, tmp_path / "one")))
            assert free.goes_out is None
            await desk.jobs.started(free.key)
            with pytest.raises(StartedAlready):
                await desk.jobs.take_back(free.key)
            account = await connected(desk, cloud)
            trial = await desk.jobs.try_first(cloud_order(account, drop(tmp_path / "drop", 50)), 5)
            assert (trial.goes_out, trial.name, trial.items_total) == (None, "Lot 17 (try on 5)", 5)
            await desk.jobs.started(trial.key)
            records = {record.job.key: record.trial for record in desk._journal.jobs.all()}
            assert records == {free.key: False, trial.key: True}
            assert len(cloud.state.batches[trial.batch_id].simple) == 5

    asyncio.run(scenario())


def test_only_who_carries_it_out_can_take_it_back(home: Path, cloud: RoboflowCloud) -> None:
    cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")

    async def scenario() -> None:
        async with desk_at(home, grace_seconds=LONG) as (desk, _):
            account = await connected(desk, cloud)
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
            await until(lambda: row(desk, job).message == GRACE_SENTENCE, "waits")
            async with desk_at(home, keys=keys_for(account, cloud), grace_seconds=LONG) as (second, _):
                for refused in (second.jobs.take_back, second.jobs.stop):
                    with pytest.raises(WorkedOnElsewhere):
                        await refused(job.key)
            await desk.jobs.remove(job.key)  # What is hidden must not start, either.
            assert desk.jobs.all() == ()
            await desk.jobs.restore(job.key)
            assert row(desk, job).state is JobState.DRAFT
            assert asked(cloud) == []

    asyncio.run(scenario())


def test_the_hard_stop_of_a_budget_holds_a_start(home: Path, cloud: RoboflowCloud) -> None:
    cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            await desk.costs.set_budget(account, Budget(hard=0.0))
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
            await until(lambda: row(desk, job).state is JobState.ON_HOLD, "on hold")
            assert "Raise the budget" in row(desk, job).message
            assert asked(cloud) == []
            await desk.costs.set_budget(account, Budget())
            (problem,) = desk.problems.all()
            await desk.problems.retry(problem.problem_id)
            await desk.jobs.started(job.key)

    asyncio.run(scenario())
