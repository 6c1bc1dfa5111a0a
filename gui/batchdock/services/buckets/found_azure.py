"""What there is on this computer to sign in to Azure Blob Storage with, and how a connection string is read."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from batchdock.core.bucket import KIND_NAMES, FoundCredential, SignInWay, StorageKind
from batchdock.core.errors.buckets import CredentialsMissing, CredentialsPartial, CredentialsUnreadable
from batchdock.services.buckets.port import AzureKeys

_STORAGE = KIND_NAMES[StorageKind.AZURE]
CONNECTION = "AZURE_STORAGE_CONNECTION_STRING"
_ACCOUNTS = ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT")
_SIGNATURES = ("AZURE_STORAGE_SAS_TOKEN",)
_KEYS = ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_KEY")
_EMULATOR = {
    "defaultendpointsprotocol": "http",
    "accountname": "devstoreaccount1",
    # What Microsoft publishes for everybody's own emulator: no secret.
    "accountkey": "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "blobendpoint": "http://127.0.0.1:10000/devstoreaccount1",
}


def found_azure(environment: Mapping[str, str]) -> list[FoundCredential]:
    """Return what is there, without secrets."""
    names = [name for name in (CONNECTION, *_SIGNATURES, *_KEYS) if environment.get(name)]
    if not names and not any(environment.get(name) for name in _ACCOUNTS):
        return []
    where = f"{names[0] if names else _ACCOUNTS[0]} in the environment"
    try:
        keys = keys_in(environment)
    except (CredentialsPartial, CredentialsUnreadable) as error:
        hindrance = f"{error.filled(error.title)}. {error.filled(error.message)}"
        return [FoundCredential(StorageKind.AZURE, SignInWay.ENVIRONMENT, where, hindrance=hindrance)]
    return [FoundCredential(StorageKind.AZURE, SignInWay.ENVIRONMENT, where, keys.account, endpoint=keys.endpoint)]


def keys_in(environment: Mapping[str, str]) -> AzureKeys:
    """Return the keys in the environment. Raise `CredentialsMissing`, `CredentialsPartial`, `CredentialsUnreadable`."""
    if environment.get(CONNECTION):
        return read_connection(environment[CONNECTION], f"{CONNECTION} in the environment")
    account = next((environment[name] for name in _ACCOUNTS if environment.get(name)), "")
    sas = next((environment[name] for name in _SIGNATURES if environment.get(name)), "")
    key = next((environment[name] for name in _KEYS if environment.get(name)), "")
    if not account and not sas and not key:
        raise CredentialsMissing(storage=_STORAGE, where=f"{CONNECTION} and {_ACCOUNTS[0]} in the environment")
    if not account:
        raise CredentialsPartial(storage=_STORAGE, where="The environment", missing=_ACCOUNTS[0])
    if not sas and not key:
        raise CredentialsPartial(storage=_STORAGE, where="The environment", missing=f"{_SIGNATURES[0]} or {_KEYS[0]}")
    return AzureKeys(account, key, sas, environment.get("AZURE_STORAGE_ENDPOINT", ""))


def read_connection(text: str, where: str) -> AzureKeys:
    """Read a connection string, as Azure's own pages give it. Raise `CredentialsUnreadable`, `CredentialsPartial`."""
    said = {}
    for piece in text.strip().split(";"):
        name, parted, value = piece.strip().partition("=")
        if parted:
            said[name.strip().lower()] = value.strip()
    if not said:
        raise CredentialsUnreadable(storage=_STORAGE, where=where, reason="It is no connection string.")
    if said.get("usedevelopmentstorage", "").lower() == "true":
        said = _EMULATOR
    endpoint, account = said.get("blobendpoint", "").rstrip("/"), said.get("accountname", "")
    key, sas = said.get("accountkey", ""), said.get("sharedaccesssignature", "")
    if not account and endpoint:
        parts = urlsplit(endpoint)
        account = parts.path.strip("/") or (parts.hostname or "").partition(".")[0]
    if not account:
        raise CredentialsPartial(storage=_STORAGE, where=where, missing="AccountName")
    if not key and not sas:
        raise CredentialsPartial(storage=_STORAGE, where=where, missing="AccountKey or SharedAccessSignature")
    if not endpoint:
        scheme = said.get("defaultendpointsprotocol", "https")
        endpoint = f"{scheme}://{account}.blob.{said.get('endpointsuffix', 'core.windows.net')}"
    return AzureKeys(account, key, sas, endpoint)
