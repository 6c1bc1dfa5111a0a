"""The keys of all accounts in memory, and the password store that outlives it."""

import contextlib

from batchdock.core.account import KeyKept
from batchdock.core.errors import KeystoreProblem, NoKeystore
from batchdock.core.ports import KeyStore
from batchdock.flows.key_access import KeyAccess


class Keys:
    """Knows a key once it has been entered or read. Belongs to the loop of the flows."""

    def __init__(self, store: KeyStore, *, patience: float) -> None:
        self.access = KeyAccess(store, patience=patience)
        self._store = store
        self._known: dict[str, str] = {}

    def __contains__(self, account_id: str) -> bool:
        return account_id in self._known

    def __getitem__(self, account_id: str) -> str:
        return self._known[account_id]

    def all(self) -> tuple[str, ...]:
        """Return every key that is known."""
        return tuple(self._known.values())

    def hold(self, account_id: str, key: str) -> None:
        """Know a key until the program ends, and tell nobody."""
        self._known[account_id] = key

    async def keep(self, account_id: str, key: str, *, remember: bool) -> KeyKept:
        """Know a key, and have the password store keep it where that is wished and possible. Return where it is."""
        kept = KeyKept.UNTIL_QUIT
        if remember:
            try:
                await self.access.put(account_id, key)
            except KeystoreProblem:
                pass  # Normal: the key is kept until the end, and the answer says so.
            else:
                kept = KeyKept.IN_KEYRING if self._store.lasting else KeyKept.UNTIL_QUIT
        else:
            with contextlib.suppress(KeystoreProblem):  # An older key must not come back at the next start.
                await self.access.drop(account_id)
        self._known[account_id] = key
        return kept

    async def forget(self, account_id: str, kept: KeyKept) -> None:
        """Know a key no more. Raise `KeystoreSilent` when the password store did not let go of it."""
        self._known.pop(account_id, None)
        if kept in (KeyKept.IN_KEYRING, KeyKept.MISSING):
            with contextlib.suppress(NoKeystore):
                await self.access.drop(account_id)

    async def read(self) -> dict[str, str]:
        """Return the keys that the password store has and that are not known yet; none where it gives none."""
        try:
            stored = await self.access.load()
        except KeystoreProblem:
            return {}
        return {account_id: key for account_id, key in stored.items() if account_id not in self._known}
