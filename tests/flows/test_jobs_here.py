"""Jobs on This computer: the real local service as a child process, real pictures, real files."""

import asyncio
import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from batchdock.core.errors import NothingUsable
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.core.transfer import TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.news import JobEnded, JobsChanged, ProblemsChanged, TransfersChanged
from batchdock.store import Journal
from making.desks import GOOD_NAMES, PATIENCE, bad_drop, desk_at, good_drop, order, reviewed, until
from making.media import picture, video
from making.workers import alive


async def finished(desk: Desk, jobs: tuple[Job, ...]) -> list[Job]:
    return [await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE) for job in jobs]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_good_pictures_among_bad_files_are_processed_under_their_own_names(home: Path, tmp_path: Path) -> None:
    drop = good_drop(tmp_path / "drop")
    bad_drop(drop / "bad")
    video(drop / "film.mp4")

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            items = await reviewed(desk, drop)
            jobs = await desk.jobs.start(order(items))
            assert [job.name for job in jobs] == ["Lot 17", "Lot 17 (videos)"]
            assert {job.state for job in jobs} == {JobState.UPLOADING}
            pictures, videos = await finished(desk, jobs)
            assert (pictures.state, pictures.items_total, pictures.items_done, pictures.problems) == (
                JobState.DONE,
                8,
                8,
                0,
            )
            assert videos.state is JobState.DONE
            assert all(each.rate and each.device and each.seconds_left is None for each in (pictures, videos))
            report = await desk.results.save(pictures.account_id, pictures.output_batches, tmp_path / "out")
            assert report.folder == tmp_path / "out" / "Lot 17"
            assert (report.originals, report.problems) == (8, ())
            rows = {row["image"]: row for row in table(report.folder / "results.csv")}
            assert set(rows) == {*GOOD_NAMES, "code.png"}
            assert rows["code.png"]["text"] == "harvest"
            for name in rows:
                details = json.loads((report.folder / "details" / name / "results.json").read_text(encoding="utf-8"))
                assert str(details["count"]) == rows[name]["count"]
                assert list((report.folder / "pictures" / name).with_suffix("").glob("*.jpg"))
            assert desk.results.saved(pictures.key) == report.folder
            again = await desk.results.save(pictures.account_id, pictures.output_batches, tmp_path / "out")
            assert again.folder.name == "Lot 17 2"
            assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]
            assert len([event for event in events if isinstance(event, JobEnded)]) == 2
            assert {row.state for row in desk.transfers.all()} == {TransferState.DONE}
            assert desk.problems.all() == ()

    asyncio.run(scenario())


def test_a_drop_without_anything_usable_starts_nothing(home: Path, tmp_path: Path) -> None:
    drop = bad_drop(tmp_path / "drop")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, drop)
            assert len(items) == 5
            with pytest.raises(NothingUsable, match="Files looked at: 5"):
                await desk.jobs.start(order(items))
            assert desk.jobs.all() == ()

    asyncio.run(scenario())


def test_pictures_that_spoil_after_the_review_are_named(home: Path, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    for number, name in enumerate(("good.jpg", "사진/spoiled.jpg", "gone.jpg")):
        picture(drop / name, seed=number)

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            items = await reviewed(desk, drop)
            (drop / "사진/spoiled.jpg").write_text("no picture any more", encoding="utf-8")
            (drop / "gone.jpg").unlink()
            (job,) = await finished(desk, await desk.jobs.start(order(items)))
            assert job.state is JobState.DONE_WITH_PROBLEMS
            assert (job.items_total, job.items_done, job.problems) == (3, 1, 2)
            assert job.message == "2 of 3 could not be processed."
            failures = {failure.name: failure.cause for failure in (await desk.jobs.detail(job.key)).failures}
            assert set(failures) == {"gone.jpg", "사진/spoiled.jpg"}
            assert failures["gone.jpg"] == "The file is not there any more."
            assert failures["사진/spoiled.jpg"]
            report = await desk.results.save(job.account_id, job.output_batches, tmp_path / "out")
            assert [failure.name for failure in report.problems] == ["gone.jpg", "사진/spoiled.jpg"]
            listed = table(report.folder / "not processed.csv")
            assert [row["file"] for row in listed] == ["gone.jpg", "사진/spoiled.jpg"]
            assert len([event for event in events if isinstance(event, JobEnded)]) == 1
            (problem,) = desk.problems.all()
            assert {failure.name for failure in problem.files} == set(failures)
            await desk.problems.dismiss(problem.problem_id)
            assert isinstance([e for e in events if isinstance(e, ProblemsChanged)][-1], ProblemsChanged)
        async with desk_at(home) as (desk, _):
            await until(lambda: desk.jobs.all())
            assert desk.problems.all() == ()

    asyncio.run(scenario())


def test_a_drop_that_vanished_before_it_was_sent_is_said_by_name(home: Path, tmp_path: Path) -> None:
    names = {"gone.jpg", "사진/gone.jpg"}
    drop = tmp_path / "drop"
    for number, name in enumerate(sorted(names)):
        picture(drop / name, seed=number)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, drop)
            for name in names:
                (drop / name).unlink()
            (job,) = await finished(desk, await desk.jobs.start(order(items)))
            assert job.state is JobState.FAILED
            assert job.message.startswith("None of these files can be used")
            failures = {failure.name: failure.cause for failure in (await desk.jobs.detail(job.key)).failures}
            assert failures == dict.fromkeys(names, "The file is not there any more.")

    asyncio.run(scenario())


