"""What TensorBay keeps besides datasets and jobs, against a stand-in that speaks the contract."""

import logging
import re

import pytest

from batchdock.core.errors import BadRequest, BatchdockError, MaybeCreated, NameTaken, NotAskedFor, NotFound, NotOffered
from batchdock.core.facts import MASKED
from batchdock.core.inventory import JOBS, Done, FieldKind, Item, On
from batchdock.services.http.redaction import HIDDEN
from batchdock.services.tensorbay.inventory import COLLECTIONS
from batchdock.services.tensorbay.operations import OPERATIONS, Evidence
from batchdock.services.tensorbay.service import TensorBayService
from fakes.tensorbay import TensorBay
from making.tensorbay import run

KEY_ID, KEY_SECRET = "LTAI5tVeryOwnKeyId0000", "s3cr3t-very-own-0000"
BUCKET = {
    "name": "own",
    "filePath": "data/",
    "endpoint": "https://oss.example",
    "bucketName": "harbor",
    "accesskeyId": KEY_ID,
    "accesskeySecret": KEY_SECRET,
}
AZURE = {
    "name": "blob",
    "filePath": "data/",
    "containerName": "harbor",
    "accountType": "China",
    "accesskeyId": KEY_ID,
    "accesskeySecret": KEY_SECRET,
}
LOCAL = {"name": "lan", "filePath": "/data", "endpoint": "http://host:9000"}
STORAGES = "storage-configs"


async def kept(service: TensorBayService, collection: str, **where: tuple[str, ...]) -> list[Item]:
    return [item async for item in service.items(collection, where)]


async def do(service: TensorBayService, action: str, *item_ids: str, **values: object) -> Done:
    return await service.act(STORAGES, action, item_ids, values)


# --- storage ----------------------------------------------------------------------------------------------------------


def test_storages_are_listed_and_searched_as_the_service_does() -> None:
    with TensorBay() as bay:
        for name in ("harbor_1", "harbor%1", "road"):
            bay.add_config(name)

        async def work(service: TensorBayService) -> None:
            every = await kept(service, STORAGES)
            assert {"harbor_1", "harbor%1", "road"} <= {item.name for item in every}
            (road,) = [item for item in every if item.name == "road"]
            assert road.cells == {"name": "road", "kind": "oss", "path": "data/", "own": True}
            found = await kept(service, STORAGES, name=(r"harbor\%1",))
            assert [item.item_id for item in found] == ["harbor%1"]
            told = await service.facts(STORAGES, "harbor_1")
            assert {fact.name: fact.value for fact in told.facts}["type"] == "oss"
            with pytest.raises(NotFound):
                await service.facts(STORAGES, "harbor")

        run(bay, work)


@pytest.mark.parametrize(
    ("kind", "filled"),
    [("oss", BUCKET), ("s3", BUCKET), ("azure", AZURE), ("local", LOCAL)],
    ids=lambda each: str(each)[:5],
)
def test_a_storage_of_each_kind_is_made_from_its_form(kind: str, filled: dict[str, str]) -> None:
    with TensorBay() as bay:

        async def work(service: TensorBayService) -> None:
            fields = {field.key: field for field in await service.form(STORAGES, f"create-{kind}")}
            assert set(fields) == set(filled)
            assert all(field.required for field in fields.values())
            secret = {key for key, field in fields.items() if field.kind is FieldKind.SECRET}
            assert secret == {key for key in filled if key.startswith("accesskey")}
            done = await do(service, f"create-{kind}", **filled)
            assert done.made == (filled["name"],)
            config = bay.state.configs[filled["name"]]
            assert (config.type, config.path) == (kind, filled["filePath"])
            assert config.key_secret == filled.get("accesskeySecret", "")
            with pytest.raises(NameTaken):
                await do(service, f"create-{kind}", **filled)
            with pytest.raises(NotAskedFor):
                await do(service, f"create-{kind}", **{**filled, "name": "other", "filePath": ""})
            assert len(bay.requests("POST /")) == 1

        run(bay, work)


