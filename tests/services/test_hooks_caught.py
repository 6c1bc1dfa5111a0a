"""What jobs send to a webhook: real posts with real pictures to the real receiver, and everything that is none."""

import asyncio
import copy
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdock.core.errors import DiskFull
from batchdock.core.facts import Fact
from batchdock.services.hooks.caught import MOST_EVENTS, MOST_FACTS, MOST_PICTURES, Caught, read_caught
from batchdock.services.hooks.receiver import CAUGHT_HEADER, Receiver, ReceiverLimits
from making.caught import NOW, as_base64, event, form
from making.media import picture_bytes

SECRET = "s" * 43 + "-_"
JOB = ("cloud", "c-face-edge/8d7c")
LATER = NOW + timedelta(minutes=1)


class Catcher:
    """Keeps what comes, until its disk is full."""

    def __init__(self) -> None:
        self.caught: list[Caught] = []
        self.is_full = False
        self.gate = asyncio.Event()
        self.gate.set()

    def whose(self, secret: str) -> tuple[str, str] | None:
        return JOB if secret == SECRET else None

    async def take(self, job: tuple[str, str], caught: Caught) -> None:
        assert job == JOB
        await self.gate.wait()
        if self.is_full:
            raise DiskFull(folder="x", needed="y")
        self.caught.append(caught)


@asynccontextmanager
async def listening(**limits: float) -> AsyncIterator[tuple[Catcher, str, httpx.AsyncClient]]:
    catcher = Catcher()
    receiver = Receiver(lambda: [], lambda _w, _h: None, catcher, ReceiverLimits(**limits))  # type: ignore[arg-type]
    await receiver.start("127.0.0.1", 0)
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            yield catcher, receiver.caught_address, client
    finally:
        await receiver.stop()


def posting(work: Callable[[Catcher, str, httpx.AsyncClient], Awaitable[None]], **limits: float) -> list[Caught]:
    async def scenario() -> list[Caught]:
        async with listening(**limits) as (catcher, url, client):
            await work(catcher, url, client)
            return catcher.caught

    return asyncio.run(scenario())


def read(told: object, media_type: str = "application/json") -> Caught:
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    (caught,) = read_caught(content, media_type, LATER)
    return caught


def flat(facts: Sequence[Fact]) -> dict[str, object]:
    found: dict[str, object] = {}
    for fact in facts:
        found |= {f"{fact.name}.{name}": value for name, value in flat(fact.below).items()} or {fact.name: fact.value}
    return found


# --- over the wire


def test_json_a_form_and_a_bare_picture_are_taken() -> None:
    jpeg, png = picture_bytes(1), picture_bytes(2, format="PNG")
    body, media_type = form(("meta", "application/json", b'{"type": "car"}'), ("snap", "image/png", png))

    async def post(_: Catcher, url: str, client: httpx.AsyncClient) -> None:
        for content, media in ((event(7), "application/json"), (body, media_type), (jpeg, "image/jpeg")):
            headers = {CAUGHT_HEADER: SECRET, "Content-Type": media}
            assert (await client.post(url, content=content, headers=headers)).status_code == 200

    told, formed, bare = posting(post)
    assert (told.kind, told.at) == ("FaceImage", NOW)
    assert [picture.content for picture in told.pictures] == [picture_bytes(70)]
    assert flat(told.facts)["data.score"] == 0.93
    assert (formed.kind, [(each.suffix, each.content) for each in formed.pictures]) == ("car", [(".png", png)])
    assert [(each.suffix, each.content) for each in bare.pictures] == [(".jpg", jpeg)]


