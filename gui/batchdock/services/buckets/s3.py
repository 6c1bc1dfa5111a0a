"""S3 and everything that speaks it: R2, MinIO and others, by their address."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

from batchdock.core.bucket import LONGEST_HOURS, BucketFile, BucketPage, StorageKind
from batchdock.core.errors import UnreadableAnswer
from batchdock.core.errors.buckets import SignatureTooLong
from batchdock.services.buckets.aws_signing import address_signer, path_of, query_of, signed_headers
from batchdock.services.buckets.failures import of_storage
from batchdock.services.buckets.parts import FROM, MOST, InParts, read_xml
from batchdock.services.buckets.port import PAGE, S3Keys, S3Place, Signer
from batchdock.services.buckets.uploading import pieces_of, size_of
from batchdock.services.http.answer import Answer
from batchdock.services.http.connection import Connection
from batchdock.services.http.limits import LIMITS, Limits

_DEFAULT_REGION = "us-east-1"
_FRESH = timedelta(minutes=5)
_SILENCE = 60.0

GiveKeys = Callable[[], Awaitable[S3Keys]]
"""Gives keys that are good now; those of a machine change every few hours."""


class S3:
    """An S3, signed in."""

    def __init__(
        self, name: str, give_keys: GiveKeys, place: S3Place, *, where: str = "", limits: Limits = LIMITS
    ) -> None:
        """`name` is what people call it, `where` from where the keys are."""
        self._name, self._where = name, where
        self._give_keys, self._known = give_keys, None
        self._endpoint = place.endpoint.rstrip("/")
        self._region = place.region or ("auto" if "r2.cloudflarestorage.com" in place.endpoint else _DEFAULT_REGION)
        self._connection = Connection(name, limits)

    _known: S3Keys | None

    async def buckets(self) -> tuple[str, ...]:
        """See `BucketService.buckets`."""
        base = self._endpoint or f"https://s3.{self._region}.{_domain(self._region)}"
        root = read_xml(await self._ask("GET", base, "/", (), bucket="", prefix=""), self._name)
        return tuple(each.text or "" for each in root.iter("Name"))

    async def page(
        self, bucket: str, prefix: str, *, position: str = "", folders: bool = False, most: int = PAGE
    ) -> BucketPage:
        """See `BucketService.page`."""
        base, before = self._at(bucket)
        params = [("list-type", "2"), ("max-keys", str(most)), ("encoding-type", "url")]
        params += [("prefix", prefix)] if prefix else []
        params += [("delimiter", "/")] if folders else []
        params += [("continuation-token", position)] if position else []
        answer = await self._ask("GET", base, f"{before}/", params, bucket=bucket, prefix=prefix)
        return await asyncio.to_thread(self._page, answer)

    async def signer(self, bucket: str, hours: int) -> Signer:
        """See `BucketService.signer`. Temporary keys sign for as long as they are good themselves."""
        if hours > LONGEST_HOURS:
            raise SignatureTooLong(storage=self._name, limit="7 days", hours=hours)
        keys, now = await self._keys(), datetime.now(UTC)
        base, before = self._at(bucket)
        expires = now + timedelta(hours=hours)
        if keys.expires is not None and keys.expires < expires:
            expires = keys.expires
        address = address_signer(
            keys, self._region, now, hours * 3600, base=base, host=urlsplit(base).netloc, before=before
        )
        return Signer(address, expires)

    async def put(self, bucket: str, path: str, file: Path) -> None:
        """See `BucketService.put`."""
        base, before = self._at(bucket)
        size = await size_of(file, self._name, MOST)
        if size < FROM:
            whole = f"{before}/{path_of(path)}"
            await self._ask("PUT", base, whole, (), bucket=bucket, prefix=path, content=pieces_of(file), size=size)
        else:
            await InParts(partial(self._ask_for_parts, bucket, path), self._name, path, file).put(size)

    async def close(self) -> None:
        """See `BucketService.close`."""
        await self._connection.close()

    async def _ask_for_parts(
        self,
        bucket: str,
        prefix: str,
        method: str,
        path: str,
        params: Sequence[tuple[str, str]],
        content: AsyncIterator[bytes] | bytes | None = None,
        size: int = 0,
        silence: float = _SILENCE,
    ) -> Answer:
        base, before = self._at(bucket)
        whole = f"{before}/{path_of(path)}"
        return await self._ask(
            method, base, whole, params, bucket=bucket, prefix=prefix, content=content, size=size, silence=silence
        )

    def _at(self, bucket: str) -> tuple[str, str]:
        """Return the address of the host that has a bucket, and what stands before each path there."""
        if self._endpoint:
            parts = urlsplit(self._endpoint)
            return f"{parts.scheme}://{parts.netloc}", f"{parts.path.rstrip('/')}/{bucket}"
        domain = _domain(self._region)
        if "." in bucket or "_" in bucket or bucket != bucket.lower():  # No certificate fits such a host.
            return f"https://s3.{self._region}.{domain}", f"/{bucket}"
        return f"https://{bucket}.s3.{self._region}.{domain}", ""

    async def _keys(self) -> S3Keys:
        known = self._known
        if known is None or (known.expires is not None and known.expires - datetime.now(UTC) < _FRESH):
            known = self._known = await self._give_keys()
        return known

    async def _ask(
        self,
        method: str,
        base: str,
        path: str,
        params: Sequence[tuple[str, str]],
        *,
        bucket: str,
        prefix: str,
        content: AsyncIterator[bytes] | bytes | None = None,
        size: int = 0,
        silence: float = _SILENCE,
    ) -> Answer:
        keys = await self._keys()
        if not bucket and self._endpoint:
            parts = urlsplit(self._endpoint)
            base, path = f"{parts.scheme}://{parts.netloc}", f"{parts.path.rstrip('/')}/"
        headers = signed_headers(
            keys, self._region, datetime.now(UTC), method=method, host=urlsplit(base).netloc, path=path, params=params
        )
        url = f"{base}{path}" + (f"?{query_of(params)}" if params else "")
        saving = method != "GET"
        if content is not None:
            headers["content-length"] = str(size)
        what = f"{method} a file" if saving else f"{method} a list"
        answer = await self._connection.ask(method, url, what=what, timeout=silence, headers=headers, content=content)
        if not answer.success:
            raise of_storage(
                answer,
                StorageKind.S3,
                storage=self._name,
                where=self._where,
                bucket=bucket,
                prefix=prefix,
                region=self._region,
                saving=saving,
            )
        return answer

    def _page(self, answer: Answer) -> BucketPage:
        root = read_xml(answer, self._name)
        decoded = unquote_plus if root.findtext("EncodingType") == "url" else str
        try:
            files = tuple(
                BucketFile(
                    decoded(each.findtext("Key", "")),
                    int(each.findtext("Size", "0")),
                    _moment(each.findtext("LastModified")),
                )
                for each in root.iter("Contents")
            )
        except ValueError:
            raise UnreadableAnswer(service=self._name, details="a size that is no number") from None
        folders = tuple(decoded(each.findtext("Prefix", "")) for each in root.iter("CommonPrefixes"))
        more = root.findtext("IsTruncated") == "true"
        return BucketPage(files, folders, root.findtext("NextContinuationToken", "") if more else "")


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _domain(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
