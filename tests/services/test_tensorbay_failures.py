"""What every refusal becomes: by its code, by its status, or by what else came in the service's place."""

import json

import pytest

from batchdock.core.errors import (
    AccessDenied,
    AccountKeyRefused,
    BadRequest,
    BatchdockError,
    NameTaken,
    NotAllowedNow,
    NotFound,
    ParameterMissing,
    ServiceError,
    ServiceTrouble,
    TooManyRequests,
    UnreadableAnswer,
)
from batchdock.services.http.answer import Answer
from batchdock.services.tensorbay.failures import of_answer

KEY = "Accesskey-0123456789abcdef0123456789abcdef"
CODES: tuple[tuple[str, int, type[BatchdockError]], ...] = (
    ("AccessDenied", 403, AccessDenied),
    ("InvalidParamsValue", 400, BadRequest),
    ("NameConflict", 409, NameTaken),
    ("RequestParamsMissing", 400, ParameterMissing),
    ("ResourceNotExist", 404, NotFound),
    ("SystemError", 500, ServiceTrouble),
    ("InternalServerError", 500, ServiceTrouble),
    ("Forbidden", 403, NotAllowedNow),
    ("Unauthorized", 401, AccountKeyRefused),
)
STATUSES: tuple[tuple[int, type[BatchdockError]], ...] = (
    (204, UnreadableAnswer),
    (302, UnreadableAnswer),
    (400, BadRequest),
    (401, AccountKeyRefused),
    (403, AccessDenied),
    (404, NotFound),
    (409, NameTaken),
    (418, BadRequest),
    (429, TooManyRequests),
    (500, ServiceTrouble),
    (502, ServiceTrouble),
    (503, ServiceTrouble),
)
GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>nginx</body></html>"


def refused(status: int, body: object = None, *, content: bytes = b"", **headers: str) -> BatchdockError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Answer(status, "Reason", named, content or (b"" if body is None else json.dumps(body).encode()))
    return of_answer(answer, service="TensorBay", what="GET /v1/x", asked="0" * 32, secrets=(KEY,))


@pytest.mark.parametrize(("code", "status", "kind"), CODES)
def test_the_code_decides_whatever_the_status(code: str, status: int, kind: type[BatchdockError]) -> None:
    for seen in (status, 400, 500):
        error = refused(seen, {"code": code, "message": "in its own words"})
        assert type(error) is kind
        assert error.values["reason"] == "in its own words"
        assert error.values["status"] == seen
        assert f"GET /v1/x → {seen} · {code} · in its own words" in error.details
        if isinstance(error, ServiceError):
            assert error.kind == code


def test_each_of_the_published_codes_has_its_own_words() -> None:
    published = CODES[:6]
    assert len({refused(status, {"code": code}).title for code, status, _ in published}) == 6


def test_the_published_example() -> None:
    error = refused(404, {"code": "ResourceNotExist", "message": "dataset not exist!"}, X_Request_Id="abc-1")
    assert error.sentence() == (
        "TensorBay does not know this any more. It answered: dataset not exist! "
        "It may have expired or been removed. Refresh the list."
    )
    assert error.details.splitlines() == [
        "GET /v1/x → 404 · ResourceNotExist · dataset not exist!",
        f"X-Request-Id sent: {'0' * 32}",
        "X-Request-Id answered: abc-1",
    ]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
@pytest.mark.parametrize("body", [None, {}, {"message": "so it is"}, {"code": "Unheard", "message": "so it is"}, []])
def test_without_a_known_code_the_status_decides(status: int, kind: type[BatchdockError], body: object) -> None:
    assert type(refused(status, body)) is kind


@pytest.mark.parametrize("body", [{"code": 7}, {"code": ["x"]}, {"code": None, "message": {"a": 1}}, "text", 3, True])
def test_codes_of_another_type_are_none(body: object) -> None:
    assert type(refused(500, body)) is ServiceTrouble


def test_a_gateways_page_is_trouble_or_something_on_the_way() -> None:
    page = {"content": GATEWAY, "Content_Type": "text/html; charset=utf-8"}
    error = refused(502, **page)  # type: ignore[arg-type]
    assert type(error) is ServiceTrouble
    assert error.values["reason"] == "502 Bad Gateway nginx"
    assert "<" not in error.sentence() + error.details
    for status in (403, 404, 410):
        assert type(refused(status, **page)) is UnreadableAnswer  # type: ignore[arg-type]


def test_how_long_to_wait_is_heard() -> None:
    error = refused(429, {"code": "TooFast"}, Retry_After="7")
    assert isinstance(error, ServiceError)
    assert error.retry_after == 7.0


def test_nothing_secret_is_repeated() -> None:
    said = {"code": f"x{KEY}", "message": f"key {KEY} at https://s.example/a?sig=abc"}
    error = refused(400, said, X_Request_Id=KEY)
    for text in (error.sentence(), error.details, repr(error), str(error.values), getattr(error, "kind", "")):
        assert KEY not in text
        assert "abc" not in text
