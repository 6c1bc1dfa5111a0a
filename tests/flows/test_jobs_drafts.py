"""Jobs taken up again: run again, duplicated, changed, restarted otherwise; on the batch, or from the files."""

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from sqlite3 import connect

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.errors import BatchGone, FilesGone, NothingUsable, NotKnownHowStarted, StartedAlready
from batchdock.core.intake import Item
from batchdock.core.job import Job, JobOptions, RestartOverride
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.jobs.grace import GRACE_SENTENCE
from batchdock.flows.jobs.ordering import common_folder, sample
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import PATIENCE, desk_at, order, reviewed, until
from making.media import picture
from making.sendings import assert_each_there_once
from making.starting import asked, cloud_order, connected, drop, keys_for, on_batch, row


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def done(desk: Desk, cloud: RoboflowCloud, job: Job) -> Job:
    """Let a job run to its end."""
    await desk.jobs.started(job.key)
    cloud.finish(job.job_id)
    await desk.jobs.look(job.account_id)
    return await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)


def test_a_draft_asks_nothing_and_starts_changed_on_the_batch_that_is_there(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await done(desk, cloud, job)
            before = len(cloud.seen)
            draft = await desk.jobs.duplicate(job.key)
            assert (draft.state, draft.items_total, draft.batch_id) == (JobState.DRAFT, 3, job.batch_id)
            options = JobOptions(machine="gpu", table_format="jsonl", parameters={"confidence": 0.7})
            changed = await desk.jobs.change_draft(draft.key, "Lot 17, sharper", options)
            assert (changed.name, changed.machine) == ("Lot 17, sharper", "gpu")
            await desk.jobs.stop(draft.key)  # It has not begun.
            assert len(cloud.seen) == before
        async with desk_at(home, keys=keys_for(account, cloud)) as (desk, _):
            assert row(desk, draft) == changed
            await desk.jobs.remove(draft.key)
            await desk.jobs.restore(draft.key)
            await desk.jobs.restart(draft.key, RestartOverride(max_parallel_tasks=4))
            await desk.jobs.started(draft.key)
            made = cloud.state.jobs[draft.job_id]
            assert made.name == "Lot 17, sharper"
            assert made.definition["jobInput"]["batchId"] == job.batch_id
            assert made.definition["computeConfiguration"]["machineType"] == "gpu"
            assert made.definition["maxParallelTasks"] == 4
            assert made.definition["processingSpecification"]["workflowParameters"] == {"confidence": 0.7}
            assert len(cloud.requests("/upload/image")) == 3
            with pytest.raises(StartedAlready):
                await desk.jobs.change_draft(draft.key, "Too late", options)
            assert [each.tags for each in desk.jobs.all()] == [(), ()]

    asyncio.run(scenario())


def test_two_apps_start_a_draft_once(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    trouble = cloud.fail("GET .*/workflows/", status=503, times=0)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await desk.jobs.started(job.key)
            draft = await desk.jobs.duplicate(job.key)
            async with desk_at(home, active=False, keys=keys_for(account, cloud)) as (second, _):
                trouble.times = 1000
                await desk.jobs.start_draft(draft.key)
                await until(lambda: trouble.times < 1000, "under way")
                assert row(second, draft).state is JobState.DRAFT
                assert (await second.jobs.start_draft(draft.key)).state is JobState.STARTING
                trouble.times = 0
                await desk.jobs.started(draft.key)
                await second.jobs.started(draft.key)
            assert asked(cloud) == [job.job_id, draft.job_id]

    asyncio.run(scenario())


def test_a_draft_whose_files_went_over_long_ago_sends_them_again(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    items = drop(tmp_path / "drop", 3)

    async def scenario() -> None:
        async with desk_at(home, grace_seconds=3600.0) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, items))
            await until(lambda: row(desk, job).message == GRACE_SENTENCE, "sent")
            await desk.jobs.take_back(job.key)
            with closing(connect(home / "journal.sqlite")) as journal:
                journal.execute("UPDATE sendings SET started = '2026-01-01T12:00:00+00:00'")
                journal.commit()
            cloud.expire_batch(job.batch_id)
            await desk.jobs.start_draft(job.key)
            await desk.jobs.start_now(job.key)
            ended = await desk.jobs.started(job.key)
            assert ended.batch_id != job.batch_id
            assert_each_there_once(cloud, ended.batch_id, items)

    asyncio.run(scenario())


def test_files_of_a_batch_that_is_gone_are_sent_again_and_the_missing_ones_named(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    items = drop(tmp_path / "drop", 5)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, items))
            await done(desk, cloud, job)
            cloud.expire_batch(job.batch_id)
            items[2].path.unlink()
            again = await desk.jobs.run_again(job.key)
            assert again.key != job.key
            ended = await done(desk, cloud, again)
            assert ended.batch_id != job.batch_id
            assert_each_there_once(cloud, ended.batch_id, [*items[:2], *items[3:]])
            assert ended.state is JobState.DONE_WITH_PROBLEMS
            (failure,) = (await desk.jobs.detail(again.key)).failures
            assert (failure.name, failure.cause) == (items[2].relative, "It is no longer where it was.")
            shutil.rmtree(tmp_path / "drop")
            cloud.expire_batch(ended.batch_id, 410)
            third = await desk.jobs.run_again(again.key)
            with pytest.raises(FilesGone) as caught:
                await desk.jobs.started(third.key)
            assert items[0].relative in caught.value.sentence()
            assert row(desk, third).state is JobState.FAILED
            assert third.job_id not in asked(cloud)

    asyncio.run(scenario())


