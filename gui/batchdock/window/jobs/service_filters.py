"""Filters that services have themselves: which there are, what they are called, and how their values are asked for."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from batchdock.bridge.dialogs import ask
from batchdock.core.account import Account
from batchdock.core.inventory import Field
from batchdock.window.context import Context
from batchdock.window.inventory.form_dialog import FormDialog
from batchdock.window.inventory.form_fields import FormField, said_by_service
from batchdock.window.inventory.pick_field import PickField
from batchdock.window.jobs.filters import Asked, Filters


class ServiceFilters(QObject):
    """`chosen` carries the one that was set."""

    chosen = Signal(object)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self._open = False

    def accounts(self) -> list[tuple[Account, tuple[Field, ...]]]:
        """Return the accounts whose service has filters of its own, and these."""
        accounts = self._context.desk.accounts
        return [(each, fields) for each in accounts.all() if (fields := self._fields(each.account_id))]

    def title(self, asked: Asked) -> str:
        """Return what a filter is called; its key where its account does not know it any more."""
        return field_titles(self._fields(asked.account_id)).get(asked.key, asked.key)

    def account_name(self, account_id: str) -> str:
        """Return what an account is called."""
        accounts = self._context.desk.accounts.all()
        return next((each.name for each in accounts if each.account_id == account_id), account_id)

    def offer(self, account_id: str, key: str, filters: Filters) -> None:
        """Ask for the values of a filter, one at a time, with those that are set."""
        field = next((each for each in self._fields(account_id) if each.key == key), None)
        if field is not None and not self._open:
            self._context.tasks.start(self._ask(account_id, field, filters))

    # --- inside

    async def _ask(self, account_id: str, field: Field, filters: Filters) -> None:
        set_now = next((each for each in filters.asked if (each.account_id, each.key) == (account_id, field.key)), None)
        value = None if set_now is None else set_now.values if len(set_now.values) > 1 else set_now.values[0]
        title = self.tr("Only jobs at “%1” with this").replace("%1", self.account_name(account_id))
        dialog = FormDialog(
            self._context,
            account_id,
            [replace(field, required=True, value=value)],
            title=title,
            action_title=self.tr("Show"),
            parent=self._window,
            making=True,
            about=self.tr("The service itself looks for them."),
        )
        self._open = True
        try:
            accepted = await ask(dialog) == QDialog.DialogCode.Accepted
            values = _values(dialog.values().get(field.key))
            words = _words(dialog.fields[field.key], values)
        finally:
            self._open = False
            dialog.deleteLater()
        if accepted and values:
            self.chosen.emit(Asked(account_id, field.key, values, words))

    def _fields(self, account_id: str) -> tuple[Field, ...]:
        return self._context.desk.accounts.capabilities(account_id).job_filters


def field_titles(fields: Sequence[Field]) -> dict[str, str]:
    """Return what fields are called in the person's language, by key. Those that share a name are told by their keys:
    a service may have two lists with filters of their own."""
    titles = {field.key: said_by_service(field.title) for field in fields}
    shared = Counter(titles.values())
    return {key: f"{title} ({key})" if shared[title] > 1 else title for key, title in titles.items()}


def with_asked(filters: Filters, asked: Asked) -> Filters:
    """Return the filters with one of a service set, in its place where it was set before."""
    same = [(each.account_id, each.key) == (asked.account_id, asked.key) for each in filters.asked]
    if any(same):
        return replace(
            filters, asked=tuple(asked if is_it else each for each, is_it in zip(filters.asked, same, strict=True))
        )
    return replace(filters, asked=(*filters.asked, asked))


def without_asked(filters: Filters, account_id: str, key: str) -> Filters:
    """Return the filters without one of a service."""
    return replace(
        filters, asked=tuple(each for each in filters.asked if (each.account_id, each.key) != (account_id, key))
    )


def _values(value: object) -> tuple[str, ...]:
    several: Iterable[object] = value if isinstance(value, tuple | list) else (value,)
    return tuple(str(each) for each in several if each not in (None, ""))


def _words(entry: FormField, values: tuple[str, ...]) -> str:
    """Return values as people read them."""
    if isinstance(entry, PickField):
        return ", ".join(entry.model.title_of(each) for each in values)
    titles = dict(entry.field.choices)
    return ", ".join(said_by_service(titles[each]) if each in titles else each for each in values)
