"""How requests get in at the three hosts: signed or with a token, for the right project, repeated where they may be."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from batchdock.core.credentials import AccessKey, Credentials
from batchdock.core.errors import (
    AccessDenied,
    AccessKeyRefused,
    BatchdockError,
    ConnectionClosed,
    ConnectionProblem,
    HostNotFound,
    ProjectUnknown,
    ServiceTrouble,
    SignInRefused,
    TokenRunOut,
    TooManyRequests,
)
from batchdock.services.http.patience import Patience
from batchdock.services.huawei.place import account_for, place_of
from batchdock.services.huawei.wire import Family, Wire
from fakes.faults import Kind
from fakes.huawei import HuaweiCloud
from making.huawei import access_key_of, account_of, password_of, token_of

QUICK = Patience(tries=5, base=0.001)
WAYS: tuple[Callable[[HuaweiCloud], Credentials], ...] = (password_of, access_key_of, token_of)


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as running:
        yield running


def talk(
    cloud: HuaweiCloud, credentials: Credentials, talking: Callable[[Wire], Awaitable[object]], **place: Any
) -> Wire:
    """Let `talking` have a wire; return it, closed."""

    async def scenario() -> Wire:
        found = replace(place_of(account_of(cloud)), **place)
        wire = Wire(found, credentials, account_name="Yard", patience=QUICK)
        try:
            await talking(wire)
        finally:
            await wire.close()
        return wire

    return asyncio.run(scenario())


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_reaches_both_families(cloud: HuaweiCloud, way: Callable[[HuaweiCloud], Credentials]) -> None:
    cloud.add_tasks(2)
    cloud.add_iva_tasks("c-face-edge", 3)

    async def ask(wire: Wire) -> None:
        answer = await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"), params={"page": 1, "title": None})
        assert len(answer["tasks"]) == 2
        answer = await wire.ask(Family.IVA, "GET", wire.path("v2", "services", "c-face-edge", "tasks"))
        assert answer["count"] == 3

    talk(cloud, way(cloud), ask)
    vias, iva = cloud.requests("/tasks", "vias")[0], cloud.requests("/tasks", "iva")[0]
    assert (vias.path, vias.query) == (f"/v2/{cloud.project_id}/tasks", {"page": "1"})
    assert {vias.by, iva.by} == {"signature" if way is access_key_of else "token"}
    assert len(cloud.requests("/v3/auth/tokens")) == (1 if way is password_of else 0)


def test_signatures_hold_for_whatever_is_sent(cloud: HuaweiCloud) -> None:
    key = access_key_of(cloud)
    cloud.ak = "TEMPORARY"
    cloud.signatures.secrets[cloud.ak] = "its secret"
    cloud.signatures.security_tokens[cloud.ak] = "its/token+="
    temporary = AccessKey(cloud.ak, "its secret", "its/token+=")

    async def ask(wire: Wire) -> None:
        tasks = wire.path("v2", "tasks")
        await wire.ask(Family.VIAS, "GET", tasks, params={"task_name": "문 1&2=3+~é", "company": "a,b", "page": 1})
        sources = wire.path("v2", "source", "sources")
        await wire.ask(
            Family.VIAS, "GET", sources, params={"type": ("vcn", "RTSP_STREAM", "obs"), "status": ("2", "1")}
        )
        group = {"video_group_name": f"北门{len(cloud.seen)}", "access_type": "cloud", "description": "“door”"}
        await wire.ask_once(Family.VIAS, "POST", wire.path("v2", "video-group"), body=group)

    for each in (key, temporary):
        talk(cloud, each, ask)
    assert [each.by for each in cloud.seen] == ["signature"] * 6
    assert cloud.seen[1].pairs == [
        ("status", "1"),
        ("status", "2"),
        ("type", "RTSP_STREAM"),
        ("type", "obs"),
        ("type", "vcn"),
    ]
    assert cloud.seen[2].json["video_group_name"] == "北门2"
    assert "x-security-token" not in cloud.seen[0].headers
    assert all(each.headers["x-project-id"] == cloud.project_id for each in cloud.seen)


def test_segments_of_a_path_are_encoded_whole(cloud: HuaweiCloud) -> None:
    async def ask(wire: Wire) -> None:
        path = wire.path("v2", "tasks", "a/b?c#{project_id}")
        assert path == "/v2/{project_id}/tasks/a%2Fb%3Fc%23%7Bproject_id%7D"
        for way in (Family.VIAS, Family.IVA):
            with pytest.raises(Exception, match="Huawei Cloud"):
                await wire.ask_once(way, "GET", path)

    async def ask_for_dots(wire: Wire) -> None:
        with pytest.raises(BatchdockError):
            await wire.ask_once(Family.VIAS, "DELETE", wire.path("v2", "video-group", ".."))

    talk(cloud, password_of(cloud), ask)
    assert all(cloud.project_id not in each.path.partition("/tasks")[2] for each in cloud.seen)
    talk(cloud, access_key_of(cloud), ask_for_dots)
    assert cloud.seen[-1].by == "signature"
    assert cloud.seen[-1].path == f"/v2/{cloud.project_id}/video-group/.."


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("by", ["nothing", "name", "id"])
def test_the_project_is_found(cloud: HuaweiCloud, way: Callable[[HuaweiCloud], Credentials], by: str) -> None:
    project = {"nothing": "", "name": cloud.project, "id": cloud.project_id}[by]

    async def ask(wire: Wire) -> None:
        await asyncio.gather(*(wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks")) for _ in range(5)))

    wire = talk(cloud, way(cloud), ask, project_id="", project=project)
    assert (wire.place.project_id, wire.place.project) == (cloud.project_id, cloud.project)
    assert len(cloud.requests("", "iam")) == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("project", ["cn-nowhere-9", "f" * 32])
def test_a_project_that_is_not_there_names_those_that_are(
    cloud: HuaweiCloud, way: Callable[[HuaweiCloud], Credentials], project: str
) -> None:
    cloud.state.projects["1" * 32] = "cn-north-4_yard"

    async def ask(wire: Wire) -> None:
        with pytest.raises(ProjectUnknown) as caught:
            await wire.sign_in()
        assert project in caught.value.sentence()
        assert "Known projects: cn-north-4, cn-north-4_yard." in caught.value.sentence()

    talk(cloud, way(cloud), ask, project_id="", project=project)


def test_who_may_see_no_list_of_projects_gives_the_id(cloud: HuaweiCloud) -> None:
    async def ask(wire: Wire) -> None:
        await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))

    async def refused(wire: Wire) -> None:
        with pytest.raises(AccessDenied):
            await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))

    cloud.fail("GET /v3/projects", code="403", times=2)
    talk(cloud, access_key_of(cloud), ask, project_id="", project=cloud.project_id)
    talk(cloud, access_key_of(cloud), refused, project_id="", project=cloud.project)


def test_what_may_be_repeated_is_repeated_until_it_works(cloud: HuaweiCloud) -> None:
    async def ask(wire: Wire) -> None:
        cloud.fail("GET .*/tasks", code="VIAS.00010009")
        cloud.fail("GET .*/tasks", kind=Kind.DROPPED)
        cloud.html_from_proxy(502, pattern="GET .*/tasks")
        cloud.throttle(pattern="GET .*/tasks")
        assert "tasks" in await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))
        cloud.throttle(pattern="GET .*/tasks")
        with pytest.raises(TooManyRequests):
            await wire.ask_once(Family.VIAS, "GET", wire.path("v2", "tasks"))
        cloud.fail("POST /v3", code="503", times=2)
        cloud.expire_tokens()
        assert "tasks" in await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))

    talk(cloud, password_of(cloud), ask)


def test_many_requests_whose_token_has_run_out_sign_in_once(cloud: HuaweiCloud) -> None:
    async def ask(wire: Wire) -> None:
        tasks = wire.path("v2", "tasks")
        await asyncio.gather(*(wire.ask_once(Family.VIAS, "GET", tasks) for _ in range(20)))
        assert len(cloud.requests("/v3/auth/tokens")) == 1
        for by in ("gateway", "service"):
            cloud.expire_tokens(by)
            await asyncio.gather(*(wire.ask_once(Family.VIAS, "GET", tasks) for _ in range(20)))
        assert len(cloud.requests("/v3/auth/tokens")) == 3

    talk(cloud, password_of(cloud), ask)
    refused = [each for each in cloud.requests("/tasks") if each.status == 401]
    assert 2 <= len(refused) <= 40
    assert len(cloud.requests("/tasks")) == 60 + len(refused)


def test_what_a_fresh_token_does_not_open_stays_closed(cloud: HuaweiCloud) -> None:
    async def ask(wire: Wire) -> None:
        cloud.fail("POST .*/video-group", code="VIAS.00010005", times=5)
        for _ in range(3):
            with pytest.raises(SignInRefused):
                await wire.ask(Family.VIAS, "POST", wire.path("v2", "video-group"), body={})
        # What one host refuses, the other takes.
        assert "tasks" in await wire.ask(Family.IVA, "GET", wire.path("v2", "services", "c-face-edge", "tasks"))

    talk(cloud, password_of(cloud), ask)
    assert len(cloud.requests("/video-group")) == 2
    assert len(cloud.requests("/v3/auth/tokens")) == 2


def test_a_token_from_elsewhere_runs_out_for_good(cloud: HuaweiCloud) -> None:
    async def ask(wire: Wire) -> None:
        cloud.expire_tokens()
        for _ in range(3):
            with pytest.raises(TokenRunOut, match="The token of “Yard” has run out"):
                await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))

    talk(cloud, token_of(cloud), ask)
    assert len(cloud.seen) == 1


def test_a_wrong_secret_is_not_tried_until_the_key_is_locked(cloud: HuaweiCloud) -> None:
    async def ask(wire: Wire) -> None:
        for _ in range(10):
            with pytest.raises(AccessKeyRefused):
                await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))

    talk(cloud, AccessKey(cloud.ak, "wrong"), ask)
    assert len(cloud.seen) == 1


def test_hosts_that_are_not_there(cloud: HuaweiCloud) -> None:
    async def ask(wire: Wire) -> None:
        with pytest.raises(HostNotFound, match=r"nowhere\.invalid"):
            await wire.ask_once(Family.IVA, "GET", wire.path("v2", "services", "c-face-edge", "tasks"))
        cloud.go_away()
        with pytest.raises(ConnectionProblem):
            await wire.ask_once(Family.VIAS, "GET", wire.path("v2", "tasks"))
        cloud.come_back()
        await wire.close()
        with pytest.raises(ConnectionClosed):
            await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))

    talk(cloud, token_of(cloud), ask, iva_address="http://nowhere.invalid")


def test_trouble_of_the_host_that_signs_in_is_no_wrong_password(cloud: HuaweiCloud) -> None:
    async def ask(wire: Wire) -> None:
        cloud.fail("POST /v3", code="503", times=5)
        with pytest.raises(ServiceTrouble):
            await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))
        assert "tasks" in await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))

    talk(cloud, password_of(cloud), ask)


def test_addresses_are_those_of_the_region_or_somebodys_own() -> None:
    given = {"region": "ap-southeast-3", "vias": "v1", "iva": " c-face-edge, x,,x ", "vias_endpoint": ""}
    place = place_of(account_for(given))
    assert (place.iam, place.vias_address, place.iva_address) == (
        "https://iam.ap-southeast-3.myhuaweicloud.com",
        "https://vias.ap-southeast-3.myhuaweicloud.com",
        "https://iva.ap-southeast-3.myhuaweicloud.com",
    )
    assert (place.vias, place.iva) == ("v1", ("c-face-edge", "x"))
    own = account_for(
        given | {"vias": "", "iva_endpoint": "Gateway.Example:8443/v2/", "iam_endpoint": " http://[::1]/v3 "}
    )
    assert (own.address, place_of(own).iam) == ("https://Gateway.Example:8443", "http://[::1]")
    assert "vias" not in dict(own.settings)


def test_an_address_is_kept_without_who_may_go_there() -> None:
    own = account_for({"region": "x", "vias": "v2", "vias_endpoint": "https://ops:pa55-w@Gateway.Example:8443/x"})
    assert own.address == place_of(own).vias_address == "https://Gateway.Example:8443"
    assert "pa55-w" not in repr(own)
