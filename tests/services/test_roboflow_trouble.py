"""The client against a cloud that stumbles: what is repeated, how often, and what is said in the end."""

import asyncio
import json
import time

import pytest

from batchdock.core.batch import Content
from batchdock.core.errors import (
    AccessDenied,
    AlreadyExists,
    BadRequest,
    BatchdockError,
    ConnectionProblem,
    CreditsUsedUp,
    KeyRefused,
    NotFound,
    PlanMissing,
    ServiceTrouble,
    SignInNeeded,
    TooManyRequests,
    UnreadableAnswer,
    UsagePaused,
)
from batchdock.core.job import JobDefinition
from batchdock.services.http.patience import Patience
from batchdock.services.roboflow.service import RoboflowService
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making.bodies import Held
from making.clients import QUICK, account_at, client_of

DEFINITION = JobDefinition(content=Content.IMAGES, batch_id="b-1", workflow_id="find-things")
HTML = b"<html><head><title>502</title><style>p {}</style></head><body><h1>Bad&nbsp;Gateway</h1></body></html>"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_passing_trouble_is_not_noticed(cloud: RoboflowCloud, status: int) -> None:
    cloud.fail("GET .*/batches$", times=2, status=status)

    async def scenario() -> list[str]:
        service = client_of(cloud)
        found = [each.batch_id async for each in service.batches()]
        await service.close()
        return found

    assert asyncio.run(scenario()) == []
    assert len(cloud.requests("/batches")) == 3


@pytest.mark.parametrize("kind", [Kind.TORN, Kind.DROPPED])
def test_half_an_answer_is_asked_for_again(cloud: RoboflowCloud, kind: Kind) -> None:
    cloud.fail("GET .*/workflows$", kind, times=2)

    async def scenario() -> int:
        service = client_of(cloud)
        found = len(await service.workflows())
        await service.close()
        return found

    assert asyncio.run(scenario()) == 1
    assert len(cloud.requests("/workflows")) == 3


def test_a_service_that_stays_down_is_given_up(cloud: RoboflowCloud) -> None:
    cloud.fail("GET .*/batches$", times=99, status=502, body=HTML, headers={"Content-Type": "text/html"})
    error = failing(cloud, lambda service: drain(service))
    assert isinstance(error, ServiceTrouble)
    assert error.sentence() == "Roboflow is in trouble (502). It answered: Bad Gateway. Try again in some minutes."
    assert len(cloud.requests("/batches")) == QUICK.tries


@pytest.mark.parametrize("status", [503, 429])
def test_the_pause_that_is_asked_for_is_kept(cloud: RoboflowCloud, status: int) -> None:
    cloud.fail("GET .*/batches$", status=status, headers={"Retry-After": "1"})

    async def scenario() -> float:
        service = client_of(cloud)
        began = time.monotonic()
        await drain(service)
        await service.close()
        return time.monotonic() - began

    assert asyncio.run(scenario()) >= 1.0


def test_a_pause_longer_than_anyone_waits_is_passed_on(cloud: RoboflowCloud) -> None:
    cloud.fail("GET .*/batches$", status=429, headers={"Retry-After": "3600"}, body=b'{"error":"Slow down"}')
    error = failing(cloud, lambda service: drain(service))
    assert type(error) is TooManyRequests
    assert error.retry_after == 3600
    assert "Slow down" in error.sentence()
    assert len(cloud.requests("/batches")) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error":"Not enough credits"}', CreditsUsedUp),
        (b'{"error":{"message":"You have 0 Credits left. Too many requests."}}', CreditsUsedUp),
        (b'{"error":{"message":"Refused.","type":"insufficient_credits"}}', CreditsUsedUp),
        (b"Monthly quota exceeded: see your billing page", CreditsUsedUp),
        (b'{"error":"Rate limit exceeded, retry in 5 s"}', TooManyRequests),
        (b'{"message":"API quota of 100 requests a minute exceeded"}', TooManyRequests),
        (b"", TooManyRequests),
    ],
)
def test_a_429_says_which_of_the_two_it_is(cloud: RoboflowCloud, body: bytes, kind: type[BatchdockError]) -> None:
    cloud.fail("GET .*/batches$", times=99, status=429, headers={"Retry-After": "0"}, body=body)
    error = failing(cloud, lambda service: drain(service))
    assert type(error) is kind
    assert error.retryable is (kind is TooManyRequests)
    assert len(cloud.requests("/batches")) == (1 if kind is CreditsUsedUp else QUICK.tries)


