"""Merges, searches and evaluations against a stand-in that speaks the contract: found, told, made once, steered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from batchdock.core.errors import (
    AccessDenied,
    BadRequest,
    BatchdockError,
    KeyRefused,
    MaybeCreated,
    NotAskedFor,
    NotFound,
    NotOffered,
    ServiceTrouble,
    UnreadableAnswer,
)
from batchdock.core.facts import Facts
from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.services.http.patience import Patience
from batchdock.services.tensorbay.jobs import acting, listing, looking
from batchdock.services.tensorbay.jobs.forms import form_of
from batchdock.services.tensorbay.jobs.known import Known
from batchdock.services.tensorbay.jobs.listing import TURN
from batchdock.services.tensorbay.wire import Wire
from fakes.tensorbay import TensorBay
from making.tensorbay import account_of

QUICK = Patience(tries=2, base=0.001, ceiling=0.002)
ME = "bay-test"
MERGE = {"title": "dev → main", "source": "dev", "target": "main", "strategy": "skip"}
LOST = "POST .*/jobs$"


class Client:
    """What a service object has: a wire, and what is known of its jobs."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.known = Known()

    async def jobs(self) -> list[Job]:
        return [job async for job in listing.list_jobs(self.wire, ME, self.known)]

    async def find(self, **where: tuple[str, ...]) -> list[Job]:
        return [job async for job in listing.find_jobs(self.wire, ME, where, self.known)]

    async def job(self, job_id: str) -> Job:
        return await looking.ask_job(self.wire, ME, job_id, self.known)

    async def facts(self, job_id: str) -> Facts:
        return await looking.ask_facts(self.wire, job_id, self.known)

    async def act(self, action: str, *job_ids: str, **values: object) -> tuple[str, ...]:
        return (await acting.act(self.wire, action, job_ids, values, self.known)).made


def run(bay: TensorBay, work: Callable[[Client], Awaitable[None]]) -> None:
    """Do `work` with a client of the stand-in, on a loop of its own, and close the client."""

    async def scenario() -> None:
        wire = Wire(account_of(bay), bay.key, patience=QUICK)
        try:
            await work(Client(wire))
        finally:
            await wire.close()

    asyncio.run(scenario())


async def until(jobs: AsyncIterator[Job], trouble: type[BatchdockError]) -> list[Job]:
    """Return what comes before this error, which has to come."""
    found: list[Job] = []
    try:
        async for job in jobs:
            found.append(job)  # noqa: PERF401 - what came before the error would be lost
    except trouble:
        return found
    raise AssertionError("no error")


def forget_all(bay: TensorBay) -> None:
    bay.seen.clear()


def with_dev(bay: TensorBay, name: str = "harbor") -> str:
    dataset = bay.add_dataset(name)
    branches = bay.state.datasets[dataset].branches
    branches["dev"] = branches["main"]
    return dataset


# --- lists ------------------------------------------------------------------------------------------------------------


