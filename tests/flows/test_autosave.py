"""Results that are saved by themselves: each once, where a person has said, and nothing large unasked."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import FolderNotWritable, LargeResults, NoRoomForResults
from batchdock.core.job import Job
from batchdock.core.transfer import TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event, JobEnded, ResultsSaved
from batchdock.flows.preferences import AUTOSAVE, AUTOSAVE_FOLDER
from batchdock.flows.results.autosave import SINCE, usual_folder
from batchdock.keystore.session import SessionKeys
from batchdock.store import Journal, Phase
from batchdock.store.savings import Savings
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_contents import Repeated
from fakes.roboflow_state import Pile
from making.desks import PATIENCE, order, reviewed, until
from making.media import code_picture, picture


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


@asynccontextmanager
async def desk_that_saves(home: Path, keys: SessionKeys) -> AsyncIterator[tuple[Desk, list[Event]]]:
    desk = await Desk.open(home, key_store=keys, autosave=True)
    events: list[Event] = []
    desk.news.subscribe(events.append)
    try:
        yield desk, events
    finally:
        await desk.close()


@pytest.fixture
def on_for_long(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Automatic saving was switched on before the days of which the cloud tells."""
    monkeypatch.setattr("batchdock.flows.results.autosave.KEPT_BY_SERVICES", timedelta(days=36500))
    home.mkdir()
    (home / "settings.json").write_text(json.dumps({SINCE: "2026-01-01T00:00:00+00:00"}), encoding="utf-8")


def drop(folder: Path, count: int = 4) -> Path:
    for number in range(count):
        picture(folder / f"{number}.jpg", seed=number, size=(16, 16))
    return folder


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    return (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id


def _is_started(home: Path, job: Job) -> bool:
    journal = Journal(home)
    try:
        return (job.key, Phase.STARTED) in [(each.job.key, each.phase) for each in journal.jobs.all()]
    finally:
        journal.close()


async def started(desk: Desk, cloud: RoboflowCloud, tmp_path: Path) -> Job:
    account = desk.accounts.all()[-1].account_id
    items = await reviewed(desk, drop(tmp_path / "drop"))
    (job,) = await desk.jobs.start(order(items, account_id=account, workflow_id="find-things"))
    await desk.jobs.start_now(job.key)
    await until(
        lambda: job.job_id in cloud.state.jobs and _is_started(tmp_path / "home", job),
        "it is at the service, and that is noted",
    )
    return job


async def finished(desk: Desk, cloud: RoboflowCloud, job: Job) -> Job:
    cloud.finish(job.job_id)
    desk.jobs.look_at(job.key)
    return await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)


def saved(events: list[Event]) -> list[ResultsSaved]:
    return [event for event in events if isinstance(event, ResultsSaved)]


def folders(place: Path) -> list[str]:
    return sorted(each.name for each in place.iterdir() if not each.name.startswith(".")) if place.exists() else []


def test_a_job_that_ends_is_saved_once_in_the_usual_folder(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, events):
            await connected(desk, cloud)
            job = await started(desk, cloud, tmp_path)
            assert desk.autosave.saves(job.key)
            await finished(desk, cloud, job)
            await until(lambda: saved(events), "the results are saved")
            (event,) = saved(events)
            assert usual_folder() == tmp_path / "Pictures" / "Batchdock"
            assert event.folder == usual_folder() / "Lot 17"
            assert event.unasked
            assert event.jobs == (job.key,)
            assert event.files == len([each for each in event.folder.rglob("*") if each.is_file()])
            assert desk.results.saved(job.key) == event.folder
            await desk.jobs.refresh()
            assert [each.state for each in desk.transfers.all()] == [TransferState.DONE, TransferState.DONE]
        assert folders(usual_folder()) == ["Lot 17"]

    asyncio.run(scenario())


