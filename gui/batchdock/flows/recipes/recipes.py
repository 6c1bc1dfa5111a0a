"""Recipes: kept, made from jobs, and run over whatever their source has by now."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.bucket import SignInWay, Storage, StorageKind
from batchdock.core.errors import NothingUsable
from batchdock.core.errors.recipes import NewOnlyOfFiles, NoRecipeOfThis, NothingNew, RecipeGone, RecipeNameTaken
from batchdock.core.ids import marked_job_id, new_mark
from batchdock.core.intake import Finding, Item, Review
from batchdock.core.job import Job, JobDefinition, JobOptions
from batchdock.core.order import Order
from batchdock.core.recipe import BucketSource, FolderSource, ListSource, QuerySource, Recipe, Source
from batchdock.core.reference import LineCause
from batchdock.core.states import JobState
from batchdock.flows.accounts import Accounts
from batchdock.flows.buckets import Buckets
from batchdock.flows.intake import Intake
from batchdock.flows.jobs import Jobs
from batchdock.flows.news import News, RecipesChanged
from batchdock.flows.recipes.files import Imported, read_recipe, write_recipe
from batchdock.flows.references import BOTH, JobWish, References, ReferenceSending
from batchdock.flows.results.autosave import KEPT_BY_SERVICES
from batchdock.store import Journal
from batchdock.store.had import Had

OnReview = Callable[[Review], None]
JobKey = tuple[str, str]

_TOPS_AT_MOST = 20
"""More files that were dropped by themselves are known by the folders above them."""
_NOT_HAD = (JobState.FAILED, JobState.STOPPED)
"""What a job did that ended like this is to be done again."""


@dataclass(frozen=True, slots=True)
class Known:
    """A recipe with what it has done: how many jobs, and the newest of them."""

    recipe: Recipe
    jobs: int = 0
    last: Job | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run would begin. `order` is what it would send of this computer's files, None of references.

    `left_out` are files that can not be used; `had` counts those that an earlier run had.
    """

    recipe: Recipe
    order: Order | None = None
    new_only: bool = False
    left_out: tuple[Item, ...] = ()
    had: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """What a run has begun: jobs over files, or references that are handed over before there are jobs.

    `left_out` are files that can not be used; `had` counts those that an earlier run had.
    """

    recipe: Recipe
    jobs: tuple[Job, ...] = ()
    sendings: tuple[ReferenceSending, ...] = ()
    left_out: tuple[Item, ...] = ()
    had: int = 0


