"""The fake Huawei Cloud itself: it refuses what the contract refuses, and its signatures are the vendor's."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fakes.huawei import HuaweiCloud
from fakes.huawei.samples import SAMPLE_ID
from fakes.huawei.signing import ATTEMPTS, Arrived, Signatures, sign

# --- signatures -------------------------------------------------------------------------------------------------------

AK, SK = "AKTESTAKTEST", "sk-test-secret"
THEN = datetime(2026, 11, 22, 6, 59, 33, tzinfo=UTC)
PROJECT = "p" * 32
HEADERS = {
    "x-sdk-date": "20261122T065933Z",
    "content-type": "application/json",
    "x-project-id": PROJECT,
    "user-agent": "huaweicloud-usdk-python/3.0",
    "host": "127.0.0.1:8080",
}
NAMES = "content-type;host;user-agent;x-project-id;x-sdk-date"
QUERY = "a~b=%2A%27%28%29%21&company=b%2Ca&page_size=50&title=%E5%85%A5%E4%BE%B5%20%E6%A3%80%E6%B5%8B%2Ca%2Bb"
LIST = Arrived("GET", f"/v2/{PROJECT}/tasks", QUERY, HEADERS, b"")
CREATE = Arrived("POST", f"/v2/{PROJECT}/services/c-face-edge/tasks", "", HEADERS, b'{"name": "gate"}')
DELETE = Arrived(
    "DELETE",
    f"/v2/{PROJECT}/services/c-face-edge/tasks/%E5%85%A5%20x",
    "",
    {**HEADERS, "x-security-token": "st"},
    b"",
)
BY_THE_VENDOR = [
    (LIST, NAMES, "379cabbbb1cdb055ce84bf591e0f391f06a56e2151f278edd556d0bb1936ee61"),
    (CREATE, NAMES, "c4d57c0cb79ee33222780b0d5bb7cdc70b6510d2314231f7b74bde7861f034e5"),
    (DELETE, f"{NAMES};x-security-token", "85aa523b29efd6a2e63ff34a17c32aa2dfb5b1579468eaf8d42417007cad5615"),
]
"""Requests, and what the vendor's own client made of them."""


def signed(request: Arrived, names: str, signature: str) -> Arrived:
    value = f"SDK-HMAC-SHA256 Access={AK}, SignedHeaders={names}, Signature={signature}"
    return replace(request, headers={**request.headers, "authorization": value})


def keys() -> Signatures:
    made = Signatures()
    made.secrets[AK] = SK
    return made


@pytest.mark.parametrize(("request_", "names", "signature"), BY_THE_VENDOR)
def test_the_vendors_signatures_are_right(request_: Arrived, names: str, signature: str) -> None:
    assert sign(request_, names.split(";"), SK) == signature
    assert keys().wrong(signed(request_, names, signature), THEN) == ""


def test_what_was_changed_on_the_way_is_caught() -> None:
    request, names, signature = BY_THE_VENDOR[1]
    good = signed(request, names, signature)
    changed = [
        replace(good, method="PUT"),
        replace(good, path=f"{good.path}x"),
        replace(good, query="page=2"),
        replace(good, body=b'{"name": "Gate"}'),
        replace(good, headers={**good.headers, "x-project-id": "q" * 32}),
        replace(good, headers={**good.headers, "x-sdk-date": "20261122T065934Z"}),
    ]
    for each in changed:
        assert keys().wrong(each, THEN).startswith("verify aksk signature fail")
    other = Signatures()
    other.secrets[AK] = f"{SK}x"
    assert other.wrong(good, THEN).startswith("verify aksk signature fail")
    assert "ak not exist" in Signatures().wrong(good, THEN)
    unsigned_host = signed(request, names.replace("host;", ""), sign(request, ["content-type"], SK))
    assert "host" in keys().wrong(unsigned_host, THEN)


def test_clocks_may_differ_by_a_quarter_of_an_hour() -> None:
    good = signed(*BY_THE_VENDOR[0])
    for minutes in (-15, 0, 15):
        assert keys().wrong(good, THEN + timedelta(minutes=minutes)) == ""
    for minutes in (-16, 16):
        assert keys().wrong(good, THEN + timedelta(minutes=minutes)).startswith("signature expired")


def test_a_key_that_is_wrong_too_often_is_locked_for_five_minutes() -> None:
    found, good = keys(), signed(*BY_THE_VENDOR[0])
    for _ in range(ATTEMPTS - 1):
        assert found.wrong(replace(good, query=""), THEN)
    assert found.wrong(good, THEN) == "", "a right one in between forgives"
    for _ in range(ATTEMPTS):
        assert found.wrong(replace(good, query=""), THEN)
    assert "limit" in found.wrong(good, THEN)
    assert found.wrong(good, THEN + timedelta(minutes=6)) == ""


