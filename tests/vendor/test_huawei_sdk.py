"""The vendor's own SDK, unchanged, and this app see the same jobs at the same place.

Slow, and wants a package index, so it is left out unless asked for: `pytest -m vendor`. The SDK is installed into an
environment of its own, unless `BATCHDOCK_HUAWEI_PYTHON` names a Python that has it.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.credentials import Credentials
from batchdock.core.job import Job
from fakes.huawei import HuaweiCloud
from fakes.huawei.samples import SAMPLE_ID
from making.harbour import harbour
from making.huawei import access_key_of, connected, password_of

pytestmark = [pytest.mark.vendor, pytest.mark.timeout(1800)]

SDK = [f"huaweicloudsdk{name}==3.1.219" for name in ("core", "iam", "campusgo", "vas")]
KEYSTONE = "keystoneauth1==5.18.1"
SERVICE = "c-face-edge"
V2 = "/v2/{project_id}"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the vendor's SDK, and OpenStack's client beside it."""
    known = os.environ.get("BATCHDOCK_HUAWEI_PYTHON")
    if known:
        return Path(known)
    home = tmp_path_factory.mktemp("sdk") / "venv"
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    found = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([found, "-m", "pip", "install", "--quiet", *SDK, KEYSTONE], check=True)
    return found


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as cloud:
        yield cloud


