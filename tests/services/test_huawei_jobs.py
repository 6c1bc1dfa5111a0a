"""Jobs of VIAS v1 and v2 and of IVA against a cloud that speaks the contract: found and told."""

import random
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from batchdock.core.batch import Content
from batchdock.core.errors import (
    AccessDenied,
    BatchdockError,
    KeyRefused,
    NotAskedFor,
    NotFound,
    NotOffered,
    NotSubscribed,
    ServiceTrouble,
    SettingsUnreadable,
    TooManyRequests,
)
from batchdock.core.facts import RegionShape
from batchdock.core.inventory import JOBS
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.services.http.patience import Patience
from batchdock.services.http.times import milliseconds, time_of
from batchdock.services.huawei.service import HuaweiService
from fakes.huawei import HuaweiCloud
from fakes.huawei.samples import SAMPLE_ID, SECRET
from making.huawei import run

FACES = "c-face-edge"


async def listed(jobs: AsyncIterator[Job]) -> list[Job]:
    return [job async for job in jobs]


async def listed_until(jobs: AsyncIterator[Job], trouble: type[BatchdockError]) -> list[Job]:
    """Return what comes before this error, which has to come."""
    found: list[Job] = []
    try:
        async for job in jobs:
            found.append(job)  # noqa: PERF401 - what came before the error would be lost
    except trouble:
        return found
    raise AssertionError("no error")


# --- lists --------------------------------------------------------------------------------------------------------