def test_all_kinds_of_all_datasets_are_in_one_list() -> None:
    with TensorBay() as bay:
        harbor, road = bay.add_dataset("harbor"), bay.add_dataset("road")
        merge = bay.add_job(harbor, title="merge dev", status="PROCESSING", created=1660000000, started=1660000003)
        search = bay.add_job(road, "basicSearch", "ships", status="SUCCESS", created=1, started=2, finished=9)
        benchmark = bay.add_benchmark("a/b#c")
        benchmark.evaluations["e/1"] = (1660000000, harbor, "c", {"mAP": 0.5})

        async def work(client: Client) -> None:
            found = {job.job_id: job for job in await client.jobs()}
            assert set(found) == {
                f"{harbor}/squashAndMerge/{merge.id}",
                f"{road}/basicSearch/{search.id}",
                f"evaluations/{benchmark.id}/e%2F1",
            }
            first = found[f"{harbor}/squashAndMerge/{merge.id}"]
            assert (first.name, first.kind, first.dataset) == ("merge dev", "Merge", "harbor")
            assert (first.state, first.service_word) == (JobState.RUNNING, "PROCESSING")
            assert first.created is not None
            assert first.created.timestamp() == 1660000000
            assert first.started is not None
            assert first.started.timestamp() == 1660000003
            assert (first.progress, first.ended, first.seconds_taken) == (None, None, None)
            second = found[f"{road}/basicSearch/{search.id}"]
            assert (second.state, second.kind, second.seconds_taken) == (JobState.DONE, "Search", 7)
            third = found[f"evaluations/{benchmark.id}/e%2F1"]
            assert (third.name, third.kind, third.state) == ("a/b#c", "Evaluation", JobState.UNKNOWN)
            assert third.service_word == ""

        run(bay, work)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("QUEUING", JobState.WAITING),
        ("PROCESSING", JobState.RUNNING),
        ("SUCCESS", JobState.DONE),
        ("FAILED", JobState.FAILED),
        ("FAIL", JobState.FAILED),
        ("ABORTED", JobState.STOPPED),
        ("ABORT", JobState.STOPPED),
        ("Napping", JobState.UNKNOWN),
    ],
)
def test_every_spelling_of_a_state_is_read_and_kept(word: str, state: JobState) -> None:
    with TensorBay() as bay:
        bay.add_job(bay.add_dataset("harbor"), status=word)

        async def work(client: Client) -> None:
            (job,) = await client.jobs()
            assert (job.state, job.service_word) == (state, word)

        run(bay, work)


def test_two_hundred_datasets_are_not_four_hundred_requests_each_round() -> None:
    with TensorBay() as bay:
        datasets = [bay.add_dataset(f"d{number}", segments={}) for number in range(200)]
        moving = bay.add_job(datasets[150], status="PROCESSING")
        for dataset in datasets[::10]:
            bay.add_job(dataset, status="SUCCESS")

        async def work(client: Client) -> None:
            found: list[Job] = []
            rounds = []
            for _ in range(6):
                forget_all(bay)
                found = await client.jobs()
                rounds.append(len(bay.requests("GET /")))
            assert rounds[0] == 2 + 1 + 2 * TURN  # Two pages of datasets, one of benchmarks, and both kinds of each.
            assert max(rounds[1:4]) <= 2 * TURN + 2
            assert len(found) == 21
            # Everybody was asked once: now the one that moves, and as many others as seconds went by.
            asked = [each.target for each in bay.requests("/jobs")]
            assert sum(datasets[150] in target for target in asked) == 2
            assert rounds[5] < 2 * TURN
            bay.state.datasets[datasets[150]].jobs[moving.id].status = "SUCCESS"
            ended = {job.job_id: job for job in await client.jobs()}
            assert ended[f"{datasets[150]}/squashAndMerge/{moving.id}"].state is JobState.DONE

        run(bay, work)


def test_first_rows_come_before_the_last_dataset_is_asked() -> None:
    with TensorBay() as bay:
        for number in range(30):
            bay.add_job(bay.add_dataset(f"d{number}", segments={}))

        async def work(client: Client) -> None:
            jobs = listing.list_jobs(client.wire, ME, client.known)
            await anext(jobs)
            assert len(bay.requests("/jobs")) <= 2 * listing.TOGETHER
            assert len([job async for job in jobs]) == 29

        run(bay, work)


def test_who_reads_no_further_than_a_page_has_what_is_new() -> None:
    with TensorBay() as bay:
        datasets = [bay.add_dataset(f"d{number}", segments={}) for number in range(8)]
        for dataset in datasets:
            for number in range(15):
                bay.add_job(dataset, title=f"{number}", status="SUCCESS")
        moving = bay.add_job(datasets[0], title="slow", status="PROCESSING")

        async def work(client: Client) -> None:
            assert len(await client.jobs()) == 8 * 15 + 1
            bay.add_job(datasets[7], title="new", status="SUCCESS")
            client.known.asked -= 3600
            jobs = listing.list_jobs(client.wire, ME, client.known)
            assert [(await anext(jobs)).name, (await anext(jobs)).name] == ["new", moving.title]

        run(bay, work)


