"""Storages that are connected: their names in the journal, typed keys in the password store, nothing else anywhere."""

import asyncio
from contextlib import suppress

from batchdock.core.bucket import FoundCredential, SignInWay, Storage
from batchdock.core.errors import KeystoreProblem
from batchdock.core.errors.buckets import StorageForgotten, StorageNameTaken
from batchdock.flows.key_access import KeyAccess
from batchdock.services.buckets.opening import Openers, pack
from batchdock.services.buckets.port import BucketService
from batchdock.store import Journal


class StorageBook:
    """Connects, forgets, and signs in to storages. Belongs to the loop of the flows."""

    def __init__(self, journal: Journal, secrets: KeyAccess, openers: Openers) -> None:
        self._journal, self._secrets, self._openers = journal, secrets, openers
        self._typed: dict[str, str] = {}
        self._open: dict[str, BucketService] = {}
        self._turn = asyncio.Lock()

    async def found(self) -> tuple[FoundCredential, ...]:
        """Return what there is on this computer to sign in with, without secrets."""
        return await self._openers.found()

    async def all(self) -> tuple[Storage, ...]:
        """Return the storages that are connected."""
        return tuple(await asyncio.to_thread(self._journal.storages.all))

    async def of_name(self, name: str) -> Storage:
        """Return a storage. Raise `StorageForgotten`."""
        for each in await self.all():
            if each.name == name:
                return each
        raise StorageForgotten(storage=name)

    async def connect(self, storage: Storage, **typed: str) -> bool:
        """Connect a storage. Return whether its typed keys outlive this run; True where there are none.

        What there is to sign in with is read, and nobody is asked. Raise `StorageNameTaken`, `Credentials…` errors.
        """
        name = storage.name.strip()
        if any(each.name == name for each in await self.all()):
            raise StorageNameTaken(storage=name)
        secret = pack(**typed) if storage.way is SignInWay.TYPED else ""
        await (await self._openers.open(storage, secret)).close()
        if not await asyncio.to_thread(self._journal.storages.add, storage):
            raise StorageNameTaken(storage=name)
        if storage.way is not SignInWay.TYPED:
            return True
        self._typed[name] = secret
        try:
            await self._secrets.put(_secret(name), secret)
        except KeystoreProblem:
            return False  # Known until the end.
        return True

    async def forget(self, name: str) -> None:
        """Forget a storage and its keys. What was handed over stays."""
        await asyncio.to_thread(self._journal.storages.remove, name)
        self._typed.pop(name, None)
        with suppress(KeystoreProblem):
            await self._secrets.drop(_secret(name))
        if (service := self._open.pop(name, None)) is not None:
            await service.close()

    async def service(self, storage: Storage) -> BucketService:
        """Return a storage signed in. It is closed with this. Raise `Credentials…` errors."""
        async with self._turn:
            if storage.name not in self._open:
                secret = await self._typed_for(storage.name) if storage.way is SignInWay.TYPED else ""
                self._open[storage.name] = await self._openers.open(storage, secret)
            return self._open[storage.name]

    async def fresh(self, storage: Storage) -> BucketService:
        """Return it signed in with what the files and the password store have now. Whoever asks closes it."""
        secret = await self._typed_for(storage.name) if storage.way is SignInWay.TYPED else ""
        return await self._openers.open(storage, secret)

    async def close(self) -> None:
        """Give back all connections."""
        services, self._open = list(self._open.values()), {}
        await asyncio.gather(*(each.close() for each in services))

    async def _typed_for(self, name: str) -> str:
        if name not in self._typed:
            with suppress(KeystoreProblem):
                kept = await self._secrets.load()
                if _secret(name) in kept:
                    self._typed[name] = kept[_secret(name)]
        return self._typed.get(name, "")


def _secret(name: str) -> str:
    return f"storage {name}"
