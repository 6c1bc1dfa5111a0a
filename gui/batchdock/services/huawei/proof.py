"""What a request shows to be let in: a token, or a signature (contract §1)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from batchdock.core.credentials import AccessKey, secrets_of
from batchdock.services.huawei.signing import DATE, authorization, date_of

TOKEN_HEADER = "X-Auth-Token"  # noqa: S105 - the name of a header


@dataclass(frozen=True, slots=True)
class Asked:
    """A request before it shows anything. `params` are in the order of `signing.query_of`; `path` is encoded."""

    method: str
    address: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)


def encoded(body: object) -> bytes:
    """Return a body as it is signed and sent."""
    return json.dumps(body).encode()


class Proof(Protocol):
    """Makes the headers that let a request in."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What it has shown, or may, and nobody else must see."""
        ...

    async def headers(self, asked: Asked, project_id: str) -> Mapping[str, str]:
        """Return what this request shows. Raise `BatchdockError` where nothing can be shown."""
        ...

    async def renewed(self, shown: Mapping[str, str]) -> bool:
        """Replace what was just refused, once for all who were. Tell whether there is something else to show now."""
        ...


class Pasted:
    """A token from elsewhere: what is refused stays refused."""

    def __init__(self, token: str) -> None:
        self._token = token

    @property
    def secrets(self) -> tuple[str, ...]:
        """See `Proof.secrets`."""
        return (self._token,)

    async def headers(self, asked: Asked, project_id: str) -> Mapping[str, str]:
        """See `Proof.headers`."""
        return {TOKEN_HEADER: self._token}

    async def renewed(self, shown: Mapping[str, str]) -> bool:
        """See `Proof.renewed`."""
        return False


class Signed:
    """An access key, which signs every request by itself. Its time is this computer's."""

    def __init__(self, key: AccessKey) -> None:
        self._key = key

    @property
    def secrets(self) -> tuple[str, ...]:
        """See `Proof.secrets`."""
        return secrets_of(self._key)

    async def headers(self, asked: Asked, project_id: str) -> Mapping[str, str]:
        """See `Proof.headers`."""
        headers = {
            "Content-Type": "application/json",
            "Host": urlsplit(asked.address).netloc,
            DATE: date_of(datetime.now(UTC)),
        }
        if project_id:
            headers["X-Project-Id"] = project_id
        if self._key.security_token:
            headers["X-Security-Token"] = self._key.security_token
        headers["Authorization"] = authorization(
            access=self._key.access,
            secret=self._key.secret,
            method=asked.method,
            path=asked.path,
            params=asked.params,
            headers=headers,
            body=asked.body,
        )
        return headers

    async def renewed(self, shown: Mapping[str, str]) -> bool:
        """See `Proof.renewed`."""
        return False
