"""Events of jobs, from the post to the picture on the disk: kept once, for a while, and never with a secret."""

import asyncio
import csv
import json
import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from batchdock.core.errors import DiskFull, EventsLetGo, EventsWithoutPictures, PortTaken
from batchdock.flows.desk import Desk
from batchdock.flows.events import CatchAddress
from batchdock.flows.events import catching as catching_module
from batchdock.flows.events.album import Album
from batchdock.flows.news import Event as News
from batchdock.flows.news import EventsChanged
from batchdock.flows.preferences import EVENTS_MOST, HOOKS, HOOKS_PORT
from batchdock.services.hooks.caught import read_caught
from fakes.roboflow_cloud import RoboflowCloud
from making.caught import NOW, event
from making.desks import desk_at, until
from making.media import picture_bytes

JOB = ("cloud", "c-face-edge/8d7c029b01c64abf9630f40b7dbfb067")
OTHER = ("cloud", "8D7C")


@pytest.fixture
def port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@asynccontextmanager
async def catching(home: Path, port: int) -> AsyncIterator[tuple[Desk, list[News], CatchAddress, httpx.AsyncClient]]:
    async with desk_at(home) as (desk, news), httpx.AsyncClient(trust_env=False, timeout=60) as client:
        await desk.preferences.set(HOOKS_PORT, port)
        yield desk, news, await desk.events.catch(JOB), client


async def sent(client: httpx.AsyncClient, address: CatchAddress, body: bytes) -> int:
    answer = await client.post(address.url, content=body, headers={address.header_name: address.header_value})
    return answer.status_code


def files_of(home: Path) -> list[Path]:
    return sorted(each for each in (home / "events").rglob("*") if each.is_file())


def test_an_event_is_caught_kept_and_told_of_and_its_secret_is_nowhere(home: Path, port: int) -> None:
    async def scenario() -> str:
        async with catching(home, port) as (desk, news, address, client):
            assert desk.preferences.get(HOOKS)
            assert address.url == f"http://127.0.0.1:{port}/caught"
            assert address.header_value not in repr(address)
            assert await sent(client, address, event(1, pictures=2, token="t0psecret")) == 200
            assert await sent(client, address, event(1, pictures=2, token="t0psecret")) == 200
            later = NOW + timedelta(hours=1)
            assert await sent(client, address, event(2, at=later)) == 200
            await until(lambda: EventsChanged(JOB) in news)
            first, second = await desk.events.events(JOB)
            assert (first.at, second.at, second.kind, len(second.pictures)) == (later, NOW, "FaceImage", 2)
            assert second.pictures[0].read_bytes() == picture_bytes(10)
            assert (await desk.events.events(JOB, before=first)) == (second,)
            assert (await desk.events.events(JOB, until=later)) == (second,)
            assert (await desk.events.events(JOB, kinds=["other"])) == ()
            assert set(await desk.events.some([first.number, second.number, 99])) == {first, second}
            span = (await desk.events.spans())[JOB]
            assert (span.events, span.pictures, span.first, span.last) == (2, 3, NOW, later)
            assert await desk.events.histogram(JOB, 4) == (1, 0, 0, 1)
            assert list((await desk.events.index(JOB)).numbers) == [first.number, second.number]
            pixels = await desk.events.picture(second.pictures[0], 128)
            assert pixels is not None
            assert (pixels.full_width, pixels.full_height) == (160, 120)
            assert await desk.events.picture(home / "nowhere.jpg", 128) is None
            return address.header_value

    secret = asyncio.run(scenario())
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert secret.encode() not in content, path
            assert b"t0psecret" not in content, path
    if os.name != "nt":
        assert {stat.S_IMODE(each.stat().st_mode) for each in files_of(home)} == {0o600}
        assert stat.S_IMODE(files_of(home)[0].parent.stat().st_mode) == 0o700


