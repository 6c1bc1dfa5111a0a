"""Recipes that run by themselves over what is finished in a folder: on and off, never twice, within a limit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.costs import Budget, Measure
from batchdock.core.errors import FolderAway
from batchdock.core.errors.recipes import NothingNew
from batchdock.core.errors.watching import (
    NoFolderToWatch,
    ResultsInWatchedFolder,
    WatchBudgetReached,
    WatchingCostsMoney,
    WatchingPriceUnknown,
    WatchLimitReached,
)
from batchdock.core.job import Job, JobDefinition, JobOptions
from batchdock.core.recipe import FolderSource, Recipe
from batchdock.core.states import JobState
from batchdock.core.watched import Gathering, Patterns, Watch
from batchdock.flows.costs.ledger import local_now
from batchdock.flows.desk import Desk
from batchdock.flows.news import WatchesChanged
from batchdock.flows.watching import WatchWish
from batchdock.keystore.session import SessionKeys
from batchdock.store import JobRecord, Phase
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import until
from making.media import picture
from making.starting import connected

AT_ONCE = Gathering(0.0, 100)


@asynccontextmanager
async def watching_desk(home: Path, keys: SessionKeys | None = None) -> AsyncIterator[Desk]:
    """A desk as the window has it; a file counts as soon as two looks have met it."""
    desk = await Desk.open(home, key_store=keys or SessionKeys(), autosave=True, grace_seconds=0)
    desk.watches._settled = 0.1
    try:
        yield desk
    finally:
        await desk.close()


def drop(folder: Path, *names: str) -> Path:
    for name in names:
        picture(folder / name, seed=sum(map(ord, name)), size=(16, 16))
    return folder


async def recipe_over(desk: Desk, folder: Path, results: Path) -> Recipe:
    recipe = Recipe(
        name="Codes",
        source=FolderSource((folder,), Patterns(("*.jpg",))),
        account_id=THIS_COMPUTER_ID,
        workflow_id="read-codes",
        options=JobOptions(table_format="csv"),
        save_to=results,
    )
    return await desk.recipes.add(recipe)


def done(desk: Desk) -> list[int]:
    return sorted(job.items_total or 0 for job in desk.jobs.all() if job.state is JobState.DONE)


def rows(results: Path) -> list[str]:
    tables = [path.read_text(encoding="utf-8").splitlines()[1:] for path in results.rglob("*.csv")]
    return sorted(line.split(",")[0].strip('"') for lines in tables for line in lines)


def test_what_is_finished_in_the_folder_is_processed_once_and_saved(home: Path, tmp_path: Path) -> None:
    folder, results = drop(tmp_path / "lot", "a.jpg", "b.jpg", "c.png"), tmp_path / "results"

    async def scenario() -> None:
        async with watching_desk(home) as desk:
            news: list[object] = []
            desk.news.subscribe(news.append)
            recipe = await recipe_over(desk, folder, results)
            assert desk.watches.of(recipe.recipe_id) is None
            watch = Watch(recipe.recipe_id, folder, AT_ONCE, on=True)
            await desk.watches.set(watch)
            await until(lambda: done(desk) == [2] and len(rows(results)) == 2, "both are saved")
            assert desk.watches.under_way() == ("Codes",)
            drop(folder, "d.jpg")
            await until(lambda: done(desk) == [1, 2] and len(rows(results)) == 3, "the third is saved")
            await until(lambda: (state := desk.watches.state(recipe.recipe_id)) is not None and not state.running)
            assert any(isinstance(each, WatchesChanged) for each in news)
            assert len(desk.recipes.keys_of(recipe)) == 4  # Two runs, each perhaps of pictures and of videos.
            await desk.watches.set(replace(watch, on=False))
            await until(lambda: desk.watches.state(recipe.recipe_id) is None, "it is switched off")
            drop(folder, "e.jpg")
            assert desk.watches.all() == (replace(watch, on=False),)
        async with watching_desk(home) as desk:
            assert desk.watches.state(recipe.recipe_id) is None
            await desk.watches.set(watch)
            await until(lambda: len(rows(results)) == 4, "the fourth is saved")
        drop(folder, "f.jpg")
        async with watching_desk(home) as desk:
            await until(lambda: len(rows(results)) == 5, "the fifth is saved after a restart")
            await desk.recipes.remove(recipe)
            await until(lambda: desk.watches.under_way() == (), "it ends with its recipe")
        assert len(set(rows(results))) == 5

    asyncio.run(scenario())


def test_what_a_run_had_is_not_gathered_and_what_was_gathered_is_not_new(home: Path, tmp_path: Path) -> None:
    folder, results = drop(tmp_path / "lot", "a.jpg", "b.jpg"), tmp_path / "results"

    async def scenario() -> None:
        async with watching_desk(home) as desk:
            recipe = await recipe_over(desk, folder, results)
            (job,) = (await desk.recipes.run(recipe)).jobs
            await desk.jobs.ended(job.key)
            drop(folder, "c.jpg")
            await desk.watches.set(Watch(recipe.recipe_id, folder, AT_ONCE, on=True))
            await until(lambda: len(desk.jobs.all()) == 2 and done(desk) == [1, 2], "one more job")
            with pytest.raises(NothingNew):
                await desk.recipes.prepare(recipe, new_only=True)
            drop(folder, "d.jpg")
            await until(lambda: len(done(desk)) == 3)
            assert sum(done(desk)) == 4

    asyncio.run(scenario())


def test_a_changed_recipe_goes_on_with_what_is_new(home: Path, tmp_path: Path) -> None:
    folder, results = drop(tmp_path / "lot", "a.jpg"), tmp_path / "results"

    async def scenario() -> None:
        async with watching_desk(home) as desk:
            recipe = await recipe_over(desk, folder, results)
            await desk.watches.set(Watch(recipe.recipe_id, folder, AT_ONCE, on=True))
            await until(lambda: len(done(desk)) == 1)
            await desk.recipes.change(replace(recipe, workflow_id="picture-quality"))
            drop(folder, "b.jpg")
            await until(lambda: len(done(desk)) == 2)
            assert sorted(job.workflow_id for job in desk.jobs.all()) == ["picture-quality", "read-codes"]

    asyncio.run(scenario())


def test_a_folder_that_goes_away_is_told_of_and_waited_for(home: Path, tmp_path: Path) -> None:
    folder, results = drop(tmp_path / "lot", "a.jpg"), tmp_path / "results"

    async def scenario() -> None:
        async with watching_desk(home) as desk:
            recipe = await recipe_over(desk, folder, results)
            await desk.watches.set(Watch(recipe.recipe_id, folder, AT_ONCE, on=True))
            await until(lambda: len(done(desk)) == 1)
            folder.rename(tmp_path / "away")
            await until(lambda: [type(each.error) for each in desk.problems.all()] == [FolderAway])
            state = desk.watches.state(recipe.recipe_id)
            assert state is not None
            assert isinstance(state.trouble, FolderAway)
            (tmp_path / "away").rename(folder)
            drop(folder, "b.jpg")
            await until(lambda: len(done(desk)) == 2 and not desk.problems.all())

    asyncio.run(scenario())


def test_what_can_not_be_watched_is_said_and_not_kept(home: Path, tmp_path: Path) -> None:
    folder = drop(tmp_path / "lot", "a.jpg")

    async def scenario() -> None:
        async with watching_desk(home) as desk:
            recipe = await recipe_over(desk, folder, folder / "results")
            with pytest.raises(ResultsInWatchedFolder):
                await desk.watches.set(Watch(recipe.recipe_id, folder, on=True))
            with pytest.raises(NoFolderToWatch):
                await desk.watches.set(Watch(recipe.recipe_id, tmp_path / "none", on=True))
            with RoboflowCloud() as cloud:
                account_id = await connected(desk, cloud)
                await desk.recipes.change(replace(recipe, account_id=account_id, save_to=tmp_path / "results"))
                with pytest.raises(WatchingCostsMoney):
                    await desk.watches.set(Watch(recipe.recipe_id, folder, on=True))
            assert desk.watches.all() == ()
            assert desk.watches.under_way() == ()

    asyncio.run(scenario())


def measured(account_id: str, job_id: str, credits: float) -> Measure:
    now = local_now().timestamp()
    return Measure(
        account_id=account_id,
        job_id=job_id,
        workflow_id="find-things",
        content=Content.IMAGES,
        machine="cpu",
        items=100,
        started=now - 60,
        ended=now,
        machine_seconds=1200.0,
        credits=credits,
    )


def test_a_limit_holds_for_every_batch(home: Path, tmp_path: Path) -> None:
    with RoboflowCloud() as cloud:

        async def scenario() -> None:
            async with watching_desk(home) as desk:
                account_id = await connected(desk, cloud)
                wish = WatchWish(
                    path=tmp_path,
                    task="t",
                    name="Lot",
                    account_id=account_id,
                    workflow_id="find-things",
                    options=JobOptions(machine="cpu"),
                    content=Content.IMAGES,
                    monthly_credits=10.0,
                )
                permit, key = desk.watching.limit.permit, (account_id, "w-1-1i")
                price = desk.accounts.capabilities(account_id).credits_an_hour["cpu"]
                first = await permit(wish, 500, [key])
                # Nobody knows yet what one costs: a few, and all that is left as the limit of their job.
                assert (first.count, first.options.timeout_seconds) == (20, int(10.0 / price * 3600))
                desk.costs._ledger.enter(measured(account_id, key[1], 6.0))
                desk._journal.measures.put([measured(account_id, key[1], 6.0)])
                then = await permit(wish, 500, [key])
                assert then.options.timeout_seconds == int(4.0 / price * 3600)
                assert 1 <= then.count <= 500
                both = await permit(replace(wish, content=Content.UNKNOWN), 1, [key])
                assert both.options.timeout_seconds == int(2.0 / price * 3600)
                desk.costs._ledger.enter(measured(account_id, "w-1-2i", 4.0))
                keys = [key, (account_id, "w-1-2i")]
                with pytest.raises(WatchLimitReached, match="10"):
                    await permit(wish, 500, keys)
                assert (await permit(replace(wish, monthly_credits=20.0), 500, keys)).count >= 1
                await desk.costs.set_budget(account_id, Budget(soft=1.0))
                with pytest.raises(WatchBudgetReached):
                    await permit(replace(wish, monthly_credits=20.0), 500, keys)

        asyncio.run(scenario())


def test_a_job_that_is_not_measured_counts_with_all_it_may_use(home: Path) -> None:
    with RoboflowCloud() as cloud:

        async def scenario() -> None:
            async with watching_desk(home) as desk:
                account_id = await connected(desk, cloud)
                price = desk.accounts.capabilities(account_id).credits_an_hour["cpu"]
                options = JobDefinition(
                    content=Content.IMAGES, batch_id="b", workflow_id="w", timeout_seconds=3600, machine="cpu"
                )
                job = Job(account_id, "w-1-1i", "Lot 1", JobState.DONE, created=local_now())
                desk.jobs._board.record([JobRecord(job, Phase.STARTED, options)])
                assert desk.costs.used_by([job.key]) == pytest.approx(price)
                desk.costs._ledger.enter(measured(account_id, job.job_id, 0.5))
                assert desk.costs.used_by([job.key]) == pytest.approx(0.5)

        asyncio.run(scenario())


def test_where_nobody_knows_the_price_no_limit_would_hold(home: Path) -> None:
    with RoboflowCloud() as cloud:

        async def scenario() -> None:
            async with watching_desk(home) as desk:
                account_id = await connected(desk, cloud)
                service = await desk.accounts.service(account_id)
                service.capabilities = replace(service.capabilities, credits_an_hour={})
                with pytest.raises(WatchingPriceUnknown):
                    await desk.watching.limit.check(account_id, 10.0)

        asyncio.run(scenario())
