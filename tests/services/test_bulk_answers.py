"""Uploads and downloads against servers that leave early, never end, or point elsewhere, byte by byte."""

from pathlib import Path

import pytest

from batchdock.core.errors import (
    ConnectionProblem,
    UnreadableAnswer,
)
from batchdock.services.http.bulk import Bulk
from batchdock.services.http.limits import Limits
from fakes.raw_server import Handle, RawRequest, RawServer, raw_server
from making.bodies import Held, Zeros
from making.bulk import MEGABYTES, OK, meeting, put, took_all
from making.certificates import Authority

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

    meeting(early, work, Limits())


def test_a_success_before_all_was_sent_is_none() -> None:
    async def early(request: RawRequest) -> bool:
        await request.say(OK)
        await request.reader.read(100_000)
        return False

    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(ConnectionProblem):
            await put(bulk, server, Zeros("v.mp4", 50 * MEGABYTES))

    meeting(early, work)


def test_an_answer_that_begins_while_the_body_goes_is_waited_for() -> None:
    async def talks_meanwhile(request: RawRequest) -> None:
        await request.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{")
        await request.body()
        await request.say(b"}")

    async def work(bulk: Bulk, server: RawServer) -> None:
        answer = await put(bulk, server, Zeros("v.mp4", 20 * MEGABYTES))
        assert (answer.status, answer.content) == (200, b"{}")

    meeting(talks_meanwhile, work)


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

    meeting(breaks, work)


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

    meeting(endless, work, Limits(answer_bytes=1_000_000))
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

    meeting(endless, work)


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

    meeting(redirecting(5), work)


def test_a_download_does_not_follow_many() -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        async with bulk.receive(server.url, what="GET /") as arriving:
            assert arriving.status == 302
        assert len(server.requests) == 6

    meeting(redirecting(99), work)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:,x"])
def test_a_download_does_not_go_everywhere(target: str) -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(UnreadableAnswer):
            async with bulk.receive(server.url, what="GET /"):
                pytest.fail("It went there.")
        assert len(server.requests) == 1

    meeting(redirecting(1, target), work)


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

    meeting(took_all, work)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_upload_follows_none(status: int) -> None:
    async def handle(request: RawRequest) -> None:
        await request.body()
        await request.answer(f"{status} Elsewhere", b"", "Location: /elsewhere")

    async def work(bulk: Bulk, server: RawServer) -> None:
        assert (await put(bulk, server, Held("a.jpg", b"jpg"))).status == status
        assert len(server.requests) == 1

    meeting(handle, work)


# --- whoever reads ----------------------------------------------------------------------------------------------


def test_what_goes_wrong_with_the_reader_is_not_blamed_on_the_line() -> None:
    async def work(bulk: Bulk, server: RawServer) -> None:
        with pytest.raises(OSError, match="the disk is full"):
            async with bulk.receive(server.url, what="GET /"):
                raise OSError("the disk is full")

    meeting(redirecting(0), work)
