"""Merges, searches and evaluations in the list of all jobs: watched, steered, and as they were after a restart."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from batchdock.core.errors import ServiceTrouble
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event, JobEnded
from fakes.tensorbay import TensorBay
from making.desks import desk_at
from making.tensorbay import connect_desk


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as bay:
        yield bay


@dataclass
class Watched:
    """A desk with an account, whose rounds are asked for one by one."""

    desk: Desk
    account: str
    events: list[Event]

    def shown(self, job_id: str) -> Job:
        """Return how a job is shown."""
        return next(job for job in self.desk.jobs.all() if job.job_id == job_id)

    async def whole(self) -> None:
        """Have the whole list read."""
        await self.desk.jobs.look(self.account)

    async def round(self) -> None:
        """Have a round of asking, not of the whole list."""
        await self.desk.jobs._watch.look(self.account)

    def ends(self) -> list[tuple[str, JobState]]:
        """Return the ends that were told."""
        return [(each.job.name, each.job.state) for each in self.events if isinstance(each, JobEnded)]


@asynccontextmanager
async def watched(home: Path, bay: TensorBay) -> AsyncIterator[Watched]:
    async with desk_at(home, active=False, patience=0.01) as (desk, events):
        yield Watched(desk, (await connect_desk(desk, bay)).account_id, events)


def test_a_merge_is_made_watched_stopped_and_run_again(home: Path, bay: TensorBay) -> None:
    dataset = bay.add_dataset("harbor")
    record = bay.state.datasets[dataset]
    record.branches["dev"] = record.branches["main"]

    async def scenario() -> None:
        async with watched(home, bay) as here:
            values = {"dataset": dataset, "title": "dev in", "source": "dev", "target": "main", "strategy": "skip"}
            await here.whole()
            (made,) = (await here.desk.jobs.act(here.account, "merge", [], values)).made
            key = (here.account, made)
            job = here.shown(made)
            assert (job.name, job.state, job.kind, job.dataset) == ("dev in", JobState.WAITING, "Merge", "harbor")
            bay.start_jobs()
            await here.round()
            assert here.shown(made).state is JobState.RUNNING
            await here.desk.jobs.stop(key)
            assert here.shown(made).state is JobState.STOPPED
            await here.desk.jobs.restart(key)
            assert here.shown(made).state is JobState.WAITING
            bay.finish_jobs(error="the branch is in use")
            await here.round()
            job = here.shown(made)
            assert (job.state, job.message) == (JobState.FAILED, "the branch is in use")
            (problem,) = here.desk.problems.all()
            assert (problem.about, problem.can_retry) == ("dev in", True)
            await here.desk.jobs.act(here.account, "delete", [key], {})
            assert here.desk.jobs.all() == ()
            assert not here.desk.problems.all()

    asyncio.run(scenario())


def test_a_search_that_failed_is_a_problem_that_can_not_be_run_again(home: Path, bay: TensorBay) -> None:
    job = bay.add_job(bay.add_dataset("harbor"), "basicSearch", "ships", status="PROCESSING")

    async def scenario() -> None:
        async with watched(home, bay) as here:
            await here.whole()
            job.status, job.error = "FAIL", "no such class"
            await here.round()
            (problem,) = here.desk.problems.all()
            assert (problem.about, problem.can_retry) == ("ships", False)
            assert here.ends() == []

    asyncio.run(scenario())


def test_an_evaluation_that_is_done_stays_so_though_no_list_says_it(home: Path, bay: TensorBay) -> None:
    benchmark = bay.add_benchmark("ships")
    benchmark.evaluations["e1"] = (1660000000, "d", "c", {"mAP": 0.25})
    job_id = f"evaluations/{benchmark.id}/e1"

    async def scenario() -> None:
        async with watched(home, bay) as here:
            await here.whole()
            assert here.shown(job_id).state is JobState.UNKNOWN
            here.desk.jobs.look_at((here.account, job_id))
            await here.round()
            for _ in range(2):
                await here.whole()
                assert here.shown(job_id).state is JobState.DONE
            assert here.ends() == [], "nobody saw it end"
        async with watched(home, bay) as here:
            assert here.shown(job_id).state is JobState.DONE
            for _ in range(2):
                await here.whole()
                assert (here.shown(job_id).state, here.shown(job_id).message) == (JobState.DONE, "")
            assert here.ends() == []

    asyncio.run(scenario())


def test_a_dataset_that_can_not_be_read_leaves_the_others_jobs_in_the_list(home: Path, bay: TensorBay) -> None:
    fine, broken = bay.add_dataset("fine"), bay.add_dataset("broken")
    moving = bay.add_job(fine, title="a", status="PROCESSING")
    bay.add_job(broken, title="b", status="SUCCESS")

    async def scenario() -> None:
        async with watched(home, bay) as here:
            bay.html_from_proxy(500, times=1000, pattern=f"{broken}/jobs")
            with pytest.raises(ServiceTrouble):
                await here.whole()
            assert {job.name: job.state for job in here.desk.jobs.all()} == {"a": JobState.RUNNING}
            moving.status = "SUCCESS"
            with suppress(ServiceTrouble):  # It may be the other one's turn again.
                await here.round()
            assert {job.name: job.state for job in here.desk.jobs.all()} == {"a": JobState.DONE}
            bay.heal()
            assert {job.name async for job in (await here.desk.accounts.service(here.account)).find_jobs({})} == {
                "a",
                "b",
            }

    asyncio.run(scenario())
