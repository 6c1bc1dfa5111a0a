"""Signatures of known requests, as the vendor's own signer (huaweicloudsdkcore 3.1.219) makes them."""

import json
from datetime import UTC, datetime

import pytest

from batchdock.services.huawei.signing import authorization, date_of, query_of

ACCESS = "AKEXAMPLE0123456789A"
SECRET = "skExampleSecretNobodyHas/+=0123456789ab"
PROJECT = "0123456789abcdef0123456789abcdef"
TASK = "8d7c029b01c64abf9630f40b7dbfb067"
DATE = "20261122T010203Z"
VIAS = "vias.cn-north-4.myhuaweicloud.com"
CREATED = {"name": "gate-north", "input": {"type": "edgecamera", "data": [{"id": "1"}]}}

Pairs = list[tuple[str, str]]


def signed(method: str, path: str, params: Pairs, *, host: str = VIAS, body: str = "", **more: str) -> str:
    headers = {"Content-Type": "application/json", "Host": host, "X-Sdk-Date": DATE}
    headers |= {name.replace("__", "-"): value for name, value in more.items()}
    return authorization(
        access=ACCESS, secret=SECRET, method=method, path=path, params=params, headers=headers, body=body.encode()
    )


@pytest.mark.parametrize(
    ("method", "path", "params", "body", "signature"),
    [
        ("GET", "tasks", [], "", "db048d05c663bdf08e016d797231a1bf5468eca6f2c6fe2747398590a3a590d8"),
        (
            "GET",
            "tasks",
            [("page_size", "50"), ("page", "2"), ("sort_dir", "desc"), ("task_name", "a b+c~d/e:é,中文")],
            "",
            "226395014532834ff2642b495b40aaaf65574f7a75a4d65d31f481e93b6f2a9a",
        ),
        (
            "GET",
            "source/sources",
            [("type", "vcn"), ("status", "2"), ("status", "1"), ("type", "RTSP_STREAM")],
            "",
            "ac2e43f567b90f948d09f0bccc0995b03072f90d4f66c6f3f66269510dab99ff",
        ),
        (
            "POST",
            "services/c-face-edge/tasks",
            [],
            json.dumps(CREATED),
            "f4f5b2796e63ffeae15d6a15f35d29b61e5b2cd5e00250d04096cefdca7a9f12",
        ),
        (
            "PUT",
            f"tasks/{TASK}",
            [],
            '{"name": "北门-1 한국어"}',
            "bce879b79904989f600fe07cad7cc13bc7d9d145140da33c069d8ad22c8940f9",
        ),
        (
            "DELETE",
            "video-group/%E5%8C%97%20%7E!",
            [],
            "",
            "3940c5debc63bcf6427ac8f83c72a1509ec555d2b5d7e4d652c83a461ad8596a",
        ),
    ],
    ids=["no body", "query", "several values of a name", "JSON", "JSON beyond ASCII", "path beyond ASCII"],
)
def test_the_vendors_signer_signs_the_same(method: str, path: str, params: Pairs, body: str, signature: str) -> None:
    made = signed(method, f"/v2/{PROJECT}/{path}", params, body=body, X__Project__Id=PROJECT)
    names = "content-type;host;x-project-id;x-sdk-date"
    assert made == f"SDK-HMAC-SHA256 Access={ACCESS}, SignedHeaders={names}, Signature={signature}"


def test_the_token_of_a_temporary_key_is_signed_too() -> None:
    token = "temporary/Token+of=somebody"
    more = {"X__Project__Id": PROJECT, "X__Security__Token": token}
    made = signed("GET", f"/v2/{PROJECT}/tasks", [("page", "1")], **more)
    assert made.endswith(
        "SignedHeaders=content-type;host;x-project-id;x-sdk-date;x-security-token, "
        "Signature=9853c45b4b7de8125a8623bbb363c7ee977e19f266e02a9ea6bde3d7d7455991"
    )
    assert token not in made


@pytest.mark.parametrize(
    ("path", "params", "host", "more", "signature"),
    [
        (
            "/v3/projects",
            [("name", "cn-north-4")],
            "iam.cn-north-4.myhuaweicloud.com",
            {},
            "34fb1b8aa65c39c8a5f254e80df1f69f70b5ca0f55466f97de2413c98d76d6de",
        ),
        (
            f"/v2/{PROJECT}/tasks",
            [],
            "127.0.0.1:8443",
            {},
            "8fc07404a72902b8524fc14bc8d5812f740113b4ac71e682f488d7e9b967f7e4",
        ),
        (
            f"/v2/{PROJECT}/tasks",
            [],
            VIAS,
            {"X_Internal": "1"},
            "b84b2057ac06b5842311e7f8bf66f9ca02da7792072c2d1d0c65b4d470e06ee7",
        ),
    ],
    ids=["another host", "a host with a port", "names that are not signed"],
)
def test_what_belongs_to_no_project(path: str, params: Pairs, host: str, more: dict[str, str], signature: str) -> None:
    made = signed("GET", path, params, host=host, **more)
    assert made.endswith(f"SignedHeaders=content-type;host;x-sdk-date, Signature={signature}")


def test_what_is_sent_is_what_is_signed() -> None:
    params = [("task_name", "a b+c~d/e:é,中文"), ("page", "2")]
    assert query_of(params) == "page=2&task_name=a%20b%2Bc~d%2Fe%3A%C3%A9%2C%E4%B8%AD%E6%96%87"
    assert date_of(datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)) == DATE
