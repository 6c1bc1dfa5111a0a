"""A large file goes to an S3 in parts, and after a break only those that are not there."""

import asyncio
import random
from itertools import pairwise
from pathlib import Path

import pytest

from batchdock.core.errors import (
    BatchdockError,
    ConnectionProblem,
    FileTooLarge,
    FileUnreadable,
    ServiceTrouble,
    UnreadableAnswer,
)
from batchdock.core.errors.buckets import BucketProblem, NoSuchBucket, SavingForbidden
from batchdock.services.buckets import parts, s3
from batchdock.services.buckets.azure import Azure
from batchdock.services.buckets.google import Google
from batchdock.services.buckets.parts import parts_of
from batchdock.services.buckets.port import AzureKeys, BucketService, GoogleMachine, S3Keys, S3Place
from fakes.parts import PartedBucket
from fakes.raw_server import RawRequest, RawServer, raw_server

PATH = "in/ü/日本 %20+&.bin"
_MIB = 1024 * 1024


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of five parts, where parts have a MiB."""
    monkeypatch.setattr(s3, "FROM", 2 * _MIB)
    monkeypatch.setattr(parts, "_PART", _MIB)
    monkeypatch.setattr(parts, "_PAUSE", 0.0)
    file = tmp_path / "large.bin"
    file.write_bytes(random.Random(7).randbytes(4 * _MIB + 5))
    return file


def lab(server: RawServer) -> BucketService:
    async def keys() -> S3Keys:
        return S3Keys("AKIDEXAMPLE", "secret")

    return s3.S3("Lab", keys, S3Place("eu-west-1", server.url))


async def put(server: RawServer, file: Path) -> None:
    service = lab(server)
    try:
        await service.put("box", PATH, file)
    finally:
        await service.close()


def failed(bucket: PartedBucket, file: Path) -> BatchdockError:
    """Put it, where that fails; return why."""

    async def scenario() -> BatchdockError:
        async with raw_server(bucket.handle) as server:
            with pytest.raises(BatchdockError) as raised:
                await put(server, file)
        return raised.value

    return asyncio.run(scenario())


def succeeded(bucket: PartedBucket, file: Path) -> None:
    """Put it, and look whether it is there."""

    async def scenario() -> None:
        async with raw_server(bucket.handle) as server:
            await put(server, file)

    asyncio.run(scenario())
    assert bucket.files == {PATH: file.read_bytes()}


def test_a_large_file_goes_in_parts_and_a_small_one_does_not(large: Path) -> None:
    bucket = PartedBucket()
    succeeded(bucket, large)
    assert bucket.sent == [1, 2, 3, 4, 5]
    large.write_bytes(b"small")
    succeeded(bucket, large)
    assert len(bucket.sent) == 5


def test_after_a_break_only_what_is_not_there_or_has_changed_is_sent(large: Path) -> None:
    bucket = PartedBucket(most=4)
    assert isinstance(failed(bucket, large), SavingForbidden)
    assert bucket.sent == [1, 2, 3, 4]
    with large.open("r+b") as opened:  # The same length, written again.
        opened.seek(_MIB + 3)
        opened.write(b"corrected")
    bucket.most = -1
    succeeded(bucket, large)
    assert bucket.sent == [1, 2, 3, 4, 2, 5]
    assert len(bucket.keys) == 1, "nothing was begun twice, so nothing is left over"


def test_a_file_that_is_changed_between_two_parts_is_refused_and_not_mixed(large: Path) -> None:
    bucket = PartedBucket()

    async def scenario() -> None:
        async def handle(request: RawRequest) -> bool:
            goes_on = await bucket.handle(request)
            if bucket.sent == [1, 2]:
                large.write_bytes(b"2" * large.stat().st_size)
            return goes_on

        async with raw_server(handle) as server:
            with pytest.raises(FileUnreadable, match="changed"):
                await put(server, large)

    asyncio.run(scenario())
    assert bucket.files == {}
    succeeded(bucket, large)
    assert len(bucket.keys) == 1


@pytest.mark.parametrize("refusal", ["403 Forbidden", "501 Not Implemented"])
def test_who_may_not_look_or_can_not_be_asked_sends_all_of_it_again(large: Path, refusal: str) -> None:
    bucket = PartedBucket(most=3, refusal=refusal)
    failed(bucket, large)
    bucket.most = -1
    succeeded(bucket, large)
    assert bucket.sent == [1, 2, 3, 1, 2, 3, 4, 5]


def test_a_part_that_a_service_in_trouble_refuses_is_tried_three_times(large: Path) -> None:
    bucket = PartedBucket(most=1, trouble="503 Slow Down")

    async def scenario() -> list[str]:
        async with raw_server(bucket.handle) as server:
            with pytest.raises(ServiceTrouble):
                await put(server, large)
        return [each for each in server.requests if "partNumber=2" in each.partition("\r\n")[0]]

    assert len(asyncio.run(scenario())) == 3


def test_what_says_200_and_is_an_error_is_not_called_saved(large: Path) -> None:
    bucket = PartedBucket(ending="InternalError")
    assert isinstance(failed(bucket, large), UnreadableAnswer)
    bucket.ending = ""
    succeeded(bucket, large)
    assert bucket.sent == [1, 2, 3, 4, 5], "all parts were there"


def test_an_answer_that_is_lost_at_the_very_end_costs_nothing(large: Path) -> None:
    bucket = PartedBucket(answers_lost=1)
    succeeded(bucket, large)
    assert bucket.sent == [1, 2, 3, 4, 5]


def test_an_answer_that_is_lost_while_something_else_is_there_is_not_called_saved(large: Path) -> None:
    bucket = PartedBucket()
    large.write_bytes(b"an earlier one")
    succeeded(bucket, large)
    large.write_bytes(b"x" * (3 * _MIB))

    async def scenario() -> None:
        async def handle(request: RawRequest) -> bool:
            if request.line.startswith("POST") and "uploadId=" in request.line:
                return False
            return await bucket.handle(request)

        async with raw_server(handle) as server:
            with pytest.raises(ConnectionProblem):
                await put(server, large)

    asyncio.run(scenario())
    assert bucket.files == {PATH: b"an earlier one"}


def test_an_upload_that_somebody_has_ended_is_not_called_a_bucket_that_is_gone(large: Path) -> None:
    bucket = PartedBucket(most=0, trouble="404 Not Found")

    async def scenario() -> BatchdockError:
        async def handle(request: RawRequest) -> bool:
            goes_on = await bucket.handle(request)
            bucket.parts.clear()
            return goes_on

        async with raw_server(handle) as server:
            with pytest.raises(BucketProblem) as raised:
                await put(server, large)
        return raised.value

    error = asyncio.run(scenario())
    assert not isinstance(error, NoSuchBucket)
    assert "NoSuchUpload" in str(error)


def test_parts_are_as_many_as_an_s3_takes_and_cover_all() -> None:
    for size in (1, 16 * _MIB, 16 * _MIB + 1, 160_000 * _MIB, 160_000 * _MIB + 1, 5 * 1024**4 - 1, 5 * 1024**4):
        made = list(parts_of(size))
        assert len(made) <= 10_000
        assert [each.number for each in made] == list(range(1, len(made) + 1))
        assert sum(each.size for each in made) == size
        assert all(one.first + one.size == other.first for one, other in pairwise(made))


@pytest.mark.parametrize("kind", ["s3", "azure", "google"])
def test_a_file_that_is_larger_than_a_storage_takes_is_refused_before_anything_is_sent(
    tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "too large.bin"
    with file.open("wb") as opened:
        try:
            opened.truncate((5 * 1024**4 if kind == "s3" else 5_000 * _MIB) + 1)  # It takes no room.
        except OSError:
            pytest.skip("This disk has no files of such a length.")
    bucket = PartedBucket()

    async def scenario() -> None:
        async with raw_server(bucket.handle) as server:
            service: BucketService = lab(server)
            if kind == "azure":
                service = Azure("Lab", AzureKeys("acc", sas="sig=x", endpoint=server.url))
            elif kind == "google":
                service = Google("Lab", GoogleMachine(server.url), base=server.url)
            with pytest.raises(FileTooLarge) as raised:
                await service.put("box", PATH, file)
            await service.close()
            assert "is larger than Lab takes" in f"{raised.value.title} {raised.value}"
            assert not server.requests

    asyncio.run(scenario())
