"""Budgets: who is asked, what is not started, and what limit a job gets, against a cloud that takes money."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from batchdock.core.costs import Basis, Budget, Estimate
from batchdock.core.errors import BadRequest, BudgetPassed, BudgetReached, BudgetUsedUp, HardStopPassed
from batchdock.core.job import Job, JobOptions, RestartOverride
from batchdock.core.states import JobState
from batchdock.flows.costs import Why
from batchdock.flows.desk import Desk
from batchdock.flows.news import CostsChanged
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, order, reviewed, until
from making.media import picture
from making.playing import played, running, stage, task
from making.worked import definition, put_worked, worked


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    return (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id


def costing(low: float, high: float) -> Estimate:
    """Return an estimate on a machine at a credit an hour."""
    return Estimate((60, 120), (low * 3600, high * 3600), (low, high), Basis.HISTORY, 100)


async def ordered(desk: Desk, account: str, drop: Path, options: JobOptions | None = None) -> Job:
    if not drop.exists():
        for number in range(3):
            picture(drop / f"{number}.jpg", seed=number, size=(16, 16))
    wanted = order(await reviewed(desk, drop), account_id=account, workflow_id="find-things")
    (job,) = await desk.jobs.start(replace(wanted, options=options or JobOptions()))
    return job


def _job(desk: Desk, key: tuple[str, str]) -> Job:
    return next(job for job in desk.jobs.all() if job.key == key)


async def used(desk: Desk, cloud: RoboflowCloud, account: str, hours: float, job_id: str = "theirs") -> None:
    put_worked(cloud, job_id, definition(), worked([hours * 3600], items=100))
    before = desk.costs.spent(account)
    await desk.jobs.look(account)
    await until(lambda: desk.costs.spent(account) > before, "it was measured")


def test_a_budget_is_kept_and_told_and_nonsense_in_the_file_is_none(home: Path, cloud: RoboflowCloud) -> None:
    wanted = Budget(soft=5, hard=20.5, ask_above=1)

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            account = await connected(desk, cloud)
            assert desk.costs.budget(account) == Budget()
            await desk.costs.set_budget(account, wanted)
            assert CostsChanged(account) in events
            assert desk.costs.budget("another") == Budget()
        async with desk_at(home) as (desk, _):
            assert desk.costs.budget(account) == wanted
            await desk.costs.set_budget(account, Budget())
        assert account not in (home / "settings.json").read_text()
        nonsense: object
        for nonsense in ({"hard": -1}, {"soft": "much"}, {"ask_above": True}, [], {"hard": float("inf")}):
            (home / "settings.json").write_text(json.dumps({f"budget/{account}": nonsense}))
            async with desk_at(home, active=False) as (desk, _):
                assert desk.costs.budget(account) == Budget()

    asyncio.run(scenario())


def test_who_is_asked_before_a_start(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)

            async def asked(estimate: Estimate | None) -> Why:
                judged = await desk.costs.check(account, estimate)
                assert judged.ask is (judged.why is not Why.NOTHING)
                return judged.why

            assert await asked(costing(0.1, 0.2)) is Why.FIRST
            assert await asked(None) is Why.UNKNOWN
            job = await ordered(desk, account, tmp_path / "drop")
            await desk.jobs.started(job.key)
            assert await asked(costing(2, 10)) is Why.NOTHING
            assert await asked(costing(2, 10.1)) is Why.THRESHOLD
            assert await asked(None) is Why.UNKNOWN
            await desk.costs.set_budget(account, Budget(soft=4, ask_above=100))
            assert await asked(costing(2, 4)) is Why.NOTHING
            assert await asked(costing(2, 4.1)) is Why.SOFT
            await used(desk, cloud, account, 3.5)
            assert await asked(costing(0.1, 0.2)) is Why.NOTHING
            assert await asked(costing(0.5, 1)) is Why.SOFT

    asyncio.run(scenario())


def test_the_hard_stop_refuses_what_may_pass_it_and_limits_what_is_not_known(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            assert (await desk.costs.check(account, costing(1, 500))).timeout_seconds is None
            await desk.costs.set_budget(account, Budget(hard=4))
            # Half as much again as expected is head-room for chunks that are longer than others; never past the stop.
            assert (await desk.costs.check(account, costing(1, 2))).timeout_seconds == 3 * 3600
            assert (await desk.costs.check(account, costing(1, 4))).timeout_seconds == 4 * 3600
            assert (await desk.costs.check(account, costing(0.001, 0.002))).timeout_seconds == 600
            # Without an estimate nobody knows the machine: the dearest one, four credits an hour.
            assert (await desk.costs.check(account, None)).timeout_seconds == 3600
            with pytest.raises(BudgetReached) as refused:
                await desk.costs.check(account, costing(1, 4.2))
            assert refused.value.sentence() == (
                "“acme-ws” would go past its budget. Nothing was started. This may use up to 4.2 credits, and 4.0 of "
                "4.0 are left this month. Take fewer files, raise the budget, or start it next month."
            )
            await used(desk, cloud, account, 4.5)
            with pytest.raises(BudgetUsedUp):
                await desk.costs.check(account, costing(0.01, 0.02))
            with pytest.raises(BudgetUsedUp):
                await desk.costs.check(account, None)

    asyncio.run(scenario())


def test_a_job_without_an_estimate_is_created_with_the_rest_of_the_budget_as_its_limit(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            await desk.costs.set_budget(account, Budget(hard=2))
            job = await ordered(desk, account, tmp_path / "drop", JobOptions(machine="gpu"))
            await until(lambda: job.job_id in cloud.state.jobs, "it is at the service")
            assert cloud.state.jobs[job.job_id].definition["processingTimeoutSeconds"] == 1800
            # All of the rest is promised to it: the next one waits until somebody raises the budget, or it ends.
            second = await ordered(desk, account, tmp_path / "drop")
            await until(lambda: _job(desk, second.key).state is JobState.ON_HOLD, "the second one waits")
            assert second.job_id not in cloud.state.jobs
            assert any(isinstance(each.error, BudgetReached) for each in desk.problems.all())
            await desk.costs.set_budget(account, Budget(hard=3))
            await desk.jobs.restart(second.key)
            await until(lambda: second.job_id in cloud.state.jobs, "now it is there")
            assert cloud.state.jobs[second.job_id].definition["processingTimeoutSeconds"] == 3600

    asyncio.run(scenario())


def test_a_lower_limit_of_the_persons_own_stays_and_is_all_that_is_promised(
    home: Path, tmp_path: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            await desk.costs.set_budget(account, Budget(hard=2))
            options = JobOptions(machine="cpu", timeout_seconds=1800)
            job = await ordered(desk, account, tmp_path / "drop", options)
            await desk.jobs.started(job.key)
            assert cloud.state.jobs[job.job_id].definition["processingTimeoutSeconds"] == 1800
            assert (await desk.costs.check(account, costing(1, 1.5))).timeout_seconds == 1.5 * 3600
        async with desk_at(home) as (desk, _):
            await connected(desk, cloud)
            # After a restart of the app its limit says what it may use: 0.5 of 2 credits.
            assert (await desk.costs.check(account, costing(1, 1.5))).timeout_seconds == 1.5 * 3600
            with pytest.raises(BudgetReached):
                await desk.costs.check(account, costing(1, 1.6))

    asyncio.run(scenario())


def test_starting_again_costs_too_and_gets_the_limit(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            job = await ordered(desk, account, tmp_path / "drop", JobOptions(machine="gpu"))
            await desk.jobs.started(job.key)
            cloud.state.jobs[job.job_id].phase = "failed"
            cloud.play(job.job_id, worked([900], kind="failed"))
            desk.jobs.look_at(job.key)
            await until(lambda: desk.costs.spent(account) > 0, "it was measured")
            await desk.costs.set_budget(account, Budget(hard=1))
            with pytest.raises(BudgetUsedUp):
                await desk.jobs.restart(job.key)
            await desk.costs.set_budget(account, Budget(hard=2))
            cloud.fail("POST .*/restart", status=400)
            with pytest.raises(BadRequest):
                await desk.jobs.restart(job.key)
            cloud.heal()
            # Nothing was started, so the rest is still there for others: 1 credit, at 4 an hour.
            assert (await desk.costs.check(account, None)).timeout_seconds == pytest.approx(900, abs=1)
            assert not cloud.state.jobs[job.job_id].restarts
            cloud.play(job.job_id, None)
            await desk.jobs.restart(job.key, RestartOverride(machine="cpu"))
            (override,) = cloud.state.jobs[job.job_id].restarts
            assert override["processingTimeoutSeconds"] == pytest.approx(3600, abs=1)

    asyncio.run(scenario())


def test_two_starts_at_once_do_not_pass_the_stop_together(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            await desk.costs.set_budget(account, Budget(hard=2))
            jobs = await asyncio.gather(ordered(desk, account, tmp_path / "a"), ordered(desk, account, tmp_path / "b"))
            await until(lambda: any(_job(desk, job.key).state is JobState.ON_HOLD for job in jobs), "one waits")
            await until(lambda: len(cloud.state.jobs) == 1, "the other one is there")

    asyncio.run(scenario())


def test_a_person_is_told_when_the_month_passes_a_stop_while_jobs_run(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = await connected(desk, cloud)
            await desk.costs.set_budget(account, Budget(soft=0.1, hard=0.4))
            await used(desk, cloud, account, 0.05)
            assert not desk.problems.all()
            # It has run for 20 minutes, on one machine at least.
            put_worked(cloud, "long", definition(), played(running(1200.0), stage("processing", [task(0)], began=0.0)))
            await desk.jobs.look(account)
            problem = await told(desk, BudgetPassed)
            assert problem.sentence().startswith("“acme-ws” has used about 0.")
            await used(desk, cloud, account, 0.5, "third")
            await told(desk, HardStopPassed)
            assert len(desk.problems.all()) == 1
            await desk.costs.set_budget(account, Budget())
            assert not desk.problems.all()

    asyncio.run(scenario())


async def told(desk: Desk, kind: type[BudgetPassed]) -> BudgetPassed:
    await until(lambda: any(type(each.error) is kind for each in desk.problems.all()), f"{kind.__name__} is told")
    found = next(each.error for each in desk.problems.all() if type(each.error) is kind)
    assert isinstance(found, BudgetPassed)
    return found
