"""The vendor's client and ours look at the same job of the local service, and say the same.

State, stages, tasks, progress and outputs, while it waits, in the middle of the work, stopped, done, done with problems
and failed. Both look while the workers stand still, so that neither sees a later moment than the other.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from batchdock.core.batch import Progress
from batchdock.core.progress import stage_progress
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from making.desks import desk_at, until
from making.local_service import LocalService
from making.media import picture, truncated_picture
from making.vendor_client import Client, SaidOfJob, SaidOfStage
from making.workers import children

WITH_ERRORS = (JobState.FAILED, JobState.STOPPED)
"""The vendor's client has no word of its own for what was stopped (contract §4.3)."""

pytestmark = [
    pytest.mark.vendor,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(sys.platform != "linux", reason="workers are made to stand still as Linux does it"),
]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LocalService]:
    with LocalService(tmp_path / "service") as running:
        yield running


@contextmanager
def standing_still(service: LocalService) -> Iterator[None]:
    """Let the workers rest meanwhile, as if the computer had no time for them."""
    workers = children(service.process.pid)
    for each in workers:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in workers:
            os.kill(each, signal.SIGCONT)


async def ours(desk: Desk, key: tuple[str, str]) -> tuple[JobState, SaidOfJob]:
    """Return what our client says of a job, and its state."""
    await desk.jobs.look(key[0])
    detail = await desk.jobs.detail(key)
    stages = tuple(
        SaidOfStage(
            name=each.stage.name,
            stage_id=each.stage.stage_id,
            over=each.stage.status is not Progress.MOVING,
            percent=round(stage_progress(each.tasks, each.stage.tasks_number) * 100),
            tasks=(each.counts.waiting, each.counts.running, each.counts.done, each.counts.problems),
            outputs=each.stage.output_batches,
        )
        for each in detail.stages
    )
    state = detail.job.state
    return state, SaidOfJob(detail.job.name, state.is_terminal, state in WITH_ERRORS, stages)


async def at_rest(desk: Desk, key: tuple[str, str]) -> tuple[JobState, SaidOfJob]:
    """Return what our client says once it says the same twice: what was under way has arrived."""
    said = await ours(desk, key)
    for _ in range(100):
        await asyncio.sleep(0.1)
        said, before = await ours(desk, key), said
        if said == before:
            return said
    raise AssertionError(f"It does not come to rest: {said}")


async def same(desk: Desk, client: Client, key: tuple[str, str]) -> tuple[JobState, SaidOfJob]:
    """Fail unless both say the same of a job that stands still. Return what it is."""
    state, said = await at_rest(desk, key)
    theirs = await asyncio.to_thread(client.job, key[1])
    assert said == theirs
    assert await ours(desk, key) == (state, said), "it moved while it was looked at"
    return state, said


def refer(service: LocalService, folder: Path, count: int) -> None:
    """Make a batch of many pictures, which are one."""
    file = picture(folder / "one.jpg", 1, (1600, 1200))
    service.refer("many", {f"{number:05}.jpg": file for number in range(count)})
    service.wait_for_shards("many")


