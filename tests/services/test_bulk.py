"""Uploads and downloads: time, memory, and ends that this side makes."""

import asyncio
import socket
import tracemalloc
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from batchdock.core.errors import (
    ConnectionClosed,
    FileUnreadable,
    TimedOut,
)
from batchdock.services.http.bulk import Bulk
from batchdock.services.http.limits import Limits
from fakes.raw_server import Handle, RawRequest, RawServer
from making.bodies import Held, Zeros
from making.bulk import MEGABYTES, QUICK, meeting, put, took_all


async def is_deaf(request: RawRequest) -> None:
    await asyncio.Event().wait()


async def reads_and_is_silent(request: RawRequest) -> None:
    await request.body()
    await asyncio.Event().wait()


# --- time -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("handle", [is_deaf, reads_and_is_silent])
def test_a_line_on_which_nothing_moves_is_given_up(handle: Handle) -> None:
    body = Zeros("v.mp4", 60 * MEGABYTES)

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(TimedOut):
            await asyncio.wait_for(put(bulk, server, body), 20)

    meeting(handle, work)
    assert body.opened == body.closed == 1


class _Slow:
    """A body that is slower than any line may be."""

    name, size = "slow.jpg", 3

    async def open(self) -> AsyncGenerator[bytes, None]:
        for letter in (b"j", b"p", b"g"):
            await asyncio.sleep(0.3)
            yield letter


def test_a_slow_body_is_no_broken_line() -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        assert (await bulk.send("PUT", f"{server.url}/file", _Slow(), what="PUT /file")).success

    meeting(took_all, work)


def test_a_download_that_stops_is_given_up() -> None:
    async def half(request: RawRequest) -> None:
        await request.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"half")
        await asyncio.Event().wait()

    async def work(bulk: Bulk, server: RawServer) -> None:
        async with bulk.receive(server.url, what="GET /") as arriving:
            with pytest.raises(TimedOut):
                assert [piece async for piece in arriving.pieces()] == []

    meeting(half, work)


@pytest.mark.parametrize("head", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 503 No\r\nContent-Length: 9999\r\n\r\n"])
def test_an_answer_drop_by_drop_is_given_up(head: bytes) -> None:
    async def drips(request: RawRequest) -> None:
        await request.body()
        await request.say(head)
        while True:
            await asyncio.sleep(0.02)
            await request.say(head if b" 100 " in head else b"n")

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(TimedOut):
            await put(bulk, server, Held("a.jpg", b"jpg"))
        with pytest.raises(TimedOut):
            async with bulk.receive(server.url, what="GET /") as arriving:
                await arriving.text(QUICK)

    meeting(drips, work)


def test_a_host_that_does_not_take_the_call_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(4):
            call = waiting.enter_context(socket.socket())
            call.setblocking(False)
            call.connect_ex(listener.getsockname())

        async def work(bulk: Bulk, _: RawServer) -> None:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with pytest.raises(TimedOut):
                await bulk.send("PUT", url, Held("a", b"a"), what="PUT /")

        meeting(took_all, work)


# --- memory -----------------------------------------------------------------------------------------------------


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Fail when more memory than this is held at any moment."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < size


def test_a_large_upload_takes_no_memory() -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        with at_most(16 * MEGABYTES):  # Of both sides together.
            await put(bulk, server, Zeros("v.mp4", 200 * MEGABYTES))

    meeting(took_all, work, Limits())


def test_a_large_download_takes_no_memory_however_slowly_it_is_read() -> None:
    async def large(request: RawRequest) -> None:
        await request.say(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n")
        for _ in range(200):
            await request.say(bytes(MEGABYTES))

    async def work(bulk: Bulk, server: RawServer) -> None:
        total = number = 0
        with at_most(16 * MEGABYTES):
            async with bulk.receive(server.url, what="GET /") as arriving:
                async for piece in arriving.pieces():
                    total += len(piece)
                    number += 1
                    if number % 50 == 0:
                        await asyncio.sleep(0.005)
        assert total == 200 * MEGABYTES

    meeting(large, work, Limits())


# --- an end by this side ----------------------------------------------------------------------------------------


class _Stuck:
    """A body that waits for ever after its first piece."""

    name, size = "stuck.jpg", 200_000

    def __init__(self) -> None:
        self.closed = False

    async def open(self) -> AsyncGenerator[bytes, None]:
        try:
            yield bytes(100_000)
            await asyncio.Event().wait()
        finally:
            self.closed = True


@pytest.mark.parametrize("handle", [is_deaf, reads_and_is_silent])
def test_a_cancelled_send_is_over_at_once(handle: Handle) -> None:
    stuck, endless = _Stuck(), Zeros("v.mp4", 10**12)

    async def work(bulk: Bulk, server: RawServer) -> None:
        for body in (stuck, endless):
            sending = asyncio.create_task(bulk.send("PUT", server.url, body, what="PUT /"))
            before = len(server.requests)
            while len(server.requests) == before:
                await asyncio.sleep(0.01)
            sending.cancel()
            done, _ = await asyncio.wait({sending}, timeout=1.0)
            assert done
            assert sending.cancelled()

    meeting(handle, work, Limits())
    assert stuck.closed
    assert endless.opened == endless.closed == 1


def test_closing_ends_what_is_under_way() -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        sending = asyncio.create_task(put(bulk, server, Zeros("v.mp4", 10**12)))
        while not server.requests:
            await asyncio.sleep(0.01)
        await bulk.close()
        with pytest.raises(ConnectionClosed):
            await sending
        with pytest.raises(ConnectionClosed):
            await put(bulk, server, Held("a.jpg", b"jpg"))

    meeting(is_deaf, work, Limits())


@pytest.mark.parametrize("breaks_at", [0, 3 * MEGABYTES])
def test_a_connection_with_half_a_body_on_it_is_not_used_again(breaks_at: int) -> None:
    error = FileUnreadable(name="v.mp4", reason="It is gone.")

    async def work(bulk: Bulk, server: RawServer) -> None:
        await put(bulk, server, Held("a.jpg", b"jpg"))
        await put(bulk, server, Held("b.jpg", b"jpg"))
        assert server.connections == 1
        with pytest.raises(FileUnreadable) as caught:
            await put(bulk, server, Zeros("v.mp4", 5 * MEGABYTES, error=error, breaks_at=breaks_at))
        assert caught.value is error
        await put(bulk, server, Held("c.jpg", b"jpg"))
        assert server.connections == 2

    meeting(took_all, work)


def test_a_mistake_in_a_body_does_not_pass_for_a_broken_line() -> None:
    class Mistaken:
        name, size = "a.jpg", 300_000

        async def open(self) -> AsyncGenerator[bytes, None]:
            yield bytes(100_000)
            raise KeyError("a mistake")

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(KeyError, match="a mistake"):
            await bulk.send("PUT", server.url, Mistaken(), what="PUT /")

    meeting(took_all, work)


@pytest.mark.parametrize("told", [2, 4])
def test_a_body_of_another_length_than_it_said_is_not_sent(told: int) -> None:
    class Wrong:
        name, size = "a.jpg", told

        async def open(self) -> AsyncGenerator[bytes, None]:
            yield b"jpg"

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(FileUnreadable, match=r"a\.jpg"):
            await bulk.send("PUT", server.url, Wrong(), what="PUT /")

    meeting(took_all, work)
