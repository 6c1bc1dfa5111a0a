"""What a cluster's workers can fetch from this computer, and what nobody can."""

import asyncio
import http.client
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from batchdock.thiscomputer.engine.lending import Lender
from batchdock.thiscomputer.engine.remote import REFUSED, Desk
from batchdock.thiscomputer.engine.rows import Input
from batchdock.thiscomputer.engine.scheduler import Scheduler, Unreachable
from making.certificates import Authority
from making.media import picture_bytes

PICTURE = picture_bytes(1)


def lending(scenario: Callable[[Lender], Awaitable[None]], encrypted: Scheduler | None = None) -> None:
    """Run a scenario with a lender that is open."""

    async def run() -> None:
        lender = Lender()
        await lender.open("127.0.0.1", encrypted.server_context() if encrypted else None)
        try:
            await scenario(lender)
        finally:
            await lender.close()

    asyncio.run(run())


def fetched(desk: Desk, path: str, method: str = "GET", context: ssl.SSLContext | None = None) -> tuple[int, bytes]:
    """Ask as a worker does."""
    if context is None:
        connection = http.client.HTTPConnection(desk.host, desk.port, timeout=60)
    else:
        connection = http.client.HTTPSConnection(desk.host, desk.port, timeout=60, context=context)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_what_is_lent_is_there_until_it_is_taken_back(tmp_path: Path) -> None:
    (tmp_path / "picture.jpg").write_bytes(PICTURE)
    (tmp_path / "film.mp4").write_bytes(bytes(range(256)) * 20_000)
    items = [
        Input("picture.jpg", tmp_path / "picture.jpg"),
        Input("film.mp4", tmp_path / "film.mp4", content="videos"),
        Input("data.jpg", data=PICTURE),
    ]

    async def scenario(lender: Lender) -> None:
        lent = lender.lend(items)
        assert len({each.token for each in lent}) == 3
        assert not any(each.token in repr(lent) for each in lent)
        answers = [await asyncio.to_thread(fetched, lender.desk, f"/{each.token}") for each in lent]
        assert answers == [(200, PICTURE), (200, (tmp_path / "film.mp4").read_bytes()), (200, PICTURE)]
        lender.take_back(lent[:1])
        assert await asyncio.to_thread(fetched, lender.desk, f"/{lent[0].token}") == (404, b"")
        assert await asyncio.to_thread(fetched, lender.desk, f"/{lent[1].token}") == answers[1]

    lending(scenario)


def test_what_can_not_be_read_is_said_as_for_a_worker_here(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    items = [
        Input("gone.jpg", tmp_path / "gone.jpg"),
        Input("gone.mp4", tmp_path / "gone.mp4", content="videos"),
        Input("empty.jpg", tmp_path / "empty.jpg"),
        Input("folder", tmp_path),
    ]

    async def scenario(lender: Lender) -> None:
        for each, words in zip(lender.lend(items), ("not there", "not there", "empty", "ordinary"), strict=True):
            status, body = await asyncio.to_thread(fetched, lender.desk, f"/{each.token}")
            assert status == REFUSED
            assert words in body.decode()

    lending(scenario)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/" + "A" * 43),
        ("GET", "/../../etc/passwd"),
        ("GET", "//etc/passwd"),
        ("POST", "/{token}"),
        ("HEAD", "/{token}"),
        ("GET", "/{token}?x"),
        ("GET", "/x/{token}"),
    ],
)
def test_nothing_else_is_there(method: str, path: str) -> None:
    async def scenario(lender: Lender) -> None:
        (lent,) = lender.lend([Input("a", data=PICTURE)])
        asked = path.replace("{token}", lent.token)
        assert await asyncio.to_thread(fetched, lender.desk, asked, method) == (404, b"")
        assert await asyncio.to_thread(fetched, lender.desk, f"/{lent.token}") == (200, PICTURE)

    lending(scenario)


@pytest.mark.parametrize("said", [b"\x00" * 100_000, b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 10_000, b"\x16\x03\x01\x02"])
def test_what_is_no_request_ends_the_connection_and_nothing_more(said: bytes) -> None:
    async def scenario(lender: Lender) -> None:
        (lent,) = lender.lend([Input("a", data=PICTURE)])

        def shout() -> bytes:
            with socket.create_connection((lender.desk.host, lender.desk.port), timeout=60) as stranger:
                try:
                    stranger.sendall(said)
                    stranger.shutdown(socket.SHUT_WR)
                    return stranger.recv(1000)
                except OSError:  # it was ended before everything was said
                    return b""

        assert await asyncio.to_thread(shout) == b""
        assert await asyncio.to_thread(fetched, lender.desk, f"/{lent.token}") == (200, PICTURE)

    lending(scenario)


def test_many_silent_guests_do_not_keep_others_out_and_it_closes_over_them() -> None:
    async def scenario(lender: Lender) -> None:
        (lent,) = lender.lend([Input("a", data=PICTURE)])
        place = (lender.desk.host, lender.desk.port)
        silent = [await asyncio.to_thread(socket.create_connection, place, 10) for _ in range(100)]
        assert await asyncio.to_thread(fetched, lender.desk, f"/{lent.token}") == (200, PICTURE)
        await lender.close()
        for each in silent:
            each.close()

    lending(scenario)


def test_encrypted_only_with_a_certificate_of_the_authority(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other")
    own = authority.signed("own")

    def scheduler(of: Authority, certificate: Path) -> Scheduler:
        return Scheduler("tls://127.0.0.1:1", str(of.path), str(certificate))

    async def scenario(lender: Lender) -> None:
        (lent,) = lender.lend([Input("a", data=PICTURE)])
        good = scheduler(authority, authority.signed("worker")).client_context()
        assert await asyncio.to_thread(fetched, lender.desk, f"/{lent.token}", "GET", good) == (200, PICTURE)
        without = ssl.create_default_context(cafile=str(authority.path))
        without.check_hostname = False
        foreign = scheduler(authority, stranger.signed("worker")).client_context()
        for bad in (without, foreign):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await asyncio.to_thread(fetched, lender.desk, f"/{lent.token}", "GET", bad)
        with pytest.raises((OSError, http.client.HTTPException)):
            await asyncio.to_thread(fetched, lender.desk, f"/{lent.token}")

    lending(scenario, scheduler(authority, own))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (("", "", ""), "three files"),
        (("{gone}", "{own}", ""), "authority’s certificate can not be read"),
        (("{own}", "{gone}", ""), "certificate and its key can not be read"),
        (("{authority}", "{authority}", ""), "certificate and its key can not be read"),
        (("{own}", "{own}", "{foreign}"), "certificate and its key can not be read"),
    ],
)
def test_files_that_are_no_certificates_are_named(tmp_path: Path, files: tuple[str, ...], words: str) -> None:
    authority = Authority(tmp_path)
    known = {
        "{gone}": str(tmp_path / "gone.pem"),
        "{own}": str(authority.signed("own")),
        "{foreign}": str(authority.signed("foreign")),
        "{authority}": str(authority.path),
    }
    with pytest.raises(Unreachable, match=words):
        Scheduler("tls://127.0.0.1:1", *(known.get(each, each) for each in files)).client_context()


@pytest.mark.parametrize("address", ["tcp://", "tcp://:8786", "tcp://host:port", "tcp://[::1", "tcp://host:99999"])
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(Unreachable, match="is not an address"):
        asyncio.run(Scheduler(address).knock())
