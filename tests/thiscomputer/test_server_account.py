"""What the platform has beside batches and jobs: answered where it means something here, else refused in words (§2)."""

import pytest

from making.local_service import LocalService


def test_the_workspace(service: LocalService) -> None:
    found = service.ask("GET", "/this-computer").json()["workspace"]
    assert (found["url"], found["projects"]) == ("this-computer", [])
    elsewhere = service.ask("GET", "/elsewhere")
    assert (elsewhere.status_code, "this-computer" in elsewhere.json()["error"]["message"]) == (404, True)


def test_the_asset_library_is_refused_in_words(service: LocalService) -> None:
    path = "/batch-processing/v1/external/this-computer/asset-library/jobs"
    body = {"workflowId": "read-codes", "idempotencyKey": "12345678", "query": ""}
    for answer in (
        service.ask("POST", path, json=body),
        service.ask("GET", "/this-computer/asynctasks/task-1"),
        service.staging("/b/roboql-ingest", "POST", json={"query": "*"}),
    ):
        assert answer.status_code in (400, 404)
        assert "asset library" in answer.json()["error"]["message"]


def test_nobody_is_sent_elsewhere(service: LocalService) -> None:
    answer = service.ask("GET", "/this-computer/workflows/", follow_redirects=False)
    assert (answer.status_code, answer.json()["error"]["status"]) == (404, 404)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", "GET, HEAD, POST"),
        ("/data-staging/v1/external/this-computer/batches/b/count", "GET, HEAD"),
        ("/batch-processing/v1/external/this-computer/jobs/j", "GET, HEAD, POST"),
    ],
)
def test_what_would_be_allowed(service: LocalService, path: str, allowed: str) -> None:
    answer = service.ask("PUT", path)
    assert (answer.status_code, answer.json()["error"]["status"], answer.headers["allow"]) == (405, 405, allowed)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[]", b"1", b'{"a": NaN}', b'{"a": 1e999}', b'{"a":' * 99 + b"1" + b"}" * 99]
)
def test_what_is_no_json_object(service: LocalService, body: bytes) -> None:
    for path in ("/batch-processing/v1/external/this-computer/jobs/j", "/this-computer/workflows"):
        answer = service.ask("POST", path, content=body)
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith("The body of the request")


def test_a_body_that_is_too_large(service: LocalService) -> None:
    answer = service.ask("POST", "/this-computer/workflows", content=b" " * (4 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.json()["error"]["message"].endswith("Send it in pieces.")
