"""Files of a watched folder go on living while their batch is worked on: each is processed once all the same."""

import asyncio
import csv
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.job import Job, JobOptions
from batchdock.core.watched import Gathering, WatchState
from batchdock.flows.desk import Desk
from batchdock.flows.transfers.ways import Carrier
from batchdock.flows.watching import Oversight, WatchWish
from making.desks import desk_at, until
from making.media import picture


class Saving(Oversight):
    """Saves what each batch made."""

    def __init__(self, desk: Desk, results: Path) -> None:
        self.desk, self.results, self.batches, self.state = desk, results, 0, WatchState()

    async def see_to_its_end(self, jobs: tuple[Job, ...]) -> None:
        for job in jobs:
            ended = await self.desk.jobs.ended(job.key)
            if ended.output_batches:
                await self.desk.results.save(job.account_id, ended.output_batches, self.results, name=job.name)
        self.batches += 1

    def jobs(self, mark: str) -> Iterable[tuple[str, str]]:
        return ()

    def show(self, state: WatchState) -> None:
        self.state = state

    def rows(self) -> list[str]:
        """Return the names of what was processed, as often as it was."""
        found: list[str] = []
        for table in self.results.rglob("results.csv"):
            with table.open(encoding="utf-8-sig", newline="") as file:
                found += [row["image"] for row in csv.DictReader(file)]
        return sorted(found)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    for number in range(3):
        picture(tmp_path / "drop" / f"{number}.jpg", seed=number, size=(64, 48))
    return tmp_path / "drop"


def wish_for(drop: Path) -> WatchWish:
    return WatchWish(
        path=drop,
        task="t",
        name="Lot",
        account_id=THIS_COMPUTER_ID,
        workflow_id="read-codes",
        options=JobOptions(table_format="csv"),
        gathering=Gathering(0.0, 100),
        settled_seconds=0.1,
    )


def watched_while(
    home: Path,
    drop: Path,
    happens: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    *,
    rows: int,
    then: Callable[[], None] = lambda: None,
) -> Saving:
    """Watch the folder; `happens` after the first batch was handed over and before it is processed, `then` after it."""
    handed_over = Carrier.refer
    pending = [happens]

    async def refer(carrier: Carrier, *values: Any) -> Sequence[Any]:
        lost = await handed_over(carrier, *values)
        while pending:
            pending.pop()()
        return lost

    monkeypatch.setattr(Carrier, "refer", refer)

    async def scenario() -> Saving:
        async with desk_at(home) as (desk, _):
            saving = Saving(desk, drop.parent / "results")
            watching = asyncio.create_task(desk.watching.watch(wish_for(drop), saving))
            try:
                await until(lambda: saving.batches >= 1 and not saving.state.running, "the first batch is over")
                then()
                await until(lambda: len(saving.rows()) >= rows, f"{rows} rows")
                await asyncio.sleep(0.5)  # Two looks more: nothing comes twice.
                await until(lambda: not saving.state.running and saving.state.waiting == 0)
            finally:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching
            return saving

    return asyncio.run(scenario())


def test_a_file_that_is_renamed_before_it_is_processed_is_processed_under_its_new_name(
    home: Path, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = watched_while(home, drop, lambda: rename(drop / "1.jpg", drop / "new.jpg"), monkeypatch, rows=3)
    assert saving.rows() == ["0.jpg", "2.jpg", "new.jpg"]


def test_a_disk_that_is_unplugged_while_its_files_are_processed_comes_back_as_it_was(
    home: Path, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = drop.with_name("away")
    saving = watched_while(home, drop, lambda: rename(drop, away), monkeypatch, rows=3, then=lambda: rename(away, drop))
    assert saving.rows() == ["0.jpg", "1.jpg", "2.jpg"]


def test_a_file_that_is_away_for_a_moment_is_processed_with_the_next_batch(
    home: Path, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = drop.with_name("1.jpg")
    saving = watched_while(
        home, drop, lambda: rename(drop / "1.jpg", away), monkeypatch, rows=3, then=lambda: rename(away, drop / "1.jpg")
    )
    assert saving.rows() == ["0.jpg", "1.jpg", "2.jpg"]
    assert saving.batches == 2


def test_a_file_whose_name_another_one_takes_over_is_not_lost(
    home: Path, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rotate() -> None:
        rename(drop / "1.jpg", drop / "old.jpg")
        picture(drop / "1.jpg", seed=9, size=(64, 48))

    # The new one was there when it was read: nobody can tell, so that it goes once more.
    saving = watched_while(home, drop, rotate, monkeypatch, rows=5)
    assert saving.rows() == ["0.jpg", "1.jpg", "1.jpg", "2.jpg", "old.jpg"]


def test_a_damaged_file_is_tried_once(home: Path, drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (drop / "1.jpg").read_bytes()
    (drop / "1.jpg").write_bytes(whole[:40] + bytes(len(whole) - 40))
    saving = watched_while(home, drop, lambda: None, monkeypatch, rows=2)
    assert saving.rows() == ["0.jpg", "2.jpg"]
    assert saving.batches == 1


def rename(old: Path, new: Path) -> None:
    old.rename(new)