def test_the_table_arrives_before_the_pictures(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, events):
            await connected(desk, cloud)
            job = await started(desk, cloud, tmp_path)
            cloud.finish(job.job_id)
            large = {"large-0.tar.gz": Repeated(b"large", 200 * 1024 * 1024)}
            for stage in ("processing", "export"):
                made = cloud.state.batches[f"{job.job_id}-{stage}"]
                made.parts = {"large": Pile("archives", dict(large), "images"), **made.parts}
            cloud.line(bytes_per_second=1_000_000)
            desk.jobs.look_at(job.key)
            table = usual_folder() / "Lot 17" / "results.csv"
            await until(table.exists, "the table is there")
            assert not saved(events)
            assert desk.results.saved(job.key) is None

    asyncio.run(scenario())


def test_a_chosen_folder_is_kept_to_and_nothing_is_overwritten(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    place = tmp_path / "my results"
    (place / "Lot 17").mkdir(parents=True)
    (place / "Lot 17" / "notes.txt").write_text("mine", encoding="utf-8")

    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, events):
            await desk.preferences.set(AUTOSAVE_FOLDER, str(place))
            await connected(desk, cloud)
            await finished(desk, cloud, await started(desk, cloud, tmp_path))
            await until(lambda: saved(events), "the results are saved")
        assert folders(place) == ["Lot 17", "Lot 17 2"]
        assert folders(place / "Lot 17") == ["notes.txt"]

    asyncio.run(scenario())


def test_what_this_computer_makes_is_saved_too(home: Path, tmp_path: Path) -> None:
    code_picture(tmp_path / "drop" / "code.png", "harvest")

    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, events):
            items = await reviewed(desk, tmp_path / "drop")
            (job,) = await desk.jobs.start(order(items, account_id=THIS_COMPUTER_ID))
            await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)
            await until(lambda: saved(events), "the results are saved")
        assert (usual_folder() / "Lot 17" / "results.csv").exists()

    asyncio.run(scenario())


