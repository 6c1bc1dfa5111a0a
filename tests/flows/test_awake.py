"""Keeping the computer awake: when, for how long, and what the desktop is told."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.flows.awake import Awake
from batchdock.flows.news import AwakeChanged, AwakeState, Event, JobsChanged, JobsRemoved, News, TransfersChanged
from making.desks import until
from making.jobs import job

TESTS = Path(__file__).parents[1]


def moved(state: TransferState) -> TransfersChanged:
    about: dict[str, Any] = {"items_done": 0, "items_total": 1, "bytes_done": 0, "bytes_total": 1}
    now = datetime.now(UTC)
    return TransfersChanged((Transfer("t1", TransferKind.SENDING, "Lot", "a", state, started=now, **about),))


Scenario = Callable[[Awake, News, list[AwakeState]], Coroutine[Any, Any, None]]


def follow(scenario: Scenario, *, linger: float = 0.0) -> list[AwakeState]:
    """Play a scenario with an `Awake` of its own and return every state it told of."""

    async def run() -> list[AwakeState]:
        news, said = News(), list[AwakeState]()

        def hear(event: Event) -> None:
            if isinstance(event, AwakeChanged):
                said.append(event.state)

        news.subscribe(hear)
        awake = Awake(news, linger=linger)
        awake.start()
        try:
            await scenario(awake, news, said)
        finally:
            await awake.close()
        return said

    return asyncio.run(run())


@pytest.fixture
def no_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a way")
def test_without_a_desktop_it_says_so_once_and_without_noise(no_bus: None, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(awake: Awake, news: News, said: list[AwakeState]) -> None:
        news.publish(moved(TransferState.WAITING))
        news.publish(moved(TransferState.MOVING))
        await until(lambda: said == [AwakeState.NOT_POSSIBLE])
        news.publish(moved(TransferState.CHECKING))
        news.publish(moved(TransferState.DONE))
        await until(lambda: said[-1] is AwakeState.IDLE)

    assert follow(scenario) == [AwakeState.NOT_POSSIBLE, AwakeState.IDLE]
    assert [record for record in caplog.records if record.levelname not in ("DEBUG", "INFO")] == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a way")
def test_a_job_on_this_computer_needs_it_awake_and_one_elsewhere_does_not(no_bus: None) -> None:
    async def scenario(awake: Awake, news: News, said: list[AwakeState]) -> None:
        news.publish(JobsChanged((job(1, account_id="roboflow-x"),)))
        news.publish(JobsChanged((job(2, account_id="this-computer"),)))
        await until(lambda: said == [AwakeState.NOT_POSSIBLE])
        news.publish(JobsRemoved((job(2, account_id="this-computer").key,)))
        await until(lambda: said[-1] is AwakeState.IDLE)

    follow(scenario)


def test_a_short_pause_does_not_let_it_sleep_but_the_person_does(no_bus: None) -> None:
    async def scenario(awake: Awake, news: News, said: list[AwakeState]) -> None:
        news.publish(moved(TransferState.MOVING))
        await until(lambda: said)
        news.publish(moved(TransferState.HELD))
        news.publish(moved(TransferState.MOVING))
        await asyncio.sleep(0)
        assert AwakeState.IDLE not in said
        await awake.let_sleep(True)
        assert awake.state is AwakeState.LET_SLEEP
        await awake.let_sleep(False)
        await until(lambda: len(said) == 3)

    said = follow(scenario, linger=60.0)
    assert said[1:] == [AwakeState.LET_SLEEP, said[0]]


_ON_A_BUS = """
import asyncio
from batchdock.core.transfer import TransferState
from batchdock.flows.news import AwakeState
from fakes.power_manager import PowerManager
from flows_test_awake import follow, moved, until

async def scenario(awake, news, said):
    news.publish(moved(TransferState.MOVING))
    await until(lambda: said == [AwakeState.KEPT])
    assert desk.calls == ["Inhibit"], desk.calls
    news.publish(moved(TransferState.DONE))
    await until(lambda: desk.calls == ["Inhibit", "UnInhibit"])

async def silent(awake, news, said):
    news.publish(moved(TransferState.MOVING))
    await until(lambda: said == [AwakeState.NOT_POSSIBLE])

desk = PowerManager(silent={silent})
follow(silent if {silent} else scenario)
print("done")
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="wants dbus-run-session")
@pytest.mark.parametrize("silent", [False, True])
def test_the_desktop_is_told_and_told_again_when_it_is_over(silent: bool) -> None:
    """On a session bus of its own; the silent desktop costs two seconds, which is how long a call may take."""
    script = _ON_A_BUS.replace("{silent}", str(silent)).replace("flows_test_awake", "test_awake")
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", script],
        env={"PYTHONPATH": f"{TESTS}:{TESTS / 'flows'}:{TESTS.parent / 'gui'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "done\n", done.stderr