class Recipes:
    """Belongs to the loop of the flows. No recipe has a secret."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        news: News,
        intake: Intake,
        jobs: Jobs,
        references: References,
        buckets: Buckets,
        home: Path,
    ) -> None:
        """`home` is the folder for what was handed over by reference."""
        self._home = home
        self._accounts, self._journal, self._news, self._intake = accounts, journal, news, intake
        self._jobs, self._references, self._buckets = jobs, references, buckets

    # --- kept -----------------------------------------------------------------------------------------------------

    def all(self) -> tuple[Recipe, ...]:
        """Return all recipes, the oldest first. Safe from any thread."""
        return tuple(self._journal.recipes.all())

    def find(self, name_or_id: str) -> Recipe:
        """Return a recipe by its name or id. Raise `RecipeGone`."""
        found = [each for each in self.all() if name_or_id in (each.recipe_id, each.name)]
        if not found:
            raise RecipeGone(name=name_or_id)
        return found[0]

    def keys_of(self, recipe: Recipe) -> tuple[JobKey, ...]:
        """Return the keys of the jobs of its runs, the first ones first. Safe from any thread."""
        return tuple(self._journal.recipes.jobs_of(recipe.recipe_id))

    async def known(self) -> tuple[Known, ...]:
        """Return all recipes by name, each with what it has done."""

        def look() -> tuple[Known, ...]:
            found = []
            for recipe in self.all():
                done = [job for job in map(self._jobs.get, self.keys_of(recipe)) if job is not None]
                found.append(Known(recipe, len(done), done[-1] if done else None))
            return tuple(sorted(found, key=lambda each: each.recipe.name.casefold()))

        return await asyncio.to_thread(look)

    async def add(self, recipe: Recipe, of_job: JobKey | None = None) -> Recipe:
        """Keep a new recipe. What `of_job` worked on is not new to it. Raise `RecipeNameTaken`."""
        kept = await asyncio.to_thread(self._journal.recipes.add, replace(recipe, name=recipe.name.strip()))
        if kept is None:
            raise RecipeNameTaken(name=recipe.name.strip())
        if of_job is not None:
            await asyncio.to_thread(self._journal.recipes.note_jobs, kept, [of_job], None)
        self._news.publish(RecipesChanged())
        return kept

    async def change(self, recipe: Recipe) -> None:
        """Replace the recipe with this id. Raise `RecipeNameTaken`."""
        if not await asyncio.to_thread(self._journal.recipes.change, replace(recipe, name=recipe.name.strip())):
            raise RecipeNameTaken(name=recipe.name.strip())
        self._news.publish(RecipesChanged())

    async def remove(self, recipe: Recipe) -> None:
        """Forget a recipe; it can be restored until the app starts anew. Its jobs and their results stay."""
        await asyncio.to_thread(self._journal.recipes.remove, recipe.recipe_id)
        self._news.publish(RecipesChanged())

    async def restore(self, recipe: Recipe) -> None:
        """Undo `remove`. Raise `RecipeNameTaken`."""
        if not await asyncio.to_thread(self._journal.recipes.restore, recipe.recipe_id):
            raise RecipeNameTaken(name=recipe.name)
        self._news.publish(RecipesChanged())

    def tidy(self) -> None:
        """Let go of what was removed. Blocks."""
        self._journal.recipes.tidy()
        kept = {each.recipe_id for each in self.all()}
        for path in self._home.glob("*.sqlite"):
            if path.stem not in kept:
                path.unlink(missing_ok=True)

    async def of_job(self, key: JobKey) -> Recipe:
        """Return what would do again what a job did, not kept yet. Raise `NoRecipeOfThis`, `NotFound`."""
        definition = await self._jobs.definition(key)
        job = self._jobs.get(key)
        if definition is None or job is None:
            raise NoRecipeOfThis(name=job.name if job is not None else key[1])
        source = await self._source_of(key, definition)
        if source is None:
            raise NoRecipeOfThis(name=job.name)
        options = {each.name: getattr(definition, each.name) for each in fields(JobOptions)}
        saved = self._journal.jobs.get(*key)
        return Recipe(
            name=job.name,
            source=source,
            account_id=key[0],
            workflow_id=definition.workflow_id,
            options=JobOptions(**{**options, "image_input": None}),  # Found anew by each start.
            save_to=saved.saved.parent if saved is not None and saved.saved is not None else None,
            content=definition.content,
        )

    async def _source_of(self, key: JobKey, definition: JobDefinition) -> Source | None:
        sent = await asyncio.to_thread(self._journal.references.of_batch, key[0], definition.batch_id)
        for sending in sent:
            origin = sending.origin
            match origin["kind"]:
                case "list":
                    return ListSource(origin["path"])
                case "address":
                    return ListSource(origin["address"])
                case "query":
                    return QuerySource(origin["query"])
                case "bucket":
                    told = origin["storage"]
                    kind, way = StorageKind(told["kind"]), SignInWay(told["way"])
                    storage = Storage(**{**told, "kind": kind, "way": way})
                    return BucketSource(storage, origin["bucket"], origin["pattern"], origin["hours"])
        folders = await asyncio.to_thread(self._folders, key[0], definition.batch_id)
        return FolderSource(folders) if folders else None

    def _folders(self, account_id: str, batch_id: str) -> tuple[Path, ...]:
        """Return the folders that were dropped, and those of files that were dropped by themselves."""
        tops = self._journal.files.tops(account_id, batch_id, _TOPS_AT_MOST)
        found = dict.fromkeys(top if top.is_dir() else top.parent for top in tops)
        return tuple(each for each in found if not any(each != other and each.is_relative_to(other) for other in found))

    def unfinished(self, recipe: Recipe) -> tuple[Job, ...]:
        """Return the jobs of earlier runs that have not ended, or whose results wait to be saved."""
        lately = datetime.now(UTC) - KEPT_BY_SERVICES
        found = []
        for key in self.keys_of(recipe):
            record = self._journal.jobs.get(*key)
            if record is None or record.hidden or record.saved is not None or record.job.state in _NOT_HAD:
                continue
            if self._journal.recipes.folder_of(key) is not None and (record.job.created or lately) >= lately:
                found.append(record.job)
        return tuple(found)

    def left(self, recipe: Recipe) -> tuple[ReferenceSending, ...]:
        """Return what an earlier run began to hand over and has not ended; for who may go on with it only."""
        ids = {job_id for _, job_id in self.keys_of(recipe)}
        return tuple(each for each in self._journal.references.unfinished() if each.job.get("job_id") in ids)

    # --- run ------------------------------------------------------------------------------------------------------

    async def run(self, recipe: Recipe, *, new_only: bool = False, on_review: OnReview = lambda review: None) -> Begun:
        """Prepare a run and begin it. Raises what both raise."""
        return await self.begin(await self.prepare(recipe, new_only=new_only, on_review=on_review))

    async def prepare(
        self, recipe: Recipe, *, new_only: bool = False, on_review: OnReview = lambda review: None
    ) -> Prepared:
        """Look at the files of a recipe. Nothing is begun.

        With `new_only` it is about files that no earlier run of it had, or that have changed since. What a job had that
        failed or was stopped is new. Raise `NothingNew`, `NewOnlyOfFiles`, `NothingUsable`.
        """
        source = recipe.source
        if isinstance(source, QuerySource) and new_only:
            raise NewOnlyOfFiles(name=recipe.name)
        if not isinstance(source, FolderSource):
            return Prepared(recipe, new_only=new_only)
        items: list[Item] = []

        def on_update(review: Review) -> None:
            items.extend(review.fresh)
            on_review(review)

        await self._intake.review(source.paths, on_update=on_update)
        usable, left_out, had = await asyncio.to_thread(self._sorted, recipe, source, items, new_only=new_only)
        if not usable:
            if had:
                raise NothingNew(name=recipe.name, count=f"{had + len(left_out):,}")
            raise NothingUsable(count=len(items))
        order = Order(
            account_id=recipe.account_id,
            workflow_id=recipe.workflow_id,
            name=_dated(recipe),
            items=tuple(usable),
            options=recipe.options,
            mark=new_mark(datetime.now(UTC).date()),
        )
        return Prepared(recipe, order, new_only, tuple(left_out), had)

    async def begin(self, prepared: Prepared) -> Begun:
        """Begin a run: of files, the jobs are written down and being sent; of references, nothing moves yet.

        Begun twice, it is the same run. Raises what keeps the source or the account from being used.
        """
        recipe, order = prepared.recipe, prepared.order
        mark = new_mark(datetime.now(UTC).date()) if order is None else order.mark
        # Before anything is started: whatever happens, the jobs are known to be of this recipe.
        await self.note(recipe, mark)
        if order is not None:
            return Begun(recipe, await self._jobs.start(order), left_out=prepared.left_out, had=prepared.had)
        had = self._home / f"{recipe.recipe_id}.sqlite"
        wish = JobWish(workflow_id=recipe.workflow_id, options=recipe.options, mark=mark, had=had)
        if prepared.new_only:
            await asyncio.to_thread(Had(had).forget, await asyncio.to_thread(self._to_do_again, recipe))
        return Begun(recipe, sendings=await self._sendings(recipe, wish, had if prepared.new_only else None))

    def _sorted(
        self, recipe: Recipe, source: FolderSource, items: Sequence[Item], *, new_only: bool
    ) -> tuple[list[Item], list[Item], int]:
        """Return what the recipe takes, what of its files can not be used, and how many it had before."""
        known = self.had(recipe) if new_only else set()
        usable, left_out, had = [], [], 0
        for item in items:
            if item.finding is not Finding.NOT_REACHABLE and not source.patterns.fit(item.relative):
                continue
            if not item.usable:
                left_out.append(item)
            elif (str(item.path), item.size, item.modified) in known:
                had += 1
            elif recipe.takes(item.content):
                usable.append(item)
        return usable, left_out, had

    def had(self, recipe: Recipe, *, but: str | None = None) -> set[tuple[str, int, float]]:
        """Return path, size and time of change of what earlier runs had, or are working on. Blocks.

        Jobs whose ids begin with `but` are passed over.
        """
        found: set[tuple[str, int, float]] = set()
        for key in self.keys_of(recipe):
            record = self._journal.jobs.get(*key) if but is None or not key[1].startswith(but) else None
            if record is not None and record.definition is not None and record.job.state not in _NOT_HAD:
                found |= self._journal.files.identities(key[0], record.definition.batch_id)
        return found

    def _to_do_again(self, recipe: Recipe) -> list[str]:
        """Return the jobs whose files are new, as they failed or were stopped."""
        records = {key: self._journal.jobs.get(*key) for key in self.keys_of(recipe)}
        return [key[1] for key, record in records.items() if record is not None and record.job.state in _NOT_HAD]

    async def _sendings(self, recipe: Recipe, wish: JobWish, had: Path | None) -> tuple[ReferenceSending, ...]:
        contents = tuple(filter(recipe.takes, BOTH))
        match recipe.source:
            case ListSource(place):
                looked = await self._references.look(place if "://" in place else Path(place))
                try:
                    if had is not None:
                        looked = await looked.without(had)
                        counts = looked.counts
                        if not any(map(counts.of, contents)) and counts.causes.get(LineCause.HAD_ALREADY):
                            raise NothingNew(name=recipe.name, count=f"{looked.counts.lines:,}")
                    return await self._references.send(
                        recipe.account_id, looked, _dated(recipe), job=wish, contents=contents
                    )
                except BaseException:
                    await self._references.discard(looked)
                    raise
            case BucketSource(storage, bucket, pattern, hours):
                counted = await self._buckets.count(storage, bucket, pattern)
                try:
                    if had is not None:
                        before, counted = counted.counts.usable, await counted.without(had)
                        if not any(map(counted.counts.of, contents)):
                            raise NothingNew(name=recipe.name, count=f"{before:,}")
                    return await self._buckets.send(
                        recipe.account_id, counted, _dated(recipe), hours=hours, job=wish, contents=contents
                    )
                except BaseException:
                    await self._buckets.discard(counted)
                    raise
            case QuerySource(query):
                return (await self._references.query(recipe.account_id, query, _dated(recipe), job=wish),)
            case FolderSource():
                raise AssertionError

    async def note(self, recipe: Recipe, mark: str) -> None:
        """Note that the jobs of orders with this mark are of a run of this recipe: their results go where it says."""
        keys = [(recipe.account_id, marked_job_id(mark, content)) for content in BOTH]
        await asyncio.to_thread(self._journal.recipes.note_jobs, recipe, keys, recipe.save_to)

    # --- given to others --------------------------------------------------------------------------------------------

    async def export(self, recipe: Recipe, to: Path) -> tuple[str, ...]:
        """Write a recipe into a file, without secrets. Return the names of what was left out for that.

        Raise `FolderNotWritable`, `UnknownAccount`.
        """
        account = await self._accounts.find(recipe.account_id)
        return await asyncio.to_thread(write_recipe, recipe, account, to)

    async def read(self, path: Path) -> Imported:
        """Read a recipe that somebody has exported; nothing is kept. Raise `NotARecipe`, or that it can not be read."""
        return await asyncio.to_thread(read_recipe, path, self._accounts.all())


def _dated(recipe: Recipe) -> str:
    return f"{recipe.name} {datetime.now().astimezone():%Y-%m-%d %H:%M}"