def test_switched_off_nothing_is_saved_and_switched_on_only_what_ends_afterwards(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        keys = SessionKeys()
        async with desk_that_saves(home, keys) as (desk, events):
            await desk.preferences.set(AUTOSAVE, False)
            await connected(desk, cloud)
            job = await started(desk, cloud, tmp_path)
            assert not desk.autosave.saves(job.key)
            await finished(desk, cloud, job)
            before = desk.settings.get(SINCE)
            await desk.preferences.set(AUTOSAVE, True)
            await until(lambda: desk.settings.get(SINCE) != before, "it is noted from when on")
        async with desk_that_saves(home, keys) as (desk, events):
            (next_job,) = [await started(desk, cloud, tmp_path)]
            await finished(desk, cloud, next_job)
            await until(lambda: saved(events), "the second one is saved")
            assert [event.jobs for event in saved(events)] == [(next_job.key,)]

    asyncio.run(scenario())


@pytest.mark.usefixtures("on_for_long")
def test_what_ended_while_the_app_was_closed_is_saved_at_the_next_start(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        keys = SessionKeys()
        async with desk_that_saves(home, keys) as (desk, _):
            await connected(desk, cloud)
            job = await started(desk, cloud, tmp_path)
        cloud.finish(job.job_id)
        # A command line sees the end, and saves nothing.
        desk = await Desk.open(home, key_store=keys, active=False)
        await desk.jobs.look(job.account_id)
        await desk.close()
        assert not folders(usual_folder())
        for _ in range(2):
            async with desk_that_saves(home, keys) as (desk, _events):
                await until(lambda: desk.results.saved(job.key), "the results are saved")
                await until(lambda: all(each.state.is_terminal for each in desk.transfers.all()), "all is at rest")
        assert folders(usual_folder()) == ["Lot 17"]

    asyncio.run(scenario())


@pytest.mark.usefixtures("on_for_long")
def test_large_results_wait_for_a_person(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchdock.flows.results.autosave._GB", 100)

    async def scenario() -> None:
        keys = SessionKeys()
        async with desk_that_saves(home, keys) as (desk, events):
            await connected(desk, cloud)
            job = await started(desk, cloud, tmp_path)
            await finished(desk, cloud, job)
            await until(desk.problems.all, "the person is asked")
            (problem,) = desk.problems.all()
            assert isinstance(problem.error, LargeResults)
            assert (problem.job, problem.can_retry) == (job.key, True)
            assert not saved(events)
        async with desk_that_saves(home, keys) as (desk, events):
            await until(desk.problems.all, "it is asked again")
            await desk.problems.retry(desk.problems.all()[0].problem_id)
            await until(lambda: saved(events), "the person wants them")
            assert not desk.problems.all()
        assert folders(usual_folder()) == ["Lot 17"]

    asyncio.run(scenario())


def test_a_person_who_does_not_want_large_results_is_not_asked_again(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchdock.flows.results.autosave._GB", 100)

    async def scenario() -> None:
        keys = SessionKeys()
        async with desk_that_saves(home, keys) as (desk, _):
            await connected(desk, cloud)
            await finished(desk, cloud, await started(desk, cloud, tmp_path))
            await until(desk.problems.all, "the person is asked")
            await desk.problems.dismiss(desk.problems.all()[0].problem_id)
        cloud.seen.clear()
        async with desk_that_saves(home, keys) as (desk, _):
            await until(lambda: cloud.requests("GET /batch-processing"), "the jobs were asked about")
            assert not cloud.requests("GET /storage")
            assert not desk.problems.all()

    asyncio.run(scenario())


def test_saved_by_hand_the_question_goes(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchdock.flows.results.autosave._GB", 100)

    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, events):
            await connected(desk, cloud)
            job = await finished(desk, cloud, await started(desk, cloud, tmp_path))
            await until(desk.problems.all, "the person is asked")
            await desk.results.save(job.account_id, job.output_batches, tmp_path / "by hand")
            assert not desk.problems.all()
            assert [event.unasked for event in saved(events)] == [False]

    asyncio.run(scenario())


def test_without_room_nothing_is_begun(
    home: Path, tmp_path: Path, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchdock.flows.results.autosave.RESERVE_BYTES", 2**62)

    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, _):
            await connected(desk, cloud)
            await finished(desk, cloud, await started(desk, cloud, tmp_path))
            await until(desk.problems.all, "the person is told")
            assert isinstance(desk.problems.all()[0].error, NoRoomForResults)
        assert list(usual_folder().iterdir()) == []

    asyncio.run(scenario())


def test_a_folder_that_can_not_be_used_is_said_and_tried_again(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    (tmp_path / "place").write_text("a file, not a folder", encoding="utf-8")

    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, events):
            await desk.preferences.set(AUTOSAVE_FOLDER, str(tmp_path / "place"))
            await connected(desk, cloud)
            await finished(desk, cloud, await started(desk, cloud, tmp_path))
            await until(desk.problems.all, "the person is told")
            (problem,) = desk.problems.all()
            assert isinstance(problem.error, FolderNotWritable)
            await desk.preferences.set(AUTOSAVE_FOLDER, str(tmp_path / "another"))
            await desk.problems.retry(problem.problem_id)
            await until(lambda: saved(events), "the results are saved")
        assert folders(tmp_path / "another") == ["Lot 17"]

    asyncio.run(scenario())


def test_what_a_person_stopped_is_left_alone_also_after_a_restart(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        keys = SessionKeys()
        async with desk_that_saves(home, keys) as (desk, events):
            await connected(desk, cloud)
            job = await started(desk, cloud, tmp_path)
            await desk.transfers.set_speed_limit(1)
            await finished(desk, cloud, job)
            await until(lambda: len(desk.transfers.all()) == 2, "the saving has begun")
            await desk.transfers.stop_all()
            await desk.transfers.set_speed_limit(None)
        arrived = sorted((usual_folder() / "Lot 17").rglob("*"))  # The first file may be quicker than the person.
        async with desk_that_saves(home, keys) as (desk, events):
            cloud.seen.clear()
            await until(lambda: cloud.requests("GET /batch-processing"), "the jobs were asked about")
            assert not saved(events)
            assert not desk.transfers.all()
        assert sorted((usual_folder() / "Lot 17").rglob("*")) == arrived

    asyncio.run(scenario())


def test_interrupted_by_the_end_of_the_app_it_goes_on_once(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        keys = SessionKeys()
        async with desk_that_saves(home, keys) as (desk, _):
            await connected(desk, cloud)
            job = await started(desk, cloud, tmp_path)
            await finished(desk, cloud, job)
            await until(lambda: len(desk.transfers.all()) == 2, "the saving has begun")
        async with desk_that_saves(home, keys) as (desk, _events):
            await until(lambda: desk.results.saved(job.key), "the results are saved")
            await until(lambda: all(each.state.is_terminal for each in desk.transfers.all()), "all is at rest")
        assert folders(usual_folder()) == ["Lot 17"]
        assert not [each for each in usual_folder().iterdir() if each.name.startswith(".")]

    asyncio.run(scenario())


def test_jobs_of_others_and_what_ended_before_are_not_touched(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        keys = SessionKeys()
        desk = await Desk.open(home, key_store=keys)
        await connected(desk, cloud)
        job = await finished(desk, cloud, await started(desk, cloud, tmp_path))
        await desk.close()
        async with desk_that_saves(home, keys) as (desk, events):
            await until(lambda: cloud.requests("GET /batch-processing"), "the jobs were asked about")
            assert desk.settings.get(SINCE)
            await desk.jobs.look(job.account_id)
            assert not saved(events)
        assert not folders(usual_folder())

    asyncio.run(scenario())


def test_a_job_without_results_is_no_trouble(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, events):
            await connected(desk, cloud)
            first = await started(desk, cloud, tmp_path)
            cloud.finish(first.job_id)
            cloud.expire_batch(f"{first.job_id}-export")
            desk.jobs.look_at(first.key)
            await asyncio.wait_for(desk.jobs.ended(first.key), PATIENCE)
            await finished(desk, cloud, await started(desk, cloud, tmp_path))
            await until(lambda: saved(events), "the next one is saved")
            assert len(saved(events)) == 1
            about = [problem.problem_id.split(":")[0] for problem in desk.problems.all()]
            assert not {"autosave", "transfer"}.intersection(about)

    asyncio.run(scenario())


def test_they_are_known_to_be_saved_before_their_saving_is_forgotten(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[Path | None] = []
    end = Savings.end

    def looked_at(savings: Savings, transfer_id: str) -> None:
        with closing(Journal(home)) as journal:
            known.extend(each.saved for each in journal.jobs.all())
        end(savings, transfer_id)

    monkeypatch.setattr(Savings, "end", looked_at)

    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, events):
            (tmp_path / "results").mkdir()
            await desk.preferences.set(AUTOSAVE_FOLDER, str(tmp_path / "results"))
            items = await reviewed(desk, drop(tmp_path / "drop", 1))
            await desk.jobs.start(order(items))
            await until(lambda: any(isinstance(each, ResultsSaved) for each in events), "they are saved")

    asyncio.run(scenario())
    assert len(known) == 1
    assert known[0] is not None


def test_news_of_the_last_moment_begin_nothing(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_that_saves(home, SessionKeys()) as (desk, _):
            await connected(desk, cloud)
            await desk.preferences.set(AUTOSAVE, False)
            job = await finished(desk, cloud, await started(desk, cloud, tmp_path))
            await desk.preferences.set(AUTOSAVE, True)
            desk.news.publish(JobEnded(job))
            await desk.autosave.close()
            await asyncio.sleep(0)
            assert job.key not in desk.autosave._saving

    asyncio.run(scenario())
