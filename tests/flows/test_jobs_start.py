"""One start makes one job, whatever happens to the request, the app, or the person's finger."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.errors import AlreadyExists, BadRequest, NothingUsable, TransferStopped
from batchdock.core.states import JobState
from batchdock.flows.jobs.creating import CHECKING_SENTENCE
from batchdock.flows.news import JobEnded, JobsChanged
from batchdock.store import Journal, Phase
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, until
from making.sendings import assert_each_there_once
from making.starting import (
    asked,
    at_service,
    cloud_order,
    connected,
    drop,
    keys_for,
    on_batch,
    packages,
    row,
)

CREATE = r"POST .*/jobs/[^/]+$"
NO_CREDITS = b'{"error":{"message":"You do not have enough credits to run this job."}}'


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def test_two_lost_answers_make_one_job_and_the_row_says_what_is_done_about_it(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    cloud.fail(CREATE, Kind.AFTERWARDS, status=504, times=1)
    cloud.fail(r"GET .*/jobs/[^/]+$", status=504, times=1)
    cloud.fail(CREATE, Kind.AFTERWARDS, status=504, times=1)

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await desk.jobs.started(job.key)
            assert list(cloud.state.jobs) == [job.job_id]
            assert set(asked(cloud)) == {job.job_id}
            told = [each.message for event in events if isinstance(event, JobsChanged) for each in event.jobs]
            assert CHECKING_SENTENCE in told
            assert desk.problems.all() == ()

    asyncio.run(scenario())


def test_after_a_crash_it_is_looked_before_it_is_asked_again(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    """The app ends between the request and its answer."""
    stalled = cloud.fail(CREATE, Kind.STALLED, times=9)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await at_service(cloud, job)
        stalled.times = 0
        before = len(cloud.seen)
        async with desk_at(home, keys=keys_for(account, cloud)) as (desk, _):
            await desk.jobs.started(job.key)
        assert any(str(each).endswith(f"/jobs/{job.job_id}") and each.method == "GET" for each in cloud.seen[before:])
        assert asked(cloud) == [job.job_id]
        assert list(cloud.state.jobs) == [job.job_id]

    asyncio.run(scenario())


@pytest.mark.long
def test_what_a_crash_left_in_doubt_waits_for_the_network(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    cloud.fail(CREATE, Kind.STALLED, times=9)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await at_service(cloud, job)
        cloud.heal()
        cloud.go_away()
        async with desk_at(home, keys=keys_for(account, cloud)) as (desk, events):

            def told() -> set[str]:
                return {each.message for event in events if isinstance(event, JobsChanged) for each in event.jobs}

            await until(lambda: any("No connection" in message for message in told()), "trouble is shown")
            assert not row(desk, job).state.is_terminal
            cloud.come_back()
            await desk.jobs.started(job.key)
        assert asked(cloud) == [job.job_id]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("status", "answer", "title"),
    [
        (402, b'{"error":"Batch processing is not enabled for this workspace."}', "plan does not include"),
        (423, b'{"error":"Usage is paused."}', "has paused this workspace"),
        (429, NO_CREDITS, "credits"),
    ],
)
def test_what_a_person_must_settle_is_said_and_not_asked_again_by_itself(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, status: int, answer: bytes, title: str
) -> None:
    fault = cloud.fail(CREATE, status=status, body=answer, times=99)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await until(lambda: row(desk, job).state is JobState.ON_HOLD, "on hold")
            assert title in row(desk, job).message
            if status != 402:
                assert (b"paused" if status == 423 else b"enough credits").decode() in row(desk, job).message
            (problem,) = desk.problems.all()
            assert problem.job == job.key
            assert asked(cloud) == [job.job_id]
            await desk.jobs.refresh()
        async with desk_at(home, keys=keys_for(account, cloud)) as (desk, _):
            # Opened again it still waits for the person, and says so.
            assert row(desk, job).state is JobState.ON_HOLD
            (problem,) = desk.problems.all()
            assert title in problem.error.sentence()
            await desk.jobs.look(account)
            assert asked(cloud) == [job.job_id]
            fault.times = 0
            await desk.problems.retry(problem.problem_id)
            await desk.jobs.started(job.key)
            assert desk.problems.all() == ()
        assert list(cloud.state.jobs) == [job.job_id]

    asyncio.run(scenario())


def test_haste_is_waited_out_and_not_a_matter_for_the_person(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    cloud.fail(CREATE, status=429, body=b'{"error":"Too many requests"}', headers={"Retry-After": "0"}, times=2)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await desk.jobs.started(job.key)
            assert asked(cloud) == [job.job_id] * 3

    asyncio.run(scenario())


def test_an_id_that_is_somebody_elses_is_said_and_nothing_of_theirs_touched(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")
            service = await desk.accounts.service(account)
            await service.create_job("job-1", "Theirs", on_batch("another"))
            job = await desk.jobs.start_on_batch(account, "Ours", on_batch("lot-1"), "job-1")
            with pytest.raises(AlreadyExists, match="Start again under a new id"):
                await desk.jobs.started(job.key)
            assert row(desk, job).state is JobState.FAILED
            assert cloud.state.jobs["job-1"].name == "Theirs"
            again = await desk.jobs.run_again(job.key)
            await desk.jobs.started(again.key)
            assert cloud.state.jobs[again.job_id].definition["jobInput"]["batchId"] == "lot-1"

    asyncio.run(scenario())


def test_an_id_that_is_ours_is_not_asked_for_a_second_time(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"), "job-1")
            await desk.jobs.started(job.key)
            assert (await desk.jobs.start_on_batch(account, "Again", on_batch("lot-1"), "job-1")).key == job.key
            with pytest.raises(AlreadyExists):
                await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1", keep_images=True), "job-1")
            assert asked(cloud) == ["job-1"]

    asyncio.run(scenario())


def test_two_clicks_are_one(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            order = cloud_order(account, drop(tmp_path / "drop"))
            (one,), (other,) = await asyncio.gather(desk.jobs.start(order), desk.jobs.start(order))
            (late,) = await desk.jobs.start(order)
            assert one.key == other.key == late.key
            await desk.jobs.started(one.key)
            again, twice = await asyncio.gather(desk.jobs.run_again(one.key), desk.jobs.run_again(one.key))
            assert again.key == twice.key != one.key
            draft = await desk.jobs.duplicate(one.key)
            await asyncio.gather(*(desk.jobs.start_draft(draft.key) for _ in range(3)))
            for job in (again, draft):
                await desk.jobs.started(job.key)
            wish = on_batch(one.batch_id, keep_images=True)
            first, second = await asyncio.gather(*(desk.jobs.start_on_batch(account, "B", wish) for _ in range(2)))
            await desk.jobs.started(first.key)
            assert first.key == second.key
            assert sorted(asked(cloud)) == sorted(each.job_id for each in (one, again, draft, first))

    asyncio.run(scenario())


def test_a_click_after_one_that_did_not_work_is_a_new_one(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            cloud.stage("lot-1", {}, content="images")
            with pytest.raises(NothingUsable):
                await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
            cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
            await desk.jobs.started(job.key)

    asyncio.run(scenario())


def test_a_second_app_on_the_same_home_leaves_alone_what_the_first_carries_out(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    items = drop(tmp_path / "drop", 40)  # More than go one by one: tars, which are never to be sent twice.
    stalled = cloud.fail("PUT /storage", Kind.STALLED, times=99)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, items))
            await until(lambda: cloud.requests("PUT /storage"), "on its way")
            keys = keys_for(account, cloud)
            async with desk_at(home, keys=keys) as (second, events):
                ending = asyncio.create_task(second.jobs.ended(job.key))
                await second.jobs.restart(job.key)
                await second.jobs.look(account)
                assert len(cloud.requests("PUT /storage")) == 1
                assert second.transfers.all() == ()
                stalled.times = 0
                await desk.transfers.pause_all()
                await desk.transfers.resume_all()
                await desk.jobs.started(job.key)
                await second.jobs.started(job.key)
                cloud.finish(job.job_id)
                await second.jobs.look(account)
                assert (await ending).state is JobState.DONE
                assert len([event for event in events if isinstance(event, JobEnded)]) == 1
        assert asked(cloud) == [job.job_id]
        assert_each_there_once(cloud, job.batch_id, items)
        assert not list((home / "orders").iterdir())

    asyncio.run(scenario())


def test_what_is_stopped_in_one_app_is_not_carried_on_by_another(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    cloud.fail("POST .*/upload/image", Kind.STALLED, times=99)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await until(lambda: cloud.requests("/upload/image"), "on its way")
            async with desk_at(home, keys=keys_for(account, cloud)) as (second, _):
                ending = asyncio.create_task(second.jobs.ended(job.key))
                await asyncio.sleep(0)
                await desk.jobs.stop(job.key)
                assert (await ending).state is JobState.STOPPED
                with pytest.raises(TransferStopped):
                    await second.jobs.started(job.key)
                assert second.transfers.all() == ()
        assert asked(cloud) == []

    asyncio.run(scenario())


def test_a_second_app_goes_on_when_the_first_has_ended(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    stalled = cloud.fail("POST .*/upload/image", Kind.STALLED, times=99)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await until(lambda: cloud.requests("/upload/image"), "on its way")
            second = desk_at(home, keys=keys_for(account, cloud))
            other, _ = await second.__aenter__()
            starting = asyncio.create_task(other.jobs.started(job.key))
            await other.jobs.restart(job.key)
            assert other.transfers.all() == ()
        try:
            stalled.times = 0
            await other.jobs.started(job.key)
            starting.cancel()
        finally:
            await second.__aexit__(None, None, None)
        assert asked(cloud) == [job.job_id]

    asyncio.run(scenario())


def test_a_stop_between_the_request_and_its_answer_stops_the_job_at_the_service(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    cloud.fail(CREATE, Kind.STALLED, times=1)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await at_service(cloud, job)
            await desk.jobs.stop(job.key)
            assert cloud.state.jobs[job.job_id].phase == "aborted"
            assert asked(cloud) == [job.job_id]

    asyncio.run(scenario())


def test_a_job_on_a_batch_waits_until_it_is_complete(home: Path, cloud: RoboflowCloud) -> None:
    packages(cloud, "lot-1", moving=2, done=1)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            found = await desk.jobs.readiness(account, "lot-1")
            assert (found.files, found.shards_moving, found.shards_failed, found.complete) == (1, 2, 0, False)
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
            await until(
                lambda: row(desk, job).message == "The service is still taking in the files: 1 of 3 packages.",
                "waiting",
            )
            assert asked(cloud) == []
            for shard in cloud.state.batches["lot-1"].shards:
                shard.polls_left = 0
            started = await desk.jobs.started(job.key)
            assert started.items_total == 3
            assert (await desk.jobs.readiness(account, "lot-1")).complete

    asyncio.run(scenario())


def test_packages_that_could_not_be_taken_in_are_a_choice(home: Path, cloud: RoboflowCloud) -> None:
    packages(cloud, "lot-1", done=2, failed=1)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
            await until(lambda: row(desk, job).state is JobState.ON_HOLD, "asks")
            assert row(desk, job).message.startswith("1 of 3 packages could not be taken in.")
            assert asked(cloud) == []
            await desk.jobs.start_anyway(job.key)
            await desk.jobs.started(job.key)
            assert asked(cloud) == [job.job_id]
            assert desk.problems.all() == ()

    asyncio.run(scenario())


def test_a_batch_that_is_still_sent_into_is_not_complete(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    stalled = cloud.fail("POST .*/upload/image", Kind.STALLED, times=99)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            items = drop(tmp_path / "drop", 20)
            sending = asyncio.create_task(desk.transfers.ingest(account, items, "Lot", batch_id="lot-1"))
            await until(lambda: len(cloud.arrived("lot-1")) > 3, "some are there")
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
            await until(lambda: "still being sent" in row(desk, job).message, "waits")
            stalled.times = 0
            await desk.transfers.pause_all()
            await desk.transfers.resume_all()
            await sending
            assert (await desk.jobs.started(job.key)).items_total == 20

    asyncio.run(scenario())


def test_a_sending_that_ended_badly_is_not_waited_for(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    cloud.fail("POST .*/upload/image", status=400, times=99)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            with pytest.raises(BadRequest):
                await desk.transfers.ingest(account, drop(tmp_path / "drop"), "Lot", batch_id="lot-1")
            cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1"))
            assert (await desk.jobs.started(job.key)).items_total == 1

    asyncio.run(scenario())


def test_what_is_started_is_written_down_before_anything_is_asked(home: Path, cloud: RoboflowCloud) -> None:
    cloud.stage("lot-1", {"a.jpg": b"x"}, content="images")
    cloud.fail("GET .*/workflows/", Kind.STALLED, times=9)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            job = await desk.jobs.start_on_batch(account, "Lot", on_batch("lot-1", machine="gpu", max_parallel_tasks=3))
            journal = Journal(home)
            record = journal.jobs.get(*job.key)
            journal.close()
            assert record is not None
            assert (record.phase, record.trial, record.waits) == (Phase.STARTING, False, False)
            assert record.definition == on_batch("lot-1", machine="gpu", max_parallel_tasks=3)
            assert (record.job.content, record.job.machine, record.job.items_total) == (Content.IMAGES, "gpu", 1)

    asyncio.run(scenario())


def test_an_app_that_is_open_knows_what_another_one_started(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    """A script starts a job while the window is open: its row has the files' names and paths all the same."""
    stalled = cloud.fail(CREATE, Kind.STALLED, times=1)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (window, _):
            account = await connected(window, cloud)
            async with desk_at(home, active=False, keys=keys_for(account, cloud)) as (script, _):
                (job,) = await script.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
                await at_service(cloud, job)
                await window.jobs.look(account)
                assert window.jobs.all() == ()  # The script does not know yet that it has started.
                await script.jobs.stop(job.key)
            assert stalled.times == 0
            await window.jobs.look(account)
            assert row(window, job).source == str(tmp_path / "drop")
            again = await window.jobs.run_again(job.key)
            await window.jobs.started(again.key)
        journal = Journal(home)
        records = {record.job.key: record for record in journal.jobs.all()}
        journal.close()
        assert {record.phase for record in records.values()} == {Phase.STARTED}
        assert records[job.key].definition is not None

    asyncio.run(scenario())