# --- over the wire ----------------------------------------------------------------------------------------------------


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as cloud:
        yield cloud


@pytest.fixture
def client(cloud: HuaweiCloud) -> Iterator[httpx.Client]:
    with httpx.Client(headers={"X-Auth-Token": cloud.token()}, trust_env=False) as client:
        yield client


def sign_in(cloud: HuaweiCloud, **wrong: Any) -> httpx.Response:
    user = {"name": cloud.user, "password": wrong.get("password", cloud.password), "domain": {"name": cloud.domain}}
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = wrong.get("scope", {"project": {"name": cloud.region}})
    return httpx.post(f"{cloud.iam}/v3/auth/tokens", json={"auth": {"identity": identity, "scope": scope}})


def test_tokens(cloud: HuaweiCloud) -> None:
    answer = sign_in(cloud)
    assert (answer.status_code, answer.json()["token"]["project"]["id"]) == (201, cloud.project_id)
    of_domain = sign_in(cloud, scope={"domain": {"name": cloud.domain}})
    assert "domain" in of_domain.json()["token"]
    assert sign_in(cloud, scope={"project": {"name": "nowhere"}}).status_code == 404
    tasks = f"{cloud.vias}/v2/{cloud.project_id}/tasks"
    headers = {"X-Auth-Token": answer.headers["X-Subject-Token"]}
    assert httpx.get(tasks, headers=headers).status_code == 200
    of_no_project = {"X-Auth-Token": of_domain.headers["X-Subject-Token"]}
    assert httpx.get(tasks, headers=of_no_project).json()["error_code"] == "VIAS.00010005"
    assert httpx.get(tasks.replace(cloud.project_id, "other"), headers=headers).status_code == 400
    assert httpx.get(f"{cloud.iam}/v3/projects").status_code == 401
    cloud.clock_off = timedelta(hours=25)
    refused = httpx.get(tasks, headers=headers)
    assert (refused.status_code, refused.json()["error_code"]) == (401, "APIGW.0301")
    assert "token expires" in refused.json()["error_msg"]
    assert refused.json()["request_id"] == refused.headers["X-Request-Id"]
    cloud.expire_tokens(by="service")
    assert httpx.get(tasks, headers=headers).json()["error_code"] == "VIAS.00010005"


def test_a_user_who_is_wrong_five_times_is_locked(cloud: HuaweiCloud) -> None:
    for _ in range(5):
        answer = sign_in(cloud, password="guess")
        assert answer.json() == {
            "error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}
        }
    assert "locked" in sign_in(cloud).json()["error"]["message"]


def test_pages_have_bounds(cloud: HuaweiCloud, client: httpx.Client) -> None:
    cloud.add_tasks(12)
    cloud.add_iva_tasks(count=3)
    v2, p = f"{cloud.vias}/v2/{cloud.project_id}", cloud.project_id
    iva = f"{cloud.iva}/v2/{p}/services/c-face-edge/tasks"
    for url, name, low, high in (
        (f"{v2}/tasks", "page_size", 5, 1000),
        (f"{v2}/batch-tasks", "page_size", 5, 200),
        (f"{v2}/source/sources", "page_size", 5, 200),
        (iva, "limit", 1, 1000),
        (iva, "offset", 0, 100_000),
    ):
        for value, good in ((low - 1, False), (low, True), (high, True), (high + 1, False), ("many", False)):
            answer = client.get(url, params={name: value})
            assert answer.status_code == (200 if good else 400), f"{url} {name}={value}"
            assert good or answer.json()["error_code"] in ("VIAS.00010001", "IVA.0004")
    assert client.get(f"{v2}/tasks", params={"video_groups": "x"}).status_code == 400, "not in the contract"
    pages = [client.get(f"{v2}/tasks", params={"page_size": 5, "page": page}).json() for page in (1, 2, 3, 4)]
    assert [(page["count"], len(page["tasks"])) for page in pages] == [(5, 5), (5, 5), (2, 2), (0, 0)]
    names = [row["name"] for page in pages for row in page["tasks"]]
    assert names == sorted(names, reverse=True)
    assert len(set(names)) == 12
    assert client.get(iva, params={"limit": 1}).json()["count"] == 3