def test_what_unlocks_a_bucket_goes_out_once_and_is_seen_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with TensorBay() as bay:
        echo = {"code": "InvalidParamsValue", "message": f"the provider refuses {KEY_ID} with {KEY_SECRET}"}

        async def work(service: TensorBayService) -> None:
            bay.fail("POST .*/storage-configs", status=400, body=echo)
            with pytest.raises(BadRequest) as caught:
                await do(service, "create-oss", **BUCKET)
            texts = f"{caught.value} {caught.value.details} {caught.value.values} {caught.value!r}"
            assert KEY_ID not in texts
            assert KEY_SECRET not in texts
            assert HIDDEN in texts
            bay.fail("POST .*/storage-configs", after=True)
            await do(service, "create-oss", **BUCKET)
            (item,) = [each for each in await kept(service, "auth-storage-configs") if each.name == "own"]
            told = await service.facts("auth-storage-configs", "own")
            shown = f"{item} {told}"
            assert KEY_ID not in shown
            assert KEY_SECRET not in shown
            assert item.cells["key"] == MASKED
            (key,) = [fact for fact in told.facts if fact.name == "accesskeyId"]
            assert (key.value, key.masked) == (MASKED, True)

        run(bay, work)
        assert sum(KEY_SECRET.encode() in each.body for each in bay.seen) == 2
    assert KEY_ID not in caplog.text
    assert KEY_SECRET not in caplog.text


def test_a_storage_that_can_not_be_found_may_have_been_made() -> None:
    with TensorBay() as bay:

        async def work(service: TensorBayService) -> None:
            bay.fail("POST .*/storage-configs")
            with pytest.raises(MaybeCreated):
                await do(service, "create-local", **LOCAL)
            assert len(bay.requests("POST /")) == 1

        run(bay, work)


@pytest.mark.parametrize("name", ["own", "a#b?c", "../x", "..", "harbor%1", "港口/1", "a.*b"])
def test_a_storage_is_deleted_by_exactly_the_name_that_was_typed(name: str) -> None:
    with TensorBay() as bay:
        bay.add_config(name)
        bay.add_config(f"{name}2")

        async def work(service: TensorBayService) -> None:
            (field,) = await service.form(STORAGES, "delete", name)
            assert field.required
            assert re.fullmatch(field.pattern, name)
            assert not re.fullmatch(field.pattern, f"{name}2")
            for typed in ("", f"{name}2", name.upper() + "x"):
                with pytest.raises(NotAskedFor):
                    await do(service, "delete", name, name=typed)
            assert not bay.requests("DELETE")
            await do(service, "delete", name, name=name)
            assert name not in bay.state.configs
            assert f"{name}2" in bay.state.configs

        run(bay, work)


def test_a_deletion_whose_answer_was_lost_is_looked_for() -> None:
    with TensorBay() as bay:
        bay.add_config("own")

        async def work(service: TensorBayService) -> None:
            bay.fail("DELETE .*/storage-configs")
            with pytest.raises(BatchdockError):
                await do(service, "delete", "own", name="own")
            assert "own" in bay.state.configs
            bay.fail("DELETE .*/storage-configs", after=True)
            assert await do(service, "delete", "own", name="own") == Done()
            assert "own" not in bay.state.configs
            assert len(bay.requests("DELETE")) == 2
            with pytest.raises(NotFound):
                await do(service, "delete", "own", name="own")

        run(bay, work)


# --- files in own buckets ---------------------------------------------------------------------------------------------


def test_a_bucket_is_browsed_page_by_page() -> None:
    with TensorBay() as bay:
        bay.add_config("a#b?c", files={f"x/{number:04}.jpg": b"1" for number in range(300)} | {"y/港口.jpg": b"2"})

        async def work(service: TensorBayService) -> None:
            assert await kept(service, "cloud-files") == []
            every = await kept(service, "cloud-files", storage=("a#b?c",))
            assert len({item.item_id for item in every}) == 301
            assert len(bay.requests("/files")) == 3
            (one,) = await kept(service, "cloud-files", storage=("a#b?c",), prefix=("y/",))
            assert (one.name, one.cells["storage"]) == ("y/港口.jpg", "a#b?c")
            told = {fact.name: fact.value for fact in (await service.facts("cloud-files", one.item_id)).facts}
            assert told["filePath"] == "y/港口.jpg"
            address = str(told["url"])
            assert address.startswith("http")
            assert "?" not in address
            with pytest.raises(NotFound):
                await service.facts("cloud-files", "nonsense")

        run(bay, work)


