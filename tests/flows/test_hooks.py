"""News of services: a hint to look, from whoever may give one, once, and never how things are."""

import asyncio
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from batchdock.core.account import Account
from batchdock.core.batch import Content
from batchdock.core.errors import FilesNotTakenIn, PortTaken
from batchdock.core.order import IngestNotice
from batchdock.core.problem import FileFailure
from batchdock.core.states import JobState
from batchdock.core.transfer import TransferState
from batchdock.flows.desk import Desk
from batchdock.flows.news import TransfersChanged
from batchdock.flows.preferences import HOOKS, HOOKS_ADDRESS, HOOKS_PORT
from batchdock.store import FileRow, Journal, Piece, Way
from batchdock.store.heard import KEPT_SECONDS, MOST
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import StoredJob
from making.desks import desk_at, order, reviewed, until
from making.media import picture
from making.sendings import shown_row

DEFINITION = {
    "type": "simple-image-processing-v1",
    "jobInput": {"type": "staging-batch-input-v1", "batchId": "b-1"},
    "processingSpecification": {"workflowId": "find-things"},
}


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


@pytest.fixture
def port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@asynccontextmanager
async def listening(home: Path, cloud: RoboflowCloud, port: int) -> AsyncIterator[tuple[Desk, Account]]:
    """Open a desk that listens and has looked at the cloud."""
    async with desk_at(home) as (desk, _):
        account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
        await desk.preferences.set(HOOKS_PORT, port)
        await desk.preferences.set(HOOKS, True)
        await until(lambda: desk.hooks.address, "listens")
        await until(lambda: cloud.requests("/jobs"), "has looked")
        yield desk, account


async def tell(desk: Desk, payload: dict[str, object], *, key: str = "rf_acme-ws") -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        headers = {"Authorization": f"Bearer {key}"}
        return (await client.post(desk.hooks.address, json=payload, headers=headers)).status_code


def job_ended(job_id: str = "j-1", event_id: str = "e-1") -> dict[str, object]:
    kind = "roboflow-batch-job-notification-v1"
    return {"type": kind, "event_id": event_id, "job_id": job_id, "job_state": "fail", "delivery_attempt": 1}


def files_failed(*names: str, batch_id: str = "b-1", event_id: str = "e-7") -> dict[str, object]:
    failed = [{"type": "file-size-limit-exceeded", "file_name": each, "reason": "It is too large."} for each in names]
    return {
        "type": "roboflow-data-staging-notification-v1",
        "event_id": event_id,
        "batch_id": batch_id,
        "notification": {"type": "ingest-files-status-notification-v1", "success": True, "failed_files": failed},
    }


def sent(desk: Desk, account: Account, *names: str) -> None:
    """Write down that files went into the batch b-1."""
    rows = [
        FileRow(number, name, f"field/{name}", Path("/nowhere") / name, 10, 1.0) for number, name in enumerate(names)
    ]
    desk._journal.sendings.begin(
        transfer_id="t-1",
        account_id=account.account_id,
        batch_id="b-1",
        batch_name="Lot 17",
        content=Content.IMAGES,
        way=Way.TARS,
        started=datetime.now(UTC),
        job_id="j-1",
        files=rows,
        pieces=[Piece(0, 0, len(rows), 10)],
    )
    desk._journal.sendings.finish(1)


def test_nobody_listens_unless_somebody_wants_it(home: Path, port: int) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            assert (desk.hooks.address, desk.preferences.get(HOOKS)) == ("", False)
            await desk.preferences.set(HOOKS_PORT, port)
            await desk.preferences.set(HOOKS, True)
            await until(lambda: desk.hooks.address == f"http://127.0.0.1:{port}/events", "listens")
        async with desk_at(home) as (desk, _):
            await until(lambda: desk.hooks.address == f"http://127.0.0.1:{port}/events", "listens again")
            await desk.preferences.set(HOOKS, False)
            await until(lambda: not desk.hooks.address, "listens no more")
        async with desk_at(home, active=False) as (desk, _):
            await desk.preferences.set(HOOKS, True)
            assert desk.hooks.address == ""

    asyncio.run(scenario())


