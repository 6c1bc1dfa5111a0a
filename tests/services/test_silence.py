"""The key and signed addresses appear in no log line, no error and no trace, whatever goes wrong."""

import asyncio
import json
import logging
import time
import traceback
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdock.core.errors import BatchdockError, KeyRefused
from batchdock.services.http.patience import Patience
from batchdock.services.http.redaction import HIDDEN, redacted, sentence, storage_sentence
from batchdock.services.roboflow.service import RoboflowService
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.bodies import Held
from making.clients import account_at, client_of

KEY = "aB3/secret+key=9"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "aiohttp", "asyncio", "batchdock"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    return caplog


def told(error: BaseException) -> str:
    """Return everything an error could show to anyone."""
    return "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))


def test_no_log_line_has_the_key_or_a_signature(lines: pytest.LogCaptureFixture) -> None:
    async def scenario(cloud: RoboflowCloud) -> None:
        service = client_of(cloud)
        await service.upload_image("b", "a.jpg", Held("a.jpg", b"jpg"), batch_name="B")
        await service.upload_video("v", "a.mp4", Held("a.mp4", b"mp4"), batch_name="V")
        (file,) = [each async for each in service.files("b")]
        async with service.receive(file) as incoming:
            assert b"".join([piece async for piece in incoming.pieces()]) == b"jpg"
        assert "Signature" in file.url
        assert file.url not in repr(file)
        assert cloud.key not in repr(service) + repr(vars(service))
        await service.close()

    with RoboflowCloud(key=KEY) as cloud:
        asyncio.run(scenario(cloud))
    text = "\n".join(f"{each.name} {each.getMessage()} {each.args}" for each in lines.records)
    for secret in (KEY, "aB3%2Fsecret", "api_key", "Signature"):
        assert secret not in text


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (Kind.INSTEAD, {"status": 400, "body": f"<p>No such thing: /?api_key={KEY}</p>".encode()}),
        (Kind.INSTEAD, {"status": 500, "body": b"GET /?api_key=aB3%2Fsecret%2Bkey%3D9 broke"}),
        (Kind.INSTEAD, {"status": 403, "body": f'{{"error":"Key {KEY} may not","key":"{KEY}"}}'.encode()}),
        (Kind.INSTEAD, {"status": 302, "headers": {"Location": f"/elsewhere?api_key={KEY}"}, "body": b""}),
        (Kind.INSTEAD, {"status": 200, "body": KEY.encode()}),
        (Kind.TORN, {}),
        (Kind.DROPPED, {}),
    ],
)
def test_no_error_has_the_key(lines: pytest.LogCaptureFixture, kind: Kind, details: dict[str, object]) -> None:
    async def scenario(cloud: RoboflowCloud) -> str:
        service = client_of(cloud)
        with pytest.raises(BatchdockError) as caught:
            await service.check_key()
        await service.close()
        return told(caught.value)

    with RoboflowCloud(key=KEY) as cloud:
        cloud.fail("GET /$", kind, times=99, **details)
        text = asyncio.run(scenario(cloud)) + lines.text
    assert KEY not in text
    assert "aB3%2Fsecret" not in text
    assert "api_key=aB3" not in text


def test_a_refusal_that_echoes_the_key_does_not_show_it() -> None:
    async def scenario(cloud: RoboflowCloud) -> BatchdockError:
        service = client_of(cloud, key="another-secret-key")
        with pytest.raises(KeyRefused) as caught:
            await service.check_key()
        await service.close()
        return caught.value

    with RoboflowCloud() as cloud:
        error = asyncio.run(scenario(cloud))
    assert "another-secret-key" not in told(error)
    assert "does not exist (or has been revoked)" in error.details


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "http://a..b", "http://[::1", "ftp://example.org", "nonsense", "http://x:99999"]
)
def test_no_error_of_a_bad_address_has_the_key(cloud: RoboflowCloud, address: str) -> None:
    async def scenario() -> str:
        account = replace(account_at(cloud), address=address)
        service = RoboflowService(account, KEY, patience=Patience(tries=1))
        with pytest.raises(BatchdockError) as caught:
            await service.check_key()
        await service.close()
        return told(caught.value)

    text = asyncio.run(scenario())
    assert KEY not in text
    assert "aB3%2Fsecret" not in text


