"""The receiver of news: who may tell it something, and that nothing breaks, hangs or talks about it."""

import asyncio
import copy
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdock.core.errors import AddressNotHere, PortTaken
from batchdock.core.hint import Hint, IngestHint, JobHint
from batchdock.core.problem import FileFailure
from batchdock.services.hooks.caught import Caught
from batchdock.services.hooks.payloads import read_payload
from batchdock.services.hooks.receiver import Receiver, ReceiverLimits

JOB = {"type": "roboflow-batch-job-notification-v1", "event_id": "e-1", "job_id": "j-1", "job_state": "success"}
REFUSED = {
    "type": "roboflow-data-staging-notification-v1",
    "event_id": "e-2",
    "ingest_id": "in-1",
    "batch_id": "b-1",
    "shard_id": None,
    "notification": {
        "type": "ingest-status-notification-v1",
        "success": False,
        "error_details": {"type": "unsafe-url-detected", "reason": "Untrusted domain found: https://a.test/x?sig=1"},
    },
    "delivery_attempt": 1,
}
SOME_FAILED = {
    "type": "roboflow-data-staging-notification-v1",
    "event_id": "e-3",
    "batch_id": "b-1",
    "shard_id": "s-1",
    "notification": {
        "type": "ingest-files-status-notification-v1",
        "success": True,
        "ingested_files": ["a.jpg"],
        "failed_files": [{"type": "file-size-limit-exceeded", "file_name": "big.png", "reason": "Max size is 20 MB."}],
        "content_truncated": False,
    },
}


class Nobody:
    """No job may send what it sees."""

    def whose(self, secret: str) -> tuple[str, str] | None:
        return None

    async def take(self, job: tuple[str, str], caught: Caught) -> None:
        raise AssertionError(job)


