"""Knows every line that the HTTP client opens, so that none stays open.

httpx hands its pool's connections out of its sight before it closes them, one after the other: a request that is given
up in between leaves the rest open, with nobody to close them.
"""

import contextlib
from typing import Any

import httpx


class Lines:
    """Stands between a transport and the network. A line is what the client calls a network stream."""

    def __init__(self, transport: httpx.AsyncHTTPTransport) -> None:
        pool = transport._pool  # httpx has no other way to the network its pool uses.
        self._network: Any = pool._network_backend
        self._open: list[Any] = []
        pool._network_backend = self  # type: ignore[assignment]

    async def connect_tcp(self, *args: Any, **options: Any) -> Any:
        """Open a line, and keep it in sight."""
        return self._noted(await self._network.connect_tcp(*args, **options))

    async def connect_unix_socket(self, *args: Any, **options: Any) -> Any:
        """Open a line within this computer, and keep it in sight."""
        return self._noted(await self._network.connect_unix_socket(*args, **options))

    async def sleep(self, seconds: float) -> None:
        """Wait, as the client does between two tries."""
        await self._network.sleep(seconds)

    async def close(self) -> None:
        """Close every line that is still open. Never raises."""
        lines, self._open = self._open, []
        for line in lines:
            if _is_open(line):
                with contextlib.suppress(Exception):
                    await line.aclose()

    def _noted(self, line: Any) -> Any:
        self._open = [*filter(_is_open, self._open), line]
        return line


def _is_open(line: Any) -> bool:
    return bool(line.get_extra_info("socket").fileno() != -1)
