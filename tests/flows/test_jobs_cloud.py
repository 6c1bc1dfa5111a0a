"""Jobs in a cloud: a real HTTP server that keeps the contract, and breaks it when told to."""

import asyncio
import csv
import io
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.errors import ArchiveDamaged, KeystoreSilent, NotAllArrived, NothingToSave
from batchdock.core.job import Job, JobDefinition
from batchdock.core.states import JobState
from batchdock.core.transfer import TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.jobs.watch import SLOW_ANSWER
from batchdock.flows.news import JobEnded, Light, LightChanged
from batchdock.keystore.session import SessionKeys
from batchdock.store import Journal, PieceState
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import PATIENCE, desk_at, order, reviewed, until
from making.media import picture, video


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def pictures(folder: Path, count: int) -> Path:
    for number in range(count):
        picture(folder / f"{number % 3}" / f"사진 {number // 3}.jpg", seed=number, size=(16, 16))
    return folder


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
    return account.account_id


async def started(desk: Desk, cloud: RoboflowCloud, account: str, drop: Path) -> Job:
    items = await reviewed(desk, drop)
    (job,) = await desk.jobs.start(order(items, account_id=account, workflow_id="find-things"))
    await until(lambda: job.job_id in cloud.state.jobs, "the job is at the service")
    return job


async def ended(desk: Desk, cloud: RoboflowCloud, job: Job) -> Job:
    cloud.finish(job.job_id)
    desk.jobs.look_at(job.key)
    return await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)


