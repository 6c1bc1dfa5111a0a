"""Requests that are none: raw bytes as a broken or hostile program would send them. Same seed, same bytes."""

import json
import random
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

_STAGING = "/data-staging/v1/external/this-computer/batches"
_JOBS = "/batch-processing/v1/external/this-computer/jobs"
_JOB = {
    "type": "simple-image-processing-v1",
    "jobInput": {"type": "staging-batch-input-v1", "batchId": "pile"},
    "computeConfiguration": {"type": "compute-configuration-v2"},
    "processingSpecification": {
        "type": "workflows-processing-specification-v1",
        "workspace": "this-computer",
        "workflowId": "picture-quality",
        "workflowParameters": {"a": 1},
        "maxVideoFPS": 1,
    },
    "maxParallelTasks": 2,
    "maxImageFailureRate": 0.5,
}
_FORM = b'--edge\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nbytes of a picture\r\n--edge--\r\n'
_ROUTES: tuple[tuple[str, str, bytes], ...] = (
    ("GET", "/", b""),
    ("GET", "/this-computer/workflows", b""),
    ("POST", "/this-computer/workflows", b'{"name": "n", "specification": {"version": "1.0", "steps": []}}'),
    ("PATCH", "/this-computer/settings", b'{"workers": 2, "gentle": true}'),
    ("GET", "/this-computer/settings", b""),
    ("GET", f"{_STAGING}?pageSize=10&nextPageToken=YWZ0ZXI6MQ", b""),
    ("GET", f"{_STAGING}/pile/list?partName=x&nextPageToken=YWZ0ZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", b""),
    ("POST", f"{_STAGING}/pile/upload/image?fileName=a.jpg", _FORM),
    ("POST", f"{_STAGING}/films/upload/video?fileName=a.mp4", b""),
    ("POST", f"{_STAGING}/tars/bulk-upload/image-files", b""),
    (
        "POST",
        f"{_STAGING}/refs/bulk-upload/image-references",
        b'{"imageReferences": [{"name": "a", "url": "file:///a"}]}',
    ),
    ("GET", f"{_JOBS}?search=x", b""),
    ("POST", f"{_JOBS}/job?name=x", json.dumps(_JOB).encode()),
    ("GET", f"{_JOBS}/job/logs?severity=info&pageSize=3", b""),
    ("POST", f"{_JOBS}/job/abort", b"{}"),
    ("POST", f"{_JOBS}/job/restart", b'{"maxParallelTasks": 2}'),
    ("PUT", "/signed/eyJhIjoxfQ.AAAA", b"bytes"),
    ("GET", "/signed/eyJhIjoxfQ.AAAA", b""),
)
_NASTY: tuple[bytes, ...] = (
    b"\x00",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\xff\xfe",
    b"%00",
    b"%2e%2e%2f",
    b"%ff",
    b"%ed%a0%80",
    b"..",
    b"\\",
    b"\xc3",
    b" ",
    b"[" * 5000,
    b'{"a":' * 5000,
    b"9" * 5000,
    b"1e999",
    b"NaN",
    b'"\\ud800"',
    b"null",
    b"-1",
    b"A" * 20_000,
    "\u202e\u0000🙂".encode(),
    b"{{}}",
    b"${x}",
    b"'; DROP TABLE jobs; --",
    b"true",
    b"[]",
    b"0.5",
)
_VALUES: tuple[bytes, ...] = (
    b"[" * 3000 + b"]" * 3000,
    b'{"a":' * 3000 + b"1" + b"}" * 3000,
    b"9" * 400,
    b"9" * 5000,
    b"1e999",
    b"-1e999",
    b"NaN",
    b'"\\ud800"',
    b'""',
    b'"' + b"x" * 9000 + b'"',
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"-1",
    b"0",
    b"0.5",
    b'"\\u0000"',
    b'["a"]',
    b'{"": null}',
    b'"../../etc/passwd"',
    b'"\xff"',
    b"1" + b"0" * 30,
    b'"1"',
    b"[[1]]",
    b'{"type": {}}',
    b'"file:///\\u0000"',
    b'"\xf0\x9f\x99\x82\xe2\x80\xae"',
    b"Infinity",
    b"1e-400",
)
_METHODS = (
    b"GET",
    b"POST",
    b"PUT",
    b"DELETE",
    b"PATCH",
    b"HEAD",
    b"OPTIONS",
    b"TRACE",
    b"CONNECT",
    b"get",
    b"",
    b"\xff",
    b"BREW",
    b"G" * 3000,
)
_VERSIONS = (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9.9", b"http/1.1", b"", b"HTTP/1.1 x", b"\x00")
_TARGETS = (
    b"/",
    b"*",
    b"http://evil.example/",
    b"//evil.example/x",
    b"/../../etc/passwd",
    b"/%2e%2e/%2e%2e/etc/passwd",
    b"/\x00",
    b"/%00",
    b"/signed/..%2f..%2fknown.sqlite",
    b"/signed/%00",
    b"/\xff\xfe",
    b"/%ff%fe",
    b"?",
    b"",
    b"/" + b"a" * 70_000,
    b"/" * 5000,
    b"/?" + b"a=b&" * 10_000,
    b"/this-computer/workflows/..%5c..",
    b"/x y",
    b"example.com:443",
    b"/?api_key[]=",
    b"/;/#",
)
_LENGTHS = (
    b"-1",
    b"99999999999999999999",
    b"18446744073709551616",
    b"1e3",
    b"0x10",
    b"5, 6",
    b"",
    b"+5",
    b" 5",
    b"\xb2",
    b"5" * 400,
)
_CHUNKS = (
    b"zz\r\n",
    b"-1\r\nx\r\n0\r\n\r\n",
    b"ffffffffffffffff\r\n",
    b"5\r\nabc",
    b"0\r\n\r\n",
    b"5;" + b"x" * 30_000,
    b"3\r\nabcdef\r\n",
    b"3\nabc\n0\n\n",
)


def malformed(seed: int, count: int, port: int, key: str) -> Iterator[bytes]:
    """Yield `count` requests; half of them carry the key, so that what is behind the guard is reached as well."""
    dice = random.Random(seed)
    makers = (_noise, _bad_line, _bad_headers, _bad_length, _bad_chunks, _cut, _mutated, _mutated, _bad_body, _bad_body)
    for _ in range(count):
        yield dice.choice(makers)(dice, port, key if dice.random() < 0.5 else "guess")


def answers(port: int, data: bytes, *, patience: float = 0.2, rude: bool = False) -> list[int]:
    """Send bytes and return the status of every answer that comes before `patience` seconds of silence.

    `rude` hangs up as soon as the bytes are sent, with a reset.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        said = bytearray()
        with suppress(OSError):
            if rude:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.sendall(data)
            line.settimeout(patience)
            while not rude and (piece := line.recv(65536)):
                said += piece
    return [int(each[:3]) for each in bytes(said).split(b"HTTP/1.1 ")[1:]]


def _some(dice: random.Random, port: int, key: str) -> bytes:
    """Return a well-formed request to some route."""
    route = dice.choice(_ROUTES)
    return _whole(route, port, key, route[2])


def _whole(route: tuple[str, str, bytes], port: int, key: str, body: bytes) -> bytes:
    method, target, usual = route
    mark = "&" if "?" in target else "?"
    kind = "multipart/form-data; boundary=edge" if usual is _FORM else "application/json"
    head = (
        f"{method} {target}{mark}api_key={key} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def _noise(dice: random.Random, _: int, __: str) -> bytes:
    return dice.randbytes(dice.randrange(1, 4096))


def _bad_line(dice: random.Random, port: int, key: str) -> bytes:
    line = b" ".join(
        (dice.choice(_METHODS), dice.choice(_TARGETS) + f"?api_key={key}".encode(), dice.choice(_VERSIONS))
    )
    return line + f"\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


def _bad_headers(dice: random.Random, port: int, key: str) -> bytes:
    bombs = (
        b"X: " + b"x" * 200_000,
        b"\r\n".join(b"X-%d: y" % number for number in range(5000)),
        b"Host: evil.example",
        b"No colon here",
        b": no name",
        b" folded",
        b"X: \x00\xff",
        b"X\x00: y",
        "Ключ: значение".encode(),
        b"Expect: 200-maybe",
        b"Expect: 100-continue\r\nContent-Length: 10",
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGVzdA==",
        b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk",
        b"Range: bytes=" + b"0-1," * 3000,
        b"Authorization: Bearer \xff\xfe",
        b"Authorization: Basic " + b"A" * 9000,
        b"Cookie: " + b"a=b; " * 2000,
    )
    head = _some(dice, port, key).partition(b"\r\n\r\n")[0]
    return b"\r\n".join((head, *dice.sample(bombs, dice.randrange(1, 4)))) + b"\r\n\r\n"


def _bad_length(dice: random.Random, port: int, key: str) -> bytes:
    head, _, body = _some(dice, port, key).partition(b"\r\n\r\n")
    lines = [each for each in head.split(b"\r\n") if not each.startswith(b"Content-Length")]
    lengths = [b"Content-Length: " + dice.choice(_LENGTHS) for _ in range(dice.randrange(1, 3))]
    smuggled = [b"Transfer-Encoding: " + dice.choice((b"chunked", b"gzip, chunked", b"identity", b"x"))]
    return b"\r\n".join((*lines, *lengths, *(smuggled if dice.random() < 0.3 else ()))) + b"\r\n\r\n" + body


def _bad_chunks(dice: random.Random, port: int, key: str) -> bytes:
    head = _some(dice, port, key).partition(b"\r\n\r\n")[0]
    lines = [each for each in head.split(b"\r\n") if not each.startswith(b"Content-Length")]
    chunks = [dice.choice((b"5\r\nabcde\r\n", *_CHUNKS)) for _ in range(dice.randrange(1, 4))]
    return b"\r\n".join((*lines, b"Transfer-Encoding: chunked")) + b"\r\n\r\n" + b"".join(chunks)


def _cut(dice: random.Random, port: int, key: str) -> bytes:
    whole = _some(dice, port, key)
    return whole[: dice.randrange(len(whole))]


def _mutated(dice: random.Random, port: int, key: str) -> bytes:
    data = bytearray(_some(dice, port, key))
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(data))
        data[place : place + dice.choice((0, 1, 1, 4, 20))] = (
            dice.choice(_NASTY) if dice.random() < 0.7 else dice.randbytes(2)
        )
    return bytes(data)


def _bad_body(dice: random.Random, port: int, key: str) -> bytes:
    """A body that is no JSON, or JSON with one value that nobody expects there."""
    route = dice.choice([each for each in _ROUTES if each[2].startswith(b'{"')])
    if dice.random() < 0.3:
        return _whole(route, port, key, dice.choice(_NASTY))
    read = json.loads(route[2])
    place = read
    while True:
        name = dice.choice(list(place))
        if not isinstance(place[name], dict) or not place[name] or dice.random() < 0.3:
            break
        place = place[name]
    place[name] = "HERE"
    body = json.dumps(read).encode().replace(b'"HERE"', dice.choice(_VALUES))
    return _whole(route, port, key, body)
