"""Lists of references, and an https server that has files to refer to."""

import json
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

SECRET = "X-Amz-Signature=deadbeefcafe"
FRESH = f"?X-Amz-Date=20990101T000000Z&X-Amz-Expires=86400&{SECRET}"
OLD = f"?X-Amz-Date=20200101T000000Z&X-Amz-Expires=86400&{SECRET}"


def address(name: str, query: str = FRESH) -> str:
    """Return a signed address in the world."""
    return f"https://bucket.s3.eu-central-1.amazonaws.com/{name}{query}"


def line(name: str, url: str | None = None) -> str:
    """Return a line of a list."""
    return json.dumps({"name": name, "url": address(name) if url is None else url})


def write_list(path: Path, lines: Iterable[str], *, end: str = "\n", bom: bool = False) -> Path:
    """Write a list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + "".join(each + end for each in lines).encode())
    return path


Answer = tuple[int, Mapping[str, str], bytes]


class Web:
    """A web server of our own on 127.0.0.1. `answers` by path; what is asked for is in `asked`.

    `take` gets what is put there.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.take: Callable[[BaseHTTPRequestHandler, bytes], None] = lambda request, data: request.send_error(405)
        self.answers: dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append(self.path)
                answer = web.answers.get(self.path.partition("?")[0], (404, {}, b"not here"))
                if callable(answer):
                    answer(self)
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_PUT(self) -> None:
                data = self.rfile.read(int(self.headers["content-length"]))
                web.take(self, data)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """Whoever asks may hang up."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if context is not None:
            # In the thread of each connection, so that one that never says hello keeps nobody waiting.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._scheme = "http" if context is None else "https"
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="web")

    def url(self, path: str, host: str = "localhost") -> str:
        """Return the address of a path."""
        return f"{self._scheme}://{host}:{self.port}{path}"

    def put(self, path: str, body: bytes, kind: str = "image/jpeg", **headers: str) -> str:
        """Have a file; return its address."""
        self.answers[path] = (200, {"Content-Type": kind, **headers}, body)
        return self.url(path)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
