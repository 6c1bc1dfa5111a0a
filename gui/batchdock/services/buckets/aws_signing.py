"""Signs requests and addresses the way S3 wants it (AWS Signature Version 4). The same input gives the same answer."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from batchdock.services.buckets.port import S3Keys

UNSIGNED = "UNSIGNED-PAYLOAD"
_ALGORITHM = "AWS4-HMAC-SHA256"
_STAMP = "%Y%m%dT%H%M%SZ"


def path_of(path: str) -> str:
    """Return a path as it stands in an address."""
    return quote(path, safe="/~", errors="surrogatepass")


def query_of(params: Sequence[tuple[str, str]]) -> str:
    """Return parameters as they are both signed and sent."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(params))


def signed_headers(
    keys: S3Keys,
    region: str,
    moment: datetime,
    *,
    method: str,
    host: str,
    path: str,
    params: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    service: str = "s3",
    payload: str = UNSIGNED,
) -> dict[str, str]:
    """Return all headers of a request. `path` is encoded already."""
    stamp = moment.strftime(_STAMP)
    signed = {"host": host, "x-amz-content-sha256": payload, "x-amz-date": stamp} | dict(headers or {})
    if keys.token:
        signed["x-amz-security-token"] = keys.token
    names = sorted(signed)
    canonical = "\n".join(
        (
            method,
            path,
            query_of(params),
            *(f"{name}:{signed[name]}" for name in names),
            "",
            ";".join(names),
            payload,
        )
    )
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    signature = _signature(_key(keys.secret, stamp[:8], region, service), stamp, scope, canonical)
    del signed["host"]  # The client writes it.
    return signed | {
        "authorization": f"{_ALGORITHM} Credential={keys.access}/{scope}, SignedHeaders={';'.join(names)}, "
        f"Signature={signature}"
    }


def address_signer(
    keys: S3Keys, region: str, moment: datetime, seconds: int, *, base: str, host: str, before: str
) -> Callable[[str], str]:
    """Return what signs addresses for so many seconds from `moment` on. `before` stands before each path, encoded."""
    stamp = moment.strftime(_STAMP)
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    params = [
        ("X-Amz-Algorithm", _ALGORITHM),
        ("X-Amz-Credential", f"{keys.access}/{scope}"),
        ("X-Amz-Date", stamp),
        ("X-Amz-Expires", str(seconds)),
        ("X-Amz-SignedHeaders", "host"),
    ]
    if keys.token:
        params.append(("X-Amz-Security-Token", keys.token))
    query = query_of(params)
    key = _key(keys.secret, stamp[:8], region, "s3")
    rest = f"\n{query}\nhost:{host}\n\nhost\n{UNSIGNED}"

    def address(path: str) -> str:
        whole = f"{before}/{path_of(path)}"
        signature = _signature(key, stamp, scope, f"GET\n{whole}{rest}")
        return f"{base}{whole}?{query}&X-Amz-Signature={signature}"

    return address


def _signature(key: bytes, stamp: str, scope: str, canonical: str) -> str:
    text = f"{_ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _encoded(text: str) -> str:
    return quote(text, safe="~", errors="surrogatepass")
