"""References by https: fetched by the service of this computer, from the world only, every failure in words."""

import io
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from batchdock.thiscomputer.conductor.fetching import Fetching, NotFetched, Rules
from making.certificates import Authority
from making.listening import Listener
from making.local_service import LocalService
from making.media import picture
from making.reference_lists import OLD, Web


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


@pytest.fixture
def web(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A server on this computer from which may be fetched all the same."""
    with Web(authority.context("localhost", "127.0.0.1")) as made:
        monkeypatch.setenv("BATCHDOCK_FETCH_ALSO", f"127.0.0.1:{made.port}")
        yield made


@pytest.fixture
def service(tmp_path: Path, web: Web) -> Iterator[LocalService]:
    with LocalService(tmp_path / "data") as running:
        yield running


def refer(service: LocalService, batch: str, urls: dict[str, str], kind: str = "image", **more: object) -> Any:
    body = {f"{kind}References": [{"name": name, "url": url} for name, url in urls.items()], **more}
    return service.staging(f"/{batch}/bulk-upload/{kind}-references", "POST", json=body)


def failed(shards: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    return {
        each["fileName"]: each for shard in shards for each in (shard["statusMetadata"] or {}).get("failedFiles", [])
    }


def test_pictures_are_fetched_and_a_job_runs_over_them(service: LocalService, web: Web, tmp_path: Path) -> None:
    urls = {}
    for number in range(70):
        data = picture(tmp_path / "made" / f"{number}.jpg", number, (32, 32)).read_bytes()
        urls[f"{number}.jpg"] = web.put(f"/lot/{number}.jpg", data) + "?X-Amz-Signature=secret"
    answer = refer(service, "lot", urls, ingestId="in-1").json()
    assert (answer["ingestId"], answer["duplicated"], len(answer["shardIds"])) == ("in-1", False, 2)
    service.start_job("job-1", "lot")  # Waits by itself until all are there.
    assert service.wait("job-1")["lastNotification"]["type"]
    assert service.staging("/lot/count").json()["count"] == 70
    assert {each["statusType"] for each in service.wait_for_shards("lot")} == {"success"}
    again = refer(service, "lot", {name: f"{url}2" for name, url in urls.items()}, ingestId="in-1").json()
    assert (again["duplicated"], again["shardIds"]) == (True, answer["shardIds"])
    assert len(web.asked) == 70, "nothing is fetched twice"
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or b"X-Amz-Signature" not in path.read_bytes(), path


def test_each_failure_is_in_words(service: LocalService, web: Web, tmp_path: Path) -> None:
    def torn(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"x" * 10)
        handler.close_connection = True

    good = picture(tmp_path / "good.jpg", 1, (32, 32)).read_bytes()
    web.answers |= {
        "/403": (403, {}, b"no"),
        "/torn": torn,
        "/loop": (302, {"Location": "/loop"}, b""),
        "/inside": (302, {"Location": "https://169.254.169.254/latest/meta-data"}, b""),
        "/plain": (302, {"Location": "http://example.org/a.jpg"}, b""),
        "/moved": (307, {"Location": "/good?x=1"}, b""),
        "/huge": (200, {"Content-Type": "image/jpeg", "Content-Length": str(30 * 1024 * 1024)}, b""),
        "/empty": (200, {"Content-Type": "image/jpeg"}, b""),
        "/packed": (200, {"Content-Encoding": "gzip"}, b"x"),
    }
    web.put("/good", good)
    web.put("/page", b"<html>", "text/html; charset=utf-8")
    listed = {f"{name}.jpg": web.url(f"/{name}") for name in ("403", "torn", "loop", "inside", "plain", "huge")}
    listed |= {f"{name}.jpg": web.url(f"/{name}") for name in ("moved", "good", "page", "empty", "packed")}
    listed |= {
        "old.jpg": web.url(f"/403{OLD}"),
        "named.jpg": "https://user:word@example.org/a.jpg",
        "metadata.jpg": "https://169.254.169.254/latest",
        "decimal.jpg": "https://2130706433/a.jpg",
        "six.jpg": "https://[::ffff:127.0.0.1]/a.jpg",
        "nobody.jpg": "https://nobody.invalid/a.jpg",
        "other.jpg": web.url("/good").replace(str(web.port), str(_other_port(web))),
        "broken.jpg": "https://[::1/a.jpg",
    }
    with Listener() as listener:
        refer(
            service,
            "lot",
            listed,
            notificationsURL=listener.url,
            notificationCategories=["ingest-status", "files-status"],
        )
        shards = service.wait_for_shards("lot")
        deadline = time.monotonic() + 30
        while len(listener.heard) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        (told,) = [each["notification"] for each in listener.heard if "files" in each["notification"]["type"]]
    assert service.staging("/lot/count").json()["count"] == 2
    found = failed(shards)
    assert {name: each["type"] for name, each in found.items()} == {
        "403.jpg": "http-error",
        "torn.jpg": "broken-off",
        "loop.jpg": "too-many-redirects",
        "inside.jpg": "unsafe-url-detected",
        "plain.jpg": "unsafe-url-detected",
        "huge.jpg": "file-size-limit-exceeded",
        "page.jpg": "not-a-file",
        "empty.jpg": "empty-file",
        "packed.jpg": "not-a-file",
        "old.jpg": "url-expired",
        "named.jpg": "unsafe-url-detected",
        "metadata.jpg": "unsafe-url-detected",
        "decimal.jpg": "unsafe-url-detected",
        "six.jpg": "unsafe-url-detected",
        "nobody.jpg": "host-not-found",
        "other.jpg": "unsafe-url-detected",
        "broken.jpg": "unsafe-url-detected",
    }
    assert all(each["reason"].endswith(".") or each["reason"].endswith("B.") for each in found.values())
    assert "2020-01-02" in found["old.jpg"]["reason"]
    assert sorted(told["ingested_files"]) == ["good.jpg", "moved.jpg"]
    assert {each["file_name"] for each in told["failed_files"]} == set(found)
    assert "X-Amz" not in json.dumps(shards)


def _other_port(web: Web) -> int:
    return web.port - 1 if web.port > 2000 else web.port + 1


def test_a_list_at_an_address_is_fetched_too(service: LocalService, web: Web, tmp_path: Path) -> None:
    data = picture(tmp_path / "a.jpg", 1, (32, 32)).read_bytes()
    lines = [json.dumps({"name": f"{n}.jpg", "url": web.put(f"/{n}.jpg", data)}) for n in range(3)]
    url = web.put("/list.jsonl", b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode(), "text/plain")
    ask = "/lot/bulk-upload/image-references"
    assert service.staging(ask, "POST", json={"imageReferencesURL": url}).json()["duplicated"] is False
    service.wait_for_shards("lot")
    assert service.staging("/lot/count").json()["count"] == 3
    for wrong in ("https://10.0.0.1/list.jsonl", "http://example.org/list.jsonl", web.url("/none")):
        answer = service.staging("/other" + ask[4:], "POST", json={"imageReferencesURL": wrong})
        assert answer.status_code == 400
        assert "The list can not be fetched." in answer.json()["error"]["message"]
    url = web.put("/broken.jsonl", (lines[0] + "\n{broken").encode(), "text/plain")
    answer = service.staging("/other" + ask[4:], "POST", json={"imageReferencesURL": url})
    assert "Line 2" in answer.json()["error"]["message"]


def test_what_an_end_interrupted_is_fetched_when_it_is_handed_over_again(
    service: LocalService, web: Web, tmp_path: Path
) -> None:
    data = picture(tmp_path / "a.jpg", 1, (32, 32)).read_bytes()
    slow = True

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if slow:
            time.sleep(5)
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    web.answers["/slow.jpg"] = answer
    urls = {"fast.jpg": web.put("/fast.jpg", data), "slow.jpg": web.url("/slow.jpg")}
    refer(service, "lot", urls, ingestId="in-1")
    service.kill()
    slow = False
    service.start()
    (shard,) = service.wait_for_shards("lot")
    assert (shard["statusType"], shard["statusName"]) == ("error", "interrupted")
    assert refer(service, "lot", urls, ingestId="in-1").json()["duplicated"] is False
    (shard,) = service.wait_for_shards("lot")
    assert (shard["statusType"], shard["shardObjectsCount"]) == ("success", 2)
    assert refer(service, "lot", urls, ingestId="in-1").json()["duplicated"] is True


def test_lists_are_of_one_kind(service: LocalService, tmp_path: Path) -> None:
    mixed = {"a.jpg": "https://example.org/a.jpg", "b.jpg": (tmp_path / "b.jpg").as_uri()}
    assert refer(service, "lot", mixed).status_code == 400
    assert refer(service, "lot", {"a.jpg": "http://example.org/a.jpg"}).status_code == 400
    answer = service.staging(
        "/lot/bulk-upload/image-references",
        "POST",
        params={"partName": "images"},
        json={"imageReferences": [{"name": "a.jpg", "url": "https://example.org/a.jpg"}]},
    )
    assert answer.status_code == 400


def test_without_the_switch_nothing_of_this_computer_is_fetched(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BATCHDOCK_FETCH_ALSO", raising=False)
    with Web(authority.context("localhost")) as web, LocalService(tmp_path / "data") as service:
        web.put("/a.jpg", b"x")
        refer(service, "lot", {"a.jpg": web.url("/a.jpg"), "b.jpg": web.url("/a.jpg", "127.0.0.1")})
        (shard,) = service.wait_for_shards("lot")
        assert {each["type"] for each in failed([shard]).values()} == {"unsafe-url-detected"}
        assert not web.asked


# --- the fetching itself --------------------------------------------------------------------------------------------


class Sink:
    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data


def looked_up(*addresses: str) -> Any:
    return lambda host, port, **_: [(2, 1, 6, "", (each, port)) for each in addresses]


@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.1",), ("10.1.2.3",), ("169.254.169.254",), ("::1",), ("fd00::1",), ("8.8.8.8", "127.0.0.1")],
)
def test_a_name_that_stands_for_an_inner_address_leads_nowhere(addresses: tuple[str, ...], web: Web) -> None:
    fetching = Fetching(Rules(), lookup=looked_up(*addresses))
    with pytest.raises(NotFetched) as refusal:
        fetching.fetch(f"https://world.example:{web.port}/a.jpg", Sink(), limit=1000)
    assert refusal.value.kind == "unsafe-url-detected"
    assert not web.asked


def test_the_connection_goes_to_the_address_that_was_looked_at(authority: Authority) -> None:
    """The name is looked up once: what it stands for a moment later has no say."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with Web(authority.context("world.example")) as web:
        web.put("/a.jpg", b"picture")

        def lookup(host: str, port: int, **_: object) -> Any:
            return looked_up(*answers.pop(0))(host, port)

        sink = Sink()
        rules = Rules(also=frozenset({f"127.0.0.1:{web.port}"}))
        Fetching(rules, lookup=lookup).fetch(f"https://world.example:{web.port}/a.jpg", sink, limit=1000)
        assert sink.data == b"picture"
        assert len(answers) == 1


def test_who_can_not_show_who_he_is_is_not_believed(authority: Authority) -> None:
    with Web(authority.context("somebody.else")) as web:
        web.put("/a.jpg", b"picture")
        rules = Rules(also=frozenset({f"127.0.0.1:{web.port}"}))
        with pytest.raises(NotFetched) as refusal:
            Fetching(rules).fetch(web.url("/a.jpg"), Sink(), limit=1000)
        assert refusal.value.kind == "certificate-refused"


@pytest.mark.parametrize("where", ["handshake", "headers", "body"])
def test_who_dribbles_is_left(authority: Authority, where: str) -> None:
    def dribble(handler: BaseHTTPRequestHandler) -> None:
        try:
            if where == "body":
                handler.send_response(200)
                handler.send_header("Content-Length", "100000")
                handler.end_headers()
            for _ in range(600):
                handler.wfile.write(b"x")
                time.sleep(0.1)
        except (OSError, ssl.SSLError):
            return

    context = None if where == "handshake" else authority.context("localhost")
    with Web(context) as web:
        web.answers["/a.jpg"] = dribble
        rules = Rules(connect=0.5, silence=5.0, whole=1.0, also=frozenset({f"127.0.0.1:{web.port}"}))
        began = time.monotonic()
        with pytest.raises(NotFetched):
            Fetching(rules).fetch(f"https://localhost:{web.port}/a.jpg", Sink(), limit=1_000_000)
        assert time.monotonic() - began < 30


def test_no_more_than_the_limit_is_read(authority: Authority) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        try:
            while True:
                handler.wfile.write(b"x" * 10_000)
        except OSError:
            return

    with Web(authority.context("localhost")) as web:
        web.answers["/a.jpg"] = endless
        rules = Rules(also=frozenset({f"127.0.0.1:{web.port}"}))
        sink = Sink()
        with pytest.raises(NotFetched) as refusal:
            Fetching(rules).fetch(web.url("/a.jpg"), sink, limit=100_000)
        assert refusal.value.kind == "file-size-limit-exceeded"
        assert len(sink.data) <= 100_000


def test_a_server_that_says_nothing_does_not_hold_up_the_others(web: Web) -> None:
    good = web.url("/good")
    web.put("/good", b"x" * 10, "image/jpeg")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        fetching = Fetching(Rules(connect=60.0, also=frozenset({f"127.0.0.1:{port}", f"127.0.0.1:{web.port}"})))
        said: list[str] = []

        def wait_for_nothing() -> None:
            try:
                fetching.fetch(f"https://127.0.0.1:{port}/a.jpg", io.BytesIO(), limit=100)
            except NotFetched as error:
                said.append(error.kind)

        thread = threading.Thread(target=wait_for_nothing)
        thread.start()
        line, _ = silent.accept()
        line.recv(1)  # It greets, and hears nothing.
        into = io.BytesIO()
        fetching.fetch(good, into, limit=100)
        assert into.getvalue() == b"x" * 10
        assert thread.is_alive(), "the other one waits still"
        line.close()
        thread.join()
        assert len(said) == 1
