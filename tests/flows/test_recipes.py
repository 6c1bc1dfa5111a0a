"""Recipes: made from jobs, run again on what is new, given to others without secrets."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.errors import FileUnreadable, FolderNotWritable, NothingUsable
from batchdock.core.errors.recipes import (
    NewOnlyOfFiles,
    NoRecipeOfThis,
    NotARecipe,
    NothingNew,
    RecipeGone,
    RecipeNameTaken,
    RecipeOfNewerVersion,
)
from batchdock.core.intake import Finding
from batchdock.core.job import Job, JobDefinition, JobOptions
from batchdock.core.recipe import FolderSource, ListSource, QuerySource, Recipe
from batchdock.core.states import JobState
from batchdock.core.watched import Patterns
from batchdock.flows.desk import Desk
from batchdock.flows.news import RecipesChanged
from batchdock.flows.preferences import AUTOSAVE
from batchdock.keystore.session import SessionKeys
from batchdock.store import JobRecord, Phase
from fakes.roboflow_cloud import RoboflowCloud
from making.desks import desk_at, order, reviewed, until
from making.media import code_picture, picture
from making.reference_lists import line, write_list
from making.starting import connected

WORKFLOW = "read-codes"


def drop(folder: Path, *names: str) -> Path:
    for name in names:
        picture(folder / name, seed=hash_of(name), size=(16, 16))
    return folder


def hash_of(name: str) -> int:
    return sum(map(ord, name))


def over(folder: Path, name: str = "Codes", patterns: Patterns = Patterns()) -> Recipe:  # noqa: B008 - frozen
    return Recipe(
        name=name, source=FolderSource((folder,), patterns), account_id=THIS_COMPUTER_ID, workflow_id=WORKFLOW
    )


def handed(cloud: RoboflowCloud) -> list[str]:
    return [name for batch in cloud.state.batches.values() for shard in batch.shards for name in shard.members]


def sizes(jobs: tuple[Job, ...]) -> list[int | None]:
    return [job.items_total for job in jobs]


def test_a_recipe_made_from_a_job_does_the_same_on_what_is_new(home: Path, tmp_path: Path) -> None:
    folder = drop(tmp_path / "lot", "a.jpg", "b.jpg")
    code_picture(folder / "sub" / "code.png", "harvest")

    async def scenario() -> None:
        async with desk_at(home) as (desk, events):
            wished = replace(order(await reviewed(desk, folder)), options=JobOptions(table_format="jsonl"))
            (first,) = await desk.jobs.start(wished)
            await desk.jobs.ended(first.key)
            draft = await desk.recipes.of_job(first.key)
            assert draft.source == FolderSource((folder,))
            assert (draft.workflow_id, draft.content) == (WORKFLOW, Content.IMAGES)
            assert draft.options.table_format == "jsonl"
            recipe = await desk.recipes.add(replace(draft, name=" Codes "), first.key)
            assert desk.recipes.all() == (recipe,)
            assert desk.recipes.find("Codes") == desk.recipes.find(recipe.recipe_id) == recipe
            assert any(isinstance(event, RecipesChanged) for event in events)
            with pytest.raises(NothingNew, match="3"):
                await desk.recipes.run(recipe, new_only=True)
            drop(folder, "c.jpg")
            picture(folder / "a.jpg", seed=99, size=(16, 16))
            begun = await desk.recipes.run(recipe, new_only=True)
            assert (sizes(begun.jobs), begun.had) == ([2], 2)
            assert begun.jobs[0].name.startswith("Codes ")
            await desk.jobs.ended(begun.jobs[0].key)
            definition = await desk.jobs.definition(begun.jobs[0].key)
            assert definition is not None
            assert definition.table_format == "jsonl"
            assert sizes((await desk.recipes.run(recipe)).jobs) == [4]
            with pytest.raises(NothingNew):
                await desk.recipes.run(recipe, new_only=True)

    asyncio.run(scenario())


def test_what_failed_or_was_stopped_is_new_again(home: Path, tmp_path: Path) -> None:
    folder = drop(tmp_path / "lot", "a.jpg")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            recipe = await desk.recipes.add(over(folder))
            (job,) = (await desk.recipes.run(recipe, new_only=True)).jobs
            await desk.jobs.ended(job.key)
            with pytest.raises(NothingNew):
                await desk.recipes.run(recipe, new_only=True)
            record = desk._journal.jobs.get(*job.key)
            assert record is not None
            desk._journal.jobs.put([replace(record, job=replace(record.job, state=JobState.STOPPED))])
            assert sizes((await desk.recipes.run(recipe, new_only=True)).jobs) == [1]

    asyncio.run(scenario())


def test_only_what_fits_is_worked_on(home: Path, tmp_path: Path) -> None:
    folder = drop(tmp_path / "lot", "a.jpg", "b.png", "old/c.jpg", "notes.d/x.jpg")
    (folder / "bad.jpg").write_text("text")
    (folder / "film.jpg.mp4").write_bytes(b"")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            recipe = await desk.recipes.add(over(folder, patterns=Patterns(("*.jpg",), ("*old/*",))))
            begun = await desk.recipes.run(recipe)
            assert sizes(begun.jobs) == [2]
            assert [(item.path.name, item.finding) for item in begun.left_out] == [("bad.jpg", Finding.NOT_A_PICTURE)]
            none = await desk.recipes.add(replace(over(folder, "None"), content=Content.VIDEOS))
            with pytest.raises(NothingUsable):
                await desk.recipes.run(none)

    asyncio.run(scenario())


def test_recipes_stay_and_each_has_a_name_of_its_own(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            one = await desk.recipes.add(over(tmp_path, "one"))
            two = await desk.recipes.add(over(tmp_path, "two"))
            with pytest.raises(RecipeNameTaken):
                await desk.recipes.add(over(tmp_path, " one "))
            with pytest.raises(RecipeNameTaken):
                await desk.recipes.change(replace(two, name="one"))
            await desk.recipes.change(replace(two, name="zwei", save_to=tmp_path))
        async with desk_at(home) as (desk, _):
            assert desk.recipes.all() == (one, replace(two, name="zwei", save_to=tmp_path))
            await desk.recipes.remove(one)
            with pytest.raises(RecipeGone):
                desk.recipes.find("one")

    asyncio.run(scenario())


def test_results_go_where_the_recipe_says_also_when_it_is_gone(home: Path, tmp_path: Path) -> None:
    folder, to = drop(tmp_path / "lot", "a.jpg"), tmp_path / "results"

    async def scenario() -> None:
        desk = await Desk.open(home, key_store=SessionKeys(), autosave=True, grace_seconds=0)
        try:
            await desk.preferences.set(AUTOSAVE, False)
            wished = replace(over(folder), options=JobOptions(table_format="csv"), save_to=to)
            recipe = await desk.recipes.add(wished)
            (job,) = (await desk.recipes.run(recipe)).jobs
            assert desk.autosave.saves(job.key)
            await desk.recipes.remove(recipe)
            await desk.jobs.ended(job.key)
            await until(lambda: to.is_dir() and any(to.rglob("*.csv")), "the table is saved")
        finally:
            await desk.close()

    asyncio.run(scenario())


def test_a_recipe_over_a_list_hands_it_over_once_more(home: Path, tmp_path: Path) -> None:
    path = write_list(tmp_path / "list.jsonl", [line("a.jpg"), line("b.jpg"), line("film.mp4")])
    with RoboflowCloud() as cloud:

        async def scenario() -> None:
            async with desk_at(home) as (desk, _):
                account_id = await connected(desk, cloud)
                draft = Recipe(
                    name="Far",
                    source=ListSource(str(path)),
                    account_id=account_id,
                    workflow_id="find-things",
                    options=JobOptions(table_format="csv"),
                    content=Content.IMAGES,
                )
                recipe = await desk.recipes.add(draft)
                for _ in range(2):
                    begun = await desk.recipes.run(recipe)
                    assert [sending.files for sending in begun.sendings] == [2]
                    (carried,) = [await desk.references.carry(each) for each in begun.sendings]
                    assert carried.job is not None
                    assert carried.job.key in desk.recipes.keys_of(recipe)
                    again = await desk.recipes.of_job(carried.job.key)
                    assert replace(again, name=recipe.name, recipe_id=recipe.recipe_id) == recipe
                with pytest.raises(NothingNew):
                    await desk.recipes.run(recipe, new_only=True)
                write_list(path, [line("b.jpg"), line("c.jpg"), line("film.mp4"), line("a.jpg")])
                (sending,) = (await desk.recipes.run(recipe, new_only=True)).sendings
                assert sending.files == 1
                new = await desk.references.carry(sending)
                assert handed(cloud)[-1] == "c.jpg"
                with pytest.raises(NothingNew):
                    await desk.recipes.run(recipe, new_only=True)
                assert new.job is not None
                record = desk._journal.jobs.get(*new.job.key)
                assert record is not None
                desk._journal.jobs.put([replace(record, job=replace(record.job, state=JobState.FAILED))])
                (sending,) = (await desk.recipes.run(recipe, new_only=True)).sendings
                assert sending.files == 1
                query = replace(draft, name="Query", source=QuerySource("tag:lot"))
                query = await desk.recipes.add(query)
                with pytest.raises(NewOnlyOfFiles):
                    await desk.recipes.run(query, new_only=True)
                (sending,) = (await desk.recipes.run(query)).sendings
                assert sending.origin["query"] == "tag:lot"

        asyncio.run(scenario())


def test_files_that_were_dropped_by_themselves_stand_for_their_folder(home: Path, tmp_path: Path) -> None:
    folder = drop(tmp_path / "lot", "a.jpg", "b.jpg", "sub/c.jpg")

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            (job,) = await desk.jobs.start(order(await reviewed(desk, folder / "a.jpg", folder / "sub")))
            assert (await desk.recipes.of_job(job.key)).source == FolderSource((folder,))

    asyncio.run(scenario())


def test_what_was_not_sent_from_here_becomes_no_recipe(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            job = Job(THIS_COMPUTER_ID, "j-1", "Other", JobState.DONE)
            definition = JobDefinition(content=Content.IMAGES, batch_id="b-1", workflow_id=WORKFLOW)
            desk.jobs._board.record([JobRecord(job, Phase.STARTED, definition)])
            with pytest.raises(NoRecipeOfThis, match="Other"):
                await desk.recipes.of_job(job.key)

    asyncio.run(scenario())


def test_a_recipe_goes_to_somebody_else_without_secrets(home: Path, tmp_path: Path) -> None:
    secret = "s3cr3t-value"
    file = tmp_path / "a.recipe.json"
    with RoboflowCloud() as cloud:

        async def scenario() -> None:
            async with desk_at(home) as (desk, _):
                account_id = await connected(desk, cloud)
                options = JobOptions(
                    parameters={"openai_api_key": secret, "confidence": 0.5},
                    notifications_url=f"https://hooks.example.org/x?token={secret}",
                )
                place = f"https://example.org/list.jsonl?X-Amz-Signature={secret}"
                recipe = Recipe(
                    name="Far", source=ListSource(place), account_id=account_id, workflow_id="w", options=options
                )
                left_out = await desk.recipes.export(await desk.recipes.add(recipe), file)
                assert left_out == ("openai_api_key", "notifications_url")
                assert secret not in file.read_text(encoding="utf-8")
                read = await desk.recipes.read(file)
                assert read.known
                assert read.recipe.account_id == account_id
                assert read.recipe.source == ListSource("https://example.org/list.jsonl")
                assert read.recipe.options == JobOptions(parameters={"confidence": 0.5})
                with pytest.raises(FolderNotWritable):
                    await desk.recipes.export(recipe, tmp_path / "none" / "a.recipe.json")
            async with desk_at(tmp_path / "elsewhere") as (desk, _):
                read = await desk.recipes.read(file)
                assert not read.known
                assert read.account
                assert read.recipe.account_id == THIS_COMPUTER_ID

        asyncio.run(scenario())


BROKEN = {
    "no JSON": b"\xff\xfe",
    "no object": b"[1]",
    "something else": b'{"batchdock-recipe": "1"}',
    "deep": b"[" * 100_000,
    "no workflow": b'{"batchdock-recipe": 1, "name": "a", "source": {"kind": "query", "query": "a"}}',
    "large": b" " * 1_000_001,
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_recipe_gets_a_sentence(home: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "a.recipe.json"
    file.write_bytes(BROKEN[name])

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            with pytest.raises(NotARecipe, match="What does not fit"):
                await desk.recipes.read(file)
            file.write_text(json.dumps({"batchdock-recipe": 2}), encoding="utf-8-sig")
            with pytest.raises(RecipeOfNewerVersion):
                await desk.recipes.read(file)
            with pytest.raises(FileUnreadable):
                await desk.recipes.read(tmp_path / "none.json")
            assert desk.recipes.all() == ()

    asyncio.run(scenario())
