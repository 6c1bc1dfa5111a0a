"""What broken and hostile programs on this computer do to the service: it answers everybody else all the same.

The gate sends `REQUESTS` malformed requests; at full size by hand, with 10,000 in their place and other seeds.
"""

import socket
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from making.local_service import LocalService, poll
from making.malformed import answers, malformed
from making.media import picture_bytes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

REQUESTS = 1500
AT_ONCE = 16
MEGABYTES = 100
"""What the service may take more while it is attacked."""
SLOW = 200
MANY = 1200


@pytest.mark.parametrize("seed", [1])
def test_malformed_requests(tmp_path: Path, seed: int) -> None:
    with LocalService(tmp_path / "data") as service:
        port = _port(service)
        service.upload("pile", "a.jpg", picture_bytes(1))
        said: Counter[int] = Counter()
        before = _megabytes(service)

        def send(numbered: tuple[int, bytes]) -> None:
            number, data = numbered
            said.update(answers(port, data, rude=number % 37 == 0))
            if number % 50 == 0:
                _is_answered(service)

        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(send, enumerate(malformed(seed, REQUESTS, port, service.key))))
        assert not [status for status in said if status >= 500]
        assert {200, 400, 401, 403, 404} <= set(said)
        assert _megabytes(service) - before < MEGABYTES
        assert service.log() == ""


@pytest.mark.long
def test_slow_connections_end(tmp_path: Path) -> None:
    """Takes as long as the service is patient: nothing can hurry that."""
    with LocalService(tmp_path / "data") as service, _lines(_port(service), SLOW) as lines:
        host = f"Host: 127.0.0.1:{_port(service)}\r\nContent-Length: 100000\r\n\r\n"
        begun = (
            b"GET / HT",
            f"POST / HTTP/1.1\r\n{host}".encode(),
            f"PUT /signed/guess HTTP/1.1\r\n{host}".encode(),
            b"",
        )

        def open_after_a_byte_each() -> int:
            for number, line in enumerate(lines):
                with suppress(OSError):
                    line.sendall(b"x" if number % len(begun) < 3 else b"")
            _is_answered(service)
            return _connections(service)

        for number, line in enumerate(lines):
            line.sendall(begun[number % len(begun)])
        assert open_after_a_byte_each() >= SLOW
        poll(open_after_a_byte_each, lambda count: count < 5, pause=0.5)
        assert service.log() == ""


def test_very_many_connections_leave_room(tmp_path: Path) -> None:
    with LocalService(tmp_path / "data") as service, _lines(_port(service), MANY) as lines:
        for line in lines[::2]:
            with suppress(OSError):  # it may have had to go already
                line.sendall(b"GET / HT")
        _is_answered(service)
        assert poll(lambda: _connections(service), lambda count: count < MANY / 2) > 100
        assert service.log() == ""


def test_two_hundred_uploads_at_once(tmp_path: Path) -> None:
    pictures = {f"{number:03}.jpg": picture_bytes(number, (640, 480)) for number in range(SLOW)}
    with LocalService(tmp_path / "data") as service:
        before = _megabytes(service)
        with ThreadPoolExecutor(SLOW) as threads:
            sent = [threads.submit(service.upload, "pile", name, data) for name, data in pictures.items()]
            answered = 0
            while not all(each.done() for each in sent):
                _is_answered(service)
                answered += 1
        assert {each.result().status_code for each in sent} == {200}
        assert answered > 2, "Who asks for a little waits for the end of all uploads."
        assert _megabytes(service) - before < MEGABYTES
        listed = service.staging("/pile/list", params={"pageSize": SLOW}).json()["filesMetadata"]
        assert {each["fileName"]: service.plain("GET", each["downloadURL"]).content for each in listed} == pictures
        assert service.log() == ""


@contextmanager
def _lines(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Open that many connections, and close them at the end."""
    with ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)) for _ in range(count)]


def _port(service: LocalService) -> int:
    port = urlsplit(service.url).port
    assert port is not None
    return port


def _is_answered(service: LocalService) -> None:
    """Ask something on a connection of its own, as a newcomer does, who must get his answer all along."""
    assert service.ask("GET", "/this-computer/settings", headers={"Connection": "close"}).status_code == 200


def _megabytes(service: LocalService) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def _connections(service: LocalService) -> int:
    """Return how many sockets the service holds open."""
    found = 0
    for each in Path(f"/proc/{service.process.pid}/fd").iterdir():
        with suppress(OSError):
            found += str(each.readlink()).startswith("socket:")
    return found