def test_what_never_was_there_whole_is_sent_again(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    items = drop(tmp_path / "drop", 20)
    stalled = cloud.fail("POST .*/upload/image", Kind.STALLED, times=99)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, items))
            await until(lambda: cloud.arrived(job.batch_id), "some are there")
            await desk.jobs.stop(job.key)
            stalled.times = 0
            again = await desk.jobs.run_again(job.key)
            await desk.jobs.started(again.key)
            assert len(cloud.state.batches[row(desk, again).batch_id].simple) == 20
            # And the one that was stopped goes on where it was, with what is changed.
            await desk.jobs.restart(job.key, RestartOverride(machine="gpu", timeout_seconds=60))
            await desk.jobs.started(job.key)
            assert cloud.state.jobs[job.job_id].definition["processingTimeoutSeconds"] == 60

    asyncio.run(scenario())


def test_a_job_of_another_program_is_run_again_from_what_its_service_says(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            cloud.stage("theirs", {"a.jpg": b"x"}, content="images")
            service = await desk.accounts.service(account)
            wanted = on_batch("theirs", machine="gpu", parameters={"confidence": 0.2}, keep_images=True)
            await service.create_job("elsewhere", "From a script", wanted)
            await desk.jobs.look(account)
            key = (account, "elsewhere")
            told = await desk.jobs.definition(key)
            assert told is not None
            assert (told.machine, told.parameters) == ("gpu", {"confidence": 0.2})
            again = await desk.jobs.run_again(key)
            await desk.jobs.started(again.key)
            made = cloud.state.jobs[again.job_id]
            assert (
                made.definition["computeConfiguration"]
                == cloud.state.jobs["elsewhere"].definition["computeConfiguration"]
            )
            assert await desk.jobs.sources(key) == ()
            assert (await desk.jobs.answers(key)) != {}
            # Its batch is gone, and nobody here has the files.
            cloud.expire_batch("theirs")
            third = await desk.jobs.start_draft((await desk.jobs.duplicate(key)).key)
            with pytest.raises(BatchGone, match="From a script"):
                await desk.jobs.started(third.key)
            cloud.state.job_shape = "flat"
            with pytest.raises(NotKnownHowStarted):
                await desk.jobs.duplicate(key)

    asyncio.run(scenario())


def test_only_what_is_new_since_is_found(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    root = tmp_path / "Lot 17"
    for number in range(4):
        picture(root / f"{number % 2}" / f"{number}.jpg", seed=number, size=(16, 16))

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, await reviewed(desk, root)))
            assert (row(desk, job).source, row(desk, job).bytes_total) == (
                str(root),
                sum(path.stat().st_size for path in root.rglob("*.jpg")),
            )
            await desk.jobs.started(job.key)
            assert await desk.jobs.new_files(job.key, await reviewed(desk, root)) == ()
            picture(root / "new" / "late.jpg", seed=9, size=(16, 16))
            picture(root / "0" / "0.jpg", seed=10, size=(24, 16))
            (source,) = await desk.jobs.sources(job.key)
            assert source == root
            new = await desk.jobs.new_files(job.key, await reviewed(desk, source))
            assert sorted(item.path.name for item in new) == ["0.jpg", "late.jpg"]

    asyncio.run(scenario())


