"""A large file goes to an S3 in parts: each small enough for one request, and none is sent that is there already."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote_plus
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from batchdock.core.errors import BatchdockError, FileUnreadable, ServiceTrouble, UnreadableAnswer
from batchdock.core.errors.buckets import BucketProblem
from batchdock.services.buckets.uploading import Seen, pieces_of, seen_of
from batchdock.services.http.answer import Answer

FROM = 64 * 1024 * 1024
"""From so many bytes on a file goes in parts. No answer is waited for as long as a slow line needs for much more."""
_PART = 16 * 1024 * 1024
_MOST_PARTS = 10_000
MOST = 5 * 1024**4
"""No S3 takes a larger file."""
_MIB = 1024 * 1024
_TRIES = 3
_PAUSE = 1.0
_PUTTING_TOGETHER = 280.0
"""Seconds. Some servers copy all parts before they say a word; see also `Limits.answer`."""

Params = Sequence[tuple[str, str]]


class Asking(Protocol):
    """Asks one bucket, signed; see `S3`. Raises for every refusal."""

    async def __call__(
        self,
        method: str,
        path: str,
        params: Params,
        content: AsyncIterator[bytes] | bytes | None = None,
        size: int = 0,
        *,
        silence: float = 60.0,
    ) -> Answer:
        """`path` "" is the bucket itself; `silence` is borne for so many seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file."""

    number: int
    first: int
    size: int


def parts_of(size: int) -> Iterator[Part]:
    """Yield the parts of a file of so many bytes: always the same ones."""
    each = max(_PART, -(-size // _MOST_PARTS // _MIB) * _MIB)
    while -(-size // each) > _MOST_PARTS:
        each += _MIB
    for number, first in enumerate(range(0, size, each), start=1):
        yield Part(number, first, min(each, size - first))


class InParts:
    """Puts one file under one path. What an earlier go has left there is gone on with.

    What is there is told by its content, not by clocks: the mark that S3 gives a part is the MD5 of its bytes. Where it
    is not (some encryptions), the part is sent again.
    """

    def __init__(self, ask: Asking, service: str, path: str, file: Path) -> None:
        """`service` is what people call the storage."""
        self._ask, self._service, self._path, self._file = ask, service, path, file

    async def put(self, size: int) -> None:
        """Put all of its `size` bytes. Raise `FileUnreadable`, and what the storage refuses with."""
        seen = await seen_of(self._file)
        upload = await self._begun()
        known = {} if upload is None else await self._known(upload)
        if upload is None:
            upload = self._text(await self._ask("POST", self._path, [("uploads", "")]), "UploadId")
        marks: list[str] = []
        for part in parts_of(size):
            there = known.get(part.number)
            if there is None or there[0] != part.size or there[1] != await self._digest(part):
                marks.append(await self._send(upload, part, seen))
            else:
                marks.append(f'"{there[1]}"')
        await seen_of(self._file, seen)  # Or what is put together is neither the one nor the other.
        await self._complete(upload, marks)

    async def _begun(self) -> str | None:
        """Return the upload that was begun under this path and not completed."""
        try:
            answer = await self._ask("GET", "", [("uploads", ""), ("prefix", self._path), ("encoding-type", "url")])
        except (BucketProblem, ServiceTrouble):
            # Many keys may save and not look, and some servers know no such question. What else is wrong the next
            # request says.
            return None
        for each in self._read(answer).iter("Upload"):
            key = each.findtext("Key", "")
            # Some servers (SeaweedFS) say that it is encoded, and it is not.
            if self._path in (key, unquote_plus(key)) and (found := each.findtext("UploadId")):
                return found
        return None

    async def _known(self, upload: str) -> dict[int, tuple[int, str]]:
        """Return sizes and marks of the parts that are there, by their numbers; none where these keys may not look."""
        known: dict[int, tuple[int, str]] = {}
        position = "0"
        while True:
            params = [("uploadId", upload), ("part-number-marker", position)]
            try:
                root = self._read(await self._ask("GET", self._path, params))
                for each in root.iter("Part"):
                    number, size = int(each.findtext("PartNumber", "")), int(each.findtext("Size", ""))
                    known[number] = (size, each.findtext("ETag", "").strip('"'))
            except BucketProblem:
                return known
            except ValueError:
                raise UnreadableAnswer(service=self._service, details="a part without a number or size") from None
            before, position = position, root.findtext("NextPartNumberMarker", "")
            if root.findtext("IsTruncated") != "true" or position in ("", before):
                return known

    async def _send(self, upload: str, part: Part, seen: Seen) -> str:
        """Send a part; return its mark. Trouble that may pass is borne a few times."""
        params = [("partNumber", str(part.number)), ("uploadId", upload)]
        for tried in range(1, _TRIES + 1):
            try:
                content = pieces_of(self._file, part.first, part.size, seen)
                answer = await self._ask("PUT", self._path, params, content, part.size)
            except BatchdockError as error:
                if not error.retryable or tried == _TRIES:
                    raise
            else:
                if mark := answer.headers.get("etag", ""):
                    return mark
                raise UnreadableAnswer(service=self._service, details="a part without a mark")
            await asyncio.sleep(_PAUSE * 2**tried)
        raise AssertionError

    async def _complete(self, upload: str, marks: Sequence[str]) -> None:
        listed = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(mark)}</ETag></Part>"
            for number, mark in enumerate(marks, start=1)
        )
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        try:
            params = [("uploadId", upload)]
            answer = await self._ask("POST", self._path, params, body, len(body), silence=_PUTTING_TOGETHER)
            # It may say that all is well before it is, and then that it is not.
            self._text(answer, "ETag")
        except BatchdockError as error:
            # Perhaps only the answer was lost: sending all of it again would be for nothing.
            if not error.retryable or not await self._is_there(marks):
                raise

    async def _is_there(self, marks: Sequence[str]) -> bool:
        """Tell whether under this path is what these parts make: its mark is made of theirs."""
        params = [("list-type", "2"), ("prefix", self._path), ("max-keys", "1"), ("encoding-type", "url")]
        try:
            root = self._read(await self._ask("GET", "", params))
            digest = hashlib.md5(b"".join(bytes.fromhex(each.strip('"')) for each in marks), usedforsecurity=False)
        except (BatchdockError, ValueError):
            return False
        found = root.find("Contents")
        if found is None or self._path not in (key := found.findtext("Key", ""), unquote_plus(key)):
            return False
        return found.findtext("ETag", "").strip('"') == f"{digest.hexdigest()}-{len(marks)}"

    async def _digest(self, part: Part) -> str:
        return await asyncio.to_thread(_md5, self._file, part)

    def _text(self, answer: Answer, name: str) -> str:
        if text := self._read(answer).findtext(name):
            return text
        raise UnreadableAnswer(service=self._service, details=f"no {name}")

    def _read(self, answer: Answer) -> ElementTree.Element:
        return read_xml(answer, self._service)


def read_xml(answer: Answer, service: str) -> ElementTree.Element:
    """Return what an answer says, without the namespaces. Raise `UnreadableAnswer`."""
    try:
        root = ElementTree.fromstring(answer.content)  # noqa: S314 - expat bounds what entities may grow to
    except ElementTree.ParseError:
        raise UnreadableAnswer(service=service, details="no XML") from None
    for each in root.iter():
        each.tag = each.tag.rpartition("}")[2]
    return root


def _md5(file: Path, part: Part) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    left = part.size
    try:
        with file.open("rb") as opened:
            opened.seek(part.first)
            while left > 0 and (piece := opened.read(min(_MIB, left))):
                digest.update(piece)
                left -= len(piece)
    except OSError as error:
        raise FileUnreadable(name=file.name, reason=error.strerror or str(error)) from None
    return digest.hexdigest()