def test_a_dataset_that_can_not_be_read_leaves_the_others_alone() -> None:
    with TensorBay() as bay:
        datasets = [bay.add_dataset(f"d{number}") for number in range(6)]
        for dataset in datasets:
            bay.add_job(dataset, status="SUCCESS")

        async def work(client: Client) -> None:
            assert len(await client.jobs()) == 6
            bay.add_job(datasets[0], status="SUCCESS")
            client.known.asked -= 3600
            bay.fail(f"GET .*/{datasets[2]}/jobs", code="InvalidParamsValue", times=1000)
            found = await until(listing.list_jobs(client.wire, ME, client.known), BadRequest)
            assert len(found) == 7  # What was known of that one stays as it was.
            bay.heal()
            client.known.asked -= 3600
            assert len(await client.jobs()) == 7

        run(bay, work)


def test_what_a_key_may_not_see_of_a_team_is_no_trouble_unless_it_is_all() -> None:
    with TensorBay() as bay:
        mine, theirs = bay.add_dataset("mine"), bay.add_dataset("theirs")
        bay.add_job(mine)
        bay.fail(f"GET .*/{theirs}/jobs", code="AccessDenied", times=1000)

        async def work(client: Client) -> None:
            assert len(await client.jobs()) == 1
            bay.fail("GET .*/jobs", code="AccessDenied", times=1000)
            await until(listing.list_jobs(client.wire, ME, Known()), AccessDenied)

        run(bay, work)


def test_a_service_that_is_down_is_not_asked_for_every_dataset() -> None:
    with TensorBay() as bay:
        for number in range(40):
            bay.add_dataset(f"d{number}", segments={})
        bay.html_from_proxy(502, times=10000, pattern="/jobs")

        async def work(client: Client) -> None:
            await until(listing.list_jobs(client.wire, ME, client.known), ServiceTrouble)
            assert len(bay.requests("/jobs")) <= 2 * listing.TOGETHER * QUICK.tries

        run(bay, work)


def test_a_refused_key_ends_the_round_at_once() -> None:
    with TensorBay() as bay:
        for number in range(12):
            bay.add_dataset(f"d{number}")
        bay.fail("GET .*/jobs", code="Unauthorized", times=1000)

        async def work(client: Client) -> None:
            await until(listing.list_jobs(client.wire, ME, client.known), KeyRefused)
            assert len(bay.requests("/jobs")) <= 2 * listing.TOGETHER

        run(bay, work)


def test_without_evaluations_at_that_address_there_are_none() -> None:
    with TensorBay() as bay:
        bay.add_job(bay.add_dataset("harbor"))
        bay.error_without_code(404, times=10, pattern="/benchmarks")

        async def work(client: Client) -> None:
            assert len(await client.jobs()) == 1

        run(bay, work)


def test_a_dataset_that_is_gone_takes_its_jobs_along() -> None:
    with TensorBay() as bay:
        gone = bay.add_dataset("gone")
        bay.add_job(gone, status="PROCESSING")

        async def work(client: Client) -> None:
            assert len(await client.jobs()) == 1
            del bay.state.datasets[gone]
            assert await client.jobs() == []

        run(bay, work)


def test_an_older_list_does_not_undo_what_was_seen_since() -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor")
        job = bay.add_job(dataset, status="PROCESSING")
        job_id = f"{dataset}/squashAndMerge/{job.id}"

        async def work(client: Client) -> None:
            await client.jobs()
            with bay.hold(r"jobs\?jobType=squash", after=True) as held:
                late = asyncio.create_task(client.jobs())
                await asyncio.to_thread(held.wait)
                job.status = "SUCCESS"
                assert (await client.job(job_id)).state is JobState.DONE
            await late
            (shown,) = await client.jobs()
            assert shown.state is JobState.DONE

        run(bay, work)


def test_jobs_are_found_by_dataset_kind_and_state() -> None:
    with TensorBay() as bay:
        harbor, other = bay.add_dataset("harbor"), bay.add_dataset("harbor_2")
        bay.add_job(harbor, title="a", status="FAILED")
        bay.add_job(harbor, "basicSearch", "b", status="SUCCESS")
        bay.add_job(other, title="c", status="FAILED")
        bay.add_benchmark("ships").evaluations["e"] = (1, harbor, "c", {})

        async def work(client: Client) -> None:
            assert {job.name for job in await client.find(dataset=("harbor",))} == {"a", "b"}
            assert {job.name for job in await client.find(kind=("squashAndMerge",))} == {"a", "c"}
            assert {job.name for job in await client.find(status=("SUCCESS",))} == {"b"}
            assert {job.name for job in await client.find(kind=("evaluations",))} == {"ships"}
            with pytest.raises(NotAskedFor):
                await client.find(dataset=("harb",))

        run(bay, work)


