"""Bytes up and down: one try each, and what it says when it comes to nothing."""

import os

import pytest

from batchdock.core.batch import StagedFile
from batchdock.core.errors import (
    BatchdockError,
    ConnectionProblem,
    DiskFull,
    FileTooLarge,
    FileUnreadable,
    NotFound,
    ServiceTrouble,
    ShardTooLarge,
    SourceGone,
    UnreadableAnswer,
)
from batchdock.core.streams import FileVersion
from batchdock.services.roboflow.service import RoboflowService
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.bodies import Held, Zeros
from making.clients import run

SIZE = 3_000_000


# --- up ---------------------------------------------------------------------------------------------------------


def test_each_try_gets_its_own_address(cloud: RoboflowCloud) -> None:
    cloud.fail("PUT /storage", times=1, status=503)
    cloud.fail("PUT /storage", times=1, status=403, body=b"<Error><Message>Expired.</Message></Error>")
    video = Held("v.mp4", os.urandom(SIZE))

    async def send(service: RoboflowService) -> None:
        for _ in range(2):
            with pytest.raises(ServiceTrouble):
                await service.upload_video("b", "v.mp4", video, batch_name="B")
        await service.upload_video("b", "v.mp4", video, batch_name="B")

    run(cloud, send)
    assert cloud.state.batches["b"].simple["v.mp4"] == video.data
    puts = cloud.requests("PUT /storage")
    assert len(puts) == 3
    assert len({each.path for each in puts}) == 3


def test_a_storage_that_keeps_refusing_is_not_called_a_bad_key(cloud: RoboflowCloud) -> None:
    body = b"<Error><Message>No.</Message><StringToSign>SECRET</StringToSign></Error>"
    cloud.fail("PUT /storage", times=99, status=401, body=body)

    async def send(service: RoboflowService) -> None:
        with pytest.raises(ServiceTrouble) as caught:
            await service.upload_video("b", "v.mp4", Zeros("v.mp4", SIZE), batch_name="B")
        assert "It answered: No." in caught.value.sentence()
        assert "SECRET" not in caught.value.sentence() + caught.value.details

    run(cloud, send)


def test_a_video_over_the_limit_is_not_sent(cloud: RoboflowCloud) -> None:
    cloud.state.video_limit = SIZE - 1
    video = Zeros("v.mp4", SIZE)

    async def send(service: RoboflowService) -> None:
        with pytest.raises(FileTooLarge) as caught:
            await service.upload_video("b", "v.mp4", video, batch_name="B")
        assert "3,000,000" in caught.value.sentence()

    run(cloud, send)
    assert cloud.requests("PUT /storage") == []
    assert video.opened == 0


@pytest.mark.parametrize(
    ("named", "most", "largest"),
    [
        ({"maxFileSize": 999, "maxFilesNumber": 256}, 256, 999),
        ({"maxFileSizeBytes": "999"}, None, 999),
        ({"max_size": 999, "max_files": 256}, 256, 999),
        ({"maxFiles": 256}, 256, None),
        ({"maxImages": "256"}, 256, None),
        ({"maxFileCount": 256}, 256, None),
        ({"maxNumberOfFiles": 256.0}, 256, None),
        ({"MaxObjectsCount": 256, "maxShardSize": 10**9}, 256, 10**9),
        ({"maxImagesPerShard": 256}, 256, None),
        ({"limits": {"maxFilesNumber": 256, "maxArchiveSize": 999}}, 256, 999),
    ],
)
def test_a_shard_over_a_limit_is_not_sent_whatever_the_limit_is_called(
    cloud: RoboflowCloud, named: dict[str, object], most: int | None, largest: int | None
) -> None:
    cloud.state.limits = named
    tar = Zeros("257 files", 1000)

    async def send(service: RoboflowService) -> None:
        with pytest.raises(ShardTooLarge) as caught:
            await service.upload_shard("b", tar, files=257, batch_name="B")
        assert (caught.value.files, caught.value.bytes) == (most, largest)

    run(cloud, send)
    assert tar.opened == 0


@pytest.mark.parametrize(
    "named",
    [
        {"maxFileSize": 1000, "maxFilesNumber": 257},
        {"maxFileSize": None, "maxFilesNumber": "many"},
        {"maxFileSize": -1, "maxFilesNumber": 0},
        {"maxRetries": 1, "maxAgeSeconds": 5},
        {"limits": [1], "maxFiles": {"n": 1}},
    ],
)
def test_a_shard_within_every_limit_is_sent(cloud: RoboflowCloud, named: dict[str, object]) -> None:
    cloud.state.limits = named

    async def send(service: RoboflowService) -> None:
        await service.upload_shard("b", Zeros("257 files", 1000), files=257, batch_name="B")

    run(cloud, send)
    assert len(cloud.requests("PUT /storage")) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"uploadURL": "file:///etc/passwd"},
        {"uploadURL": "nonsense"},
        {"uploadURL": ["http://127.0.0.1/"]},
        {"uploadURL": None},
        {"method": "DELETE"},
        {"method": "PUT / HTTP/1.1\r\nX: y"},
        {"extensionHeaders": {"x": "a\r\nHost: evil"}},
        {"extensionHeaders": {"x y": "a"}},
        {"extensionHeaders": {"x": "\u2028"}},
    ],
)
def test_an_address_that_nobody_can_send_to_is_an_unreadable_answer(
    cloud: RoboflowCloud, odd: dict[str, object]
) -> None:
    cloud.state.limits = odd
    video = Zeros("v.mp4", SIZE)

    async def send(service: RoboflowService) -> None:
        with pytest.raises(UnreadableAnswer):
            await service.upload_video("b", "v.mp4", video, batch_name="B")

    run(cloud, send)
    assert video.opened == 0