@pytest.mark.parametrize("keys", [[], [""], [SECRET[:-1]], [SECRET + "x"], [SECRET.upper()], [SECRET, SECRET]])
def test_nobody_else_is_heard_or_read(keys: list[str]) -> None:
    async def post(_: Catcher, url: str, client: httpx.AsyncClient) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        head = "".join(f"{CAUGHT_HEADER}: {key}\r\n" for key in keys)
        writer.write(f"POST /caught HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 9000\r\n\r\n".encode())
        # The body never comes: whoever waited for it would not answer.
        assert (await reader.readline()).split()[1] == b"401"
        writer.close()

    assert posting(post) == []


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"", "application/json", 400),
        (b"<html><body>Sign in</body></html>", "text/html", 400),
        (b"[" * 100_000 + b"]" * 100_000, "application/json", 400),
        (b'{"a":' * 100_000, "application/json", 400),
        (b"\xff\xfe\x00", "", 400),
        (b"--x\r\n\r\n", "multipart/form-data", 400),
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf", "multipart/form-data; boundary=x", 400),
        (b'{"a":"' + b"x" * 600_000 + b'"}', "application/json", 413),
    ],
    ids=lambda each: repr(each)[:16],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_what_can_not_be_read_is_refused(body: bytes, media_type: str, status: int, chunked: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    async def post(_: Catcher, url: str, client: httpx.AsyncClient) -> None:
        headers = {CAUGHT_HEADER: SECRET, "Content-Type": media_type}
        answer = await client.post(url, content=pieces() if chunked else body, headers=headers)
        assert answer.status_code == status

    assert posting(post, caught_bytes=500_000) == []


def test_a_slow_one_has_an_end_and_others_go_on() -> None:
    async def post(_: Catcher, url: str, client: httpx.AsyncClient) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        head = f"POST /caught HTTP/1.1\r\nHost: x\r\n{CAUGHT_HEADER}: {SECRET}\r\nContent-Length: 900\r\n\r\n{{"
        writer.write(head.encode())
        assert (await client.post(url, content=event(), headers={CAUGHT_HEADER: SECRET})).status_code == 200
        async with asyncio.timeout(30):
            line = await reader.readline()
        assert not line or line.split()[1] == b"408"
        writer.close()

    assert len(posting(post, seconds=1.0)) == 1


def test_a_full_disk_and_a_full_memory_are_said_to_whoever_sends() -> None:
    headers = {CAUGHT_HEADER: SECRET}

    async def post(catcher: Catcher, url: str, client: httpx.AsyncClient) -> None:
        catcher.is_full = True
        answer = await client.post(url, content=event(), headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (507, "60")
        catcher.is_full = False
        catcher.gate.clear()
        body = event(1)
        waiting = [asyncio.create_task(client.post(url, content=body, headers=headers)) for _ in range(4)]
        done, held = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert [each.result().status_code for each in done] == [503]
        catcher.gate.set()
        assert sorted(each.status_code for each in await asyncio.gather(*held)) == [200, 200, 200]
        assert (await client.post(url, content=event(2), headers=headers)).status_code == 200

    posting(post, held_bytes=int(len(event(1)) * 3.5))


def test_other_ways_lead_nowhere_and_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def post(_: Catcher, url: str, client: httpx.AsyncClient) -> None:
        assert (await client.get(url)).status_code == 405
        assert (await client.post(f"{url}/x")).status_code == 404
        for content in (event(plate="WERHJ7"), b"WERHJ7"):
            await client.post(url, content=content, headers={CAUGHT_HEADER: SECRET})

    with caplog.at_level(logging.DEBUG):
        posting(post)
    assert not any(word in caplog.text for word in ("WERHJ7", SECRET))


# --- what is in it


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ({"timestamp": 1763627400000}, datetime(2025, 11, 20, 8, 30, tzinfo=UTC)),
        ({"timestamp": "1763627400000"}, datetime(2025, 11, 20, 8, 30, tzinfo=UTC)),
        ({"time": 1763627400}, datetime(2025, 11, 20, 8, 30, tzinfo=UTC)),
        ({"captureTime": "2025-11-20T08:30:00Z"}, datetime(2025, 11, 20, 8, 30, tzinfo=UTC)),
        ({"event": {"alarm_time": "2025-11-20T08:30:00.250+00:00"}},
         datetime(2025, 11, 20, 8, 30, 0, 250_000, tzinfo=UTC)),
        ([{"event-time": "2025-11-20T09:30:00+01:00"}], datetime(2025, 11, 20, 8, 30, tzinfo=UTC)),
        ({"time": "1970-01-01T00:00:12Z"}, None),
        ({"time": "2031-01-01T00:00:12Z"}, None),
        ({"time": "1970-01-01T00:00:12Z", "created_at": "2025-11-20T08:30:00Z"},
         datetime(2025, 11, 20, 8, 30, tzinfo=UTC)),
        ({"time": True, "timestamp": 10**400}, None),
        ({"time": {"a": 1}}, None),
    ],
)  # fmt: skip
def test_times_in_all_forms_and_none_that_can_not_be(told: object, at: datetime | None) -> None:
    assert read(told).at == at


