"""Supervised tasks: no error disappears, none outlives the window."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from batchdock.bridge.tasks import Tasks
from batchdock.core.errors import BatchdockError, DiskFull


def test_an_error_with_words_is_told_and_goes_to_whoever_asked_for_it() -> None:
    told: list[BatchdockError] = []
    own: list[BatchdockError] = []

    async def fail() -> None:
        raise DiskFull(folder="D:", needed="1 GB")

    async def scenario() -> None:
        tasks = Tasks(told.append)
        await tasks.start(fail())
        await tasks.start(fail(), on_error=own.append)

    asyncio.run(scenario())
    assert [type(error) for error in told] == [DiskFull]
    assert [type(error) for error in own] == [DiskFull]


@pytest.mark.expects_errors_in_log
def test_any_other_error_is_logged_and_told_in_general_words(caplog: pytest.LogCaptureFixture) -> None:
    told: list[BatchdockError] = []

    async def scenario() -> None:
        async def fail() -> None:
            raise ZeroDivisionError

        await Tasks(told.append).start(fail())

    asyncio.run(scenario())
    assert told[0].details == "ZeroDivisionError"
    assert caplog.records[0].exc_info is not None


def test_cancel_all_waits_for_the_tidying_up() -> None:
    tidied: list[bool] = []

    async def scenario() -> None:
        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.01)
                tidied.append(True)

        tasks = Tasks(lambda error: None)
        tasks.start(work())
        tasks.start(work())
        await asyncio.sleep(0)
        await tasks.cancel_all()

    asyncio.run(scenario())
    assert tidied == [True, True]


def test_nothing_begins_once_everything_was_cancelled() -> None:
    begun: list[str] = []
    tasks = Tasks(lambda error: None)

    async def work(name: str) -> None:
        begun.append(name)

    async def handed_over(work: Coroutine[Any, Any, None]) -> None:
        await work

    async def ending() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            # What ends often wants to begin something else: a last look, a message.
            tasks.start(work("while ending"))

    async def scenario() -> None:
        tasks.start(ending())
        await asyncio.sleep(0)
        await tasks.cancel_all()
        late = tasks.start(work("afterwards"))
        other = tasks.start(handed_over(work("by another")))
        await asyncio.wait([late, other])
        assert late.cancelled()
        assert other.cancelled()

    asyncio.run(scenario())
    assert begun == []
