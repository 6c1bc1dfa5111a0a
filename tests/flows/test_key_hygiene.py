"""The key is in no file, no log line, no error, no output and no process argument, while the whole program works."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.errors import BatchdockError, KeyRefused
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.news import ProblemsChanged
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import PATIENCE, desk_at, order, reviewed
from making.media import picture

KEY = "kEy+of/the=cloud9"
SIGNED = "X-Goog-Signature"


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud(key=KEY) as running:
        running.state.moves_by_itself = 3
        yield running


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    for number in range(3):
        picture(tmp_path / "drop" / f"{number}.jpg", number)
    return tmp_path / "drop"


def test_a_session_with_trouble_leaves_no_key_behind(
    cloud: RoboflowCloud, drop: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    home = tmp_path / "home"
    texts: list[str] = []

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            account = await desk.accounts.connect_roboflow(KEY, address=cloud.url)
            texts.append(await refused(desk, cloud))
            cloud.fail("POST .*/upload/image", times=2, status=500, body=f"?api_key={KEY}".encode())
            cloud.fail("GET .*/jobs/", Kind.DROPPED, times=2)
            wanted = order(await reviewed(desk, drop), account_id=account.account_id, workflow_id="find-things")
            (job,) = await desk.jobs.start(wanted)
            ended = await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)
            assert ended.state is JobState.DONE
            cloud.fail("GET /storage", Kind.TORN, keep=50)
            report = await desk.results.save(account.account_id, ended.output_batches, tmp_path / "out")
            assert report.originals == 3
            # The key is revoked in the middle; the refusal echoes it.
            cloud.key = "another"
            with pytest.raises(BatchdockError) as caught:
                await desk.batches.all(account.account_id)
            texts.append(told(caught.value))
            texts.extend(map(repr, events))
            for event in events:
                if isinstance(event, ProblemsChanged):
                    texts.extend(told(each.error) for each in event.problems)

    asyncio.run(scenario())
    texts.append("\n".join(f"{each.getMessage()} {each.args} {each.exc_text}" for each in caplog.records))
    assert cloud.requests("GET /storage")
    nowhere(KEY, "\n".join(texts), tmp_path)
    nowhere(SIGNED, "\n".join(texts), tmp_path)


async def refused(desk: Desk, cloud: RoboflowCloud) -> str:
    """Return what is said when the service refuses a key and repeats it."""
    cloud.fail("GET /$", status=401, body=f'{{"error":{{"message":"No key {KEY}.","key":"{KEY}"}}}}'.encode())
    with pytest.raises(KeyRefused) as caught:
        await desk.accounts.connect_roboflow(KEY, address=cloud.url)
    return told(caught.value)


def test_the_command_line_shows_no_key(cloud: RoboflowCloud, drop: Path, tmp_path: Path) -> None:
    cloud.fail("POST .*/upload/image", times=1, status=503)
    environment = {**os.environ, "BATCHDOCK_API_KEY": KEY, "BATCHDOCK_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "batchdock", "run", str(drop), "--workflow", "find-things", "--json"]
    command += ["--save-to", str(tmp_path / "out"), "--api-url", cloud.url]
    with arguments_watched(KEY) as seen:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        cloud.key = "another"
        refused = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert refused.returncode == 1
    assert "did not accept this key" in refused.stderr
    assert seen == []
    nowhere(KEY, done.stdout + done.stderr + refused.stdout + refused.stderr, tmp_path)


def test_this_computer_keeps_its_key_to_itself(drop: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    home = tmp_path / "home"

    async def scenario() -> str:
        async with desk_at(home) as (desk, _):
            await desk.accounts.service(THIS_COMPUTER_ID)
            key = (await desk.accounts._local.start()).key
            with arguments_watched(key) as seen:
                (job,) = await desk.jobs.start(order(await reviewed(desk, drop)))
                ended = await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)
                await desk.results.save(THIS_COMPUTER_ID, ended.output_batches, tmp_path / "out")
            assert ended.state is JobState.DONE
            assert seen == []
            return key

    key = asyncio.run(scenario())
    nowhere(key, "\n".join(f"{each.getMessage()} {each.args}" for each in caplog.records), tmp_path)


def told(error: BaseException) -> str:
    """Return everything an error could show to anyone."""
    return "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))


def nowhere(secret: str, text: str, folder: Path) -> None:
    """Check the text and every file below the folder."""
    for form in {secret, quote(secret, safe=""), quote(secret)}:
        assert form not in text
        for path in folder.rglob("*"):
            if path.is_file():
                assert form.encode() not in path.read_bytes(), path


@contextmanager
def arguments_watched(secret: str) -> Iterator[list[str]]:
    """Look at the arguments of all processes again and again, and note those with the secret."""
    seen: list[str] = []
    looks = 0
    over = threading.Event()

    def watch() -> None:
        nonlocal looks
        while not over.wait(0.05):
            looks += 1
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    arguments = path.read_bytes().decode(errors="replace")
                except OSError:
                    continue  # It ended meanwhile.
                if secret in arguments:
                    seen.append(arguments)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()
    assert looks > 3
