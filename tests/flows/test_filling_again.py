"""A filling that is stopped, paused or killed half-way, and files that were there before."""

import asyncio
import hashlib
import json
import time
from pathlib import Path

import pytest

from batchdock.core.datasets.dataset import DraftState
from batchdock.core.transfer import TransferState
from batchdock.flows.datasets.filling import FillWish, plan
from batchdock.flows.desk import Desk
from batchdock.keystore.session import SessionKeys
from fakes.tensorbay import TensorBay
from making.desks import desk_at
from making.filling import child
from making.taking import LONG, ended, rows, until
from making.tensorbay import connect_desk

TOGETHER = 50
"""Files that are made known in one request: what a kill loses at most."""


def card(root: Path, count: int) -> dict[str, str]:
    """Make a folder; return the checksums of its files by path."""
    sums = {}
    for number in range(count):
        path = root / "card" / "a#b?c" / f"{number:03}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"bytes {number}".encode() * 100)
        sums[path.name] = hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()
    return sums


def there(bay: TensorBay) -> dict[str, str]:
    """Return the checksums of the only commit, by path."""
    (commit,) = bay.dataset("harbor").commits.values()
    return {each.remote_path: each.checksum for each in commit.content.segments["a#b?c"].files.values()}


async def once_more(desk: Desk, transfer_id: str) -> None:
    """Go on with one that was stopped a moment ago, which may still be on its way out."""
    async with asyncio.timeout(LONG):
        while rows(desk, transfer_id)[0].state is TransferState.STOPPED:
            await desk.transfers.retry(transfer_id)
            await asyncio.sleep(0.02)


def test_killed_while_it_sends(home: Path, tmp_path: Path) -> None:
    sums = card(tmp_path, 160)
    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", versions=0)
        for nth, folder in ((1, tmp_path / "card"), (2, None)):
            # Nobody is done before the kill.
            with bay.hold("POST .*/commits$"), child(bay, home, dataset_id, folder) as run:
                deadline = time.monotonic() + LONG
                while len(bay.store.put) < len(sums) * nth // 3 and run.poll() is None:
                    assert time.monotonic() < deadline
                    time.sleep(0.005)
                run.kill()
        with child(bay, home, dataset_id, None) as run:
            assert run.stdout is not None
            assert run.stdout.readline().strip() == TransferState.DONE.value
        assert there(bay) == sums
        dataset = bay.dataset("harbor")
        assert ([*dataset.tags], len(dataset.drafts)) == (["v1"], 1)
        # A kill loses what was not made known yet at that moment, and nothing that was.
        assert sum(bay.store.put.values()) - len(sums) <= 2 * TOGETHER


def test_paused_and_stopped_and_gone_on_with(home: Path, tmp_path: Path) -> None:
    sums = card(tmp_path, 60)

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id, keys = bay.add_dataset("harbor", versions=0), SessionKeys()
            wish = FillWish(dataset_id=dataset_id, files=plan([tmp_path / "card"]).files, title="card", commit=True)
            async with desk_at(home, keys=keys) as (desk, _):
                account = await connect_desk(desk, bay)
                with bay.hold("PUT .*/multi/callback"):
                    transfer_id = await desk.filling.fill(account.account_id, "harbor", wish)
                    await until(lambda: bay.store.put)
                    await desk.transfers.pause(transfer_id)
                    await until(lambda: rows(desk, transfer_id)[0].state is TransferState.PAUSED)
                await desk.transfers.resume(transfer_id)
                with bay.hold("POST .*/commits$"):
                    await until(lambda: rows(desk, transfer_id)[0].state is TransferState.CHECKING)
                    await desk.transfers.stop(transfer_id)
                assert rows(desk, transfer_id)[0].state is TransferState.STOPPED
                await once_more(desk, transfer_id)
                row = await ended(desk, transfer_id)
                assert (row.state, row.items_done) == (TransferState.DONE, len(sums)), row
            assert there(bay) == sums
            assert [each.status for each in bay.dataset("harbor").drafts.values()] == [DraftState.COMMITTED.value]
            # Nothing is left to go on with.
            async with desk_at(home, keys=keys) as (desk, _):
                assert not desk.transfers.all()

    asyncio.run(scenario())


