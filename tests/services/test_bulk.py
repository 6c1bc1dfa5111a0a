"""Uploads and downloads over lines and servers that misbehave, byte by byte."""

import asyncio
import gc
import socket
import tracemalloc
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from batchdock.core.errors import (
    ConnectionClosed,
    ConnectionProblem,
    FileUnreadable,
    TimedOut,
    UnreadableAnswer,
)
from batchdock.services.http.answer import Answer
from batchdock.services.http.bulk import Bulk
from batchdock.services.http.limits import Limits
from fakes.raw_server import Handle, RawRequest, RawServer, raw_server
from making.bodies import Held, Zeros
from making.certificates import Authority

QUICK = Limits(connect=0.5, silence=0.4, answer=0.4, answer_bytes=1_000_000, error_bytes=10_000)
MEGABYTES = 1_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

Work = Callable[[Bulk, RawServer], Awaitable[None]]


def run(handle: Handle, work: Work, limits: Limits = QUICK) -> None:
    """Do the work against a server, and look whether anything is left open (a warning fails the test)."""

    async def scenario() -> None:
        async with raw_server(handle) as server:
            bulk = Bulk("Roboflow", limits)
            try:
                await work(bulk, server)
            finally:
                await bulk.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario())
    gc.collect()


async def put(bulk: Bulk, server: RawServer, body: Held | Zeros) -> Answer:
    return await bulk.send("PUT", f"{server.url}/file", body, what="PUT /file")


async def took_all(request: RawRequest) -> None:
    await request.body()
    await request.say(OK)


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

    run(handle, work)
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

    run(took_all, work)


def test_a_download_that_stops_is_given_up() -> None:
    async def half(request: RawRequest) -> None:
        await request.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"half")
        await asyncio.Event().wait()

    async def work(bulk: Bulk, server: RawServer) -> None:
        async with bulk.receive(server.url, what="GET /") as arriving:
            with pytest.raises(TimedOut):
                assert [piece async for piece in arriving.pieces()] == []

    run(half, work)


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

    run(drips, work)


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

        run(took_all, work)


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

    run(took_all, work, Limits())


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

    run(large, work, Limits())


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

    run(handle, work, Limits())
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

    run(is_deaf, work, Limits())


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

    run(took_all, work)


def test_a_mistake_in_a_body_does_not_pass_for_a_broken_line() -> None:
    class Mistaken:
        name, size = "a.jpg", 300_000

        async def open(self) -> AsyncGenerator[bytes, None]:
            yield bytes(100_000)
            raise KeyError("a mistake")

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(KeyError, match="a mistake"):
            await bulk.send("PUT", server.url, Mistaken(), what="PUT /")

    run(took_all, work)


@pytest.mark.parametrize("told", [2, 4])
def test_a_body_of_another_length_than_it_said_is_not_sent(told: int) -> None:
    class Wrong:
        name, size = "a.jpg", told

        async def open(self) -> AsyncGenerator[bytes, None]:
            yield b"jpg"

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(FileUnreadable, match=r"a\.jpg"):
            await bulk.send("PUT", server.url, Wrong(), what="PUT /")

    run(took_all, work)


# --- an end by the other side -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["413 Too Large", "403 Forbidden", "429 Too Many Requests"])
@pytest.mark.parametrize("lingers", [True, False])
def test_an_answer_before_the_body_was_read_is_the_answer(status: str, lingers: bool) -> None:
    async def early(request: RawRequest) -> bool:
        await request.reader.read(100_000)
        await request.answer(status, b"No.", "Connection: close")
        if lingers:  # As good servers do; others leave, and what is still on its way to them tears the line.
            request.writer.write_eof()
            while await request.reader.read(1 << 20):
                pass
        return False

    async def work(bulk: Bulk, server: RawServer) -> None:
        for _ in range(10):
            answer = await put(bulk, server, Zeros("v.mp4", 50 * MEGABYTES))
            assert (answer.status, answer.content) == (int(status[:3]), b"No.")

    run(early, work, Limits())


def test_a_success_before_all_was_sent_is_none() -> None:
    async def early(request: RawRequest) -> bool:
        await request.say(OK)
        await request.reader.read(100_000)
        return False

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(ConnectionProblem):
            await put(bulk, server, Zeros("v.mp4", 50 * MEGABYTES))

    run(early, work)