def test_a_new_secret_ends_the_one_before_and_it_holds_over_a_restart(home: Path, port: int) -> None:
    async def scenario() -> None:
        async with catching(home, port) as (desk, _, old, client):
            address = await desk.events.catch(JOB)
            other = await desk.events.catch(OTHER)
            assert await sent(client, old, event(1)) == 401
            assert await sent(client, address, event(1)) == 200
            assert await sent(client, other, event(1)) == 200
            assert set(await desk.events.catches()) == {JOB, OTHER}
        async with desk_at(home) as (desk, _), httpx.AsyncClient(trust_env=False) as client:
            await until(lambda: desk.hooks.caught_address)
            assert await sent(client, address, event(1)) == 200
            assert await sent(client, address, event(2)) == 200
            assert {key: span.events for key, span in (await desk.events.spans()).items()} == {JOB: 2, OTHER: 1}
            await desk.events.forget(JOB)
            assert await sent(client, address, event(3)) == 401
            assert await desk.events.events(JOB) == ()
            assert len(files_of(home)) == 1
            await desk.events.release(OTHER)
            assert await sent(client, other, event(4)) == 401
            assert len(await desk.events.events(OTHER)) == 1

    asyncio.run(scenario())


def test_jobs_of_a_forgotten_account_send_no_longer(home: Path, port: int) -> None:
    async def scenario() -> None:
        with RoboflowCloud() as cloud:
            async with catching(home, port) as (desk, _, kept, client):
                account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
                job = (account.account_id, "gate")
                address = await desk.events.catch(job)
                assert await sent(client, address, event(1)) == 200
                await desk.accounts.forget(account.account_id)
                assert await sent(client, address, event(2)) == 401
                assert await sent(client, kept, event(3)) == 200
                assert job not in await desk.events.catches()
                assert len(await desk.events.events(job)) == 1

    asyncio.run(scenario())


def test_a_port_that_is_taken_is_said(home: Path) -> None:
    async def scenario(port: int) -> None:
        async with desk_at(home) as (desk, _):
            await desk.preferences.set(HOOKS_PORT, port)
            with pytest.raises(PortTaken):
                await desk.events.catch(JOB)
            assert await desk.events.catches() == {}

    with socket.create_server(("127.0.0.1", 0)) as taken:
        asyncio.run(scenario(int(taken.getsockname()[1])))