class Ear:
    """What a receiver passed on."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Hint]] = []
        self.receiver = Receiver(
            lambda: ["acme-ws", "other", "größe"],
            lambda workspace, hint: self.heard.append((workspace, hint)),
            Nobody(),
            ReceiverLimits(body_bytes=10_000, seconds=1.0, connections=4),
        )

    @property
    def place(self) -> tuple[str, int]:
        host, _, port = self.receiver.address.removeprefix("http://").partition("/")[0].rpartition(":")
        return host, int(port)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Ear, httpx.AsyncClient]]:
    ear = Ear()
    await ear.receiver.start("127.0.0.1", 0)
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            yield ear, client
    finally:
        await ear.receiver.stop()


def hearing(work: Callable[[Ear, httpx.AsyncClient], Awaitable[None]]) -> Ear:
    async def scenario() -> Ear:
        async with listening() as (ear, client):
            await work(ear, client)
            return ear

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("payload", "hint"),
    [
        (JOB, JobHint("e-1", job_id="j-1")),
        (REFUSED, IngestHint("e-2", batch_id="b-1", reason="Untrusted domain found: https://a.test/x?•••")),
        (SOME_FAILED, IngestHint("e-3", batch_id="b-1", failed=(FileFailure("big.png", "Max size is 20 MB."),))),
        ({"type": "tomorrow-v7", "event_id": "e-4"}, Hint("e-4")),
        ({}, Hint()),
        ({**JOB, "event_id": 7, "job_id": None}, JobHint()),
        ({**JOB, "event_id": "x" * 300, "job_id": "a\nb"}, JobHint()),
        ({**REFUSED, "notification": "no"}, IngestHint("e-2", batch_id="b-1")),
        ({**REFUSED, "notification": {"success": False}}, IngestHint("e-2", "b-1", reason="It did not say why.")),
        ({**SOME_FAILED, "notification": {"failed_files": [None, 7, {}, {"file_name": "a"}]}},
         IngestHint("e-3", "b-1", failed=(FileFailure("a", ""),))),
    ],
)  # fmt: skip
def test_what_an_event_hints_at(payload: dict[str, object], hint: Hint) -> None:
    assert read_payload(json.dumps(payload).encode()) == hint


_words = st.text(max_size=6) | st.sampled_from(["\ud800", "\0", "a\nb", "x" * 300, "success", "roboflow-batch-job-"])
_leaves = st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | _words
_anything = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3), max_leaves=6
)


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(payload=st.sampled_from([JOB, REFUSED, SOME_FAILED]), data=st.data())
def test_whatever_stands_in_an_event_is_a_hint_that_can_be_shown_and_written_down(
    payload: dict[str, object], data: st.DataObject
) -> None:
    changed = copy.deepcopy(payload)
    places: list[dict[str, object]] = [changed]
    if isinstance(inner := changed.get("notification"), dict):
        places.append(inner)
    for place in places:
        for name in data.draw(st.sets(st.sampled_from(sorted(place)), max_size=3)):
            place[name] = data.draw(_anything)
    hint = read_payload(json.dumps(changed).encode())
    texts = [hint.event_id, *(getattr(hint, name, "") for name in ("job_id", "batch_id", "reason"))]
    failed = hint.failed if isinstance(hint, IngestHint) else ()
    assert len(failed) <= 1_000
    for text in (*texts, *(each.name for each in failed), *(each.cause for each in failed)):
        assert len(text.encode().decode()) <= 300


@pytest.mark.parametrize("key", ["rf_acme-ws", "Bearer rf_acme-ws", "bearer  rf_acme-ws"])
def test_the_publishable_key_lets_in_with_and_without_bearer(key: str) -> None:
    async def post(ear: Ear, client: httpx.AsyncClient) -> None:
        answer = await client.post(ear.receiver.address, json=JOB, headers={"Authorization": key})
        assert answer.status_code == 200

    assert hearing(post).heard == [("acme-ws", JobHint("e-1", job_id="j-1"))]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer rf_")],
        [("Authorization", "acme-ws")],
        [("Authorization", "rf_acme-w")],
        [("Authorization", "rf_acme-ws2")],
        [("Authorization", "RF_ACME-WS")],
        [("Authorization", "Basic rf_acme-ws")],
        [("Authorization", "rf_acme-ws"), ("Authorization", "rf_other")],
        [("X-Api-Key", "rf_acme-ws")],
        [("Authorization", b"rf_\xff\xfe")],
    ],
)
def test_nobody_else_is_heard_or_read(headers: list[tuple[str, str | bytes]]) -> None:
    async def post(ear: Ear, client: httpx.AsyncClient) -> None:
        raw = [(name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers]
        # The rest of the body never comes: whoever waited for it would not answer.
        wanted = [*raw, (b"Content-Length", b"9000")]
        head = b"".join(b"%s: %s\r\n" % each for each in wanted)
        assert await said(ear, b"POST /events HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n{") == 401

    assert hearing(post).heard == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/events", 405), ("PUT", "/events", 405), ("OPTIONS", "/events", 405), ("POST", "/", 404),
     ("POST", "/events/x", 404), ("GET", "/../events", 405), ("HEAD", "/etc/passwd", 404)],
)  # fmt: skip
def test_other_ways_lead_nowhere(method: str, path: str, status: int) -> None:
    async def ask(ear: Ear, client: httpx.AsyncClient) -> None:
        url = ear.receiver.address.removesuffix("/events") + path
        answer = await client.request(method, url, content=b"{}", headers={"Authorization": "rf_acme-ws"})
        assert answer.status_code == status
        assert answer.headers.get("Allow") == ("POST" if status == 405 else None)
        assert answer.headers["Connection"] == "close"

    assert hearing(ask).heard == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 400), (b"7", 400), (b"\xff\xfe", 400), (b"[" * 9_000, 400),
     (b'{"a":"' + b"x" * 20_000 + b'"}', 413)],
    ids=lambda each: repr(each)[:12],
)  # fmt: skip
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_that_are_no_events(body: bytes, status: int, chunked: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    async def post(ear: Ear, client: httpx.AsyncClient) -> None:
        content = pieces() if chunked else body
        answer = await client.post(ear.receiver.address, content=content, headers={"Authorization": "rf_acme-ws"})
        assert answer.status_code == status
        answer = await client.post(ear.receiver.address, json=JOB, headers={"Authorization": "rf_acme-ws"})
        assert answer.status_code == 200

    assert len(hearing(post).heard) == 1


def test_what_is_packed_is_not_unpacked() -> None:
    async def post(ear: Ear, client: httpx.AsyncClient) -> None:
        headers = {"Authorization": "rf_acme-ws", "Content-Encoding": "gzip"}
        answer = await client.post(ear.receiver.address, content=b"\x1f\x8b\x08" + bytes(100), headers=headers)
        assert answer.status_code == 400

    assert hearing(post).heard == []


def test_a_slow_body_and_a_silent_line_have_an_end() -> None:
    async def scenario(ear: Ear, client: httpx.AsyncClient) -> None:
        head = b"POST /events HTTP/1.1\r\nHost: x\r\nAuthorization: rf_acme-ws\r\nContent-Length: 9\r\n\r\n{"
        silent = await asyncio.open_connection(*ear.place)
        half = await asyncio.open_connection(*ear.place)
        half[1].write(b"POST /events HTTP/1.1\r\nHost:")
        async with asyncio.timeout(10):
            assert await said(ear, head) in (408, None)
            for reader, writer in (silent, half):
                with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                    await reader.readexactly(1)
                writer.close()

    assert hearing(scenario).heard == []


def test_only_so_many_at_a_time_and_then_again() -> None:
    async def scenario(ear: Ear, client: httpx.AsyncClient) -> None:
        held = [await asyncio.open_connection(*ear.place) for _ in range(4)]
        assert await said(ear, b"GET /events HTTP/1.0\r\n\r\n") is None
        for _, writer in held:
            writer.close()
            await writer.wait_closed()
        async with asyncio.timeout(10):
            while await said(ear, b"GET /events HTTP/1.0\r\n\r\n") != 405:
                pass

    hearing(scenario)


@pytest.mark.parametrize(
    "junk", [b"\x16\x03\x01\x02", b"SECRET nonsense\r\n\r\n", b"POST /events\r\n" + b"a: b\r\n" * 500]
)
def test_what_is_no_http_is_refused_and_not_logged(junk: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(ear: Ear, client: httpx.AsyncClient) -> None:
        assert await said(ear, junk + b"\r\n\r\n") in (400, None)
        answer = await client.post(ear.receiver.address, json=JOB, headers={"Authorization": "rf_acme-ws"})
        assert answer.status_code == 200

    with caplog.at_level(logging.DEBUG):
        hearing(scenario)
    assert not any(word in caplog.text for word in ("SECRET", "j-1", "rf_acme-ws"))


def test_a_port_that_is_taken_and_an_address_that_is_not_here() -> None:
    async def scenario() -> None:
        async with listening() as (ear, _):
            other = Ear()
            with pytest.raises(PortTaken, match=f"port {ear.place[1]}"):
                await other.receiver.start(*ear.place)
            assert other.receiver.address == ""
            for nowhere in ("192.0.2.1", "nobody.invalid"):
                with pytest.raises(AddressNotHere, match=nowhere):
                    await other.receiver.start(nowhere, 0)
            place = ear.place
            await ear.receiver.stop()
            assert ear.receiver.address == ""
            await other.receiver.start(*place)
            await other.receiver.stop()
            await other.receiver.stop()

    asyncio.run(scenario())


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
def test_an_address_of_ipv6_is_written_as_one() -> None:
    async def scenario() -> None:
        ear = Ear()
        try:
            await ear.receiver.start("::1", 0)
        except AddressNotHere:
            pytest.skip("there is no ::1 here")
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(ear.receiver.address)).status_code == 405
        await ear.receiver.stop()

    asyncio.run(scenario())


async def said(ear: Ear, request: bytes) -> int | None:
    """Send bytes and return the status of the answer; None where the line was closed without one."""
    reader, writer = await asyncio.open_connection(*ear.place)
    try:
        writer.write(request)
        await writer.drain()
        line = await reader.readline()
        return int(line.split()[1]) if line else None
    except ConnectionError:
        return None
    finally:
        writer.close()
