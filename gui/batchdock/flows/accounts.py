"""Accounts: who can do the work, their keys, and a connected client for each."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from batchdock.core.account import THIS_COMPUTER_ID, Account, KeyKept, ServiceKind
from batchdock.core.errors import (
    KeyMissing,
    KeyOfAnotherWorkspace,
    KeyRefused,
    KeystoreProblem,
    NoKeystore,
    PublishableKey,
    UnknownAccount,
)
from batchdock.core.ports import KeyStore, Service
from batchdock.flows.key_access import PATIENCE, KeyAccess
from batchdock.flows.news import AccountsChanged, Light, LightChanged, News
from batchdock.flows.supervisor import LocalAddress, LocalService
from batchdock.services.roboflow.service import RoboflowService

ROBOFLOW_ADDRESS = "https://api.roboflow.com"

THIS_COMPUTER = Account(
    account_id=THIS_COMPUTER_ID,
    service=ServiceKind.THIS_COMPUTER,
    name="This computer",
    workspace=THIS_COMPUTER_ID,
    address="",
)


class AccountBook(Protocol):
    """Where the list of accounts is kept, without keys."""

    def load(self) -> tuple[Account, ...]:
        """Return the accounts, in the order in which they were connected."""
        ...

    def save(self, accounts: Sequence[Account]) -> None:
        """Replace the list."""
        ...


@dataclass(frozen=True, slots=True)
class KeystoreState:
    """Whether keys can be remembered, where (as people call it), and what stands in the way."""

    usable: bool
    name: str
    error: KeystoreProblem | None = None


class Accounts:
    """All accounts, *This computer* first. Everything but `all` and `light` belongs to the loop of the flows."""

    def __init__(
        self,
        *,
        book: AccountBook,
        keys: KeyStore,
        local: LocalService,
        news: News,
        connect: Callable[[Account, str], Service] = RoboflowService,
        patience: float = PATIENCE,
    ) -> None:
        self._book = book
        self._keystore = keys
        self._access = KeyAccess(keys, patience=patience)
        self._local = local
        self._news = news
        self._connect = connect
        self._accounts: tuple[Account, ...] = (THIS_COMPUTER,)
        self._session: frozenset[str] = frozenset()
        self._keys: dict[str, str] = {}
        self._services: dict[str, Service] = {}
        self._local_address: LocalAddress | None = None
        self._connecting: dict[str, asyncio.Lock] = {}
        self._lights: dict[str, Light] = {}

    def all(self) -> tuple[Account, ...]:
        """Return all accounts, *This computer* first. Safe from any thread."""
        return self._accounts

    def light(self, account_id: str) -> Light | None:
        """Return how its service was reached the last time, None before the first. Safe from any thread."""
        return self._lights.get(account_id)

    def show_light(self, account_id: str, light: Light) -> None:
        """Note how the service was reached just now, and tell everybody when that is a change."""
        before = self._lights.get(account_id)
        if light is not before and any(each.account_id == account_id for each in self._accounts):
            self._lights[account_id] = light
            self._news.publish(LightChanged(account_id, light))

    async def open(self) -> None:
        """Read the list and the keys. A password store that is missing or locked is a normal state.

        Who never connected a service is not asked to unlock anything.
        """
        known = self._book.load()
        if not known:
            return
        self._accounts = (THIS_COMPUTER, *(replace(each, key_kept=KeyKept.MISSING) for each in known))
        await self._read_keys()
        self._tell()

    async def find(self, name_or_id: str) -> Account:
        """Return the account with this id, name or workspace; capitals do not matter. Raise `UnknownAccount`."""
        wanted = name_or_id.strip().casefold()
        for aspect in ("account_id", "name", "workspace"):
            for account in self._accounts:
                if str(getattr(account, aspect)).casefold() == wanted:
                    return account
        raise UnknownAccount(account=name_or_id, known=", ".join(each.name for each in self._accounts))

    async def connect_roboflow(
        self, key: str, *, name: str = "", address: str = ROBOFLOW_ADDRESS, remember: bool = True
    ) -> Account:
        """Add a workspace, or give the one already there this key. The key is checked by a real call.

        Raises `KeyRefused` (`PublishableKey`), `ConnectionProblem` or `ServiceError`; then nothing has changed.
        """
        key, address = key.strip(), address.strip().rstrip("/")
        workspace = await self._ask_whose(key, address)
        account = Account(
            account_id=self._id_for(workspace, address),
            service=ServiceKind.ROBOFLOW,
            name=name.strip() or workspace,
            workspace=workspace,
            address=address,
        )
        return await self._take(account, key, remember=remember)

    async def replace_key(self, account_id: str, key: str, *, remember: bool = True) -> Account:
        """Give an account another key. Raise `KeyOfAnotherWorkspace`, and what `connect_roboflow` raises."""
        account, key = self._account(account_id), key.strip()
        found = await self._ask_whose(key, account.address)
        if found != account.workspace:
            raise KeyOfAnotherWorkspace(found=found, expected=account.workspace)
        return await self._take(account, key, remember=remember)

    async def forget(self, account_id: str) -> None:
        """Remove an account and its key. Work under way with it ends with an error. *This computer* stays.

        Raises `KeystoreSilent` when the account is gone but its key could not be taken out of the password store.
        """
        if account_id == THIS_COMPUTER_ID:
            return
        kept = self._account(account_id).key_kept
        self._keys.pop(account_id, None)
        self._accounts = tuple(each for each in self._accounts if each.account_id != account_id)
        self._lights.pop(account_id, None)
        self._save_book()
        await self._drop_service(account_id)
        self._tell()
        if kept in (KeyKept.IN_KEYRING, KeyKept.MISSING):
            with contextlib.suppress(NoKeystore):
                await self._access.drop(account_id)

    def add_session_account(self, key: str, address: str, workspace: str = "") -> Account:
        """Add an account that is never stored, neither the key nor the address: the command line's `--api-url`."""
        address = address.strip().rstrip("/")
        account = Account(
            account_id=f"session-{_slug(urlsplit(address).netloc)}",
            service=ServiceKind.ROBOFLOW,
            name=urlsplit(address).netloc or address,
            workspace=workspace,
            address=address,
            key_kept=KeyKept.UNTIL_QUIT,
        )
        self._keys[account.account_id] = key.strip()
        self._session |= {account.account_id}
        self._enter(account)
        return account

    async def service(self, account_id: str) -> Service:
        """Return the connected client of an account, always the same one while its key and address stay.

        Starts the local service as needed. Raises `UnknownAccount`, `KeyMissing`, `LocalServiceProblem`.
        """
        self._account(account_id)
        async with self._connecting.setdefault(account_id, asyncio.Lock()):
            if account_id == THIS_COMPUTER_ID:
                return await self._local_client()
            if account_id not in self._keys:
                await self._read_keys()
                self._tell()
            account = self._account(account_id)
            if account_id not in self._keys:
                raise KeyMissing(account=account.name)
            if account_id not in self._services:
                key = self._keys[account_id]
                if not account.workspace:
                    account = replace(account, workspace=await self._ask_whose(key, account.address))
                    self._enter(account)
                self._services[account_id] = self._connect(account, key)
            return self._services[account_id]

    async def keystore_state(self) -> KeystoreState:
        """Ask whether keys can be remembered here. May open the store's own prompt."""
        try:
            await self._access.load()
        except KeystoreProblem as error:
            return KeystoreState(usable=False, name=self._keystore.name, error=error)
        if not self._keystore.lasting:
            return KeystoreState(usable=False, name=self._keystore.name, error=NoKeystore())
        return KeystoreState(usable=True, name=self._keystore.name)

    async def close(self) -> None:
        """Give back connections and end the local service. Never raises."""
        for account_id in tuple(self._services):
            await self._drop_service(account_id)
        await self._local.stop()

    async def _local_client(self) -> Service:
        address = await self._local.start()
        if address != self._local_address:
            await self._drop_service(THIS_COMPUTER_ID)
            account = replace(THIS_COMPUTER, address=address.url, workspace=address.workspace)
            self._services[THIS_COMPUTER_ID] = self._connect(account, address.key)
            self._local_address = address
        return self._services[THIS_COMPUTER_ID]

    async def _ask_whose(self, key: str, address: str) -> str:
        """Ask the service which workspace the key belongs to."""
        if not key:
            raise KeyRefused(service="Roboflow")
        asking = Account(account_id="", service=ServiceKind.ROBOFLOW, name="", workspace="", address=address)
        service = self._connect(asking, key)
        try:
            return await service.check_key()
        except KeyRefused as error:
            if key.startswith("rf_"):  # Publishable keys are `rf_<workspace>` (contract §1.2).
                raise PublishableKey(details=error.details, **error.values) from None
            raise
        finally:
            await service.close()

    async def _take(self, account: Account, key: str, *, remember: bool) -> Account:
        kept = KeyKept.UNTIL_QUIT
        if remember:
            try:
                await self._access.put(account.account_id, key)
            except KeystoreProblem:
                pass  # Normal: the key is kept until the end, and `key_kept` says so.
            else:
                kept = KeyKept.IN_KEYRING if self._keystore.lasting else KeyKept.UNTIL_QUIT
        else:
            with contextlib.suppress(KeystoreProblem):  # An older key must not come back at the next start.
                await self._access.drop(account.account_id)
        account = replace(account, key_kept=kept)
        self._keys[account.account_id] = key
        await self._drop_service(account.account_id)
        self._enter(account)
        self._save_book()
        return account

    async def _read_keys(self) -> None:
        """Take over the keys of known accounts, as far as the store gives them."""
        try:
            stored = await self._access.load()
        except KeystoreProblem:
            return
        for account in self._accounts:
            if account.account_id in stored and account.account_id not in self._keys:
                self._keys[account.account_id] = stored[account.account_id]
                self._enter(replace(account, key_kept=KeyKept.IN_KEYRING), tell=False)

    def _account(self, account_id: str) -> Account:
        for account in self._accounts:
            if account.account_id == account_id:
                return account
        raise UnknownAccount(account=account_id, known=", ".join(each.name for each in self._accounts))

    def _id_for(self, workspace: str, address: str) -> str:
        """Return `roboflow-<workspace>`, with a number where another address has a workspace of the same name."""
        addresses = {each.account_id: each.address for each in self._accounts}
        base = wanted = f"roboflow-{workspace}"
        number = 1
        while addresses.get(wanted, address) != address:
            number += 1
            wanted = f"{base}-{number}"
        return wanted

    def _enter(self, account: Account, *, tell: bool = True) -> None:
        if any(each.account_id == account.account_id for each in self._accounts):
            self._accounts = tuple(
                account if each.account_id == account.account_id else each for each in self._accounts
            )
        else:
            self._accounts = (*self._accounts, account)
        if tell:
            self._tell()

    def _save_book(self) -> None:
        self._book.save([each for each in self._accounts[1:] if each.account_id not in self._session])

    async def _drop_service(self, account_id: str) -> None:
        service = self._services.pop(account_id, None)
        if service is not None:
            await service.close()

    def _tell(self) -> None:
        self._news.publish(AccountsChanged(self._accounts))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
