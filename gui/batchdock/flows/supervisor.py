"""Keeps the local service running: the child process behind *This computer*.

    start ──► launch ──► ready line ──► up ──► (child dies) ──► pause ──► launch …
                 │                                                └─ five quick deaths: gives up
                 └─ “busy”: another Batchdock holds the folder

The key travels over stdin, which then stays open: when this process ends, in whatever way, stdin closes and the child
ends too. A restart asks for the same port and uses the same key, so that clients at work need not know of it.

Time limits are `asyncio.timeout`, never `wait_for`: on Python 3.11 that loses a cancellation that comes together with
what was waited for.
"""

import asyncio
import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from batchdock.core.errors import BatchdockError, FolderNotWritable, LocalServiceBusy, LocalServiceStopped

READY_WITHIN = 20.0
QUICK = 30.0
"""A child that lives shorter than this died quickly."""
QUICK_DEATHS = 5
REST = 30.0
"""After giving up, `start` answers at once for this long instead of trying anew."""
GOODBYE = 5.0
LOG_LIMIT = 512 * 1024
if sys.platform == "win32":
    _WINDOWS_FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    _WINDOWS_FLAGS = 0


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """Where the local service answers, and what it wants to hear."""

    url: str
    key: str = field(repr=False)
    workspace: str


