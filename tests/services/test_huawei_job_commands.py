"""Jobs of Huawei Cloud are stopped, started, deleted, made and changed, against a cloud that speaks the contract."""

import pytest

from batchdock.core.errors import (
    BatchdockError,
    NameTaken,
    NotAllowedNow,
    NotAskedFor,
    NotFound,
    ServiceTrouble,
)
from batchdock.core.inventory import JOBS, Done
from batchdock.core.states import JobState
from batchdock.services.huawei.jobs.inputs import restored
from batchdock.services.huawei.service import HuaweiService
from fakes.faults import Kind
from fakes.huawei import HuaweiCloud
from making.huawei import run

FACES = "c-face-edge"


# --- commands -----------------------------------------------------------------------------------------------------


def test_stop_start_and_delete_of_both_families() -> None:
    with HuaweiCloud() as cloud:
        (task,) = cloud.add_tasks(1)
        (faces,) = cloud.add_iva_tasks(FACES, 1, edge_pool_id="edgestreampool3f7a91c2")

        async def work(service: HuaweiService) -> None:
            for job_id in (task.id, f"{FACES}/{faces.id}"):
                await service.abort(job_id)
                assert (await service.job(job_id)).state is JobState.STOPPED
                await service.restart(job_id)
                assert (await service.job(job_id)).state is JobState.RUNNING
                assert await service.act(JOBS, "delete", [job_id], {}) == Done()
                with pytest.raises(NotFound):
                    await service.job(job_id)

        run(cloud, work)
        codes = {(each.method, each.status) for each in cloud.requests("/tasks/", "iva") if each.method != "GET"}
        assert codes == {("POST", 202), ("DELETE", 202)}


@pytest.mark.parametrize(
    ("code", "kind"), [("VIAS.00010012", NotAllowedNow), ("VIAS.00010006", ServiceTrouble), ("VIAS.00010007", NotFound)]
)
def test_a_refusal_is_a_sentence_and_not_asked_again(code: str, kind: type[BatchdockError]) -> None:
    with HuaweiCloud() as cloud:
        (task,) = cloud.add_tasks(1)
        cloud.fail("PUT .*/action/stop", code=code, times=9)
        cloud.fail("DELETE .*", code=code, times=9, at="vias")

        async def work(service: HuaweiService) -> None:
            with pytest.raises(kind):
                await service.abort(task.id)
            with pytest.raises(kind):
                await service.act(JOBS, "delete", [task.id], {})

        run(cloud, work)
        assert [each.method for each in cloud.requests(f"/{task.id}")] == ["PUT", "DELETE"]


def test_a_command_whose_answer_is_lost_is_given_again() -> None:
    with HuaweiCloud() as cloud:
        task, other = cloud.add_tasks(2)
        cloud.state.looks = 0
        cloud.fail("DELETE .*", kind=Kind.DROPPED, at="vias")

        async def work(service: HuaweiService) -> None:
            assert await service.act(JOBS, "delete", [task.id], {}) == Done()
            cloud.throttle(times=2, pattern="PUT")
            await service.abort(other.id)
            assert other.state == "STOPPED"

        run(cloud, work)
        assert task.id not in cloud.state.tasks


def test_what_is_refused_for_some_is_told_of_them() -> None:
    with HuaweiCloud() as cloud:
        good, bad = cloud.add_tasks(2)
        bad.state = "UPGRADING"

        async def work(service: HuaweiService) -> None:
            done = await service.act(JOBS, "delete", [bad.id, good.id], {})
            assert [each.name for each in done.failures] == [bad.id]
            assert "UPGRADING" in done.failures[0].reason

        run(cloud, work)
        assert list(cloud.state.tasks) == [bad.id]


# --- making and changing ------------------------------------------------------------------------------------------

NEW: dict[str, object] = {
    "name": "gate-north-1",
    "service_version": "1.0.0",
    "input_type": "url",
    "input": "rtsp://camera.test/1",
    "webhook_url": "https://hooks.test/x",
    "webhook_headers": "X-Key: hook-secret; X-Other: 2",
    "data_category": ("Alarm",),
    "config": {"common": {"threshold": 0.5}},
}


def algorithm_of(cloud: HuaweiCloud) -> str:
    (algorithm,) = cloud.add_algorithms(1)
    return algorithm.id


