"""The TensorBay that everything else is tested with is one, as far as its contract tells."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from batchdock.core.datasets.dataset import Version
from batchdock.core.errors import ConnectionProblem
from batchdock.services.tensorbay.operations import OPERATIONS, App, Evidence
from fakes.tensorbay import TensorBay
from fakes.tensorbay.records import NO_COMMIT
from making.tensorbay import connected


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as bay:
        yield bay


class Client:
    """Asks the stand-in, plainly."""

    def __init__(self, bay: TensorBay) -> None:
        self.bay = bay
        self._http = httpx.Client(base_url=f"{bay.plain_url}/v1/", headers={"X-Token": bay.key}, trust_env=False)

    def close(self) -> None:
        """Let the line go."""
        self._http.close()

    def answer(self, method: str, path: str, body: object = None, **query: Any) -> httpx.Response:
        """Return an answer, whatever it says."""
        return self._http.request(method, path, json=body, params=query or None)

    def __call__(self, method: str, path: str, body: object = None, **query: Any) -> Any:
        """Return what a good answer says."""
        answer = self.answer(method, path, body, **query)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def refused(self, method: str, path: str, body: object = None, **query: Any) -> tuple[int, str]:
        """Return status and code of a refusal."""
        answer = self.answer(method, path, body, **query)
        return answer.status_code, answer.json()["code"]

    def send(self, ds: str, draft: int, segment: str, data: bytes, **headers: str) -> httpx.Response:
        """Send bytes to the store as the policy says."""
        policy = self("GET", f"{ds}/policies", expired=240, segmentName=segment, draftNumber=draft)
        extra, key = policy["extra"], policy["extra"]["objectPrefix"] + hashlib.sha1(data).hexdigest()
        fields = {name: value for name, value in policy["result"].items() if value is not None}
        if extra["backendType"] == "azure":
            kind = {"x-ms-blob-type": fields["x-ms-blob-type"], "x-ms-blob-content-type": ""}
            return httpx.put(f"{extra['host']}{key}?{fields['token']}", content=data, headers=kind, trust_env=False)
        also = {"Content-Type": ""} if "x-amz-date" in fields else {}
        form = {**fields, "key": key, **also}
        return httpx.post(extra["host"], data=form, files={"file": ("", data)}, headers=headers, trust_env=False)

    def register(self, ds: str, draft: int, segment: str, files: dict[str, bytes], **more: Any) -> httpx.Response:
        """Say that files are in the store."""
        objects = [
            {"remotePath": path, "checksum": hashlib.sha1(data).hexdigest(), "fileSize": len(data), **more}
            for path, data in files.items()
        ]
        body = {"segmentName": segment, "objects": objects, "draftNumber": draft}
        return self.answer("PUT", f"{ds}/multi/callback", body)


@pytest.fixture
def client(bay: TensorBay) -> Iterator[Client]:
    client = Client(bay)
    yield client
    client.close()


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_known_but_those_that_nobody_knows(client: Client, name: str) -> None:
    operation = OPERATIONS[name]
    if operation.evidence is Evidence.NONE:
        assert operation.reason
        return
    path = operation.path
    for part in ("{dataset}", "{draft}", "{config}", "{job}", "{basehead}", "{segment}", "{benchmark}", "{evaluation}"):
        path = path.replace(part, "x")
    base = client.bay.plain_sextant_url if operation.app is App.SEXTANT else client.bay.plain_url
    answer = client.answer(operation.method, f"{base}{path}")
    assert answer.status_code == 200 or answer.json()["code"], f"{name} is answered by its service, not by the gateway"


def test_versions_stay_as_they_are(bay: TensorBay, client: Client) -> None:
    ds = f"datasets/{bay.add_dataset('harbor', versions=3, segments={'train': 4, 'test': 2}, changed=2)}"

    def seen(**version: Any) -> Any:
        rows = client("GET", f"{ds}/data", segmentName="train", **version)["data"]
        return {row["remotePath"]: row["checksum"] for row in rows}

    before = [seen(commit=f"v{number}") for number in (1, 2, 3)]
    assert len({tuple(each.values()) for each in before}) == 3
    draft = client("POST", f"{ds}/drafts", {"branchName": "main", "title": "next"})["draftNumber"]
    assert seen(draftNumber=draft) == before[-1]
    assert client.send(ds, draft, "train", b"other").status_code == 200
    assert client.register(ds, draft, "train", {"0000.jpg": b"other"}).status_code == 200
    client("DELETE", f"{ds}/data", {"segmentName": "train", "remotePath": "0001.jpg", "draftNumber": draft})
    client("DELETE", f"{ds}/segments", {"segmentName": "test", "draftNumber": draft})
    commit = client("POST", f"{ds}/commits", {"draftNumber": draft, "title": "next", "tag": "v4"})["commitId"]
    after = seen(commit="v4")
    assert after == seen(commit=commit) == seen(commit="main")
    assert after["0000.jpg"] == hashlib.sha1(b"other").hexdigest()
    assert "0001.jpg" not in after
    assert [seen(commit=f"v{number}") for number in (1, 2, 3)] == before
    segments = client("GET", f"{ds}/segments", commit="v3")["segments"]
    assert [each["name"] for each in segments] == ["test", "train"]
    labels = client("GET", f"{ds}/labels", segmentName="train", commit="v4")["labels"]
    assert labels[0] == {"remotePath": "0000.jpg", "label": {}}, "another file takes the label of what was there"
    assert labels[1]["label"]
    assert client.refused("GET", f"{ds}/segments", draftNumber=draft) == (404, "ResourceNotExist")
    titles = [each["title"] for each in client("GET", f"{ds}/commits")["commits"]]
    assert titles == ["next", "Version 3", "Version 2", "Version 1"]


def test_what_is_taken_open_or_forbidden_is_refused(bay: TensorBay, client: Client) -> None:
    made = client.answer("POST", "datasets", {"name": "new"})
    assert made.status_code == 201
    ds = f"datasets/{made.json()['id']}"
    assert client("GET", f"{ds}/branches")["branches"][0]["commitId"] == NO_COMMIT
    assert client.refused("POST", "datasets", {"name": "new"}) == (409, "NameConflict")
    branch = {"name": "dev", "commit": "main"}
    assert client.refused("POST", f"{ds}/branches", branch) == (403, "Forbidden")
    draft = {"branchName": "main", "title": "first"}
    number = client("POST", f"{ds}/drafts", draft)["draftNumber"]
    assert client.refused("POST", f"{ds}/drafts", draft)[0] == 400
    client("POST", f"{ds}/commits", {"draftNumber": number, "title": "first", "tag": "v1"})
    number = client("POST", f"{ds}/drafts", draft)["draftNumber"]
    again = {"draftNumber": number, "title": "second", "tag": "v1"}
    assert client.refused("POST", f"{ds}/commits", again) == (409, "NameConflict")
    assert [each["number"] for each in client("GET", f"{ds}/drafts")["drafts"]] == [number], "the draft stays open"
    assert client.refused("POST", f"{ds}/tags", {"name": "v1", "commit": "main"}) == (409, "NameConflict")
    client("PATCH", f"{ds}/drafts/{number}", {"status": "CLOSED"})
    assert client("GET", f"{ds}/drafts")["drafts"] == []
    assert client("GET", f"{ds}/drafts", status="ALL")["totalCount"] == 2
    assert client.refused("GET", f"{ds}/jobs", jobType="SquashAndMerge") == (400, "InvalidParamsValue")
    assert client.refused("GET", f"{ds}/jobs") == (400, "RequestParamsMissing")
    assert client.refused("GET", "datasets", limit=129) == (400, "InvalidParamsValue")
    assert client.refused("GET", "datasets/none") == (404, "ResourceNotExist")
    assert client.answer("GET", "no/such/thing").json().keys() == {"message"}, "the gateway has no codes"
    stranger = httpx.get(f"{bay.plain_url}/v1/users", headers={"X-Token": "Accesskey-x"}, trust_env=False)
    assert (stranger.status_code, stranger.json()["code"]) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("graviti", {"graviti_1", "great_graviti_1", "graviti%1"}),
        ("graviti\\_%", {"graviti_1", "great_graviti_1"}),
        ("graviti\\_", set()),
        ("graviti%", {"graviti_1", "graviti%1"}),
        ("graviti\\%%", {"graviti%1"}),
        ("graviti\\%", set()),
        ("graviti\\%1", {"graviti%1"}),
        ("%graviti", set()),
    ],
)
def test_names_are_searched_as_the_page_says(bay: TensorBay, client: Client, typed: str, found: set[str]) -> None:
    for name in ("graviti_1", "great_graviti_1", "graviti%1"):
        bay.add_dataset(name, segments={})
    assert {each["name"] for each in client("GET", "datasets", name=typed)["datasets"]} == found


@pytest.mark.parametrize("backend", ["oss", "s3", "azure", "fps"])
def test_files_come_by_every_form(bay: TensorBay, client: Client, backend: str) -> None:
    bay.backend = backend
    ds = f"datasets/{bay.add_dataset('harbor', segments={'train': 1})}"
    draft = client("POST", f"{ds}/drafts", {"branchName": "main", "title": "x"})["draftNumber"]
    early = client.register(ds, draft, "train", {"a.bin": b"hello"})
    assert (early.status_code, early.json()["code"]) == (400, "InvalidParamsValue"), "its bytes never came"
    assert client.send(ds, draft, "train", b"hello\r\n--").status_code in (200, 201)
    both = {"a.bin": b"hello\r\n--", "b.bin": b"never sent"}
    assert client.register(ds, draft, "train", both).status_code == 400
    assert client("GET", f"{ds}/data", segmentName="train", draftNumber=draft)["totalCount"] == 1, "all or none"
    for _ in range(2):
        assert client.register(ds, draft, "train", {"a.bin": b"hello\r\n--"}).status_code == 200
    rows = client("GET", f"{ds}/data/details", segmentName="train", draftNumber=draft)["dataDetails"]
    assert [row["remotePath"] for row in rows] == ["0000.jpg", "a.bin"]
    assert httpx.get(rows[1]["url"], trust_env=False).content == b"hello\r\n--"
    bay.store.policy_seconds = -1
    assert client.send(ds, draft, "train", b"late").status_code == 403


def test_links_end_and_are_counted(bay: TensorBay, client: Client) -> None:
    ds = f"datasets/{bay.add_dataset('harbor', segments={'train': 3})}"

    def links() -> list[str]:
        rows = client("GET", f"{ds}/data/urls", segmentName="train", commit="v1")["urls"]
        return [row["url"] for row in rows]

    first = links()
    assert [httpx.get(each, trust_env=False).status_code for each in first] == [200, 200, 200]
    assert sorted(bay.fetched.values()) == [1, 1, 1]
    bay.expire_links()
    assert httpx.get(first[0], trust_env=False).status_code == 403
    again = links()
    part = httpx.get(again[0], headers={"Range": "bytes=4-"}, trust_env=False)
    whole = httpx.get(again[0], trust_env=False)
    assert (part.status_code, whole.content[4:]) == (206, part.content)
    assert httpx.get(again[0] + "0", trust_env=False).status_code == 403, "signed by nobody"
    bay.link_seconds = -1
    assert httpx.get(links()[0], trust_env=False).status_code == 403
    bay.link_seconds, bay.store.links_last = 60, 2
    bay.expire_links()
    last = links()
    assert [httpx.get(each, trust_env=False).status_code for each in last].count(403) == 1
    assert {each.headers.get("x-token") for each in bay.store_seen} == {None}


@pytest.mark.parametrize("name", ["a#b?c", "../x", "a/b", "", "100%", "群"])
def test_odd_names_of_segments(bay: TensorBay, client: Client, name: str) -> None:
    ds = f"datasets/{bay.add_dataset('harbor', segments={name: 2})}"
    commit = bay.dataset("harbor").tags["v1"]
    assert client("GET", f"{ds}/data", segmentName=name, commit="v1")["totalCount"] == 2
    path = f"{bay.plain_url}/v1/{ds}/diffs/commit-{commit}/segments/{quote(name, safe='')}"
    told = client("GET", path.replace("/..%2F", "/%2E%2E%2F"))
    assert (told["name"], told["action"], told["data"]["stats"]["additions"]) == (name, "add", 2)
    assert len(client("GET", f"{path}/data")["data"]) == 2


def test_jobs_do_their_work(bay: TensorBay, client: Client) -> None:
    ds = f"datasets/{bay.add_dataset('harbor', versions=2, segments={'train': 4})}"
    client("POST", f"{ds}/branches", {"name": "dev", "commit": "v1"})
    merge = {"title": "merged", "sourceBranchName": "dev", "targetBranchName": "main", "strategy": "override"}
    job = client("POST", f"{ds}/jobs", {"title": "m", "jobType": "squashAndMerge", "arguments": merge})["jobId"]
    assert client("GET", f"{ds}/jobs/{job}", jobType="squashAndMerge")["status"] == "QUEUING"
    client("POST", f"{ds}/jobs/{job}/abort?jobType=squashAndMerge")
    assert client.refused("POST", f"{ds}/jobs/{job}/retry?jobType=squashAndMerge")[0] == 500, "too early"
    assert client("GET", f"{ds}/jobs/{job}", jobType="squashAndMerge")["status"] == "ABORTED"
    client("POST", f"{ds}/jobs/{job}/retry?jobType=squashAndMerge")
    find = {"commit": "v2", "conjunction": "and", "unit": "file"}
    find["filters"] = [{"key": "keyword", "operator": "like", "value": "1.jpg", "title": "Data Name"}]  # type: ignore[assignment]  # JSON.
    search = client("POST", f"{ds}/jobs", {"title": "s", "jobType": "basicSearch", "arguments": find})["jobId"]
    bay.start_jobs()
    assert client("GET", f"{ds}/jobs/{search}", jobType="basicSearch")["status"] == "PROCESSING"
    bay.finish_jobs()
    (told,) = client("GET", f"{ds}/jobs", jobType="squashAndMerge")["jobs"]
    assert told["status"] == "SUCCESS"
    assert client("GET", f"{ds}/drafts")["drafts"][0]["number"] == told["result"]["draftNumber"]
    found = client("GET", f"{ds}/jobs/{search}", jobType="basicSearch")["result"]
    there = f"datasets/{found['searchResultId']}"
    rows = client("GET", f"{there}/data", segmentName="train", commit=found["searchResultCommitId"])["data"]
    assert [each["remotePath"] for each in rows] == ["0001.jpg"]
    client("POST", f"searchResults/{search}/datasets", {"datasetName": "found"})
    assert {each["name"] for each in client("GET", "datasets")["datasets"]} == {"harbor", "found"}


def test_what_goes_wrong_goes_wrong(bay: TensorBay, client: Client) -> None:
    bay.add_dataset("harbor")
    bay.fail("POST .*/datasets$", after=True)
    with pytest.raises(httpx.RemoteProtocolError):
        client("POST", "datasets", {"name": "new"})
    assert bay.dataset("new").name == "new", "carried out, the answer lost"
    bay.fail("GET .*/datasets", code="SystemError", skip=1, times=2)
    assert [client.answer("GET", "datasets").status_code for _ in range(4)] == [200, 500, 500, 200]
    bay.fail("GET .*/datasets", cut=20)
    with pytest.raises(httpx.RemoteProtocolError):
        client("GET", "datasets")
    bay.html_from_proxy()
    assert client.answer("GET", "users").headers["content-type"].startswith("text/html")
    bay.rewrite("GET .*/users", lambda _asked, said: [said["nickname"]])
    assert client("GET", "users") == ["lin"]
    bay.heal()
    assert client("GET", "users")["nickname"] == "lin"
    bay.go_away()
    with pytest.raises(httpx.ConnectError):
        client("GET", "users")
    bay.come_back()
    assert client("GET", "users")
    said: list[Any] = []
    with bay.hold("GET .*/users") as held:
        asking = threading.Thread(target=lambda: said.append(client("GET", "users")))
        asking.start()
        held.wait()
        assert not said
    asking.join(60)
    assert len(said) == 1


def test_what_nobody_knows_is_told_of(client: Client) -> None:
    client("GET", "datasets", isInternal="true")
    assert not client.bay.unknown
    client("POST", "datasets", {"name": "new", "isPublik": True})
    assert client.bay.unknown[0].endswith("/v1/datasets: isPublik")
    client.bay.unknown.clear()


def test_tls_serves_the_same(bay: TensorBay) -> None:
    ds = bay.add_dataset("cams", fusion=True, segments={"seg": 1})
    query = {"segmentName": "seg", "commit": "v1"}
    with httpx.Client(verify=bay.context(), headers={"X-Token": bay.key}, trust_env=False) as http:
        said = http.get(f"{bay.url}/v1/datasets/{ds}/data/details", params=query).json()
        (frame,) = said["dataDetails"]
        assert [each["sensorName"] for each in frame["frame"]] == ["camera", "lidar"]
        assert http.get(frame["frame"][0]["url"]).status_code == 200


@pytest.mark.parametrize("trusted", [True, False])
def test_the_app_speaks_tls_to_whom_it_trusts(bay: TensorBay, monkeypatch: pytest.MonkeyPatch, trusted: bool) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(bay.certificate))
    dataset_id = bay.add_dataset("harbor", segments={"train": 2})

    async def scenario() -> list[bytes]:
        service = connected(bay, tls=True)
        try:
            datasets, version, found = service.datasets, Version(commit="v1"), []
            async for each in datasets.details(dataset_id, version, "train"):
                async with datasets.receive(each.url) as incoming:
                    found.append(b"".join([piece async for piece in incoming.pieces()]))
            return found
        finally:
            await service.close()

    if trusted:
        assert asyncio.run(scenario()) == [f"{dataset_id} train {number} 1".encode() for number in range(2)]
        assert {each.at for each in (*bay.seen, *bay.store_seen)} == {"apis", "stores"}
        return
    with pytest.raises(ConnectionProblem):
        asyncio.run(scenario())
    assert not bay.seen, "the key goes to nobody who is not trusted"