def test_headers_that_tear_a_request_apart_are_left_out(cloud: RoboflowCloud) -> None:
    torn = {"Content-Length": "5", "transfer-encoding": "chunked", "HOST": "evil", "Connection": "close", "Expect": "x"}
    signed = {"x-goog-content-length-range": "0,10737418240", "x-number": 5}
    cloud.state.limits = {"extensionHeaders": torn | signed}

    async def send(service: RoboflowService) -> None:
        await service.upload_video("b", "v.mp4", Zeros("v.mp4", SIZE), batch_name="B")

    run(cloud, send)
    (put,) = cloud.requests("PUT /storage")
    assert put.headers["content-length"] == str(SIZE)
    assert put.headers["x-number"] == "5"
    assert not {"transfer-encoding", "expect"} & put.headers.keys()


def test_a_name_that_is_not_text_is_refused(cloud: RoboflowCloud) -> None:
    async def send(service: RoboflowService) -> None:
        with pytest.raises(FileUnreadable):
            await service.upload_image("b", os.fsdecode(b"\xff.jpg"), Held("x", b"x"), batch_name="B")

    run(cloud, send)
    assert cloud.seen == []


@pytest.mark.parametrize("breaks_at", [0, 1_100_000])
@pytest.mark.parametrize(
    "error",
    [FileUnreadable(name="v.mp4", reason="It became shorter."), SourceGone(folder="/photos"), DiskFull(folder="/x")],
)
def test_what_the_body_says_comes_out_as_it_is(cloud: RoboflowCloud, breaks_at: int, error: BatchdockError) -> None:
    async def send(service: RoboflowService) -> None:
        for batch_id, upload in (("b-1", service.upload_video), ("b-2", service.upload_image)):
            body = Zeros("v.mp4", SIZE, error=error, breaks_at=breaks_at)
            with pytest.raises(type(error)) as caught:
                await upload(batch_id, "v.mp4", body, batch_name="B")
            assert caught.value is error
            assert body.opened == body.closed == 1

    run(cloud, send)
    assert [batch.simple for batch in cloud.state.batches.values() if batch.simple] == []


# --- down -------------------------------------------------------------------------------------------------------


async def staged(service: RoboflowService) -> StagedFile:
    (file,) = [each async for each in service.files("b")]
    return file


def stage(cloud: RoboflowCloud, data: bytes) -> None:
    batch = cloud.state.batch("b", "B", "simple-batch", "videos")
    assert batch is not None
    batch.simple = {"v.mp4": data}


async def fetched(
    service: RoboflowService, file: StagedFile, start: int = 0, version: FileVersion | None = None
) -> tuple[int, FileVersion, bytes]:
    async with service.receive(file, start=start, version=version) as incoming:
        return incoming.start, incoming.version, b"".join([piece async for piece in incoming.pieces()])


@pytest.mark.parametrize("data", [b"", b"data", os.urandom(SIZE)], ids=len)
def test_a_file_comes_with_its_version(cloud: RoboflowCloud, data: bytes) -> None:
    stage(cloud, data)

    async def fetch(service: RoboflowService) -> None:
        start, version, found = await fetched(service, await staged(service))
        assert (start, version.size, found) == (0, len(data), data)
        assert version.etag

    run(cloud, fetch)


def test_it_goes_on_from_where_it_is_asked_to(cloud: RoboflowCloud) -> None:
    data = os.urandom(SIZE)
    stage(cloud, data)

    async def fetch(service: RoboflowService) -> None:
        file = await staged(service)
        _, version, _ = await fetched(service, file)
        assert await fetched(service, file, 1_000_000, version) == (1_000_000, version, data[1_000_000:])
        cloud.state.knows_ranges = False
        assert await fetched(service, file, 1_000_000, version) == (0, version, data)

    run(cloud, fetch)


def test_another_version_comes_from_its_beginning(cloud: RoboflowCloud) -> None:
    stage(cloud, os.urandom(SIZE))

    async def fetch(service: RoboflowService) -> None:
        _, version, _ = await fetched(service, await staged(service))
        fresh = os.urandom(SIZE)
        stage(cloud, fresh)
        start, found, data = await fetched(service, await staged(service), 1_000_000, version)
        assert (start, data) == (0, fresh)
        assert found.etag != version.etag

    run(cloud, fetch)


def test_a_part_longer_than_the_file_is_a_connection_problem(cloud: RoboflowCloud) -> None:
    stage(cloud, b"short")

    async def fetch(service: RoboflowService) -> None:
        with pytest.raises(ConnectionProblem):
            await fetched(service, await staged(service), 10, FileVersion())

    run(cloud, fetch)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_ran_out_asks_for_a_new_list(cloud: RoboflowCloud, status: int) -> None:
    stage(cloud, b"data")
    cloud.fail("GET /storage", times=99, status=status, body=b"<Error><Message>Gone.</Message></Error>")

    async def fetch(service: RoboflowService) -> None:
        with pytest.raises(NotFound) as caught:
            await fetched(service, await staged(service))
        assert "Signature" not in caught.value.sentence() + caught.value.details

    run(cloud, fetch)
    assert len(cloud.requests("GET /storage")) == 1


@pytest.mark.parametrize("kind", [Kind.DROPPED, Kind.TORN])
def test_half_a_file_is_a_connection_problem(cloud: RoboflowCloud, kind: Kind) -> None:
    stage(cloud, os.urandom(SIZE))
    cloud.fail("GET /storage", kind, times=99, keep=500_000)

    async def fetch(service: RoboflowService) -> None:
        with pytest.raises(ConnectionProblem):
            await fetched(service, await staged(service))

    run(cloud, fetch)
