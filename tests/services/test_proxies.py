"""The way through a company: its proxy, its password, its certificate; and networks that want a sign-in first."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from batchdock.core.errors import (
    BatchdockError,
    CertificateRefused,
    ConnectionProblem,
    ProxyRefused,
    SignInNeeded,
    UnreadableAnswer,
)
from batchdock.services.http.limits import Limits
from batchdock.services.http.patience import Patience
from batchdock.services.http.proxies import Proxies
from batchdock.services.roboflow.service import RoboflowService
from fakes.proxy import Proxy, proxy
from fakes.raw_server import RawRequest, RawServer, raw_server
from making.bodies import Held
from making.certificates import Authority
from making.clients import account_of

HOST = "api.company.test"
"""A name that nobody has; only the proxy knows where it leads."""
KEY = "aB3secretkey9"
PASSWORD = "p@ss:w/ord?"


@pytest.fixture(autouse=True)
def no_other_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def ok(request: RawRequest) -> None:
    await request.body()
    await request.answer("200 OK", b'{"status":"ok","workspace":"acme-ws"}')


async def both_ways(address: str = f"https://{HOST}") -> list[BatchdockError | str]:
    """Ask once and send once, which are two libraries, and return what comes of each."""
    service = RoboflowService(account_of(address), KEY, patience=Patience(tries=1), limits=Limits(connect=5.0))

    async def send() -> str:
        await service.upload_image("b", "a.jpg", Held("a.jpg", b"jpg"), batch_name="B")
        return "sent"

    try:
        return [await outcome(service.check_key()), await outcome(send())]
    finally:
        await service.close()


async def outcome(work: Awaitable[str]) -> BatchdockError | str:
    try:
        return await work
    except BatchdockError as error:
        told = "".join(traceback.format_exception(error)) + repr(error.values) + error.details
        assert KEY not in told
        assert "p%40ss" not in told
        assert PASSWORD not in told
        return error


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def scenario() -> None:
        await work()

    asyncio.run(scenario())


@asynccontextmanager
async def company(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, *, name: str = HOST, password: str = "", refuses: str = ""
) -> AsyncIterator[tuple[RawServer, Proxy]]:
    """A service with a certificate of the company, behind its proxy, which the environment names."""
    async with (
        raw_server(ok, tls=authority.context(name)) as server,
        proxy(server.url, password=password, refuses=refuses) as running,
    ):
        monkeypatch.setenv("HTTPS_PROXY", running.url)
        yield server, running


def test_through_a_tunnel_with_password_and_certificate_of_the_company(
    monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))

    async def work() -> None:
        async with company(monkeypatch, authority, password=PASSWORD) as (server, running):
            assert await both_ways() == ["acme-ws", "sent"]
            assert running.lines == [f"CONNECT {HOST}:443 HTTP/1.1"] * 2
            assert not any("proxy-authorization" in each.lower() for each in server.requests)

    run(work)


def test_plain_requests_go_through_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        async with raw_server(ok) as server, proxy(server.url, password=PASSWORD) as running:
            monkeypatch.setenv("HTTP_PROXY", running.url)
            assert await both_ways(f"http://{HOST}") == ["acme-ws", "sent"]
            assert len(server.requests) == 2

    run(work)


def test_a_certificate_that_is_not_trusted_stays_so_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    async def work() -> None:
        async with company(monkeypatch, authority):
            assert [type(each) for each in await both_ways()] == [CertificateRefused] * 2

    run(work)


def test_a_certificate_for_another_name_is_none_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))

    async def work() -> None:
        async with company(monkeypatch, authority, name="other.test"):
            assert [type(each) for each in await both_ways()] == [CertificateRefused] * 2

    run(work)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_wrong_password(monkeypatch: pytest.MonkeyPatch, authority: Authority, scheme: str) -> None:
    async def work() -> None:
        async with company(monkeypatch, authority, password=PASSWORD) as (_, running):
            for name in ("HTTP_PROXY", "HTTPS_PROXY"):
                monkeypatch.setenv(name, f"http://somebody:p%40ss@{running.place}")
            for error in await both_ways(f"{scheme}://{HOST}"):
                assert isinstance(error, ProxyRefused)
                assert "It answered: 407 Proxy Authentication Required. Work that needs it" in error.sentence()
                assert error.retryable

    run(work)


def test_a_proxy_that_lets_nobody_through(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    async def work() -> None:
        async with company(monkeypatch, authority, refuses="403 Forbidden"):
            for error in await both_ways():
                assert isinstance(error, ProxyRefused)
                assert "It answered: 403 Forbidden." in error.sentence()

    run(work)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    place = "127.0.0.1:1"
    monkeypatch.setenv("ALL_PROXY", f"http://u:p%40ss@{place}")

    async def work() -> None:
        for error in await both_ways(f"{scheme}://{HOST}"):
            assert isinstance(error, ProxyRefused)
            assert f"It can not be reached at {place}." in error.sentence()

    run(work)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("socks5://u:p%40ss@127.0.0.1:1080", "127.0.0.1:1080 is a SOCKS proxy; only HTTP proxies can be used"),
        ("socks4h://127.0.0.1", "127.0.0.1 is a SOCKS proxy"),
        ("nonsense://127.0.0.1:1", "nonsense is no kind of proxy"),
        ("http://u:p%40ss@:99999x", "not an address"),
        ("http://[::1", "not an address"),
    ],
)
def test_a_proxy_that_nobody_can_use_is_named(monkeypatch: pytest.MonkeyPatch, setting: str, words: str) -> None:
    monkeypatch.setenv("ALL_PROXY", setting)

    async def work() -> None:
        for error in await both_ways():
            assert isinstance(error, ConnectionProblem)
            assert words in error.details

    run(work)


def test_exceptions_and_addresses_without_a_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "storage.test,.inside.test")
    found = Proxies().way_to("https://api.test/x")
    assert found is not None
    assert (found.url, found.place) == ("http://proxy.test:3128", "proxy.test:3128")
    for url in ("https://storage.test/x", "https://a.inside.test", "http://api.test", "https://127.0.0.1:1"):
        assert Proxies().way_to(url) is None


# --- networks that want a sign-in first ---------------------------------------------------------------------------


def test_a_certificate_for_another_name_is_a_network_that_answers_for_everybody(
    monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))

    async def work() -> None:
        async with raw_server(ok, tls=authority.context("wifi.hotel.test")) as server:
            assert [type(each) for each in await both_ways(server.url)] == [SignInNeeded] * 2
        async with raw_server(ok, tls=authority.context("127.0.0.1")) as server:
            assert await both_ways(server.url) == ["acme-ws", "sent"]

    run(work)


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        ("302 Found", ["Location: http://login.hotel.test/?from=api"], b"", SignInNeeded),
        ("307 Temporary", ["Location: //login.hotel.test/"], b"<html>", SignInNeeded),
        ("511 Network Authentication Required", [], b"<html>", SignInNeeded),
        ("200 OK", ["Content-Type: text/html; charset=utf-8"], b"Welcome", SignInNeeded),
        ("200 OK", [], b"\n <!DOCTYPE html><p>Welcome", SignInNeeded),
        ("302 Found", ["Location: /v2"], b"", UnreadableAnswer),
        ("200 OK", [], b"Welcome", UnreadableAnswer),
    ],
)
def test_another_answers_in_place_of_the_service(
    status: str, headers: list[str], body: bytes, kind: type[BatchdockError]
) -> None:
    async def hotel(request: RawRequest) -> None:
        await request.body()
        await request.answer(status, body, *headers)

    async def work() -> None:
        async with raw_server(hotel) as server:
            for error in await both_ways(server.url):
                assert type(error) is kind
                assert error.retryable is (kind is SignInNeeded)

    run(work)