def test_waiting_for_the_next_try_can_be_cancelled(cloud: RoboflowCloud) -> None:
    cloud.fail("GET .*/batches$", times=99, status=503, headers={"Retry-After": "50"})

    async def scenario() -> None:
        service = client_of(cloud)
        task = asyncio.create_task(drain(service))
        while not cloud.requests("/batches"):
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task], timeout=5)
        assert task.cancelled()
        await service.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (400, BadRequest, "Change what it names"),
        (401, KeyRefused, "Check that you copied the whole key"),
        (402, PlanMissing, "run the job on this computer"),
        (403, AccessDenied, "Ask for a key"),
        (404, NotFound, "Refresh the list"),
        (409, AlreadyExists, "under a new id"),
        (410, NotFound, "Refresh the list"),
        (418, BadRequest, "Change what it names"),
        (423, UsagePaused, "billing page"),
        (302, UnreadableAnswer, "Check the address"),
    ],
)
def test_every_refusal_has_its_words_and_is_not_repeated(
    cloud: RoboflowCloud, status: int, kind: type[BatchdockError], advice: str
) -> None:
    cloud.fail("GET .*/batches/b$", times=99, status=status, body=b'{"error":{"message":"Their own words."}}')

    async def ask(service: RoboflowService) -> None:
        await service.batch("b")

    error = failing(cloud, ask)
    assert type(error) is kind
    assert advice in error.sentence()
    assert "Their own words." in error.sentence() + error.details or kind is UnreadableAnswer
    assert "–" not in error.sentence()
    if kind is not UnreadableAnswer:
        assert len(cloud.requests("/batches/b")) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"7", b"Sign in to the hotel", b'{"status":"ok"}', b'{"batch":null}', b"{", b"[" * 100_000],
    ids=lambda body: body[:30].decode(),
)
def test_an_answer_of_another_shape_is_said_to_be_one(cloud: RoboflowCloud, body: bytes) -> None:
    cloud.fail("GET .*/batches/b$", times=99, status=200, body=body)

    async def ask(service: RoboflowService) -> None:
        await service.batch("b")

    assert isinstance(failing(cloud, ask), UnreadableAnswer)


def test_a_picture_is_not_sent_when_a_foreign_page_says_200(cloud: RoboflowCloud) -> None:
    cloud.fail("POST .*/upload/image", times=99, status=200, body=b"<html>Sign in to the hotel</html>")

    async def send(service: RoboflowService) -> None:
        await service.upload_image("b", "a.jpg", Held("a.jpg", b"jpg"), batch_name="B")

    assert isinstance(failing(cloud, send), SignInNeeded)


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (Kind.DROPPED, {}),
        (Kind.AFTERWARDS, {"status": 504}),
        (Kind.AFTERWARDS, {"status": 429, "body": b'{"error":"Not enough credits"}'}),
        (Kind.AFTERWARDS, {"status": 200, "body": b"<html>"}),
    ],
)
def test_a_job_that_was_accepted_is_looked_for_before_it_is_asked_for_again(
    cloud: RoboflowCloud, kind: Kind, details: dict[str, object]
) -> None:
    cloud.fail("POST .*/jobs/j-1$", kind, times=99, **details)
    create(cloud)
    assert len(cloud.requests("POST /batch-processing")) == 1
    assert list(cloud.state.jobs) == ["j-1"]


def test_a_job_that_was_not_accepted_is_asked_for_again(cloud: RoboflowCloud) -> None:
    cloud.fail("POST .*/jobs/j-1$", times=2, status=503)
    cloud.fail("GET .*/jobs/j-1$", times=1, status=500)
    create(cloud)
    assert len(cloud.requests("POST /batch-processing")) == 3
    assert list(cloud.state.jobs) == ["j-1"]


def test_504_after_creating_twice_and_nobody_to_be_asked_makes_one_job(cloud: RoboflowCloud) -> None:
    cloud.fail("POST .*/jobs/j-1$", Kind.AFTERWARDS, times=2, status=504)
    looks = cloud.fail("GET .*/jobs/j-1$", times=2, status=504)
    create(cloud)
    assert looks.times == 0
    assert list(cloud.state.jobs) == ["j-1"]
    # Asked for a third time: the same id and the same definition, which changes nothing.
    assert len(cloud.requests("POST /batch-processing")) == 3