def test_v1_is_another_flavour() -> None:
    with HuaweiCloud(vias="v1") as cloud, httpx.Client(headers={"X-Auth-Token": cloud.token()}) as client:
        cloud.add_tasks(1, group_names=["north", "south"])
        v1 = f"{cloud.vias}/v1/{cloud.project_id}/infer/tasks"
        (row,) = client.get(v1).json()["tasks"]
        shared = {"id", "name", "created_at", "state", "video_source_name", "title", "type"}
        assert {*row} == {*shared, "company", "group_name"}
        assert all(isinstance(value, str) for value in row.values())
        assert [client.get(v1, params={"page_size": size}).status_code for size in (50, 51)] == [200, 400]
        assert client.get(f"{cloud.vias}/v2/{cloud.project_id}/tasks").json()["error_code"] == "APIGW.0101"


def test_jobs_move_and_refuse(cloud: HuaweiCloud, client: httpx.Client) -> None:
    (task,) = cloud.add_tasks(1)
    (other,) = cloud.add_iva_tasks(count=1)
    one = f"{cloud.vias}/v2/{cloud.project_id}/tasks/{task.id}"
    iva = f"{cloud.iva}/v2/{cloud.project_id}/services/c-face-edge/tasks/{other.id}"
    cloud.state.looks = 2
    assert client.put(f"{one}/action/stop").status_code == 200
    refused = client.put(f"{one}/action/stop")
    assert (refused.status_code, refused.json()["error_code"]) == (500, "VIAS.00010012")
    cloud.state.tasks[task.id].looks = 1
    assert [client.get(one).json()["state"] for _ in range(2)] == ["STOPPING", "STOPPED"]
    stopped = client.post(f"{iva}/stop")
    assert (stopped.status_code, stopped.content) == (202, b"")
    cloud.state.looks = 0
    assert client.delete(one).status_code == 200
    missing = client.get(one)
    assert (missing.status_code, missing.json()["error_code"]) == (400, "VIAS.00010007")
    assert client.get(f"{iva}0").json()["error_code"] == "IVA.0004"
    assert client.get(f"{iva[:-32]}{'0' * 32}").status_code == 404


def test_a_batch_fails_in_part(cloud: HuaweiCloud, client: httpx.Client) -> None:
    (batch,) = cloud.add_batches(1)
    cloud.add_tasks(2, batch_id=batch.id)
    cloud.add_tasks(1, batch_id=batch.id, state="DELETING")
    url = f"{cloud.vias}/v2/{cloud.project_id}/batch-tasks"
    done = client.put(f"{url}/{batch.id}/action/stop")
    assert (done.status_code, done.json()["succeed_count"], done.json()["failed_count"]) == (200, 2, 1)
    listed = client.get(url).json()
    assert listed["batch_task_list"][0]["batch_task_status_info"] == {"stopped": 2, "deleting": 1}
    assert isinstance(listed["batch_task_list"][0]["created_at"], int)


def test_faults_come_when_they_are_wanted(cloud: HuaweiCloud, client: httpx.Client) -> None:
    tasks = f"{cloud.vias}/v2/{cloud.project_id}/tasks"
    cloud.fail("GET .*/tasks", code="VIAS.00010009", skip=1, times=2)
    answers = [client.get(tasks) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 500, 500, 200]
    assert {*answers[1].json()} == {"error_code", "error_msg", "detail", "params", "reason", "advice"}
    cloud.html_from_proxy(status=200)
    assert client.get(tasks).text.startswith("<!DOCTYPE html>")
    cloud.throttle(retry_after=0.1)
    throttled = client.get(tasks)
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "0.1")
    cloud.in_arrears()
    iva = f"{cloud.iva}/v2/{cloud.project_id}/services/c-face-edge/tasks"
    assert client.get(iva).json() == {"error_code": "IVA.0014", "error_msg": "The account is restricted."}
    assert len({each.headers["X-Request-Id"] for each in answers}) == 4
    assert [each.request_id for each in cloud.seen][:4] == [each.headers["X-Request-Id"] for each in answers]


def test_the_vendors_own_sample(cloud: HuaweiCloud, client: httpx.Client) -> None:
    url = f"{cloud.iva}/v2/{cloud.project_id}/services/c-face-edge/tasks/{SAMPLE_ID}"
    cloud.add_sample()
    job = client.get(url).json()
    assert "service_name" not in job
    assert job["project_id"] != cloud.project_id
    assert json.loads(job["service_config"]["common"]["target_roi"])["polygons"]
    cloud.add_sample(unescaped=True)
    with pytest.raises(ValueError, match="delimiter"):
        client.get(url).json()
