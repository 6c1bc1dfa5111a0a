"""Google Cloud Storage. Addresses are signed with the key of a service account; no other sign-in can."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from batchdock.core.bucket import LONGEST_HOURS, BucketFile, BucketPage, StorageKind
from batchdock.core.errors import UnreadableAnswer
from batchdock.core.errors.buckets import BucketsNotListed, CanNotSign, SignatureTooLong
from batchdock.services.buckets.aws_signing import path_of, query_of
from batchdock.services.buckets.failures import of_storage
from batchdock.services.buckets.google_tokens import GoogleAccess, Tokens
from batchdock.services.buckets.port import PAGE, GoogleKey, Signer
from batchdock.services.buckets.uploading import pieces_of, size_of
from batchdock.services.http.answer import Answer, read_json
from batchdock.services.http.connection import Connection
from batchdock.services.http.limits import LIMITS, Limits

_BASE = "https://storage.googleapis.com"
_FIELDS = "items(name,size,updated),prefixes,nextPageToken"


class Google:
    """Google Cloud Storage, signed in."""

    def __init__(
        self,
        name: str,
        access: GoogleAccess,
        *,
        base: str = "",
        project: str = "",
        where: str = "",
        limits: Limits = LIMITS,
    ) -> None:
        self._name, self._where, self._access = name, where, access
        self._base, self._project, self._limits = (base or _BASE).rstrip("/"), project, limits
        self._connection = Connection(name, limits)
        self._tokens = Tokens(access, self._connection, storage=name, where=where)

    async def buckets(self) -> tuple[str, ...]:
        """See `BucketService.buckets`. Google wants to know of which project."""
        project = self._project or await self._tokens.project()
        if not project:
            raise BucketsNotListed(storage=self._name, reason="This sign-in does not tell the project.")
        found: list[str] = []
        position = ""
        while True:
            params = {"project": project, "fields": "items(name),nextPageToken", "maxResults": "1000"}
            said = self._read(await self._ask("GET", "/storage/v1/b", params | _at(position)))
            found += [str(each.get("name", "")) for each in said.get("items", ())]
            position = str(said.get("nextPageToken") or "")
            if not position:
                return tuple(found)

    async def page(
        self, bucket: str, prefix: str, *, position: str = "", folders: bool = False, most: int = PAGE
    ) -> BucketPage:
        """See `BucketService.page`."""
        params = {"maxResults": str(most), "fields": _FIELDS} | _at(position)
        params |= {"prefix": prefix} if prefix else {}
        params |= {"delimiter": "/"} if folders else {}
        path = f"/storage/v1/b/{quote(bucket, safe='')}/o"
        answer = await self._ask("GET", path, params, bucket=bucket, prefix=prefix)
        said = await asyncio.to_thread(self._read, answer)
        try:
            files = tuple(
                BucketFile(str(each["name"]), int(each.get("size") or 0), _moment(each.get("updated")))
                for each in said.get("items", ())
            )
        except (KeyError, ValueError, TypeError):
            raise UnreadableAnswer(service=self._name, details="a file without a name or size") from None
        return BucketPage(files, tuple(map(str, said.get("prefixes", ()))), str(said.get("nextPageToken") or ""))

    async def signer(self, bucket: str, hours: int) -> Signer:
        """See `BucketService.signer`. Raise `CanNotSign` for all but a service account with its key."""
        access = self._access
        if not isinstance(access, GoogleKey):
            raise CanNotSign(storage=self._name, where=self._where)
        if hours > LONGEST_HOURS:
            raise SignatureTooLong(storage=self._name, limit="7 days", hours=hours)
        now = datetime.now(UTC)
        stamp = f"{now:%Y%m%dT%H%M%SZ}"
        scope = f"{stamp[:8]}/auto/storage/goog4_request"
        query = query_of(
            (
                ("X-Goog-Algorithm", "GOOG4-RSA-SHA256"),
                ("X-Goog-Credential", f"{access.email}/{scope}"),
                ("X-Goog-Date", stamp),
                ("X-Goog-Expires", str(hours * 3600)),
                ("X-Goog-SignedHeaders", "host"),
            )
        )
        base, host, tokens = self._base, urlsplit(self._base).netloc, self._tokens
        await asyncio.to_thread(tokens.sign, b"")  # A key that is none is told of now.

        def address(path: str) -> str:
            whole = f"/{bucket}/{path_of(path)}"
            canonical = f"GET\n{whole}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
            digest = hashlib.sha256(canonical.encode()).hexdigest()
            signature = tokens.sign(f"GOOG4-RSA-SHA256\n{stamp}\n{scope}\n{digest}".encode())
            return f"{base}{whole}?{query}&X-Goog-Signature={signature.hex()}"

        return Signer(address, now + timedelta(hours=hours))

    async def put(self, bucket: str, path: str, file: Path) -> None:
        """See `BucketService.put`."""
        size = await size_of(file, self._name)
        target = f"/upload/storage/v1/b/{quote(bucket, safe='')}/o"
        params = {"uploadType": "media", "name": path}
        await self._ask("POST", target, params, bucket=bucket, prefix=path, file=file, size=size)

    async def close(self) -> None:
        """See `BucketService.close`."""
        await self._connection.close()

    async def _ask(
        self,
        method: str,
        path: str,
        params: dict[str, str],
        *,
        bucket: str = "",
        prefix: str = "",
        file: Path | None = None,
        size: int = 0,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {await self._tokens.token()}"}
        url = f"{self._base}{path}"
        if file is None:
            answer = await self._connection.ask(method, url, what=f"{method} a list", headers=headers, params=params)
        else:
            headers |= {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
            answer = await self._connection.ask(
                method, url, what=f"{method} a file", headers=headers, params=params, content=pieces_of(file)
            )
        if not answer.success:
            raise of_storage(
                answer,
                StorageKind.GOOGLE,
                storage=self._name,
                where=self._where,
                bucket=bucket,
                prefix=prefix,
                saving=file is not None,
            )
        return answer

    def _read(self, answer: Answer) -> dict[str, Any]:
        try:
            said = read_json(answer.content, self._limits)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise UnreadableAnswer(service=self._name, details="no JSON object")
        return said


def _at(position: str) -> dict[str, str]:
    return {"pageToken": position} if position else {}


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