def test_jobs_of_all_three_are_in_one_list() -> None:
    with HuaweiCloud() as cloud:
        (task,) = cloud.add_tasks(1, name="gate", state="LACK_OF_RESOURCES", kind="1", group_names=["a", "b"])
        (faces,) = cloud.add_iva_tasks(FACES, 1, state="RUNNING")
        (people,) = cloud.add_iva_tasks("people-cloud", 1, state="SUCCEEDED", edge_pool_id="")

        async def work(service: HuaweiService) -> None:
            found = {job.job_id: job for job in await listed(service.jobs())}
            assert list(found) == [task.id, f"{FACES}/{faces.id}", f"people-cloud/{people.id}"]
            gate = found[task.id]
            assert (gate.state, gate.service_word) == (JobState.WAITING, "LACK_OF_RESOURCES")
            assert gate.created == task.created.replace(microsecond=task.created.microsecond // 1000 * 1000)
            assert (gate.runs_on, gate.algorithm, gate.content) == ("edge", task.title, Content.STREAM)
            at_edge = found[f"{FACES}/{faces.id}"]
            assert (at_edge.runs_on, at_edge.algorithm) == ("edge", "Face extraction (edge)")
            assert found[f"people-cloud/{people.id}"].runs_on == "cloud"
            for job in found.values():
                assert (await service.job(job.job_id)).state is job.state

        run(cloud, work, iva=(FACES, "people-cloud"))


def test_whoever_reads_no_further_has_the_newest_of_all_lists() -> None:
    """A round over an account looks at its first jobs only."""
    with HuaweiCloud() as cloud:
        cloud.add_tasks(300)
        cloud.add_iva_tasks(FACES, 300)

        async def work(service: HuaweiService) -> None:
            first: list[Job] = []
            async with aclosing(service.jobs()) as jobs:  # type: ignore[type-var]
                async for job in jobs:
                    first.append(job)
                    if len(first) == 50:
                        break
            assert {job.job_id.startswith(FACES) for job in first} == {True, False}
            every = await listed(service.jobs())
            assert len(every) == len({job.key for job in every}) == 600

        run(cloud, work)


def test_rows_of_v1_tell_vendor_and_groups() -> None:
    with HuaweiCloud(vias="v1") as cloud:
        (task,) = cloud.add_tasks(1, company="Acme", group_names=["north", "perimeter"], video_source_name="gate-north")

        async def work(service: HuaweiService) -> None:
            (job,) = await listed(service.jobs())
            assert (job.vendor, job.groups, job.video_source) == ("Acme", ("north", "perimeter"), "gate-north")
            assert await service.job(task.id) == (await service.job(job.job_id))
            with pytest.raises(NotOffered):
                await service.abort(task.id)
            with pytest.raises(NotOffered):
                await service.act(JOBS, "delete", [task.id], {})
            assert not service.capabilities.can_stop

        run(cloud, work, vias="v1", iva=())


@pytest.mark.long
def test_twenty_thousand_jobs_while_they_change_and_requests_are_too_many() -> None:
    """Deleted, added and throttled between any two requests."""
    chance = random.Random(7)
    with HuaweiCloud(vias="v1") as cloud:
        tasks = cloud.state.tasks
        cloud.add_tasks(20_000)
        there = set(tasks)
        gone: set[str] = set()

        async def work(service: HuaweiService) -> None:
            found: list[str] = []
            asked = 0
            async for job in service.jobs():
                found.append(job.job_id)
                if len(found) == 50:
                    assert len(cloud.requests("GET /v1", "vias")) == 1  # usable after the first page
                if len(cloud.seen) == asked:
                    continue
                asked = len(cloud.seen)
                if asked % 3 == 0:
                    for each in chance.sample(sorted(tasks), chance.choice([1, 2, 20])):
                        gone.add(each)
                        del tasks[each]
                if asked % 5 == 0:
                    cloud.add_tasks(chance.choice([1, 3]))
                if asked % 10 == 0:
                    cloud.throttle(times=chance.choice([1, 7]))
            assert len(found) == len(set(found))
            assert there - gone <= set(found)

        run(cloud, work, vias="v1", iva=(), patience=Patience(tries=4, base=0.001, ceiling=0.002))
        sizes = {int(each.query["page_size"]) for each in cloud.requests("GET /v1", "vias")}
        assert max(sizes) == 50
        assert min(sizes) >= 5


def test_pages_of_v2_and_iva_are_larger() -> None:
    with HuaweiCloud() as cloud:
        cloud.add_tasks(1300)
        cloud.add_iva_tasks(FACES, 250)

        async def work(service: HuaweiService) -> None:
            assert len(await listed(service.jobs())) == 1550

        run(cloud, work)
        first, *others = cloud.requests("GET", "vias")
        assert first.query["page_size"] == "50"
        assert len(others) <= 4
        assert all(
            {"offset", "limit"} <= each.query.keys() and int(each.query["limit"]) <= 100
            for each in cloud.requests("GET", "iva")
        )


def test_being_told_to_slow_down_for_long_still_loses_nothing() -> None:
    with HuaweiCloud() as cloud:
        cloud.add_tasks(120)
        cloud.throttle(after=1, times=17)

        async def work(service: HuaweiService) -> None:
            assert len(await listed(service.jobs())) == 120

        run(cloud, work, iva=(), patience=Patience(tries=3, base=0.001, ceiling=0.002))


def test_being_told_to_slow_down_for_ever_is_said() -> None:
    with HuaweiCloud() as cloud:
        cloud.add_tasks(120)
        cloud.throttle(after=1, times=1000)

        async def work(service: HuaweiService) -> None:
            with pytest.raises(TooManyRequests):
                await listed(service.jobs())

        run(cloud, work, iva=(), patience=Patience(tries=2, base=0.001, ceiling=0.002))


def test_a_family_that_is_down_does_not_hide_the_others() -> None:
    with HuaweiCloud() as cloud:
        cloud.add_tasks(3)
        cloud.add_iva_tasks(FACES, 2)
        cloud.add_iva_tasks("people-cloud", 1)
        cloud.fail("GET .*/v2/[^/]*/tasks$", code="VIAS.00010006", times=100, at="vias")
        cloud.state.not_subscribed.add(FACES)

        async def work(service: HuaweiService) -> None:
            found = await listed_until(service.jobs(), ServiceTrouble)
            assert [job.job_id.partition("/")[0] for job in found] == ["people-cloud"]
            cloud.heal()
            assert len(await listed_until(service.jobs(), NotSubscribed)) == 4

        run(cloud, work, iva=(FACES, "people-cloud"))


def test_what_is_no_job_and_no_list_is_told_apart() -> None:
    with HuaweiCloud() as cloud:
        cloud.fail("GET .*/tasks", body={"count": 2, "tasks": [{"name": "no id"}, {"id": "a/b"}, 7]}, status=200)

        async def work(service: HuaweiService) -> None:
            assert await listed(service.jobs()) == []
            cloud.fail("GET .*/tasks", body={"wrong": 1}, status=200, times=9, at="vias")
            with pytest.raises(BatchdockError):
                await listed(service.jobs())

        run(cloud, work, iva=())


# --- filters ------------------------------------------------------------------------------------------------------


def test_every_filter_of_the_page_is_on_the_wire() -> None:
    with HuaweiCloud(vias="v1") as cloud:
        wanted = cloud.add_tasks(
            7,
            title="Intrusion",
            video_source_name="gate",
            state="RUNNING",
            batch_id="batch1",
            company="Acme",
            group_ids=["group-1"],
        )
        cloud.add_tasks(5, title="Ships")
        where = {
            "title": ("Intrusion",),
            "camera_name": ("gate",),
            "task_state": ("RUNNING",),
            "task_name": (wanted[0].name[:2],),
            "sort_dir": ("asc",),
            "batch_id": ("batch1",),
            "video_group_id": ("group-1", "group-2"),
            "company": ("Acme", "Other"),
        }

        async def work(service: HuaweiService) -> None:
            filters = {field.key for field in service.capabilities.job_filters}
            assert where.keys() | {"page", "page_size"} == filters
            found = await listed(service.find_jobs(where))
            assert {job.job_id for job in found} == {each.id for each in wanted}
            query = cloud.requests("GET /v1", "vias")[-1].query
            assert query["video_group_id"] == "group-1,group-2"
            assert query["company"] == "Acme,Other"
            assert (query["page"], query["page_size"]) == ("1", "50")
            some = await listed(service.find_jobs(where | {"page": ("2",), "page_size": ("5",)}))
            assert [job.job_id for job in some] == [job.job_id for job in found[5:]]
            assert len(await listed(service.find_jobs({"page_size": ("5",)}))) == 12

        run(cloud, work, vias="v1", iva=())


def test_filters_of_v2_and_iva() -> None:
    with HuaweiCloud() as cloud:
        algorithm = "0d47bbf5-2962-414b-b7ae-27fb6ea24230"
        (of_algorithm,) = cloud.add_tasks(1, alg_id=algorithm)
        old, new = cloud.add_iva_tasks(FACES, 2, version="3.1")
        old.created = datetime(2026, 1, 1, 12, tzinfo=UTC)
        new.created = datetime(2026, 6, 1, 23, 59, 59, tzinfo=UTC)
        old.name, new.name, new.state = "Old", "New", "FROZEN"

        async def work(service: HuaweiService) -> None:
            async def ids(**where: str) -> list[str]:
                found = await listed(service.find_jobs({key: (value,) for key, value in where.items()}))
                return [job.job_id.rpartition("/")[2] for job in found]

            # One that only one family knows leaves the other's jobs out.
            assert await ids(alg_id=algorithm, source_data_type="async_task") == [of_algorithm.id]
            assert await ids(created_since="2026-02-01") == [new.id]
            assert await ids(created_until="2026-06-01", order="created_at:ASC") == [old.id, new.id]
            assert await ids(name_like="Ne", state="FROZEN", service_version="3.1", id_like=new.id[:9]) == [new.id]
            assert await ids(state="FROZEN", alg_id=algorithm) == [of_algorithm.id, new.id]
            assert len(await ids(sort_dir="asc")) == 3

        run(cloud, work)


@pytest.mark.parametrize(
    "where",
    [
        {"camera_name": ("x" * 256,)},
        {"page_size": ("51",)},
        {"page_size": ("4",)},
        {"page": ("0",)},
        {"page": ("two",)},
        {"task_state": ("running",)},
        {"task_state": ("RUNNING", "FAILED")},
        {"company": ("x" * 60, "y" * 60)},
        {"state": ("SCHEDULING",)},
        {"service_version": ("3",)},
        {"created_since": ("yesterday",)},
        {"created_since": ("2026-02-01",), "created_until": ("2026-01-01",)},
        {"alg_id": ("0d47bbf5-2962-414b-b7ae-27fb6ea24230",)},
        {"anything": ("1",)},
    ],
)
def test_what_would_be_refused_is_not_sent(where: dict[str, tuple[str, ...]]) -> None:
    with HuaweiCloud(vias="v1") as cloud:

        async def work(service: HuaweiService) -> None:
            with pytest.raises(NotAskedFor) as told:
                await listed(service.find_jobs(where))
            assert "Nothing was sent" in told.value.sentence()

        run(cloud, work, vias="v1")
        assert cloud.seen == []


# --- one job ------------------------------------------------------------------------------------------------------


def test_the_vendors_own_sample() -> None:
    with HuaweiCloud() as cloud:
        cloud.add_sample()

        async def work(service: HuaweiService) -> None:
            job = await service.job(f"{FACES}/{SAMPLE_ID}")
            assert (job.name, job.state, job.runs_on) == ("face-gate", JobState.RUNNING, "edge")
            assert job.last_news == datetime(2020, 9, 10, 7, 1, 43, tzinfo=UTC)
            told = await service.facts(JOBS, f"{FACES}/{SAMPLE_ID}")
            (region,) = told.regions
            assert (region.shape, region.of_frame, len(region.points)) == (RegionShape.POLYGON, False, 4)
            assert SECRET not in repr(told)
            answers = await service.answers(f"{FACES}/{SAMPLE_ID}")
            assert SAMPLE_ID in repr(answers)
            assert SECRET not in repr(answers)

        run(cloud, work)


def test_the_sample_as_it_is_printed_is_a_sentence() -> None:
    with HuaweiCloud() as cloud:
        cloud.add_sample(unescaped=True)

        async def work(service: HuaweiService) -> None:
            for ask in (service.job, lambda job_id: service.facts(JOBS, job_id)):
                with pytest.raises(SettingsUnreadable) as told:
                    await ask(f"{FACES}/{SAMPLE_ID}")
                assert "settings of this job can not be read" in told.value.sentence()

        run(cloud, work)


def test_a_page_in_place_of_a_job_is_not_its_settings() -> None:
    with HuaweiCloud() as cloud:
        (task,) = cloud.add_tasks(1)
        cloud.html_from_proxy(status=200, times=9)

        async def work(service: HuaweiService) -> None:
            with pytest.raises(BatchdockError) as told:
                await service.job(task.id)
            assert not isinstance(told.value, SettingsUnreadable)

        run(cloud, work)


@pytest.mark.parametrize("job_id", ["a" * 32, f"{FACES}/{'a' * 32}", "other/" + "a" * 32, "/", f"{FACES}/"])
def test_a_job_that_is_not_there(job_id: str) -> None:
    with HuaweiCloud() as cloud:

        async def work(service: HuaweiService) -> None:
            with pytest.raises(NotFound):
                await service.job(job_id)

        run(cloud, work)


# --- the account --------------------------------------------------------------------------------------------------


def test_the_check_asks_each_family() -> None:
    with HuaweiCloud() as cloud:

        async def work(service: HuaweiService) -> None:
            assert await service.check_key() == cloud.project_id
            cloud.state.not_subscribed.add(FACES)
            with pytest.raises(NotSubscribed):
                await service.check_key()

        run(cloud, work)


def test_a_key_that_is_refused_is_asked_about_once() -> None:
    """Every further refusal brings it nearer to being locked."""
    with HuaweiCloud() as cloud:
        cloud.add_iva_tasks(FACES, 1)
        cloud.password = "another"

        async def work(service: HuaweiService) -> None:
            with pytest.raises(KeyRefused):
                await listed(service.jobs())

        run(cloud, work)
        assert len(cloud.requests("POST /v3")) == 1


def test_a_token_that_runs_out_in_the_middle_of_a_list_is_renewed() -> None:
    with HuaweiCloud() as cloud:
        cloud.add_tasks(400)

        async def work(service: HuaweiService) -> None:
            found = []
            async for job in service.jobs():
                found.append(job.job_id)
                if len(found) in (50, 60, 300):
                    cloud.expire_tokens()
            assert sorted(found) == sorted(cloud.state.tasks)

        run(cloud, work)


def test_who_may_not_look_at_one_family_sees_the_other() -> None:
    with HuaweiCloud() as cloud:
        cloud.add_tasks(2)
        cloud.fail("GET .*/services/.*", code="IVA.0015", times=9)

        async def work(service: HuaweiService) -> None:
            assert len(await listed_until(service.jobs(), AccessDenied)) == 2

        run(cloud, work)


def test_times_are_read_in_all_four_forms() -> None:
    at = datetime(2026, 11, 22, 6, 59, 33, tzinfo=UTC)
    exact = at + timedelta(milliseconds=24)
    assert time_of("1795330773024") == time_of(1795330773024) == time_of("2026-11-22T06:59:33.024Z") == exact
    assert time_of("2026-11-22T06:59:33Z") == at
    assert milliseconds(exact) == 1795330773024
    wrong_ones: tuple[object, ...] = (
        "",
        None,
        True,
        -1,
        10**30,
        "9" * 40,
        float("nan"),
        float("inf"),
        [],
        {},
        "soon",
        "٣" * 12,
    )
    assert [time_of(wrong) for wrong in wrong_ones] == [None] * len(wrong_ones)


def test_a_row_that_is_none_does_not_end_the_list() -> None:
    with HuaweiCloud() as cloud:
        cloud.add_tasks(120)

        async def work(service: HuaweiService) -> None:
            there = [job.job_id async for job in service.jobs()]
            rows = [{"id": each, "name": each, "state": "RUNNING"} for each in there[:49]]
            page = {"count": 50, "page": 1, "page_size": 50, "tasks": [*rows, None]}
            cloud.fail("GET .*/tasks", status=200, body=page, at="vias")
            assert {job.job_id async for job in service.jobs()} >= {*there[:49], *there[50:]}

        run(cloud, work, iva=())
