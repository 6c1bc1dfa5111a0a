"""One file on its way here, over a line that breaks: gone on with where that is right, begun anew where it is not."""

import asyncio
import json
import os
import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from batchdock.core.batch import StagedFile
from batchdock.core.errors import (
    BatchdockError,
    ConnectionProblem,
    DiskFull,
    FolderNotWritable,
    NotFound,
    ServiceTrouble,
    VersionGone,
)
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.receive import Received, receive
from batchdock.services.http.limits import Limits
from batchdock.services.roboflow.service import RoboflowService
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.clients import account_at, client_of

SIZE = 3_000_000
DATA = os.urandom(SIZE)


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        stage(server, DATA)
        yield server


def stage(cloud: RoboflowCloud, data: bytes) -> None:
    batch = cloud.state.batch("b", "B", "simple-batch", "videos")
    assert batch is not None
    batch.simple = {"v.mp4": data}


def run(cloud: RoboflowCloud, work: Callable[[RoboflowService, StagedFile], Awaitable[None]]) -> None:
    async def scenario() -> None:
        service = client_of(cloud)
        try:
            (file,) = [each async for each in service.files("b")]
            await work(service, file)
        finally:
            await service.close()

    asyncio.run(scenario())


def fetched(cloud: RoboflowCloud, target: Path, *, tries: int = 1, in_memory: int = 0) -> tuple[Received, list[int]]:
    """Try until it is here; return it, and what was counted."""
    counted: list[int] = []
    got: list[Received] = []

    async def fetch(service: RoboflowService, file: StagedFile) -> None:
        for number in range(tries):
            try:
                got.append(await receive(service, file, target, SpeedLimit(), counted.append, in_memory=in_memory))
            except ConnectionProblem:
                assert number < tries - 1

    run(cloud, fetch)
    (one,) = got
    return one, counted


def refused(cloud: RoboflowCloud, target: Path, kind: type[BatchdockError]) -> None:
    counted: list[int] = []

    async def fetch(service: RoboflowService, file: StagedFile) -> None:
        with pytest.raises(kind) as caught:
            await receive(service, file, target, SpeedLimit(), counted.append)
        assert "Signature" not in caught.value.sentence() + caught.value.details

    run(cloud, fetch)
    assert sum(counted) == 0


def torn(cloud: RoboflowCloud, target: Path, keep: int) -> None:
    """Leave the first part of a download behind."""
    cloud.fail("GET /storage", Kind.TORN, keep=keep)
    refused(cloud, target, ConnectionProblem)
    cloud.seen.clear()


@pytest.mark.parametrize("keep", [1, 70_000, 1_048_575, 1_048_576, 1_048_577, 2_500_000, SIZE - 1])
def test_a_torn_download_goes_on_where_it_stopped(cloud: RoboflowCloud, tmp_path: Path, keep: int) -> None:
    target = tmp_path / "v.mp4"
    torn(cloud, target, keep)
    part = target.with_name("v.mp4.part")
    have = part.stat().st_size if part.exists() else 0
    got, counted = fetched(cloud, target)
    assert (got.size, got.told, sum(counted)) == (SIZE, True, SIZE)
    assert target.read_bytes() == DATA
    assert [each.name for each in target.parent.iterdir() if each.name != "home"] == ["v.mp4"]
    (request,) = cloud.requests("GET /storage")
    assert request.headers.get("range") == (f"bytes={have}-" if have else None)
    assert have <= keep


def test_many_tears_one_after_another(cloud: RoboflowCloud, tmp_path: Path) -> None:
    cloud.fail("GET /storage", Kind.TORN, times=8, keep=300_000)
    got, counted = fetched(cloud, tmp_path / "v.mp4", tries=9)
    assert (tmp_path / "v.mp4").read_bytes() == DATA
    assert sum(counted) == got.size == SIZE


def test_a_line_that_is_gone_for_a_while_costs_nothing_that_has_arrived(cloud: RoboflowCloud, tmp_path: Path) -> None:
    target = tmp_path / "v.mp4"
    torn(cloud, target, 2_000_000)
    have = target.with_name("v.mp4.part").stat().st_size
    for kind, error in ((Kind.DROPPED, ConnectionProblem), (Kind.INSTEAD, ServiceTrouble)):
        cloud.fail("GET /storage", kind, times=99)
        refused(cloud, target, error)
        refused(cloud, target, error)
        cloud.heal()
    cloud.seen.clear()
    fetched(cloud, target)
    (request,) = cloud.requests("GET /storage")
    assert request.headers["range"] == f"bytes={have}-"
    assert target.read_bytes() == DATA


@pytest.mark.parametrize("size", [SIZE, 2_900_000])
def test_another_version_begins_anew(cloud: RoboflowCloud, tmp_path: Path, size: int) -> None:
    target = tmp_path / "v.mp4"
    torn(cloud, target, 1_500_000)
    other = os.urandom(size)
    stage(cloud, other)
    _, counted = fetched(cloud, target)
    assert target.read_bytes() == other
    assert sum(counted) == size


def test_a_server_without_ranges_sends_all_of_it(cloud: RoboflowCloud, tmp_path: Path) -> None:
    target = tmp_path / "v.mp4"
    torn(cloud, target, 1_500_000)
    cloud.state.knows_ranges = False
    _, counted = fetched(cloud, target)
    assert target.read_bytes() == DATA
    assert sum(counted) == SIZE


