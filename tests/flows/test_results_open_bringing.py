"""Results of jobs: saved ones are opened where they are, others are brought, once, and in no folder of people's."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import NotFound, NothingToSave, TransferStopped
from batchdock.core.finding import Filter
from batchdock.core.job import Job, JobOptions
from batchdock.core.order import Order
from batchdock.core.transfer import TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event, ResultsSaved
from batchdock.flows.results.opening import Opened, bringing, fetching
from batchdock.keystore.session import SessionKeys
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import PATIENCE, desk_at, order, reviewed, until
from making.exports import ARCHIVES, PICTURES, export
from making.media import code_picture, picture

COUNT = 4


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


@asynccontextmanager
async def desk_with_job(
    home: Path,
    cloud: RoboflowCloud,
    drop: Path,
    *,
    options: JobOptions | None = None,
    keys: SessionKeys | None = None,
) -> AsyncIterator[tuple[Desk, Job, list[Event]]]:
    """Open a desk with a job at the cloud that is done."""
    async with desk_at(home, keys=keys or SessionKeys()) as (desk, events):
        account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
        for number in range(COUNT):
            picture(drop / "card" / f"수확 {number}.jpg", seed=number, size=(16, 16))
        wanted: dict[str, object] = {} if options is None else {"options": options}
        asked = Order(
            account_id=account,
            workflow_id="find-things",
            name="Lot 17",
            items=await reviewed(desk, drop),
            **wanted,  # type: ignore[arg-type]
        )
        (job,) = await desk.jobs.start(asked)
        await desk.jobs.start_now(job.key)
        await until(lambda: job.job_id in cloud.state.jobs, "it is at the service")
        cloud.finish(job.job_id)
        desk.jobs.look_at(job.key)
        job = await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)
        yield desk, job, events


async def opened(desk: Desk, job: Job) -> Opened:
    return await asyncio.wait_for(desk.results.open(job.key, lambda done, total: None), PATIENCE)


def states(desk: Desk) -> list[TransferState]:
    return [each.state for each in desk.transfers.all() if each.transfer_id.startswith("look-")]


def fetched(cloud: RoboflowCloud) -> int:
    return len(cloud.requests("GET /storage"))


def test_what_nobody_saved_is_brought_once(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    drop = tmp_path / "drop"

    async def scenario() -> None:
        async with desk_with_job(home, cloud, drop, options=JobOptions(keep_images=True)) as (desk, job, events):
            one, other = await asyncio.gather(opened(desk, job), opened(desk, job))
            assert (one.name, one.job, one.pictures) == ("Lot 17", job, COUNT)
            assert one.folder.is_relative_to(home)
            (row,) = [each for each in desk.transfers.all() if each.transfer_id.startswith("look-")]
            assert (row.state, row.name) == (TransferState.DONE, "Lot 17")
            # Nobody has saved anything.
            assert desk.results.saved(job.key) is None
            assert not [event for event in events if isinstance(event, ResultsSaved)]
            names = {each.picture.name for each in await other.seen(range(COUNT), Filter())}
            assert names == {f"card/수확 {number}.jpg" for number in range(COUNT)}
            for number in range(COUNT):
                original = await one.original(number)
                assert original is not None
                assert original.is_relative_to(drop)
                assert await one.drawn(number) is not None
            before = fetched(cloud)
            await opened(desk, job)
            assert fetched(cloud) == before

    asyncio.run(scenario())


def test_heavy_pictures_stay_where_they_are(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "LIGHT_BYTES", 10)

    async def scenario() -> None:
        options = JobOptions(keep_images=True)
        async with desk_with_job(home, cloud, tmp_path / "drop", options=options) as (desk, job, _):
            results = await opened(desk, job)
            assert results.pictures == COUNT
            assert not (results.folder / "pictures").exists()
            assert await results.drawn(0) is None

    asyncio.run(scenario())


def test_saved_results_are_opened_where_they_are(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_with_job(home, cloud, tmp_path / "drop") as (desk, job, _):
            report = await desk.results.save(job.account_id, job.output_batches, tmp_path / "out")
            results = await opened(desk, job)
            assert results.folder == report.folder
            by_itself = await desk.results.open_folder(report.folder, lambda done, total: None)
            assert by_itself.job is not None
            assert by_itself.job.key == job.key
            assert await by_itself.original(0) is not None
            await results.close()
            await by_itself.close()
            # Of the folder only something else is left, or not even that.
            shutil.rmtree(report.folder)
            report.folder.mkdir()
            (report.folder / "notes.txt").touch()
            assert (await opened(desk, job)).folder.is_relative_to(home)
            shutil.rmtree(report.folder)
            assert (await opened(desk, job)).folder.is_relative_to(home)

    asyncio.run(scenario())


def test_who_stops_it_is_told_and_the_next_time_it_goes_on(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_with_job(home, cloud, tmp_path / "drop") as (desk, job, _):
            cloud.weather(seed=1, errors=1.0, only="GET /storage")
            opening = asyncio.create_task(opened(desk, job))
            await until(lambda: fetched(cloud) > 0, "it is being fetched")
            (row,) = [each for each in desk.transfers.all() if each.transfer_id.startswith("look-")]
            await desk.transfers.stop(row.transfer_id)
            with pytest.raises(TransferStopped):
                await opening
            cloud.weather(seed=1)
            assert (await opened(desk, job)).pictures == COUNT

    asyncio.run(scenario())


def test_who_does_not_wait_finds_it_there_later(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_with_job(home, cloud, tmp_path / "drop") as (desk, job, _):
            cloud.weather(seed=1, errors=1.0, only="GET /storage")
            opening = asyncio.create_task(opened(desk, job))
            await until(lambda: fetched(cloud) > 0, "it is being fetched")
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
            cloud.weather(seed=1)

            await until(lambda: states(desk) == [TransferState.DONE], "it is here")
            before = fetched(cloud)
            assert (await opened(desk, job)).pictures == COUNT
            assert fetched(cloud) == before

    asyncio.run(scenario())


def test_what_was_brought_before_the_end_of_the_app_is_not_fetched_again(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    keys = SessionKeys()

    def whole_files() -> int:
        return len([each for each in cloud.requests("GET /storage") if "range" not in each.headers])

    async def scenario() -> None:
        async with desk_with_job(home, cloud, tmp_path / "drop", keys=keys) as (desk, job, _):
            export(cloud, job.output_batches[0])
            await desk.transfers.set_speed_limit(100_000)
            opening = asyncio.create_task(opened(desk, job))

            def come() -> int:
                return sum(each.items_done for each in desk.transfers.all() if each.transfer_id.startswith("look-"))

            await until(lambda: come() >= 3, "some of it is here")
        with pytest.raises(asyncio.CancelledError):
            await opening
        before = whole_files()
        async with desk_at(home, keys=keys) as (desk, _):
            await desk.transfers.set_speed_limit(None)
            results = await opened(desk, job)
            assert results.pictures == ARCHIVES * PICTURES
        assert 0 < whole_files() - before <= ARCHIVES - 3

    asyncio.run(scenario())


def test_this_computers_results_are_brought_too_and_their_trial(home: Path, tmp_path: Path) -> None:
    code_picture(tmp_path / "drop" / "code.png", "harvest")

    async def scenario() -> None:
        async with desk_at(home, keys=SessionKeys()) as (desk, _):
            items = await reviewed(desk, tmp_path / "drop")
            (job,) = await desk.jobs.start(order(items, account_id=THIS_COMPUTER_ID))
            job = await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)
            results = await opened(desk, job)
            (seen,) = await results.seen([0], Filter())
            assert "harvest" in [each.text for each in seen.findings]
            assert len((await results.select(Filter(search="HARVEST"))).numbers) == 1
            assert await results.original(0) == tmp_path / "drop" / "code.png"

    asyncio.run(scenario())


def test_a_job_without_results_or_unknown_says_so(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_with_job(home, cloud, tmp_path / "drop") as (desk, job, _):
            with pytest.raises(NotFound):
                await desk.results.open((job.account_id, "j-never"), lambda done, total: None)
            for batch_id in job.output_batches:
                del cloud.state.batches[batch_id]
            with pytest.raises((NotFound, NothingToSave)):
                await opened(desk, job)

    asyncio.run(scenario())


def test_single_originals_come_from_the_service(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = tmp_path / "drop"

    async def scenario() -> None:
        async with desk_with_job(home, cloud, drop) as (desk, job, _):
            results = await opened(desk, job)
            (seen,) = await results.seen([0], Filter())
            sent = (drop / seen.picture.name).read_bytes()
            shutil.rmtree(drop)
            assert await results.original(0) is None
            gone = cloud.state.batches.pop(job.batch_id)
            assert await results.fetch_original(0) is None
            cloud.state.batches[job.batch_id] = gone
            first = await results.fetch_original(0)
            assert first is not None
            assert first.read_bytes() == sent
            assert (first.suffix, first.is_relative_to(home)) == (".jpg", True)
            before = fetched(cloud)
            assert await results.fetch_original(0) == first
            assert fetched(cloud) == before
            # They are kept up to a limit.
            monkeypatch.setattr(fetching, "MOST_BYTES", 1)
            second = await results.fetch_original(1)
            assert second is not None
            assert (first.exists(), second.exists()) == (False, True)

    asyncio.run(scenario())


def test_a_job_that_was_started_again_has_its_new_results_brought(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with desk_with_job(home, cloud, tmp_path / "drop") as (desk, job, _):
            before = await opened(desk, job)
            report = await desk.results.save(job.account_id, job.output_batches, tmp_path / "saved", name="first")
            assert desk.results.saved(job.key) == report.folder
            cloud.state.jobs[job.job_id].phase = "failed"
            desk.jobs.look_at(job.key)
            await desk.jobs.refresh()
            await desk.jobs.restart(job.key)
            assert desk.results.saved(job.key) is None
            cloud.finish(job.job_id)
            desk.jobs.look_at(job.key)
            again = await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)
            after = await opened(desk, again)
            assert after.folder not in (before.folder, report.folder)
            assert after.pictures == COUNT

    asyncio.run(scenario())
