"""Lists that never end, counts that can not be, and answers that would fill the memory: all of them come to an end."""

import asyncio
import itertools
import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from batchdock.core.errors import BatchdockError, UnreadableAnswer
from batchdock.services.http.answer import read_json
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.patience import Patience
from batchdock.services.roboflow.service import RoboflowService
from fakes.raw_server import RawRequest, raw_server
from making.clients import account_of

SHORT = Limits(entries=1000, pages=200, pages_in_vain=20)

Page = dict[str, Any]


def listed(pages: Iterator[Page], limits: Limits = SHORT) -> tuple[list[str], BatchdockError | None, int]:
    """Read a list of batches from these pages; return their ids, how it ended, and how many pages were asked for."""

    async def answer(request: RawRequest) -> None:
        await request.answer("200 OK", json.dumps(next(pages)).encode())

    async def scenario() -> tuple[list[str], BatchdockError | None, int]:
        found: list[str] = []
        ended: BatchdockError | None = None
        async with raw_server(answer) as server:
            service = RoboflowService(account_of(server.url), "key", patience=Patience(tries=1), limits=limits)
            try:
                async for batch in service.batches():
                    found.append(batch.batch_id)  # noqa: PERF401  What was found before the end is wanted too.
            except BatchdockError as error:
                ended = error
            await service.close()
            return found, ended, len(server.requests)

    return asyncio.run(scenario())


def page(token: str | None, *ids: str) -> Page:
    return {"batches": [{"batchId": each} for each in ids], "nextPageToken": token}


def test_a_token_that_comes_back_is_the_end() -> None:
    pages = itertools.cycle([page("a", "1"), page("b", "2"), page("a", "3")])
    assert listed(pages) == (["1", "2", "3"], None, 3)


def test_some_pages_may_be_empty() -> None:
    pages = itertools.chain((page(f"{n}") for n in range(15)), iter([page("x", "1"), page(None, "2")]))
    assert listed(pages) == (["1", "2"], None, 17)


@pytest.mark.parametrize(
    ("make", "at_most"),
    [
        (lambda number: page(f"{number}"), SHORT.pages_in_vain + 2),
        (lambda number: page(f"{number}", "same", "again"), SHORT.pages_in_vain + 2),
        (lambda number: page(f"{number}", f"new-{number}"), SHORT.pages + 1),
        (lambda number: page(f"{number}", *(f"{number}-{n}" for n in range(100))), 11),
        (lambda number: page("x" * 5000, f"{number}"), 1),
    ],
    ids=["empty", "the same", "always new", "large", "a token without end"],
)
def test_a_list_without_an_end_gets_one(make: Callable[[int], Page], at_most: int) -> None:
    _, ended, asked = listed(make(number) for number in itertools.count())
    assert isinstance(ended, UnreadableAnswer)
    assert "without an end" in ended.details
    assert asked <= at_most


def test_signed_addresses_do_not_make_a_page_new() -> None:
    def make(number: int) -> Page:
        return {"batches": [{"batchId": "same", "downloadURL": f"https://x/{number}"}], "nextPageToken": f"{number}"}

    _, ended, _ = listed(make(number) for number in itertools.count())
    assert isinstance(ended, UnreadableAnswer)


@pytest.mark.parametrize(
    ("said", "objects"),
    [(-5, 0), (10**30, 2**53), ("12", 12), ("many", 0), (None, 0), (True, 0), (1.5, 1), ([], 0), (float("nan"), 0)],
)
def test_wrong_counts_are_put_up_with(said: object, objects: int) -> None:
    async def answer(request: RawRequest) -> None:
        await request.answer("200 OK", json.dumps({"shards": [{"shardId": "s", "shardObjectsCount": said}]}).encode())

    async def scenario() -> int:
        async with raw_server(answer) as server:
            service = RoboflowService(account_of(server.url), "key", patience=Patience(tries=1))
            (shard,) = [each async for each in service.shards("b")]
            await service.close()
            return shard.objects

    assert asyncio.run(scenario()) == objects


@pytest.mark.parametrize(
    "content",
    [
        b'{"batches":[' + b"{}," * 10_000_000 + b"{}]}",
        b"[" * 10_000_000,
        b'{"a":' * 10_000_000,
        b"[" + b"1," * 10_000_000 + b"1]",
        b"[" + b"9" * 10_000_000 + b"]",
    ],
    ids=lambda content: f"{content[:4].decode()}…",
)
def test_ten_million_rows_are_not_swallowed(content: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r".*"):
            read_json(content, LIMITS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(content)


def test_a_page_as_large_as_any_is_read() -> None:
    rows = [
        {"fileName": f"{n}.jpg", "downloadURL": f"https://x/{n}?a=b&c=d", "contentType": "images"}
        for n in range(20_000)
    ]
    assert read_json(json.dumps({"filesMetadata": rows}).encode(), LIMITS) == {"filesMetadata": rows}


def test_half_a_character_becomes_a_question_mark() -> None:
    assert read_json(rb'{"a\ud800": ["\udc00x", "\ud83c\udf47", "\\ud800"]}', LIMITS) == {"a?": ["?x", "🍇", "\\ud800"]}
    assert read_json(b'\xef\xbb\xbf{"a": "\xff\xed\xa0\x80"}', LIMITS)["a"].encode()
