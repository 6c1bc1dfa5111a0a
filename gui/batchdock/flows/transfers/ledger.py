"""Writes down what becomes of pieces and files, many at a time and beside the loop.

A crash may take along what happened in the last moments. That is why whoever takes a sending up asks the service which
names it has, of everything that is not down as confirmed. A tar is down as tried before it leaves.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

from batchdock.store import FileRow, Piece, PieceState
from batchdock.store.sendings import Sendings

_AT_ONCE = 100
_INTERVAL = 0.25


class Ledger:
    """What is to be written of one sending."""

    def __init__(self, sendings: Sendings, number: int) -> None:
        self._sendings, self._number = sendings, number
        self._states: dict[int, PieceState] = {}
        self._arrived: list[tuple[int, bytes | None]] = []
        self._lost: list[tuple[int, str]] = []
        self._changed: list[tuple[int, int, float]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self._failed: Exception | None = None

    def note(self, piece: Piece, state: PieceState) -> None:
        """Note what is known of a piece."""
        self._states[piece.piece] = state
        self._want()

    def arrive(self, piece: Piece, digests: Mapping[int, bytes]) -> None:
        """Note that a piece is there, with the SHA-256 of its files by their number."""
        self.hash(digests)
        self.note(piece, PieceState.CONFIRMED)

    def hash(self, digests: Mapping[int, bytes]) -> None:
        """Note that files are there, with their SHA-256 by their number."""
        self._arrived += digests.items()
        self._want()

    def lose(self, row: FileRow, why: str) -> None:
        """Note that a file can not be sent."""
        self._lost.append((row.number, why))
        self._want()

    def change(self, row: FileRow, size: int, modified: float) -> None:
        """Note that a file goes over as it is now and not as it was found."""
        self._changed.append((row.number, size, modified))
        self._want()

    async def written(self) -> None:
        """Return when everything noted so far is written. Raise what kept it from being."""
        while self._writing is not None or self._pending:
            if self._writing is None:
                self._begin()
            if self._writing is not None:
                # Shielded: whoever stops must not stop what others rely on.
                await asyncio.shield(self._writing)
        if self._failed is not None:
            raise self._failed

    @property
    def _pending(self) -> bool:
        return bool(self._states or self._arrived or self._lost or self._changed)

    def _want(self) -> None:
        if self._writing is None and len(self._states) >= _AT_ONCE:
            self._begin()
        elif self._timer is None and self._writing is None:
            self._timer = asyncio.get_running_loop().call_later(_INTERVAL, self._begin)

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._writing is None and self._pending:
            self._writing = asyncio.create_task(self._write(), name="write the journal")

    async def _write(self) -> None:
        states, arrived, lost, changed = self._states, self._arrived, self._lost, self._changed
        self._states, self._arrived, self._lost, self._changed = {}, [], [], []
        try:
            await asyncio.to_thread(self._put, states, arrived, lost, changed)
        except Exception as error:
            self._failed = error
        self._writing = None
        if self._pending:
            self._want()

    def _put(
        self,
        states: Mapping[int, PieceState],
        arrived: Sequence[tuple[int, bytes | None]],
        lost: Sequence[tuple[int, str]],
        changed: Sequence[tuple[int, int, float]],
    ) -> None:
        if changed:
            self._sendings.change(self._number, changed)
        if lost:
            # First, so that the date of a piece that arrived passes them over.
            self._sendings.lose_all(self._number, lost)
        for state in (PieceState.PLANNED, PieceState.TRIED):
            pieces = [piece for piece, now in states.items() if now is state]
            if pieces:
                self._sendings.mark(self._number, pieces, state)
        confirmed = [piece for piece, now in states.items() if now is PieceState.CONFIRMED]
        if confirmed or arrived:
            self._sendings.arrived(self._number, arrived, time.time(), pieces=confirmed)
