"""Signs requests with an access key (contract §1.3). Pure functions: the same input gives the same signature."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"
DATE = "X-Sdk-Date"
_DATE_FORM = "%Y%m%dT%H%M%SZ"


def date_of(moment: datetime) -> str:
    """Return how a moment in UTC is written in the header `X-Sdk-Date`."""
    return moment.strftime(_DATE_FORM)


def query_of(params: Sequence[tuple[str, str]]) -> str:
    """Return parameters as they are both signed and sent: sorted by name, then by value."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(params))


def authorization(
    *,
    access: str,
    secret: str,
    method: str,
    path: str,
    params: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes = b"",
) -> str:
    """Return the header `Authorization` of a request.

    `path` may be percent-encoded. `headers` are all that are signed, `Host` and `X-Sdk-Date` among them; names with
    an underscore are left out. Each must be sent as it is here.
    """
    signed = {name.lower(): value.strip() for name, value in headers.items() if "_" not in name}
    names = ";".join(sorted(signed))
    canonical = "\n".join(
        (
            method.upper(),
            _canonical_path(path),
            query_of(params),
            *(f"{name}:{signed[name]}" for name in sorted(signed)),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        )
    )
    to_sign = "\n".join((ALGORITHM, signed[DATE.lower()], hashlib.sha256(canonical.encode()).hexdigest()))
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Access={access}, SignedHeaders={names}, Signature={signature}"


def _canonical_path(path: str) -> str:
    found = "/".join(_encoded(segment) for segment in unquote(path).split("/"))
    return found if found.endswith("/") else f"{found}/"


def _encoded(text: str) -> str:
    return quote(text, safe="~")
