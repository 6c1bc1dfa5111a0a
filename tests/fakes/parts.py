"""The part of S3 that takes large files in parts: the bucket `box`, in memory, as the vendor documents it."""

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from fakes.raw_server import RawRequest


@dataclass
class PartedBucket:
    """`handle` is for `raw_server`. What was put there is in `files`, what is no file yet in `parts`."""

    files: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """Of each upload its path."""
    sent: list[int] = field(default_factory=list)
    """The numbers of the parts that came, in this order."""
    most: int = -1
    """After so many parts every other one is answered with `trouble`; -1 for no end."""
    trouble: str = "403 Forbidden"
    refusal: str = ""
    """With what these keys are answered when they look at what is there; empty where they may."""
    ending: str = ""
    """The code of the error that stands in the answer, though its status is 200, when an upload is to be completed."""

    _made: dict[str, str] = field(default_factory=dict)
    answers_lost: int = 0
    """So many times the line is cut after an upload was completed."""

    async def handle(self, request: RawRequest) -> bool:
        """Answer one request."""
        body = await request.reader.readexactly(int(request.header("Content-Length") or 0))
        method, parts = request.line.partition(" ")[0], urlsplit(request.target)
        path = unquote(parts.path).removeprefix("/box/")
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        upload = asked.get("uploadId", "")
        if method == "GET" and self.refusal:
            await request.answer(self.refusal, _error("AccessDenied"))
        elif upload and upload not in self.parts:
            await request.answer("404 Not Found", _error("NoSuchUpload"))
        elif method == "GET" and "uploads" in asked:
            await request.answer("200 OK", self._uploads(asked["prefix"]))
        elif method == "GET" and "list-type" in asked:
            await request.answer("200 OK", self._files(asked["prefix"]))
        elif method == "GET":
            await request.answer("200 OK", self._listed(upload, int(asked["part-number-marker"])))
        elif method == "POST" and "uploads" in asked:
            upload = f"u{len(self.keys)}"
            self.parts[upload], self.keys[upload] = {}, path
            await request.answer("200 OK", f"<A><UploadId>{upload}</UploadId></A>".encode())
        elif method == "POST" and self.answers_lost:
            self.answers_lost -= 1
            self._complete(upload, body.decode())
            return False
        elif method == "POST":
            await request.answer("200 OK", self._complete(upload, body.decode()))
        elif not upload:
            self.files[path], self._made[path] = body, _mark(body)
            await request.answer("200 OK")
        elif len(self.sent) == self.most:
            await request.answer(self.trouble, _error("AccessDenied"))
        else:
            number = int(asked["partNumber"])
            self.sent.append(number)
            self.parts[upload][number] = body
            await request.answer("200 OK", b"", f"ETag: {_mark(body)}")
        return True

    def _files(self, prefix: str) -> bytes:
        listed = "".join(
            f"<Contents><Key>{quote(each)}</Key><ETag>{self._made[each]}</ETag></Contents>"
            for each in self.files
            if each.startswith(prefix)
        )
        return f"<A>{listed}</A>".encode()

    def _uploads(self, prefix: str) -> bytes:
        listed = "".join(
            f"<Upload><Key>{quote(self.keys[each])}</Key><UploadId>{each}</UploadId></Upload>"
            for each in self.parts
            if self.keys[each].startswith(prefix)
        )
        return f"<A><EncodingType>url</EncodingType>{listed}</A>".encode()

    def _listed(self, upload: str, after: int) -> bytes:
        """Two at a time."""
        left = sorted(each for each in self.parts[upload] if each > after)
        listed = "".join(
            f"<Part><PartNumber>{each}</PartNumber><Size>{len(self.parts[upload][each])}</Size>"
            f"<ETag>{_mark(self.parts[upload][each])}</ETag></Part>"
            for each in left[:2]
        )
        more = f"<NextPartNumberMarker>{left[1]}</NextPartNumberMarker>" if len(left) > 2 else ""
        return f"<A>{listed}<IsTruncated>{'true' if more else 'false'}</IsTruncated>{more}</A>".encode()

    def _complete(self, upload: str, wanted: str) -> bytes:
        if self.ending:
            return _error(self.ending)
        found = re.findall(r"<PartNumber>(\d+)</PartNumber><ETag>(.*?)</ETag>", wanted)
        parts = self.parts.pop(upload)
        if any(_mark(parts[int(number)]) != mark.replace("&quot;", '"') for number, mark in found):
            return _error("InvalidPart")
        path = self.keys[upload]
        self.files[path] = b"".join(parts[int(number)] for number, _ in found)
        marks = b"".join(hashlib.md5(parts[int(number)], usedforsecurity=False).digest() for number, _ in found)
        self._made[path] = f'"{hashlib.md5(marks, usedforsecurity=False).hexdigest()}-{len(found)}"'
        return b'<A xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ETag>"x-2"</ETag></A>'


def _mark(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()
