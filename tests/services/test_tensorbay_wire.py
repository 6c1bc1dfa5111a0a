"""How operations are asked for: where, with which headers, how often, and what is made of every answer."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from batchdock.core.account import Account, ServiceKind
from batchdock.core.errors import (
    AccountKeyRefused,
    BatchdockError,
    ConnectionClosed,
    ConnectionProblem,
    MaybeClosed,
    NotAskedFor,
    NotOffered,
    ServiceTrouble,
    UnreadableAnswer,
)
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.patience import Patience
from batchdock.services.tensorbay.operations import EXTRA, OPERATIONS, Evidence
from batchdock.services.tensorbay.wire import PAGE, Wire
from fakes.raw_server import Handle, RawRequest, RawServer, raw_server

QUICK = Patience(tries=4, base=0.001)
KEY = "Accesskey-0123456789abcdef0123456789abcdef"
ODD = ("a#b?c", "../x", "a/b", ".", "..", "", "100 %", "%2F", "数据", "a\\b", " ", "a&b=c+d")


def account(url: str, **settings: str) -> Account:
    return Account(
        account_id="t",
        service=ServiceKind.TENSORBAY,
        name="t",
        workspace="u",
        address=f"{url}/gatewayv2/tensorbay-open-api" if url else "",
        settings=tuple(settings.items()),
    )


def talk(handle: Handle, talking: Callable[[Wire], Awaitable[object]], *, limits: Limits = LIMITS) -> RawServer:
    """Let `talking` have a wire to a server that says what it is told to; return what was asked."""

    async def scenario() -> RawServer:
        async with raw_server(handle) as server:
            wire = Wire(account(server.url), KEY, patience=QUICK, limits=limits)
            try:
                await talking(wire)
            finally:
                await wire.close()
        return server

    return asyncio.run(scenario())


def saying(*answers: tuple[str, object]) -> Handle:
    """Answer with these, (status, JSON), one after the other and the last for ever."""
    left = list(answers)

    async def handle(request: RawRequest) -> bool | None:
        await request.body()
        status, body = left.pop(0) if len(left) > 1 else left[0]
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        await request.answer(status, content, "Content-Type: application/json", "X-Request-Id: theirs-1")
        return None

    return handle


def header(head: str, name: str) -> str:
    found = [each.partition(":")[2].strip() for each in head.split("\r\n") if each.lower().startswith(f"{name}:")]
    return found[0] if found else ""


@pytest.mark.parametrize(
    "name", [each.name for each in (*OPERATIONS.values(), *EXTRA.values()) if each.evidence is not Evidence.NONE]
)
def test_every_operation_goes_where_the_table_says(name: str) -> None:
    operation = OPERATIONS.get(name) or EXTRA[name]
    keys = ("dataset", "draft", "job", "benchmark", "evaluation", "config", "basehead", "segment")
    at = {key: f"{key}/1" for key in keys}
    query = {each.name: "a b&c" for each in operation.query}
    body = {each.name: each.name for each in operation.body} or None
    got: list[bytes] = []

    async def handle(request: RawRequest) -> bool | None:
        got.append(await request.reader.readexactly(int(request.header("Content-Length") or 0)))
        await request.answer("200 OK", b"{}")
        return None

    async def ask(wire: Wire) -> None:
        assert await wire.ask(name, at=at, query=query, body=body) == {}

    server = talk(handle, ask)
    method, target, _ = server.requests[0].split("\r\n")[0].split(" ")
    path, _, sent = target.partition("?")
    app = "apps-sextant" if operation.app == "sextant" else "tensorbay-open-api"
    expected = operation.path
    for key in keys:
        expected = expected.replace(f"{{{key}}}", f"{key}%2F1")
    assert (method, path) == (operation.method, f"/gatewayv2/{app}{expected}")
    bare = {each.name for each in operation.query if each.bare}
    assert [each for each in sent.split("&") if each] == [
        each if each in bare else f"{each}=a%20b%26c" for each in query
    ]
    assert (json.loads(got[0]) if got[0] else None) == body
    assert header(server.requests[0], "x-token") == KEY
    assert header(server.requests[0], "content-type") == ("application/json" if body else "")


@pytest.mark.parametrize("name", ["CreateOrder", "ConvertLabelFromAli"])
def test_what_nobody_knows_how_to_ask_is_not_asked(name: str) -> None:
    async def ask(wire: Wire) -> None:
        with pytest.raises(NotOffered):
            await wire.ask(name)

    assert talk(saying(("200 OK", {})), ask).requests == []


@pytest.mark.parametrize("odd", ODD)
def test_a_name_in_a_path_stays_one_segment(odd: str) -> None:
    async def ask(wire: Wire) -> None:
        await wire.ask("ListDataDiffs", at={"dataset": "1", "basehead": "draft-1", "segment": odd}, query={})

    target = talk(saying(("200 OK", {})), ask).requests[0].split(" ")[1]
    before, after = "/gatewayv2/tensorbay-open-api/v1/datasets/1/diffs/draft-1/segments/", "/data"
    assert target.startswith(before)
    assert target.endswith(after)
    segment = target.removeprefix(before).removesuffix(after)
    assert unquote(segment) == odd
    assert not {"/", "?", "#"} & set(segment)
    assert segment not in {".", ".."}


def test_half_a_character_is_sent_as_a_question() -> None:
    async def ask(wire: Wire) -> None:
        at = {"dataset": "1", "basehead": "draft-1", "segment": "a\udcffb"}
        await wire.ask("ListDataDiffs", at=at, query={})
        await wire.ask("ListData", at=at, query={"segmentName": "a\udcffb"})
        await wire.ask("DeleteSegment", at=at, body={"segmentName": "a\udcffb"})

    first, second, third = (each.split(" ")[1] for each in talk(saying(("200 OK", {})), ask).requests)
    assert "/a%3Fb/" in first
    assert second.endswith("?segmentName=a%3Fb")
    assert third.endswith("/segments")


@pytest.mark.parametrize("odd", ODD)
def test_a_name_in_a_query_arrives_as_it_is(odd: str) -> None:
    async def ask(wire: Wire) -> None:
        await wire.ask("ListData", at={"dataset": "1"}, query={"segmentName": odd, "commit": None, "draftNumber": 3})

    target = talk(saying(("200 OK", {})), ask).requests[0].split(" ")[1]
    assert httpx.URL(f"http://x{target}").params.multi_items() == [("segmentName", odd), ("draftNumber", "3")]


def test_each_call_has_an_id_which_its_repeats_keep_and_both_ids_are_told() -> None:
    refused = ("503 Busy", {"code": "SystemError", "message": "later"})

    async def ask(wire: Wire) -> None:
        assert await wire.ask("GetUser") == {"id": "u"}
        ours = wire.last_request_ids[0]
        assert wire.last_request_ids == (ours, "theirs-1")
        with pytest.raises(ServiceTrouble) as caught:
            await wire.ask("CreateDataset", body={"name": "a"})
        assert f"X-Request-Id sent: {wire.last_request_ids[0]}" in caught.value.details
        assert "X-Request-Id answered: theirs-1" in caught.value.details
        assert wire.last_request_ids[0] != ours

    server = talk(saying(refused, refused, ("200 OK", {"id": "u"}), refused), ask)
    ids = [header(each, "x-request-id") for each in server.requests]
    assert len(ids) == 4
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert all(len(each) == 32 and set(each) <= set("0123456789abcdef") for each in ids)


@pytest.mark.parametrize(
    ("name", "times"),
    [("GetUser", 4), ("MultiPutCallback", 4), ("UploadLabel", 4), ("CreateDataset", 1), ("CommitDataset", 1),
     ("DeleteDataset", 1), ("UpdateDataset", 1), ("CloudCallback", 1), ("StopTask", 1)],
)  # fmt: skip
def test_only_what_may_be_repeated_is(name: str, times: int) -> None:
    async def ask(wire: Wire) -> None:
        with pytest.raises(ServiceTrouble):
            await wire.ask(name, at={"dataset": "1", "job": "1"}, body=None if name == "GetUser" else {})

    assert len(talk(saying(("502 Bad Gateway", {})), ask).requests) == times


@pytest.mark.parametrize("name", ["CreateDataset", "CreateDraft", "DeleteBranch"])
def test_a_lost_answer_is_not_asked_for_again(name: str) -> None:
    async def handle(request: RawRequest) -> bool:
        await request.body()
        return False

    async def ask(wire: Wire) -> None:
        with pytest.raises(ConnectionProblem):
            await wire.ask(name, at={"dataset": "1"}, body={})

    assert len(talk(handle, ask).requests) == 1


@pytest.mark.parametrize("status", ["204 No Content", "202 Accepted", "206 Partial Content"])
def test_a_success_is_200_or_201(status: str) -> None:
    async def ask(wire: Wire) -> None:
        with pytest.raises(UnreadableAnswer):
            await wire.ask("DeleteDataset", at={"dataset": "1"})

    talk(saying((status, b"")), ask)

    async def ask_well(wire: Wire) -> None:
        assert await wire.ask("CreateDataset", body={"name": "a"}) == {"id": "1"}

    talk(saying(("201 Created", {"id": "1"})), ask_well)


def paged(
    total: int, *, announced: int | None = None, size: int = PAGE, row: Callable[[int], object] | None = None
) -> Handle:
    """Answer as a list of so many rows, at most `size` in a page."""

    async def handle(request: RawRequest) -> bool | None:
        params = httpx.URL(f"http://x{request.target}").params
        start, limit = int(params["offset"]), min(size, int(params["limit"]))
        found = [row(each) if row else {"id": str(each)} for each in range(start, min(total, start + limit))]
        said = {"datasets": found, "offset": start, "recordSize": len(found)}
        said["totalCount"] = total if announced is None else announced
        await request.answer("200 OK", json.dumps(said).encode())
        return None

    return handle


def listed(handle: Handle, **options: Any) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of a list, and how many requests it took."""
    found: list[dict[str, Any]] = []

    async def ask(wire: Wire) -> None:
        async for page in wire.pages("ListDataset"):
            found.extend(page)

    return found, len(talk(handle, ask, **options).requests)


