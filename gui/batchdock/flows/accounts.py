"""Accounts: who can do the work, their keys, and a connected client for each."""

import asyncio
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from batchdock.core.account import THIS_COMPUTER_ID, Account, AccountBook, KeyKept, ServiceKind
from batchdock.core.credentials import Credentials, written
from batchdock.core.errors import (
    AddressNeeded,
    KeyMissing,
    KeyOfAnotherWorkspace,
    KeystoreProblem,
    NoKeystore,
    ProjectUnknown,
    UnknownAccount,
)
from batchdock.core.ports import Capabilities, KeyStore, Service
from batchdock.flows.key_access import PATIENCE, KeyAccess
from batchdock.flows.keys import Keys
from batchdock.flows.news import AccountsChanged, Light, LightChanged, News
from batchdock.flows.supervisor import LocalAddress, LocalService
from batchdock.services import kinds
from batchdock.services.huawei.place import REGIONS, account_for
from batchdock.services.tensorbay import place as tensorbay

ROBOFLOW_ADDRESS = "https://api.roboflow.com"
HUAWEI_REGIONS = REGIONS
"""Those that have services of either family."""
TENSORBAY_ADDRESSES = tensorbay.ADDRESSES
"""The two hosts there are: China's first."""
tensorbay_address_for = tensorbay.address_for
"""Returns the address that takes a key of this spelling; empty where the spelling does not tell."""

THIS_COMPUTER = Account(
    account_id=THIS_COMPUTER_ID,
    service=ServiceKind.THIS_COMPUTER,
    name="This computer",
    workspace=THIS_COMPUTER_ID,
    address="",
)


@dataclass(frozen=True, slots=True)
class HuaweiWish:
    """What a person says of a Huawei Cloud account. What is left empty is found by itself, or not used.

    `project`: a name or an id. `vias`: "v1", "v2" or "". `iva`: the names of its services, such as "c-face-edge".
    The endpoints are for who has own ones.
    """

    region: str
    project: str = ""
    vias: str = ""
    iva: tuple[str, ...] = ()
    iam_endpoint: str = ""
    vias_endpoint: str = ""
    iva_endpoint: str = ""


@dataclass(frozen=True, slots=True)
class KeystoreState:
    """Whether keys can be remembered, where (as people call it), and what stands in the way."""

    usable: bool
    name: str
    error: KeystoreProblem | None = None


