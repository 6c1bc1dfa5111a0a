"""Signs requests with the key of an Azure account, and addresses with a signature of its own (service SAS)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote, unquote, urlsplit

VERSION = "2021-08-06"
_EARLIER = timedelta(minutes=10)
"""The clock there may be behind."""


def key_of(text: str) -> bytes:
    """Return the bytes of an account key. Raise `ValueError` for what is none."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def authorization(
    account: str,
    key: bytes,
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    params: Sequence[tuple[str, str]],
    length: int = 0,
) -> str:
    """Return the header `Authorization` of a request (Shared Key). `url` is without the parameters."""
    own = sorted((name.lower(), value) for name, value in headers.items() if name.lower().startswith("x-ms-"))
    resource = f"/{account}{urlsplit(url).path}" + "".join(
        f"\n{name.lower()}:{value}" for name, value in sorted(params, key=lambda pair: pair[0].lower())
    )
    to_sign = "\n".join(
        (
            method,
            "",  # encoding
            "",  # language
            str(length) if length else "",
            "",  # MD5
            headers.get("Content-Type", ""),
            *[""] * 6,  # date and conditions
            *(f"{name}:{value}" for name, value in own),
            resource,
        )
    )
    return f"SharedKey {account}:{_signed(key, to_sign)}"


def address_signer(
    account: str, key: bytes, container: str, moment: datetime, expires: datetime, *, base: str
) -> Callable[[str], str]:
    """Return what signs addresses that read one file each."""
    start, end = (f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (moment - _EARLIER, expires))
    scheme = urlsplit(base).scheme
    protocol = "https" if scheme == "https" else "https,http"
    query = f"sv={VERSION}&st={quote(start, safe='')}&se={quote(end, safe='')}&sr=b&sp=r&spr={quote(protocol, safe='')}"
    tail = ["", "", protocol, VERSION, "b", "", "", "", "", "", "", ""]

    def address(path: str) -> str:
        resource = f"/blob/{account}/{container}/{path}"
        signature = _signed(key, "\n".join(("r", start, end, resource, *tail)))
        return f"{base}/{container}/{path_of(path)}?{query}&sig={quote(signature, safe='')}"

    return address


def path_of(path: str) -> str:
    """Return a path as it stands in an address."""
    return quote(path, safe="/~")


def end_of(sas: str) -> datetime | None:
    """Return until when a shared access signature is good, where it tells."""
    found = parse_qs(sas.lstrip("?")).get("se", [""])[0]
    try:
        return datetime.fromisoformat(unquote(found)) if found else None
    except ValueError:
        return None


def _signed(key: bytes, text: str) -> str:
    return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