def test_a_job_of_v2_is_made_from_a_form() -> None:
    with HuaweiCloud() as cloud:
        algorithm = algorithm_of(cloud)

        async def work(service: HuaweiService) -> None:
            fields = {field.key: field for field in await service.form(JOBS, "create")}
            assert NEW.keys() <= fields.keys()
            assert [choice for choice, _ in fields["where"].choices] == ["vias", FACES]
            done = await service.act(JOBS, "create", [], NEW | {"where": "vias", "algorithm": algorithm})
            (made,) = done.made
            task = cloud.state.tasks[made]
            assert task.output["webhook"] == {
                "url": "https://hooks.test/x",
                "headers": {"X-Key": "hook-secret", "X-Other": "2"},
                "data_category": ["Alarm"],
            }
            assert task.config == {"common": {"threshold": 0.5}}

        run(cloud, work)


def test_a_job_comes_of_each_video_source() -> None:
    with HuaweiCloud() as cloud:
        algorithm = algorithm_of(cloud)
        sources = cloud.add_sources(3)
        values = {key: value for key, value in NEW.items() if key not in ("input", "input_type", "service_version")}
        values |= {"video_sources": tuple(each.id for each in sources), "algorithm": algorithm}
        values |= {"input_type": "video_source"}

        async def work(service: HuaweiService) -> None:
            done = await service.act(JOBS, "create", [], values)
            assert len(done.made) == 3

        run(cloud, work, iva=())
        assert {task.video_source_name for task in cloud.state.tasks.values()} == {each.name for each in sources}


def test_a_job_of_v1_and_one_of_iva_are_made() -> None:
    with HuaweiCloud(vias="v1") as cloud:
        pool = "edgestreampool3f7a91c2"

        async def work(service: HuaweiService) -> None:
            values = NEW | {"where": "vias", "algorithm": "ship-intrusion-edge"}
            (made,) = (await service.act(JOBS, "create", [], values)).made
            assert (await service.job(made)).name == "gate-north-1"
            values = NEW | {"where": FACES, "edge_pool_id": pool, "service_version": "3.0", "localpath": "/data/out"}
            (made,) = (await service.act(JOBS, "create", [], values)).made
            assert made.startswith(f"{FACES}/")
            assert cloud.state.iva_tasks[made.partition("/")[2]].output["localpath"] == {
                "mount_source_path": "/data/out"
            }

        run(cloud, work, vias="v1")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "gate north"},
        {"name": ""},
        {"input": ""},
        {"input": '[{"id": "a camera"}]'},
        {"input": "[{"},
        {"input": "rtsp://•••@camera.test/1"},
        {"input_type": "restful"},
        {"vcn_ip": "10.0.0.8"},
        {"input": "\n".join(f"rtsp://camera.test/{each}" for each in range(51))},
        {"webhook_url": ""},
        {"webhook_headers": ""},
        {"webhook_headers": "nothing"},
        {"webhook_headers": "; ".join(f"X-{each}: 1" for each in range(11))},
        {"where": "elsewhere"},
        {"where": FACES},
        {"algorithm": ""},
        {"input_type": "camera"},
        {"video_sources": ("a",)},
        {"surprise": 1},
    ],
)
def test_a_job_that_would_be_refused_is_not_asked_for(change: dict[str, object]) -> None:
    with HuaweiCloud() as cloud:
        values = NEW | {"where": "vias", "algorithm": algorithm_of(cloud)} | change

        async def work(service: HuaweiService) -> None:
            with pytest.raises(NotAskedFor) as told:
                await service.act(JOBS, "create", [], values)
            assert "hook-secret" not in told.value.sentence()

        run(cloud, work)
        assert cloud.requests("POST /v2") == []


@pytest.mark.parametrize("kind", [Kind.DROPPED, Kind.AFTERWARDS, Kind.INSTEAD])
def test_a_job_is_made_once_when_the_answer_is_lost(kind: Kind) -> None:
    with HuaweiCloud() as cloud:
        algorithm = algorithm_of(cloud)
        cloud.add_tasks(1, name="gate-north-0")
        cloud.fail("POST .*/tasks", kind=kind, status=503, body={"error_code": "x"}, at="vias")
        cloud.add_iva_tasks(FACES, 1, name="gate-north-1")
        cloud.fail("POST .*/tasks", kind=kind, status=503, body={"error_code": "x"}, at="iva")
        iva = {"where": FACES, "edge_pool_id": "edgestreampool3f7a91c2", "service_version": "3.0"}

        async def work(service: HuaweiService) -> None:
            (made,) = (await service.act(JOBS, "create", [], NEW | {"where": "vias", "algorithm": algorithm})).made
            assert cloud.state.tasks[made].name == "gate-north-1"
            (made,) = (await service.act(JOBS, "create", [], NEW | iva)).made
            assert made.partition("/")[2] in cloud.state.iva_tasks

        run(cloud, work)
        assert len(cloud.state.tasks) == len(cloud.state.iva_tasks) == 2