def test_redaction_leaves_the_rest_alone() -> None:
    assert redacted("The key abcdef of ws", "abcdef") == f"The key {HIDDEN} of ws"
    assert redacted("a x b", "x") == "a x b"
    assert redacted("see https://h/p?sig=1&b=2 now") == f"see https://h/p?{HIDDEN} now"
    assert redacted("Authorization: Bearer abc.def") == f"Authorization: Bearer {HIDDEN}"
    assert redacted("maxImageFailureRate must be 0–1") == "maxImageFailureRate must be 0–1"


SHAPES = (
    "Authorization: Basic {}",
    "{{'authorization': 'Digest {}'}}",
    "Authorization: SDK-HMAC-SHA256 Access=me, Signature={}",
    "X-Auth-Token: {}",
    "X-Token={}",
    "x-amz-security-token: {}",
    '{{"api_key": "{}", "a": 1}}',
    '"body": "{{\\"apiKey\\": \\"{}\\"}}"',
    "Account(name='a', token='{}', x=1)",
    "KeyError: password={}",
    "AWS_SECRET_ACCESS_KEY={}",
    "%7B%22secretAccessKey%22%3A%22{}%22%7D",
    "https://host.example/?next=1&api_key={}",
    "?sv=1&sig={}",
    "token: {}",
    "-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----",
)


@pytest.mark.parametrize("shape", SHAPES)
@given(
    secret=st.from_regex(r"[A-Za-z][0-9][A-Za-z0-9+/_.-]{10,60}", fullmatch=True),
    before=st.sampled_from(["", "GET ", "(", "{", '  File "a.py", line 3\n']),
    after=st.sampled_from(["", " 200", "\r\n", ")", ", next"]),
)
def test_no_shape_of_a_key_gets_into_a_message(shape: str, secret: str, before: str, after: str) -> None:
    shown = redacted(before + shape.replace("{}", secret).replace("{{", "{").replace("}}", "}") + after)
    assert secret not in shown
    assert secret[:-2] not in shown


@pytest.mark.parametrize(
    "key", ["AKIA" + "Q7" * 8, "Accesskey-" + "0a" * 16, "ghp_" + "a1B2" * 9, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.abc"]
)
def test_a_key_is_known_by_its_form(key: str) -> None:
    assert redacted(f"said {key} here") == f"said {HIDDEN} here"


@pytest.mark.parametrize(
    "said",
    [
        "The token: it has expired.",
        "Basic workflows need no key: choose one",
        "Authorization: required for project 12",
        "key: none, password: missing",
        "12 of 40 pictures, 3 MB/s",
    ],
)
def test_sentences_about_keys_stay(said: str) -> None:
    assert redacted(said) == said


def test_hiding_takes_no_time_however_the_text_is_made() -> None:
    begun = time.process_time()
    for text in (
        "token" * 40_000,
        "a-" * 100_000,
        "api_key:" * 25_000,
        'token="' + "x" * 200_000,
        "-----BEGIN " * 20_000,
    ):
        redacted(text)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("secret", ['a"quoted\\one', "pässwort", "비밀번호"])
def test_a_secret_is_hidden_as_json_writes_it(secret: str) -> None:
    """What repeats a request as it came has its body as JSON."""
    shown = redacted(f"echo: {json.dumps([secret])}", secret)
    assert shown == 'echo: ["•••"]'


def test_sentences_are_plain_and_short() -> None:
    page = "<html><head><title>x</title></head><body><script>alert(1)</script><h1>Bad\n Gateway</h1></body></html>"
    assert sentence(page) == "Bad Gateway"
    assert len(sentence("word " * 200)) == 300
    assert storage_sentence("<Error><Message>Expired.</Message><StringToSign>X</StringToSign></Error>") == "Expired."
    assert storage_sentence("<StringToSign>X</StringToSign>") == ""
