"""The fake cloud breaks as it says it does: whoever tests against bad weather must be able to rely on it."""

import asyncio
import hashlib
import io
import tarfile
import time
from collections.abc import Awaitable

import pytest

from batchdock.core.batch import StagedFile
from batchdock.core.errors import BatchdockError, ConnectionProblem, KeyRefused, NotFound, ServiceTrouble
from batchdock.core.streams import FileVersion, Incoming
from batchdock.services.roboflow.service import RoboflowService
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_contents import Large, Repeated
from fakes.roboflow_storage import RangeLie
from making.bodies import Held, Zeros
from making.clients import run

MEGABYTE = 1_000_000


async def outcome(work: Awaitable[object]) -> str:
    try:
        await work
    except BatchdockError as error:
        return type(error).__name__
    return "fine"


async def listed(service: RoboflowService) -> StagedFile:
    (found,) = [each async for each in service.files("b")]
    return found


async def all_of(incoming: Incoming) -> bytes:
    return b"".join([piece async for piece in incoming.pieces()])


async def fetched(service: RoboflowService, start: int = 0, version: FileVersion | None = None) -> bytes:
    async with service.receive(await listed(service), start=start, version=version) as incoming:
        return await all_of(incoming)


def outcomes_of_a_day(seed: int) -> tuple[list[str], dict[str, int]]:
    with RoboflowCloud() as cloud:
        cloud.weather(seed, errors=0.3, drops=0.2, lost=0.1, only="upload/image")
        found: list[str] = []

        async def send(service: RoboflowService) -> None:
            for number in range(25):
                upload = service.upload_image("b", f"{number}.jpg", Held("x", b"x" * 50_000), batch_name="B")
                found.append(await outcome(upload))

        run(cloud, send)
        arrived = {name: each.times for name, each in cloud.arrived("b").items()}
        assert cloud.struck["INSTEAD"] + cloud.struck["CUT"] + found.count("fine") + cloud.struck["DROPPED"] == 25
        assert len(arrived) == found.count("fine") + cloud.struck["DROPPED"]
        return found, arrived


def test_the_same_seed_is_the_same_weather() -> None:
    first, second, other = outcomes_of_a_day(1), outcomes_of_a_day(1), outcomes_of_a_day(2)
    assert first == second
    assert first != other
    assert {"fine", "ServiceTrouble", "ConnectionProblem"} <= set(first[0])


def test_all_that_arrives_is_counted_whatever_it_came_in(cloud: RoboflowCloud) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as opened:
        info = tarfile.TarInfo("a.jpg")
        info.size = 3
        opened.addfile(info, io.BytesIO(b"jpg"))
    cloud.state.keep_bytes = MEGABYTE

    async def send(service: RoboflowService) -> None:
        for _ in range(2):
            await service.upload_shard("s", Held("1 file", packed.getvalue()), files=1, batch_name="S")
        await service.upload_video("v", "v.mp4", Zeros("v.mp4", 60 * MEGABYTE), batch_name="V")

    run(cloud, send)
    assert cloud.arrived("s")["a.jpg"].times == 2
    assert cloud.arrived("s")["a.jpg"].sha256 == hashlib.sha256(b"jpg").hexdigest()
    known = cloud.state.batches["v"].simple["v.mp4"]
    assert known == Large(60 * MEGABYTE, hashlib.sha256(bytes(60 * MEGABYTE)).hexdigest())


def test_a_cut_upload_has_not_arrived(cloud: RoboflowCloud) -> None:
    cloud.fail("PUT /storage", Kind.CUT, part=0.5)

    async def send(service: RoboflowService) -> None:
        with pytest.raises(ConnectionProblem):
            await service.upload_video("v", "v.mp4", Zeros("v.mp4", 5 * MEGABYTE), batch_name="V")

    run(cloud, send)
    assert cloud.arrived("v") == {}


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.TORN])
def test_a_broken_download_says_so(cloud: RoboflowCloud, kind: Kind) -> None:
    cloud.stage("b", {"a.zip": Repeated(b"abc", 2 * MEGABYTE)})
    cloud.fail("GET /storage", kind, part=0.5)

    async def fetch(service: RoboflowService) -> None:
        with pytest.raises(ConnectionProblem):
            await fetched(service)
        assert await fetched(service) == (b"abc" * MEGABYTE)[: 2 * MEGABYTE]

    run(cloud, fetch)


def test_a_short_download_looks_complete(cloud: RoboflowCloud) -> None:
    cloud.stage("b", {"a.zip": b"z" * MEGABYTE})
    cloud.fail("GET /storage", Kind.SHORT, keep=1000)

    async def fetch(service: RoboflowService) -> None:
        async with service.receive(await listed(service)) as incoming:
            assert incoming.version.size is None
            assert await all_of(incoming) == b"z" * 1000

    run(cloud, fetch)