class Sdk:
    """The SDK in a process of its own, aimed at the stand-in."""

    def __init__(self, python: Path, cloud: HuaweiCloud) -> None:
        self._python, self._cloud = python, cloud

    def __call__(self, *steps: tuple[str, object]) -> list[Any]:
        """Carry steps out, `(name, arguments)` each, and return what each said."""
        cloud = self._cloud
        given = {
            **{"iva": cloud.iva, "vias": cloud.vias, "iam": cloud.iam, "region": cloud.region},
            **{"ak": cloud.ak, "sk": cloud.sk, "steps": steps},
        }
        program = Path(__file__).with_name("huawei_sdk.py")
        done = subprocess.run(
            [self._python, program],
            input=json.dumps(given),
            env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        said: list[Any] = json.loads(done.stdout)
        return said


@pytest.fixture
def sdk(python: Path, cloud: HuaweiCloud) -> Sdk:
    """The SDK, aimed at the stand-in."""
    return Sdk(python, cloud)


def jobs_of(cloud: HuaweiCloud, credentials: Credentials | None = None, **account: Any) -> dict[str, Job]:
    """Return what the app sees, by id."""

    async def seen() -> dict[str, Job]:
        service = connected(cloud, credentials, **account)
        try:
            return {job.job_id: job async for job in service.jobs()}
        finally:
            await service.close()

    return asyncio.run(seen())


def test_both_see_the_same_jobs(cloud: HuaweiCloud, sdk: Sdk) -> None:
    cloud.add_tasks(120, state=lambda number: ("RUNNING", "STOPPED", "FAILED", "MADE_UP")[number % 4])
    cloud.add_iva_tasks(SERVICE, 130, state=lambda number: ("RUNNING", "FROZEN")[number % 2])
    harbour(cloud)
    cloud.add_iva_tasks("c-crowd-cloud", 2, edge_pool_id="", name=lambda number: f"群众-{number}")
    listed = [("iva_list", {"service": SERVICE, "limit": 100, "offset": offset}) for offset in (0, 100)]
    vias = [("vias", ["GET", f"{V2}/tasks", [["page_size", 50], ["page", page]]]) for page in (1, 2, 3)]
    first, second, cloudy, *pages = sdk(*listed, ("iva_list", {"service": "c-crowd-cloud"}), *vias)
    assert (first["count"], cloudy["count"]) == (133, 2)
    theirs = {
        f"{service}/{task['id']}": (task["name"], task["state"])
        for answer, service in ((first, SERVICE), (second, SERVICE), (cloudy, "c-crowd-cloud"))
        for task in answer["tasks"]
    }
    theirs |= {row["id"]: (row["name"], row["state"]) for page in pages for row in page["json"]["tasks"]}
    assert len(theirs) == 268
    for credentials in (password_of(cloud), access_key_of(cloud)):
        before = len(cloud.seen)
        ours = jobs_of(cloud, credentials, iva=(SERVICE, "c-crowd-cloud"))
        assert {job_id: (job.name, job.service_word) for job_id, job in ours.items()} == theirs
        asked = [each for each in cloud.seen[before:] if each.family != "iam"]
        by = "token" if credentials == password_of(cloud) else "signature"
        assert {(each.by, each.status) for each in asked} == {(by, 200)}
    signed = [each for each in cloud.seen if each.by == "signature"]
    assert {each.status for each in signed} == {200}, "each signature is right"
    assert {"batchdock" in each.headers["user-agent"] for each in signed} == {True, False}, "the app's and the SDK's"


def test_what_one_changes_the_other_sees(cloud: HuaweiCloud, sdk: Sdk) -> None:
    (made,) = sdk(("iva_create", [SERVICE, "gate-入口-1", "camera-1", "0" * 32]))
    job_id = f"{SERVICE}/{made[0]}"
    assert jobs_of(cloud)[job_id].name == "gate-入口-1"
    assert cloud.state.iva_tasks[made[0]].output["webhook"]["headers"] == {"appKey": "secret"}
    stopped, shown = sdk(("iva_do", ["stop", SERVICE, made[0]]), ("iva_show", [SERVICE, made[0]]))
    assert (stopped, shown["state"]) == (202, "STOPPED")
    assert jobs_of(cloud)[job_id].service_word == "STOPPED"

    async def start() -> None:
        service = connected(cloud, access_key_of(cloud))
        try:
            await service.restart(job_id)
        finally:
            await service.close()

    asyncio.run(start())
    shown, updated, deleted, gone = sdk(
        ("iva_show", [SERVICE, made[0]]),
        ("iva_update", [SERVICE, made[0], "north gate"]),
        ("iva_delete", [SERVICE, made[0]]),
        ("iva_show", [SERVICE, made[0]]),
    )
    assert (shown["state"], updated["description"], deleted) == ("RUNNING", "north gate", 202)
    assert (gone["raised"], gone["status"], gone["code"]) == ("ClientRequestException", 404, "IVA.0005")
    assert jobs_of(cloud) == {}


def test_vias_by_the_core_of_the_sdk(cloud: HuaweiCloud, sdk: Sdk) -> None:
    (source,) = cloud.add_sources(1)
    body = {
        "name": "gate-north",
        "service_version": "1.0.0",
        "input": {"type": "video_source", "data": [{"video_source_id": source.id}]},
        "output": {"webhook": {"url": "https://hooks.example/x", "headers": {"appId": "1"}}},
    }
    create = f"{V2}/services/c-intrusiondetection-cloud/tasks"
    created, again = sdk(("vias", ["POST", create, [], body]), ("vias", ["POST", create, [], body]))
    (task,) = created["json"]["tasks"]
    assert created["status"] == 200
    assert (again["status"], again["code"]) == (400, "VIAS.00010011")
    one = f"{V2}/tasks/{task['id']}"
    answers = sdk(
        ("vias", ["PUT", f"{one}/action/stop"]),
        ("vias", ["PUT", f"{one}/action/stop"]),
        ("vias", ["GET", one]),
        ("vias", ["GET", f"{V2}/tasks", [["title", "intrusion,检测 a"], ["company", "b,a"]]]),
        ("vias", ["DELETE", one]),
        ("vias", ["GET", one]),
    )
    stopped, refused, shown, none, deleted, gone = answers
    assert stopped["status"] == deleted["status"] == 200
    assert (refused["raised"], refused["code"]) == ("ServerResponseException", "VIAS.00010012")
    assert (shown["json"]["state"], none["json"]["tasks"]) == ("STOPPED", [])
    assert (gone["raised"], gone["code"]) == ("ClientRequestException", "VIAS.00010007")
    assert gone["request_id"] == cloud.seen[-1].request_id


def test_v1(python: Path) -> None:
    with HuaweiCloud(vias="v1") as cloud:
        cloud.add_tasks(12)
        pages = [("vias", ["GET", "/v1/{project_id}/infer/tasks", [["page", page]]]) for page in (1, 2)]
        first, second = Sdk(python, cloud)(*pages)
        theirs = {row["id"]: row["company"] for page in (first, second) for row in page["json"]["tasks"]}
        ours = jobs_of(cloud, access_key_of(cloud), vias="v1", iva=())
        assert {job_id: job.vendor for job_id, job in ours.items()} == theirs


def test_tokens_of_both_clients(cloud: HuaweiCloud, sdk: Sdk) -> None:
    cloud.add_tasks(3)
    who = [cloud.user, cloud.password, cloud.domain]
    signed_in, wrong, listed = sdk(
        ("sign_in", who), ("sign_in", [cloud.user, "guess", cloud.domain]), ("keystone", who)
    )
    assert signed_in["project_id"] == cloud.project_id
    assert signed_in["token"] in cloud.people.tokens
    assert (wrong["raised"], wrong["status"]) == ("ClientRequestException", 401)
    assert {*listed} == {*cloud.state.tasks}


def test_the_sample_of_the_vendors_page(cloud: HuaweiCloud, sdk: Sdk) -> None:
    cloud.add_sample()
    (shown,) = sdk(("iva_show", [SERVICE, SAMPLE_ID]))
    assert shown["service_config"]["common"]["detection_max_size"] == 800
    assert json.loads(shown["service_config"]["common"]["target_roi"])["polygons"]
    cloud.add_sample(unescaped=True)
    (empty,) = sdk(("iva_show", [SERVICE, SAMPLE_ID]))
    assert set(empty.values()) == {None}, "the quotes are not escaped, and the SDK says nothing of it"


def test_errors_and_a_locked_key(cloud: HuaweiCloud, sdk: Sdk) -> None:
    cloud.fail("GET .*/tasks", code="IVA.0010")
    (said,) = sdk(("iva_list", [SERVICE]))
    assert (said["raised"], said["status"], said["code"]) == ("ServerResponseException", 503, "IVA.0010")
    assert said["request_id"] == cloud.seen[-1].request_id
    cloud.lock_key()
    (locked,) = sdk(("iva_list", [SERVICE]))
    assert "APIGW.0301" in locked["message"]
