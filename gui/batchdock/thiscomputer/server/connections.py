"""Connections that do not wait for ever: anybody on this computer can open one, and keep quiet or dribble.

uvicorn waits without limit for the rest of a request that has begun, and reads on without limit what follows a refusal.
Here both end after some seconds; and where very many connections are open, the quietest of those that nothing is done
for makes room for the new one.
"""

import asyncio
from collections.abc import Iterable

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

LOOSE_PATIENCE = 10.0
"""Seconds in which the head of a request has to be there, and in which what follows a refusal has to end."""

BODY_PATIENCE = 300.0
"""Seconds that may pass without one byte of a body that is waited for: only who has the key gets that far."""

CONNECTIONS_LIMIT = 400
"""Connections that are kept while nothing is done for them."""


class Connection(H11Protocol):
    """One connection of the server. Everything happens on the server's loop."""

    _heard = 0.0
    """When something came last, on the clock of the loop."""

    _loose_since: float | None = None
    """Since when there is something to wait for that nothing is done for: a request's head, or a refused body."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; where too many wait, one of them goes."""
        super().connection_made(transport)
        self._heard = self._loose_since = self.loop.time()
        if len(self.connections) > CONNECTIONS_LIMIT:
            idle = [each for each in _ours(self.connections) if each is not self and each.is_idle]
            if idle:
                min(idle, key=_when_heard).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take what came. What is no HTTP any more, behind a whole request, ends the connection."""
        self._heard = self.loop.time()
        try:
            super().data_received(data)
        except h11.LocalProtocolError:
            # uvicorn wants to answer 400, and another answer is on its way already.
            self.transport.abort()
        if self.is_busy:
            self._loose_since = None
        elif self._loose_since is None:
            self._loose_since = self._heard

    @property
    def is_busy(self) -> bool:
        """True while something is done for a request."""
        cycle: RequestResponseCycle | None = self.cycle  # until the first request there is none
        return cycle is not None and not cycle.response_complete

    @property
    def is_idle(self) -> bool:
        """True while it only waits; one that has been hung up on is not counted."""
        return not self.is_busy and not self.transport.is_closing()

    def end_if_overdue(self) -> None:
        """Hang up where the other side has had its time. Idle connections between two requests end by themselves."""
        now = self.loop.time()
        loose = self._loose_since is not None and now - self._loose_since > LOOSE_PATIENCE
        waits_for_body = self.is_busy and self.conn.their_state is h11.SEND_BODY and not self.flow.read_paused
        if loose or (waits_for_body and now - self._heard > BODY_PATIENCE):
            self.transport.abort()


def end_overdue(connections: Iterable[object]) -> None:
    """Hang up on everybody who has had their time. To be called every second or so."""
    for each in _ours(connections):
        each.end_if_overdue()


def _ours(connections: Iterable[object]) -> list[Connection]:
    return [each for each in connections if isinstance(each, Connection)]


def _when_heard(connection: Connection) -> float:
    return connection._heard
