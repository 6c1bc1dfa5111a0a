"""What is said before a service deletes results that nobody has saved: in time, once, and not of what is saved."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.job import JobDefinition
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event, ResultsExpire
from batchdock.store import JobRecord, Phase
from making.desks import desk_at, until
from making.jobs import job

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def record(number: int, left: timedelta, **more: object) -> JobRecord:
    """Return the record of a job of ours that is done, whose results are kept for so long."""
    done = job(number, JobState.DONE, expires=NOW + left, output_batches=(f"b-{number}-export",))
    definition = JobDefinition(content=done.content, batch_id=done.batch_id, workflow_id="w")
    return replace(JobRecord(done, Phase.STARTED, definition), **more)  # type: ignore[arg-type]


def told(events: list[Event]) -> list[list[str]]:
    return [[each.name for each in event.jobs] for event in events if isinstance(event, ResultsExpire)]


def put(desk: Desk, *records: JobRecord) -> None:
    desk.expiry._board.record(records)


def test_each_threshold_is_told_once(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            put(desk, record(1, timedelta(days=6)), record(2, timedelta(days=4)))
            for hours in (0, 24, 25, 47, 48, 73, 74, 91, 95, 96, 97):
                desk.expiry.look(NOW + timedelta(hours=hours))
            # Lot 2: 3 days before, 1 day before, 6 hours before; Lot 1 at its third day.
            assert told(events) == [["Lot 2"], ["Lot 2", "Lot 1"], ["Lot 2"]]

    asyncio.run(scenario())


def test_nothing_is_told_again_by_the_next_start(home: Path) -> None:
    async def scenario() -> None:
        for wanted in ([["Lot 1"]], []):
            async with desk_at(home, active=False) as (desk, events):
                put(desk, record(1, timedelta(hours=5)))
                desk.expiry.look(NOW)
                desk.expiry.look(NOW)
                assert told(events) == wanted

    asyncio.run(scenario())


def test_many_are_one_piece_of_news_the_first_one_first(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            put(desk, *(record(number, timedelta(hours=40 - number)) for number in range(30)))
            desk.expiry.look(NOW)
            assert told(events) == [[f"Lot {number}" for number in reversed(range(30))]]

    asyncio.run(scenario())


def test_what_is_saved_or_gone_or_not_ours_is_not_told(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            soon = timedelta(hours=5)
            nowhere = record(6, soon)
            put(
                desk,
                record(1, soon, saved=tmp_path),
                record(2, soon, phase=Phase.ELSEWHERE),
                record(3, soon, hidden=True),
                record(4, soon, trial=True),
                record(5, -soon),
                replace(nowhere, job=replace(nowhere.job, account_id="roboflow-forgotten")),
                replace(nowhere, job=replace(nowhere.job, job_id="j-7", output_batches=())),
                replace(nowhere, job=replace(nowhere.job, job_id="j-8", state=JobState.RUNNING)),
                replace(nowhere, job=replace(nowhere.job, job_id="j-9", expires=None)),
            )
            assert all(each.job.account_id for each in desk.expiry._board.all())
            desk.expiry.look(NOW)
            assert told(events) == []
            put(desk, record(1, soon))
            desk.expiry.look(NOW)
            assert told(events) == [["Lot 1"]]
            assert desk.accounts.all()[0].account_id == THIS_COMPUTER_ID

    asyncio.run(scenario())


def test_once_started_it_looks_by_itself(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batchdock.flows.results.expiry.FIRST_SECONDS", 0.0)
    monkeypatch.setattr("batchdock.flows.results.expiry.LOOK_SECONDS", 0.05)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            desk.expiry.start()
            soon = record(1, timedelta(0))
            put(desk, replace(soon, job=replace(soon.job, expires=datetime.now(UTC) + timedelta(hours=20))))
            await until(lambda: told(events), "it is told")
            assert told(events) == [["Lot 1"]]

    asyncio.run(scenario())
