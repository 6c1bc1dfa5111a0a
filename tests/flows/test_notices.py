"""An order says whom the service is to tell of the taking-in: in every tar, and in every list of references."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.order import IngestNotice
from making.desks import desk_at, order, reviewed, until
from making.listening import Listener
from making.local_service import LocalService
from making.media import picture

WORKSPACE = "this-computer"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[LocalService]:
    """A service that is reached by its address, so that the bytes go over."""
    with LocalService(tmp_path / "elsewhere") as running:
        yield running


def test_every_tar_names_the_same_ingest(home: Path, tmp_path: Path, elsewhere: LocalService) -> None:
    for number in range(510):
        picture(tmp_path / "drop" / f"{number:03}.jpg", number, (32, 32))

    async def scenario(url: str, listener: Listener) -> None:
        async with desk_at(home) as (desk, _):
            account = desk.accounts.add_session_account(elsewhere.key, elsewhere.url, WORKSPACE)
            items = await reviewed(desk, tmp_path / "drop")
            wanted = order(items, account_id=account.account_id, workflow_id="picture-quality")
            (job,) = await desk.jobs.start(replace(wanted, ingest_notice=IngestNotice(url=url)))
            (sending,) = desk._journal.sendings.of_batch(account.account_id, job.batch_id)
            await until(lambda: len(listener.heard) == 2, "both tars are told of")
            assert {each["ingest_id"] for each in listener.heard} == {sending.transfer_id}
            assert {each["batch_id"] for each in listener.heard} == {job.batch_id}

    with Listener() as listener:
        asyncio.run(scenario(listener.url, listener))


def test_references_name_the_categories(home: Path, tmp_path: Path) -> None:
    for number in range(3):
        picture(tmp_path / "drop" / f"{number}.jpg", number)

    async def scenario(listener: Listener) -> None:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, tmp_path / "drop")
            notice = IngestNotice(url=listener.url, categories=("ingest-status", "files-status"))
            wanted = order(items, account_id=THIS_COMPUTER_ID, workflow_id="picture-quality")
            await desk.jobs.start(replace(wanted, ingest_notice=notice))
            await until(lambda: len(listener.heard) == 2, "both kinds are told")
            kinds = {each["notification"]["type"] for each in listener.heard}
            assert kinds == {"ingest-status-notification-v1", "ingest-files-status-notification-v1"}

    with Listener() as listener:
        asyncio.run(scenario(listener))