@pytest.mark.parametrize(("total", "requests"), [(0, 1), (1, 1), (127, 1), (128, 2), (129, 2), (300, 3)])
def test_a_list_is_counted_not_believed(total: int, requests: int) -> None:
    assert [each["id"] for each in listed(paged(total, announced=0))[0]] == [str(each) for each in range(total)]
    assert listed(paged(total, announced=0))[1] == requests


def test_counters_of_more_than_there_is_do_no_harm() -> None:
    found, requests = listed(paged(130, announced=5_000))
    assert (len(found), requests) == (130, 3)


def test_of_one_path_the_total_of_its_segment_is_not_believed() -> None:
    async def ask(wire: Wire) -> None:
        for query in ({"remotePath": "a.png"}, {}):
            page = await wire.page("ListMaskUrls", at={"dataset": "1"}, query=query)
            assert page.following == (None if query else 1)

    talk(saying(("200 OK", {"urls": [{"remotePath": "a.png"}], "totalCount": 500})), ask)


def test_a_service_of_smaller_pages_is_read_to_its_end() -> None:
    assert len(listed(paged(130, size=50))[0]) == 130


def test_rows_that_are_nothing_are_left_out_and_texts_are_names() -> None:
    def row(number: int) -> object:
        return (None, f"segment {number}", {"name": "other"}, 7)[number % 4]

    found, _ = listed(paged(200, row=row))
    assert len(found) == 100
    assert found[:2] == [{"name": "segment 1"}, {"name": "other"}]


