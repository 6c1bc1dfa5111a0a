"""An ASGI app on sockets of this computer, in a thread of its own, that ends at once and leaves nothing open."""

import asyncio
import socket
import threading
import time

import uvicorn
from starlette.types import ASGIApp

_STARTS_WITHIN = 60.0


class _Server(uvicorn.Server):
    """uvicorn looks now and then whether it should end, and then waits for everybody; a test has its end sooner."""

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            await asyncio.sleep(0.01)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cut every line, also the ones that are just being taken up."""
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        state = self.server_state
        for _ in range(10):
            for connection in list(state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)
        tasks = list(state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Serving:
    """Serves from the moment it is made until `stop`, which closes the sockets too."""

    def __init__(self, app: ASGIApp, sockets: list[socket.socket], name: str, *, says_date: bool = True) -> None:
        self._sockets = sockets
        config = uvicorn.Config(
            app,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level=60,
            access_log=False,
            date_header=says_date,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": sockets}, name=name, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + _STARTS_WITHIN
        while not self._server.started:
            assert time.monotonic() < deadline, f"{name} did not start."
            time.sleep(0.01)

    def stop(self) -> None:
        """Cut every line and close the sockets."""
        self._server.should_exit = True
        self._thread.join(_STARTS_WITHIN)
        assert not self._thread.is_alive(), f"{self._thread.name} did not stop."
        for each in self._sockets:
            each.close()


def bound(port: int = 0, *, prompt: bool = False) -> socket.socket:
    """Return a socket that holds a port, on which nobody listens yet: who calls is refused.

    `prompt`: small answers leave at once, as asyncio sees to where the protocol is named. Else each takes some 40 ms,
    about as long as over a real line; there are tests that look at what happens in between.
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP if prompt else 0)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(("127.0.0.1", port))
    return found