def test_from_the_first_task_to_the_last(executable: Path, service: LocalService, home: Path, tmp_path: Path) -> None:
    refer(service, tmp_path, 1500)
    client = Client(executable, service)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = desk.accounts.add_session_account(service.key, service.url, "this-computer")
            key = (account.account_id, "job-1")
            client(
                "batch-processing process-images-with-workflow",
                *("-b", "many", "-w", "read-codes", "-j", "job-1", "-jn", "Night shift", "--max-parallel-tasks", 2),
            )
            await until(lambda: (service.job("job-1").get("progress") or 0) > 0.1, "in the middle of the work")
            with standing_still(service):
                state, said = await same(desk, client, key)
            (stage,) = said.stages
            assert (state, said.name, stage.name) == (JobState.RUNNING, "Night shift", "processing")
            assert 0 < stage.percent < 100
            assert stage.tasks[1] >= 1
            await desk.jobs.stop(key)
            await until(lambda: service.job("job-1")["isTerminal"], "stopped")
            state, said = await same(desk, client, key)
            assert (state, said.failed) == (JobState.STOPPED, True)
            await desk.jobs.restart(key)
            await until(lambda: service.job("job-1")["isTerminal"], "done")
            state, said = await same(desk, client, key)
            assert state is JobState.DONE
            assert [(each.name, each.percent, each.over) for each in said.stages] == [
                ("processing", 100, True),
                ("export", 100, True),
            ]
            assert [each.outputs for each in said.stages] == [(), ("job-1-export",)]
            assert (await desk.jobs.detail(key)).job.output_batches == ("job-1-export",)

    asyncio.run(scenario())


def test_problems_and_failures(executable: Path, service: LocalService, home: Path, tmp_path: Path) -> None:
    client = Client(executable, service)
    for batch_id, good in (("some", 3), ("none", 0)):
        folder = tmp_path / batch_id
        folder.mkdir()
        for number in range(good):
            picture(folder / f"{number}.jpg", number)
        for number in range(3):
            truncated_picture(folder / f"half-{number}.jpg")
        client("data-staging create-batch-of-images", "-b", batch_id, "--images-dir", folder)
        client(
            "batch-processing process-images-with-workflow",
            *("-b", batch_id, "-w", "read-codes", "-j", f"job-{batch_id}"),
            *("--max-image-failure-rate", "0.9" if good else "0"),
        )
        service.wait(f"job-{batch_id}")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = desk.accounts.add_session_account(service.key, service.url, "this-computer")
            state, said = await same(desk, client, (account.account_id, "job-some"))
            assert (state, said.failed) == (JobState.DONE_WITH_PROBLEMS, False)
            state, said = await same(desk, client, (account.account_id, "job-none"))
            assert (state, said.failed) == (JobState.FAILED, True)
            assert said.stages[0].tasks[3] > 0

    asyncio.run(scenario())


def test_both_list_the_same_jobs_and_read_the_same_definition(
    executable: Path, service: LocalService, home: Path, tmp_path: Path
) -> None:
    client = Client(executable, service)
    picture(tmp_path / "pictures" / "one.jpg")
    client("data-staging create-batch-of-images", "-b", "one", "--images-dir", tmp_path / "pictures")
    (tmp_path / "parameters.json").write_text(json.dumps({"blurred_below": 12}))
    client(
        "batch-processing process-images-with-workflow",
        *("-b", "one", "-w", "picture-quality", "-j", "job-full", "-jn", "Everything", "-mt", "cpu"),
        *("--workflow-params", tmp_path / "parameters.json", "--image-input-name", "image", "--save-image-outputs"),
        *("--aggregation-format", "csv", "--workers-per-machine", 2, "--max-runtime-seconds", 600),
        *("--max-parallel-tasks", 3, "--max-image-failure-rate", 0.5, "-ib", "inference-models"),
    )
    service.wait("job-full")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = desk.accounts.add_session_account(service.key, service.url, "this-computer")
            await desk.jobs.look(account.account_id)
            (job,) = desk.jobs.all()
            listed = client("batch-processing list-jobs")
            assert job.name in listed
            assert job.job_id in listed
            read = await (await desk.accounts.service(account.account_id)).definition("job-full")
            assert read is not None
            assert (read.batch_id, read.workflow_id, read.image_input) == ("one", "picture-quality", "image")
            assert (read.parameters, read.keep_images, read.table_format) == ({"blurred_below": 12}, True, "csv")
            assert (read.machine, read.workers_per_machine, read.timeout_seconds) == ("cpu", 2, 600)
            assert (read.max_parallel_tasks, read.max_failure_rate, read.backend) == (3, 0.5, "inference-models")

    asyncio.run(scenario())