# --- one job ----------------------------------------------------------------------------------------------------------


def test_an_evaluation_is_done_when_its_results_can_be_read() -> None:
    with TensorBay() as bay:
        benchmark = bay.add_benchmark("ships")
        benchmark.evaluations["e1"] = (1660000000, "d", "c", {"overall": {"mAP": 0.25}})
        job_id = f"evaluations/{benchmark.id}/e1"

        async def work(client: Client) -> None:
            (listed,) = await client.jobs()
            assert listed.state is JobState.UNKNOWN
            fault = bay.fail("GET .*/results", code="ResourceNotExist", times=1)
            assert (await client.job(job_id)).state is JobState.UNKNOWN
            assert fault.times == 0
            assert (await client.job(job_id)).state is JobState.DONE
            client.known.asked -= 3600
            (again,) = await client.jobs()
            assert again.state is JobState.DONE
            told = await client.facts(job_id)
            (results,) = [fact for fact in told.facts if fact.name == "results"]
            assert results.below[0].below[0].value == 0.25

        run(bay, work)


def test_what_is_told_of_a_job_is_told_in_words() -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor")
        job = bay.add_job(dataset, status="FAILED", error="the draft can not be made", created=1660000000)

        async def work(client: Client) -> None:
            await client.jobs()
            told = await client.facts(f"{dataset}/squashAndMerge/{job.id}")
            titles = {fact.name: fact.title for fact in told.facts}
            values = {fact.name: fact.value for fact in told.facts}
            assert (titles["errorMessage"], values["errorMessage"]) == ("Trouble", "the draft can not be made")
            assert values["dataset"] == "harbor"
            assert str(values["createdAt"]).startswith("2022-08-08")
            raw = await looking.ask_answers(client.wire, f"{dataset}/squashAndMerge/{job.id}")
            assert list(raw) == [f"GET /v1/datasets/{dataset}/jobs/{job.id}"]

        run(bay, work)


@pytest.mark.parametrize("job_id", ["", "a", "a/b/c", "evaluations/x", "//", "x/SquashAndMerge/y", "a/basicSearch/"])
def test_an_id_that_never_was_one_is_not_asked_for(job_id: str) -> None:
    with TensorBay() as bay:

        async def work(client: Client) -> None:
            with pytest.raises(NotFound):
                await client.job(job_id)
            assert not bay.seen

        run(bay, work)


def test_a_job_that_is_gone_leaves_what_is_known() -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor")
        job = bay.add_job(dataset)

        async def work(client: Client) -> None:
            await client.jobs()
            del bay.state.datasets[dataset].jobs[job.id]
            with pytest.raises(NotFound):
                await client.job(f"{dataset}/squashAndMerge/{job.id}")
            assert not [job for keeper in client.known.keepers.values() for job in keeper.jobs]

        run(bay, work)


@pytest.mark.parametrize("said", [[], {}, "x", {"result": 1}, None])
def test_an_answer_that_is_no_job_is_not_made_one(said: object) -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor")
        job = bay.add_job(dataset)
        bay.rewrite("GET .*/jobs/", lambda asked, told: said)

        async def work(client: Client) -> None:
            with pytest.raises(UnreadableAnswer):
                await client.job(f"{dataset}/squashAndMerge/{job.id}")

        run(bay, work)


# --- making -----------------------------------------------------------------------------------------------------------


