"""Whom a service tells how files are taken in: the last member of a tar, and fields beside references."""

import asyncio
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdock.core.batch import Content
from batchdock.core.errors import ShardTooLarge
from batchdock.core.order import IngestNotice
from batchdock.services.roboflow.notice import TarWithNotice, notice_fields
from batchdock.services.roboflow.service import RoboflowService
from fakes.roboflow_cloud import RoboflowCloud
from making.bodies import Held
from making.clients import account_of, client_of
from making.listening import Listener
from making.local_service import LocalService, poll, tar_of
from making.media import picture, picture_bytes


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    with LocalService(tmp_path_factory.mktemp("service") / "data") as running:
        yield running


def client_at(service: LocalService) -> RoboflowService:
    return RoboflowService(account_of(service.url, "this-computer"), service.key)


def tar_as_sent(files: list[tuple[str, bytes]]) -> bytes:
    """Return a tar that ends where it ends; `tarfile` would fill up its last record."""
    whole = tar_of(files)
    with tarfile.open(fileobj=io.BytesIO(whole)) as opened:
        opened.getmembers()
        return whole[: opened.offset + 2 * tarfile.BLOCKSIZE]


def bytes_of(body: TarWithNotice) -> bytes:
    async def read() -> bytes:
        async with aclosing(body.open()) as pieces:
            return b"".join([piece async for piece in pieces])

    return asyncio.run(read())


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(
    contents=st.lists(st.binary(max_size=1500), max_size=4),
    piece=st.integers(1, 4000),
    url=st.text(st.characters(codec="utf-8"), min_size=1, max_size=600),
)
def test_a_tar_gets_one_member_more_however_it_comes(contents: list[bytes], piece: int, url: str) -> None:
    files = [(f"{number}.jpg", each) for number, each in enumerate(contents)]
    body = TarWithNotice(Held("2 files", tar_as_sent(files), piece), IngestNotice(url=url), "in-7")
    whole = bytes_of(body)
    assert len(whole) == body.size
    with tarfile.open(fileobj=io.BytesIO(whole), mode="r:") as opened:
        members = [(each.name, opened.extractfile(each)) for each in opened]
    found = [(name, data.read()) for name, data in members if data is not None]
    assert found[:-1] == files
    assert found[-1][0] == "notification_config.json"
    assert json.loads(found[-1][1]) == {"ingestId": "in-7", "notificationsURL": url}
    assert whole.endswith(bytes(2 * tarfile.BLOCKSIZE))


def test_without_categories_the_service_chooses() -> None:
    assert notice_fields(IngestNotice(url="https://a.test")) == {"notificationsURL": "https://a.test"}


def test_the_member_more_is_part_of_the_size_and_no_file(cloud: RoboflowCloud) -> None:
    tar = tar_as_sent([("a.jpg", b"a"), ("b.jpg", b"b")])
    notice = IngestNotice(url="https://a.test/told")

    async def send() -> None:
        service = client_of(cloud)
        try:
            await service.upload_shard(
                "b-1", Held("2 files", tar), files=2, batch_name="B", ingest_id="in-7", notice=notice
            )
        finally:
            await service.close()

    cloud.state.limits = {"maxFilesNumber": 2, "maxFileSize": len(tar) + 1024}
    asyncio.run(send())
    assert set(cloud.arrived("b-1")) == {"a.jpg", "b.jpg"}
    cloud.state.limits = {"maxFilesNumber": 2, "maxFileSize": len(tar) + 1023}
    with pytest.raises(ShardTooLarge):
        asyncio.run(send())


def test_a_tar_that_says_who_wants_to_know(here: LocalService) -> None:
    tar = tar_as_sent([("a.jpg", picture_bytes(1)), ("b.jpg", picture_bytes(2))])

    async def send(url: str) -> int:
        service = client_at(here)
        body = Held("2 files", tar, 700)
        await service.upload_shard(
            "told", body, files=2, batch_name="B", ingest_id="in-7", notice=IngestNotice(url=url)
        )
        here.wait_for_shards("told")
        found = await service.count("told")
        await service.close()
        return found

    with Listener() as listener:
        assert asyncio.run(send(listener.url)) == 2
        (told,) = poll(lambda: list(listener.heard), bool)
    assert (told["ingest_id"], told["batch_id"], told["notification"]["success"]) == ("in-7", "told", True)
    assert told["path"] == f"{urlsplit(listener.url).path}?{urlsplit(listener.url).query}"


def test_references_that_say_who_wants_to_know_what(here: LocalService, tmp_path: Path) -> None:
    file = picture(tmp_path / "a.jpg")

    async def refer(url: str) -> None:
        service = client_at(here)
        notice = IngestNotice(url=url, categories=("files-status",))
        references = [("a.jpg", file.as_uri())]
        await service.add_references(
            "referred", Content.IMAGES, references, batch_name="R", ingest_id="in-8", notice=notice
        )
        await service.close()

    with Listener() as listener:
        asyncio.run(refer(listener.url))
        (told,) = poll(lambda: list(listener.heard), bool)
    assert (told["ingest_id"], told["notification"]["type"]) == ("in-8", "ingest-files-status-notification-v1")
    assert told["notification"]["ingested_files"] == ["a.jpg"]