def test_a_part_that_is_longer_than_the_file_is_forgotten(cloud: RoboflowCloud, tmp_path: Path) -> None:
    target = tmp_path / "v.mp4"
    torn(cloud, target, 1_500_000)
    stage(cloud, b"short")
    target.with_name("v.mp4.part.json").write_text('{"etag": "", "size": null}')
    refused(cloud, target, VersionGone)
    fetched(cloud, target)
    assert target.read_bytes() == b"short"


@pytest.mark.parametrize("note", ["", "[]", '{"etag": 1', '{"other": 1}', "null"])
def test_a_note_that_says_nothing_is_none(cloud: RoboflowCloud, tmp_path: Path, note: str) -> None:
    target = tmp_path / "v.mp4"
    target.with_name("v.mp4.part").write_bytes(b"something else")
    target.with_name("v.mp4.part.json").write_text(note)
    fetched(cloud, target)
    assert target.read_bytes() == DATA


def test_all_of_it_was_here_and_only_its_name_was_missing(cloud: RoboflowCloud, tmp_path: Path) -> None:
    target = tmp_path / "v.mp4"
    target.with_name("v.mp4.part").write_bytes(DATA)
    target.with_name("v.mp4.part.json").write_text(json.dumps({"etag": '"x"', "size": SIZE}))
    _, counted = fetched(cloud, target)
    assert target.read_bytes() == DATA
    assert (cloud.requests("GET /storage"), counted) == ([], [SIZE])


def test_a_small_file_needs_no_disk(cloud: RoboflowCloud, tmp_path: Path) -> None:
    stage(cloud, b"small")
    got, _ = fetched(cloud, tmp_path / "folder" / "v.mp4", in_memory=1_000_000)
    assert got == Received(5, told=True, content=b"small")
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize("data", [b"", b"1"])
def test_the_smallest_files_arrive_too(cloud: RoboflowCloud, tmp_path: Path, data: bytes) -> None:
    stage(cloud, data)
    fetched(cloud, tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == data


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_ran_out_asks_for_a_new_list(cloud: RoboflowCloud, tmp_path: Path, status: int) -> None:
    cloud.fail("GET /storage", status=status, body=b"<Error><Message>Gone.</Message></Error>")
    refused(cloud, tmp_path / "v.mp4", NotFound)
    assert len(cloud.requests("GET /storage")) == 1


def test_silence_ends_a_try(cloud: RoboflowCloud, tmp_path: Path) -> None:
    cloud.fail("GET /storage", Kind.STALLED)

    async def fetch() -> None:
        service = RoboflowService(account_at(cloud), cloud.key, limits=Limits(silence=0.2))
        try:
            (file,) = [each async for each in service.files("b")]
            with pytest.raises(ConnectionProblem):
                await receive(service, file, tmp_path / "v.mp4", SpeedLimit(), lambda size: None)
        finally:
            await service.close()

    asyncio.run(fetch())
    fetched(cloud, tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == DATA


def test_a_place_that_can_not_be_written_is_named(cloud: RoboflowCloud, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    refused(cloud, blocked / "v.mp4", FolderNotWritable)


def test_a_disk_without_room_is_said_to_be_full(
    cloud: RoboflowCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchdock.flows.transfers.receive.RESERVE_BYTES", 2**60)
    refused(cloud, tmp_path / "v.mp4", DiskFull)
    monkeypatch.undo()
    fetched(cloud, tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == DATA


@pytest.mark.parametrize("moment", [200_000, 1_200_000, 2_400_000])
def test_stopped_in_between_it_goes_on_later(cloud: RoboflowCloud, tmp_path: Path, moment: int) -> None:
    target = tmp_path / "v.mp4"

    async def fetch(service: RoboflowService, file: StagedFile) -> None:
        arrived = 0
        stop = asyncio.Event()

        def count(size: int) -> None:
            nonlocal arrived
            arrived += size
            if arrived >= moment:
                stop.set()

        task = asyncio.create_task(receive(service, file, target, SpeedLimit(), count))
        await stop.wait()
        task.cancel()
        await asyncio.wait({task})

    run(cloud, fetch)
    cloud.seen.clear()
    if not target.exists():
        assert target.with_name("v.mp4.part").stat().st_size > 0
        fetched(cloud, target)
        assert all("range" in each.headers for each in cloud.requests("GET /storage"))
    assert target.read_bytes() == DATA


LIMITED = """
import asyncio, resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from batchdock.core.account import Account, KeyKept, ServiceKind
from batchdock.core.errors import BatchdockError
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.receive import receive
from batchdock.services.http.limits import Limits
from batchdock.services.roboflow.service import RoboflowService

async def scenario():
    account = Account("a", ServiceKind.ROBOFLOW, "a", "acme-ws", sys.argv[1], KeyKept.UNTIL_QUIT)
    service = RoboflowService(account, sys.stdin.readline().strip())
    (file,) = [each async for each in service.files("b")]
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
    try:
        await receive(service, file, Path(sys.argv[2]), SpeedLimit(), lambda size: None)
    except BatchdockError as error:
        print(type(error).__name__)
    finally:
        await service.close()

asyncio.run(scenario())
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system has no limits for files")
def test_a_disk_that_takes_no_more_in_the_middle_keeps_what_it_took(cloud: RoboflowCloud, tmp_path: Path) -> None:
    target = tmp_path / "v.mp4"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, cloud.url, target, str(Path(__file__).parents[1])],
        input=cloud.key,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "FolderNotWritable", done.stderr
    assert target.with_name("v.mp4.part").stat().st_size <= 1_500_000
    cloud.seen.clear()
    fetched(cloud, target)
    assert "range" in cloud.requests("GET /storage")[0].headers
    assert target.read_bytes() == DATA
