"""The names of workflows, asked for once an account, and only when somebody looks at them."""

import logging

from PySide6.QtCore import QObject, Signal

from batchdock.core.errors import BatchdockError
from batchdock.window.context import Context
from batchdock.window.jobs.model import JobModel

_log = logging.getLogger(__name__)


class WorkflowNames(QObject):
    """Fills the model's names. Where a service does not answer the ids stay, which say the same less well."""

    learned = Signal()

    def __init__(self, context: Context, model: JobModel, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._model = model
        self._asked: set[str] = set()

    def learn(self) -> None:
        """Ask the accounts that have jobs and were not asked yet."""
        connected = {account.account_id for account in self._context.desk.accounts.all()}
        for account_id in (self._model.account_ids() & connected) - self._asked:
            self._asked.add(account_id)
            self._context.tasks.start(self._ask(account_id))

    def forget(self, account_id: str) -> None:
        """Ask this account again: it has other workflows now."""
        self._asked.discard(account_id)

    async def _ask(self, account_id: str) -> None:
        try:
            workflows = await self._context.background.run(self._context.desk.jobs.workflows(account_id))
        except BatchdockError as error:
            _log.info("The names of workflows are not known: %s", type(error).__name__)
            return
        names = {(account_id, workflow.workflow_id): workflow.name for workflow in workflows}
        self._model.set_names(self._model.look.accounts, {**self._model.look.workflows, **names})
        self.learned.emit()
