"""The other loop: work goes over, answers and errors come back, and it ends when told."""

import asyncio
import gc
import threading
from collections.abc import Iterator

import pytest

from batchdock.bridge.background import Background
from batchdock.core.errors import NotFound


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background()
    background.start()
    yield background
    background.stop()


def test_work_runs_on_the_other_thread_and_the_answer_comes_back(background: Background) -> None:
    async def where() -> str:
        return threading.current_thread().name

    assert asyncio.run(background.run(where())) == "batchdock-flows"


def test_an_error_comes_back_as_itself(background: Background) -> None:
    async def fail() -> None:
        raise NotFound(service="Roboflow", reason="gone")

    with pytest.raises(NotFound):
        asyncio.run(background.run(fail()))


def test_being_cancelled_here_cancels_over_there(background: Background) -> None:
    cancelled = threading.Event()
    began = threading.Event()

    async def wait_for_ever() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def scenario() -> None:
        task = asyncio.create_task(background.run(wait_for_ever()))
        while not began.is_set():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert cancelled.wait(5)


def test_stopping_ends_what_runs_and_the_thread() -> None:
    background = Background()
    background.start()
    tidied = threading.Event()
    began = threading.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            tidied.set()

    background.submit(work())
    assert began.wait(5)
    background.stop()
    background.stop()
    assert tidied.is_set()
    assert not any(thread.name == "batchdock-flows" for thread in threading.enumerate())


@pytest.mark.expects_errors_in_log  # asyncio's own, when what was left behind is thrown away
def test_work_that_does_not_end_is_left_behind_in_time() -> None:
    background = Background()
    background.start()
    let_go = threading.Event()
    began = threading.Event()

    async def stubborn() -> None:
        began.set()
        while not let_go.is_set():
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                continue

    background.submit(stubborn())
    assert began.wait(5)
    background.stop(timeout=0.2)
    assert not any(thread.name == "batchdock-flows" for thread in threading.enumerate())
    let_go.set()
    del background
    gc.collect()
