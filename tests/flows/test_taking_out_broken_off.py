"""A whole account taken out, broken off again and again while links expire: complete, checked, fetched once."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

from batchdock.core.transfer import TransferState
from batchdock.flows.datasets.taking_out import TakingOut
from batchdock.flows.datasets.taking_out.fetching import MOST
from batchdock.keystore.session import SessionKeys
from fakes.tensorbay import TensorBay
from making.desks import desk_at
from making.taking import (
    LONG,
    assert_whole,
    broken_off,
    child,
    contents_of,
    ended,
    here,
    no_secret_in,
    rows,
    until,
    versions_in,
)
from making.tensorbay import connect_desk

BREAKS = 10


def bay_with_three(bay: TensorBay, files: int = 40) -> None:
    for name in ("harbor", "roads", "fields"):
        bay.add_dataset(name, versions=4, segments={"train": files - files // 4, "test": files // 4}, changed=3)


@pytest.mark.long
def test_ten_breaks_and_links_that_expire(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay_with_three(bay)
            wanted = contents_of(bay)
            bay.store.links_last = 23
            keys = SessionKeys()
            async with desk_at(home, keys=keys) as (desk, _):
                account = await connect_desk(desk, bay)
                transfer_id = await desk.taking_out.take(account.account_id, TakingOut(tmp_path / "out"))
                await until(lambda: bay.requests("/segments"))
            counted: dict[str, int] = {}
            for nth in range(1, BREAKS):
                share = len(wanted) * nth // BREAKS
                await broken_off(home, keys, lambda share=share: len(bay.fetched) >= share)  # type: ignore[misc]
                counted |= {each: bay.fetched[each] for each in here(tmp_path / "out") & set(wanted)}
            async with desk_at(home, keys=keys) as (desk, _):
                row = await ended(desk, transfer_id)
                assert row.state is TransferState.DONE, row
                assert (row.items_done, row.items_total) == (480, 480)
            assert assert_whole(bay, tmp_path / "out") == 480
            assert set(bay.fetched) == set(wanted)
            assert len(counted) >= len(wanted) // 2
            # What was here is not fetched again; what was on its way when the desk was closed may be.
            assert {each: bay.fetched[each] for each in counted} == counted
            assert sum(bay.fetched.values()) <= len(wanted) + BREAKS * MOST
            no_secret_in(tmp_path / "out", bay)
            async with desk_at(home, keys=keys) as (desk, _):
                assert not desk.transfers.all()

    asyncio.run(scenario())


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_killed_while_it_fetches(home: Path, tmp_path: Path) -> None:
    with TensorBay() as bay:
        bay_with_three(bay, files=24)
        wanted = contents_of(bay)
        for nth in (1, 2):
            with child(bay, home, tmp_path / "out") as run:
                deadline = time.monotonic() + LONG
                while len(bay.fetched) < len(wanted) * nth // 3 and run.poll() is None:
                    assert time.monotonic() < deadline
                    time.sleep(0.005)
                run.kill()
        with child(bay, home, tmp_path / "out") as run:
            assert run.stdout is not None
            assert run.stdout.readline().strip() == "done"
        assert assert_whole(bay, tmp_path / "out") == 3 * 4 * 24
        again = sum(bay.fetched.values()) - len(wanted)
        # A kill loses what is on its way at that moment, and nothing that was here.
        assert again <= 2 * MOST, again


def test_paused_stopped_and_gone_on_with(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", versions=2, segments={"train": 30})
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                with bay.hold("GET", at="store") as held:
                    wishes = TakingOut(tmp_path / "out")
                    transfer_id = await desk.taking_out.take(account.account_id, wishes)
                    await until(lambda: held.somebody)
                    assert rows(desk, transfer_id)[0].state is TransferState.MOVING
                    await desk.transfers.pause(transfer_id)
                    assert rows(desk, transfer_id)[0].state is TransferState.PAUSED
                    await desk.transfers.resume(transfer_id)
                    await until(lambda: rows(desk, transfer_id)[0].state is TransferState.MOVING)
                    await desk.transfers.stop(transfer_id)
                    assert rows(desk, transfer_id)[0].state is TransferState.STOPPED
                # The same wish goes on where it was, as the same row.
                assert await desk.taking_out.take(account.account_id, wishes) == transfer_id
                await until(lambda: rows(desk, transfer_id)[0].state is TransferState.DONE)
            assert assert_whole(bay, tmp_path / "out") == 60

    asyncio.run(scenario())


def test_another_computer_goes_on_from_the_folder(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        with TensorBay() as bay:
            bay.add_dataset("harbor", versions=3, segments={"train": 40})
            async with desk_at(home) as (desk, _):
                account = await connect_desk(desk, bay)
                await desk.taking_out.take(account.account_id, TakingOut(tmp_path / "out"))
                await until(lambda: len(bay.fetched) >= 15)
            async with desk_at(tmp_path / "other home") as (desk, _):
                account = await connect_desk(desk, bay)
                transfer_id = await desk.taking_out.take(account.account_id, TakingOut(tmp_path / "out"))
                assert (await ended(desk, transfer_id)).state is TransferState.DONE
            assert assert_whole(bay, tmp_path / "out") == 120
            assert len(versions_in(tmp_path / "out")) == 3
            assert sum(bay.fetched.values()) <= len(contents_of(bay)) + MOST

    asyncio.run(scenario())
