"""Recipes that run by themselves: each watches its folder while it is switched on and the app runs."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from batchdock.core.errors import BatchdockError
from batchdock.core.errors.watching import NoFolderToWatch, ResultsInWatchedFolder
from batchdock.core.job import Job
from batchdock.core.recipe import FolderSource, Recipe
from batchdock.core.watched import SETTLED_SECONDS, Patterns, Watch, WatchState
from batchdock.flows.jobs import Jobs
from batchdock.flows.news import News, RecipesChanged, WatchesChanged
from batchdock.flows.problems import Problems
from batchdock.flows.pulse import Pulse
from batchdock.flows.recipes import Recipes
from batchdock.flows.watching.watching import Watching
from batchdock.flows.watching.wish import Identity, Oversight, WatchWish
from batchdock.store import Journal
from batchdock.store.watched import WATCH_MARK

_log = logging.getLogger(__name__)

_TELL_SECONDS = 0.5
_AGAIN_SECONDS = 30.0
"""Until a watch that ended with an error begins anew."""


class Watches:
    """Belongs to the loop of the flows. Nothing is watched before `start`."""

    def __init__(
        self,
        journal: Journal,
        watching: Watching,
        recipes: Recipes,
        jobs: Jobs,
        problems: Problems,
        news: News,
        usual_folder: Callable[[], Path],
        settled_seconds: float = SETTLED_SECONDS,
    ) -> None:
        """`usual_folder` tells where results go of which nothing else is said."""
        self._settled = settled_seconds
        self._journal, self._watching, self._recipes, self._jobs = journal, watching, recipes, jobs
        self._problems, self._news, self._usual_folder = problems, news, usual_folder
        self._states: dict[str, WatchState] = {}
        self._tasks: dict[str, tuple[Watch, Recipe, asyncio.Task[None]]] = {}
        self._pulse = Pulse(lambda: news.publish(WatchesChanged()), _TELL_SECONDS)
        self._turn = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def all(self) -> tuple[Watch, ...]:
        """Return what recipes may do by themselves. Safe from any thread."""
        return tuple(self._journal.recipes.watches())

    def of(self, recipe_id: str) -> Watch | None:
        """Return what a recipe may do by itself, None where nobody ever said. Safe from any thread."""
        return next((each for each in self.all() if each.recipe_id == recipe_id), None)

    def state(self, recipe_id: str) -> WatchState | None:
        """Return how it stands, None while it is not watched. Safe from any thread."""
        return self._states.get(recipe_id)

    def under_way(self) -> tuple[str, ...]:
        """Return the names of the recipes that watch now. Safe from any thread."""
        return tuple(recipe.name for _, recipe, _ in tuple(self._tasks.values()))

    async def set(self, watch: Watch) -> None:
        """Keep what a recipe may do by itself, and do it from now on, or no longer.

        Raise `NoFolderToWatch`, `ResultsInWatchedFolder`, `WatchingCostsMoney`, and what keeps the account from being
        used; then all is as before.
        """
        recipe = self._recipes.find(watch.recipe_id)
        if watch.on:
            await asyncio.to_thread(self._check_folders, watch, recipe)
            await self._watching.limit.check(recipe.account_id, watch.monthly_credits)
        await asyncio.to_thread(self._journal.recipes.put_watch, watch)
        self._news.publish(RecipesChanged())

    def start(self) -> None:
        """Watch from now on what is switched on."""
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = self._news.subscribe(self._hear)
        self._want()

    async def close(self) -> None:
        """Watch nothing more. What was gathered goes on next time."""
        self._unsubscribe()
        self._loop = None
        async with self._turn:
            for recipe_id in tuple(self._tasks):
                await self._end(recipe_id)

    # --- what is watched

    def _hear(self, event: object) -> None:
        if isinstance(event, RecipesChanged) and self._loop is not None:
            self._loop.call_soon_threadsafe(self._want)

    def _want(self) -> None:
        if self._loop is not None:
            task = asyncio.ensure_future(self._follow())
            task.add_done_callback(_log_trouble)

    async def _follow(self) -> None:
        """Begin and end what is to be begun and ended."""
        async with self._turn:
            recipes = {each.recipe_id: each for each in await asyncio.to_thread(self._recipes.all)}
            wanted = {each.recipe_id: each for each in await asyncio.to_thread(self.all) if each.on}
            for recipe_id, (watch, recipe, _) in tuple(self._tasks.items()):
                if (wanted.get(recipe_id), recipes.get(recipe_id)) != (watch, recipe):
                    await self._end(recipe_id)
            if self._loop is None:
                return
            for recipe_id, watch in wanted.items():
                if recipe_id not in self._tasks:
                    recipe = recipes[recipe_id]
                    task = asyncio.ensure_future(self._watch(watch, recipe))
                    self._tasks[recipe_id] = (watch, recipe, task)
                    self._states[recipe_id] = WatchState()
            self._pulse.want()

    async def _end(self, recipe_id: str) -> None:
        _, _, task = self._tasks.pop(recipe_id)
        self._states.pop(recipe_id, None)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        self._problems.settle(f"watch:{recipe_id}")

    async def _watch(self, watch: Watch, recipe: Recipe) -> None:
        source = recipe.source
        wish = WatchWish(
            path=watch.folder,
            task=recipe.recipe_id,
            name=recipe.name,
            account_id=recipe.account_id,
            workflow_id=recipe.workflow_id,
            options=recipe.options,
            content=recipe.content,
            patterns=source.patterns if isinstance(source, FolderSource) else Patterns(),
            gathering=watch.gathering,
            settled_seconds=self._settled,
            monthly_credits=watch.monthly_credits,
            results=recipe.save_to or self._usual_folder(),
        )
        oversight = _OfRecipe(recipe, self._recipes, self._jobs, lambda state: self._take(recipe.recipe_id, state))
        while True:
            try:
                await self._watching.watch(wish, oversight)
            except BatchdockError as error:
                self._report(recipe, error)
            except Exception as error:
                _log.exception("The folder of a recipe can not be watched")
                self._report(recipe, BatchdockError(details=type(error).__name__))
            await asyncio.sleep(_AGAIN_SECONDS)
            self._problems.settle(f"watch:{recipe.recipe_id}")

    def _report(self, recipe: Recipe, error: BatchdockError) -> None:
        self._problems.report(f"watch:{recipe.recipe_id}", recipe.name, error)
        self._take(recipe.recipe_id, WatchState(trouble=error))

    def _take(self, recipe_id: str, state: WatchState) -> None:
        self._states[recipe_id] = state
        self._pulse.want()

    def _check_folders(self, watch: Watch, recipe: Recipe) -> None:
        folder = watch.folder.resolve()
        if not folder.is_dir():
            raise NoFolderToWatch(folder=watch.folder)
        results = (recipe.save_to or self._usual_folder()).resolve()
        if results.is_relative_to(folder):
            raise ResultsInWatchedFolder(folder=watch.folder)


class _OfRecipe(Oversight):
    """Batches of a recipe: their results are saved by themselves, where it says."""

    def __init__(self, recipe: Recipe, recipes: Recipes, jobs: Jobs, show: Callable[[WatchState], None]) -> None:
        self._recipe, self._recipes, self._jobs, self._show = recipe, recipes, jobs, show

    async def note(self, mark: str) -> None:
        await self._recipes.note(self._recipe, mark)

    async def see_to_its_end(self, jobs: tuple[Job, ...]) -> None:
        for job in jobs:
            await self._jobs.ended(job.key)

    def jobs(self, mark: str) -> Iterable[tuple[str, str]]:
        return self._recipes.keys_of(self._recipe)

    def had(self) -> frozenset[Identity]:
        # What was gathered here is known by itself.
        found = self._recipes.had(self._recipe, but=WATCH_MARK)
        return frozenset((path, size, round(modified, 3)) for path, size, modified in found)

    def show(self, state: WatchState) -> None:
        self._show(state)


def _log_trouble(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("What recipes do by themselves could not be followed", exc_info=error)
