"""What was chosen last time, so that the next time is one press."""

from PySide6.QtCore import QSettings


class LastChoices:
    """Remembers the account, and the workflow for each account, in the window's settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def account_id(self) -> str:
        """Return the account used last, or an empty text."""
        return str(self._settings.value("new-job/account", ""))

    def workflow_id(self, account_id: str) -> str:
        """Return the workflow used last at `account_id`, or an empty text."""
        return str(self._settings.value(f"new-job/workflow/{account_id}", ""))

    def keep(self, account_id: str, workflow_id: str) -> None:
        """Remember this choice."""
        self._settings.setValue("new-job/account", account_id)
        self.keep_workflow(account_id, workflow_id)

    def keep_workflow(self, account_id: str, workflow_id: str) -> None:
        """Remember the workflow for when this account is chosen."""
        self._settings.setValue(f"new-job/workflow/{account_id}", workflow_id)