def test_a_job_is_not_asked_for_again_while_nobody_can_say_whether_it_was_made() -> None:
    with HuaweiCloud() as cloud:
        cloud.fail("POST .*/tasks", kind=Kind.AFTERWARDS, status=503, body={"error_code": "x"}, at="iva")
        cloud.fail("GET .*/tasks", status=503, body={"error_code": "x"}, at="iva", skip=1, times=9)
        iva = {"where": FACES, "edge_pool_id": "edgestreampool3f7a91c2", "service_version": "3.0"}

        async def work(service: HuaweiService) -> None:
            with pytest.raises(ServiceTrouble):
                await service.act(JOBS, "create", [], NEW | iva)

        run(cloud, work)
        assert len(cloud.state.iva_tasks) == len(cloud.requests("POST /v2")) == 1


def test_a_500_is_not_asked_again() -> None:
    with HuaweiCloud() as cloud:
        algorithm = algorithm_of(cloud)
        cloud.fail("POST .*/tasks", code="VIAS.00010006", times=9, at="vias")

        async def work(service: HuaweiService) -> None:
            with pytest.raises(ServiceTrouble):
                await service.act(JOBS, "create", [], NEW | {"algorithm": algorithm})

        run(cloud, work, iva=())
        assert len(cloud.requests("POST /v2")) == 1


def test_a_name_that_is_taken_is_a_sentence() -> None:
    with HuaweiCloud() as cloud:
        algorithm = algorithm_of(cloud)
        cloud.add_tasks(1, name="gate-north-1")

        async def work(service: HuaweiService) -> None:
            with pytest.raises(NameTaken):
                await service.act(JOBS, "create", [], NEW | {"algorithm": algorithm})

        run(cloud, work, iva=())
        assert len(cloud.requests("POST /v2")) == 1


def test_a_job_is_changed_and_its_secrets_stay() -> None:
    with HuaweiCloud() as cloud:
        source = {"url": "https://camera.test/x?a=b-secret", "certificate_check": False, "rtsp_path_in_response": "a"}
        restful = {"type": "restful", "data": [source | {"headers": {"X-Camera": "camera-secret"}}]}
        webhook = {"url": "https://hooks.test/x", "headers": {"X-Key": "hook-secret"}, "data_category": ["Alarm"]}
        (task,) = cloud.add_tasks(1, name="gate", input=restful, output={"webhook": webhook})

        async def work(service: HuaweiService) -> None:
            fields = {field.key: field for field in await service.form(JOBS, "change", task.id)}
            assert "-secret" not in repr(fields)
            assert fields["name"].value == "gate"
            assert fields["webhook_url"].value == "https://hooks.test/x"
            inputs = str(fields["input"].value).replace('"a"', '"b"')
            values = {"name": "gate-2", "input": inputs, "webhook_url": "https://hooks.test/y", "event_center": True}
            assert await service.act(JOBS, "change", [task.id], values) == Done()
            assert task.name == "gate-2"
            assert task.input["data"][0] == source | {
                "headers": {"X-Camera": "camera-secret"},
                "rtsp_path_in_response": "b",
            }
            assert task.output == {"webhook": webhook | {"url": "https://hooks.test/y"}, "event_center": True}
            with pytest.raises(NotAskedFor):
                await service.act(JOBS, "change", [task.id], {"webhook_url": "", "event_center": False})

        run(cloud, work)


def test_hidden_secrets_come_back_to_what_they_are_of() -> None:
    """Wherever it was moved to; and where that can not be told, they have to be written anew."""
    old = [{"url": f"https://{name}.test/?key={name}-secret"} for name in ("a", "b", "c")]
    a, b, c = ({"url": f"https://{name}.test/?•••"} for name in ("a", "b", "c"))
    assert restored([a, b, c], old) == old
    assert restored([c, a], old) == [old[2], old[0]]
    assert restored([b, {"url": "https://d.test/", "x": "•••"}, c], old) == [
        old[1],
        {"url": "https://d.test/", "x": "•••"},
        old[2],
    ]
    assert restored([a, {"url": "https://b.test/?•••", "new": 1}, c], old)[1] == old[1] | {"new": 1}


def test_of_a_job_of_iva_only_what_was_changed_is_sent() -> None:
    with HuaweiCloud() as cloud:
        (faces,) = cloud.add_iva_tasks(FACES, 1, name="gate")
        config = {"common": {"threshold": 0.5}}

        async def work(service: HuaweiService) -> None:
            await service.act(JOBS, "change", [f"{FACES}/{faces.id}"], {"config": config, "description": "new"})

        run(cloud, work)
        assert cloud.requests("PUT")[0].json == {"description": "new", "service_config": config}
