"""What storages say when they refuse, as errors with words: one table of codes for all kinds."""

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

from batchdock.core.bucket import KIND_NAMES, StorageKind
from batchdock.core.errors import BatchdockError
from batchdock.core.errors.buckets import (
    BucketElsewhere,
    BucketProblem,
    BucketsNotListed,
    CredentialsExpired,
    CredentialsRefused,
    NoSuchBucket,
    PrefixForbidden,
    SavingForbidden,
    StorageClockWrong,
)
from batchdock.services.http.answer import Answer
from batchdock.services.http.failures import of_status

_CLOCK_SECONDS = 5 * 60

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired", "invalid_grant"}
_CLOCK = {"RequestTimeTooSkewed", "RequestInTheFuture"}
_REFUSED = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "AuthorizationHeaderMalformed",
    "InvalidClientTokenId",
    "AuthenticationFailed",
    "InvalidAuthenticationInfo",
    "AuthFailure",
    "authError",
    "invalid_client",
    "unauthorized_client",
    "Unauthorized",
    "invalid",
    "required",
}
_ELSEWHERE = {"PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException"}
_NO_BUCKET = {"NoSuchBucket", "InvalidBucketName", "ContainerNotFound", "InvalidResourceName", "notFound"}


class Said:
    """A refusal, as far as it can be read: S3 and Azure answer in XML, Google in JSON, some with nothing at all."""

    def __init__(self, answer: Answer) -> None:
        self.code = self.text = self.region = ""
        self.server_time: datetime | None = None
        self.fields: dict[str, str] = {}
        text = answer.content.lstrip(b"\xef\xbb\xbf \r\n")
        if text.startswith(b"<"):
            self._read_xml(text)
        elif text.startswith(b"{"):
            self._read_json(text)
        self.code = self.code or answer.headers.get("x-ms-error-code", "")
        self.region = self.region or answer.headers.get("x-amz-bucket-region", "")
        self.text = " ".join(self.text.split())[:300]

    def _read_xml(self, text: bytes) -> None:
        try:
            root = ElementTree.fromstring(text)  # noqa: S314 - expat bounds what entities may grow to
        except ElementTree.ParseError:
            return
        self.fields = {each.tag.rpartition("}")[2]: (each.text or "").strip() for each in root}
        self.code, self.text = self.fields.get("Code", ""), self.fields.get("Message", "")
        self.region = self.fields.get("Region", "")
        with_time = self.fields.get("ServerTime", "")
        if with_time:
            try:
                self.server_time = datetime.fromisoformat(with_time).astimezone(UTC)
            except ValueError:
                self.server_time = None

    def _read_json(self, text: bytes) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        error = said.get("error") if isinstance(said, dict) else None
        if isinstance(error, str):
            self.code, self.text = error, str(said.get("error_description", ""))
        elif isinstance(error, dict):
            several = error.get("errors")
            first = several[0] if isinstance(several, list) and several and isinstance(several[0], dict) else {}
            self.code = str(first.get("reason") or error.get("status") or "")
            self.text = str(error.get("message") or "")

    @property
    def sentence(self) -> str:
        """What it said, without what may be a secret."""
        code, text = _SECRET.sub("…", self.code), _SECRET.sub("…", self.text)
        said = f"{code}: {text}" if code and text else code or text
        return f"{said.rstrip('.')}." if said else "–"


_SECRET = re.compile(r"(?i)(?:sig|signature|token|secret|password)=[^\s&]+|\?[^\s]{20,}")


def of_storage(
    answer: Answer,
    kind: StorageKind,
    *,
    storage: str,
    where: str,
    bucket: str = "",
    prefix: str = "",
    region: str = "",
    saving: bool = False,
    now: datetime | None = None,
) -> BatchdockError:
    """Return the error for a refusal. `where` is from where the keys are, `region` where the bucket was looked for."""
    said = Said(answer)
    code, details = said.code, f"{answer.status} {_SECRET.sub('…', said.code)}".strip()
    common = {"storage": storage, "reason": said.sentence, "details": details}
    place = f"{kind}://{bucket}/{prefix}" if bucket else KIND_NAMES[kind]
    offset = _offset(said.server_time or answer.date, now)
    stale = code == "AuthenticationFailed" and _is_about_time(said)
    if code in _CLOCK or ((code in _REFUSED or stale) and abs(offset) > _CLOCK_SECONDS and answer.status in (400, 403)):
        return StorageClockWrong(minutes=max(1, round(abs(offset) / 60)), storage=storage, details=details)
    if code in _EXPIRED or stale or "expired" in said.fields.get("AuthenticationErrorDetail", "").lower():
        return CredentialsExpired(where=where, **common)
    if code in _ELSEWHERE or (code == "AuthorizationHeaderMalformed" and said.region) or answer.status == 301:
        return BucketElsewhere(bucket=bucket, region=said.region or "–", asked=region or "–", details=details)
    if said.region and region and said.region != region and answer.status in (301, 307, 400):
        return BucketElsewhere(bucket=bucket, region=said.region, asked=region, details=details)
    if code in _NO_BUCKET and (answer.status in (400, 404)) and bucket and code != "invalid":
        return NoSuchBucket(storage=storage, bucket=bucket, details=details)
    if code in _REFUSED or answer.status == 401:
        return CredentialsRefused(**common)
    if answer.status == 403:
        if saving:
            return SavingForbidden(place=place, **common)
        return PrefixForbidden(place=place, **common) if bucket else BucketsNotListed(**common)
    if answer.status == 404 and bucket and code != "NoSuchUpload":
        return NoSuchBucket(storage=storage, bucket=bucket, details=details)
    if answer.status in (408, 429) or answer.status >= 500:
        return of_status(answer, service=storage, what=details, secrets=())
    return BucketProblem(**common)


def _offset(theirs: datetime | None, now: datetime | None) -> float:
    return 0.0 if theirs is None else ((now or datetime.now(UTC)) - theirs).total_seconds()


def _is_about_time(said: Said) -> bool:
    detail = said.fields.get("AuthenticationErrorDetail", "").lower()
    return "signature not valid in the specified time frame" in detail or "expiry" in detail