def test_pictures_are_found_wherever_they_are_and_only_real_ones() -> None:
    jpeg, png, webp, bmp = (picture_bytes(n, format=kind) for n, kind in enumerate(("JPEG", "PNG", "WEBP", "BMP")))
    lines = "\r\n".join(as_base64(jpeg)[at : at + 76] for at in range(0, len(as_base64(jpeg)), 76))
    told = {
        "a": f"data:image/png;base64,{as_base64(png)}",
        "b": [{"c": [as_base64(webp).rstrip("=")]}, as_base64(bmp).replace("+", "-").replace("/", "_")],
        "lines": lines,
        "text": as_base64(b"no picture " * 20),
        "broken": as_base64(jpeg)[:400] + "§" * 4,
        "cut": "data:image/png;base64,!!!!" + "A" * 60,
        "url": "https://obs.test/a/b.jpg?AccessKeyId=AKIA&Signature=s3cr3t",
    }
    caught = read(told)
    assert [each.suffix for each in caught.pictures] == [".png", ".webp", ".bmp", ".jpg"]
    assert [each.content for each in caught.pictures] == [png, webp, bmp, jpeg]
    assert flat(caught.facts)["url"] == "https://obs.test/a/b.jpg?•••"
    assert {"text", "broken", "cut"} <= flat(caught.facts).keys()


def test_secrets_are_masked_and_long_things_are_cut() -> None:
    caught = read(
        {
            **{"token": "t0psecret", "password": "t0psecret", "headers": {"appId": "t0psecret"}},
            **{"note": "Bearer t0psecret", "deep": {"access_key": "t0psecret", "camera": 7}},
            **{"long": "x" * 5_000, "big": 10**30, "many": list(range(5_000))},
        }
    )
    assert "t0psecret" not in repr(caught)
    found = flat(caught.facts)
    assert (found["token"], found["deep.camera"], found["big"]) == ("•••", 7, str(10**30))
    assert len(str(found["long"])) == 1_001
    assert len(found) <= MOST_FACTS
    many = read({"a": [as_base64(picture_bytes(n, size=(8, 8))) for n in range(MOST_PICTURES + 5)]})
    assert len(many.pictures) == MOST_PICTURES


def test_the_same_event_has_the_same_mark() -> None:
    def mark(**told: object) -> bytes:
        return read({"time": "2025-11-20T08:30:00Z", **told}).mark

    assert mark(event_id="7", attempt=1) == mark(event_id="7", attempt=2)
    assert mark(event_id="7") != mark(event_id="8")
    assert mark(event_id="7") != mark(event_id="7", time="2025-11-20T08:31:00Z")
    assert mark(n=1) == mark(n=1)
    assert mark(n=1) != mark(n=2)


_words = st.text(max_size=8) | st.sampled_from(["\ud800", "\0", "x" * 3_000, "data:image/png;base64,", "/9j/" * 20])
_leaves = st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | _words
_anything = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3), max_leaves=8
)
_USUAL = {"event_id": "1", "event_type": "x", "timestamp": 1, "data": {"image": "/9j/" + "A" * 80}, "token": "t"}


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(data=st.data())
def test_whatever_is_sent_is_an_event_or_a_value_error(data: st.DataObject) -> None:
    told: dict[str, object] = copy.deepcopy(_USUAL)
    for name in data.draw(st.sets(st.sampled_from(sorted(told)), max_size=4)):
        told[name] = data.draw(_anything)
    try:
        caught = read(told)
    except ValueError:
        return
    for name, value in flat(caught.facts).items():
        assert len(f"{name}{value}".encode().decode()) < 3_000
    assert caught.kind.isprintable()


def test_a_list_of_objects_is_as_many_events() -> None:
    events = [{"event_type": "line", "number": number, "image": as_base64(picture_bytes(number))} for number in (1, 2)]

    async def post(catcher: Catcher, url: str, client: httpx.AsyncClient) -> None:
        answer = await client.post(url, json=events, headers={CAUGHT_HEADER: SECRET})
        assert answer.status_code == 200

    first, second = posting(post)
    assert [flat(each.facts)["number"] for each in (first, second)] == [1, 2]
    assert (first.kind, len(first.pictures), len(second.pictures)) == ("line", 1, 1)
    assert first.mark != second.mark
    with pytest.raises(ValueError, match="too many"):
        read_caught(json.dumps([{"a": 1}] * (MOST_EVENTS + 1)).encode(), "application/json", LATER)
