"""The adapter to the core: `core.ports.OwnComputer`, for the service of this computer alone."""

from pathlib import Path

from batchdock.core.computer import ComputerSettings, Computing, Model, ModelAnswers, ModelLook, Rate, Storage, Trial
from batchdock.core.workflow import Workflow
from batchdock.services.roboflow import own_computer, own_models, own_workflows
from batchdock.services.roboflow.wire import Wire


class RoboflowComputer:
    """Each method is one call into the module that knows how; see `OwnComputer` for what they do."""

    def __init__(self, wire: Wire, workspace: str) -> None:
        self._wire = wire
        self._workspace = workspace

    async def check_workflow(self, name: str, definition: dict[str, object]) -> Workflow:
        """See `OwnComputer.check_workflow`."""
        return await own_workflows.check(self._wire, self._workspace, name, definition)

    async def add_workflow(self, name: str, description: str, definition: dict[str, object]) -> Workflow:
        """See `OwnComputer.add_workflow`."""
        return await own_workflows.add(self._wire, self._workspace, name, description, definition)

    async def remove_workflow(self, workflow_id: str) -> None:
        """See `OwnComputer.remove_workflow`."""
        await own_workflows.remove(self._wire, self._workspace, workflow_id)

    async def look_at_model(self, path: Path) -> ModelLook:
        """See `OwnComputer.look_at_model`."""
        return await own_models.look(self._wire, self._workspace, path)

    async def try_model(self, look_id: str, answers: ModelAnswers, picture: Path) -> Trial:
        """See `OwnComputer.try_model`."""
        return await own_models.try_out(self._wire, self._workspace, look_id, answers, picture)

    async def add_model(self, look_id: str, name: str, answers: ModelAnswers) -> Model:
        """See `OwnComputer.add_model`."""
        return await own_models.add(self._wire, self._workspace, look_id, name, answers)

    async def models(self) -> tuple[Model, ...]:
        """See `OwnComputer.models`."""
        return await own_models.ask_models(self._wire, self._workspace)

    async def remove_model(self, model_id: str) -> None:
        """See `OwnComputer.remove_model`."""
        await own_models.remove(self._wire, self._workspace, model_id)

    async def settings(self) -> tuple[ComputerSettings, Computing]:
        """See `OwnComputer.settings`."""
        return await own_computer.ask_settings(self._wire, self._workspace)

    async def change_settings(self, settings: ComputerSettings) -> tuple[ComputerSettings, Computing]:
        """See `OwnComputer.change_settings`."""
        return await own_computer.change_settings(self._wire, self._workspace, settings)

    async def storage(self) -> Storage:
        """See `OwnComputer.storage`."""
        return await own_computer.ask_storage(self._wire, self._workspace)

    async def rates(self) -> tuple[Rate, ...]:
        """See `OwnComputer.rates`."""
        return await own_computer.ask_rates(self._wire, self._workspace)

    async def remove_batch(self, batch_id: str) -> None:
        """See `OwnComputer.remove_batch`."""
        await own_computer.remove_batch(self._wire, self._workspace, batch_id)

    async def clean_up(self) -> Storage:
        """See `OwnComputer.clean_up`."""
        return await own_computer.clean_up(self._wire, self._workspace)