def test_a_hint_makes_the_watch_look_and_is_not_believed(home: Path, cloud: RoboflowCloud, port: int) -> None:
    async def scenario() -> None:
        async with listening(home, cloud, port) as (desk, account):
            # Nothing moves there, so nobody would ask again before a minute has passed.
            cloud.state.jobs["j-1"] = StoredJob("j-1", "Night", DEFINITION)
            cloud.finish("j-1")
            began = time.monotonic()
            assert await tell(desk, job_ended("j-1")) == 200
            await until(lambda: desk.jobs.all(), "the job of somebody else appears")
            assert time.monotonic() - began < 30
            (job,) = desk.jobs.all()
            assert (job.key, job.state) == ((account.account_id, "j-1"), JobState.DONE)

    asyncio.run(scenario())


def test_this_computers_own_service_is_heard(home: Path, tmp_path: Path, port: int) -> None:
    for number in range(2):
        picture(tmp_path / "drop" / f"{number}.jpg", number)

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            await desk.preferences.set(HOOKS_PORT, port)
            await desk.preferences.set(HOOKS, True)
            await until(lambda: desk.hooks.address, "listens")
            wanted = order(await reviewed(desk, tmp_path / "drop"), workflow_id="picture-quality")
            address = desk.hooks.address
            options = replace(wanted.options, notifications_url=address)
            notice = IngestNotice(url=address, categories=("ingest-status", "files-status"))
            (job,) = await desk.jobs.start(replace(wanted, options=options, ingest_notice=notice))
            assert (await desk.jobs.ended(job.key)).state is JobState.DONE
            with closing(sqlite3.connect(home / "journal.sqlite")) as journal:
                await until(
                    lambda: journal.execute("SELECT count(*) FROM heard").fetchone() == (3,), "the job, and both kinds"
                )
            assert desk.problems.all() == ()

    asyncio.run(scenario())


def test_only_the_key_of_a_connected_workspace_makes_it_look(home: Path, cloud: RoboflowCloud, port: int) -> None:
    async def scenario() -> None:
        async with listening(home, cloud, port) as (desk, account):
            assert await tell(desk, job_ended(), key="rf_other") == 401
            assert await tell(desk, job_ended(), key=cloud.key) == 401
            assert desk._journal.heard.first("acme-ws e-1", 1.0)
            await desk.accounts.forget(account.account_id)
            assert await tell(desk, job_ended(event_id="e-2")) == 401

    asyncio.run(scenario())


def test_a_repeated_event_is_known_and_many_make_few_looks(home: Path, cloud: RoboflowCloud, port: int) -> None:
    def looks() -> int:
        return len(cloud.requests("GET /batch-processing/v1/external/acme-ws/jobs"))

    async def scenario() -> None:
        async with listening(home, cloud, port) as (desk, _):
            before = looks()
            for _ in range(3):
                assert await tell(desk, job_ended(event_id="same")) == 200
            await until(lambda: looks() == before + 1, "one look")
            for number in range(20):
                assert await tell(desk, job_ended(event_id=f"e-{number}")) == 200
            assert looks() == before + 1
            await until(lambda: looks() == before + 2, "one look for all of them, a little later")
            assert not desk._journal.heard.first("acme-ws same", 1.0)

    asyncio.run(scenario())


def test_files_that_were_not_taken_in_are_told_once_the_service_was_asked(
    home: Path, cloud: RoboflowCloud, port: int
) -> None:
    async def scenario() -> None:
        async with listening(home, cloud, port) as (desk, account):
            sent(desk, account, "a.jpg", "b.jpg", "big.png")
            cloud.stage("b-1", {"a.jpg": b"a", "b.jpg": b"b"}, content="images")
            assert await tell(desk, files_failed("big.png")) == 200
            await until(lambda: desk.problems.all(), "told")
            (problem,) = desk.problems.all()
            assert isinstance(problem.error, FilesNotTakenIn)
            assert (problem.about, problem.job) == ("Lot 17", (account.account_id, "j-1"))
            assert problem.files == (FileFailure("field/big.png", "It is too large."),)
            assert str(problem.error).startswith("acme-ws has not taken in all of “Lot 17”. It said: It is too large.")
            cloud.stage("b-1", {"big.png": b"c"}, content="images")
            assert await tell(desk, files_failed(event_id="e-8")) == 200
            await until(lambda: not desk.problems.all(), "it is there by now")
            del cloud.state.batches["b-1"].simple["big.png"]
            assert await tell(desk, files_failed("big.png", event_id="e-9")) == 200
            await until(lambda: desk.problems.all(), "told again")
            (sending,) = desk._journal.sendings.of_batch(account.account_id, "b-1")
            sent_again = replace(shown_row().transfer, transfer_id=sending.transfer_id)
            desk.news.publish(TransfersChanged((replace(sent_again, state=TransferState.MOVING),)))
            assert desk.problems.all()
            desk.news.publish(TransfersChanged((replace(sent_again, state=TransferState.DONE),)))
            await until(lambda: not desk.problems.all(), "all of it was seen to be there")

    asyncio.run(scenario())


