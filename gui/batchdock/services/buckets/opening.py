"""Signs in to a storage: finds its keys where they are kept, each time anew, and gives what lists, signs and saves."""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path

from batchdock.core.bucket import KIND_NAMES, FoundCredential, SignInWay, Storage, StorageKind
from batchdock.core.errors.buckets import CredentialsMissing, CredentialsPartial
from batchdock.services.buckets.azure import Azure
from batchdock.services.buckets.found_aws import Machine, found_aws, keys_in, place_in, profile_of
from batchdock.services.buckets.found_azure import found_azure, read_connection
from batchdock.services.buckets.found_azure import keys_in as azure_keys_in
from batchdock.services.buckets.found_google import VARIABLE, found_google, read_file, read_text, user_file
from batchdock.services.buckets.google import Google
from batchdock.services.buckets.google_tokens import GoogleAccess
from batchdock.services.buckets.port import AzureKeys, BucketService, GoogleMachine, S3Keys, S3Place
from batchdock.services.buckets.s3 import S3
from batchdock.services.http.connection import Connection
from batchdock.services.http.limits import LIMITS, Limits


class _Bucketed(S3):
    """An S3 whose keys are those of the machine, and the connection that asks for them."""

    def __init__(self, name: str, machine: Machine, connection: Connection, place: S3Place, limits: Limits) -> None:
        super().__init__(name, machine.keys, place, where="the role of this machine", limits=limits)
        self._asking = connection

    async def close(self) -> None:
        """See `BucketService.close`."""
        await self._asking.close()
        await super().close()


class Openers:
    """Opens storages with what this computer has. `environment` and `home` are the person's."""

    def __init__(
        self, environment: Mapping[str, str] | None = None, home: Path | None = None, limits: Limits = LIMITS
    ) -> None:
        self._environment = dict(os.environ if environment is None else environment)
        self._home, self._limits = home or Path.home(), limits

    async def found(self) -> tuple[FoundCredential, ...]:
        """Return what there is to sign in with, without secrets; only what is there without asking anybody."""
        return await asyncio.to_thread(self._found)

    async def open(self, storage: Storage, secret: str = "") -> BucketService:
        """Return a storage, signed in as it says. `secret` are the typed keys (`pack`). Raise `Credentials…` errors."""
        if storage.kind is StorageKind.S3:
            return await self._s3(storage, secret)
        if storage.kind is StorageKind.GOOGLE:
            return await asyncio.to_thread(self._google, storage, secret)
        return self._azure(storage, secret)

    def _found(self) -> tuple[FoundCredential, ...]:
        environment, home = self._environment, self._home
        return (*found_aws(environment, home), *found_google(environment, home), *found_azure(environment))

    async def _s3(self, storage: Storage, secret: str) -> BucketService:
        if storage.way is SignInWay.INSTANCE:
            connection = Connection(storage.name, self._limits)
            machine = Machine(self._environment, connection)
            return _Bucketed(storage.name, machine, connection, _place(storage, S3Place()), self._limits)
        beside = S3Place()
        if storage.way is SignInWay.PROFILE:
            profile = await asyncio.to_thread(profile_of, storage.where, self._environment, self._home)
            keys, beside, where = profile.keys(), profile.place, f"profile {profile.name}"
        elif storage.way is SignInWay.TYPED:
            said = unpack(secret, storage)
            keys = S3Keys(said.get("access", ""), said.get("secret", ""), said.get("token", ""))
            where = "the keys entered here"
            if not keys.access or not keys.secret:
                missing = "the secret" if keys.access else "the key id"
                raise CredentialsPartial(storage=storage.name, where="What was entered", missing=missing)
        else:
            keys, beside, where = keys_in(self._environment), place_in(self._environment), "the environment"

        async def give() -> S3Keys:
            return keys

        return S3(storage.name, give, _place(storage, beside), where=where, limits=self._limits)

    def _google(self, storage: Storage, secret: str) -> BucketService:
        base = storage.endpoint or self._environment.get("STORAGE_EMULATOR_HOST", "")
        access: GoogleAccess
        if storage.way is SignInWay.INSTANCE:
            host = self._environment.get("GCE_METADATA_HOST", "")
            machine = GoogleMachine(f"http://{host}") if host else GoogleMachine()
            where = "the role of this machine"
            return Google(storage.name, machine, base=base, where=where, limits=self._limits)
        if storage.way is SignInWay.TYPED:
            text = unpack(secret, storage).get("file", "")
            where = "what was entered here"
            access, project = read_text(text, where)
        else:
            path = Path(storage.where) if storage.where else None
            if path is None:
                named = self._environment.get(VARIABLE, "")
                path = Path(named) if named else user_file(self._environment, self._home)
            where = str(path)
            access, project = read_file(path, where)
        return Google(storage.name, access, base=base, project=project, where=where, limits=self._limits)

    def _azure(self, storage: Storage, secret: str) -> BucketService:
        where = "the environment"
        if storage.way is SignInWay.TYPED:
            said, where = unpack(secret, storage), "what was entered here"
            if said.get("connection"):
                keys = read_connection(said["connection"], where)
            else:
                keys = AzureKeys(said.get("account", ""), said.get("key", ""), said.get("sas", ""), storage.endpoint)
                missing = "the account" if not keys.account else "" if keys.key or keys.sas else "the signature or key"
                if missing:
                    raise CredentialsPartial(storage=storage.name, where="What was entered", missing=missing)
        else:
            keys = azure_keys_in(self._environment)
        return Azure(storage.name, keys, where=where, limits=self._limits)


def pack(**values: str) -> str:
    """Return typed keys as the one text that the password store keeps. Empty ones are left out."""
    return json.dumps({name: value.strip() for name, value in values.items() if value.strip()})


def unpack(secret: str, storage: Storage) -> dict[str, str]:
    """Undo `pack`. Raise `CredentialsMissing` where the password store had nothing."""
    try:
        said = json.loads(secret) if secret else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise CredentialsMissing(
            storage=storage.shown, where=f"the password store of this computer ({KIND_NAMES[storage.kind]})"
        )
    return {str(name): str(value) for name, value in said.items()}


def _place(storage: Storage, beside: S3Place) -> S3Place:
    """What was said of the storage itself goes before what stands beside its keys."""
    return S3Place(storage.region or beside.region, storage.endpoint or beside.endpoint)