def test_a_bucket_that_never_ends_is_left() -> None:
    with TensorBay() as bay:
        bay.add_config("own", files={"a": b"1"})
        bay.rewrite("GET .*/files", lambda asked, said: {**said, "truncated": 1, "nextMarker": "a"})

        async def work(service: TensorBayService) -> None:
            assert {item.name for item in await kept(service, "cloud-files", storage=("own",))} == {"a"}
            assert len(bay.requests("/files")) == 2

        run(bay, work)


# --- benchmarks, evaluations, operations ------------------------------------------------------------------------------


def test_benchmarks_and_evaluations_are_listed_and_told() -> None:
    with TensorBay() as bay:
        ships, roads = bay.add_benchmark("ships"), bay.add_benchmark("roads")
        ships.evaluations["e1"] = (1660000000, "d", "c", {"overall": {"mAP": 0.25}})
        roads.evaluations["e2"] = (1660000001, "d", "c", {})

        async def work(service: TensorBayService) -> None:
            benchmarks = await kept(service, "benchmarks")
            assert {item.item_id: item.name for item in benchmarks} == {ships.id: "ships", roads.id: "roads"}
            assert (await service.facts("benchmarks", ships.id)).facts[0].value == "ships"
            with pytest.raises(NotFound):
                await service.facts("benchmarks", "none")
            assert len(await kept(service, "evaluations")) == 2
            (one,) = await kept(service, "evaluations", benchmark=(ships.id,))
            assert (one.name, one.cells["id"]) == ("ships", "e1")
            told = {fact.name: fact for fact in (await service.facts("evaluations", one.item_id)).facts}
            assert told["results"].below[0].below[0].value == 0.25

        run(bay, work)


def test_every_operation_is_told_with_how_it_is_known() -> None:
    with TensorBay() as bay:

        async def work(service: TensorBayService) -> None:
            items = {item.item_id: item for item in await kept(service, "operations")}
            assert list(items) == list(OPERATIONS)
            assert len(items) == 69
            for name, operation in OPERATIONS.items():
                cells = items[name].cells
                assert cells["use"]
                assert cells["evidence"] == str(operation.evidence)
                assert bool(cells["path"]) is (operation.evidence is not Evidence.NONE)
                assert bool(cells["reason"]) is (operation.evidence is Evidence.NONE)
                told = await service.facts("operations", name)
                assert bool(told.facts) is (operation.evidence is not Evidence.NONE)
            with pytest.raises(NotFound):
                await service.facts("operations", "DoNothing")
            assert not bay.seen

        run(bay, work)


def test_what_is_described_is_described_whole() -> None:
    for collection in COLLECTIONS:
        assert collection.title
        assert len({column.key for column in collection.columns}) == len(collection.columns)
    (operations,) = [each for each in COLLECTIONS if each.key == "operations"]
    evidence = next(column for column in operations.columns if column.key == "evidence")
    assert {word for word, _ in evidence.words} == {str(each) for each in Evidence}
    assert "nverified" in dict(evidence.words)[str(Evidence.INFERRED)]
    (closed,) = [action for action in operations.actions if action.closed]
    assert closed.key == "convert-labels-from-ali"


def test_actions_on_tasks_are_unverified_or_closed() -> None:
    with TensorBay() as bay:

        async def work(service: TensorBayService) -> None:
            actions = {action.key: action for action in service.capabilities.job_actions}
            assert actions["create-order"].closed
            plain = [key for key, action in actions.items() if not (action.unverified or action.closed)]
            assert plain == ["evaluate"], "which the vendor's own client calls"
            assert actions["delete"].destructive
            assert actions["delete"].question
            assert actions["save-as-dataset"].on is On.ONE
            for action in ("merge", "search", "evaluate"):
                assert await service.form(JOBS, action)
            with pytest.raises(NotOffered):
                await service.form(STORAGES, "rename", "x")
            with pytest.raises(NotOffered):
                await service.act("benchmarks", "delete", ["x"], {})
            with pytest.raises(NotOffered):
                await kept(service, "nonsense")

        run(bay, work)