def test_a_workflow_that_is_not_there_is_said_and_can_be_tried_again(home: Path, tmp_path: Path) -> None:
    picture(tmp_path / "drop" / "a.jpg")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, tmp_path / "drop")
            (job,) = await finished(desk, await desk.jobs.start(order(items, workflow_id="no-such")))
            assert job.state is JobState.FAILED
            assert job.message
            (problem,) = desk.problems.all()
            assert (problem.about, problem.can_retry, problem.job) == ("Lot 17", True, job.key)
            await desk.problems.retry(problem.problem_id)
            (again,) = await finished(desk, (job,))
            assert again.state is JobState.FAILED

    asyncio.run(scenario())


def test_jobs_are_renamed_removed_and_restored(home: Path, tmp_path: Path) -> None:
    picture(tmp_path / "drop" / "a.jpg")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, tmp_path / "drop")
            (job,) = await finished(desk, await desk.jobs.start(order(items)))
            await desk.jobs.rename(job.key, "수확")
            await desk.jobs.remove(job.key)
            assert desk.jobs.all() == ()
        async with desk_at(home) as (desk, _):
            assert desk.jobs.all() == ()
            await desk.jobs.restore(job.key)
            assert [each.name for each in desk.jobs.all()] == ["수확"]

    asyncio.run(scenario())


def test_an_order_cut_off_is_gone_on_with_and_ends_once(home: Path, tmp_path: Path) -> None:
    """The desk closes at once after Start, as if the app had quit; the next one does the rest."""
    for number in range(5):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, tmp_path / "drop")
            (job,) = await desk.jobs.start(order(items))
        async with desk_at(home) as (desk, events):
            (ended,) = await finished(desk, (job,))
            assert (ended.state, ended.items_done) == (JobState.DONE, 5)
            assert len([event for event in events if isinstance(event, JobEnded)]) == 1
        async with desk_at(home) as (desk, events):
            await until(lambda: any(isinstance(event, JobsChanged) for event in events) or desk.jobs.all())
            await desk.jobs.look(job.account_id)
            assert not [event for event in events if isinstance(event, JobEnded)]
            assert [each.state for each in desk.jobs.all()] == [JobState.DONE]

    asyncio.run(scenario())


def test_a_job_is_stopped_and_started_again(home: Path, tmp_path: Path) -> None:
    for number in range(400):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number, size=(400, 300))

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, tmp_path / "drop")
            (job,) = await desk.jobs.start(order(items))
            await until(lambda: desk.jobs.all()[0].state is JobState.RUNNING, "running")
            await desk.jobs.stop(job.key)
            (stopped,) = await finished(desk, (job,))
            assert stopped.state is JobState.STOPPED
            await desk.jobs.restart(job.key)
            assert not desk.jobs.all()[0].state.is_terminal
            (ended,) = await finished(desk, (job,))
            assert (ended.state, ended.items_done, ended.problems) == (JobState.DONE, 400, 0)

    asyncio.run(scenario())


