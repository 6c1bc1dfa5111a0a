"""Somebody who is told something by HTTP, and answers as the test wants."""

import json
import ssl
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Listener:
    """A server on 127.0.0.1, with `tls` over TLS. `answers` are the statuses of the first requests; later ones get 200.

    A context.
    """

    def __init__(self, answers: Sequence[int] = (), tls: ssl.SSLContext | None = None) -> None:
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        left = list(answers)
        heard, headers = self.heard, self.headers

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))) | {"path": self.path})
                headers.append({name.lower(): value for name, value in self.headers.items()})
                status = left.pop(0) if left else 200
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = (
            f"{'http' if tls is None else 'https'}://127.0.0.1:{self._server.server_address[1]}/hook?secret=s3cret"
        )

    def __enter__(self) -> "Listener":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
