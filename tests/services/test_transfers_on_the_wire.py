"""Large files, up and down, over connections that break."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from batchdock.core.batch import StagedFile
from batchdock.core.errors import (
    BatchdockError,
    ConnectionProblem,
    FileTooLarge,
    FileUnreadable,
    FolderNotWritable,
    NotFound,
    ServiceTrouble,
)
from batchdock.services.roboflow.service import RoboflowService
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.clients import client_of

SIZE = 3_000_000


def run(cloud: RoboflowCloud, work: Callable[[RoboflowService], Awaitable[None]]) -> None:
    async def scenario() -> None:
        service = client_of(cloud)
        try:
            await work(service)
        finally:
            await service.close()

    asyncio.run(scenario())


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "video.mp4"
    path.write_bytes(os.urandom(SIZE))
    return path


# --- up ---------------------------------------------------------------------------------------------------------


def test_each_try_gets_its_own_address_and_progress_ends_at_the_size(cloud: RoboflowCloud, video: Path) -> None:
    cloud.fail("PUT /storage", times=1, status=503)
    cloud.fail("PUT /storage", times=1, status=403, body=b"<Error><Message>Expired.</Message></Error>")
    sent: list[int] = []

    async def send(service: RoboflowService) -> None:
        await service.upload_video("b", "v.mp4", video, batch_name="B", on_bytes=sent.append)

    run(cloud, send)
    assert cloud.state.batches["b"].simple["v.mp4"] == video.read_bytes()
    puts = cloud.requests("PUT /storage")
    assert len(puts) == 3
    assert len({each.path for each in puts}) == 3
    assert sum(sent) == SIZE
    assert min(sent) < 0


def test_a_storage_that_keeps_refusing_is_not_called_a_bad_key(cloud: RoboflowCloud, video: Path) -> None:
    cloud.fail(
        "PUT /storage",
        times=99,
        status=401,
        body=b"<Error><Message>No.</Message><StringToSign>SECRET</StringToSign></Error>",
    )
    sent: list[int] = []

    async def send(service: RoboflowService) -> None:
        with pytest.raises(ServiceTrouble) as caught:
            await service.upload_video("b", "v.mp4", video, batch_name="B", on_bytes=sent.append)
        assert "It answered: No." in caught.value.sentence()
        assert "SECRET" not in caught.value.sentence() + caught.value.details

    run(cloud, send)
    assert sum(sent) == 0


def test_a_video_over_the_limit_is_not_sent(cloud: RoboflowCloud, video: Path) -> None:
    cloud.state.video_limit = SIZE - 1

    async def send(service: RoboflowService) -> None:
        with pytest.raises(FileTooLarge) as caught:
            await service.upload_video("b", "v.mp4", video, batch_name="B")
        assert "3,000,000" in caught.value.sentence()

    run(cloud, send)
    assert cloud.requests("PUT /storage") == []


def test_files_that_can_not_be_read_have_their_words(cloud: RoboflowCloud, tmp_path: Path) -> None:
    gone = tmp_path / "gone.jpg"

    async def send(service: RoboflowService) -> None:
        with pytest.raises(FileUnreadable) as caught:
            await service.upload_image("b", "gone.jpg", gone, batch_name="B")
        assert "“gone.jpg” can not be read. The computer answered: No such file" in caught.value.sentence()
        with pytest.raises(FileUnreadable):
            await service.upload_video("b", "gone.mp4", gone, batch_name="B")
        with pytest.raises(FileUnreadable):
            await service.upload_image("b", os.fsdecode(b"\xff.jpg"), Path(__file__), batch_name="B")

    run(cloud, send)


def test_a_video_that_shrinks_on_the_way_is_noticed(cloud: RoboflowCloud, video: Path) -> None:
    def shrink(_: int) -> None:
        os.truncate(video, 1_100_000)

    async def send(service: RoboflowService) -> None:
        with pytest.raises(FileUnreadable) as caught:
            await service.upload_video("b", "v.mp4", video, batch_name="B", on_bytes=shrink)
        assert "shorter" in caught.value.sentence()

    run(cloud, send)
    assert cloud.state.batches["b"].simple == {}


# --- down -------------------------------------------------------------------------------------------------------


async def staged(service: RoboflowService) -> StagedFile:
    (file,) = [each async for each in service.files("b")]
    return file


def stage(cloud: RoboflowCloud, data: bytes) -> None:
    batch = cloud.state.batch("b", "B", "simple-batch", "videos")
    assert batch is not None
    batch.simple = {"v.mp4": data}


def test_a_torn_download_goes_on_where_it_stopped(cloud: RoboflowCloud, tmp_path: Path) -> None:
    data = os.urandom(SIZE)
    stage(cloud, data)
    cloud.fail("GET /storage", Kind.TORN, times=8, keep=200_000)
    target = tmp_path / "out" / "v.mp4"
    arrived: list[int] = []

    async def fetch(service: RoboflowService) -> None:
        await service.download(await staged(service), target, on_bytes=arrived.append)

    run(cloud, fetch)
    assert target.read_bytes() == data
    assert sum(arrived) == SIZE
    assert [each.name for each in target.parent.iterdir()] == ["v.mp4"]
    ranges = [each.headers.get("range") for each in cloud.requests("GET /storage")]
    assert len(ranges) == 9  # More than the tries: those that got somewhere do not count.
    assert ranges[0] is None
    assert all(each is not None for each in ranges[1:])


def begin(cloud: RoboflowCloud, target: Path) -> None:
    """Leave the first part of a download behind, as a killed program would."""
    fault = cloud.fail("GET /storage", Kind.TORN, times=1, keep=500_000)
    cloud.fail("GET /storage", times=99, status=404)
    cloud._faulty.faults.reverse()

    async def fetch(service: RoboflowService) -> None:
        with pytest.raises(NotFound):
            await service.download(await staged(service), target)

    run(cloud, fetch)
    assert fault.times == 0
    assert not target.exists()
    assert 0 < target.with_name("v.mp4.part").stat().st_size <= 500_000
    cloud.heal()
    cloud.seen.clear()


def test_a_later_program_goes_on_with_the_part(cloud: RoboflowCloud, tmp_path: Path) -> None:
    data = os.urandom(SIZE)
    stage(cloud, data)
    target = tmp_path / "v.mp4"
    begin(cloud, target)
    arrived: list[int] = []

    async def fetch(service: RoboflowService) -> None:
        await service.download(await staged(service), target, on_bytes=arrived.append)

    run(cloud, fetch)
    assert target.read_bytes() == data
    (request,) = cloud.requests("GET /storage")
    assert request.headers["range"] == f"bytes={arrived[0]}-"
    assert sum(arrived) == SIZE


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_another_version_starts_anew(cloud: RoboflowCloud, tmp_path: Path, knows_ranges: bool) -> None:
    stage(cloud, os.urandom(SIZE))
    target = tmp_path / "v.mp4"
    begin(cloud, target)
    fresh = os.urandom(SIZE)
    stage(cloud, fresh)
    cloud.state.knows_ranges = knows_ranges
    arrived: list[int] = []

    async def fetch(service: RoboflowService) -> None:
        await service.download(await staged(service), target, on_bytes=arrived.append)

    run(cloud, fetch)
    assert target.read_bytes() == fresh
    assert sum(arrived) == SIZE


def test_a_part_that_is_longer_than_the_file_starts_anew(cloud: RoboflowCloud, tmp_path: Path) -> None:
    stage(cloud, os.urandom(SIZE))
    target = tmp_path / "v.mp4"
    begin(cloud, target)
    stage(cloud, b"short")
    target.with_name("v.mp4.part.json").write_text('{"etag": "", "size": null}')

    async def fetch(service: RoboflowService) -> None:
        await service.download(await staged(service), target)

    run(cloud, fetch)
    assert target.read_bytes() == b"short"


def test_an_empty_file_arrives_too(cloud: RoboflowCloud, tmp_path: Path) -> None:
    stage(cloud, b"")

    async def fetch(service: RoboflowService) -> None:
        await service.download(await staged(service), tmp_path / "v.mp4")

    run(cloud, fetch)
    assert (tmp_path / "v.mp4").read_bytes() == b""


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_ran_out_asks_for_a_new_list(cloud: RoboflowCloud, tmp_path: Path, status: int) -> None:
    stage(cloud, b"data")
    cloud.fail("GET /storage", times=99, status=status, body=b"<Error><Message>Gone.</Message></Error>")

    async def fetch(service: RoboflowService) -> None:
        file = await staged(service)
        with pytest.raises(NotFound) as caught:
            await service.download(file, tmp_path / "v.mp4")
        assert "Signature" not in caught.value.sentence() + caught.value.details

    run(cloud, fetch)
    assert len(cloud.requests("GET /storage")) == 1


def test_a_download_that_never_gets_anywhere_ends(cloud: RoboflowCloud, tmp_path: Path) -> None:
    stage(cloud, os.urandom(SIZE))
    cloud.fail("GET /storage", Kind.DROPPED, times=99)

    async def fetch(service: RoboflowService) -> None:
        with pytest.raises(ConnectionProblem):
            await service.download(await staged(service), tmp_path / "v.mp4")

    run(cloud, fetch)


def test_a_place_that_can_not_be_written_is_named(cloud: RoboflowCloud, tmp_path: Path) -> None:
    stage(cloud, b"data")
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    async def fetch(service: RoboflowService) -> None:
        with pytest.raises(FolderNotWritable) as caught:
            await service.download(await staged(service), blocked / "v.mp4")
        assert isinstance(caught.value, BatchdockError)
        assert str(blocked) in caught.value.sentence()

    run(cloud, fetch)
