"""The list of accounts as a small file. Keys are never in it."""

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from batchdock.core.account import Account, ServiceKind

_log = logging.getLogger(__name__)


class AccountsFile:
    """Reads and replaces the list at `path`, as a whole: a half-written file is never seen."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> tuple[Account, ...]:
        """Return the accounts. An unreadable file is put aside and counts as empty; one bad entry loses only itself."""
        try:
            entries = list(json.loads(self._path.read_text(encoding="utf-8"))["accounts"])
        except FileNotFoundError:
            return ()
        except (ValueError, KeyError, TypeError):
            _log.warning("The list of accounts can not be read; it was put aside as %s.damaged", self._path.name)
            self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
            return ()
        return tuple(account for entry in entries if (account := _account(entry)) is not None)

    def save(self, accounts: Sequence[Account]) -> None:
        """Replace the list."""
        entries = [
            {
                "account_id": each.account_id,
                "service": each.service.value,
                "name": each.name,
                "workspace": each.workspace,
                "address": each.address,
                "settings": dict(each.settings),
            }
            for each in accounts
        ]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"accounts": entries}, file, indent=2, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def _account(entry: object) -> Account | None:
    if not isinstance(entry, dict):
        return None
    try:
        return Account(
            account_id=str(entry["account_id"]),
            service=ServiceKind(entry["service"]),
            name=str(entry["name"]),
            workspace=str(entry["workspace"]),
            address=str(entry["address"]),
            settings=_settings(entry.get("settings")),
        )
    except (KeyError, ValueError):
        return None


def _settings(value: object) -> tuple[tuple[str, str], ...]:
    """Return settings; lists of earlier versions have none, and what is not a text is not one of ours."""
    found = value.items() if isinstance(value, dict) else ()
    return tuple((str(name), each) for name, each in found if isinstance(each, str))
