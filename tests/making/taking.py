"""Datasets taken out of the stand-in: begun, broken off, gone on with, and held against what there is."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from batchdock.core.transfer import Transfer
from batchdock.flows.datasets.taking_out import TakingOut
from batchdock.flows.desk import Desk
from batchdock.keystore.session import SessionKeys
from fakes.tensorbay import TensorBay
from fakes.tensorbay.records import Content, Dataset
from making.desks import desk_at

LONG = 120.0


async def take(desk: Desk, account_id: str, wishes: TakingOut, *, seconds: float = LONG) -> Transfer:
    """Take out what is wished for, to its end."""
    transfer_id = await desk.taking_out.take(account_id, wishes)
    return await ended(desk, transfer_id, seconds=seconds)


async def until(condition: Callable[[], object], seconds: float = LONG) -> None:
    """Wait for something that may take its time."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def ended(desk: Desk, transfer_id: str, *, seconds: float = LONG) -> Transfer:
    """Wait until a transfer has ended."""
    await until(lambda: any(row.state.is_terminal for row in rows(desk, transfer_id)), seconds)
    return rows(desk, transfer_id)[0]


def rows(desk: Desk, transfer_id: str) -> list[Transfer]:
    """Return the row of a transfer, if it is shown yet."""
    return [each for each in desk.transfers.all() if each.transfer_id == transfer_id]


async def broken_off(home: Path, keys: SessionKeys, enough: Callable[[], bool]) -> bool:
    """Open the desk, which goes on by itself; close it when it is enough. Tell whether it had come to its end."""
    async with desk_at(home, keys=keys) as (desk, _):

        def over() -> bool:
            return not desk.transfers.all() or all(row.state.is_terminal for row in desk.transfers.all())

        await until(lambda: bool(desk.transfers.all()))
        await until(lambda: enough() or over())
        return over()


def versions_in(folder: Path) -> dict[str, Path]:
    """Return the folders of versions, by the commit's id, or “draft 3”, as the folder itself tells."""
    found = {}
    for index in folder.glob("*/*/index.json"):
        version = json.loads(index.read_text(encoding="utf-8"))["version"]
        found[version.get("commit_id") or f"{index.parent.parent.name} draft {version['number']}"] = index.parent
    return found


def assert_whole(bay: TensorBay, folder: Path) -> int:
    """Hold every version of every dataset against what the stand-in has. Return how many files there are."""
    there = versions_in(folder)
    count = 0
    for dataset in bay.state.datasets.values():
        for commit in dataset.commits.values():
            assert commit.id in there, f"{dataset.name} {commit.title} is not there."
            count += assert_version(there[commit.id], dataset, commit.content)
    return count


def assert_version(folder: Path, dataset: Dataset, content: Content) -> int:
    """Hold one version against what it is: every file's bytes, name, label. Return how many there are."""
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    assert {each["name"] for each in index["segments"]} == set(content.segments), dataset.name
    assert json.loads((folder / "catalog.json").read_text(encoding="utf-8")) == content.catalog
    count = 0
    for segment in index["segments"]:
        files = content.segments[segment["name"]].files.values()
        lines = lines_of(folder, segment["folder"])
        said = {(each.get("frameId", ""), each.get("sensorName", ""), each["remotePath"]): each for each in lines}
        assert set(said) == {(each.frame_id, each.sensor, each.remote_path) for each in files}
        assert len({each["file"].casefold() for each in lines}) == len(lines)
        for file in files:
            line = said[file.frame_id, file.sensor, file.remote_path]
            path = folder / line["file"]
            assert path.resolve().is_relative_to(folder.resolve())
            assert hashlib.sha1(path.read_bytes()).hexdigest() == file.checksum, path
            assert line["label"] == file.label
            count += 1
    return count


def lines_of(folder: Path, segment: str) -> list[dict[str, Any]]:
    """Return what the list of labels of a segment says."""
    text = (folder / "labels" / f"{segment}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def contents_of(bay: TensorBay) -> dict[str, int]:
    """Return every different content that the datasets have, with its bytes."""
    versions = [commit.content for dataset in bay.state.datasets.values() for commit in dataset.commits.values()]
    return {file.checksum: file.size for content in versions for file in content.files()}


def here(folder: Path) -> set[str]:
    """Return the checksums of all files in their places."""
    found = set()
    for path in folder.glob("*/*/*/**/*"):
        if path.is_file():
            found.add(hashlib.sha1(path.read_bytes()).hexdigest())
    return found


def no_secret_in(folder: Path, bay: TensorBay) -> None:
    """Look through every file in a folder for keys and signed addresses."""
    marks = [each.encode() for each in (*bay.secrets, "Signature=", "OSSAccessKeyId")]
    for root, _, names in os.walk(folder):
        for name in names:
            data = Path(root, name).read_bytes()
            assert not [mark for mark in marks if mark in data], Path(root, name)


def child(bay: TensorBay, home: Path, folder: Path) -> subprocess.Popen[str]:
    """Take everything out in a process of its own, which says how it ended. It closes its desk when stdin ends."""
    command = [sys.executable, __file__, str(home), str(folder), bay.plain_url]
    paths = os.pathsep.join((str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")))
    environment = {**os.environ, "TAKING_KEY": bay.key, "PYTHONPATH": paths}
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def _child(home: Path, folder: Path, address: str, key: str) -> None:
    async with desk_at(home) as (desk, _):
        account = await desk.accounts.connect_tensorbay(key, address=address)
        taking = asyncio.create_task(take(desk, account.account_id, TakingOut(folder), seconds=3600.0))
        told = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        await asyncio.wait({taking, told}, return_when=asyncio.FIRST_COMPLETED)
        print(taking.result().state.value if taking.done() else "closed", flush=True)
        taking.cancel()


if __name__ == "__main__":
    try:
        asyncio.run(_child(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], os.environ["TAKING_KEY"]))
    finally:
        sys.stdout.flush()
        os._exit(0)  # The thread that waits for stdin would keep it.
