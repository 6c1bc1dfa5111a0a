"""What holds a transfer is shown with its sentence, told once, and goes on by itself when it is over."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from batchdock.core.account import KeyKept
from batchdock.core.errors import (
    BatchdockError,
    CertificateRefused,
    CreditsUsedUp,
    DiskFull,
    KeyRefused,
    NoNetwork,
    PlanMissing,
    ServiceTrouble,
    SourceGone,
)
from batchdock.core.states import JobState
from batchdock.core.transfer import Hold, TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.news import AccountsChanged, Event, Light, LightChanged, ProblemsChanged
from batchdock.flows.transfers.holds import Looks
from batchdock.flows.transfers.receive import RESERVE_BYTES
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.courses import Led
from making.desks import desk_at, order, reviewed, until
from making.media import picture

QUICK = Looks(source=0.02, disk=0.02, elsewhere=3600.0, longest=3600.0, calm=0.05)


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


def held(desk: Desk, error: BatchdockError, *more: BatchdockError) -> Led:
    """Return a transfer that is held by errors, one after the other, and then moves."""
    led = Led(desk, "Lot 17")
    led.next = [error, *more]
    return led


def reports(events: list[Event]) -> int:
    """Return how often a problem came onto the list."""
    lists = [event.problems for event in events if isinstance(event, ProblemsChanged)]
    return sum(len(now) > len(before) for before, now in zip([(), *lists], lists, strict=False))


@pytest.mark.parametrize(
    ("error", "hold"),
    [(KeyRefused(service="acme"), Hold.KEY), (PlanMissing(service="acme"), Hold.CREDITS),
     (CertificateRefused(host="acme"), Hold.CERTIFICATE)],
    ids=["key", "credits", "certificate"],
)  # fmt: skip
def test_what_somebody_must_mend_elsewhere_is_told_once_and_tried_when_asked(
    home: Path, error: BatchdockError, hold: Hold
) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            desk.transfers.holds.looks = QUICK
            led = held(desk, error, error)
            await until(lambda: led.now.state is TransferState.HELD, "held")
            assert (led.now.hold, led.now.message) == (hold, error.sentence())
            (problem,) = desk.problems.all()
            assert (problem.about, problem.error, problem.can_retry) == ("Lot 17", error, True)
            await desk.transfers.resume("Lot 17")
            await until(lambda: led.begun == 2 and led.now.state is TransferState.HELD, "tried, and held again")
            await desk.problems.retry(problem.problem_id)
            await until(lambda: led.moving, "moves")
            assert (led.now.hold, led.now.message) == (None, "")
            await until(lambda: desk.problems.all() == (), "settled by itself")
            assert reports(events) == 1
            led.finish()
            await led.result()

    asyncio.run(scenario())


def test_news_of_the_account_end_the_wait_for_a_key(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            desk.transfers.holds.looks = QUICK
            error = KeyRefused(service="acme")
            led = held(desk, error, error, error)
            await until(lambda: led.now.state is TransferState.HELD, "held")
            (account,) = desk.accounts.all()
            missing = replace(account, key_kept=KeyKept.MISSING)
            desk.news.publish(AccountsChanged((missing,)))
            desk.news.publish(LightChanged(account.account_id, Light.KEY_REFUSED))
            desk.news.publish(LightChanged("another", Light.OK))
            desk.news.publish(AccountsChanged((account,)))
            await until(lambda: led.begun == 2, "tried with the new key")
            await until(lambda: led.now.state is TransferState.HELD, "held again")
            desk.news.publish(LightChanged(account.account_id, Light.OK))
            await until(lambda: led.begun == 3, "tried because the service is reached")
            led.task.cancel()
            await asyncio.gather(led.task, return_exceptions=True)

    asyncio.run(scenario())


def test_used_up_credits_wait_for_the_person_and_for_nothing_else(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            # Everything else would be looked at again at once.
            desk.transfers.holds.looks = replace(QUICK, elsewhere=0.01, longest=0.01)
            error = CreditsUsedUp(service="acme", reason="Not enough credits.")
            led = held(desk, error, error)
            await until(lambda: led.now.state is TransferState.HELD, "held")
            assert (led.now.hold, led.now.message) == (Hold.CREDITS, error.sentence())
            (account,) = desk.accounts.all()
            desk.news.publish(AccountsChanged((account,)))
            desk.news.publish(LightChanged(account.account_id, Light.OK))
            other = Led(desk, "Lot 18")
            other.next = [KeyRefused(service="acme"), KeyRefused(service="acme")]
            await until(lambda: other.begun == 3, "what waits for a key is tried again and again")
            assert led.begun == 1
            (problem,) = [each for each in desk.problems.all() if each.error is error]
            assert "Not enough credits." in problem.error.sentence()
            await desk.problems.retry(problem.problem_id)
            await until(lambda: led.begun == 2 and led.now.state is TransferState.HELD, "tried once, and held again")
            await desk.transfers.resume("Lot 17")
            await until(lambda: led.moving, "tried as it was asked for")
            for each in (led, other):
                each.finish()
                await each.result()

    asyncio.run(scenario())


def test_a_drive_that_is_back_is_noticed(home: Path, tmp_path: Path) -> None:
    drive = tmp_path / "card" / "DCIM"

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            desk.transfers.holds.looks = QUICK
            led = held(desk, SourceGone(folder=drive))
            await until(lambda: led.now.state is TransferState.HELD, "held")
            assert (led.now.hold, str(drive) in led.now.message) == (Hold.SOURCE, True)
            drive.mkdir(parents=True)
            await asyncio.sleep(QUICK.source * 5)
            assert led.begun == 1  # What is left of a drive is an empty folder.
            (drive / "1.jpg").write_bytes(b"x")
            await until(lambda: led.moving, "moves")
            await until(lambda: desk.problems.all() == (), "settled")
            assert reports(events) == 1
            led.finish()
            await led.result()

    asyncio.run(scenario())


def test_room_on_the_disk_is_noticed(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = 1000

    def disk_usage(path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=free)

    async def scenario() -> None:
        nonlocal free
        async with desk_at(home, active=False) as (desk, _):
            desk.transfers.holds.looks = QUICK
            monkeypatch.setattr(shutil, "disk_usage", disk_usage)
            led = held(desk, DiskFull(folder=tmp_path / "not made yet", needed="9.8 GB", bytes=5_000))
            await until(lambda: led.now.state is TransferState.HELD, "held")
            free = RESERVE_BYTES + 4_999
            await asyncio.sleep(QUICK.disk * 5)
            assert led.begun == 1
            free += 1
            await until(lambda: led.moving, "moves")
            led.finish()
            await led.result()

    asyncio.run(scenario())


def test_a_service_in_trouble_is_asked_again_without_telling_anybody(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            led = held(desk, ServiceTrouble(service="acme", status=503, reason="–"), NoNetwork(host="acme"))
            await until(lambda: led.moving, "moves")
            assert led.begun == 3
            assert TransferState.HELD in led.seen
            assert reports(events) == 0
            led.finish()
            await led.result()

    asyncio.run(scenario())


def test_what_is_held_is_paused_and_stopped_like_anything_else(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            led = held(desk, SourceGone(folder=tmp_path / "gone"), KeyRefused(service="acme"))
            await until(lambda: led.now.state is TransferState.HELD, "held")
            others = [Led(desk, "b"), Led(desk, "c")]
            await until(lambda: all(each.moving for each in others), "the others have its place")
            await desk.transfers.pause("Lot 17")
            assert (led.now.state, led.now.hold, desk.problems.all()) == (TransferState.PAUSED, None, ())
            others[0].finish()
            await desk.transfers.resume("Lot 17")
            await until(lambda: led.now.hold is Hold.KEY, "held by something else")
            await desk.transfers.stop_all()
            assert desk.problems.all() == ()
            assert [led.now.state] == [TransferState.STOPPED]
            await asyncio.gather(led.task, *(each.task for each in others), return_exceptions=True)

    asyncio.run(scenario())


def test_a_script_waits_for_nobody_and_only_so_long(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False, patience=0.3) as (desk, _):
            desk.transfers.holds.looks = QUICK
            with pytest.raises(KeyRefused):
                await held(desk, KeyRefused(service="acme")).result()
            led = held(desk, SourceGone(folder=tmp_path / "gone"))
            with pytest.raises(SourceGone):
                await led.result()
            assert led.seen[-2:] == [TransferState.HELD, TransferState.FAILED]

    asyncio.run(scenario())


def test_a_job_shows_what_its_sending_does(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    for number in range(20):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number, size=(16, 16))

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            items = await reviewed(desk, tmp_path / "drop")
            stalled = cloud.fail("POST .*/upload/image", kind=Kind.STALLED, times=100)
            (job,) = await desk.jobs.start(order(items, account_id=account, workflow_id="find-things"))

            def state() -> JobState:
                return next(each.state for each in desk.jobs.all() if each.key == job.key)

            await until(lambda: cloud.requests("/upload/image"), "on its way")
            (transfer,) = desk.transfers.all()
            await desk.transfers.pause(transfer.transfer_id)
            assert (desk.transfers.all()[0].state, state()) == (TransferState.PAUSED, JobState.PAUSED)
            stalled.times = 0
            key, cloud.key = cloud.key, "another"
            await desk.transfers.resume(transfer.transfer_id)
            await until(lambda: state() is JobState.ON_HOLD, "the job is on hold")
            about = [problem for problem in desk.problems.all() if problem.job == job.key]
            assert len(about) == 1  # Not one for the job and one for its sending.
            cloud.key = key
            await desk.jobs.restart(job.key)
            await until(lambda: job.job_id in cloud.state.jobs, "gone on")
            assert len(cloud.state.batches[job.batch_id].simple) == 20
            await until(lambda: not [each for each in desk.problems.all() if each.job == job.key], "settled")

    asyncio.run(scenario())


def test_a_job_that_waits_for_a_key_can_be_stopped(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    picture(tmp_path / "drop" / "1.jpg", size=(16, 16))

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            items = await reviewed(desk, tmp_path / "drop")
            cloud.key = "another"
            (job,) = await desk.jobs.start(order(items, account_id=account, workflow_id="find-things"))
            await until(lambda: desk.jobs.all()[0].state is JobState.ON_HOLD, "on hold")
            assert [problem.job for problem in desk.problems.all()] == [job.key]
            await desk.jobs.stop(job.key)
            assert desk.jobs.all()[0].state is JobState.STOPPED
            assert desk.problems.all() == ()

    asyncio.run(scenario())


def test_stopping_a_job_stops_its_sending_for_good(home: Path, tmp_path: Path, cloud: RoboflowCloud) -> None:
    for number in range(3):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number, size=(16, 16))

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            account = (await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            items = await reviewed(desk, tmp_path / "drop")
            stalled = cloud.fail("POST .*/upload/image", kind=Kind.STALLED, times=100)
            (job,) = await desk.jobs.start(order(items, account_id=account, workflow_id="find-things"))
            await until(lambda: cloud.requests("/upload/image"), "on its way")
            await desk.jobs.stop(job.key)
            assert [row.state for row in desk.transfers.all()] == [TransferState.STOPPED]
            assert desk.jobs.all()[0].state is JobState.STOPPED
            assert desk._journal.sendings.unfinished() == []
            stalled.times = 0
            await desk.jobs.restart(job.key)
            await until(lambda: job.job_id in cloud.state.jobs, "gone on")
            assert len(cloud.state.batches[job.batch_id].simple) == 3

    asyncio.run(scenario())