@pytest.mark.parametrize("at", ["GET .*/segments", "PUT .*/multi/callback"])
def test_the_commit_that_was_asked_for_is_carried_out_during_the_next_go(home: Path, tmp_path: Path, at: str) -> None:
    sums = card(tmp_path, 3)
    (tmp_path / "card" / "labels.json").write_text(
        json.dumps(
            {
                "images": [{"id": 1, "file_name": "a#b?c/000.bin", "width": 10, "height": 10}],
                "categories": [{"id": 1, "name": "boat"}],
                "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2]}],
            }
        )
    )
    planned = plan([tmp_path / "card"])
    assert planned.labels

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id = bay.add_dataset("harbor", versions=0)
            wish = FillWish(
                dataset_id=dataset_id, files=planned.files, labels=planned.labels, title="card", commit=True
            )
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                with bay.hold("POST .*/commits$") as first:
                    transfer_id = await desk.filling.fill(account.account_id, "harbor", wish)
                    await until(lambda: first.waiting)
                    await desk.transfers.stop(transfer_id)
                    with bay.hold(at) as second:
                        await once_more(desk, transfer_id)
                        await until(lambda: second.waiting)
                        first.release()
                        await until(lambda: bay.dataset("harbor").commits)
                row = await ended(desk, transfer_id)
                assert (row.state, row.items_done) == (TransferState.DONE, len(sums)), row
            assert there(bay) == sums

    asyncio.run(scenario())


def test_somebody_else_commits_what_is_not_there_whole(home: Path, tmp_path: Path) -> None:
    card(tmp_path, TOGETHER + 2)

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id = bay.add_dataset("harbor", versions=0)
            wish = FillWish(dataset_id=dataset_id, files=plan([tmp_path / "card"]).files, title="card", commit=True)
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                with bay.hold("PUT .*/multi/callback", after=True) as first:
                    transfer_id = await desk.filling.fill(account.account_id, "harbor", wish)
                    await until(lambda: first.waiting)
                    (draft,) = bay.dataset("harbor").drafts.values()
                    bay.dataset("harbor").commit(draft, "Enough")
                row = await ended(desk, transfer_id)
                assert (row.state, row.items_done) == (TransferState.DONE_WITH_PROBLEMS, TOGETHER), row
                (problem,) = desk.problems.all()
                assert [each.name for each in problem.files] == ["a#b?c/050.bin", "a#b?c/051.bin"]

    asyncio.run(scenario())


def test_what_was_there_before_is_kept_or_replaced(home: Path, tmp_path: Path) -> None:
    card(tmp_path, 3)

    async def scenario() -> None:
        with TensorBay() as bay:
            dataset_id = bay.add_dataset("harbor", versions=1, segments={"a#b?c": 2})
            head = bay.dataset("harbor").head
            assert head is not None
            before = {each.remote_path: each for each in head.content.segments["a#b?c"].files.values()}
            name = min(before)
            # The same bytes under the same name, and others.
            (tmp_path / "card" / "a#b?c" / name).write_bytes(bay.store.objects[before[name].key])
            (tmp_path / "card" / "a#b?c" / max(before)).write_bytes(b"new bytes")
            draft = bay.dataset("harbor").new_draft("main", "Mine").number
            wish = FillWish(dataset_id=dataset_id, files=plan([tmp_path / "card"]).files, title="not this")
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                row = await ended(desk, await desk.filling.fill(account.account_id, "harbor", wish))
                assert (row.state, row.items_done) == (TransferState.DONE, 5)
            found = bay.dataset("harbor").drafts[draft]
            assert (found.title, found.status) == ("Mine", DraftState.OPEN.value)
            after = {each.remote_path: each for each in found.content.segments["a#b?c"].files.values()}
            assert len(after) == 5
            assert after[name] == before[name]
            assert after[name].label
            assert bay.store.put[before[name].checksum] == 0
            # Other bytes: the old label is not of them.
            assert after[max(before)].checksum == hashlib.sha1(b"new bytes", usedforsecurity=False).hexdigest()
            assert not after[max(before)].label

    asyncio.run(scenario())