def test_files_are_ingested_without_a_job(home: Path, tmp_path: Path) -> None:
    picture(tmp_path / "drop" / "a.jpg")
    video(tmp_path / "drop" / "b.mp4")

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            items = await reviewed(desk, tmp_path / "drop")
            pictures, videos = await desk.transfers.ingest("this-computer", items, "Lot", batch_id="lot-1")
            assert (pictures.batch_id, videos.batch_id) == ("lot-1", "lot-1-videos")
            detail = await desk.batches.describe("this-computer", "lot-1")
            assert detail.count == 1
            (file,) = await desk.batches.files("this-computer", "lot-1")
            assert await desk.results.read("this-computer", "lot-1", file) == (tmp_path / "drop/a.jpg").read_bytes()
            assert {batch.batch_id for batch in await desk.batches.all("this-computer")} == {"lot-1", "lot-1-videos"}
            await until(lambda: any(isinstance(event, TransfersChanged) for event in events))
            await desk.transfers.clear_finished()
            assert desk.transfers.all() == ()

    asyncio.run(scenario())
    journal = Journal(home)
    assert journal.sendings.unfinished() == []
    journal.close()


def test_archives_are_looked_into(home: Path, tmp_path: Path) -> None:
    picture(tmp_path / "drop" / "a.jpg")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, tmp_path / "drop")
            (job,) = await finished(desk, await desk.jobs.start(order(items)))
            (batch,) = job.output_batches
            files = await desk.batches.files(job.account_id, batch)
            names = {}
            for file in files:
                for member in await desk.results.members(job.account_id, batch, file):
                    names[member.name] = await desk.results.read(job.account_id, batch, file, member.name)
                    assert len(names[member.name]) == member.size
            assert json.loads(names["a.jpg/results.json"])["count"] == 0
            assert any(name.endswith(".jpg") for name in names)

    asyncio.run(scenario())


def test_an_order_that_was_not_written_down_whole_is_said(home: Path, tmp_path: Path) -> None:
    """The app was killed between the job and its files; a command line asks for that job all the same."""
    picture(tmp_path / "drop" / "a.jpg")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            (job,) = await desk.jobs.start(order(await reviewed(desk, tmp_path / "drop")))
        journal = Journal(home)
        with journal._database.writing() as connection:
            connection.execute("UPDATE sendings SET finished = 1, files = 0")
            connection.execute("DELETE FROM pieces")
        journal.close()
        async with desk_at(home) as (desk, _):
            assert desk.problems.all() == ()
            (ended,) = await finished(desk, (job,))
            assert ended.state is JobState.FAILED
            assert "Start it anew" in ended.message

    asyncio.run(scenario())


WINDOW = """
import asyncio, sys
from pathlib import Path
from batchdock.flows.desk import Desk
from batchdock.flows.news import JobEnded
from batchdock.keystore.session import SessionKeys

async def watch():
    desk = await Desk.open(Path(sys.argv[1]), key_store=SessionKeys())
    desk.news.subscribe(lambda event: print("ended" if isinstance(event, JobEnded) else "other", flush=True))
    print("open", flush=True)
    await asyncio.Event().wait()

asyncio.run(watch())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
@pytest.mark.parametrize("moment", ["open", "ended"])
def test_the_end_of_a_job_is_said_once_whenever_the_window_is_killed(home: Path, tmp_path: Path, moment: str) -> None:
    for number in range(40):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number, size=(800, 600))

    async def begin() -> Job:
        async with desk_at(home) as (desk, _):
            (job,) = await desk.jobs.start(order(await reviewed(desk, tmp_path / "drop")))
            return job

    async def look_again(job: Job) -> list[JobEnded]:
        async with desk_at(home) as (desk, events):
            (ended,) = await finished(desk, (job,))
            await desk.jobs.look(job.account_id)
            assert (ended.state, ended.items_done) == (JobState.DONE, 40)
            return [event for event in events if isinstance(event, JobEnded)]

    job = asyncio.run(begin())
    with subprocess.Popen([sys.executable, "-c", WINDOW, str(home)], stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        heard: list[str] = []
        while not heard or heard[-1] != moment:
            heard.append(window.stdout.readline().strip())
            assert heard[-1], "The window ended by itself."
        children = Path(f"/proc/{window.pid}/task/{window.pid}/children").read_text().split()
        window.kill()
        heard += window.stdout.read().split()

    async def service_is_gone() -> None:
        await until(lambda: not any(alive(int(each)) for each in children), "the local service ends")

    asyncio.run(service_is_gone())
    assert heard.count("ended") + len(asyncio.run(look_again(job))) == 1