def test_an_ingest_that_was_refused_says_why(home: Path, cloud: RoboflowCloud, port: int) -> None:
    payload = files_failed()
    payload["notification"] = {"success": False, "error_details": {"type": "x", "reason": "Untrusted domain found."}}

    async def scenario() -> None:
        async with listening(home, cloud, port) as (desk, account):
            sent(desk, account, "a.jpg")
            assert await tell(desk, payload) == 200
            await until(lambda: desk.problems.all(), "told")
            (problem,) = desk.problems.all()
            assert "It said: Untrusted domain found." in str(problem.error)
            assert problem.files == ()

    asyncio.run(scenario())


def test_what_is_not_so_and_what_is_not_ours_is_not_told(home: Path, cloud: RoboflowCloud, port: int) -> None:
    async def scenario() -> None:
        async with listening(home, cloud, port) as (desk, account):
            sent(desk, account, "a.jpg")
            cloud.stage("b-1", {"a.jpg": b"a"}, content="images")
            assert await tell(desk, files_failed("x.jpg", batch_id="somebody-elses", event_id="e-1")) == 200
            assert await tell(desk, files_failed("a.jpg", event_id="e-2")) == 200
            await until(lambda: cloud.requests("GET /data-staging/v1/external/acme-ws/batches/b-1/count"), "asked")
            assert await tell(desk, files_failed("a.jpg", event_id="e-3")) == 200
            await until(lambda: len(cloud.requests("b-1/count")) == 2, "and answered")
            assert desk.problems.all() == ()
            assert not cloud.requests("somebody-elses")

    asyncio.run(scenario())


def test_a_port_that_is_taken_is_a_problem_until_it_is_free(home: Path, port: int) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            with socket.create_server(("127.0.0.1", port)):
                await desk.preferences.set(HOOKS_PORT, port)
                with pytest.raises(PortTaken, match=f"Another program listens on port {port} already"):
                    await desk.hooks.start()
                await desk.preferences.set(HOOKS, True)
                await until(lambda: desk.problems.all(), "told")
                (problem,) = desk.problems.all()
                assert isinstance(problem.error, PortTaken)
                assert problem.can_retry
                await desk.problems.retry(problem.problem_id)
                await until(lambda: desk.problems.all(), "told again")
            await desk.problems.retry(problem.problem_id)
            await until(lambda: desk.hooks.address and not desk.problems.all(), "listens after all")
            await desk.preferences.set(HOOKS_ADDRESS, "192.0.2.1")
            await until(lambda: desk.problems.all(), "another address")
            await desk.preferences.set(HOOKS, False)
            await until(lambda: not desk.problems.all(), "nobody wants it any more")

    asyncio.run(scenario())


def test_old_events_are_forgotten_and_there_are_only_so_many(home: Path) -> None:
    journal = Journal(home)
    try:
        assert journal.heard.first("old", 1.0)
        for number in range(MOST + 5):
            journal.heard.first(f"e-{number}", KEPT_SECONDS + number)
        journal.heard.prune(KEPT_SECONDS + 2.0)
        assert journal.heard.first("old", KEPT_SECONDS + 3.0)
        assert journal.heard.first("e-4", KEPT_SECONDS + 3.0)
        assert not journal.heard.first("e-5", KEPT_SECONDS + 3.0)
    finally:
        journal.close()
