"""What services let people do with their jobs besides stopping and starting them, as entries of menus."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from batchdock.core.inventory import JOBS, Action, Done, Field, Item, On
from batchdock.core.job import Job
from batchdock.window.context import Context
from batchdock.window.icons import icon
from batchdock.window.inventory.acting import Acting
from batchdock.window.inventory.offering import action_icon, action_text, action_tooltip, fits
from batchdock.window.jobs.makings import makings
from batchdock.window.jobs.view import JobTable
from batchdock.window.plain_text import tooltip_text


class ServiceActions(Acting):
    """Acts on the table's selection. `job_made` carries the key of a job that was made."""

    job_made = Signal(tuple)

    def __init__(self, context: Context, table: JobTable) -> None:
        super().__init__(context, table)
        self._table = table
        self.made.connect(self._on_made)

    def of_selection(self, menu: QMenu) -> list[QAction]:
        """Return an entry for each action of the services whose jobs are selected, grey where it does not fit."""
        jobs: dict[str, list[Job]] = {}
        for job in self._table.selected_jobs():
            jobs.setdefault(job.account_id, []).append(job)
        entries = []
        for account_id, its in jobs.items():
            for action in self._actions(account_id):
                if action.on is not On.NOTHING:
                    text = action_text(action)
                    if len(jobs) > 1:
                        text = self.tr("%1 (%2)").replace("%1", text).replace("%2", self._name(account_id))
                    entry = self._entry(menu, account_id, action, text, its)
                    # What can be done to one job means nothing for several accounts' either.
                    whole = action.on is not On.ONE or len(jobs) == 1
                    fitting = fits(action, [job.service_word for job in its], [job.kind for job in its])
                    entry.setEnabled(whole and fitting and not self.at_work)
                    entries.append(entry)
        return entries

    def of_accounts(self, menu: QMenu) -> list[QAction]:
        """Return an entry for everything that accounts can make without files, such as a job over cameras."""
        entries = []
        for each in makings(self._context.desk.accounts):
            entry = self._entry(menu, each.account_id, each.action, each.text, [])
            entry.setEnabled(not self.at_work and not each.action.closed)
            entries.append(entry)
        return entries

    def make(self, account_id: str, action: Action) -> None:
        """Make something new."""
        self.start(account_id, JOBS, action, ())

    # --- inside

    async def _form(self, account_id: str, collection: str, action: Action, item_id: str) -> tuple[Field, ...]:
        key = (account_id, item_id) if item_id else None
        return await self._context.background.run(self._context.desk.jobs.form(account_id, action.key, key))

    async def _send(
        self,
        account_id: str,
        collection: str,
        action: Action,
        items: tuple[Item, ...],
        values: dict[str, object],
    ) -> Done:
        keys = [] if action.on is On.NOTHING else [(account_id, item.item_id) for item in items]
        return await self._context.background.run(self._context.desk.jobs.act(account_id, action.key, keys, values))

    def _entry(self, menu: QMenu, account_id: str, action: Action, text: str, jobs: Sequence[Job]) -> QAction:
        entry = QAction(text.replace("&", "&&"), menu)
        if name := action_icon(action):
            entry.setIcon(icon(name))
        if told := action_tooltip(action):
            menu.setToolTipsVisible(True)
            entry.setToolTip(tooltip_text(told))
        items = tuple(Item(JOBS, job.job_id, job.name) for job in jobs)
        entry.triggered.connect(partial(self._on_entry, account_id, action, items))
        return entry

    def _on_entry(self, account_id: str, action: Action, items: tuple[Item, ...], _checked: bool = False) -> None:
        self.start(account_id, JOBS, action, items)

    def _on_made(self, account_id: str, _collection: str, made: tuple[str, ...]) -> None:
        if made:
            self.job_made.emit((account_id, made[0]))

    def _actions(self, account_id: str) -> tuple[Action, ...]:
        return self._context.desk.accounts.capabilities(account_id).job_actions

    def _name(self, account_id: str) -> str:
        accounts = self._context.desk.accounts.all()
        return next((each.name for each in accounts if each.account_id == account_id), account_id)
