"""Whose turn it is, and what pausing, stopping and a restart do to it."""

import asyncio
from pathlib import Path

import pytest

from batchdock.core.errors import TransferStopped
from batchdock.core.transfer import TransferState, Wanted
from batchdock.flows.transfers.queue import Place
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.transfers import Unfinished
from making.courses import Led
from making.desks import PATIENCE, desk_at, until

SOON = 2.0
"""Seconds in which pausing and stopping must work, whatever hangs."""


def test_two_move_and_the_others_wait_in_their_order(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            led = [Led(desk, name) for name in "abcde"]
            free = Led(desk, "free", free=True)
            await until(lambda: led[0].moving and led[1].moving and free.moving, "two and the free one move")
            assert [each.now.state for each in led[2:]] == [TransferState.WAITING] * 3
            await desk.transfers.move(["e"], Place.TOP)
            assert desk.transfers.all()[0].transfer_id == "e"
            assert not led[4].moving  # What moves is not interrupted for it.
            led[0].finish()
            await until(lambda: led[4].moving, "the one that was moved up")
            assert [each.moving for each in led] == [False, True, False, False, True]
            assert await led[0].result() == "done"
            for each in (*led, free):
                each.finish()
            await asyncio.gather(*(each.result() for each in (*led, free)))
            assert desk._journal.queue.all() == []

    asyncio.run(scenario())


def test_transfers_are_moved_up_down_and_to_both_ends(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            led = [Led(desk, name) for name in "abcde"]
            await until(lambda: led[4].seen, "all are there")

            def order() -> str:
                return "".join(row.transfer_id for row in desk.transfers.all())

            for ids, where, wanted in (
                ("c", Place.UP, "acbde"),
                ("cb", Place.UP, "cbade"),
                ("cb", Place.UP, "cbade"),
                ("ae", Place.DOWN, "cbdae"),
                ("bd", Place.BOTTOM, "caebd"),
                ("db", Place.TOP, "bdcae"),
                ("x", Place.TOP, "bdcae"),
            ):
                await desk.transfers.move(list(ids), where)
                assert order() == wanted
            await desk.transfers.stop_all()
            assert order() == "abcde"  # Those that ended stand as they began.
            for each in led:
                with pytest.raises(TransferStopped):
                    await each.result()

    asyncio.run(scenario())


def test_pausing_gives_the_place_away_and_resuming_waits_for_one(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            led = [Led(desk, name) for name in "abc"]
            await until(lambda: led[0].moving and led[1].moving, "two move")
            await desk.transfers.pause("a")
            assert (led[0].now.state, led[0].now.wanted) == (TransferState.PAUSED, Wanted.PAUSED)
            assert not led[0].moving
            await until(lambda: led[2].moving, "the third has the place")
            await desk.transfers.resume("a")
            await until(lambda: led[0].now.state is TransferState.WAITING, "it waits")
            assert led[0].begun == 1
            led[1].finish()
            await until(lambda: led[0].begun == 2, "it goes on")
            await desk.transfers.pause_all()
            assert [row.state for row in desk.transfers.all()] == [
                TransferState.PAUSED,
                TransferState.PAUSED,
                TransferState.DONE,
            ]
            await desk.transfers.resume_all()
            for each in led:
                each.finish()
            assert await asyncio.gather(*(each.result() for each in led)) == ["done"] * 3

    asyncio.run(scenario())


def test_whoever_pauses_and_changes_their_mind_waits_for_nothing(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            led = Led(desk, "a")
            await until(lambda: led.moving, "moves")
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(desk.transfers.pause("a"), desk.transfers.resume("a"))
                await until(lambda: led.moving and led.begun == 2, "moves again")
                await asyncio.gather(*(desk.transfers.pause("a") for _ in range(3)), desk.transfers.stop("a"))
            with pytest.raises(TransferStopped):
                await led.result()

    asyncio.run(scenario())


def test_pausing_and_stopping_wait_for_nothing_that_hangs(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            let_go = asyncio.Event()
            runs = 0

            async def work(row: Row) -> None:
                nonlocal runs
                runs += 1
                mine = runs
                try:
                    await asyncio.sleep(3600)
                finally:
                    # As something does that waits for a thread on a share that has gone.
                    await let_go.wait()
                    row.change(message=f"the end of run {mine}")

            led = Led(desk, "a")
            led._work = work  # type: ignore[assignment]
            await until(lambda: runs == 1, "it moves")
            await desk.transfers.pause("a")
            assert led.now.state is TransferState.PAUSED
            await desk.transfers.resume("a")
            await until(lambda: led.now.state is not TransferState.PAUSED, "resumed")
            # Two runs never go on beside each other.
            assert runs == 1
            await desk.transfers.stop("a")
            assert [led.now.state] == [TransferState.STOPPED]
            with pytest.raises(TransferStopped):
                await led.result()
            let_go.set()
            await asyncio.sleep(0)
            assert led.now.message == ""

    asyncio.run(scenario())


def test_a_transfer_that_hung_goes_on_when_its_last_run_has_come_back(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            let_go = asyncio.Event()
            order: list[str] = []

            async def work(row: Row) -> None:
                order.append("begin")
                if len(order) > 1:
                    return
                try:
                    await asyncio.sleep(3600)
                finally:
                    await let_go.wait()
                    order.append("end")

            led = Led(desk, "a")
            led._work = work  # type: ignore[assignment]
            await until(lambda: order, "it moves")
            await desk.transfers.pause("a")
            await desk.transfers.resume("a")
            let_go.set()
            await led.result()
            assert order == ["begin", "end", "begin"]

    asyncio.run(scenario())


def test_what_is_paused_rests_after_a_restart_in_its_place(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            led = [Led(desk, name) for name in "abc"]
            await until(lambda: led[0].moving, "it moves")
            await desk.transfers.move(["c"], Place.TOP)
            await desk.transfers.pause("a")
        for each in led:
            with pytest.raises(asyncio.CancelledError):
                await each.result()
        async with desk_at(home, active=False) as (desk, _):
            again: list[Led] = []

            async def taken_up(name: str) -> None:
                again.append(Led(desk, name))
                await again[-1].result()

            desk.transfers.take_up(
                lambda: [Unfinished(name, name, lambda name=name: taken_up(name)) for name in "bac"],  # type: ignore[misc]
            )
            desk.transfers.go_on()
            await until(lambda: len(desk.transfers.all()) == 3, "taken up")
            await until(lambda: sum(each.moving for each in again) == 2, "two move")
            shown = [(row.transfer_id, row.state) for row in desk.transfers.all()]
            assert shown == [
                ("c", TransferState.MOVING),
                ("a", TransferState.PAUSED),
                ("b", TransferState.MOVING),
            ]
            await desk.transfers.resume("a")
            for each in again:
                each.finish()
            await until(lambda: all(row.state is TransferState.DONE for row in desk.transfers.all()), "done")
            await desk.transfers.clear_finished()
            assert desk.transfers.all() == ()

    asyncio.run(scenario())


def test_the_speed_limit_is_kept(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            assert desk.transfers.speed_limit is None
            await desk.transfers.set_speed_limit(500_000.0)
        async with desk_at(home, active=False) as (desk, _):
            assert desk.transfers.speed_limit == 500_000.0
            assert desk.transfers.speed.bytes_a_second == 500_000.0
            await desk.transfers.set_speed_limit(None)
        async with desk_at(home, active=False) as (desk, _):
            assert desk.transfers.speed_limit is None

    asyncio.run(scenario())


def test_who_tries_again_while_the_end_is_shown_already_is_heard_after_the_last_steps(home: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            led = Led(desk, "Lot 17")
            desk.transfers.aside(led.result(), "Lot 17", "Lot 17")
            await until(lambda: led.moving)
            assert led.row is not None
            led.row.change(state=TransferState.DONE_WITH_PROBLEMS)
            again = asyncio.create_task(desk.transfers.retry("Lot 17"))
            await asyncio.sleep(0.05)
            assert led.begun == 1
            led.finish()
            await again
            await until(lambda: led.begun == 2 and led.now.state is TransferState.DONE)

    asyncio.run(scenario())