def test_a_merge_is_asked_for_as_its_form_says() -> None:
    with TensorBay() as bay:
        dataset = with_dev(bay)

        async def work(client: Client) -> None:
            fields = {field.key: field for field in await form_of(client.wire, "merge", "")}
            assert fields["dataset"].choices == ((dataset, "harbor"),)
            assert fields["target"].value == "main"
            (made,) = await client.act("merge", dataset=dataset, **MERGE, description="why")
            (job,) = bay.state.datasets[dataset].jobs.values()
            assert made == f"{dataset}/squashAndMerge/{job.id}"
            assert (job.title, job.description) == ("dev → main", "why")
            assert job.arguments == {
                "title": "dev → main",
                "sourceBranchName": "dev",
                "targetBranchName": "main",
                "strategy": "skip",
                "description": "why",
            }
            bay.finish_jobs()
            assert (await client.job(made)).state is JobState.DONE

        run(bay, work)


def test_a_search_is_asked_for_with_every_filter() -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor", segments={"train": 5, "test": 3})
        head = bay.state.datasets[dataset].branches["main"]

        async def work(client: Client) -> None:
            filled = {
                "segment": ("train",),
                "keyword": "01",
                "with_label": "true",
                "label_type": "BOX2D",
                "category": ("ship", "buoy"),
                "attribute": {"occluded": [True]},
                "size": 10.0,
                "size_is": ">",
                "sensor": ("front",),
                "frame": "f1",
            }
            (made,) = await client.act(
                "search", dataset=dataset, title="ships", commit="main", conjunction="or", unit="file", **filled
            )
            (job,) = bay.state.datasets[dataset].jobs.values()
            assert job.arguments["commit"] == head
            assert (job.arguments["conjunction"], job.arguments["unit"]) == ("or", "file")
            filters = {each["key"]: each for each in job.arguments["filters"]}
            assert filters["segment"] == {"key": "segment", "operator": "in", "value": ["train"], "title": "Segment"}
            assert filters["withLabel"]["value"] is True
            assert filters["withLabel"]["operator"] == "="
            assert filters["size"] == {"key": "size", "operator": ">", "value": 10, "title": "Size"}
            assert filters["category"]["extraInfo"] == {"labelType": "BOX2D"}
            assert filters["attribute"]["value"] == {"occluded": [True]}
            assert (filters["keyword"]["title"], filters["frame"]["operator"]) == ("Data Name", "like")
            assert filters["sensor"]["value"] == ["front"]
            assert made.startswith(f"{dataset}/basicSearch/")

        run(bay, work)


@pytest.mark.parametrize(
    "filled",
    [
        {},
        {"category": ("ship",)},
        {"attribute": {"a": 1}, "label_type": "BOX2D"},
        {"segment": ("train",), "commit": "nowhere"},
        {"segment": ("train",), "title": " "},
    ],
)
def test_a_search_that_can_not_be_is_not_asked_for(filled: dict[str, object]) -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor")

        async def work(client: Client) -> None:
            with pytest.raises(NotAskedFor):
                await client.act("search", **{"dataset": dataset, "title": "x", "commit": "main", **filled})
            assert not bay.requests("POST")

        run(bay, work)


def test_what_a_search_found_becomes_a_dataset() -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor", segments={"train": 5})

        async def work(client: Client) -> None:
            (made,) = await client.act("search", dataset=dataset, title="x", commit="main", segment=("train",))
            with pytest.raises(NotAskedFor):
                await client.act("save-as-dataset", made, name="found")
            bay.finish_jobs()
            bay.fail("POST .*/searchResults/", after=True)
            await client.act("save-as-dataset", made, name="found", alias="Found")
            assert bay.dataset("found").alias == "Found"
            assert len(bay.requests("POST /gatewayv2/tensorbay-open-api/v1/searchResults")) == 1

        run(bay, work)


def test_a_version_is_evaluated_by_the_commit_behind_its_name() -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor", versions=2)
        benchmark = bay.add_benchmark("ships")
        record = bay.state.datasets[dataset]

        async def work(client: Client) -> None:
            fields = {field.key: field for field in await form_of(client.wire, "evaluate", "")}
            assert fields["benchmark"].choices == ((benchmark.id, "ships"),)
            for commit in ("v1", "main", record.branches["main"]):
                (made,) = await client.act("evaluate", benchmark=benchmark.id, dataset=dataset, commit=commit)
                assert (await client.job(made)).state is JobState.DONE
            commits = [each[2] for each in benchmark.evaluations.values()]
            assert commits == [record.tags["v1"], record.branches["main"], record.branches["main"]]

        run(bay, work)


