"""The program `batchdock serve`: binds, says that it is ready, serves, and ends cleanly.

    stdin  first line: the key (with --key-on-stdin); its end ends the program
    stdout one JSON line: {"url", "workspace", "key_file"} when ready, or {"error", "folder", …}
    stderr what went wrong, never the key

Exit codes: 0 ended as asked, 2 wrong arguments or no key, 3 another process holds the folder, 4 the folder can not be
used, 5 the port is taken.
"""

import argparse
import json
import logging
import os
import secrets
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from threading import Thread
from types import FrameType

import uvicorn
from filelock import FileLock, Timeout
from platformdirs import user_data_path

from batchdock.core.errors import StorageProblem
from batchdock.core.resources import home_name
from batchdock.thiscomputer.conductor.fetching import Rules
from batchdock.thiscomputer.rooms import Rooms
from batchdock.thiscomputer.server.answers import WORKSPACE
from batchdock.thiscomputer.server.app import build_app
from batchdock.thiscomputer.server.connections import Connection, end_overdue

KEY_VARIABLE = "BATCHDOCK_API_KEY"
HOME_VARIABLE = "BATCHDOCK_HOME"
FETCH_VARIABLE = "BATCHDOCK_FETCH_ALSO"
"""Places such as `127.0.0.1:8443`, with spaces between them, from which references may be fetched although they are
not in the world. For tests; no request can say so."""

_GOODBYE = 1
"""Seconds that requests in progress get when the service ends."""

_OPEN_FILES = 4096


def main(argv: Sequence[str]) -> int:
    """Run the service until stdin closes (with --key-on-stdin) or a signal comes. Return the exit code."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    for each in ("uvicorn", "python_multipart"):
        logging.getLogger(each).setLevel(logging.CRITICAL)  # routes answer and log for themselves
    data: Path = arguments.data.expanduser().absolute()
    chosen = os.environ.pop(KEY_VARIABLE, "")
    also = frozenset(os.environ.pop(FETCH_VARIABLE, "").split())
    key = _first_line_of_stdin() if arguments.key_on_stdin else chosen
    if arguments.key_on_stdin and not key:
        return _say(2, error="no-key", message="The first line of stdin has to be the key.")
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):  # somebody else's folder may be lent to us
            data.chmod(0o700)  # it may have been there before, open to everybody
        _allow_many_files()
        with FileLock(data / "lock", timeout=0):
            return _serve(data, arguments.port, key, also, ends_with_stdin=arguments.key_on_stdin)
    except Timeout:
        return _say(3, error="busy", folder=str(data), message=f"Another Batchdock uses the folder {data}.")
    except (StorageProblem, OSError, sqlite3.Error) as error:
        message = (
            error.sentence() if isinstance(error, StorageProblem) else f"The folder {data} can not be used: {error}."
        )
        return _say(4, error="folder", folder=str(data), message=message)


def _serve(data: Path, port: int, key: str, also: frozenset[str], *, ends_with_stdin: bool) -> int:
    try:
        listener = _bind(port)
    except OSError:
        return _say(5, error="port", port=port, message=f"The port {port} is taken by another program.")
    with listener:
        rooms = Rooms(data, Rules(also=also))
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        key_file = None if key else data / "api-key"
        (data / "api-key").unlink(missing_ok=True)
        if key_file is not None:
            key = secrets.token_urlsafe(24)
            _write_secret(key_file, key)
        app = build_app(rooms.parts(lambda: url), key=key, port=lambda: port)
        server = _Server(
            app, lambda: _say(0, url=url, workspace=WORKSPACE, key_file=str(key_file) if key_file else None)
        )
        _end_on_signals(server)
        if ends_with_stdin:
            Thread(target=_wait_for_end_of_stdin, args=(server,), name="stdin", daemon=True).start()
        rooms.open()
        try:
            server.run(sockets=[listener])
        finally:
            rooms.close()
            if key_file is not None:
                key_file.unlink(missing_ok=True)
    return 0


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready, and leaves signals to this program."""

    def __init__(self, app: object, on_ready: Callable[[], object]) -> None:
        config = uvicorn.Config(
            app,  # type: ignore[arg-type]
            loop="asyncio",
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=65,
            timeout_graceful_shutdown=_GOODBYE,
            callback_notify=self._hang_up,
            timeout_notify=1,
        )
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then say so."""
        await super().startup(sockets)
        self._on_ready()

    async def _hang_up(self) -> None:
        end_overdue(self.server_state.connections)

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Do nothing: uvicorn would end the process by the signal instead of with exit code 0."""
        return nullcontext()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="batchdock serve", description="Run the service of this computer.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--data", type=Path, default=_default_data(), help="folder for everything it keeps")
    parser.add_argument("--key-on-stdin", action="store_true", help="read the key from stdin and end when stdin closes")
    return parser


def _default_data() -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return (Path(home) if home else user_data_path(home_name(), appauthor=False)) / "this-computer"


def _bind(port: int) -> socket.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only where it is; without, each download waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # else another may listen beside us
        else:
            # A service that comes back takes its old port, whatever is left of old connections.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
    except BaseException:
        listener.close()
        raise
    return listener


def _allow_many_files() -> None:
    """Every connection is an open file, and some systems allow a program 256 unless it asks for more."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
        if 0 <= soft < wanted:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _say(code: int, **said: object) -> int:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    return code


def _write_secret(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret + "\n")


def _first_line_of_stdin() -> str:
    # Not sys.stdin: a thread that waits in it at the end of the program makes the interpreter abort.
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            break
        line += piece
    return line.decode("utf-8", "replace").strip()


def _wait_for_end_of_stdin(server: uvicorn.Server) -> None:
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    server.should_exit = True


def _end_on_signals(server: uvicorn.Server) -> None:
    def end(_: int, __: FrameType | None) -> None:
        server.should_exit = True

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, end)
