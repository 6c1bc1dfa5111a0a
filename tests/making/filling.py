"""Files sent into a dataset of the stand-in by a process of its own, which may be killed."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from batchdock.flows.datasets.filling import FillWish
from fakes.tensorbay import TensorBay
from making.desks import desk_at
from making.taking import ended, until


def child(bay: TensorBay, home: Path, dataset_id: str, folder: Path | None) -> "subprocess.Popen[str]":
    """Begin to send a folder, and commit it then; None goes on with what another process left. Says how it ended."""
    command = [sys.executable, __file__, str(home), bay.plain_url, dataset_id, str(folder or "")]
    paths = os.pathsep.join((str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")))
    environment = {**os.environ, "FILLING_KEY": bay.key, "PYTHONPATH": paths}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


async def _child(home: Path, address: str, dataset_id: str, folder: str) -> None:
    async with desk_at(home) as (desk, _):
        account = await desk.accounts.connect_tensorbay(os.environ["FILLING_KEY"], address=address)
        if folder:
            planned = await desk.filling.plan([Path(folder)])
            wish = FillWish(dataset_id=dataset_id, files=planned.files, title="card", commit=True, tag="v1")
            transfer_id = await desk.filling.fill(account.account_id, "harbor", wish)
        else:
            await until(desk.transfers.all)
            transfer_id = desk.transfers.all()[0].transfer_id
        print((await ended(desk, transfer_id, seconds=3600.0)).state.value, flush=True)


if __name__ == "__main__":
    asyncio.run(_child(Path(sys.argv[1]), *sys.argv[2:5]))