def test_an_answer_that_begins_while_the_body_goes_is_waited_for() -> None:
    async def talks_meanwhile(request: RawRequest) -> None:
        await request.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{")
        await request.body()
        await request.say(b"}")

    async def work(bulk: Bulk, server: RawServer) -> None:
        answer = await put(bulk, server, Zeros("v.mp4", 20 * MEGABYTES))
        assert (answer.status, answer.content) == (200, b"{}")

    run(talks_meanwhile, work)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Length: no\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/9.9 nonsense\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x15\x03\x03\x00\x02\x02\x50",
    ],
)
def test_half_an_answer_is_none(answer: bytes) -> None:
    async def breaks(request: RawRequest) -> bool:
        await request.body()
        await request.say(answer)
        return False

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(ConnectionProblem):
            await put(bulk, server, Held("a.jpg", b"jpg"))

    run(breaks, work)


# --- answers without an end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", ["Content-Length: 99999999999", "Transfer-Encoding: chunked"])
def test_an_endless_answer_is_left(length: str) -> None:
    said = 0

    async def endless(request: RawRequest) -> None:
        nonlocal said
        await request.body()
        await request.say(f"HTTP/1.1 200 OK\r\n{length}\r\n\r\n".encode())
        piece = b"10000\r\n" + b"[" * 0x10000 + b"\r\n" if "chunked" in length else b"[" * 0x10000
        while True:
            await request.say(piece)
            said += len(piece)

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(UnreadableAnswer):
            await put(bulk, server, Held("a.jpg", b"jpg"))

    run(endless, work, Limits(answer_bytes=1_000_000))
    assert said < 50 * MEGABYTES


def test_of_an_endless_refusal_the_beginning_is_read() -> None:
    async def endless(request: RawRequest) -> None:
        await request.say(b"HTTP/1.1 503 No\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            await request.say(b"no " * 10_000)

    async def work(bulk: Bulk, server: RawServer) -> None:
        answer = await put(bulk, server, Held("a.jpg", b"jpg"))
        assert answer.status == 503
        assert len(answer.content) == 10_000

    run(endless, work)


# --- redirects --------------------------------------------------------------------------------------------------


def redirecting(times: int, target: str = "") -> Handle:
    """Redirect so many times, then to `target`, or answer."""

    async def handle(request: RawRequest) -> None:
        await request.body()
        number = int(request.target.strip("/") or 0) if request.target.strip("/").isdigit() else 0
        if number < times:
            place = target if target and number == times - 1 else f"/{number + 1}"
            await request.answer("302 Found", b"", f"Location: {place}")
        else:
            await request.answer("200 OK", b"here")

    return handle


def test_a_download_follows_a_few_redirects() -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        async with bulk.receive(server.url, what="GET /", headers={"Range": "bytes=1-"}) as arriving:
            assert (arriving.status, [piece async for piece in arriving.pieces()]) == (200, [b"here"])
        assert len(server.requests) == 6
        assert all("range: bytes=1-" in each.lower() for each in server.requests)

    run(redirecting(5), work)


def test_a_download_does_not_follow_many() -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        async with bulk.receive(server.url, what="GET /") as arriving:
            assert arriving.status == 302
        assert len(server.requests) == 6

    run(redirecting(99), work)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:,x"])
def test_a_download_does_not_go_everywhere(target: str) -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(UnreadableAnswer):
            async with bulk.receive(server.url, what="GET /"):
                pytest.fail("It went there.")
        assert len(server.requests) == 1

    run(redirecting(1, target), work)


def test_a_download_stays_on_lines_that_nobody_listens_in_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))

    async def work(bulk: Bulk, plain: RawServer) -> None:
        async with raw_server(redirecting(1, plain.url), tls=authority.context("127.0.0.1")) as safe:
            with pytest.raises(UnreadableAnswer):
                async with bulk.receive(safe.url, what="GET /"):
                    pytest.fail("It went there.")
            assert len(safe.requests) == 1
        assert plain.requests == []

    run(took_all, work)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_upload_follows_none(status: int) -> None:
    async def handle(request: RawRequest) -> None:
        await request.body()
        await request.answer(f"{status} Elsewhere", b"", "Location: /elsewhere")

    async def work(bulk: Bulk, server: RawServer) -> None:
        assert (await put(bulk, server, Held("a.jpg", b"jpg"))).status == status
        assert len(server.requests) == 1

    run(handle, work)


# --- whoever reads ----------------------------------------------------------------------------------------------


def test_what_goes_wrong_with_the_reader_is_not_blamed_on_the_line() -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(OSError, match="the disk is full"):
            async with bulk.receive(server.url, what="GET /"):
                raise OSError("the disk is full")

    run(redirecting(0), work)