def serve_command() -> tuple[str, ...]:
    """Return how this very program is started as the local service, from a checkout or frozen."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "serve")
    return (sys.executable, "-m", "batchdock", "serve")


class LocalService:
    """The child process, brought back when it dies. `data` is the folder it owns; its log is there too."""

    def __init__(
        self,
        data: Path,
        *,
        command: Sequence[str] | None = None,
        ready_within: float = READY_WITHIN,
        rest: float = REST,
    ) -> None:
        self._data = data
        self._command = tuple(command or serve_command())
        self._ready_within = ready_within
        self._rest = rest
        self._key = secrets.token_urlsafe(24)
        self._keeper: asyncio.Task[None] | None = None
        self._up: asyncio.Future[LocalAddress] | None = None
        self._process: Process | None = None
        self._drains: set[asyncio.Task[None]] = set()
        self._last_words: deque[str] = deque(maxlen=20)
        self._rests_until = 0.0
        self._stopped = False

    @property
    def process_id(self) -> int | None:
        """The child's process id while there is one."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> LocalAddress:
        """Return the address, starting the child or waiting for its return as needed.

        Raises `LocalServiceBusy` when another process holds the folder, `FolderNotWritable` when it can not be used,
        and `LocalServiceStopped` when the child does not come up or keeps dying, and after `stop`.
        """
        if self._stopped:
            raise LocalServiceStopped
        if self._keeper is None or self._keeper.done():
            if time.monotonic() < self._rests_until:
                raise LocalServiceStopped(details=self._tail())
            self._up = asyncio.get_running_loop().create_future()
            self._keeper = asyncio.create_task(self._keep(), name="local-service")
        assert self._up is not None
        return await asyncio.shield(self._up)

    async def stop(self) -> None:
        """End the child: politely by closing its stdin, after five seconds by force. Harmless when repeated.

        For good: whoever comes late must not start another child, which nobody would end.
        """
        self._stopped = True
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        if self._up is not None and not self._up.done():
            self._fail(LocalServiceStopped())
        await self._end_child(GOODBYE)

    async def _keep(self) -> None:
        deaths, port = 0, 0
        while True:
            began = time.monotonic()
            try:
                address = await self._launch(port)
            except LocalServiceStopped:
                await self._end_child(0)
                port = 0
                if time.monotonic() - began >= self._ready_within:
                    return self._give_up()
            except (LocalServiceBusy, FolderNotWritable) as error:
                await self._end_child(0)
                return self._fail(error)
            else:
                assert self._up is not None
                assert self._process is not None
                self._up.set_result(address)
                await self._process.wait()
                self._up = asyncio.get_running_loop().create_future()
                await self._end_child(0)
                port = int(address.url.rpartition(":")[2])
            deaths = deaths + 1 if time.monotonic() - began < QUICK else 1
            if deaths >= QUICK_DEATHS:
                return self._give_up()
            await asyncio.sleep(min(0.1 * 2**deaths, 5.0))

    async def _launch(self, port: int) -> LocalAddress:
        command = [*self._command, "--port", str(port), "--data", str(self._data), "--key-on-stdin"]
        try:
            self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise FolderNotWritable(folder=str(self._data), reason=error.strerror or str(error)) from None
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                env=_environment(),
                # Ctrl-C in a terminal is for the parent, which ends the child in order.
                start_new_session=True,
                creationflags=_WINDOWS_FLAGS,
            )
        except OSError as error:
            self._last_words.append(str(error))
            raise LocalServiceStopped from None
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._drain(process.stderr)
        with contextlib.suppress(ConnectionError):
            process.stdin.write(f"{self._key}\n".encode())
            await process.stdin.drain()
        try:
            line = await self._first_line(process.stdout)
        finally:
            self._drain(process.stdout)
        return self._read_ready(line)

    async def _first_line(self, stdout: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(self._ready_within):
                return await stdout.readline()
        except (TimeoutError, ValueError):
            raise LocalServiceStopped from None

    def _read_ready(self, line: bytes) -> LocalAddress:
        try:
            said = json.loads(line)
            if said.get("error") == "busy":
                raise LocalServiceBusy(folder=said.get("folder") or str(self._data))
            if said.get("error") == "folder":
                raise FolderNotWritable(folder=str(self._data), reason=said.get("message") or "–")
            self._last_words.append(str(said.get("message") or ""))
            return LocalAddress(url=str(said["url"]).rstrip("/"), key=self._key, workspace=str(said["workspace"]))
        except (ValueError, KeyError, AttributeError):
            raise LocalServiceStopped from None

    def _give_up(self) -> None:
        self._rests_until = time.monotonic() + self._rest
        self._fail(LocalServiceStopped(details=self._tail()))

    def _fail(self, error: BatchdockError) -> None:
        assert self._up is not None
        self._up.set_exception(error)
        self._up.exception()  # Marks it as seen: nobody may be waiting just now.

    async def _end_child(self, patience: float) -> None:
        process = self._process
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            try:
                async with asyncio.timeout(patience):
                    await process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            self._process = None
            # The workers of a killed child hold its pipes open for a moment; their words are not worth waiting for.
            if self._drains:
                await asyncio.wait(self._drains, timeout=0.5)
            for drain in self._drains:
                drain.cancel()
            await asyncio.gather(*self._drains, return_exceptions=True)
            process._transport.close()  # type: ignore[attr-defined]  # asyncio offers no public way to let go of them.

    def _drain(self, stream: asyncio.StreamReader) -> None:
        task = asyncio.create_task(self._write_log(stream))
        self._drains.add(task)
        task.add_done_callback(self._drains.discard)

    async def _write_log(self, stream: asyncio.StreamReader) -> None:
        """Append what the child says to its log, without the key; `service.log.1` is the one before."""
        path = self._data / "service.log"
        while chunk := await stream.read(64 * 1024):
            text = chunk.decode(errors="replace").replace(self._key, "•••")
            self._last_words.extend(text.splitlines())
            with contextlib.suppress(OSError):  # A full disk must not stop the draining: the child would block.
                if path.exists() and path.stat().st_size > LOG_LIMIT:
                    path.replace(path.with_suffix(".log.1"))
                with path.open("a", encoding="utf-8") as log:
                    log.write(text)

    def _tail(self) -> str:
        return "\n".join(self._last_words)


def _environment() -> dict[str, str]:
    """Return the child's environment: ours, without the key that the command line may have been given."""
    return {name: value for name, value in os.environ.items() if name != "BATCHDOCK_API_KEY"}