def test_a_pause_is_one(cloud: RoboflowCloud) -> None:
    cloud.stage("b", {"a.zip": b"z" * MEGABYTE})
    cloud.fail("GET /storage", Kind.PAUSED, part=0.5, seconds=0.5)
    cloud.fail("PUT /storage", Kind.PAUSED, part=0.5, seconds=0.5)

    async def both(service: RoboflowService) -> None:
        began = time.monotonic()
        assert await fetched(service) == b"z" * MEGABYTE
        await service.upload_video("v", "v.mp4", Zeros("v.mp4", MEGABYTE), batch_name="V")
        assert time.monotonic() - began >= 1.0

    run(cloud, both)
    assert cloud.arrived("v")["v.mp4"].times == 1


def test_the_line_has_a_length_and_a_width(cloud: RoboflowCloud) -> None:
    cloud.line(latency=0.1, bytes_per_second=MEGABYTE)

    async def send(service: RoboflowService) -> None:
        began = time.monotonic()
        await service.upload_image("b", "a.jpg", Held("a.jpg", bytes(MEGABYTE // 2)), batch_name="B")
        assert time.monotonic() - began >= 0.5

    run(cloud, send)


@pytest.mark.parametrize("status", [400, 403])
def test_addresses_run_out_and_new_ones_are_good(cloud: RoboflowCloud, status: int) -> None:
    cloud.stage("b", {"a.zip": b"zip"})

    async def fetch(service: RoboflowService) -> None:
        old = await listed(service)
        cloud.expire_addresses(status)
        with pytest.raises(NotFound):
            async with service.receive(old):
                pytest.fail("It ran out.")
        assert await fetched(service) == b"zip"

    run(cloud, fetch)


@pytest.mark.parametrize(
    ("lie", "outcome"),
    [
        (RangeLie.ANY_VERSION, "ConnectionProblem"),
        (RangeLie.WRONG_START, "ConnectionProblem"),
        (RangeLie.WRONG_SIZE, "ConnectionProblem"),
        (RangeLie.NO_CONTENT_RANGE, "ConnectionProblem"),
        (None, "whole"),
    ],
)
def test_a_storage_that_lies_about_ranges_is_found_out(
    cloud: RoboflowCloud, lie: RangeLie | None, outcome: str
) -> None:
    cloud.stage("b", {"a.zip": bytes(1000)})

    async def fetch(service: RoboflowService) -> None:
        async with service.receive(await listed(service)) as incoming:
            version = incoming.version
        if lie in (None, RangeLie.ANY_VERSION):
            cloud.stage("b", {"a.zip": b"x" * 1000})
        cloud.state.range_lie = lie
        try:
            async with service.receive(await listed(service), start=500, version=version) as incoming:
                found = "whole" if incoming.start == 0 and len(await all_of(incoming)) == 1000 else "part"
        except ConnectionProblem:
            found = "ConnectionProblem"
        assert found == outcome

    run(cloud, fetch)


@pytest.mark.parametrize("status", [404, 410])
def test_a_batch_whose_time_is_over_is_gone_with_its_files(cloud: RoboflowCloud, status: int) -> None:
    cloud.stage("b", {"a.zip": b"zip"})

    async def fetch(service: RoboflowService) -> None:
        file = await listed(service)
        cloud.expire_batch("b", status)
        with pytest.raises(NotFound):
            await service.count("b")
        with pytest.raises(NotFound):
            async with service.receive(file):
                pytest.fail("It is gone.")

    run(cloud, fetch)


def test_a_key_is_revoked_and_given_back(cloud: RoboflowCloud) -> None:
    async def ask(service: RoboflowService) -> None:
        cloud.revoke_key()
        with pytest.raises(KeyRefused):
            await service.check_key()
        cloud.restore_key()
        assert await service.check_key() == "acme-ws"

    run(cloud, ask)


def test_it_goes_away_in_the_middle_and_comes_back_on_the_same_port(cloud: RoboflowCloud) -> None:
    cloud.fail("PUT /storage", Kind.DEAF)

    async def ask(service: RoboflowService) -> None:
        sending = asyncio.create_task(
            outcome(service.upload_video("v", "v.mp4", Zeros("v.mp4", 60 * MEGABYTE), batch_name="V"))
        )
        while not cloud.requests("PUT /storage"):
            await asyncio.sleep(0.01)
        await asyncio.to_thread(cloud.go_away)
        assert await sending == "ConnectionProblem"
        assert await outcome(service.check_key()) == "ConnectionProblem"
        await asyncio.to_thread(cloud.come_back)
        assert await service.check_key() == "acme-ws"
        assert list(cloud.state.batches) == ["v"]

    run(cloud, ask)


def test_weather_clears_up(cloud: RoboflowCloud) -> None:
    cloud.weather(seed=1, errors=1.0, statuses=(503,))

    async def ask(service: RoboflowService) -> None:
        with pytest.raises(ServiceTrouble):
            await service.upload_image("b", "a.jpg", Held("a.jpg", b"jpg"), batch_name="B")
        cloud.heal()
        await service.upload_image("b", "a.jpg", Held("a.jpg", b"jpg"), batch_name="B")

    run(cloud, ask)