def test_the_oldest_go_when_there_is_too_much_and_it_is_said(
    home: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = event(1)
    most = len(picture_bytes(0)) * 4 / 1_000_000_000

    async def scenario() -> None:
        async with catching(home, port) as (desk, _, address, client):
            assert await sent(client, address, body) == 200
            real = desk.preferences.get
            monkeypatch.setattr(
                desk.preferences, "get", lambda which: most if which is EVENTS_MOST else real(which)
            )  # A whole GB of pictures would take minutes.
            for number in range(2, 10):
                assert await sent(client, address, event(number)) == 200
            await until(lambda: len(files_of(home)) <= 4)
            kept = await desk.events.events(JOB)
            ids = [next(fact.value for fact in each.facts if fact.name == "event_id") for each in kept]
            assert ids == [f"e-{number}" for number in range(9, 9 - len(ids), -1)]
            assert {path for each in kept for path in each.pictures} == set(files_of(home))
            [problem] = desk.problems.all()
            assert isinstance(problem.error, EventsLetGo)

    asyncio.run(scenario())


def test_what_has_had_its_time_goes_at_the_next_start(home: Path, port: int) -> None:
    async def scenario() -> None:
        async with catching(home, port) as (desk, _, address, client):
            assert await sent(client, address, event(1)) == 200
            assert await sent(client, address, event(2)) == 200
            old = datetime.now(UTC) - timedelta(days=31)
            with desk._journal._database.writing() as connection:
                connection.execute("UPDATE events SET received = ? WHERE number = 1", (int(old.timestamp() * 1000),))
        async with desk_at(home) as (desk, _):
            await until(lambda: len(files_of(home)) == 1)
            assert [each.number for each in await desk.events.events(JOB)] == [2]

    asyncio.run(scenario())


def test_a_full_disk_keeps_the_event_without_pictures_or_asks_for_it_again(
    home: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with catching(home, port) as (desk, _, address, client):
            real = Album.put
            with monkeypatch.context() as full:
                full.setattr(Album, "put", lambda *_: [])
                assert await sent(client, address, event(1)) == 200
            [kept] = await desk.events.events(JOB)
            assert kept.pictures == ()
            [problem] = desk.problems.all()
            assert isinstance(problem.error, EventsWithoutPictures)
            assert Album.put is real
            assert await sent(client, address, event(2)) == 200
            await until(lambda: not desk.problems.all())

            def refuse(*_: object) -> None:
                raise DiskFull(folder=home, needed="the journal")

            with monkeypatch.context() as full:
                full.setattr(desk._journal.events, "add", refuse)
                assert await sent(client, address, event(3)) == 507
            assert [type(each.error) for each in desk.problems.all()] == [DiskFull]
            assert await sent(client, address, event(3)) == 200
            assert len(await desk.events.events(JOB)) == 3

    asyncio.run(scenario())


def test_trouble_with_old_events_keeps_no_new_ones_waiting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DiskFull(folder=home, needed="the journal")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            taking = desk.events._catching
            assert taking._tidying is not None
            await taking._tidying
            monkeypatch.setattr(catching_module, "_MOST_AT_ONCE", 1)
            with monkeypatch.context() as full:
                full.setattr(desk._journal.events, "size", refuse)
                taking._looked = None
                caught = [read_caught(event(number), "application/json", NOW)[0] for number in range(3)]
                async with asyncio.timeout(60):
                    await asyncio.gather(*(taking.take(JOB, each) for each in caught))
            assert len(await desk.events.events(JOB)) == 3

    asyncio.run(scenario())


def test_a_burst_is_all_kept_and_the_loop_goes_on(home: Path, port: int) -> None:
    async def scenario() -> None:
        async with catching(home, port) as (desk, news, address, client):
            turns = 0

            async def turn() -> None:
                nonlocal turns
                while True:
                    await asyncio.sleep(0)
                    turns += 1

            turning = asyncio.create_task(turn())
            limit = asyncio.Semaphore(24)

            async def one(number: int) -> int:
                async with limit:
                    return await sent(client, address, event(number, at=NOW + timedelta(seconds=number)))

            assert set(await asyncio.gather(*(one(number) for number in range(300)))) == {200}
            turning.cancel()
            assert (await desk.events.spans())[JOB].events == 300
            assert turns > 300
            assert sum(isinstance(each, EventsChanged) for each in news) <= 302

    asyncio.run(scenario())


def test_events_are_saved_for_people_and_for_programs(home: Path, port: int, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with catching(home, port) as (desk, _, address, client):
            for number in range(3):
                at = NOW + timedelta(minutes=number)
                assert await sent(client, address, event(number, at=at, event_type="=1+1", plate="한국 12")) == 200
            (await desk.events.events(JOB))[0].pictures[0].unlink()
            saved = await desk.events.export(JOB, tmp_path, since=NOW + timedelta(minutes=1))
            assert (saved.events, saved.pictures, saved.missing) == (2, 1, 1)
            lines = [json.loads(line) for line in (saved.folder / "events.jsonl").read_text("utf-8").splitlines()]
            assert lines[0]["facts"]["plate"] == "한국 12"
            assert (saved.folder / lines[1]["pictures"][0]).read_bytes() == picture_bytes(10)
            with (saved.folder / "events.csv").open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            assert [row["kind"] for row in rows] == ["'=1+1", "'=1+1"]
            assert (await desk.events.export(JOB, tmp_path)).folder != saved.folder

    asyncio.run(scenario())