def test_tags_and_notes_stay_when_the_service_has_news(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await desk.jobs.annotate(job.key, tags=["field 3", " field 3", ""], note="Wet day")
            await done(desk, cloud, job)
            await desk.jobs.annotate(job.key, note="Rain")
        async with desk_at(home, keys=keys_for(account, cloud)) as (desk, _):
            shown = row(desk, job)
            assert (shown.tags, shown.note, shown.state) == (("field 3",), "Rain", JobState.DONE)
            assert shown.source == str(tmp_path / "drop")

    asyncio.run(scenario())


def test_a_job_of_this_computer_is_run_again(home: Path, tmp_path: Path) -> None:
    picture(tmp_path / "drop" / "a.jpg")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            (job,) = await desk.jobs.start(order(await reviewed(desk, tmp_path / "drop")))
            assert (await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)).state is JobState.DONE
            again = await desk.jobs.run_again(job.key)
            ended = await asyncio.wait_for(desk.jobs.ended(again.key), PATIENCE)
            assert (ended.state, ended.batch_id, ended.account_id) == (JobState.DONE, job.batch_id, THIS_COMPUTER_ID)
            computer = (await desk.accounts.service(THIS_COMPUTER_ID)).computer
            assert computer is not None
            await computer.remove_batch(job.batch_id)
            third = await desk.jobs.run_again(again.key)
            ended = await asyncio.wait_for(desk.jobs.ended(third.key), PATIENCE)
            assert (ended.state, ended.items_done) == (JobState.DONE, 1)

    asyncio.run(scenario())


def test_a_job_is_restarted_once_however_often_one_clicks(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            (job,) = await desk.jobs.start(cloud_order(account, drop(tmp_path / "drop")))
            await desk.jobs.started(job.key)
            cloud.state.jobs[job.job_id].phase = "failed"
            await desk.jobs.look(account)
            override = RestartOverride(machine="gpu", max_failure_rate=0.5)
            await asyncio.gather(*(desk.jobs.restart(job.key, override) for _ in range(3)))
            await desk.jobs.restart(job.key, override)
            (sent,) = cloud.state.jobs[job.job_id].restarts
            assert (sent["computeConfiguration"]["machineType"], sent["maxImageFailureRate"]) == ("gpu", 0.5)

    asyncio.run(scenario())


def items(count: int, content: Content = Content.IMAGES) -> tuple[Item, ...]:
    return tuple(Item(Path(f"/d/{number}"), f"{number}", 1, 1.0, content) for number in range(count))


def test_a_sample_is_spread_evenly_and_the_same_each_time() -> None:
    chosen = [int(item.relative) for item in sample(items(1000), 20)]
    assert chosen == [int(item.relative) for item in sample(items(1000), 20)]
    assert {after - before for before, after in itertools.pairwise(chosen)} == {50}
    assert (chosen[0], chosen[-1]) == (25, 975)
    assert sample(items(7), 20) == items(7)
    assert len({item.path for item in sample(items(21), 20)}) == 20
    mixed = (*items(3, Content.VIDEOS), *(replace(item, path=Path(f"/p/{item.relative}")) for item in items(30)))
    assert {item.content for item in sample(mixed, 5)} == {Content.IMAGES}
    assert sample(items(2, Content.VIDEOS), 5) == items(2, Content.VIDEOS)


def test_a_try_on_nothing_is_refused(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            with pytest.raises(NothingUsable):
                await desk.jobs.try_first(cloud_order(account, ()))

    asyncio.run(scenario())


def test_the_folder_of_files_is_the_one_that_holds_all(tmp_path: Path) -> None:
    assert common_folder([tmp_path / "a" / "1", tmp_path / "b" / "c" / "2"]) == str(tmp_path)
    assert common_folder([tmp_path / "a" / "1"]) == str(tmp_path / "a")
    assert common_folder([]) == ""
