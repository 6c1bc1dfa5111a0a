"""Finding jobs by what their service itself can find them by, and lists so long that something happens meanwhile."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.errors import BadRequest, BatchdockError, NotAskedFor
from batchdock.core.states import JobState
from batchdock.flows.jobs.board import JobKey
from batchdock.flows.news import Light
from fakes.huawei import HuaweiCloud
from making.desks import desk_at, until
from making.huawei import connect_desk

MANY = 20_000


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as cloud:
        yield cloud


def test_what_is_found_joins_the_list_as_it_comes(home: Path, cloud: HuaweiCloud) -> None:
    (batch,) = cloud.add_batches(1, name="perimeter-night")
    wanted = cloud.add_tasks(180, batch_id=batch.id, title="Intrusion detection")
    cloud.add_tasks(300, title="Ship detection")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = (await connect_desk(desk, cloud, iva=())).account_id
            heard: list[frozenset[JobKey]] = []
            shown: list[int] = []

            def hear(keys: frozenset[JobKey]) -> None:
                heard.append(keys)
                shown.append(len(desk.jobs.all()))

            found = await desk.jobs.find(account, {"batch_id": (batch.id,)}, hear)
            assert found == {(account, task.id) for task in wanted} == heard[-1]
            assert [len(keys) for keys in heard] == shown == [50, 100, 150, 180]
            assert {job.key for job in desk.jobs.all()} == found
            assert await desk.jobs.find(account, {"title": ("Ship detection",), "batch_id": (batch.id,)}, hear) == set()
            assert len(heard) == 4, "of nothing nothing is told"

    asyncio.run(scenario())


def test_each_family_is_narrowed_by_what_it_knows(home: Path, cloud: HuaweiCloud) -> None:
    tasks = cloud.add_tasks(3, state="STOPPED") + cloud.add_tasks(2, state="RUNNING")
    faces = cloud.add_iva_tasks("c-face-edge", 4, state="RUNNING")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = (await connect_desk(desk, cloud)).account_id

            async def found(**where: str) -> set[str]:
                wanted = {key: (value,) for key, value in where.items()}
                return {key[1] for key in await desk.jobs.find(account, wanted, lambda keys: None)}

            assert await found(task_state="STOPPED") == {task.id for task in tasks[:3]}
            assert await found(state="RUNNING") == {f"c-face-edge/{task.id}" for task in faces}
            await desk.jobs.look(account)
            assert len(desk.jobs.all()) == 9, "what is not found stays in the list"
            assert {job.state for job in desk.jobs.all()} == {JobState.STOPPED, JobState.RUNNING}

    asyncio.run(scenario())


def test_what_can_not_be_asked_for_is_said_and_what_came_before_stays(home: Path, cloud: HuaweiCloud) -> None:
    cloud.add_tasks(120)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = (await connect_desk(desk, cloud, iva=())).account_id
            before = len(cloud.seen)
            with pytest.raises(NotAskedFor):
                await desk.jobs.find(account, {"colour": ("red",)}, lambda keys: None)
            assert len(cloud.seen) == before
            heard: list[int] = []
            cloud.fail("GET .*/tasks", code="VIAS.00010004", skip=1, times=50)
            with pytest.raises(BadRequest):
                await desk.jobs.find(account, {"task_name": ("job",)}, lambda keys: heard.append(len(keys)))
            assert heard == [50]
            assert len(desk.jobs.all()) == 50

    asyncio.run(scenario())


@pytest.mark.long
def test_twenty_thousand_jobs_while_tokens_expire_and_requests_are_throttled(home: Path) -> None:
    """Of use after the first page, and in the end each is there once, although one goes and one comes meanwhile."""

    async def scenario(cloud: HuaweiCloud) -> None:
        tasks = cloud.add_tasks(MANY, state="RUNNING")
        async with desk_at(home, active=False) as (desk, events):
            account = (await connect_desk(desk, cloud, vias="v1", iva=())).account_id
            fault = cloud.throttle(after=1, times=1_000_000, retry_after=0.05)
            reading = asyncio.create_task(desk.jobs.look(account))
            await until(desk.jobs.all, "the first page")
            assert len(desk.jobs.all()) == 50
            assert not reading.done()
            fault.times = 0
            await until(lambda: len(desk.jobs.all()) > 1_000, "it goes on")
            signed_in = len(cloud.requests("/v3/auth/tokens"))
            cloud.expire_tokens()
            await until(lambda: len(desk.jobs.all()) > 5_000, "and on")
            del cloud.state.tasks[tasks[-10].id]
            (fresh,) = cloud.add_tasks(1, state="RUNNING")
            cloud.throttle(after=0, times=3, retry_after=0.05)
            await reading
            names = [job.job_id for job in desk.jobs.all()]
            assert len(names) == len(set(names))
            assert set(names) >= {task.id for task in tasks} - {tasks[-10].id}
            await desk.jobs.look(account)
            assert {job.job_id for job in desk.jobs.all()} == cloud.state.tasks.keys()
            assert fresh.id in cloud.state.tasks
            assert len(cloud.requests("/v3/auth/tokens")) == signed_in + 1
            assert len(cloud.requests("/infer/tasks/")) <= 20 + 1, "no jobs are asked for one by one"
            del events[:]
            await desk.jobs._watch.look(account)
            assert events == [], "nothing has changed"

    with HuaweiCloud(vias="v1") as cloud:
        asyncio.run(scenario(cloud))


TROUBLES: dict[str, dict[str, Any]] = {
    "bad request": {"code": "VIAS.00010001"},
    "forbidden": {"status": 403, "code": "APIGW.0802"},
    "not found": {"status": 404, "code": "APIGW.0101"},
    "not allowed": {"code": "VIAS.00010012"},
    "unreadable": {"status": 200, "body": '{"tasks": [{"id": ""unescaped""}]}'},
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_that_does_not_pass_by_itself_is_said_and_settled(home: Path, cloud: HuaweiCloud, trouble: str) -> None:
    cloud.add_tasks(3, state="RUNNING")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = (await connect_desk(desk, cloud, iva=())).account_id
            desk.jobs._active = True
            fault = cloud.fail("GET .*/tasks", at="vias", times=1_000_000, **TROUBLES[trouble])
            with pytest.raises(BatchdockError) as raised:
                await desk.jobs.look(account)
            desk.jobs._watch.follow(account)
            await until(desk.problems.all, "a problem")
            assert desk.accounts.light(account) not in (None, Light.OK)
            (problem,) = desk.problems.all()
            assert problem.error.sentence() == raised.value.sentence()
            fault.times = 0
            await desk.problems.retry(problem.problem_id)
            await desk.jobs.refresh()
            await until(lambda: desk.accounts.light(account) is Light.OK, "over")
            assert desk.problems.all() == ()
            assert len(desk.jobs.all()) == 3

    asyncio.run(scenario())
