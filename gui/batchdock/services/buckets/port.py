"""What every kind of storage can do, and how one signs in to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from batchdock.core.bucket import BucketPage

PAGE = 1_000
"""What the services give at most at once."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs addresses without asking anybody: `address(path)` can be fetched by whoever has it, until `expires`."""

    address: Callable[[str], str] = field(repr=False)
    expires: datetime


class BucketService(Protocol):
    """One storage, signed in. Raises only `BatchdockError`s, and no secret is in them."""

    async def buckets(self) -> tuple[str, ...]:
        """Return the buckets that it has. Raise `BucketsNotListed` where these keys may not ask."""
        ...

    async def page(
        self, bucket: str, prefix: str, *, position: str = "", folders: bool = False, most: int = PAGE
    ) -> BucketPage:
        """Return some of the files whose path begins with `prefix`, in their order; with `folders`, only those right
        in it, and the folders. `position` is that of the page before. Every page costs the same memory."""
        ...

    async def signer(self, bucket: str, hours: int) -> Signer:
        """Return what signs addresses of this bucket that are good for so many hours, or as long as the keys are."""
        ...

    async def put(self, bucket: str, path: str, file: Path) -> None:
        """Save a file of this computer under `path`, in place of what is there."""
        ...

    async def close(self) -> None:
        """Give back the connections."""
        ...


@dataclass(frozen=True, slots=True)
class S3Keys:
    """What signs for S3. `expires`: of temporary keys, where it is known; addresses are good no longer."""

    access: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where an S3 is. Without `endpoint` it is Amazon's own."""

    region: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class GoogleKey:
    """The key of a service account, as its file has it. `base` is where the storage is, if not at Google's."""

    email: str
    private_key: str = field(repr=False)
    token_address: str = "https://oauth2.googleapis.com/token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class GoogleUser:
    """What gcloud has left of a person's sign-in. It can look, but not sign."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    where: str = ""
    token_address: str = "https://oauth2.googleapis.com/token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class GoogleMachine:
    """The service account that this machine in the cloud runs as. Google signs for it."""

    address: str = "http://metadata.google.internal"


@dataclass(frozen=True, slots=True)
class AzureKeys:
    """A shared access signature (preferred), or the key of an account."""

    account: str
    key: str = field(default="", repr=False)
    sas: str = field(default="", repr=False)
    endpoint: str = ""

    @property
    def base(self) -> str:
        """The address of the account, without a slash at its end."""
        return (self.endpoint or f"https://{self.account}.blob.core.windows.net").rstrip("/")
