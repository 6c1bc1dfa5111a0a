"""Every refusal has a sentence of its own: what the two families, the gateway and IAM say, and what is on the way."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from batchdock.core.credentials import AccessKey, Credentials
from batchdock.core.errors import (
    AccessDenied,
    AccessKeyRefused,
    AlreadyExists,
    BadRequest,
    BatchdockError,
    ClockWrong,
    InArrears,
    KeyLocked,
    NameTaken,
    NotAllowedNow,
    NotFound,
    NotSubscribed,
    OverQuota,
    ProjectUnknown,
    ServiceError,
    ServiceTrouble,
    SignInNeeded,
    SignInRefused,
    TokenRunOut,
    TooManyRequests,
    UnreadableAnswer,
)
from batchdock.services.http.patience import Patience
from batchdock.services.huawei.place import place_of
from batchdock.services.huawei.wire import Family, Wire
from fakes.huawei import HuaweiCloud
from making.huawei import access_key_of, account_of, password_of, token_of

ONCE = Patience(tries=1)


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as running:
        yield running


def refused(
    cloud: HuaweiCloud,
    credentials: Credentials | None = None,
    *,
    family: Family = Family.VIAS,
    method: str = "GET",
    body: object = None,
    patience: Patience = ONCE,
) -> BatchdockError:
    """Return the error of one request."""

    async def scenario() -> BatchdockError:
        given = credentials or token_of(cloud)
        wire = Wire(place_of(account_of(cloud)), given, account_name="Yard", patience=patience)
        services = ("services", "c-face-edge") if family is Family.IVA else ()
        try:
            with pytest.raises(BatchdockError) as caught:
                await wire.ask(family, method, wire.path("v2", *services, "tasks"), body=body)
            return caught.value
        finally:
            await wire.close()

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("code", "kind", "again"),
    [
        ("VIAS.00010001", BadRequest, False),
        ("VIAS.00010002", NotFound, False),
        ("VIAS.00010003", NameTaken, False),
        ("VIAS.00010004", BadRequest, False),
        ("VIAS.00010005", TokenRunOut, False),
        ("VIAS.00010006", ServiceTrouble, True),
        ("VIAS.00010007", NotFound, False),
        ("VIAS.00010008", NotFound, False),
        ("VIAS.00010009", ServiceTrouble, True),
        ("VIAS.00010010", NameTaken, False),
        ("VIAS.00010011", NameTaken, False),
        ("VIAS.00010012", NotAllowedNow, False),
        ("IVA.0001", TokenRunOut, False),
        ("IVA.0002", ProjectUnknown, False),
        ("IVA.0003", BadRequest, False),
        ("IVA.0004", BadRequest, False),
        ("IVA.0005", NotFound, False),
        ("IVA.0006", ServiceTrouble, True),
        ("IVA.0007", NotSubscribed, False),
        ("IVA.0008", NotSubscribed, False),
        ("IVA.0009", AccessDenied, False),
        ("IVA.0010", ServiceTrouble, True),
        ("IVA.0011", OverQuota, False),
        ("IVA.0012", OverQuota, False),
        ("IVA.0013", AccessDenied, False),
        ("IVA.0014", InArrears, False),
        ("IVA.0015", AccessDenied, False),
        ("IVA.0102", AccessDenied, False),
        ("IVA.6004", AccessDenied, False),
        ("APIGW.0101", NotFound, False),
        ("APIGW.0301", TokenRunOut, False),
        ("APIG.0301", TokenRunOut, False),
        ("APIGW.0307", TokenRunOut, False),
        ("APIGW.0308", TooManyRequests, True),
    ],
)
def test_every_code_of_the_contract(cloud: HuaweiCloud, code: str, kind: type[BatchdockError], *, again: bool) -> None:
    family = Family.IVA if code.startswith("IVA") else Family.VIAS
    cloud.fail("GET .*/tasks", code=code, at=family.value)
    error = refused(cloud, family=family)
    assert type(error) is kind
    assert error.retryable is again
    assert code in error.details
    assert f"X-Request-Id: {cloud.seen[-1].request_id}" in error.details
    if isinstance(error, ServiceError):
        assert error.kind == code


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, '{"error_code":"VAS.0005","error_msg":"no such task"}', NotFound),
        (400, '{"error_code":"400","error_message":"spelled otherwise"}', BadRequest),
        (403, '{"errorCode":"IVA.9999","errorMsg":"something new"}', AccessDenied),
        (403, '{"error_code":"VIAS.00010077","error_msg":"The account is in arrears."}', InArrears),
        (402, "", InArrears),
        (404, "", NotFound),
        (409, "[]", AlreadyExists),
        (418, '{"error_code":null,"error_msg":17}', BadRequest),
        (500, '{"error_code":"VIAS.00010099","error_msg":"unheard of"}', ServiceTrouble),
        (502, "bad gateway", ServiceTrouble),
        (503, '{"error":{"code":503,"message":"away","title":"Service Unavailable"}}', ServiceTrouble),
        (429, "", TooManyRequests),
        (429, "<html>slow down</html>", TooManyRequests),
        (429, '{"error_msg":"slow down","error_code":"APIG.0308"}', TooManyRequests),
        (400, '{"error_msg":"slow down","error_code":"APIG.0308"}', TooManyRequests),
        (403, '{"error_msg":"Incorrect IAM authentication information: x","error_code":"APIG.0301"}', TokenRunOut),
        (200, "<html>Welcome to the hotel</html>", SignInNeeded),
        (200, "welcome", UnreadableAnswer),
        (511, "", SignInNeeded),
    ],
)
def test_other_shapes(cloud: HuaweiCloud, status: int, body: str, kind: type[BatchdockError]) -> None:
    cloud.fail("GET .*/tasks", status=status, body=body)
    assert type(refused(cloud)) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, SignInNeeded),
        (401, UnreadableAnswer),
        (403, UnreadableAnswer),
        (404, UnreadableAnswer),
        (503, ServiceTrouble),
    ],
)
def test_a_page_of_a_proxy_is_no_word_of_the_service(
    cloud: HuaweiCloud, status: int, kind: type[BatchdockError]
) -> None:
    cloud.html_from_proxy(status)
    error = refused(cloud)
    assert type(error) is kind
    assert "<" not in error.sentence()


def test_what_the_service_says_is_said_with_its_reason_and_its_advice(cloud: HuaweiCloud) -> None:
    cloud.fail(
        "GET .*/tasks",
        status=500,
        body={
            "error_code": "VIAS.00010012",
            "error_msg": "The operation is not allowed",
            "detail": "job 7",
            "params": ["task_id"],
            "reason": "The job is being stopped",
            "advice": "Wait until it has stopped.",
        },
    )
    error = refused(cloud, patience=Patience(tries=5, base=0.0))
    said = "The operation is not allowed. The job is being stopped. Wait until it has stopped."
    assert error.values["reason"] == said
    assert said in error.sentence()
    assert "VIAS.00010012" in error.details
    assert "job 7 · task_id" in error.details
    assert len(cloud.requests("/tasks")) == 1


def test_a_pause_that_is_asked_for_is_told(cloud: HuaweiCloud) -> None:
    cloud.throttle(retry_after=7)
    error = refused(cloud)
    assert isinstance(error, TooManyRequests)
    assert error.retry_after == 7.0


def test_secrets_that_a_refusal_repeats_are_hidden(cloud: HuaweiCloud) -> None:
    token = token_of(cloud)
    camera = {"type": "vcn", "vcn": {"username": "admin", "password": "c4mera-secret"}}
    output = {"webhook": {"url": "https://hooks.example/x", "headers": {"appId": "h00k-secret"}}}
    repeated = f"{token.token} c4mera-secret h00k-secret rtsp://admin:str3am@secret@10.0.0.7/1"
    body = {"error_code": "VIAS.00010004", "error_msg": repeated, "detail": repeated, "params": [repeated]}
    cloud.fail("POST .*/tasks", status=400, body=body)
    error = refused(cloud, token, method="POST", body={"input": camera, "output": output})
    told = f"{error!r} {error.details} {error.values}"
    for secret in (token.token, "c4mera-secret", "h00k-secret", "str3am", "secret@"):
        assert secret not in told
    assert "10.0.0.7/1" in told


def test_each_way_to_sign_in_has_its_own_sentence(cloud: HuaweiCloud) -> None:
    wrong: dict[Credentials, type[BatchdockError]] = {
        password_of(cloud): SignInRefused,
        access_key_of(cloud): AccessKeyRefused,
        token_of(cloud): TokenRunOut,
    }
    for credentials, kind in wrong.items():
        cloud.fail("GET .*/tasks", code="APIGW.0301", times=2)
        error = refused(cloud, credentials)
        cloud.heal()
        assert type(error) is kind
        assert "Incorrect IAM authentication information" in f"{error.details}"
    assert "The token of “Yard” has run out" in error.sentence()


def test_a_locked_key_and_one_that_does_not_exist(cloud: HuaweiCloud) -> None:
    cloud.lock_key()
    assert type(refused(cloud, access_key_of(cloud))) is KeyLocked
    assert type(refused(cloud, AccessKey("AKOFNOBODY", "secret"))) is AccessKeyRefused
    cloud.heal()
    assert type(refused(cloud, AccessKey(cloud.ak, "wrong"))) is AccessKeyRefused
    cloud.lock_user()
    assert type(refused(cloud, password_of(cloud))) is KeyLocked


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_wrong_clock_is_told_where_it_matters_and_nowhere_else(cloud: HuaweiCloud, minutes: int) -> None:
    cloud.clock_off = timedelta(minutes=minutes)
    error = refused(cloud, access_key_of(cloud))
    assert type(error) is ClockWrong
    assert re.search(r"wrong by (19|20) minutes", error.sentence())
    assert type(refused(cloud, AccessKey("AKOFNOBODY", "secret"))) is AccessKeyRefused

    async def by_token() -> None:
        wire = Wire(place_of(account_of(cloud)), password_of(cloud), account_name="Yard", patience=ONCE)
        assert "tasks" in await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))
        await wire.close()

    asyncio.run(by_token())


def test_a_restricted_account(cloud: HuaweiCloud) -> None:
    cloud.in_arrears()
    assert type(refused(cloud, family=Family.IVA)) is InArrears
