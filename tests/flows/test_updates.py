"""Newer versions: nothing is asked unless a person wants that, then once a day, and what goes wrong disturbs nobody."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from batchdock import __version__
from batchdock.core.errors import BatchdockError, UnreadableAnswer
from batchdock.flows.news import Event, NewerVersion, News
from batchdock.flows.preferences import UPDATES, Preferences
from batchdock.flows.updates import Updates
from batchdock.services.releases import version_order
from batchdock.store import Settings


class Published:
    """A list of versions over real HTTP."""

    def __init__(self) -> None:
        self.asked = 0
        self.status, self.body = 200, b"[]"

    def publish(self, *releases: dict[str, Any]) -> None:
        """Let these be the versions that there are."""
        self.body = json.dumps(releases).encode()

    @contextmanager
    def served(self) -> Iterator[str]:
        """Give the address of the list while it is there."""
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                told.asked += 1
                self.send_response(told.status)
                self.send_header("Content-Length", str(len(told.body)))
                self.end_headers()
                self.wfile.write(told.body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}/repos/us/batchdock/releases"
            finally:
                server.shutdown()
                thread.join()


def release(tag: str, **more: object) -> dict[str, Any]:
    return {"tag_name": tag, "html_url": f"https://releases.example/{tag}", "draft": False, "prerelease": False, **more}


def made(home: Path, address: str) -> tuple[Updates, Preferences, list[Event]]:
    settings, news, heard = Settings(home), News(), list[Event]()
    news.subscribe(heard.append)
    preferences = Preferences(settings, news)
    return Updates(settings, preferences, news, address), preferences, heard


def told(heard: list[Event]) -> list[NewerVersion]:
    return [each for each in heard if isinstance(each, NewerVersion)]


def test_nothing_is_asked_until_it_is_switched_on_and_then_once_a_day(home: Path) -> None:
    async def scenario() -> None:
        published = Published()
        published.publish(release("v0.0.9"), release("v99.2"), release("v99.10.0"), release("v100.0", prerelease=True))
        with published.served() as address:
            updates, preferences, heard = made(home, address)
            await updates.look_if_due()
            assert published.asked == 0
            await preferences.set(UPDATES, True)
            await updates.look_if_due()
            await updates.look_if_due()
            assert published.asked == 1
            assert told(heard) == [NewerVersion("99.10.0", "https://releases.example/v99.10.0")]
            # A new run of the app knows when it was asked.
            again, _, heard = made(home, address)
            await again.look_if_due()
            assert published.asked == 1
            for ago in (timedelta(days=1, seconds=1), timedelta(days=-400)):
                Settings(home).set("updates/last", (datetime.now(UTC) - ago).isoformat())
                again, _, heard = made(home, address)
                await again.look_if_due()
                assert len(told(heard)) == 1
            await again.skip("99.10.0")
            Settings(home).set("updates/last", "nonsense")
            again, _, heard = made(home, address)
            await again.look_if_due()
            assert (published.asked, told(heard)) == (4, [])
            # Who asks is told all the same.
            assert (found := await again.look()) is not None
            assert found.version == "99.10.0"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "body",
    [
        [],
        [release(__version__)],
        [release("nightly")],
        [release("v99.0", draft=True)],
        [release("v99.0", html_url="javascript:alert(1)")],
        [release("v99.0", html_url="http://releases.example/x")],
        [{"tag_name": None}, 7, None],
    ],
)
def test_what_is_no_newer_version_is_none(home: Path, body: list[Any]) -> None:
    async def scenario() -> None:
        published = Published()
        published.publish(*body)
        with published.served() as address:
            assert await made(home, address)[0].look() is None

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<html>Sign in</html>"), (200, b'{"message": "x"}'), (403, b"{}"), (502, b"")]
)
def test_trouble_is_silent_by_day_and_worded_when_asked(home: Path, status: int, body: bytes) -> None:
    async def scenario() -> None:
        published = Published()
        published.status, published.body = status, body
        with published.served() as address:
            updates, preferences, heard = made(home, address)
            await preferences.set(UPDATES, True)
            await updates.look_if_due()
            await updates.look_if_due()
            assert published.asked == 1, "One that fails is a look too."
            assert not told(heard)
            with pytest.raises(UnreadableAnswer if status == 200 else BatchdockError):
                await updates.look()
        Settings(home).set("updates/last", "nonsense")
        updates, _, heard = made(home, address)
        await updates.look_if_due()  # Nobody is there any more.
        assert not told(heard)
        with pytest.raises(BatchdockError):
            await updates.look()

    asyncio.run(scenario())


def test_a_copy_that_knows_no_list_does_not_look(home: Path) -> None:
    assert not made(home, "")[0].possible


def test_versions_are_numbers() -> None:
    assert version_order("0.10") > version_order("0.9.9")
    assert version_order("1.0") == version_order("v1.0.0")
    assert version_order("1.0rc1") == ()