def test_a_service_that_says_the_same_for_ever_is_not_asked_for_ever() -> None:
    same = {"datasets": [{"id": str(each)} for each in range(PAGE)], "totalCount": 10**9}
    assert len(listed(saying(("200 OK", same)))[0]) == PAGE


def test_a_list_without_an_end_ends_in_an_error() -> None:
    with pytest.raises(UnreadableAnswer):
        listed(paged(10**9), limits=Limits(pages=5))


@pytest.mark.parametrize("answer", [[], {}, {"datasets": None, "offset": 0}, {"totalCount": 7}])
def test_an_empty_list_is_one_where_it_says_so(answer: object) -> None:
    if answer == {}:
        with pytest.raises(UnreadableAnswer):
            listed(saying(("200 OK", answer)))
    else:
        assert listed(saying(("200 OK", answer))) == ([], 1)


@pytest.mark.parametrize("content", [b"<html>", b"{", b"\xff\xfe", b"[" * 100_000, b'"\\ud800"', b"nul"])
def test_an_answer_of_another_kind_is_unreadable(content: bytes) -> None:
    async def ask(wire: Wire) -> None:
        with pytest.raises(BatchdockError) as caught:
            await wire.page("ListDataset")
        assert KEY not in caught.value.sentence() + caught.value.details

    talk(saying(("200 OK", content)), ask)


