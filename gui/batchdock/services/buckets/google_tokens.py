"""Tokens of Google: for the key of a service account, for what gcloud has left, and from the metadata server."""

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from batchdock.core.bucket import KIND_NAMES, StorageKind
from batchdock.core.errors import ConnectionProblem, UnreadableAnswer
from batchdock.core.errors.buckets import CredentialsMissing, CredentialsUnreadable
from batchdock.services.buckets.failures import of_storage
from batchdock.services.buckets.port import GoogleKey, GoogleMachine, GoogleUser
from batchdock.services.http.answer import Answer
from batchdock.services.http.connection import Connection

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
_FRESH = timedelta(minutes=5)
_FLAVOR = {"Metadata-Flavor": "Google"}

GoogleAccess = GoogleKey | GoogleUser | GoogleMachine


class Tokens:
    """Gives tokens that are good now, and signs with the key where there is one."""

    def __init__(self, access: GoogleAccess, connection: Connection, *, storage: str, where: str) -> None:
        self._access, self._connection = access, connection
        self._storage, self._where = storage, where
        self._token, self._until = "", datetime.min.replace(tzinfo=UTC)
        self._key: RSAPrivateKey | None = None
        self._turn = asyncio.Lock()

    async def token(self) -> str:
        """Return a token. Raise what keeps this from being had."""
        async with self._turn:
            if self._until - datetime.now(UTC) < _FRESH:
                await self._renew()
            return self._token

    async def project(self) -> str:
        """Return the project that this machine is in, empty where it is in none."""
        if not isinstance(self._access, GoogleMachine):
            return ""
        url = f"{self._access.address}/computeMetadata/v1/project/project-id"
        answer = await self._connection.ask("GET", url, what="GET the project", headers=_FLAVOR, timeout=5.0)
        return answer.text.strip() if answer.success else ""

    def sign(self, text: bytes) -> bytes:
        """Sign with the key of the service account. Takes half a millisecond. Raise `CredentialsUnreadable`."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

        return self._loaded().sign(text, PKCS1v15(), hashes.SHA256())

    def _loaded(self) -> "RSAPrivateKey":
        if self._key is None:
            from cryptography.exceptions import UnsupportedAlgorithm
            from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
            from cryptography.hazmat.primitives.serialization import load_pem_private_key

            assert isinstance(self._access, GoogleKey)
            try:
                key = load_pem_private_key(self._access.private_key.encode(), None)
                if not isinstance(key, RSAPrivateKey):
                    raise TypeError("no RSA key")
            except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
                raise CredentialsUnreadable(
                    storage=KIND_NAMES[StorageKind.GOOGLE], where=self._where, reason="The key in it is not whole."
                ) from None
            self._key = key
        return self._key

    async def _renew(self) -> None:
        access = self._access
        if isinstance(access, GoogleMachine):
            answer = await self._from_machine(access)
        else:
            if isinstance(access, GoogleKey):
                body = {
                    "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                    "assertion": await asyncio.to_thread(self._assertion, access),
                }
            else:
                body = {
                    "grant_type": "refresh_token",
                    "client_id": access.client_id,
                    "client_secret": access.client_secret,
                    "refresh_token": access.refresh_token,
                }
            answer = await self._connection.ask("POST", access.token_address, what="POST for a token", data=body)
        if not answer.success:
            raise of_storage(answer, StorageKind.GOOGLE, storage=self._storage, where=self._where)
        said = self._read(answer)
        self._token = str(said["access_token"])
        seconds = said.get("expires_in")
        self._until = datetime.now(UTC) + timedelta(seconds=seconds if isinstance(seconds, int) else 600)

    async def _from_machine(self, access: GoogleMachine) -> Answer:
        url = f"{access.address}/computeMetadata/v1/instance/service-accounts/default/token"
        try:
            return await self._connection.ask("GET", url, what="GET a token", headers=_FLAVOR, timeout=5.0)
        except ConnectionProblem as error:
            raise CredentialsMissing(
                storage=self._storage, where="the metadata server, which does not answer", details=error.details
            ) from None

    def _read(self, answer: Answer) -> Mapping[str, Any]:
        try:
            said = json.loads(answer.content)
        except ValueError:
            said = None
        if not isinstance(said, dict) or not isinstance(said.get("access_token"), str):
            raise UnreadableAnswer(service=self._storage, details="no token in it")
        return said

    def _assertion(self, access: GoogleKey) -> str:
        now = int(datetime.now(UTC).timestamp())
        claims = {"iss": access.email, "scope": _SCOPE, "aud": access.token_address, "iat": now, "exp": now + 3600}
        text = b".".join(_encoded(json.dumps(each).encode()) for each in ({"alg": "RS256", "typ": "JWT"}, claims))
        return (text + b"." + _encoded(self.sign(text))).decode()


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
