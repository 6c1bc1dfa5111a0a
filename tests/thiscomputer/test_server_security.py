"""Who may ask, and what leaks (nothing)."""

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from making.local_service import LocalService
from making.media import picture_bytes


def _status(service: LocalService, path: str, **headers: str) -> int:
    parts = urlsplit(service.url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port)
    try:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


def test_only_its_own_names(service: LocalService) -> None:
    port = urlsplit(service.url).port
    path = f"/?api_key={service.key}"
    assert _status(service, path, Host=f"127.0.0.1:{port}") == 200
    assert _status(service, path, Host=f"localhost:{port}") == 200
    for host in (
        "127.0.0.1",
        "evil.example",
        f"evil.example:{port}",
        f"127.0.0.1:{port}.evil.example",
        "",
        "127.0.0.1:1",
    ):
        assert _status(service, path, Host=host) in (400, 403), host


def test_no_web_pages(service: LocalService) -> None:
    port = urlsplit(service.url).port
    host, path = f"127.0.0.1:{port}", f"/?api_key={service.key}"
    assert _status(service, path, Host=host, Origin=f"http://127.0.0.1:{port}") == 200
    for origin in (
        "https://evil.example",
        "null",
        f"https://127.0.0.1:{port}",
        f"http://127.0.0.1:{port}.evil.example",
    ):
        assert _status(service, path, Host=host, Origin=origin) == 403, origin
        assert _status(service, "/signed/x", Host=host, Origin=origin) == 403


@pytest.mark.parametrize("key", ["", "wrong", "key-of-the-tests-7Yq", "key-of-the-tests-7Yq2x", "ключ"])
def test_only_with_the_key(service: LocalService, key: str) -> None:
    for path in ("/", "/this-computer/workflows", "/data-staging/v1/external/this-computer/batches", "/nowhere"):
        answer = service.plain("GET", f"{service.url}{path}", params={"api_key": key})
        assert answer.status_code == 401
        assert answer.json() == {
            "error": {
                "message": "This API key does not exist (or has been revoked).",
                "status": 401,
                "type": "OAuthException",
            }
        }
    assert service.plain("GET", service.url).status_code == 401
    bearer = {"Authorization": f"Bearer {key}x".encode()}
    assert service.plain("GET", service.url, headers=bearer).status_code == 401


def test_signed_addresses_can_not_be_made_up(service: LocalService) -> None:
    service.upload("signed", "a.jpg", b"data")
    (only,) = service.staging("/signed/list").json()["filesMetadata"]
    url = only["downloadURL"]
    assert service.plain("GET", url).content == b"data"
    token = url.rpartition("/")[2]
    body, _, mac = token.partition(".")
    for other in (
        "",
        "x",
        f"{body}.",
        f".{mac}",
        f"{body}.{mac[:-2]}AA",
        f"{body[:-4]}AAAA.{mac}",
        f"{body}x.{mac}",
        "é.é",
    ):
        answer = service.plain("GET", f"{service.url}/signed/{other}")
        assert answer.status_code in (403, 404), other
    assert service.plain("PUT", url, content=b"x").status_code == 403
    details = service.staging("/signed-tar/bulk-upload/image-files", "POST").json()["signedURLDetails"]
    assert service.plain("GET", details["uploadURL"]).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/signed/..%2f..%2fknown.sqlite",
        "/data-staging/v1/external/this-computer/batches/..%2f..%2f/list",
        "/data-staging/v1/external/..%2fthis-computer/batches",
        "/this-computer/workflows/..%2f..%2fetc",
        "/batch-processing/v1/external/this-computer/jobs/..%5c..%5cx",
    ],
)
def test_no_way_out_of_the_routes(service: LocalService, path: str) -> None:
    answer = service.plain("GET", f"{service.url}{path}?api_key={service.key}")
    assert answer.status_code in (400, 403, 404)
    assert "root:" not in answer.text


def test_the_key_is_nowhere(tmp_path: Path) -> None:
    key = "SECRET-needle-51"
    with LocalService(tmp_path / "data", key=key) as service:
        service.upload("b", "a.jpg", picture_bytes(1))
        service.upload("b", "../x", b"")
        service.start_job("j", "b")
        service.wait("j")
        answers = [
            service.jobs("/j").text,
            service.jobs("/nothing").text,
            service.ask("GET", "/data-staging/%00").text,
            service.jobs("/other", "POST", content=b"{").text,
        ]
        command = Path(f"/proc/{service.process.pid}/cmdline")
        environment = Path(f"/proc/{service.process.pid}/environ")
        told = [each.read_bytes() for each in (command, environment) if each.exists()]
    assert not any(key in each for each in answers)
    assert not any(key.encode() in each for each in told)
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes(), file
