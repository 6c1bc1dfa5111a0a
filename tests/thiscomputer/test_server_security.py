"""Who may ask, and what leaks (nothing)."""

import base64
import http.client
import json
import os
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from batchdock.thiscomputer.refusal import Refusal
from batchdock.thiscomputer.server.security import LIFETIME, Signer
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


def _open_files(service: LocalService) -> list[str]:
    found = []
    for each in Path(f"/proc/{service.process.pid}/fd").iterdir():
        with suppress(OSError):
            found.append(str(each.readlink()))
    return found


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


def test_no_web_pages_that_say_nothing_of_themselves(service: LocalService) -> None:
    """A picture or a form that a page embeds comes without an origin; also a signed address is refused to it then."""
    host = f"127.0.0.1:{urlsplit(service.url).port}"
    service.upload("embedded", "a.jpg", b"data")
    (only,) = service.staging("/embedded/list").json()["filesMetadata"]
    signed = urlsplit(only["downloadURL"]).path
    for path in (f"/?api_key={service.key}", signed):
        for site in ("cross-site", "same-site", "anything"):
            assert _status(service, path, Host=host, **{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}) == 403
        for site in ("none", "same-origin"):
            assert _status(service, path, Host=host, **{"Sec-Fetch-Site": site}) == 200


def test_browsers_get_no_leave_to_ask(service: LocalService) -> None:
    """The answer to a preflight has nothing that would make a browser go on, with the key or without."""
    asks = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
        "Access-Control-Request-Private-Network": "true",
    }
    for path in ("/", f"/?api_key={service.key}", "/signed/x", "/this-computer/settings"):
        answer = service.plain("OPTIONS", f"{service.url}{path}", headers=asks)
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control")]
    good = service.ask("GET", "/")
    assert not [name for name in good.headers if name.startswith("access-control")]


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


def test_signed_addresses_are_for_one_thing_and_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = Signer()
    token = signer.sign({"get": 1})
    assert signer.read(token)["get"] == 1
    with pytest.raises(Refusal, match="not signed"):
        Signer().read(token)  # another process
    other = base64.urlsafe_b64encode(b'{"get":2,"until":99999999999}').decode().rstrip("=")
    with pytest.raises(Refusal, match="not signed"):
        signer.read(f"{other}.{token.partition('.')[2]}")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LIFETIME + 5)
    with pytest.raises(Refusal, match="too old"):
        signer.read(token)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_only_this_computer_can_ask(service: LocalService) -> None:
    """It listens at 127.0.0.1 and nowhere else."""
    inodes = {name.partition("[")[2].rstrip("]") for name in _open_files(service) if name.startswith("socket:")}
    listening = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{service.process.pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[9] in inodes and words[3] in ("0A", "07"):
                listening.append((table, words[1]))
    port = urlsplit(service.url).port
    assert listening == [("tcp", f"0100007F:{port:04X}")]


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


_STRANGER = """
import encodings.idna, os, socket
os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})
process, port, data = {process}, {port}, {data!r}
got = []

def tried(what, deed):
    try:
        got.append((what, deed()))
    except OSError:
        pass

def ask(path):
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        head = "GET %s HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\nConnection: close\\r\\n\\r\\n" % (path, port)
        line.sendall(head.encode())
        said = line.recv(9999)
    if said.startswith((b"HTTP/1.1 401", b"HTTP/1.1 403")):
        raise OSError
    return said

for path in ("/", "/?api_key=guess", "/this-computer/settings", "/signed/x", "/openapi.json"):
    tried(path, lambda: ask(path))
tried("folder", lambda: os.listdir(data))
for name in ("known.sqlite", "api-key", "settings.json", "lock"):
    tried(name, lambda: open(os.path.join(data, name), "rb").read())
tried("new", lambda: open(os.path.join(data, "new"), "wb"))
for name in ("environ", "mem", "maps", "fd/0"):
    tried(name, lambda: open(f"/proc/{{process}}/{{name}}", "rb").read(1))
tried("kill", lambda: os.kill(process, 15))
print(got)
"""


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="becomes another user, as root can")
def test_another_user_of_this_computer_gets_nothing(request: pytest.FixtureRequest) -> None:
    folder = TemporaryDirectory()  # pytest's own is closed to others, and here the data folder has to keep them out
    request.addfinalizer(folder.cleanup)
    Path(folder.name).chmod(0o755)
    data = Path(folder.name) / "data"
    data.mkdir()
    data.chmod(0o777)  # open to everybody before it was ours
    command = [sys.executable, "-m", "batchdock", "serve", "--data", str(data)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        key = Path(said["key_file"]).read_text().strip()
        stranger = _STRANGER.format(nobody=65534, process=process.pid, port=urlsplit(said["url"]).port, data=str(data))
        got = subprocess.run([sys.executable, "-c", stranger], cwd="/", capture_output=True, text=True, check=False)
        told = Path(f"/proc/{process.pid}/cmdline").read_bytes() + Path(f"/proc/{process.pid}/environ").read_bytes()
        modes = [stat.S_IMODE(each.stat().st_mode) for each in (data, Path(said["key_file"]))]
        process.terminate()
    assert (got.stdout.strip(), got.stderr) == ("[]", "")
    assert key.encode() not in told
    assert modes == [0o700, 0o600]