def test_credits_that_are_used_up_are_said_once_and_nothing_is_asked_again(cloud: RoboflowCloud) -> None:
    told = "Not enough credits: this workspace has 0.2 left."
    cloud.fail("POST .*/jobs/j-1$", times=99, status=429, body=json.dumps({"error": told}).encode())
    error = failing(cloud, ask_for)
    assert type(error) is CreditsUsedUp
    assert told in error.sentence()
    assert len(cloud.requests("POST /batch-processing")) == 1
    assert cloud.state.jobs == {}


def test_credits_used_up_but_nobody_knows_whether_the_job_is_there(cloud: RoboflowCloud) -> None:
    cloud.fail("POST .*/jobs/j-1$", Kind.AFTERWARDS, times=99, status=429, body=b'{"error":"Not enough credits"}')
    cloud.fail("GET .*/jobs/j-1$", times=99, status=503)
    assert type(failing(cloud, ask_for)) is ServiceTrouble
    assert len(cloud.requests("POST /batch-processing")) == 1
    cloud.heal()
    cloud.fail("POST .*/jobs/j-1$", Kind.AFTERWARDS, times=99, status=429, body=b'{"error":"Not enough credits"}')
    create(cloud)
    assert len(cloud.requests("POST /batch-processing")) == 2


def test_another_job_under_the_same_id_is_not_taken_for_ours(cloud: RoboflowCloud) -> None:
    create(cloud)
    other = JobDefinition(content=Content.IMAGES, batch_id="b-2", workflow_id="find-things")

    async def again(service: RoboflowService) -> None:
        await service.create_job("j-1", "J", other)

    assert isinstance(failing(cloud, again), AlreadyExists)
    cloud.fail("POST .*/jobs/j-1$", times=99, status=503)
    assert isinstance(failing(cloud, again), ServiceTrouble)


def test_a_restart_that_was_accepted_is_not_repeated(cloud: RoboflowCloud) -> None:
    create(cloud)
    cloud.state.jobs["j-1"].phase = "failed"
    cloud.fail("POST .*/restart$", Kind.DROPPED, times=99)

    async def scenario() -> None:
        service = client_of(cloud)
        await service.restart("j-1")
        await service.close()

    asyncio.run(scenario())
    assert len(cloud.state.jobs["j-1"].restarts) == 1


def test_a_restart_that_was_accepted_while_nobody_could_be_asked(cloud: RoboflowCloud) -> None:
    """The second try is refused, as the job runs: that is what was asked for."""
    create(cloud)
    cloud.state.jobs["j-1"].phase = "failed"
    cloud.fail("POST .*/restart$", Kind.DROPPED)
    cloud.fail("GET .*/jobs/j-1$", status=504)

    async def scenario() -> None:
        service = client_of(cloud)
        await service.restart("j-1")
        await service.close()

    asyncio.run(scenario())
    assert len(cloud.requests("/restart")) == 2
    assert len(cloud.state.jobs["j-1"].restarts) == 1


def test_nobody_at_the_address(cloud: RoboflowCloud) -> None:
    account = account_at(cloud)
    with RoboflowCloud() as gone:
        address = gone.url

    async def scenario() -> None:
        from dataclasses import replace

        service = RoboflowService(replace(account, address=address), "key", patience=Patience(tries=2, base=0.01))
        with pytest.raises(ConnectionProblem) as caught:
            await service.check_key()
        assert type(caught.value) is ConnectionProblem
        assert caught.value.title.format(host="127.0.0.1") in caught.value.sentence()
        await service.close()

    asyncio.run(scenario())


async def ask_for(service: RoboflowService) -> None:
    await service.create_job("j-1", "J", DEFINITION)


def create(cloud: RoboflowCloud) -> None:
    async def scenario() -> None:
        service = client_of(cloud)
        await ask_for(service)
        await service.close()

    asyncio.run(scenario())


async def drain(service: RoboflowService) -> None:
    async for _ in service.batches():
        pass


def failing(cloud: RoboflowCloud, work: object) -> BatchdockError:
    """Return the error that the work ends with."""

    async def scenario() -> BatchdockError:
        service = client_of(cloud)
        try:
            with pytest.raises(BatchdockError) as caught:
                await work(service)  # type: ignore[operator]
            return caught.value
        finally:
            await service.close()

    return asyncio.run(scenario())
