"""Each thing that a storage refuses for is a sentence of its own. Answered is what the vendors document."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from batchdock.core.errors import BatchdockError, ConnectionProblem, ServiceTrouble
from batchdock.core.errors.buckets import (
    BucketElsewhere,
    BucketProblem,
    BucketsNotListed,
    CredentialsExpired,
    CredentialsRefused,
    NoSuchBucket,
    PrefixForbidden,
    StorageClockWrong,
)
from batchdock.services.buckets.azure import Azure
from batchdock.services.buckets.google import Google
from batchdock.services.buckets.port import AzureKeys, BucketService, GoogleUser, S3Keys, S3Place
from batchdock.services.buckets.s3 import S3
from batchdock.services.http.limits import Limits
from fakes.raw_server import RawRequest, raw_server

SECRET = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"
_LIMITS = Limits(connect=2.0, silence=2.0, answer=5.0)


def s3(address: str) -> BucketService:
    async def keys() -> S3Keys:
        return S3Keys("AKIDEXAMPLE", SECRET, f"token{SECRET}")

    return S3("Lab", keys, S3Place("eu-west-1", address), where="profile lab", limits=_LIMITS)


def azure(address: str) -> BucketService:
    return Azure("Lab", AzureKeys("acc", sas=f"sv=2021&se=2099-01-01&sig={SECRET}", endpoint=address), limits=_LIMITS)


def google(address: str) -> BucketService:
    user = GoogleUser("id", SECRET, SECRET, token_address=f"{address}/token")
    return Google("Lab", user, base=address, project="p", limits=_LIMITS)


def xml(code: str, message: str = "Told so.", more: str = "") -> bytes:
    return f'<?xml version="1.0"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>'.encode()


def of_google(reason: str, message: str) -> bytes:
    text = f'{{"error": {{"code": 4, "message": "{message}", "errors": [{{"reason": "{reason}"}}]}}}}'
    return text.encode()


Ask = Callable[[BucketService], Awaitable[object]]


def refused(
    make: Callable[[str], BucketService], status: str, body: bytes, *headers: str, ask: Ask | None = None
) -> BatchdockError:
    """Return the error for what a server answers."""

    async def handle(request: RawRequest) -> None:
        if request.target.startswith("/token"):
            await request.answer("200 OK", b'{"access_token": "t", "expires_in": 3600}')
        else:
            await request.answer(status, body, *headers)

    async def run() -> BatchdockError:
        async with raw_server(handle) as server:
            service = make(server.url)
            try:
                with pytest.raises(BatchdockError) as raised:
                    await (ask or (lambda each: each.page("box", "in/")))(service)
            finally:
                await service.close()
            return raised.value

    error = asyncio.run(run())
    told = f"{error} {error.details} {error.values}"
    assert SECRET not in told
    assert "–" not in told.replace("“–”", ""), told
    return error


def skewed_by(earlier: datetime) -> str:
    """Return what a storage whose clock says this adds to its refusal."""
    limit = "<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>"
    return f"<ServerTime>{earlier:%Y-%m-%dT%H:%M:%SZ}</ServerTime>{limit}"


EARLIER = datetime(2020, 5, 1, 12, tzinfo=UTC)
DATE = f"Date: {format_datetime(EARLIER, usegmt=True)}"
_AZURE_TIME = (
    "<AuthenticationErrorDetail>Signature not valid in the specified time frame: Start [] - Expiry [Mon, 01 Jan "
)
_AZURE_TIME += "2024 00:00:00 GMT] - Current [Mon, 23 Nov 2026 08:00:00 GMT]</AuthenticationErrorDetail>"


@pytest.mark.parametrize(
    ("make", "status", "body", "headers", "expected"),
    [
        (s3, "403 Forbidden", xml("InvalidAccessKeyId"), (), CredentialsRefused),
        (s3, "403 Forbidden", xml("SignatureDoesNotMatch"), (), CredentialsRefused),
        (s3, "401 Unauthorized", xml("Unauthorized"), (), CredentialsRefused),  # R2
        (s3, "400 Bad Request", xml("ExpiredToken", "The provided token has expired."), (), CredentialsExpired),
        (s3, "400 Bad Request", xml("InvalidToken"), (), CredentialsRefused),
        (s3, "403 Forbidden", xml("RequestTimeTooSkewed", more=skewed_by(EARLIER)), (), StorageClockWrong),
        (s3, "403 Forbidden", xml("SignatureDoesNotMatch"), (DATE,), StorageClockWrong),
        (s3, "403 Forbidden", xml("AccessDenied", "User is not authorized to s3:ListBucket"), (), PrefixForbidden),
        (s3, "404 Not Found", xml("NoSuchBucket"), (), NoSuchBucket),
        (s3, "301 Moved", xml("PermanentRedirect"), ("x-amz-bucket-region: ap-south-1",), BucketElsewhere),
        (
            s3,
            "400 Bad Request",
            xml("AuthorizationHeaderMalformed", "expecting 'us-west-2'", "<Region>us-west-2</Region>"),
            (),
            BucketElsewhere,
        ),
        (s3, "400 Bad Request", xml("SomethingNew"), (), BucketProblem),
        (s3, "503 Slow Down", xml("SlowDown"), (), ServiceTrouble),
        (azure, "403 Forbidden", xml("AuthenticationFailed", more=_AZURE_TIME), (), CredentialsExpired),
        (azure, "403 Forbidden", xml("AuthenticationFailed"), (), CredentialsRefused),
        (azure, "403 Forbidden", xml("AuthenticationFailed"), (DATE,), StorageClockWrong),
        (azure, "403 Forbidden", xml("AuthorizationPermissionMismatch"), (), PrefixForbidden),
        (azure, "404 Not Found", xml("ContainerNotFound"), (), NoSuchBucket),
        (google, "401 Unauthorized", of_google("authError", "Invalid Credentials"), (), CredentialsRefused),
        (google, "403 Forbidden", of_google("forbidden", "no storage.objects.list"), (), PrefixForbidden),
        (google, "404 Not Found", of_google("notFound", "no bucket"), (), NoSuchBucket),
    ],
)
def test_each_refusal_has_its_own_sentence(
    make: Callable[[str], BucketService],
    status: str,
    body: bytes,
    headers: tuple[str, ...],
    expected: type[BatchdockError],
) -> None:
    assert type(refused(make, status, body, *headers)) is expected


def test_the_region_where_a_bucket_is_and_the_minutes_of_a_clock_are_said() -> None:
    elsewhere = refused(s3, "301 Moved", xml("PermanentRedirect"), "x-amz-bucket-region: ap-south-1")
    assert "“box” is in another region: ap-south-1" in elsewhere.sentence()
    assert "eu-west-1" in elsewhere.sentence()
    more = skewed_by(datetime.now(UTC) - timedelta(minutes=40))
    skewed = refused(s3, "403 Forbidden", xml("RequestTimeTooSkewed", more=more))
    assert "wrong by 40 minutes" in skewed.sentence()


@pytest.mark.parametrize("make", [s3, azure])
def test_who_may_not_list_the_buckets_is_told_to_type_the_name(make: Callable[[str], BucketService]) -> None:
    error = refused(make, "403 Forbidden", xml("AccessDenied"), ask=lambda each: each.buckets())
    assert type(error) is BucketsNotListed


def test_what_a_storage_echoes_is_not_repeated_where_it_may_be_a_secret() -> None:
    refused(azure, "400 Bad Request", xml("OutOfRangeInput", f"The url http://x/?sig={SECRET} is wrong"))


def test_no_network_is_told_as_everywhere() -> None:
    async def run() -> None:
        service = s3("http://127.0.0.1:9")  # Nobody listens there.
        with pytest.raises(ConnectionProblem):
            await service.page("box", "")
        await service.close()

    asyncio.run(run())


def test_a_sign_in_of_gcloud_that_has_run_out_is_told_as_such() -> None:
    async def handle(request: RawRequest) -> None:
        await request.body()
        await request.answer(
            "400 Bad Request", b'{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}'
        )

    async def run() -> None:
        async with raw_server(handle) as server:
            service = google(server.url)
            with pytest.raises(CredentialsExpired):
                await service.page("box", "")
            await service.close()

    asyncio.run(run())
