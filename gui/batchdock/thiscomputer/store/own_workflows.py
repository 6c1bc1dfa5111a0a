"""The workflows that people added: one file each, written whole or not at all."""

import logging
import os
from pathlib import Path

from batchdock.thiscomputer.store.own_models import OwnModels
from batchdock.thiscomputer.workflows.own import PREFIX, OwnWorkflow

_log = logging.getLogger(__name__)


class OwnWorkflows:
    """Keeps them in `folder`, and hands them out with the models that they may use. Safe from any thread: what is
    there never changes.
    """

    def __init__(self, folder: Path, models: OwnModels) -> None:
        self._folder = folder
        self._models = models

    def add(self, workflow: OwnWorkflow) -> None:
        """Keep a workflow; the same one again replaces its name. Raises `OSError`."""
        self._folder.mkdir(exist_ok=True)
        path = self._path(workflow.workflow_id)
        partial = path.with_suffix(f".{os.getpid()}.part")
        partial.write_text(workflow.to_json(), encoding="utf-8")
        partial.replace(path)

    def all(self) -> list[OwnWorkflow]:
        """Return every workflow, the oldest first."""
        found = [self.one(path.stem) for path in self._folder.glob(f"{PREFIX}*.json")]
        return sorted((each for each in found if each), key=lambda each: (each.created, each.workflow_id))

    def one(self, workflow_id: str) -> OwnWorkflow | None:
        """Return the workflow with this id, or None."""
        if not workflow_id.startswith(PREFIX) or not workflow_id.removeprefix(PREFIX).isalnum():
            return None
        try:
            found = OwnWorkflow.from_json(self._path(workflow_id).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            _log.warning("The file of the workflow %s is damaged", workflow_id)
            return None
        return found.with_models(self._models.all() if found.model_inputs else self._models.named(found.model_ids))

    def remove(self, workflow_id: str) -> bool:
        """Forget a workflow; return whether there was one. Jobs that are to run it will say that it is gone."""
        if self.one(workflow_id) is None:
            return False
        self._path(workflow_id).unlink(missing_ok=True)
        return True

    def _path(self, workflow_id: str) -> Path:
        return self._folder / f"{workflow_id}.json"
