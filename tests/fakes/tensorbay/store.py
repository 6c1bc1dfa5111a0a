"""The object store: bytes by key, policies to put them there, signed links to get them from there (contract §5)."""

import hashlib
import hmac
import json
import re
import secrets
import time
from collections import Counter
from email import message_from_bytes
from email.policy import HTTP
from urllib.parse import quote

from fakes.tensorbay.asked import Asked
from fakes.tensorbay.lines import Answer
from fakes.tensorbay.records import Json

BACKENDS = ("oss", "s3", "azure", "fps")
_XML = {"Content-Type": "application/xml"}


class Store:
    """What lies in it, who may put and get, and how often each was got."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.prefix = f"{secrets.token_hex(4)}/"
        self.backend = "oss"
        self.policy_seconds = 0
        """How long a policy is good; 0: as long as was asked for."""
        self.link_seconds: float = 86400
        self.links_last = 0
        """So many files are got before all links given out are good no longer, each time; 0: only time ends them."""
        self.fetched: Counter[str] = Counter()
        self.put: Counter[str] = Counter()
        self.malformed = 0
        """So many forms without a file name are refused, as OSS sometimes does."""
        self._secret = secrets.token_bytes(16)
        self._links = self._got = 0
        self._granted: dict[str, float] = {}

    @property
    def tokens(self) -> tuple[str, ...]:
        """What was given out to put files there: secrets all."""
        return (*self._granted,)

    # --- what the API asks of it --------------------------------------------------------------------------------

    def keep(self, body: bytes) -> tuple[str, str]:
        """Put bytes there as if they had been sent; return their checksum and key."""
        checksum = hashlib.sha1(body).hexdigest()
        self.objects[self.prefix + checksum] = body
        return checksum, self.prefix + checksum

    def link(self, base: str, key: str) -> str:
        """Return a signed address."""
        until = (
            f"{time.time() + self.link_seconds:.3f}"
            if self.link_seconds < 60
            else str(int(time.time() + self.link_seconds))
        )
        return f"{base}/{quote(key)}?Expires={until}&OSSAccessKeyId=LTAI5fake&Signature={self._signature(key, until)}"

    def policy(self, base: str, seconds: int) -> Json:
        """Return what a form needs that puts files there."""
        until = int(time.time()) + (self.policy_seconds or seconds)
        token = secrets.token_hex(16)
        self._granted[token] = time.time() + (self.policy_seconds or seconds)
        extra = {"backendType": self.backend, "host": base, "objectPrefix": self.prefix}
        result: Json = {"multipleUploadLimit": None}
        if self.backend == "s3":
            result |= {
                "x-amz-date": "20260101T000000Z",
                "x-amz-signature": token,
                "x-amz-algorithm": "AWS4-HMAC-SHA256",
            }
            result |= {"policy": "e30=", "x-amz-credential": "AKIAFAKE/x/aws4_request", "x-amz-security-token": None}
            result |= {"success_action_status": "201"}
        elif self.backend == "azure":
            extra["host"] = f"{base}/container/"
            result |= {"token": f"sv=2020-08-04&sig={token}", "x-ms-blob-type": "BlockBlob"}
        else:
            result |= {"OSSAccessKeyId": "LTAI5fake", "policy": "e30=", "signature": token, "callback": None}
            result |= {"success_action_status": "200"}
        return {"result": result, "extra": extra, "expireAt": until}

    def expire_links(self) -> None:
        """Let every link given out so far be good no longer."""
        self._links += 1
        self._got = 0

    def expire_policies(self) -> None:
        """Let every policy given out so far be good no longer."""
        self._granted = dict.fromkeys(self._granted, 0.0)

    # --- what clients ask of it ---------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        """Answer a request to the store."""
        match asked.method:
            case "GET" | "HEAD":
                return self._get(asked)
            case "POST":
                return self._form(asked)
            case "PUT":
                return self._blob(asked)
        return _refused(405, "MethodNotAllowed", "The method is not allowed.")

    def _signature(self, key: str, until: str) -> str:
        return hmac.new(self._secret, f"{key} {until} {self._links}".encode(), "sha1").hexdigest()

    def _get(self, asked: Asked) -> Answer:
        key, query = "/".join(asked.parts), asked.query
        until = query.get("Expires", "0")
        if query.get("Signature") != self._signature(key, until):
            return _refused(403, "AccessDenied", "Request has expired.")
        if float(until) < time.time():
            return _refused(403, "AccessDenied", "Request has expired.")
        if key not in self.objects:
            return _refused(404, "NoSuchKey", "The specified key does not exist.")
        body, headers = self.objects[key], {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
        self._got += 1
        if self.links_last and self._got >= self.links_last:
            self.expire_links()
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("range", ""))
        checksum, status, total = key.removeprefix(self.prefix), 200, len(body)
        if wanted:
            start, end = int(wanted[1]), int(wanted[2]) if wanted[2] else total - 1
            if start >= total:
                return _refused(
                    416, "InvalidRange", "The range is not satisfiable.", {"Content-Range": f"bytes */{total}"}
                )
            body, status = body[start : end + 1], 206
            headers["Content-Range"] = f"bytes {start}-{start + len(body) - 1}/{total}"
        headers["ETag"] = f'"{checksum[:32].upper()}"'
        if asked.method == "GET":
            self.fetched[checksum] += 1
        return Answer(status, body, headers)

    def _form(self, asked: Asked) -> Answer:
        kind = asked.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            return _refused(412, "PreconditionFailed", "A form is wanted.")
        fields = _parts(kind, asked.body)
        names = [name for name, _, _ in fields]
        values = {name: body.decode("utf-8", "replace") for name, _, body in fields if name != "file"}
        if not fields or names[-1] != "file":
            return _refused(400, "InvalidArgument", "The file has to be the last field.")
        if "multipleUploadLimit" in names or "X-Token" in names:
            return _refused(400, "InvalidArgument", "A field is not known.")
        _, filename, body = fields[-1]
        if self.malformed and not filename:
            self.malformed -= 1
            return _refused(400, "MalformedPOSTRequest", "The body of your POST request is not well-formed.")
        if self.backend == "s3" and names[-2:] != ["Content-Type", "file"]:
            return _refused(403, "AccessDenied", "Invalid according to Policy: Extra input fields: Content-Type")
        token = values.get("x-amz-signature" if self.backend == "s3" else "signature", "")
        key = values.get("key", "")
        if self._granted.get(token, 0) < time.time() or not key.startswith(self.prefix):
            return _refused(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
        self._put(key, body)
        status = int(values.get("success_action_status") or 204)
        return Answer(status, b"", {"ETag": '"x"', "x-oss-version-id": "v1"})

    def _blob(self, asked: Asked) -> Answer:
        key = "/".join(asked.parts[1:])
        token = asked.query.get("sig", "")
        headers = asked.headers
        if self._granted.get(token, 0) < time.time() or self.backend != "azure":
            return _refused(403, "AuthenticationFailed", "Server failed to authenticate the request.")
        if headers.get("x-ms-blob-type") != "BlockBlob" or "content-length" not in headers:
            return _refused(400, "MissingRequiredHeader", "x-ms-blob-type")
        self._put(key, asked.body)
        return Answer(201, b"", {"ETag": '"x"'})

    def _put(self, key: str, body: bytes) -> None:
        self.objects[key] = body
        self.put[key.removeprefix(self.prefix)] += 1


def _refused(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    said = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, said.encode(), {**_XML, **(headers or {})})


def _parts(kind: str, body: bytes) -> list[tuple[str, str, bytes]]:
    """Return name, file name and bytes of each field of a form, in order."""
    boundary = re.search(r'boundary="?([^";]+)', kind)
    if boundary is None:
        return []
    found = []
    for piece in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, rest = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        header = message_from_bytes(head, policy=HTTP)["Content-Disposition"]
        found.append((header.params["name"], header.params.get("filename", ""), rest.removesuffix(b"\r\n")))
    return found


def written(value: object) -> bytes:
    """Return JSON as the service writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
