"""A bucket that lists and gives what is put into it, on a web server of our own: enough of S3 for the flows."""

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from making.reference_lists import Web

PAGE = 40


class Bucket:
    """The bucket `box` on `web`. Files go by their paths; only signed addresses give them."""

    def __init__(self, web: Web, files: dict[str, bytes]) -> None:
        self.files, self.forbidden, self.read_only = files, False, False
        self.put: list[str] = []
        """The paths of what was put there, in this order."""
        self.most = -1
        """After so many no more are taken until `let_go`; -1 for no end."""
        self.let_go = threading.Event()
        self._changed = dict.fromkeys(files, datetime.now(UTC))
        web.take = self._take
        web.answers["/box/"] = self._list
        for path in files:
            web.answers[f"/box/{quote(path)}"] = self._give

    def _list(self, request: BaseHTTPRequestHandler) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        if self.forbidden or "AWS4-HMAC" not in request.headers.get("authorization", ""):
            _answer(request, 403, b"<Error><Code>AccessDenied</Code><Message>No.</Message></Error>")
            return
        prefix, delimiter, after = (asked.get(name, "") for name in ("prefix", "delimiter", "continuation-token"))
        files, folders = [], []
        for path in sorted(self.files):
            if not path.startswith(prefix) or path <= after:
                continue
            inner = path[len(prefix) :]
            if delimiter and "/" in inner:
                folder = f"{prefix}{inner.partition('/')[0]}/"
                folders += [folder] if folder not in folders else []
            else:
                files.append(path)
        more = len(files) > PAGE
        files = files[:PAGE]
        listed = "".join(
            f"<Contents><Key>{escape(each)}</Key><Size>{len(self.files[each])}</Size>"
            f"<LastModified>{self._changed.get(each, datetime.now(UTC)).isoformat()}</LastModified></Contents>"
            for each in files
        )
        listed += "".join(f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in folders)
        token = f"<NextContinuationToken>{escape(files[-1])}</NextContinuationToken>" if more else ""
        end = f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>{token}"
        _answer(request, 200, f"<ListBucketResult>{listed}{end}</ListBucketResult>".encode())

    def _take(self, request: BaseHTTPRequestHandler, data: bytes) -> None:
        if self.read_only or "AWS4-HMAC" not in request.headers.get("authorization", ""):
            _answer(request, 403, b"<Error><Code>AccessDenied</Code><Message>No.</Message></Error>")
            return
        if len(self.put) == self.most:
            self.let_go.wait(60)
            return
        path = unquote(urlsplit(request.path).path.removeprefix("/box/"))
        self.put.append(path)
        self.files[path], self._changed[path] = data, datetime.now(UTC)
        _answer(request, 200, b"")

    def _give(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        if "X-Amz-Signature=" not in parts.query or request.headers.get("authorization"):
            _answer(request, 403, b"")
        else:
            _answer(request, 200, self.files[unquote(parts.path.removeprefix("/box/"))], "image/jpeg")


def _answer(request: BaseHTTPRequestHandler, status: int, body: bytes, kind: str = "application/xml") -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    request.send_header("Content-Type", kind)
    request.end_headers()
    request.wfile.write(body)
