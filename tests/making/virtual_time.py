"""A loop whose clock jumps to the next thing that is due: minutes of waiting take no time, and always go the same."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class _Jumping(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "Everybody waits for something that never comes."
        self.now += timeout
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run_in_virtual_time(scenario: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a scenario that waits for time alone: no threads, no sockets."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(scenario)
