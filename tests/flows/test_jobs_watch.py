"""When an account is asked, and how often, by the requests that arrive at a cloud."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.jobs import Attention, asking
from batchdock.flows.jobs.watch import Watch
from batchdock.flows.news import Woke
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import StoredJob
from making.desks import desk_at, until
from making.playing import played, running

LIST = "/jobs"


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


@dataclass
class Watching:
    """A desk that watches one cloud, and how often it asked."""

    desk: Desk
    cloud: RoboflowCloud
    account: str

    @property
    def watch(self) -> Watch:
        """What is tested."""
        return self.desk.jobs._watch

    @property
    def rounds(self) -> int:
        """How often the list was asked for."""
        return len([each for each in self.cloud.seen if each.path.endswith(LIST) and "nextPageToken" not in each.query])

    def state(self, job_id: str) -> JobState:
        """The state a job is shown in."""
        return next(job.state for job in self.desk.jobs.all() if job.job_id == job_id)


def add(cloud: RoboflowCloud, job_id: str, phase: str = "processing") -> None:
    definition = {"type": "simple-image-processing-v1", "jobInput": {"batchId": "lot"}}
    cloud.state.jobs[job_id] = StoredJob(job_id, job_id, definition, phase=phase)


@asynccontextmanager
async def watching(home: Path, cloud: RoboflowCloud, *, follow: bool = True) -> AsyncIterator[Watching]:
    async with desk_at(home, active=False) as (desk, _):
        account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
        here = Watching(desk, cloud, account)
        if follow:
            desk.jobs._active = True
            here.watch.follow(account)
            await until(lambda: here.rounds == 1 and here.watch._followed[account].due > time.monotonic(), "looked")
        yield here


def test_a_service_that_wants_to_be_left_alone_is_left_alone(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with watching(home, cloud) as here:
            cloud.fail(f"GET .*{LIST}$", status=429, headers={"Retry-After": "420"})
            followed = here.watch._followed[here.account]
            await here.desk.jobs.refresh()
            await until(lambda: followed.closed_for, "heard")
            assert followed.closed_until == pytest.approx(time.time() + 420, abs=5)
            asked = here.rounds
            for _ in range(5):
                await here.desk.jobs.refresh()
                here.desk.news.publish(Woke(3600.0))
                await asyncio.sleep(0.1)
            assert here.rounds == asked
            cloud.heal()
            followed.closed_until = time.time() + 0.3
            await here.desk.jobs.refresh()
            await until(lambda: here.rounds > asked, "asked when it may be")
            assert time.time() >= followed.closed_until

    asyncio.run(scenario())


def test_jobs_started_elsewhere_appear(home: Path, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "STEADY", 0.2)

    async def scenario() -> None:
        async with watching(home, cloud) as here:
            assert here.desk.jobs.all() == ()
            add(cloud, "elsewhere")
            await until(lambda: here.desk.jobs.all(), "seen")
            assert here.state("elsewhere") is JobState.RUNNING

    asyncio.run(scenario())


def test_whoever_comes_back_to_the_window_or_wakes_the_computer_sees_how_things_are(
    home: Path, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        async with watching(home, cloud) as here:
            here.desk.jobs.attention(Attention.BACKGROUND)
            await asyncio.sleep(1.2)
            assert here.rounds == 1
            here.desk.jobs.attention(Attention.FRONT)
            await until(lambda: here.rounds == 2, "asked for the window")
            here.desk.news.publish(Woke(60.0))
            await until(lambda: here.rounds == 3, "asked after the sleep")

    asyncio.run(scenario())


def test_going_through_the_list_by_arrow_key_does_not_ask_at_each_step(home: Path, cloud: RoboflowCloud) -> None:
    for number in range(40):
        add(cloud, f"j-{number}")

    async def scenario() -> None:
        async with watching(home, cloud) as here:
            keys = [job.key for job in here.desk.jobs.all()]
            began = time.monotonic()
            for step in range(100):
                here.desk.jobs.look_at(keys[step % 40])
                here.desk.jobs.in_view(frozenset(keys[step % 40 : step % 40 + 5]))
                await asyncio.sleep(0.01)
            await until(lambda: here.rounds >= 2, "asked for what is looked at")
            assert here.rounds <= 2 + (time.monotonic() - began) / asking.AT_ONCE

    asyncio.run(scenario())


def test_many_hints_together_are_one_reason_to_look(home: Path, cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        async with watching(home, cloud) as here:
            began = time.monotonic()
            while time.monotonic() - began < 1.5:
                here.desk.jobs.hinted(here.account)
                await asyncio.sleep(0.01)
            await until(lambda: here.rounds >= 2, "looked")
            assert here.rounds <= 2 + (time.monotonic() - began) / asking.AT_ONCE

    asyncio.run(scenario())


def test_what_moves_far_down_a_long_list_is_asked_for_by_itself(home: Path, cloud: RoboflowCloud) -> None:
    for number in range(1000):
        add(cloud, f"j-{number:04}", "done" if number < 997 else "processing")

    async def scenario() -> None:
        async with watching(home, cloud, follow=False) as here:
            await here.desk.jobs.look(here.account)
            before = len(cloud.seen)
            await here.watch.look(here.account)
            asked = [each.path.rpartition("/")[2] for each in cloud.seen[before:] if "/stages" not in each.path]
            assert asked.count("jobs") == 3
            assert sorted(asked)[:3] == ["j-0997", "j-0998", "j-0999"]
            cloud.state.jobs["j-0998"].phase = "failed"
            await here.watch.look(here.account)
            assert here.state("j-0998") is JobState.FAILED

    asyncio.run(scenario())


def test_one_job_that_the_service_can_not_show_keeps_no_other_from_being_watched(
    home: Path, cloud: RoboflowCloud
) -> None:
    add(cloud, "good")
    add(cloud, "bad")
    cloud.fail("GET .*/jobs/bad/stages", status=400, times=1000)

    async def scenario() -> None:
        async with watching(home, cloud, follow=False) as here:
            await here.desk.jobs.look(here.account)
            shares = {job.job_id: job.progress for job in here.desk.jobs.all()}
            assert shares["bad"] is None
            assert shares["good"] is not None
            cloud.play("good", played(running(60, stage="export")))
            await here.desk.jobs.look(here.account)
            assert here.state("good") is JobState.FINISHING
            assert here.state("bad") is JobState.RUNNING

    asyncio.run(scenario())


def test_only_some_of_very_many_moving_jobs_are_asked_about_in_a_round_and_all_in_turn(
    home: Path, cloud: RoboflowCloud
) -> None:
    for number in range(35):
        add(cloud, f"j-{number:02}")

    async def scenario() -> None:
        async with watching(home, cloud, follow=False) as here:
            for _ in range(4):
                before = len(cloud.seen)
                await here.desk.jobs.look(here.account)
                details = [each for each in cloud.seen[before:] if each.path.endswith("/stages")]
                assert len(details) <= asking.IN_DETAIL
            assert all(job.progress is not None for job in here.desk.jobs.all())

    asyncio.run(scenario())
