"""*Copy as command*: the line is pasted into a shell, and the job that it makes is created from the same."""

import asyncio
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID, Account, ServiceKind
from batchdock.core.batch import Content
from batchdock.core.errors import NotKnownHowStarted
from batchdock.core.job import JobDefinition, JobOptions
from batchdock.core.order import Order
from batchdock.flows.as_command.words import line_of, start_command
from batchdock.flows.references import JobWish
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, reviewed
from making.media import code_picture
from making.reference_lists import SECRET, line, write_list
from making.starting import connected

NASTY = 'it\'s "$HOME" `x` 사진 & more'
OPTIONS = JobOptions(
    parameters={"formats": "QRCode"},
    keep_images=True,
    image_outputs=("output_image",),
    table_format="jsonl",
    max_parallel_tasks=2,
    max_failure_rate=0.5,
)


@pytest.mark.skipif(sys.platform == "win32", reason="a line for sh")
def test_the_copied_line_makes_the_same_job(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / NASTY
    for number in range(3):
        code_picture(folder / "deep" / f"{number}.png", f"code {number}")
    code_picture(folder / "not dropped.png", "not in the job")

    async def first() -> tuple[str, object]:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, folder / "deep")
            order = Order(
                account_id=THIS_COMPUTER_ID, workflow_id="read-codes", name=NASTY, items=items, options=OPTIONS
            )
            (job,) = await desk.jobs.start(order)
            await desk.jobs.started(job.key)
            line = await desk.command_lines.of_job(job, tmp_path / "results of it")
            return line, await desk.jobs.definition(job.key)

    line, definition = asyncio.run(first())
    program = shlex.join([sys.executable, "-m", "batchdock"])
    done = subprocess.run(
        ["sh", "-c", line.replace("batchdock", program, 1)],
        env={**os.environ, "BATCHDOCK_HOME": str(tmp_path / "another home")},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    async def second() -> list[tuple[str, object]]:
        async with desk_at(tmp_path / "another home") as (desk, _):
            return [(job.name, await desk.jobs.definition(job.key)) for job in desk.jobs.all()]

    ((name, made),) = asyncio.run(second())
    assert name == NASTY
    assert replace(made, batch_id="", image_input=None) == replace(definition, batch_id="", image_input=None)  # type: ignore[type-var]
    assert list((tmp_path / "results of it").rglob("*.jsonl"))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ["batchdock", "run", "C:\\My Pictures\\it's", "--name", "$x"],
            "batchdock run 'C:\\My Pictures\\it''s' --name '$x'",
        ),
        (["a", ""], "a ''"),
        (["--parameter", "a=b"], "--parameter a=b"),
    ],
)
def test_a_line_for_powershell(words: list[str], line: str) -> None:
    assert line_of(words, windows=True) == line


def test_an_address_that_may_hold_a_key_is_left_out() -> None:
    this_computer = Account(THIS_COMPUTER_ID, ServiceKind.THIS_COMPUTER, "This computer", "", "")
    for address, is_there in (("https://example.org/hook", True), ("https://example.org/hook?token=x", False)):
        definition = JobDefinition(
            content=Content.IMAGES, batch_id="b", workflow_id="w", part="images", notifications_url=address
        )
        words = start_command(this_computer, "name", definition)
        assert (address in words) is is_there
        assert words[:7] == ["batchdock", "start", "b", "--workflow", "w", "--part", "images"]


def ran(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", line.replace("batchdock", shlex.join([sys.executable, "-m", "batchdock"]), 1)],
        env={**os.environ, "BATCHDOCK_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a line for sh")
def test_the_line_of_an_ingest_sends_the_same_once_more(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / NASTY
    for number in range(3):
        code_picture(folder / f"{number}.png", f"code {number}")

    async def first() -> str:
        async with desk_at(home) as (desk, _):
            items = await reviewed(desk, folder)
            await desk.transfers.ingest(THIS_COMPUTER_ID, items, NASTY, batch_id="lot-17")
            (transfer,) = desk.transfers.all()
            with pytest.raises(NotKnownHowStarted):
                await desk.command_lines.of_transfer("t-none", tmp_path)
            return await desk.command_lines.of_transfer(transfer.transfer_id, tmp_path)

    done = ran(asyncio.run(first()), tmp_path / "another home")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "lot-17"
    assert "3 pictures" in done.stderr


def test_references_are_named_by_their_source_and_without_secrets(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.jsonl", [line("a.jpg"), line("b.jpg")])
    storage = {"name": "S3", "kind": "s3", "way": "profile", "where": "lab", "region": "eu", "endpoint": ""}
    bucket = {"kind": "bucket", "storage": storage, "bucket": "box", "pattern": "2026-*/**", "hours": 24}

    async def scenario() -> None:
        with RoboflowCloud() as cloud:
            async with desk_at(home) as (desk, _):
                account_id = await connected(desk, cloud)
                account = await desk.accounts.find(account_id)
                wish = JobWish(workflow_id="find-things", options=JobOptions(table_format="csv"))
                looked = await desk.references.look(path)
                (sending,) = await desk.references.send(account_id, looked, "Far", batch_id="lot", job=wish)
                said = await desk.command_lines.of_transfer(sending.transfer_id, tmp_path)
                named = ["--name", "Far", "--account", account.name]
                start = ["batchdock", "run", "--references", str(path), "--workflow", "find-things"]
                assert shlex.split(said)[: len(start)] == start
                assert shlex.join(named) in said
                query = await desk.references.query(account_id, "tag:lot", "Q", batch_id="b-1")
                said = await desk.command_lines.of_transfer(query.transfer_id, tmp_path)
                assert shlex.split(said)[:6] == ["batchdock", "ingest", "--query", "tag:lot", "--batch", "b-1"]
                (many,) = await desk.references.plan(account_id, "B", bucket, {Content.IMAGES: 3}, batch_id="b-2")
                said = await desk.command_lines.of_transfer(many.transfer_id, tmp_path)
                assert shlex.split(said)[2:10] == [
                    *("--bucket", "s3://box/2026-*/**", "--profile", "lab", "--region", "eu", "--valid-hours", "24")
                ]
                for secret in (cloud.key, "X-Amz", SECRET):
                    assert secret not in said

    asyncio.run(scenario())
