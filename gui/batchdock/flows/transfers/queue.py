"""Whose turn it is: few transfers move at a time, the others wait in an order that the person can change.

A transfer that is moved up starts as soon as a place is free. What moves already is not interrupted for it: a video
half-way over would have to begin anew. Whoever can not wait pauses one that moves; its place is free at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum

from batchdock.core.transfer import Wanted
from batchdock.store import Queued
from batchdock.store.queue import QueueRecords

AT_ONCE = 2
"""Two, so that a slow service does not hold up the other direction; more would only share the same line."""


class Place(StrEnum):
    """Where to move transfers in the queue."""

    TOP = "top"
    UP = "up"
    DOWN = "down"
    BOTTOM = "bottom"


class Queue:
    """The order of the transfers that have not ended, and what the person wants of each; both are written down."""

    def __init__(self, records: QueueRecords, on_rank: Callable[[str, float], None], *, at_once: int = AT_ONCE) -> None:
        """`on_rank` is told the new rank of a transfer that was moved."""
        self._records, self._on_rank, self._at_once = records, on_rank, at_once
        self._known = {each.transfer_id: each for each in records.all()}
        self._entered: set[str] = set()
        self._moving: set[str] = set()
        self._waiting: dict[str, asyncio.Future[None]] = {}

    def enter(self, transfer_id: str) -> Queued:
        """Take a transfer in: at the place and with the wish of an earlier run, else last and running."""
        if transfer_id not in self._known:
            last = max((each.rank for each in self._known.values()), default=0.0)
            self._write([Queued(transfer_id, Wanted.RUNNING, last + 1)])
        self._entered.add(transfer_id)
        return self._known[transfer_id]

    def leave(self, transfer_id: str, *, ended: bool) -> None:
        """Let a transfer go; one that has ended is forgotten, any other is remembered for the next start."""
        self._entered.discard(transfer_id)
        if ended and self._known.pop(transfer_id, None) is not None:
            self._records.drop(transfer_id)

    def wanted(self, transfer_id: str) -> Wanted:
        """Return what the person wants of a transfer."""
        return self._known[transfer_id].wanted

    def want(self, transfer_id: str, wanted: Wanted) -> None:
        """Write down what the person wants of a transfer."""
        before = self._known[transfer_id]
        if before.wanted is not wanted:
            self._write([replace(before, wanted=wanted)])

    def move(self, transfer_ids: Sequence[str], where: Place) -> None:
        """Move transfers; several keep their order among themselves."""
        before = sorted((self._known[each] for each in self._entered), key=lambda each: each.rank)
        after = _moved([each.transfer_id for each in before], frozenset(transfer_ids), where)
        changed = [
            replace(self._known[transfer_id], rank=at.rank)
            for transfer_id, at in zip(after, before, strict=True)
            if transfer_id != at.transfer_id
        ]
        if changed:
            self._write(changed)
            for each in changed:
                self._on_rank(each.transfer_id, each.rank)

    async def take(self, transfer_id: str) -> None:
        """Wait for a place to move. Whoever has one gives it back."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[transfer_id] = turn
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            self._waiting.pop(transfer_id, None)
            self.give_back(transfer_id)
            raise

    def give_back(self, transfer_id: str) -> None:
        """Let another one move; harmless for one that does not."""
        self._moving.discard(transfer_id)
        self._admit()

    def _admit(self) -> None:
        while self._waiting and len(self._moving) < self._at_once:
            first = min(self._waiting, key=lambda transfer_id: self._known[transfer_id].rank)
            turn = self._waiting.pop(first)
            if not turn.done():
                self._moving.add(first)
                turn.set_result(None)

    def _write(self, changed: Sequence[Queued]) -> None:
        self._records.put(changed)
        self._known.update((each.transfer_id, each) for each in changed)


def _moved(order: Sequence[str], chosen: frozenset[str], where: Place) -> list[str]:
    """Return the order after the move."""
    taken = [each for each in order if each in chosen]
    left = [each for each in order if each not in chosen]
    match where:
        case Place.TOP:
            return taken + left
        case Place.BOTTOM:
            return left + taken
        case Place.UP:
            return _stepped(order, chosen)
        case Place.DOWN:
            return _stepped(order[::-1], chosen)[::-1]


def _stepped(order: Sequence[str], chosen: frozenset[str]) -> list[str]:
    after = list(order)
    for at in range(1, len(after)):
        if after[at] in chosen and after[at - 1] not in chosen:
            after[at - 1], after[at] = after[at], after[at - 1]
    return after