def test_what_json_has_no_word_for_is_not_sent() -> None:
    endless: list[object] = []
    endless.append(endless)

    async def ask(wire: Wire) -> None:
        for body in ({"timestamp": float("nan")}, endless):
            with pytest.raises(NotAskedFor):
                await wire.ask("UploadLabel", at={"dataset": "1"}, body=body)

    assert talk(saying(("200 OK", {})), ask).requests == []


@pytest.mark.parametrize("key", ["Accesskey-\nX: y", "Accesskey-ключ", "\x7f"])
def test_a_key_that_is_none_is_refused_here(key: str) -> None:
    async def scenario() -> None:
        wire = Wire(account("http://127.0.0.1:9"), key, patience=QUICK)
        try:
            with pytest.raises(AccountKeyRefused):
                await wire.ask("GetUser")
        finally:
            await wire.close()

    asyncio.run(scenario())


def test_a_host_that_never_answered_may_be_closed_and_one_that_did_is_just_away() -> None:
    answers = [True, False, False, False, False]

    async def handle(request: RawRequest) -> bool:
        if answers.pop(0):
            await request.answer("200 OK", b"{}")
            return True
        return False

    async def scenario() -> None:
        async with raw_server(handle) as server:
            first, second = (Wire(account(server.url), KEY, patience=QUICK) for _ in range(2))
            try:
                await first.ask("GetUser")
                for wire, kind in ((first, ConnectionProblem), (second, MaybeClosed)):
                    with pytest.raises(ConnectionProblem) as caught:
                        await wire.ask("DeleteDataset", at={"dataset": "1"})
                    assert type(caught.value) is kind
                    assert caught.value.values["host"] == "127.0.0.1"
                    assert caught.value.details.splitlines()[-1].startswith("X-Request-Id sent: ")
            finally:
                await first.close()
                await second.close()
            with pytest.raises(ConnectionClosed):
                await first.ask("GetUser")

    asyncio.run(scenario())


def test_the_key_goes_to_no_store_and_into_no_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    async def handle(request: RawRequest) -> bool | None:
        if request.target.startswith("/store"):
            await request.answer("200 OK", b"bytes")
        else:
            said = {"code": "AccessDenied", "message": f"token {KEY} may not; secret s3cr3t-of-bucket"}
            await request.answer("403 Forbidden", json.dumps(said).encode(), f"X-Request-Id: {KEY}")
        return None

    async def scenario() -> RawServer:
        async with raw_server(handle) as server:
            wire = Wire(account(server.url), KEY, patience=QUICK)
            try:
                body = {"name": "b", "accesskeySecret": "s3cr3t-of-bucket"}
                with pytest.raises(BatchdockError) as caught:
                    await wire.ask("CreateStorageConfigS3", body=body)
                await wire.store.ask("GET", f"{server.url}/store/1?sig=x", what="GET a file")
                async with wire.bulk.receive(f"{server.url}/store/2?sig=x", what="GET a file"):
                    pass
                said = f"{caught.value.sentence()} {caught.value.details} {caught.value!r} {wire.last_request_ids}"
                assert KEY not in said
                assert "s3cr3t-of-bucket" not in said
                assert KEY not in str(wire.without_secrets({"a": [f"x{KEY}"], "accesskeySecret": "y"}))
            finally:
                await wire.close()
        return server

    api, *stores = asyncio.run(scenario()).requests
    assert KEY in api
    assert len(stores) == 2
    assert all("x-token" not in each.lower() and KEY not in each for each in stores)
    assert KEY not in caplog.text
