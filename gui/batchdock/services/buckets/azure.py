"""Azure Blob Storage. A shared access signature is put on as it is; the key of an account signs each address anew."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, unquote
from xml.etree import ElementTree

from batchdock.core.bucket import KIND_NAMES, BucketFile, BucketPage, StorageKind
from batchdock.core.errors import UnreadableAnswer
from batchdock.core.errors.buckets import CredentialsExpired, CredentialsUnreadable
from batchdock.services.buckets.azure_signing import VERSION, address_signer, authorization, end_of, key_of, path_of
from batchdock.services.buckets.failures import of_storage
from batchdock.services.buckets.port import PAGE, AzureKeys, Signer
from batchdock.services.buckets.uploading import pieces_of, size_of
from batchdock.services.http.answer import Answer
from batchdock.services.http.connection import Connection
from batchdock.services.http.limits import LIMITS, Limits


class Azure:
    """An account of Azure Blob Storage. Its containers are the buckets."""

    def __init__(self, name: str, keys: AzureKeys, *, where: str = "", limits: Limits = LIMITS) -> None:
        """Raise `CredentialsUnreadable` for a key that is none."""
        self._name, self._where, self._keys = name, where, keys
        self._sas = keys.sas.strip().lstrip("?")
        try:
            self._key = b"" if self._sas else key_of(keys.key)
        except ValueError:
            raise CredentialsUnreadable(
                storage=KIND_NAMES[StorageKind.AZURE], where=where, reason="The key of the account is no such key."
            ) from None
        self._connection = Connection(name, limits)

    async def buckets(self) -> tuple[str, ...]:
        """See `BucketService.buckets`."""
        found: list[str] = []
        position = ""
        while True:
            params = [("comp", "list"), ("maxresults", "5000")] + ([("marker", position)] if position else [])
            root = self._read(await self._ask("GET", "/", params))
            found += [name for each in root.iter("Container") if (name := each.findtext("Name"))]
            position = root.findtext("NextMarker") or ""
            if not position:
                return tuple(found)

    async def page(
        self, bucket: str, prefix: str, *, position: str = "", folders: bool = False, most: int = PAGE
    ) -> BucketPage:
        """See `BucketService.page`."""
        params = [("restype", "container"), ("comp", "list"), ("maxresults", str(most))]
        params += [("prefix", prefix)] if prefix else []
        params += [("delimiter", "/")] if folders else []
        params += [("marker", position)] if position else []
        answer = await self._ask("GET", f"/{bucket}", params, bucket=bucket, prefix=prefix)
        return await asyncio.to_thread(self._page, answer)

    async def signer(self, bucket: str, hours: int) -> Signer:
        """See `BucketService.signer`. A shared access signature has its own end."""
        now = datetime.now(UTC)
        expires = now + timedelta(hours=hours)
        base = self._keys.base
        if not self._sas:
            return Signer(address_signer(self._keys.account, self._key, bucket, now, expires, base=base), expires)
        end = end_of(self._sas)
        if end is not None:
            end = end if end.tzinfo is not None else end.replace(tzinfo=UTC)
            if end <= now:
                reason = f"It was good until {end:%Y-%m-%d %H:%M} UTC."
                raise CredentialsExpired(storage=self._name, where=self._where, reason=reason)
        before, query = f"{base}/{bucket}/", self._sas
        return Signer(lambda path: f"{before}{path_of(path)}?{query}", end or expires)

    async def put(self, bucket: str, path: str, file: Path) -> None:
        """See `BucketService.put`."""
        size = await size_of(file, self._name)
        await self._ask("PUT", f"/{bucket}/{path_of(path)}", (), bucket=bucket, prefix=path, file=file, size=size)

    async def close(self) -> None:
        """See `BucketService.close`."""
        await self._connection.close()

    async def _ask(
        self,
        method: str,
        path: str,
        params: Sequence[tuple[str, str]],
        *,
        bucket: str = "",
        prefix: str = "",
        file: Path | None = None,
        size: int = 0,
    ) -> Answer:
        url = f"{self._keys.base}{path}"
        headers = {"x-ms-version": VERSION, "x-ms-date": format_datetime(datetime.now(UTC), usegmt=True)}
        if file is not None:
            headers |= {"x-ms-blob-type": "BlockBlob", "Content-Type": "application/octet-stream"}
        if not self._sas:
            headers["Authorization"] = authorization(
                self._keys.account, self._key, method=method, url=url, headers=headers, params=params, length=size
            )
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in params)
        whole = "&".join(each for each in (query, self._sas) if each)
        what = f"{method} a file" if file is not None else f"{method} a list"
        address = f"{url}?{whole}" if whole else url
        if file is None:
            answer = await self._connection.ask(method, address, what=what, headers=headers)
        else:
            headers["Content-Length"] = str(size)
            answer = await self._connection.ask(method, address, what=what, headers=headers, content=pieces_of(file))
        if not answer.success:
            raise of_storage(
                answer,
                StorageKind.AZURE,
                storage=self._name,
                where=self._where,
                bucket=bucket,
                prefix=prefix,
                saving=file is not None,
            )
        return answer

    def _read(self, answer: Answer) -> ElementTree.Element:
        try:
            return ElementTree.fromstring(answer.content)  # noqa: S314 - expat bounds what entities may grow to
        except ElementTree.ParseError:
            raise UnreadableAnswer(service=self._name, details="no XML") from None

    def _page(self, answer: Answer) -> BucketPage:
        root = self._read(answer)
        try:
            files = tuple(
                BucketFile(
                    _name_in(each),
                    int(each.findtext("Properties/Content-Length") or "0"),
                    _moment(each.findtext("Properties/Last-Modified")),
                )
                for each in root.iter("Blob")
            )
        except ValueError:
            raise UnreadableAnswer(service=self._name, details="a size that is no number") from None
        folders = tuple(_name_in(each) for each in root.iter("BlobPrefix"))
        return BucketPage(files, folders, root.findtext("NextMarker") or "")


def _name_in(element: ElementTree.Element) -> str:
    found = element.find("Name")
    text = "" if found is None else found.text or ""
    # What can not stand in XML is encoded, and says so.
    return unquote(text) if found is not None and found.get("Encoded") == "true" else text


def _moment(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