class Accounts:
    """All accounts, *This computer* first. What is not safe from any thread belongs to the loop of the flows."""

    def __init__(
        self,
        *,
        book: AccountBook,
        keys: KeyStore,
        local: LocalService,
        news: News,
        patience: float = PATIENCE,
    ) -> None:
        self._book = book
        self._keystore = keys
        self._keys = Keys(keys, patience=patience)
        self._local = local
        self._news = news
        self._accounts: tuple[Account, ...] = ()
        self._capabilities: dict[str, Capabilities] = {}
        self._list((THIS_COMPUTER,))
        self._session: frozenset[str] = frozenset()
        self._services: dict[str, Service] = {}
        self._local_address: LocalAddress | None = None
        self._connecting: dict[str, asyncio.Lock] = {}
        self._lights: dict[str, Light] = {}

    @property
    def secrets(self) -> KeyAccess:
        """The password store, for other secrets than keys of accounts; their names have a space in them."""
        return self._keys.access

    def all(self) -> tuple[Account, ...]:
        """Return all accounts, *This computer* first. Safe from any thread."""
        return self._accounts

    def light(self, account_id: str) -> Light | None:
        """Return how its service was reached the last time, None before the first. Safe from any thread."""
        return self._lights.get(account_id)

    def capabilities(self, account_id: str) -> Capabilities:
        """Return what its service can do, connected or not; of an unknown one, the most careful guess.

        Safe from any thread.
        """
        return self._capabilities.get(account_id) or Capabilities()

    def addresses(self) -> dict[str, tuple[str, ...]]:
        """Return every host that an account needs, by account id; none for *This computer*. Safe from any thread."""
        found = {each.account_id: kinds.addresses_of(each) for each in self._accounts}
        return {account_id: addresses for account_id, addresses in found.items() if addresses}

    def keys(self) -> tuple[str, ...]:
        """Return every key that is known, for whoever has to see that none gets out."""
        return self._keys.all()

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
        self._list((THIS_COMPUTER, *(replace(each, key_kept=KeyKept.MISSING) for each in known)))
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
        asked = Account(account_id="", service=ServiceKind.ROBOFLOW, name=name.strip(), workspace="", address=address)
        return await self._take(self._as_known(await kinds.identified(asked, key)), key, remember=remember)

    async def connect_huawei(
        self, wish: HuaweiWish, credentials: Credentials, *, name: str = "", remember: bool = True
    ) -> Account:
        """Add a project, or give the one already there these credentials and settings. All is checked by real calls.

        Raises what is wrong: `KeyRefused` and those below it, `ProjectUnknown`, `AccessDenied`, `NotSubscribed`,
        `ConnectionProblem`, `ServiceError`; then nothing has changed.
        """
        settings = asdict(wish) | {"iva": ",".join(wish.iva)}
        asked = account_for(settings, name=name.strip())
        key = written(credentials)
        return await self._take(self._as_known(await kinds.identified(asked, key)), key, remember=remember)

    async def connect_tensorbay(
        self, key: str, *, address: str = "", sextant: str = "", name: str = "", remember: bool = True
    ) -> Account:
        """Add a user of TensorBay, or give the one already there this key and address. It is checked by a real call.

        `address` is the base of the API without its version, `sextant` that of the evaluations; what is left empty is
        found by the key's spelling and by the other. Raise `AddressNeeded`, `AddressUnusable`, `AccountKeyRefused`,
        `ConnectionProblem` (`MaybeClosed`), `ServiceError`; then nothing has changed.
        """
        key = key.strip()
        asked = _tensorbay_account(key, address, sextant, name=name.strip())
        return await self._take(self._as_known(await kinds.identified(asked, key)), key, remember=remember)

    async def change_tensorbay(
        self, account_id: str, *, key: str = "", address: str = "", sextant: str = "", remember: bool = True
    ) -> Account:
        """Give an account of TensorBay another key, another address, or both; an empty key is the one it has.

        Raise `KeyOfAnotherWorkspace`, and what connecting raises.
        """
        account, key = self._account(account_id), key.strip() or await self._key_of(account_id)
        there = _tensorbay_account(key, address or account.address, sextant)
        # What is left to the other address is no setting.
        kept = {name: value for name, value in account.settings if name != "sextant"} | dict(there.settings)
        account = replace(account, address=there.address, settings=tuple(kept.items()))
        await self._check(account, key)
        return await self._take(account, key, remember=remember)

    async def replace_key(self, account_id: str, key: str, *, remember: bool = True) -> Account:
        """Give an account another key. Raise `KeyOfAnotherWorkspace`, and what connecting raises."""
        account, key = self._account(account_id), key.strip()
        try:
            await self._check(account, key)
        except ProjectUnknown as error:
            found, expected = error.values.get("known"), kinds.workspace_name(account)
            raise KeyOfAnotherWorkspace(found=found, expected=expected, details=error.details) from None
        return await self._take(account, key, remember=remember)

    async def replace_credentials(self, account_id: str, credentials: Credentials, *, remember: bool = True) -> Account:
        """Let an account sign in in another way. Raise `KeyOfAnotherWorkspace`, and what connecting raises."""
        return await self.replace_key(account_id, written(credentials), remember=remember)

    async def test(self, account_id: str) -> None:
        """Ask an account's service by real calls whether all is well. Raise what is not.

        When it is, a client that was refused before is replaced, so that what waits for it goes on at once.
        """
        if account_id == THIS_COMPUTER_ID:
            await (await self.service(account_id)).check_key()
            return
        await self._check(self._account(account_id), await self._key_of(account_id))
        if self._lights.get(account_id) is Light.KEY_REFUSED:
            await self._drop_service(account_id)
            self._tell()

    async def forget(self, account_id: str) -> None:
        """Remove an account and its key. Work under way with it ends with an error. *This computer* stays.

        Raises `KeystoreSilent` when the account is gone but its key could not be taken out of the password store.
        """
        if account_id == THIS_COMPUTER_ID:
            return
        kept = self._account(account_id).key_kept
        self._list(tuple(each for each in self._accounts if each.account_id != account_id))
        self._lights.pop(account_id, None)
        self._save_book()
        await self._drop_service(account_id)
        self._tell()
        await self._keys.forget(account_id, kept)

    def add_session_account(self, key: str, address: str, workspace: str = "") -> Account:
        """Add an account that is never stored, neither the key nor the address: the command line's `--api-url`."""
        address = address.strip().rstrip("/")
        account = Account(
            account_id=f"session-{kinds.slug(urlsplit(address).netloc)}",
            service=ServiceKind.ROBOFLOW,
            name=urlsplit(address).netloc or address,
            workspace=workspace,
            address=address,
            key_kept=KeyKept.UNTIL_QUIT,
        )
        self._keys.hold(account.account_id, key.strip())
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
            key = await self._key_of(account_id)
            account = self._account(account_id)
            if account_id not in self._services:
                if not account.workspace:
                    account = replace(account, workspace=(await kinds.identified(account, key)).workspace)
                    self._enter(account)
                self._services[account_id] = kinds.connect(account, key)
            return self._services[account_id]

    async def keystore_state(self) -> KeystoreState:
        """Ask whether keys can be remembered here. May open the store's own prompt."""
        try:
            await self._keys.access.load()
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
            self._services[THIS_COMPUTER_ID] = kinds.connect(account, address.key)
            self._local_address = address
        return self._services[THIS_COMPUTER_ID]

    async def _check(self, account: Account, key: str) -> None:
        """Ask whom the key lets in. Raise `KeyOfAnotherWorkspace`, and whatever is wrong."""
        found = await kinds.identified(account, key)
        if found.workspace != account.workspace:
            raise KeyOfAnotherWorkspace(found=kinds.workspace_name(found), expected=kinds.workspace_name(account))

    async def _take(self, account: Account, key: str, *, remember: bool) -> Account:
        kept = await self._keys.keep(account.account_id, key, remember=remember)
        account = replace(account, key_kept=kept)
        self._enter(account)
        self._save_book()
        # Last: whoever asks for a client while the old one is closed gets one with the new settings.
        await self._drop_service(account.account_id)
        return account

    async def _key_of(self, account_id: str) -> str:
        """Return a key, which the password store may have by now. Raise `KeyMissing`."""
        if account_id not in self._keys:
            await self._read_keys()
            self._tell()
        account = self._account(account_id)
        if account_id not in self._keys:
            raise KeyMissing(account=account.name)
        return self._keys[account_id]

    async def _read_keys(self) -> None:
        """Take over the keys of known accounts, as far as the store gives them."""
        stored = await self._keys.read()
        for account in self._accounts:
            if account.account_id in stored:
                self._keys.hold(account.account_id, stored[account.account_id])
                self._enter(replace(account, key_kept=KeyKept.IN_KEYRING), tell=False)

    def _account(self, account_id: str) -> Account:
        for account in self._accounts:
            if account.account_id == account_id:
                return account
        raise UnknownAccount(account=account_id, known=", ".join(each.name for each in self._accounts))

    def _as_known(self, account: Account) -> Account:
        """Return the account under the id it has already, or under one that no other has."""
        base = wanted = kinds.account_id_for(account)
        known = {each.account_id: each for each in self._accounts}
        number = 1
        while wanted in known and not kinds.are_same(known[wanted], account):
            number += 1
            wanted = f"{base}-{number}"
        return replace(account, account_id=wanted)

    def _enter(self, account: Account, *, tell: bool = True) -> None:
        known = {each.account_id: each for each in self._accounts} | {account.account_id: account}
        self._list(tuple(known.values()))
        if tell:
            self._tell()

    def _list(self, accounts: tuple[Account, ...]) -> None:
        """Have these accounts from now on. What they can do is found out here: the window must not wait for it."""
        self._capabilities = {each.account_id: kinds.capabilities_of(each) for each in accounts}
        self._accounts = accounts

    def _save_book(self) -> None:
        self._book.save([each for each in self._accounts[1:] if each.account_id not in self._session])

    async def _drop_service(self, account_id: str) -> None:
        service = self._services.pop(account_id, None)
        if service is not None:
            await service.close()

    def _tell(self) -> None:
        self._news.publish(AccountsChanged(self._accounts))


def _tensorbay_account(key: str, address: str, sextant: str, *, name: str = "") -> Account:
    """Return the account of a key and what was said of where it is. Raise `AddressNeeded`, `AddressUnusable`."""
    address = address.strip() or tensorbay.address_for(key)
    if not address:
        raise AddressNeeded
    return tensorbay.account_for(address, sextant, name=name)