def test_a_job_whose_answer_was_lost_is_found_and_not_made_twice() -> None:
    with TensorBay() as bay:
        dataset = with_dev(bay)
        bay.add_job(dataset, title=MERGE["title"], status="SUCCESS")  # One of the same title was there before.
        faults: list[dict[str, Any]] = [
            {},
            {"status": 502, "body": "<html>"},
            {"status": 500},
            {"status": 200, "body": "nonsense"},
        ]

        async def work(client: Client) -> None:
            for number, fault in enumerate(faults, start=2):
                bay.fail(LOST, after=True, **fault)
                (made,) = await client.act("merge", dataset=dataset, **MERGE)
                jobs = bay.state.datasets[dataset].jobs
                assert len(jobs) == number
                assert made.endswith(next(reversed(jobs)))
            assert len(bay.requests("POST /")) == len(faults)

        run(bay, work)


def test_a_job_that_can_not_be_found_may_have_been_made() -> None:
    with TensorBay() as bay:
        dataset = with_dev(bay)

        async def work(client: Client) -> None:
            bay.fail(LOST)
            with pytest.raises(MaybeCreated) as caught:
                await client.act("merge", dataset=dataset, **MERGE)
            assert MERGE["title"] in str(caught.value)
            bay.fail(LOST, after=True)
            bay.fail("GET .*/jobs", code="InvalidParamsValue", skip=1, times=10)
            with pytest.raises(MaybeCreated):
                await client.act("merge", dataset=dataset, **MERGE)
            assert len(bay.requests("POST /")) == 2

        run(bay, work)


def test_a_refusal_stays_one() -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor")

        async def work(client: Client) -> None:
            with pytest.raises(NotFound):
                await client.act("merge", dataset=dataset, **MERGE)  # No such branch.
            for missing in ("dataset", "title", "source"):
                with pytest.raises(NotAskedFor):
                    await client.act("merge", **{"dataset": dataset, **MERGE, missing: ""})
            assert len(bay.requests("POST /")) == 1

        run(bay, work)


# --- steering ---------------------------------------------------------------------------------------------------------


def test_jobs_are_stopped_retried_and_deleted() -> None:
    with TensorBay() as bay:
        dataset = with_dev(bay)
        job = bay.add_job(dataset, status="PROCESSING")
        job_id = f"{dataset}/squashAndMerge/{job.id}"

        async def work(client: Client) -> None:
            with pytest.raises(BadRequest):
                await client.act("delete", job_id)
            await acting.command(client.wire, job_id, "stop")
            assert job.status == "ABORTED"
            with pytest.raises(ServiceTrouble):
                await acting.command(client.wire, job_id, "retry")  # The quirk: straight after the abort it fails.
            assert len(bay.requests("/retry")) == 1
            assert (await client.job(job_id)).state is JobState.STOPPED
            await acting.command(client.wire, job_id, "retry")
            assert (await client.job(job_id)).state is JobState.WAITING
            bay.finish_jobs(error="no")
            assert (await client.job(job_id)).message == "no"
            await client.jobs()
            await client.act("delete", job_id)
            assert not bay.state.datasets[dataset].jobs
            assert await client.jobs() == []

        run(bay, work)


def test_what_a_kind_of_job_does_not_know_is_not_asked_for() -> None:
    with TensorBay() as bay:
        dataset = bay.add_dataset("harbor")
        search = bay.add_job(dataset, "basicSearch", status="FAILED")

        async def work(client: Client) -> None:
            with pytest.raises(NotAskedFor):
                await acting.command(client.wire, f"{dataset}/basicSearch/{search.id}", "retry")
            for verb in ("stop", "retry"):
                with pytest.raises(NotOffered):
                    await acting.command(client.wire, "evaluations/b/e", verb)
            for action in ("delete", "save-as-dataset", "create-order", "nonsense"):
                with pytest.raises((NotOffered, NotAskedFor)):
                    await client.act(action, "evaluations/b/e", name="x")
            for action in ("create-order", "delete", "save-as-dataset"):
                with pytest.raises(NotOffered):
                    await form_of(client.wire, action, "")
            assert not bay.seen

        run(bay, work)