def test_few_pictures_go_one_by_one_and_come_back_under_their_names(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    drop = pictures(tmp_path / "drop", 9)

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            account = await connected(desk, cloud)
            job = await started(desk, cloud, account, drop)
            batch = cloud.state.batches[job.batch_id]
            assert (batch.kind, len(batch.simple), batch.name) == ("simple-batch", 9, "Lot 17")
            done = await ended(desk, cloud, job)
            assert (done.state, done.output_batches) == (JobState.DONE, (f"{job.job_id}-export",))
            report = await desk.results.save(account, done.output_batches, tmp_path / "out")
            with (report.folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
                rows = [row["image"] for row in csv.DictReader(file)]
            assert sorted(rows) == sorted(path.relative_to(drop).as_posix() for path in drop.rglob("*.jpg"))
            assert report.originals == 9
            assert LightChanged(account, Light.OK) in events
            lights = [
                event.light for event in events if isinstance(event, LightChanged) and event.account_id == account
            ]
            assert desk.accounts.light(account) is lights[-1]
            assert len([event for event in events if isinstance(event, JobEnded)]) == 1

    asyncio.run(scenario())


def test_many_pictures_go_in_tars_and_the_job_waits_for_the_indexing(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    drop = pictures(tmp_path / "drop", 600)
    cloud.state.indexing_polls = 2

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await started(desk, cloud, account, drop)
            batch = cloud.state.batches[job.batch_id]
            assert [len(shard.members) for shard in batch.shards] in ([500, 100], [100, 500])
            assert all(shard.polls_left < 0 for shard in batch.shards)
            asked = [str(each) for each in cloud.seen]
            first_job = next(n for n, each in enumerate(asked) if each.endswith(f"/jobs/{job.job_id}"))
            assert any(each.endswith("/shards") for each in asked[:first_job])
            assert not (home / "outbox").exists() or not list((home / "outbox").iterdir())

    asyncio.run(scenario())


def test_a_tar_whose_answer_got_lost_is_not_sent_twice(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    """The app dies after the service took the tar and before that was written down."""
    drop = pictures(tmp_path / "drop", 600)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            items = await reviewed(desk, drop)
            await desk.transfers.ingest(account, items, "Lot", batch_id="lot-1")
        journal = Journal(home)
        (sending,) = journal.sendings.of_batch(account, "lot-1")
        journal.sendings.mark(sending.number, [0, 1], PieceState.TRIED)
        journal.sendings.finish(sending.number, finished=False)
        journal.close()
        puts = len(cloud.requests("PUT "))
        keys = SessionKeys()
        keys.save({account: cloud.key})
        async with desk_at(home, keys=keys) as (desk, _):
            await until(lambda: [row.state for row in desk.transfers.all()] == [TransferState.DONE], "done")
            assert desk.transfers.all()[0].items_done == 600
        assert len(cloud.requests("PUT ")) == puts
        assert len(cloud.state.batches["lot-1"].shards) == 2

    asyncio.run(scenario())


def test_only_what_is_missing_is_sent_after_a_restart(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    drop = pictures(tmp_path / "drop", 20)

    async def scenario() -> None:
        keys = SessionKeys()
        cloud.fail("POST .*/upload/image", kind=Kind.STALLED, times=8)
        async with desk_at(home, keys=keys) as (desk, _):
            account = await connected(desk, cloud)
            items = await reviewed(desk, drop)
            (job,) = await desk.jobs.start(order(items, account_id=account, workflow_id="find-things"))
            await until(lambda: len(cloud.requests("/upload/image")) >= 8, "eight on their way")
        cloud.heal()
        keys.save({account: cloud.key})
        async with desk_at(home, keys=keys) as (desk, _):
            await until(lambda: job.job_id in cloud.state.jobs, "the job is at the service")
            batch = cloud.state.batches[job.batch_id]
            assert len(batch.simple) == 20
            assert (await ended(desk, cloud, job)).state is JobState.DONE

    asyncio.run(scenario())


def test_files_that_do_not_arrive_are_named(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    drop = pictures(tmp_path / "drop", 3)
    # All three are answered with “ok” and not kept, and two of them when they are sent once more.
    cloud.fail("POST .*/upload/image", status=200, body=b'{"status":"ok"}', times=5)

    async def scenario() -> None:
        async with desk_at(home, active=False, patience=5.0) as (desk, _):
            desk.transfers._sender.arrival.settle = 0.3
            account = await connected(desk, cloud)
            items = await reviewed(desk, drop)
            with pytest.raises(NotAllArrived) as caught:
                await desk.transfers.ingest(account, items, "Lot", batch_id="lot-1")
            assert "1 of 3 files arrived" in caught.value.sentence()
            (row,) = desk.transfers.all()
            assert row.state is TransferState.FAILED
            cloud.heal()
            await desk.transfers.retry(row.transfer_id)
            await until(lambda: desk.transfers.all()[0].state is TransferState.DONE, "sent again")
            assert len(cloud.state.batches["lot-1"].simple) == 3

    asyncio.run(scenario())


@pytest.mark.long
def test_a_refused_key_holds_the_work_until_there_is_a_new_one(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    drop = pictures(tmp_path / "drop", 3)

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            account = await connected(desk, cloud)
            await until(lambda: LightChanged(account, Light.OK) in events, "reached")
            items = await reviewed(desk, drop)
            old, cloud.key = cloud.key, "another"
            (job,) = await desk.jobs.start(order(items, account_id=account, workflow_id="find-things"))
            await until(lambda: desk.jobs.all()[0].state is JobState.ON_HOLD, "on hold")
            assert {problem.about for problem in desk.problems.all()} >= {"Lot 17"}
            assert old not in str([problem.error.sentence() for problem in desk.problems.all()])
            desk.jobs.look_at(job.key)
            await until(lambda: LightChanged(account, Light.KEY_REFUSED) in events, "refused")
            await desk.accounts.replace_key(account, cloud.key)
            await until(lambda: job.job_id in cloud.state.jobs, "gone on")
            assert (await ended(desk, cloud, job)).state is JobState.DONE
            assert desk.problems.all() == ()

    asyncio.run(scenario())


class LateKeys(SessionKeys):
    """A password store that is locked at first, and takes its time when it is asked again."""

    lasting = True

    def __init__(self, keys: dict[str, str]) -> None:
        super().__init__()
        self.save(keys)
        self.asked = 0

    def load(self) -> dict[str, str]:
        self.asked += 1
        if self.asked == 1:
            raise KeystoreSilent
        time.sleep(SLOW_ANSWER + 0.2)
        return super().load()


def test_a_service_is_not_called_slow_for_a_password_store_that_is(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
        async with desk_at(home, keys=LateKeys({account: cloud.key})) as (desk, events):
            await until(lambda: desk.accounts.light(account), "looked at")
            lights = [
                event.light for event in events if isinstance(event, LightChanged) and event.account_id == account
            ]
            assert lights == [Light.OK]

    asyncio.run(scenario())


def test_work_of_an_account_that_is_not_connected_rests(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    """A command line with `--api-url` was killed; a window knows nothing of that address, and leaves it alone."""
    drop = pictures(tmp_path / "drop", 3)
    cloud.fail("GET .*/workflows/", kind=Kind.STALLED, times=100)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = desk.accounts.add_session_account(cloud.key, cloud.url).account_id
            items = await reviewed(desk, drop)
            (job,) = await desk.jobs.start(order(items, account_id=account, workflow_id="find-things"))
            await until(lambda: cloud.requests("/workflows/"), "asked")
        cloud.heal()
        async with desk_at(home) as (desk, events):
            await until(lambda: LightChanged("this-computer", Light.OK) in events, "at work")
            assert desk.jobs.all() == ()
            assert desk.problems.all() == ()
        async with desk_at(home, active=False) as (desk, _):
            desk.accounts.add_session_account(cloud.key, cloud.url)
            ending = asyncio.create_task(desk.jobs.ended(job.key))
            await until(lambda: job.job_id in cloud.state.jobs, "gone on")
            cloud.finish(job.job_id)
            desk.jobs.look_at(job.key)
            await desk.jobs.look(account)
            assert (await asyncio.wait_for(ending, PATIENCE)).state is JobState.DONE

    asyncio.run(scenario())


def test_jobs_of_other_programs_appear_and_unknown_states_too(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            account = await connected(desk, cloud)
            service = await desk.accounts.service(account)
            definition = JobDefinition(content=Content.IMAGES, batch_id="b", workflow_id="find-things")
            await service.create_job("elsewhere", "From the command line", definition)
            await desk.jobs.look(account)
            (job,) = desk.jobs.all()
            assert (job.name, job.state) == ("From the command line", JobState.STARTING)
            cloud.state.job_shape = "flat"
            cloud.state.jobs["elsewhere"].phase = "contemplating"
            await desk.jobs.look(account)
            assert (desk.jobs.all()[0].state, desk.jobs.all()[0].service_word) == (JobState.UNKNOWN, "contemplating")
            cloud.state.jobs["elsewhere"].phase = "failed"
            await desk.jobs.look(account)
            assert desk.jobs.all()[0].state is JobState.FAILED
            await until(lambda: [event for event in events if isinstance(event, JobEnded)], "told")
            assert len([event for event in events if isinstance(event, JobEnded)]) == 1
            await desk.accounts.forget(account)
            assert desk.jobs.all() == ()

    asyncio.run(scenario())


def test_many_jobs_cost_one_list_request(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = await connected(desk, cloud)
            service = await desk.accounts.service(account)
            definition = JobDefinition(content=Content.IMAGES, batch_id="b", workflow_id="find-things")
            for number in range(30):
                await service.create_job(f"job-{number}", f"{number}", definition)
                cloud.finish(f"job-{number}")
            await desk.jobs.look(account)
            before = len(cloud.seen)
            await desk.jobs.look(account)
            assert [str(each) for each in cloud.seen[before:]] == [
                f"GET /batch-processing/v1/external/{cloud.workspace}/jobs"
            ]
            assert len(desk.jobs.all()) == 30

    asyncio.run(scenario())


def test_a_job_that_says_it_is_done_is_believed_only_with_its_counts(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    drop = pictures(tmp_path / "drop", 4)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await started(desk, cloud, account, drop)
            cloud.state.jobs[job.job_id].failed_files = 2
            done = await ended(desk, cloud, job)
            assert (done.state, done.problems) == (JobState.DONE_WITH_PROBLEMS, 2)
            assert done.message == "2 of 4 could not be processed."
            (problem,) = desk.problems.all()
            assert problem.job == job.key

    asyncio.run(scenario())


def test_one_damaged_archive_does_not_keep_the_others(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    drop = pictures(tmp_path / "drop", 3)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await started(desk, cloud, account, drop)
            done = await ended(desk, cloud, job)
            files = cloud.state.batches[done.output_batches[0]].parts["predictions"].files
            whole = files["predictions-0.tar.gz"]
            assert isinstance(whole, bytes)
            files["more.tar.gz"] = whole[:100]
            files["evil.tar.gz"] = _evil()
            report = await desk.results.save(account, done.output_batches, tmp_path / "out", parts=["predictions"])
            assert report.originals == 3
            assert [problem.name for problem in report.problems] == ["more.tar.gz", "evil.tar.gz: ../../evil"]
            assert (report.folder / "not processed.csv").exists()
            assert not (tmp_path / "evil").exists()
            listed = await desk.batches.files(account, done.output_batches[0], "predictions")
            with pytest.raises(ArchiveDamaged):
                await desk.results.members(account, done.output_batches[0], listed[1])
            with pytest.raises(NothingToSave):
                await desk.results.save(account, done.output_batches, tmp_path / "out", parts=["no-such-part"])

    asyncio.run(scenario())


def test_an_address_that_ran_out_is_asked_for_again(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    drop = pictures(tmp_path / "drop", 3)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            done = await ended(desk, cloud, await started(desk, cloud, account, drop))
            cloud.fail("GET /storage/get", status=403, body=b"<Error><Code>ExpiredToken</Code></Error>", times=1)
            report = await desk.results.save(account, done.output_batches, tmp_path / "out")
            assert (report.originals, report.problems) == (3, ())

    asyncio.run(scenario())


def test_videos_go_one_by_one(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    video(tmp_path / "drop" / "필름.mp4")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await started(desk, cloud, account, tmp_path / "drop")
            assert cloud.state.batches[job.batch_id].simple == {
                "필름.mp4": (tmp_path / "drop" / "필름.mp4").read_bytes()
            }
            assert cloud.state.jobs[job.job_id].definition["type"] == "simple-video-processing-v1"

    asyncio.run(scenario())


def _evil() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        info = tarfile.TarInfo("../../evil")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))
    return out.getvalue()
