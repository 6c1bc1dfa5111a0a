"""What goes wrong, switched on by a test: a request is matched, and its answer is another, late, torn or lost."""

import asyncio
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from fakes.tensorbay.asked import Asked
from fakes.tensorbay.lines import Answer

Change = Callable[[Asked, Any], Any]
"""Makes another answer of one, read from JSON; a text stays a text."""


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` requests whose `METHOD /path` or `METHOD /path?query` matches, after `skip`."""

    pattern: str
    answer: Answer
    times: int = 1
    skip: int = 0
    after: bool = False
    """The request is carried out before."""
    cut: int | None = None
    """The right answer, which ends after so many bytes."""


class Held:
    """Requests that are being answered when the test says so; as a context, until its end."""

    def __init__(self, pattern: str, *, after: bool) -> None:
        self.pattern, self.after = pattern, after
        self.waiting: list[Asked] = []
        self._somebody, self._released = threading.Event(), threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def wait(self, seconds: float = 60.0) -> None:
        """Wait until a request is waiting."""
        assert self._somebody.wait(seconds), f"Nobody asked for {self.pattern}."

    @property
    def somebody(self) -> bool:
        """Whether a request has come."""
        return self._somebody.is_set()

    def release(self) -> None:
        """Let them all go, and who comes later."""
        self._released.set()

    async def pass_by(self, asked: Asked) -> None:
        """Wait where this request is to."""
        if self._released.is_set() or not _fits(self.pattern, asked):
            return
        self.waiting.append(asked)
        self._somebody.set()
        while not self._released.is_set():
            await asyncio.sleep(0.005)


@dataclass
class Switches:
    """What is switched on, of the API or of the store."""

    faults: list[Fault] = field(default_factory=list)
    holds: list[Held] = field(default_factory=list)
    changes: list[tuple[str, Change]] = field(default_factory=list)

    async def around(self, asked: Asked, carry_out: Callable[[Asked], Answer]) -> Answer:
        """Answer a request by `carry_out`, unless something is switched on for it."""
        await self._hold(asked, after=False)
        fault = self._taken(asked)
        if fault is not None and not fault.after and fault.cut is None:
            asked.status = fault.answer.status
            return fault.answer
        answer = carry_out(asked)
        await self._hold(asked, after=True)
        if fault is not None:
            if fault.cut is not None:
                answer.cut = fault.cut
                return answer
            asked.status = fault.answer.status
            return fault.answer
        for pattern, change in self.changes:
            if _fits(pattern, asked):
                answer.body = _changed(asked, answer.body, change)
        return answer

    def clear(self) -> None:
        """Switch everything off."""
        for held in self.holds:
            held.release()
        self.faults.clear()
        self.holds.clear()
        self.changes.clear()

    async def _hold(self, asked: Asked, *, after: bool) -> None:
        for held in [each for each in self.holds if each.after is after]:
            await held.pass_by(asked)

    def _taken(self, asked: Asked) -> Fault | None:
        for fault in reversed(self.faults):
            if fault.times > 0 and _fits(fault.pattern, asked):
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None


def _fits(pattern: str, asked: Asked) -> bool:
    return bool(re.search(pattern, str(asked)) or re.search(pattern, f"{asked.method} {asked.target}"))


def _changed(asked: Asked, body: bytes, change: Change) -> bytes:
    said = change(asked, json.loads(body))
    return said.encode() if isinstance(said, str) else json.dumps(said).encode()
