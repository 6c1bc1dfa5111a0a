import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from batchdock.core.batch import Content
from batchdock.core.reference import (
    LineCause,
    LineFinding,
    Reference,
    content_of,
    expiry_of,
    is_private_host,
    read_line,
    without_signature,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GOOD = "https://bucket.s3.amazonaws.com/a.jpg"


def line(name: object = "a.jpg", url: object = GOOD) -> str:
    return json.dumps({"name": name, "url": url})


def cause_of(text: str) -> LineCause | None:
    found = read_line(7, text, NOW)
    return found.cause if isinstance(found, LineFinding) else None


@pytest.mark.parametrize("text", [line(), line() + "\r\n", "\ufeff" + line(), "  " + line() + "\t"])
def test_a_good_line_is_a_reference_whatever_surrounds_it(text: str) -> None:
    assert read_line(1, text, NOW) == Reference("a.jpg", GOOD)


@pytest.mark.parametrize("text", ["", "\n", "\r\n", "\ufeff", "   \t"])
def test_blank_lines_say_nothing(text: str) -> None:
    assert read_line(1, text, NOW) is None


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("{", LineCause.NOT_JSON),
        ("[" * 100_000, LineCause.NOT_JSON),
        ("[" * 50_000, LineCause.NOT_JSON),
        ('["a.jpg"]', LineCause.NOT_JSON),
        ("3", LineCause.NOT_JSON),
        (json.dumps({"url": GOOD}), LineCause.NO_NAME),
        (line(name=3), LineCause.NO_NAME),
        (line(name=" "), LineCause.NO_NAME),
        (json.dumps({"name": "a.jpg"}), LineCause.NO_ADDRESS),
        (line(url=None), LineCause.NO_ADDRESS),
        (line(name="a/b.jpg"), LineCause.NAME_UNFIT),
        (line(name="a\u0000.jpg"), LineCause.NAME_UNFIT),
        ('{"name": "\\ud800.jpg", "url": "https://a.example/b"}', LineCause.NAME_UNFIT),
        (line(name="x" * 300 + ".jpg"), LineCause.NAME_UNFIT),
        (line(name="a"), LineCause.NO_EXTENSION),
        (line(name=".jpg"), LineCause.NO_EXTENSION),
        (line(name="a.txt"), LineCause.OTHER_KIND),
        (line(url="nonsense"), LineCause.NOT_AN_ADDRESS),
        (line(url="https://"), LineCause.NOT_AN_ADDRESS),
        (line(url="https://a b/c"), LineCause.NOT_AN_ADDRESS),
        (line(url="https://[::1/c"), LineCause.NOT_AN_ADDRESS),
        (line(url="https://a.example:99999/c"), LineCause.NOT_AN_ADDRESS),
        (line(url="http://a.example/b.jpg"), LineCause.NOT_HTTPS),
        (line(url="file:///etc/passwd"), LineCause.NOT_AN_ADDRESS),
        (line(url="ftp://a.example/b.jpg"), LineCause.NOT_HTTPS),
        (line(url="https://192.168.1.4/b.jpg"), LineCause.PRIVATE),
        (line(url=GOOD + "?X-Amz-Date=20261122T000000Z&X-Amz-Expires=3600"), LineCause.EXPIRED),
    ],
)
def test_each_fault_has_its_own_cause(text: str, cause: LineCause) -> None:
    assert cause_of(text) is cause


def test_a_finding_knows_line_and_name() -> None:
    assert read_line(7, line(url="http://a.example/b"), NOW) == LineFinding(7, "a.jpg", LineCause.NOT_HTTPS)


def test_an_address_is_not_in_what_is_written_of_a_reference() -> None:
    assert "bucket" not in repr(Reference("a.jpg", GOOD))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "nas",
        "printer.local",
        "metadata.google.internal",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "fec0::1",
        "fe80::1%eth0",
    ],
)
def test_hosts_of_this_computer_and_its_network_are_private(host: str) -> None:
    assert is_private_host(host)


@pytest.mark.parametrize(
    "host",
    ["example.com", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "localhost.org"],
)
def test_hosts_of_the_world_are_not(host: str) -> None:
    assert not is_private_host(host)


POLICY = (
    base64.b64encode(
        b'{"Statement":[{"Resource":"https://x/*","Condition":{"DateLessThan":{"AWS:EpochTime":1795510800}}}]}'
    )
    .decode()
    .translate(str.maketrans("+=/", "-_~"))
)


@pytest.mark.parametrize(
    ("query", "moment"),
    [
        ("X-Amz-Date=20261123T080000Z&X-Amz-Expires=3600", NOW),
        ("x-amz-expires=3600&x-amz-date=20261123T080000Z", NOW),
        ("X-Goog-Date=20261123T080000Z&X-Goog-Expires=3600", NOW),
        ("x-oss-date=20261123T080000Z&x-oss-expires=3600", NOW),
        ("sv=2024&se=2026-11-23T09%3A00%3A00Z&sig=x", NOW),
        ("sv=2024&se=2026-11-23T09%3A00Z&sig=x", NOW),
        ("sv=2024&se=2026-11-24&sig=x", NOW + timedelta(hours=15)),
        ("Expires=1795424400&Signature=x&Key-Pair-Id=y", NOW),
        ("GoogleAccessId=x&Expires=1795424400&Signature=y", NOW),
        (f"Policy={POLICY}&Signature=x", NOW + timedelta(days=1)),
        ("q-sign-time=1795420800;1795424400&q-signature=x", NOW),
        ("exp=1795424400&hash=x", NOW),
        ("expires=1795424400000", NOW),
        ("expires=2026-11-23T09:00:00Z", NOW),
        ("expires=2026-11-23T10:00:00%2B01:00", NOW),
    ],
)
def test_the_end_of_a_signature_is_told_from_the_address(query: str, moment: datetime) -> None:
    assert expiry_of(f"{GOOD}?{query}") == moment


@pytest.mark.parametrize(
    "query",
    [
        "",
        "a=b",
        "se=2026-11-23",
        "expires=3600",
        "expires=soon",
        "X-Amz-Date=yesterday&X-Amz-Expires=3600",
        "X-Amz-Date=20261123T080000Z&X-Amz-Expires=99999999999999",
        "Policy=!!!",
        "expires=²",
        "exp=" + "9" * 40,
        "X-Amz-Expires=3600",
        "q-sign-time=1",
    ],
)
def test_what_tells_no_end_is_not_guessed_at(query: str) -> None:
    assert expiry_of(f"{GOOD}?{query}") is None


def test_kinds_go_by_how_names_end() -> None:
    assert content_of("A.JPG") is Content.IMAGES
    assert content_of("a.b.mp4") is Content.VIDEOS
    assert content_of("a.gif") is Content.UNKNOWN


def test_an_address_without_its_signature_has_no_secret() -> None:
    assert without_signature("https://a.example/list.jsonl?sig=secret#x") == "https://a.example/list.jsonl"
