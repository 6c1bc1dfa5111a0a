import asyncio
import math

import pytest

from batchdock.core.errors import BadRequest, BatchdockError, ServiceTrouble, TimedOut, TooManyRequests
from batchdock.flows import patience
from batchdock.flows.patience import Patience, pause_after
from batchdock.flows.pulse import Pulse


def test_pauses_grow_to_a_minute_and_honour_what_was_asked() -> None:
    assert 0.5 <= pause_after(1) <= 1.0
    assert 30.0 <= pause_after(50) <= 60.0
    assert pause_after(1, TooManyRequests(retry_after=42.0)) == 42.0
    assert pause_after(1, TooManyRequests(retry_after=1e9)) == 600.0


@pytest.mark.parametrize(
    ("error", "limit", "tries"),
    [(TimedOut(host="x"), math.inf, 3), (BadRequest(reason="no"), math.inf, 1), (ServiceTrouble(), 0.0, 1)],
)
def test_what_may_work_later_is_tried_again(
    error: BatchdockError, limit: float, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_FIRST_PAUSE", 0.01)
    calls = []

    async def work() -> str:
        calls.append(1)
        if len(calls) < 3:
            raise error
        return "done"

    async def scenario() -> str:
        return await Patience(limit).keep(work)

    if tries == 3:
        assert asyncio.run(scenario()) == "done"
    else:
        with pytest.raises(type(error)):
            asyncio.run(scenario())
    assert len(calls) == tries


def test_many_wishes_make_few_beats() -> None:
    async def scenario() -> list[float]:
        loop = asyncio.get_running_loop()
        beats: list[float] = []
        pulse = Pulse(lambda: beats.append(loop.time()), interval=0.05)
        end = loop.time() + 0.3
        while loop.time() < end:
            pulse.want()
            await asyncio.sleep(0.001)
        pulse.flush()
        return beats

    beats = asyncio.run(scenario())
    assert 4 <= len(beats) <= 9
