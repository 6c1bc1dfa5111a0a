"""The board: told at most four times a second, loaded bit by bit, ended once."""

import asyncio
import itertools
import time
from dataclasses import replace
from pathlib import Path

import pytest

from batchdock.core.batch import Content
from batchdock.core.job import JobDefinition
from batchdock.core.states import JobState
from batchdock.flows.jobs import board as boards
from batchdock.flows.jobs.board import REPAINTS, Board
from batchdock.flows.news import Event, JobEnded, JobsChanged, JobsRemoved, News
from batchdock.store import JobRecord, Journal, Phase
from making.jobs import job

DEFINITION = JobDefinition(content=Content.IMAGES, batch_id="b", workflow_id="w")


def test_however_often_jobs_change_it_is_told_four_times_a_second(home: Path) -> None:
    told: list[tuple[float, Event]] = []

    async def scenario() -> None:
        news = News()
        news.subscribe(lambda event: told.append((time.monotonic(), event)))
        journal = Journal(home)
        board = Board(journal, news)
        began = time.monotonic()
        while sum(isinstance(event, JobsChanged) for _, event in told) < 5:
            share = min(1.0, (time.monotonic() - began) / 60)
            board.put([job(number, progress=share, items_done=int(share * 1000)) for number in range(20)])
            await asyncio.sleep(0.01)
        await board.close()
        journal.close()

    asyncio.run(scenario())
    changes = [moment for moment, event in told if isinstance(event, JobsChanged)]
    pauses = [after - before for before, after in itertools.pairwise(changes[:-1])]
    assert all(pause > REPAINTS * 0.9 for pause in pauses), pauses


def test_a_long_list_comes_bit_by_bit_and_nothing_that_happens_meanwhile_is_lost(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "LOADED_FIRST", 10)
    monkeypatch.setattr(boards, "LOADED_AT_A_TIME", 7)
    events: list[Event] = []
    journal = Journal(home)
    journal.jobs.put(
        [
            JobRecord(job(number, account_id="one" if number % 2 else "two"), Phase.STARTED, DEFINITION)
            for number in range(60)
        ]
        + [JobRecord(job(90, JobState.UPLOADING, account_id="one"), Phase.SENDING, DEFINITION)]
        + [JobRecord(job(91, JobState.DONE, account_id="one"), Phase.STARTED, DEFINITION, hidden=True)]
    )

    async def scenario() -> None:
        news = News()
        news.subscribe(events.append)
        board = Board(journal, news)
        assert [each.job_id for each in board.shown()] == [*[f"j-{number:05d}" for number in range(10)], "j-00090"]
        late = ("one", "j-00055")
        board.put([job(55, JobState.FAILED, account_id="one")])  # Known, and not loaded: not a job of somebody else.
        record = board.get(late)
        assert record is not None
        assert (record.phase, record.definition, record.job.state) == (Phase.STARTED, DEFINITION, JobState.FAILED)
        loading = asyncio.create_task(board.loaded())
        await asyncio.sleep(0)
        board.forget_account("two")
        await loading
        await board.close()
        assert {key[0] for key in (each.key for each in board.shown())} == {"one"}
        assert len(board.shown()) == 31
        assert board.get(late).job.state is JobState.FAILED  # type: ignore[union-attr]
        assert board.moving("one") == {("one", f"j-{number:05d}") for number in range(1, 60, 2)} - {late}
        assert board.moving("two") == frozenset()

    asyncio.run(scenario())
    told = {each.key for event in events if isinstance(event, JobsChanged) for each in event.jobs}
    gone = {key for event in events if isinstance(event, JobsRemoved) for key in event.keys}
    assert ("one", "j-00091") not in told
    assert {key for key in told if key[0] == "one"} >= {("one", f"j-{number:05d}") for number in range(11, 60, 2)}
    assert all(key[0] == "two" for key in gone)
    assert [event.job.job_id for event in events if isinstance(event, JobEnded)] == ["j-00055"]
    journal.close()


def test_a_job_that_was_never_with_a_service_ends_each_time_it_is_tried(home: Path) -> None:
    events: list[Event] = []

    async def scenario() -> None:
        news = News()
        news.subscribe(events.append)
        journal = Journal(home)
        board = Board(journal, news)
        record = JobRecord(job(1, JobState.UPLOADING), Phase.SENDING, DEFINITION)
        for state in (JobState.UPLOADING, JobState.FAILED, JobState.UPLOADING, JobState.STOPPED):
            board.record([replace(record, job=replace(record.job, state=state))])
            known = board.get(record.job.key)
            assert known is not None
            assert (known.job.ended is not None) == state.is_terminal
        await board.close()
        journal.close()

    asyncio.run(scenario())
    assert [event.job.state for event in events if isinstance(event, JobEnded)] == [JobState.FAILED, JobState.STOPPED]


def test_the_list_is_in_order_whatever_comes_and_goes(home: Path) -> None:
    async def scenario() -> None:
        journal = Journal(home)
        board = Board(journal, News())

        def names() -> list[str]:
            return [each.name for each in board.shown()]

        board.put([job(3), job(1)])
        assert names() == ["Lot 1", "Lot 3"]
        board.put([job(2)])
        assert names() == ["Lot 1", "Lot 2", "Lot 3"]
        board.put([job(1, created=job(9).created), job(2, progress=0.7)])
        assert [(each.name, each.progress) for each in board.shown()] == [
            ("Lot 2", 0.7),
            ("Lot 3", 0.03),
            ("Lot 1", 0.01),
        ]
        board.hide(job(3).key, hidden=True)
        assert names() == ["Lot 2", "Lot 1"]
        board.hide(job(3).key, hidden=False)
        assert names() == ["Lot 2", "Lot 3", "Lot 1"]
        board.forget_account(job(1).account_id)
        assert names() == []
        await board.close()
        journal.close()

    asyncio.run(scenario())


def test_a_job_that_its_service_has_no_more_is_gone_for_good(home: Path) -> None:
    told: list[Event] = []

    async def scenario() -> None:
        news = News()
        journal = Journal(home)
        board = Board(journal, news)
        board.put([job(number) for number in range(3)])
        board.flush()
        news.subscribe(told.append)
        board.put([job(1, JobState.STOPPED)])
        board.forget([job(1).key, job(1).key, job(7).key])
        board.flush()
        assert {record.job.name for record in board.all()} == {"Lot 0", "Lot 2"}
        assert job(1).key not in board.moving(job(1).account_id)
        assert journal.jobs.get(*job(1).key) is None
        await board.close()
        journal.close()

    asyncio.run(scenario())
    assert [event for event in told if isinstance(event, JobsRemoved)] == [JobsRemoved((job(1).key,))]
    assert not [event for event in told if isinstance(event, JobsChanged)], "nothing is told of it any more"
