"""What Huawei Cloud keeps besides jobs: requests on the wire, and what is read of answers (contract §3.5-§3.8)."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from batchdock.core.errors import BatchdockError, NotAllowedNow, NotAskedFor, NotFound, NotOffered, ServiceTrouble
from batchdock.core.facts import Fact, Facts
from batchdock.core.inventory import Done, On
from batchdock.services.huawei.inventory.describing import COLLECTIONS
from fakes.faults import Kind
from fakes.huawei import HuaweiCloud
from making.huawei import connected
from making.inventory import act, facts, form, items


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as running:
        yield running


def asked(cloud: HuaweiCloud, method: str) -> tuple[str, Any]:
    """Return path below the project, and body, of the last request with this method."""
    last = [each for each in cloud.seen if each.method == method and each.family == "vias"][-1]
    assert last.path.startswith(f"/v2/{cloud.project_id}/")
    return last.path.removeprefix(f"/v2/{cloud.project_id}"), last.json


def below(told: Facts, name: str) -> Mapping[str, Fact]:
    """Return the facts below the one with this name."""
    return {each.name: each for fact in told.facts if fact.name == name for each in fact.below}


# --- batches --------------------------------------------------------------------------------------------------------


def test_batches_are_listed_with_their_jobs_by_state(cloud: HuaweiCloud) -> None:
    batch = cloud.add_batches(
        name="perimeter-night", group_names=["north", "south"], kind="1", counted={"running": 1200, "a_new_one": 1}
    )[0]
    cloud.add_tasks(2, batch_id=batch.id, state="FAILED")
    (item,) = items(cloud, "batches")
    assert (item.item_id, item.name) == (batch.id, "perimeter-night")
    assert item.cells["states"] == ("1,200 running", "2 failed", "1 a new one")
    assert item.cells["jobs"] == 1203
    assert item.cells["groups"] == ("north", "south")
    assert item.cells["runs_on"] == "edge"
    assert item.cells["created"] == batch.created.replace(microsecond=batch.created.microsecond // 1000 * 1000)
    assert cloud.seen[-1].query == {"is_paged": "true", "page_num": "1", "page_size": "200"}


def test_batches_are_narrowed_by_the_service(cloud: HuaweiCloud) -> None:
    night = cloud.add_batches(name="night", title="Intrusion")[0]
    cloud.add_batches(name="day", title="Smoke")
    cloud.add_tasks(1, batch_id=night.id, state="FROZEN")
    assert [each.name for each in items(cloud, "batches", name_like=("igh",))] == ["night"]
    assert cloud.seen[-1].query["type_like"] == "batch_task_name"
    where = {"name_like": ("Intru",), "type_like": ("publish_service_name",)}
    assert [each.name for each in items(cloud, "batches", **where)] == ["night"]
    assert [each.name for each in items(cloud, "batches", task_state=("frozen",))] == ["night"]
    assert items(cloud, "batches", title=("Fire",), manufacturer=("VIAS",), video_group=("a", "b")) == []
    assert cloud.seen[-1].query["video_group"] == "a,b"


def test_what_is_told_of_a_batch_is_its_row_and_its_jobs(cloud: HuaweiCloud) -> None:
    batch = cloud.add_batches(3)[1]
    cloud.add_tasks(2, batch_id=batch.id, name=lambda number: f"job-{number}")
    cloud.add_tasks(1)
    told = facts(cloud, "batches", batch.id)
    assert Fact("batch_task_name", batch.name) in [Fact(each.name, each.value) for each in told.facts]
    assert len(below(told, "tasks")) == 2
    assert {each.value for each in below(told, "tasks").values()} == {"RUNNING"}
    with pytest.raises(NotFound):
        facts(cloud, "batches", "0" * 32)


def test_a_batch_takes_all_sources_of_its_groups(cloud: HuaweiCloud) -> None:
    sources = cloud.add_sources(103)
    large = cloud.add_groups(name="large", source_ids=[each.id for each in sources[:101]])[0]
    small = cloud.add_groups(name="small", source_ids=[each.id for each in sources[101:]])[0]
    algorithm = cloud.add_algorithms(api="c-intrusion-edge", version="1.0")[0]
    done = act(
        cloud,
        "batches",
        "create",
        name="night",
        algorithm=algorithm.id,
        video_groups=(large.id, small.id),
        webhook_url="https://hooks.example/x",
        webhook_headers="appKey: 1",
        config={"common": {"smoke": 1}},
    )
    path, body = asked(cloud, "POST")
    parts = body.pop("batch_input")["video_source_group"]
    assert path == "/batch-tasks"
    assert body == {
        "name": "night",
        "service_name": "c-intrusion-edge",
        "service_version": "1.0",
        "output": {"webhook": {"url": "https://hooks.example/x", "headers": {"appKey": "1"}}},
        "config": {"common": {"smoke": 1}},
    }
    assert [(each["video_source_group_id"], len(each["video_source_list"])) for each in parts] == [
        (large.id, 100),
        (large.id, 1),
        (small.id, 2),
    ]
    assert done == Done(made=tuple(cloud.state.batches))
    assert len(cloud.state.tasks) == 103


def test_a_batch_may_take_only_some_sources(cloud: HuaweiCloud) -> None:
    sources = cloud.add_sources(3)
    group = cloud.add_groups(source_ids=[sources[0].id, sources[1].id])[0]
    batch = cloud.add_batches()[0]
    act(cloud, "batches", "change", batch.id, video_sources=(sources[1].id,), target_roi='{"polygons":[]}')
    wanted = {"video_source_id": sources[1].id, "target_roi": '{"polygons":[]}'}
    assert asked(cloud, "PUT") == (
        f"/batch-tasks/{batch.id}",
        {"batch_input": {"video_source_group": [{"video_source_group_id": group.id, "video_source_list": [wanted]}]}},
    )
    with pytest.raises(NotAskedFor, match="in no video group"):
        act(cloud, "batches", "change", batch.id, video_sources=(sources[2].id,))
    assert len([each for each in cloud.seen if each.method == "PUT"]) == 1


@pytest.mark.parametrize("missing", ["video_groups", "webhook_url"])
def test_a_batch_that_would_be_refused_is_not_sent(cloud: HuaweiCloud, missing: str) -> None:
    group, algorithm = cloud.add_groups()[0], cloud.add_algorithms()[0]
    values: dict[str, object] = {"name": "n", "algorithm": algorithm.id, "video_groups": (group.id,)}
    values |= {"webhook_url": "https://hooks.example/x"}
    del values[missing]
    with pytest.raises(NotAskedFor):
        act(cloud, "batches", "create", **values)
    assert not [each for each in cloud.seen if each.method == "POST" and each.family == "vias"]


def test_a_change_of_a_batch_sends_what_was_changed(cloud: HuaweiCloud) -> None:
    batch = cloud.add_batches(name="night")[0]
    fields = form(cloud, "batches", "change", batch.id)
    assert fields["name"].value == "night"
    assert "algorithm" not in fields
    assert act(cloud, "batches", "change", batch.id, name="day", description="") == Done()
    assert asked(cloud, "PUT") == (f"/batch-tasks/{batch.id}", {"name": "day", "description": ""})
    assert batch.name == "day"


@pytest.mark.parametrize("action", ["start", "stop"])
def test_a_batch_is_started_and_stopped_and_says_what_was_not(cloud: HuaweiCloud, action: str) -> None:
    batch = cloud.add_batches()[0]
    (running,) = cloud.add_tasks(1, batch_id=batch.id, state="RUNNING", name="a")
    (stopped,) = cloud.add_tasks(1, batch_id=batch.id, state="STOPPED", name="b")
    done = act(cloud, "batches", action, batch.id)
    assert asked(cloud, "PUT") == (f"/batch-tasks/{batch.id}/action/{action}", None)
    (failure,) = done.failures
    assert failure.name == batch.id
    assert failure.reason.startswith("VIAS.00010012: task " + ("a" if action == "start" else "b"))
    assert running.state == stopped.state == ("RUNNING" if action == "start" else "STOPPED")


def test_a_batch_that_is_deleted_may_leave_something_behind(cloud: HuaweiCloud) -> None:
    first, second = cloud.add_batches(2)
    cloud.add_tasks(1, batch_id=second.id, state="DELETING")
    done = act(cloud, "batches", "delete", first.id, second.id)
    assert asked(cloud, "DELETE")[0] == f"/batch-tasks/{second.id}"
    assert first.id not in cloud.state.batches
    assert [each.name for each in done.failures] == [second.id]


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        (["gate-north: offline", "x"], [("B", "gate-north: offline"), ("B", "x")]),
        ([{"name": "gate", "error_msg": "offline"}], [("gate", "offline"), ("B", "does not say why")]),
        ([{"task_id": 7, "error": {"message": "no"}}, None, ["?"]], [("7", "no"), ("B", "does not say why")]),
        ("all of them", [("B", "all of them"), ("B", "does not say why")]),
        (None, [("B", "2 × The service does not say why")]),
        ([{}, {"deep": [1]}], [("B", "does not say why"), ("B", "does not say why")]),
    ],
)
def test_failures_have_no_known_form(cloud: HuaweiCloud, listed: object, told: list[tuple[str, str]]) -> None:
    answer = {"id": "B", "total_count": 3, "succeed_count": 1, "failed_count": 2, "error_list": listed}
    cloud.fail("PUT .*/action/stop", status=200, body=answer)
    done = act(cloud, "batches", "stop", "B")
    assert [each.name for each in done.failures] == [name for name, _ in told]
    for failure, (_, reason) in zip(done.failures, told, strict=True):
        assert reason in failure.reason


# --- video groups ---------------------------------------------------------------------------------------------------


def test_groups_are_listed_and_narrowed(cloud: HuaweiCloud) -> None:
    online, offline = cloud.add_sources(level="1")[0], cloud.add_sources(level="2")[0]
    group = cloud.add_groups(name="north", access_type="edge", source_ids=[online.id, offline.id])[0]
    cloud.add_groups(name="south")
    north = next(each for each in items(cloud, "video-groups") if each.name == "north")
    assert north.item_id == group.id
    assert (north.cells["sources"], north.cells["states"]) == (2, ("1 offline", "1 online"))
    found = items(cloud, "video-groups", access_type=("edge", "cloud"), status=("2",), name=("nor",))
    assert [each.name for each in found] == ["north"]
    assert [each for each in cloud.seen[-1].pairs if each[0] == "access_type"] == [
        ("access_type", "cloud"),
        ("access_type", "edge"),
    ]


def test_what_is_told_of_a_group_has_its_sources(cloud: HuaweiCloud) -> None:
    source = cloud.add_sources(name="gate")[0]
    group = cloud.add_groups(description="The north side", source_ids=[source.id])[0]
    told = facts(cloud, "video-groups", group.id)
    assert any((each.name, each.value) == ("description", "The north side") for each in told.facts)
    assert below(told, "video_sources")["gate"].value == "Online"
    assert f"/video-group/{group.id}" in [each.path.removeprefix(f"/v2/{cloud.project_id}") for each in cloud.seen]


def test_a_group_is_made_changed_and_deleted(cloud: HuaweiCloud) -> None:
    first, second = cloud.add_sources(2)
    done = act(
        cloud, "video-groups", "create", video_group_name="north", access_type="cloud", video_source_ids=(first.id,)
    )
    body = {"video_group_name": "north", "access_type": "cloud", "video_source_ids": [first.id]}
    assert asked(cloud, "POST") == ("/video-group", body)
    (group_id,) = done.made
    fields = form(cloud, "video-groups", "change", group_id)
    assert (fields["video_group_name"].value, fields["video_source_ids"].value) == ("north", (first.id,))
    act(cloud, "video-groups", "change", group_id, video_group_name="south")
    assert asked(cloud, "PUT") == (
        f"/video-group/{group_id}",
        {"video_group_name": "south", "video_source_ids": [first.id]},
    )
    act(cloud, "video-groups", "change", group_id, video_source_ids=(second.id,))
    assert asked(cloud, "PUT")[1] == {"video_source_ids": [second.id]}
    assert act(cloud, "video-groups", "delete", group_id) == Done()
    assert asked(cloud, "DELETE")[0] == f"/video-group/{group_id}"
    assert not cloud.state.groups


def test_a_list_that_changes_while_it_is_read_loses_nothing(cloud: HuaweiCloud) -> None:
    groups = cloud.add_groups(1000, name=lambda number: f"g-{number}")
    staying = {each.id for each in groups[:500]}

    async def scenario() -> list[str]:
        service = connected(cloud)
        found: list[str] = []
        try:
            async for each in service.items("video-groups", {}):
                found.append(each.item_id)
                if len(found) % 100 == 0 and len(found) <= 500:
                    for gone in groups[-40:]:  # The newest, which come first: all others move up.
                        cloud.state.groups.pop(gone.id)
                    del groups[-40:]
        finally:
            await service.close()
        return found

    found = asyncio.run(scenario())
    assert len(found) == len(set(found))
    assert staying <= set(found)


# --- algorithms -----------------------------------------------------------------------------------------------------


def test_algorithms_are_listed_and_told_of(cloud: HuaweiCloud) -> None:
    running = cloud.add_algorithms(name="Intrusion", deploy_type="edge", more={"can_update": True})[0]
    never = cloud.add_algorithms(name="Smoke", state="not_deployed", more={"service_id": None})[0]
    found = {each.name: each for each in items(cloud, "algorithms")}
    assert found["Intrusion"].item_id == running.id
    assert (found["Intrusion"].cells["state"], found["Intrusion"].cells["newer"]) == ("service_running", True)
    assert found["Smoke"].item_id == f"/{never.alg_id}"
    told = facts(cloud, "algorithms", running.id)
    assert any((each.name, each.value) == ("api", running.api) for each in told.facts)
    assert asked(cloud, "GET")[0] == f"/algorithm/services/{running.id}"
    told = facts(cloud, "algorithms", found["Smoke"].item_id)
    assert any((each.name, each.value) == ("alg_id", never.alg_id) for each in told.facts)
    statuses = ("service_running", "service_failed")
    assert len(items(cloud, "algorithms", alg_status=statuses, name_like=("ntru",))) == 1
    assert [value for name, value in cloud.seen[-1].pairs if name == "alg_status"] == sorted(statuses)


def test_pictures_of_an_algorithm_are_no_facts(cloud: HuaweiCloud) -> None:
    cloud.fail("GET .*/algorithm/services/x", status=200, body={"alg_id": "a", "logo": "data:image/png;base64,AAAA"})
    assert "logo" not in {each.name for each in facts(cloud, "algorithms", "x").facts}


def test_an_algorithm_is_deployed_and_stopped(cloud: HuaweiCloud) -> None:
    pool = cloud.add_pools()[0]
    algorithm = cloud.add_algorithms(state="not_deployed", ever_deployed=False)[0]
    fields = form(cloud, "algorithms", "deploy", algorithm.id)
    assert fields["pool_id"].required
    assert fields["pool_id"].choices_of == "edge-pools"
    values = {"stream_count": 4.0, "pool_id": pool.id, "deploy_config": {"sub_scene": "common"}, "envs": {"A": "1"}}
    done = act(cloud, "algorithms", "deploy", algorithm.id, **values)
    assert asked(cloud, "POST") == (f"/algorithm/{algorithm.alg_id}/deploy", values | {"stream_count": 4})
    assert (done.said, algorithm.state) == (algorithm.name, "service_running")
    assert not form(cloud, "algorithms", "deploy", algorithm.id)["pool_id"].required
    act(cloud, "algorithms", "stop", algorithm.id)
    assert asked(cloud, "PUT") == (f"/algorithm/{algorithm.alg_id}/deploy/stop", None)
    with pytest.raises(NotAllowedNow):
        act(cloud, "algorithms", "stop", algorithm.id)


# --- edge pools -----------------------------------------------------------------------------------------------------


def test_an_edge_pool_is_made_told_of_and_deleted(cloud: HuaweiCloud) -> None:
    done = act(cloud, "edge-pools", "create", name="pool-one", nodes=("node-1", "node-2"), description="Hall 3")
    assert asked(cloud, "POST") == (
        "/edge-pools",
        {"name": "pool-one", "nodes": ["node-1", "node-2"], "description": "Hall 3"},
    )
    assert cloud.seen[-1].status == 201
    (item,) = items(cloud, "edge-pools", state=("Running",))
    assert (item.item_id,) == done.made
    assert cloud.seen[-1].query["page_size"] == "1000"
    assert len(below(facts(cloud, "edge-pools", item.item_id), "nodes")) == 2
    assert act(cloud, "edge-pools", "delete", item.item_id) == Done()
    assert (cloud.seen[-1].method, cloud.seen[-1].status) == ("DELETE", 204)
    assert items(cloud, "edge-pools") == []


# --- trouble --------------------------------------------------------------------------------------------------------


def test_what_is_refused_for_some_is_told_and_for_all_is_raised(cloud: HuaweiCloud) -> None:
    pool = cloud.add_pools()[0]
    done = act(cloud, "edge-pools", "delete", "0" * 32, pool.id)
    assert [each.name for each in done.failures] == ["0" * 32]
    assert not cloud.state.pools
    with pytest.raises(NotFound):
        act(cloud, "edge-pools", "delete", "0" * 32, "1" * 32)


def test_a_deletion_whose_answer_was_lost_is_no_failure(cloud: HuaweiCloud) -> None:
    group = cloud.add_groups()[0]
    cloud.fail("DELETE .*", kind=Kind.DROPPED)
    assert act(cloud, "video-groups", "delete", group.id) == Done()
    assert len([each for each in cloud.seen if each.method == "DELETE"]) == 2


@pytest.mark.parametrize(("action", "method"), [("start", "PUT"), ("stop", "PUT"), ("delete", "DELETE")])
def test_a_refusal_of_a_batch_is_not_asked_again(cloud: HuaweiCloud, action: str, method: str) -> None:
    cloud.fail(f"{method} .*/batch-tasks", code="VIAS.00010006", times=9)
    with pytest.raises(ServiceTrouble):
        act(cloud, "batches", action, cloud.add_batches()[0].id)
    assert len(cloud.requests(method)) == 1


def test_a_new_thing_is_not_asked_for_twice(cloud: HuaweiCloud) -> None:
    cloud.fail("POST .*/edge-pools", code="VIAS.00010009")
    with pytest.raises(ServiceTrouble):
        act(cloud, "edge-pools", "create", name="pool-one", nodes=("n",))
    assert len(cloud.requests("POST /v2")) == 1


@pytest.mark.parametrize("collection", [each.key for each in COLLECTIONS])
def test_every_action_is_offered_and_nothing_else(cloud: HuaweiCloud, collection: str) -> None:
    described = next(each for each in COLLECTIONS if each.key == collection)
    cloud.add_batches(), cloud.add_groups(), cloud.add_sources(), cloud.add_algorithms(), cloud.add_pools()
    (item,) = items(cloud, collection)
    assert {each.key for each in described.columns} == set(item.cells)
    for action in described.actions:
        if action.has_form:
            assert form(cloud, collection, action.key, "" if action.on is On.NOTHING else item.item_id)
        else:
            with pytest.raises(NotOffered):
                form(cloud, collection, action.key)
    with pytest.raises(NotOffered):
        act(cloud, collection, "paint", item.item_id)


def test_an_unknown_collection_is_not_offered(cloud: HuaweiCloud) -> None:
    with pytest.raises(BatchdockError):
        items(cloud, "datasets")
