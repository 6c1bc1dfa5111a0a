"""No answer at all: every way has its own words. And this computer is never reached through a proxy."""

import asyncio
import gc
import socket
import threading
import warnings
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from batchdock.core.errors import (
    BatchdockError,
    CertificateRefused,
    ConnectionClosed,
    ConnectionProblem,
    HostNotFound,
    ProxyRefused,
    TimedOut,
)
from batchdock.services.http.connection import Connection
from batchdock.services.http.patience import Patience
from batchdock.services.http.places import is_loopback
from batchdock.services.roboflow.wire import Wire
from fakes.faults import Kind
from fakes.raw_server import RawRequest, raw_server
from fakes.roboflow_cloud import RoboflowCloud
from making.certificates import Authority


def failing(url: str, timeout: float = 10.0) -> BatchdockError:
    async def scenario() -> BatchdockError:
        connection = Connection("Roboflow")
        with pytest.raises(BatchdockError) as caught:
            async with connection.answer("GET", url, what="GET /", timeout=timeout) as response:
                await response.aread()
        await connection.close()
        return caught.value

    return asyncio.run(scenario())


def test_a_name_that_nobody_has() -> None:
    error = failing("http://nobody.invalid/")
    assert type(error) is HostNotFound
    assert error.sentence().startswith("The address nobody.invalid was not found.")


def test_a_port_where_nobody_listens() -> None:
    error = failing("http://127.0.0.1:1/")
    assert type(error) is ConnectionProblem
    assert error.retryable


def test_a_service_that_takes_its_time(cloud: RoboflowCloud) -> None:
    cloud.fail("GET /$", Kind.STALLED, times=9)

    async def scenario() -> None:
        wire = Wire(address=cloud.url, key="k", service="Roboflow", patience=Patience(tries=2, base=0.01))
        with pytest.raises(TimedOut, match=r"127\.0\.0\.1 did not answer in time"):
            await wire.ask("GET", "/", timeout=0.3)
        await wire.close()

    asyncio.run(scenario())
    assert len(cloud.seen) == 2


def test_a_certificate_that_this_computer_does_not_trust(tmp_path: Path) -> None:
    context = Authority(tmp_path).context("127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client, pytest.raises(OSError):  # noqa: PT011  It is the other side that must refuse.
                context.wrap_socket(client, server_side=True).recv(1)

        server = threading.Thread(target=serve)
        server.start()
        error = failing(f"https://127.0.0.1:{listener.getsockname()[1]}/")
        server.join(10)
    assert type(error) is CertificateRefused
    assert not error.retryable
    assert "Ask IT" in error.sentence()


def test_a_closed_connection_refuses_and_is_not_tried_again(cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        wire = Wire(address=cloud.url, key=cloud.key, service="Roboflow", patience=Patience(tries=5, base=60.0))
        await wire.ask("GET", "/")
        await wire.close()
        with pytest.raises(ConnectionClosed, match=r"The connection to 127\.0\.0\.1 was closed"):
            await asyncio.wait_for(wire.ask("GET", "/"), 10)
        await wire.close()

    asyncio.run(scenario())
    assert len(cloud.seen) == 1


def test_closing_ends_the_request_that_is_under_way(cloud: RoboflowCloud) -> None:
    cloud.fail("GET /$", Kind.STALLED, times=9)

    async def scenario() -> None:
        wire = Wire(address=cloud.url, key=cloud.key, service="Roboflow", patience=Patience())
        asking = [asyncio.create_task(wire.ask("GET", "/")) for _ in range(3)]
        while len(cloud.seen) < 3:
            await asyncio.sleep(0.01)
        await asyncio.gather(wire.close(), wire.close())
        answers = await asyncio.wait_for(asyncio.gather(*asking, return_exceptions=True), 10)
        assert [type(answer) for answer in answers] == [ConnectionClosed] * 3

    asyncio.run(scenario())


def test_closing_ends_a_request_whose_connection_is_only_being_made() -> None:
    """The other side is too busy to take the call; httpx has no such connection in its pool to close."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(4):
            call = waiting.enter_context(socket.socket())
            call.setblocking(False)
            call.connect_ex(listener.getsockname())

        async def scenario() -> None:
            connection = Connection("Roboflow")

            async def ask() -> None:
                async with connection.answer("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/", what="GET /"):
                    pytest.fail("There is nobody to answer.")

            asking = asyncio.create_task(ask())
            done, _ = await asyncio.wait({asking}, timeout=0.2)  # It is given the time to get through, and does not.
            assert not done
            await connection.close()
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(asking, 5)

        asyncio.run(scenario())


@pytest.mark.parametrize("ended", ["cancelled", "closed"])
def test_no_line_stays_open_whenever_a_request_is_given_up(ended: str) -> None:
    """The other side has cut every line; a request that clears them away is given up at each of its steps in turn."""

    cut = asyncio.Event()

    async def handle(request: RawRequest) -> bool:
        await asyncio.sleep(0.01)  # So that each of the requests gets a line of its own.
        await request.answer("200 OK", b"{}")
        await cut.wait()
        return False

    async def scenario() -> None:
        async with raw_server(handle) as server:
            for steps in range(40):
                connection = Connection("Roboflow")
                await asyncio.gather(*[connection.ask("GET", server.url, what="GET /") for _ in range(4)])
                cut.set()
                await asyncio.sleep(0.02)  # Nothing tells that the end of a line has arrived.
                cut.clear()
                asking = asyncio.create_task(connection.ask("GET", f"{server.url}/second", what="GET /second"))
                for _ in range(steps):
                    await asyncio.sleep(0)
                if ended == "cancelled":
                    asking.cancel()
                    await asyncio.gather(asking, return_exceptions=True)
                await connection.close()
                await asyncio.gather(asking, return_exceptions=True)
                cut.set()
                await asyncio.sleep(0)
                cut.clear()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        asyncio.run(scenario())
        gc.collect()
    assert [str(each.message) for each in caught if "transport" in str(each.message)] == []


def test_this_computer_is_reached_past_every_proxy(cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    async def scenario() -> int:
        connection = Connection("This computer")
        async with connection.answer("GET", f"{cloud.url}/", what="GET /") as response:
            status = response.status_code
        await connection.close()
        return status

    assert asyncio.run(scenario()) == httpx.codes.UNAUTHORIZED
    # The world is reached through it, and so not at all.
    assert type(failing("http://example.invalid/")) is ProxyRefused


def test_proxy_settings_that_nobody_understands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://user:password@127.0.0.1:1")
    error = failing("http://example.invalid/")
    assert type(error) is ConnectionProblem
    assert "Proxy settings" in error.details
    assert "password" not in error.details + error.sentence()


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:80/a", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8080/", True),
        ("http://localhost/", True),
        ("https://api.roboflow.com", False),
        ("http://127.0.0.1.example.org/", False),
        ("http://10.0.0.1/", False),
        ("nonsense", False),
    ],
)
def test_what_counts_as_this_computer(url: str, here: bool) -> None:
    assert is_loopback(url) is here
