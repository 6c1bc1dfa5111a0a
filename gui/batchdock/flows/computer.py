"""What only this computer can be told: workflows and models of one's own, how it works, how much it holds."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.computer import ComputerSettings, Computing, Model, ModelAnswers, ModelLook, Storage, Trial
from batchdock.core.errors import ConnectionProblem, FileUnreadable, LocalServiceStopped, NotFound
from batchdock.core.ports import OwnComputer
from batchdock.core.workflow import Workflow
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.names import printable
from batchdock.flows.news import News, WorkflowsChanged
from batchdock.flows.own_files import (
    Sorted,
    WorkflowFile,
    read_names,
    read_pasted_workflow,
    read_picture,
    read_workflow,
    sort_files,
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything this computer can run, and which models each workflow names: `used[workflow_id]` are model ids."""

    workflows: tuple[Workflow, ...]
    models: tuple[Model, ...]
    used: dict[str, tuple[str, ...]]

    def users(self, model_id: str) -> tuple[Workflow, ...]:
        """Return the workflows that can not run without a model."""
        return tuple(each for each in self.workflows if model_id in self.used.get(each.workflow_id, ()))


class Computer:
    """The service of this computer, started as needed. What was added or removed is told as `WorkflowsChanged`."""

    def __init__(self, accounts: Accounts, news: News) -> None:
        self._accounts = accounts
        self._news = news

    async def sort_files(self, paths: Sequence[Path]) -> Sorted:
        """Tell which of these files are workflows and models. Never raises."""
        return await asyncio.to_thread(sort_files, paths)

    # --- workflows

    async def read_workflow(self, path: Path) -> WorkflowFile:
        """Read a Workflow JSON. Raise `NotAWorkflow`, `FileUnreadable`."""
        return await asyncio.to_thread(read_workflow, path)

    async def read_pasted_workflow(self, text: str, name: str) -> WorkflowFile:
        """Read a Workflow JSON that was copied as text; `name` is what people call it. Raise `NotAWorkflow`."""
        return await asyncio.to_thread(read_pasted_workflow, text, name)

    async def check_workflow(self, file: WorkflowFile) -> Workflow:
        """Return what it would be here, with inputs and outputs. Takes seconds. Raise `WorkflowUnfit`."""
        async with self._asked() as own:
            return await own.check_workflow(file.name, file.definition)

    async def add_workflow(self, file: WorkflowFile, name: str) -> Workflow:
        """Keep a workflow. Takes seconds: it is checked. Raise `WorkflowUnfit`."""
        async with self._asked() as own:
            added = await own.add_workflow(name, file.description, file.definition)
        self._tell(added.workflow_id)
        return added

    async def remove_workflow(self, workflow_id: str) -> None:
        """Forget a workflow. Raise `NotFound`, `StillUsed`."""
        async with self._asked() as own:
            await own.remove_workflow(workflow_id)
        self._tell()

    # --- models

    async def look_at_model(self, path: Path) -> ModelLook:
        """Look into a model file; `path` is absolute. Takes seconds. Raise `ModelUnfit`, `FileUnreadable`."""
        _check_name(path)
        async with self._asked() as own:
            return await own.look_at_model(path)

    async def read_names(self, path: Path, count: int) -> tuple[str, ...]:
        """Read the names of `count` classes from a text file or a YAML. Raise `NamesUnfit`, `FileUnreadable`."""
        return await asyncio.to_thread(read_names, path, count)

    async def read_picture(self, path: Path) -> bytes:
        """Return the bytes of the picture that a model is tried on. Raise `FileUnreadable`."""
        return await asyncio.to_thread(read_picture, path)

    async def try_model(self, path: Path, look: ModelLook, answers: ModelAnswers, picture: Path) -> Trial:
        """Run a model that was looked at over one picture; both paths are absolute.

        Raise `ModelUnfit`, `FileUnreadable`.
        """
        _check_name(picture)
        async with self._asked() as own:
            try:
                return await own.try_model(look.look_id, answers, picture)
            except NotFound:  # The service has been started anew since, and forgets looks.
                again = await own.look_at_model(path)
                return await own.try_model(again.look_id, answers, picture)

    async def add_model(self, path: Path, look: ModelLook, name: str, answers: ModelAnswers) -> Model:
        """Keep a copy of a model that was looked at, and a workflow that runs it. Raise `ModelUnfit`."""
        async with self._asked() as own:
            try:
                added = await own.add_model(look.look_id, name, answers)
            except NotFound:
                again = await own.look_at_model(path)
                added = await own.add_model(again.look_id, name, answers)
        self._tell(added.workflow_id or "")
        return added

    async def remove_model(self, model_id: str) -> None:
        """Forget a model and its workflow. Raise `NotFound`, `StillUsed`."""
        async with self._asked() as own:
            await own.remove_model(model_id)
        self._tell()

    async def models(self) -> tuple[Model, ...]:
        """Return all models, built-in ones first."""
        async with self._asked() as own:
            return await own.models()

    # --- everything there is

    async def shelf(self) -> Shelf:
        """Return all workflows and models, and which uses which."""
        service = await self._accounts.service(THIS_COMPUTER_ID)
        models = await self.models()
        listed = await service.workflows()
        known = {each.model_id for each in models}
        alone = {(each.workflow_id, each.model_id) for each in models}
        workflows = []
        used: dict[str, tuple[str, ...]] = {}
        for each in listed:
            try:
                workflow = await service.workflow(each.workflow_id)
            except NotFound:  # Somebody has just removed it.
                continue
            workflows.append(workflow)
            named = known.intersection(_texts_in(workflow.definition))
            named |= {model_id for workflow_id, model_id in alone if workflow_id == each.workflow_id}
            used[each.workflow_id] = tuple(sorted(named))
        return Shelf(tuple(workflows), models, used)

    # --- how it works

    async def settings(self) -> tuple[ComputerSettings, Computing]:
        """Return how it works, and what does the work at the moment."""
        async with self._asked() as own:
            return await own.settings()

    async def change_settings(self, settings: ComputerSettings) -> tuple[ComputerSettings, Computing]:
        """Work in another way from now on. Raise `BadRequest` for what makes no sense."""
        async with self._asked() as own:
            return await own.change_settings(settings)

    async def storage(self) -> Storage:
        """Return what it holds."""
        async with self._asked() as own:
            return await own.storage()

    async def remove_batch(self, batch_id: str) -> None:
        """Remove a batch, and what is held for it. Raise `NotFound`, and `StillUsed` while a job uses it."""
        async with self._asked() as own:
            await own.remove_batch(batch_id)

    async def clean_up(self) -> Storage:
        """Remove what may go; return what is left."""
        async with self._asked() as own:
            return await own.clean_up()

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[OwnComputer]:
        """Give the service, started as needed. Raise `LocalServiceStopped` when it ends while it is asked."""
        computer = (await self._accounts.service(THIS_COMPUTER_ID)).computer
        if computer is None:
            raise LocalServiceStopped
        try:
            yield computer
        except ConnectionProblem as error:
            # No network lies between: there is nobody there.
            raise LocalServiceStopped(details=error.details) from None

    def _tell(self, added: str = "") -> None:
        self._news.publish(WorkflowsChanged(THIS_COMPUTER_ID, added))


def _check_name(path: Path) -> None:
    """Raise `FileUnreadable` for a path that is no text: the service is told paths in JSON."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        name = printable(path.name)
        raise FileUnreadable(name=name, reason="Its name is not readable text. Give it another one.") from None


def _texts_in(value: object) -> Iterator[str]:
    """Yield every text in a definition: which of them name models, only the engine knows for sure."""
    waiting: list[object] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, Sequence):
            waiting.extend(each)
