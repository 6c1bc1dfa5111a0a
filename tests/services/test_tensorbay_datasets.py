"""Datasets at TensorBay: nothing made twice, lists that move lose nothing, names of any kind, counters that lie."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from batchdock.core.datasets.data import LabelType, Sensor
from batchdock.core.datasets.dataset import DraftState, Strategy, Version
from batchdock.core.errors import (
    BatchdockError,
    DraftOpen,
    MaybeCreated,
    NameTaken,
    NotAskedFor,
    NotFound,
    ServiceTrouble,
    UnreadableAnswer,
)
from batchdock.services.tensorbay.datasets.adapter import TensorBayDatasets
from batchdock.services.tensorbay.service import TensorBayService
from fakes.tensorbay import TensorBay
from making.tensorbay import run

HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
ODD = ("a#b?c", "../x", "a/b", "", "..", "名 前", "%2e%2e", 'q"uote')


def with_datasets(bay: TensorBay, work: Callable[[TensorBayDatasets], Awaitable[None]]) -> None:
    """Do `work` with what can be asked about datasets."""

    async def scenario(service: TensorBayService) -> None:
        await work(service.datasets)

    run(bay, scenario)


def head(bay: TensorBay, name: str = "harbor") -> str:
    return bay.dataset(name).branches["main"]


# --- creates ------------------------------------------------------------------------------------------------------

Creates = Callable[[TensorBayDatasets, str, TensorBay], Awaitable[object]]
CREATES: dict[str, tuple[str, Creates, Callable[[TensorBay], int]]] = {
    "dataset": (
        "POST .*/v1/datasets$",
        lambda at, _id, _bay: at.create_dataset("new"),
        lambda bay: sum(each.name == "new" for each in bay.state.datasets.values()),
    ),
    "branch": (
        "POST .*/branches$",
        lambda at, dataset_id, bay: at.create_branch(dataset_id, "dev", head(bay)),
        lambda bay: int("dev" in bay.dataset("harbor").branches),
    ),
    "tag": (
        "POST .*/tags$",
        lambda at, dataset_id, bay: at.create_tag(dataset_id, "v9", head(bay)),
        lambda bay: int("v9" in bay.dataset("harbor").tags),
    ),
    "draft": (
        "POST .*/drafts$",
        lambda at, dataset_id, _bay: at.create_draft(dataset_id, "main", "changes"),
        lambda bay: sum(each.title == "changes" for each in bay.dataset("harbor").drafts.values()),
    ),
    "segment": (
        "POST .*/segments$",
        lambda at, dataset_id, bay: at.create_segment(
            dataset_id, bay.dataset("harbor").new_draft("main", "draft").number, "s"
        ),
        lambda bay: sum("s" in each.content.segments for each in bay.dataset("harbor").drafts.values()),
    ),
    "sensor": (
        "POST .*/sensors$",
        lambda at, dataset_id, bay: at.put_sensor(
            dataset_id, bay.dataset("harbor").new_draft("main", "draft").number, "train", Sensor("CAM9", "CAMERA")
        ),
        lambda bay: sum(
            "CAM9" in each.content.segments["train"].sensors
            for each in bay.dataset("harbor").drafts.values()
            if each.status == "OPEN"
        ),
    ),
    "commit": (
        "POST .*/commits$",
        lambda at, dataset_id, bay: at.commit_draft(
            dataset_id, bay.dataset("harbor").new_draft("main", "draft").number, "second", tag="t"
        ),
        lambda bay: sum(each.title == "second" for each in bay.dataset("harbor").commits.values()),
    ),
}
LOST: dict[str, dict[str, Any]] = {
    "a page of the gateway": {"status": 502, "body": HTML},
    "an error without a code": {"status": 500, "body": '{"message": "oops"}'},
    "a success that says nothing": {"status": 200, "body": "[]"},
}


@pytest.mark.parametrize("answer", LOST)
@pytest.mark.parametrize("what", CREATES)
def test_what_was_made_although_the_answer_was_lost_is_found(what: str, answer: str) -> None:
    pattern, create, count = CREATES[what]

    async def work(at: TensorBayDatasets) -> None:
        bay.fail(pattern, after=True, **LOST[answer])
        await create(at, dataset_id, bay)
        assert len([each for each in bay.seen if each.method == "POST"]) == 1
        assert count(bay) == 1

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", fusion=what == "sensor")
        with_datasets(bay, work)


@pytest.mark.parametrize("what", CREATES)
def test_what_may_have_been_made_is_not_asked_for_again(what: str) -> None:
    pattern, create, count = CREATES[what]

    async def work(at: TensorBayDatasets) -> None:
        bay.fail(pattern, status=502, body=HTML, times=9)
        with pytest.raises(MaybeCreated):
            await create(at, dataset_id, bay)
        assert len([each for each in bay.seen if each.method == "POST"]) == 1
        assert count(bay) == 0

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", fusion=what == "sensor")
        with_datasets(bay, work)


def test_a_name_that_looks_alike_is_another_one() -> None:
    async def work(at: TensorBayDatasets) -> None:
        bay.fail("POST .*/v1/datasets$", status=502, body=HTML)
        with pytest.raises(MaybeCreated):
            await at.create_dataset("es")  # The service finds “esc” and “yes” for it.
        with pytest.raises(NameTaken):
            await at.create_dataset("yes")
        await at.create_dataset("a_b")
        assert [each.name async for each in at.datasets("a\\_b")] == ["a_b"]

    with TensorBay() as bay:
        for name in ("esc", "yes", "axb"):
            bay.add_dataset(name)
        with_datasets(bay, work)


def test_a_branch_has_one_draft() -> None:
    async def work(at: TensorBayDatasets) -> None:
        number = await at.create_draft(dataset_id, "main", "one")
        with pytest.raises(DraftOpen) as caught:
            await at.create_draft(dataset_id, "main", "two")
        assert "main" in caught.value.sentence()
        await at.update_draft(dataset_id, number, title="renamed", close=True)
        assert [each.state async for each in at.drafts(dataset_id, None)][-1] is DraftState.CLOSED
        assert await at.create_draft(dataset_id, "main", "three") == number + 1

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor")
        with_datasets(bay, work)


def test_a_tag_that_is_taken_leaves_the_draft_open() -> None:
    async def work(at: TensorBayDatasets) -> None:
        number = await at.create_draft(dataset_id, "main", "one")
        with pytest.raises(NameTaken):
            await at.commit_draft(dataset_id, number, "one", tag="v1")
        assert [each.number async for each in at.drafts(dataset_id)] == [number]

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor")
        with_datasets(bay, work)


def test_the_default_branch_is_never_deleted() -> None:
    async def work(at: TensorBayDatasets) -> None:
        await at.create_branch(dataset_id, "dev", head(bay))
        with pytest.raises(NotAskedFor):
            await at.delete_branch(dataset_id, "main")
        await at.delete_branch(dataset_id, "dev")
        assert [each.name async for each in at.branches(dataset_id)] == ["main"]

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor")
        with_datasets(bay, work)


# --- lists --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", [1, 100, 250])
def test_a_list_that_shrinks_while_it_is_read_loses_nothing(gone: int) -> None:
    async def work(at: TensorBayDatasets) -> None:
        draft = bay.dataset("harbor").new_draft("main", "draft")
        files = draft.content.segments["train"].files
        names = [each.remote_path for each in files.values()]
        seen: list[str] = []
        async for each in at.data(dataset_id, Version(draft=draft.number), "train"):
            seen.append(each.remote_path)
            if len(seen) == 256:
                for key in list(files)[:gone]:
                    del files[key]
        assert len(seen) == len(set(seen))
        # What was deleted may have been seen before; what stayed must be.
        assert set(names[gone:]) <= set(seen) <= set(names)

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", segments={"train": 600}, label=None)
        with_datasets(bay, work)


@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 256, 300])
def test_every_page_is_read(count: int) -> None:
    async def work(at: TensorBayDatasets) -> None:
        names = [each.remote_path async for each in at.details(dataset_id, Version("main"), "train")]
        assert len(names) == len(set(names)) == count

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", segments={"train": count, "other": 1}, label=None)
        with_datasets(bay, work)


@pytest.mark.parametrize("told", [{"recordSize": 0, "totalCount": 0}, {"totalCount": 3}, {"totalCount": "many"}])
def test_counters_are_not_believed(told: dict[str, Any]) -> None:
    async def work(at: TensorBayDatasets) -> None:
        bay.rewrite("GET .*/data$", lambda _asked, body: {**body, **told})
        assert len([each async for each in at.data(dataset_id, Version("main"), "train")]) == 300

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", segments={"train": 300}, label=None)
        with_datasets(bay, work)


def test_rows_that_are_none_fill_their_page() -> None:
    def holed(_asked: object, body: Any) -> Any:
        rows = body["data"]
        return {**body, "data": [None if place % 128 in (0, 5, 127) else row for place, row in enumerate(rows)]}

    async def work(at: TensorBayDatasets) -> None:
        bay.rewrite("GET .*/data$", holed)
        found = [each.remote_path async for each in at.data(dataset_id, Version("main"), "train")]
        assert len(found) == len(set(found))
        assert len(found) >= 300 - 9

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", segments={"train": 300}, label=None)
        with_datasets(bay, work)


def test_masks_are_told_apart_from_files_without_one() -> None:
    async def work(at: TensorBayDatasets) -> None:
        bay.rewrite("GET .*/masks/urls$", lambda _asked, body: {**body, "urls": [*body["urls"], None, None]})
        found = [each async for each in at.masks(dataset_id, Version("main"), "train", LabelType.SEMANTIC_MASK)]
        assert all(each.url and each.remote_path for each in found)
        details = [each async for each in at.details(dataset_id, Version("main"), "train")]
        assert all(each.url for each in details)
        for each in details:
            assert each.url not in str(each.label)
            assert "://" not in str(each.label)
            assert each.url not in repr(each)

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", segments={"train": 4})
        with_datasets(bay, work)


def test_trouble_is_borne_where_asking_again_does_no_harm() -> None:
    async def work(at: TensorBayDatasets) -> None:
        bay.fail("GET .*/segments", status=502, body=HTML, times=2)
        assert [each.name async for each in at.segments(dataset_id, Version("main"))] == ["train"]
        bay.fail("GET .*/segments", status=502, body=HTML, times=99)
        with pytest.raises((ServiceTrouble, UnreadableAnswer)) as caught:
            _ = [each async for each in at.segments(dataset_id, Version("main"))]
        assert "<html>" not in caught.value.sentence()

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor")
        with_datasets(bay, work)


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD)
def test_segments_of_any_name_are_where_they_belong(name: str) -> None:
    async def work(at: TensorBayDatasets) -> None:
        draft = await at.create_draft(dataset_id, "main", "odd")
        version = Version(draft=draft)
        await at.create_segment(dataset_id, draft, name)
        await at.place_data(dataset_id, draft, "train", {"0000.jpg": "d/ö.jpg"}, name, Strategy.ABORT, move=False)
        assert [each.remote_path async for each in at.data(dataset_id, version, name)] == ["d/ö.jpg"]
        diff = await at.segment_diff(dataset_id, version, name)
        assert (diff.name, diff.data.additions) == (name, 1)
        assert [each.remote_path async for each in at.data_diffs(dataset_id, version, name)] == ["d/ö.jpg"]
        assert await at.url_of(dataset_id, version, name, "d/ö.jpg")
        with pytest.raises(NotFound):
            await at.url_of(dataset_id, version, name, "0000.jpg")
        await at.delete_data(dataset_id, draft, name, "d/ö.jpg")
        await at.place_segment(dataset_id, draft, name, "renamed", Strategy.ABORT, move=True)
        await at.delete_segment(dataset_id, draft, "renamed")
        assert [each.name async for each in at.segments(dataset_id, version)] == ["train"]

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", segments={"train": 2})
        with_datasets(bay, work)


def test_labels_go_over_in_hundreds_and_come_back() -> None:
    async def work(at: TensorBayDatasets) -> None:
        draft = await at.create_draft(dataset_id, "main", "labels")
        version = Version(draft=draft)
        paths = [each.remote_path async for each in at.data(dataset_id, version, "train")]
        label = {"CLASSIFICATION": {"category": "鱼"}}
        await at.put_labels(dataset_id, draft, "train", [(path, label) for path in paths])
        assert len([each for each in bay.seen if each.method == "PUT"]) == 3
        assert [each.label async for each in at.labels(dataset_id, version, "train")] == [label] * 300
        await at.put_labels(dataset_id, draft, "train", [(paths[0], {})])
        statistics: Any = await at.statistics(dataset_id, version)
        assert statistics["CLASSIFICATION"]["quantity"] == 299

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", segments={"train": 300}, label=None)
        with_datasets(bay, work)


def test_what_is_gone_is_said_to_be() -> None:
    async def work(at: TensorBayDatasets) -> None:
        await at.delete_dataset(dataset_id)
        for asking in (at.dataset(dataset_id), at.notes(dataset_id, Version("main")), at.bytes_of(dataset_id, "main")):
            with pytest.raises(NotFound):
                await asking

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor")
        with_datasets(bay, work)


def test_an_own_bucket_is_browsed_page_by_page_and_taken_in() -> None:
    async def work(at: TensorBayDatasets) -> None:
        found, marker = await at.cloud_page("a/b own", "x/")
        while marker:
            more, marker = await at.cloud_page("a/b own", "x/", marker)
            found += more
        assert len(found) == len(set(found)) == 300
        draft = await at.create_draft(dataset_id, "main", "import")
        await at.import_cloud_files(dataset_id, draft, "train", {path: f"own/{path}" for path in found})
        assert len([each async for each in at.data(dataset_id, Version(draft=draft), "train")]) == 302
        assert await at.cloud_url("a/b own", "x/0.jpg")

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor", segments={"train": 2}, config="a/b own")
        bay.add_config("a/b own", files={f"x/{number}.jpg": f"{number}".encode() for number in range(300)})
        with_datasets(bay, work)


def test_several_at_once_do_not_get_into_each_others_way() -> None:
    async def work(at: TensorBayDatasets) -> None:
        drafts = await asyncio.gather(
            *(at.create_draft(dataset_id, "main", f"d{number}") for number in range(4)), return_exceptions=True
        )
        assert len([each for each in drafts if isinstance(each, int)]) == 1
        assert all(isinstance(each, int | BatchdockError) for each in drafts)

    with TensorBay() as bay:
        dataset_id = bay.add_dataset("harbor")
        with_datasets(bay, work)
