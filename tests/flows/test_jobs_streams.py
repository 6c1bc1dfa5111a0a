"""Jobs over cameras, which run for months: what is asked about them, and what is not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.errors import InArrears, NotAllowedNow
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event, JobEnded, JobsRemoved, Light
from fakes.huawei import HuaweiCloud
from fakes.huawei.records import Task
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import StoredJob
from making.desks import desk_at, until
from making.huawei import connect_desk

LONG = 300


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as cloud:
        yield cloud


@dataclass
class Streams:
    """A desk with an account, not watched unless a test says so: rounds are asked for one by one."""

    desk: Desk
    account: str
    events: list[Event]

    def job(self, task: Task) -> Job | None:
        """Return how a job is shown."""
        return next((job for job in self.desk.jobs.all() if job.job_id == task.id), None)

    def state(self, task: Task) -> JobState | None:
        """Return the state a job is shown in, None when it is not in the list."""
        job = self.job(task)
        return None if job is None else job.state

    def key(self, task: Task) -> tuple[str, str]:
        """Return what the app calls a job."""
        return (self.account, task.id)

    async def round(self) -> None:
        """Have a round of asking, not of the whole list."""
        await self.desk.jobs._watch.look(self.account)

    async def whole(self) -> None:
        """Have the whole list read."""
        await self.desk.jobs.look(self.account)

    def ends(self) -> list[tuple[str, JobState]]:
        """Return the ends that were told."""
        return [(each.job.name, each.job.state) for each in self.events if isinstance(each, JobEnded)]


@asynccontextmanager
async def streams(home: Path, cloud: HuaweiCloud, *, active: bool = False, iva: bool = False) -> AsyncIterator[Streams]:
    async with desk_at(home, active=active) as (desk, events):
        account = await connect_desk(desk, cloud, vias=cloud.flavour, iva=("c-face-edge",) if iva else ())
        yield Streams(desk, account.account_id, events)


def asked(cloud: HuaweiCloud, since: int = 0) -> list[str]:
    """Return the requests for jobs."""
    return [str(each) for each in cloud.seen[since:] if each.family != "iam"]


def test_running_streams_do_not_make_every_round_read_the_whole_list(home: Path, cloud: HuaweiCloud) -> None:
    tasks = cloud.add_tasks(LONG, state="RUNNING")

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            assert {job.state for job in here.desk.jobs.all()} == {JobState.RUNNING}
            assert len(here.desk.jobs.all()) == LONG
            before = len(cloud.seen)
            for _ in range(5):
                await here.round()
            assert len(asked(cloud, before)) == 5
            tasks[0].state = "STOPPED"
            await here.round()
            assert here.state(tasks[0]) is JobState.RUNNING, "nobody looks at it"
            await here.whole()
            assert here.state(tasks[0]) is JobState.STOPPED

    asyncio.run(scenario())


def test_of_frozen_and_waiting_ones_some_are_asked_about_in_each_round(home: Path, cloud: HuaweiCloud) -> None:
    cloud.add_tasks(LONG, state="FROZEN")
    cloud.add_tasks(LONG, state="LACK_OF_RESOURCES")
    cloud.add_tasks(60, state="RUNNING")

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            states = [job.state for job in here.desk.jobs.all()]
            assert (states.count(JobState.ON_HOLD), states.count(JobState.WAITING)) == (LONG, LONG)
            before = len(cloud.seen)
            await here.round()
            assert len(asked(cloud, before)) <= 22

    asyncio.run(scenario())


@pytest.mark.parametrize("looked_at", [True, False])
def test_one_that_somebody_looks_at_is_asked_about_by_itself(home: Path, cloud: HuaweiCloud, looked_at: bool) -> None:
    task, *others = cloud.add_tasks(LONG, state="RUNNING")

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            if looked_at:
                here.desk.jobs.look_at(here.key(task))
            else:
                here.desk.jobs.in_view(frozenset({here.key(task), *map(here.key, others[:10])}))
            task.state, task.status = "ABNORMAL", "the stream can not be opened"
            await here.round()
            job = here.job(task)
            assert job is not None
            assert (job.state, job.service_word) == (JobState.FAILED, "ABNORMAL")
            assert job.message == "the stream can not be opened"
            task.state = "RUNNING"
            if looked_at:  # What is only on screen is asked about a little later.
                await here.round()
                assert here.state(task) is JobState.RUNNING

    asyncio.run(scenario())


def test_what_the_list_leaves_out_is_asked_for_where_it_shows(home: Path, cloud: HuaweiCloud) -> None:
    tasks = cloud.add_tasks(40, state="RUNNING", company="VIAS", group_names=["north", "quay"])

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            here.desk.jobs.in_view(frozenset(map(here.key, tasks[:10])))
            await here.whole()
            told = {task.name for task in tasks if (job := here.job(task)) is not None and job.vendor}
            assert told == {task.name for task in tasks[:10]}
            await here.whole()
            job = here.job(tasks[0])
            assert job is not None
            assert (job.vendor, job.groups) == ("VIAS", ("north", "quay")), "the list takes nothing away"
            before = len(cloud.seen)
            await here.round()
            assert len(asked(cloud, before)) == 1

    asyncio.run(scenario())


def test_a_stream_that_fails_is_a_problem_until_it_runs_again(home: Path, cloud: HuaweiCloud) -> None:
    task, quiet = cloud.add_tasks(2, state="RUNNING")

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            assert here.ends() == []
            for _ in range(2):
                task.state, task.error = "FAILED", {"code": "ALG.00001", "message": "cannot open stream"}
                quiet.state = "STOPPED"
                await here.round()
                (problem,) = here.desk.problems.all()
                assert (problem.about, problem.can_retry) == (task.name, True)
                assert "cannot open stream" in problem.error.sentence()
                task.state, task.error, quiet.state = "RUNNING", None, "RUNNING"
                await here.round()
                assert here.desk.problems.all() == ()
                job = here.job(task)
                assert job is not None
                assert (job.state, job.ended, job.message) == (JobState.RUNNING, None, "")
            here.desk.jobs._board.flush()
            ends = [(task.name, JobState.FAILED), (quiet.name, JobState.STOPPED)]
            assert sorted(here.ends()) == sorted(ends * 2), "each run ends once"

    asyncio.run(scenario())


def test_what_was_over_before_it_was_seen_is_no_news(home: Path, cloud: HuaweiCloud) -> None:
    cloud.add_tasks(30, state="FAILED")

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            here.desk.jobs._board.flush()
            assert {job.state for job in here.desk.jobs.all()} == {JobState.FAILED}
            assert here.ends() == []
            assert here.desk.problems.all() == ()

    asyncio.run(scenario())


def test_nothing_is_asked_for_that_such_a_service_does_not_have(home: Path, cloud: HuaweiCloud) -> None:
    """Neither stages, tasks, logs nor batches of results; and nothing of a job of it expires or is measured."""
    task, *_ = cloud.add_tasks(3, state="RUNNING")

    async def scenario() -> None:
        async with streams(home, cloud, active=True) as here:
            await until(lambda: here.state(task) is JobState.RUNNING, "seen")
            here.desk.jobs.look_at(here.key(task))
            detail = await here.desk.jobs.detail(here.key(task))
            assert (detail.stages, detail.failures, detail.more) == ((), (), False)
            assert (await here.desk.jobs.logs(here.key(task))).entries == ()
            assert await here.desk.batches.all(here.account) == ()
            task.state = "SUCCEEDED"
            await here.desk.jobs.refresh()
            await until(lambda: here.state(task) is JobState.DONE, "done")
            await until(lambda: here.ends() == [(task.name, JobState.DONE)], "told")
            job = here.job(task)
            assert job is not None
            assert (job.expires, job.output_batches, job.content) == (None, (), Content.STREAM)
            assert here.desk.problems.all() == ()
        paths = {each.split(" ")[1].split("?")[0] for each in asked(cloud)}
        base = f"/v2/{cloud.project_id}/tasks"
        assert paths <= {base, *(f"{base}/{each}" for each in cloud.state.tasks)}

    asyncio.run(scenario())


def test_what_is_deleted_elsewhere_leaves_the_list_for_good(home: Path, cloud: HuaweiCloud) -> None:
    tasks = cloud.add_tasks(LONG, state="RUNNING")
    gone, shown = tasks[10:40], tasks[50]

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            for task in (*gone, shown):
                del cloud.state.tasks[task.id]
            here.desk.jobs.in_view(frozenset({here.key(shown)}))
            await here.round()
            assert here.state(shown) is None, "it is on screen"
            assert all(here.state(task) is JobState.RUNNING for task in gone)
            before = len(cloud.seen)
            await here.whole()
            assert len(asked(cloud, before)) <= LONG // 50 + 3 + 20, "not one request for each that is gone"
            await here.round()
            assert all(here.state(task) is None for task in gone)
            removed = [key for each in here.events if isinstance(each, JobsRemoved) for key in each.keys]
            assert sorted(removed) == sorted(here.key(task) for task in (*gone, shown))
        async with desk_at(home, active=False) as (desk, _):
            await desk.jobs._board.loaded()
            assert len(desk.jobs._board.all()) == LONG - 31

    asyncio.run(scenario())


def test_a_list_that_was_cut_short_takes_nothing_off(home: Path, cloud: HuaweiCloud) -> None:
    """A service that shows nothing of a list, once, is asked about each job before it goes."""
    tasks = cloud.add_tasks(60, state="RUNNING")

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            cloud.fail("GET .*/tasks$", status=200, body={"count": 0, "page": 1, "page_size": 50, "tasks": []})
            await here.whole()
            await here.round()
            assert all(here.state(task) is JobState.RUNNING for task in tasks)

    asyncio.run(scenario())


def test_stopping_and_starting_show_at_once_what_came_of_it(home: Path, cloud: HuaweiCloud) -> None:
    (task,) = cloud.add_tasks(1, state="RUNNING")

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            await here.desk.jobs.stop(here.key(task))
            assert here.state(task) is JobState.STOPPED
            await here.desk.jobs.restart(here.key(task))
            assert here.state(task) is JobState.RUNNING
            cloud.state.looks = 2
            await here.desk.jobs.stop(here.key(task))
            assert here.state(task) is JobState.STOPPING
            for _ in range(3):
                await here.round()
            assert here.state(task) is JobState.STOPPED

    asyncio.run(scenario())


def test_a_refusal_is_a_sentence_and_no_second_try(home: Path, cloud: HuaweiCloud) -> None:
    (task,) = cloud.add_tasks(1, state="RUNNING")

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            cloud.fail("PUT .*/action/stop", code="VIAS.00010012", times=5)
            with pytest.raises(NotAllowedNow):
                await here.desk.jobs.stop(here.key(task))
            assert len(cloud.requests("/action/stop")) == 1
            assert here.state(task) is JobState.RUNNING, "it is shown as it is"

    asyncio.run(scenario())


def test_what_is_deleted_from_here_goes_at_once(home: Path, cloud: HuaweiCloud) -> None:
    tasks = cloud.add_tasks(5, state="STOPPED")

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            await here.whole()
            done = await here.desk.jobs.act(here.account, "delete", [here.key(task) for task in tasks[:3]], {})
            assert done.failures == ()
            assert [here.state(task) for task in tasks] == [None, None, None, JobState.STOPPED, JobState.STOPPED]
            cloud.state.looks = 3
            await here.desk.jobs.act(here.account, "delete", [here.key(tasks[3])], {})
            job = here.job(tasks[3])
            assert job is not None
            assert (job.state, job.service_word) == (JobState.STOPPING, "DELETING"), "the service takes its time"
            for _ in range(4):
                await here.round()
            assert here.job(tasks[3]) is None

    asyncio.run(scenario())


def test_a_job_that_is_made_is_in_the_list_when_that_is_done(home: Path, cloud: HuaweiCloud) -> None:
    (source,) = cloud.add_sources(1)
    (algorithm,) = cloud.add_algorithms(1)
    values = {
        "algorithm": algorithm.id,
        "name": "gate-west",
        "service_version": "1.0.0",
        "input_type": "video_source",
        "video_sources": (source.id,),
        "webhook_url": "https://hooks.example/x",
        "webhook_headers": "X-Key: 1",
    }

    async def scenario() -> None:
        async with streams(home, cloud) as here:
            assert "video_sources" in {field.key for field in await here.desk.jobs.form(here.account, "create", None)}
            done = await here.desk.jobs.act(here.account, "create", [], values)
            assert [(job.job_id, job.name) for job in here.desk.jobs.all()] == [(done.made[0], "gate-west")]
            key = (here.account, done.made[0])
            assert (await here.desk.jobs.facts(key)).facts
            await here.desk.jobs.act(here.account, "change", [key], {"name": "gate-east"})
            assert [job.name for job in here.desk.jobs.all()] == ["gate-east"]

    asyncio.run(scenario())


def test_an_account_in_arrears_disturbs_no_other(home: Path, cloud: HuaweiCloud) -> None:
    frozen = cloud.add_tasks(3, state="RUNNING")
    definition = {"type": "simple-image-processing-v1", "jobInput": {"batchId": "lot"}}

    async def scenario() -> None:
        with RoboflowCloud() as other:
            other.state.jobs["lot-1"] = StoredJob("lot-1", "Lot 1", definition, phase="processing")
            async with streams(home, cloud, active=True, iva=True) as here:
                desk = here.desk
                elsewhere = (await desk.accounts.connect_roboflow(other.key, address=other.url)).account_id
                await until(lambda: len(desk.jobs.all()) == 4, "all are seen")
                cloud.in_arrears()
                await desk.jobs.refresh()
                await until(lambda: desk.accounts.light(here.account) is Light.KEY_REFUSED, "noticed")
                await until(desk.problems.all, "said")
                (problem,) = desk.problems.all()
                assert isinstance(problem.error, InArrears)
                assert {here.state(task) for task in frozen} == {JobState.ON_HOLD}
                other.state.jobs["lot-1"].phase = "aborted"
                await desk.jobs.refresh()
                await until(
                    lambda: [job.state for job in desk.jobs.all() if job.account_id == elsewhere] == [JobState.STOPPED],
                    "the other service goes on",
                )
                await desk.jobs.look(THIS_COMPUTER_ID)
                assert desk.accounts.light(elsewhere) in (Light.OK, Light.SLOW)
                cloud.heal()
                await desk.problems.retry(problem.problem_id)
                await desk.jobs.refresh()
                await until(lambda: desk.accounts.light(here.account) is Light.OK, "settled")
                await until(lambda: not desk.problems.all(), "nothing to say")

    asyncio.run(scenario())
