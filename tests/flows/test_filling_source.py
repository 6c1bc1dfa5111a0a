"""A filling whose folder was moved, or is gone for good, while it was under way."""

import asyncio
from pathlib import Path

from batchdock.core.errors import OtherFolder
from batchdock.core.transfer import Hold, TransferState
from batchdock.flows.datasets.filling import FillWish, plan
from batchdock.flows.desk import Desk
from fakes.tensorbay import TensorBay
from making.desks import desk_at
from making.taking import ended, rows, until
from making.tensorbay import connect_desk


def card(root: Path) -> Path:
    for number in range(8):
        path = root / "card" / "train" / f"{number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"bytes {number}".encode())
    return root / "card"


async def held(desk: Desk, bay: TensorBay, folder: Path, *, commit: bool) -> str:
    """Begin to send a folder that has gone, and wait until that was noticed."""
    planned = plan([folder])
    folder.rename(folder.parent / "moved")
    dataset_id = bay.add_dataset("harbor", versions=0)
    account = await connect_desk(desk, bay)
    wish = FillWish(dataset_id=dataset_id, files=planned.files, title="card", commit=commit)
    transfer_id = await desk.filling.fill(account.account_id, "harbor", wish)
    await until(lambda: any(each.hold is Hold.SOURCE for each in rows(desk, transfer_id)))
    return transfer_id


def test_it_goes_on_from_where_its_folder_is_now(home: Path, tmp_path: Path) -> None:
    folder = card(tmp_path)

    async def scenario() -> None:
        with TensorBay() as bay:
            async with desk_at(home) as (desk, _):
                transfer_id = await held(desk, bay, folder, commit=True)
                assert rows(desk, transfer_id)[0].place == folder / "train"
                (tmp_path / "other").mkdir()
                try:
                    await desk.transfers.reconnect(transfer_id, tmp_path / "other")
                except OtherFolder:
                    pass
                else:
                    raise AssertionError("An empty folder is not the one that was moved.")
                await desk.transfers.reconnect(transfer_id, tmp_path / "moved")
                row = await ended(desk, transfer_id)
                assert (row.state, row.items_done) == (TransferState.DONE, 8), row
            (commit,) = bay.dataset("harbor").commits.values()
            assert len(commit.content.segments["train"].files) == 8

    asyncio.run(scenario())


def test_it_goes_on_without_what_is_gone_and_names_it(home: Path, tmp_path: Path) -> None:
    folder = card(tmp_path)

    async def scenario() -> None:
        with TensorBay() as bay:
            async with desk_at(home) as (desk, _):
                transfer_id = await held(desk, bay, folder, commit=True)
                await desk.transfers.go_on_without(transfer_id)
                row = await ended(desk, transfer_id)
                assert (row.state, row.failed) == (TransferState.DONE_WITH_PROBLEMS, 8), row
                (problem,) = [each for each in desk.problems.all() if each.problem_id.startswith("filled:")]
                assert sorted(each.name for each in problem.files) == [f"train/{number}.bin" for number in range(8)]
                assert not bay.dataset("harbor").commits
                # It comes back, and so do they.
                (tmp_path / "moved").rename(folder)
                await desk.transfers.retry(transfer_id)
                await until(lambda: bay.dataset("harbor").commits)
                await until(lambda: not desk.problems.all())

    asyncio.run(scenario())
