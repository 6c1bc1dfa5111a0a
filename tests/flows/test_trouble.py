"""How long trouble is borne and when it is shown, in virtual time."""

import asyncio

import pytest

from batchdock.core.errors import KeyRefused, NoNetwork, ServiceTrouble, TooManyRequests
from batchdock.core.transfer import Hold, Transfer, TransferState
from batchdock.flows.patience import Patience
from batchdock.flows.transfers.trouble import SHOWN_AFTER, Trouble
from making.sendings import shown_row
from making.virtual_time import run_in_virtual_time

STRAINED = ServiceTrouble(service="Roboflow", status=503, reason="Overloaded")


def test_what_a_service_asks_for_is_waited_for_however_long() -> None:
    async def scenario(asked: float) -> float:
        clock = asyncio.get_running_loop()
        began = clock.time()
        await Trouble(shown_row(), Patience()).after(TooManyRequests(service="x", retry_after=asked), 1)
        return clock.time() - began

    for asked in (0.0, 1.0, 60.0, 900.0):
        assert asked <= run_in_virtual_time(scenario(asked)) <= asked * 1.1 + 0.5


def test_pauses_grow_and_have_an_end() -> None:
    async def scenario(tries: int) -> float:
        clock = asyncio.get_running_loop()
        began = clock.time()
        await Trouble(shown_row(), Patience()).after(STRAINED, tries)
        return clock.time() - began

    pauses = {tries: [run_in_virtual_time(scenario(tries)) for _ in range(40)] for tries in (1, 4, 30)}
    assert max(pauses[1]) <= 0.5
    assert 0.5 < max(pauses[4]) <= 4
    assert 30 < max(pauses[30]) <= 60
    # Full jitter: those who were refused together do not come back together.
    assert min(pauses[30]) < 20


def test_trouble_is_shown_after_a_while_and_forgotten_at_the_first_success() -> None:
    told: list[Transfer] = []

    async def scenario() -> None:
        row = shown_row(told.append)
        trouble = Trouble(row, Patience())
        clock = asyncio.get_running_loop()
        tries = 0
        while clock.time() < SHOWN_AFTER * 3:
            tries += 1
            await trouble.after(STRAINED, tries)
            assert row.transfer.state is TransferState.HELD or clock.time() < SHOWN_AFTER
        assert (row.transfer.hold, row.transfer.rate) == (Hold.SERVICE, None)
        assert row.transfer.message == "Roboflow is in trouble (503). It answered: Overloaded"
        assert row.transfer.retried == tries
        trouble.moved()
        assert (row.transfer.state, row.transfer.hold, row.transfer.message) == (TransferState.MOVING, None, "")

    run_in_virtual_time(scenario())


def test_it_is_shown_in_the_middle_of_a_long_pause() -> None:
    async def scenario() -> float:
        row = shown_row()
        waiting = asyncio.create_task(Trouble(row, Patience()).after(NoNetwork(), 30))
        clock = asyncio.get_running_loop()
        while row.transfer.state is not TransferState.HELD and not waiting.done():
            await asyncio.sleep(0.1)
        waiting.cancel()
        return clock.time()

    assert any(run_in_virtual_time(scenario()) <= SHOWN_AFTER + 0.2 for _ in range(20))


def test_bytes_that_go_further_than_ever_are_movement_and_bytes_that_go_again_are_none() -> None:
    async def scenario() -> tuple[TransferState, TransferState]:
        row = shown_row()
        trouble = Trouble(row, Patience())
        for _ in range(30):
            await asyncio.sleep(1)
            row.meter.add_bytes(10)
            await trouble.after(STRAINED, 1)
        large = row.transfer.state
        for _ in range(30):
            await asyncio.sleep(1)
            row.meter.add_bytes(10)
            row.meter.add_bytes(-10)
            await trouble.after(STRAINED, 1)
        return large, row.transfer.state

    assert run_in_virtual_time(scenario()) == (TransferState.MOVING, TransferState.HELD)


def test_patience_of_a_script_ends() -> None:
    async def scenario() -> float:
        trouble = Trouble(shown_row(), Patience(300))
        clock = asyncio.get_running_loop()
        tries = 0
        while True:
            tries += 1
            try:
                await trouble.after(STRAINED, tries)
            except ServiceTrouble:
                return clock.time()

    assert 180 < run_in_virtual_time(scenario()) <= 300


def test_questions_are_asked_again_only_while_that_may_help() -> None:
    async def scenario() -> str:
        trouble = Trouble(shown_row(), Patience())
        left = [STRAINED] * 5

        async def ask() -> str:
            if left:
                raise left.pop()
            return "answer"

        async def refused() -> str:
            raise KeyRefused(service="x")

        answer = await trouble.keep(ask)
        with pytest.raises(KeyRefused):
            await trouble.keep(refused)
        return answer

    assert run_in_virtual_time(scenario()) == "answer"
