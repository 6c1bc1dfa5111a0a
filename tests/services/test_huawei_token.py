"""The token: how long it is used, by whose clock, and what is done when another can not be had."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from batchdock.core.credentials import Password
from batchdock.core.errors import KeyLocked, SignInRefused, UnreadableAnswer
from batchdock.services.http.patience import Patience
from batchdock.services.huawei.place import place_of
from batchdock.services.huawei.refusal import Refusal
from batchdock.services.huawei.token import Ticket
from batchdock.services.huawei.wire import Family, Wire
from fakes.huawei import HuaweiCloud
from making.huawei import account_of, password_of

HOUR = 3600.0


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as running:
        yield running


def talk(
    cloud: HuaweiCloud,
    talking: Callable[[Wire], Awaitable[object]],
    password: Password | None = None,
    project_id: str | None = None,
) -> None:
    async def scenario() -> None:
        place = place_of(account_of(cloud))
        place = replace(place, project_id=place.project_id if project_id is None else project_id)
        wire = Wire(place, password or password_of(cloud), account_name="Yard", patience=Patience(tries=1))
        try:
            await talking(wire)
        finally:
            await wire.close()

    asyncio.run(scenario())


async def ask(wire: Wire) -> None:
    await wire.ask(Family.VIAS, "GET", wire.path("v2", "tasks"))


async def ticket(wire: Wire) -> Ticket:
    assert wire._login is not None
    return await wire._login.ticket()


def logins(cloud: HuaweiCloud) -> int:
    return len(cloud.requests("/v3/auth/tokens"))


@pytest.mark.parametrize("days", [-3, 0, 3])
def test_a_token_is_renewed_well_before_its_end_by_the_clock_of_who_issued_it(cloud: HuaweiCloud, days: int) -> None:
    cloud.clock_off = timedelta(days=days)

    async def talking(wire: Wire) -> None:
        await ask(wire)
        first = await ticket(wire)
        left = first.fresh_until - time.monotonic()
        assert 21 * HOUR < left < 22 * HOUR
        assert 23.9 * HOUR < first.good_until - time.monotonic() <= 24 * HOUR
        first.fresh_until = time.monotonic()
        await asyncio.gather(*(ask(wire) for _ in range(5)))
        assert logins(cloud) == 2
        assert (await ticket(wire)).token != first.token

    talk(cloud, talking)


def test_a_token_that_is_good_yet_is_used_while_there_can_be_no_other(cloud: HuaweiCloud) -> None:
    async def talking(wire: Wire) -> None:
        await ask(wire)
        first = await ticket(wire)
        first.fresh_until = time.monotonic()
        cloud.fail("POST /v3/auth/tokens", code="503", times=9)
        await ask(wire)
        await ask(wire)
        assert logins(cloud) == 2
        assert (await ticket(wire)) is first

    talk(cloud, talking)


@pytest.mark.parametrize(
    ("expires", "seconds"),
    [
        ("2026-01-01T00:00:00.000000Z", 60.0),
        ("soon", 24 * HOUR),
        (None, 24 * HOUR),
        ("9998-01-01T00:00:00Z", 24 * HOUR),
    ],
)
def test_an_end_that_makes_no_sense_is_no_reason_to_sign_in_at_each_request(
    cloud: HuaweiCloud, expires: str | None, seconds: float
) -> None:
    body = {"token": {"expires_at": expires, "project": {"id": cloud.project_id, "name": None}}}
    headers = {"X-Subject-Token": cloud.token()}
    cloud.fail("POST /v3/auth/tokens", status=201, body=body, headers=headers)

    async def talking(wire: Wire) -> None:
        await ask(wire)
        await ask(wire)
        assert seconds - 30 < (await ticket(wire)).good_until - time.monotonic() <= seconds

    talk(cloud, talking, project_id="")
    assert logins(cloud) == 1


@pytest.mark.parametrize(
    ("body", "token"),
    [("{}", ""), ("[1]", "tök"), ("null", ""), ("welcome", "abc"), ('{"token":{"project":null}}', "abc")],
)
def test_an_answer_without_a_token_or_a_project_can_not_be_read(cloud: HuaweiCloud, body: str, token: str) -> None:
    headers = {"X-Subject-Token": token.encode().decode("latin-1")} if token else {}
    cloud.fail("POST /v3/auth/tokens", status=201, body=body, headers=headers)

    async def talking(wire: Wire) -> None:
        with pytest.raises(UnreadableAnswer) as caught:
            await ask(wire)
        assert "abc" not in caught.value.details

    talk(cloud, talking, project_id="")


def test_a_wrong_password_is_told_and_not_tried_until_the_user_is_locked(cloud: HuaweiCloud) -> None:
    wrong = Password(cloud.user, "wrong-password", cloud.domain)

    async def talking(wire: Wire) -> None:
        for _ in range(10):
            with pytest.raises(SignInRefused, match=r"The username or password is wrong\."):
                await asyncio.gather(ask(wire), ask(wire))

    talk(cloud, talking, wrong)
    assert len(cloud.seen) == 1
    talk(cloud, ask)


def test_a_wrong_password_is_told_even_where_the_project_is_looked_at_first(cloud: HuaweiCloud) -> None:
    cloud.fail("POST /v3/auth/tokens", code="404")
    wrong = Password(cloud.user, "wrong-password", cloud.domain)

    async def talking(wire: Wire) -> None:
        for _ in range(3):
            with pytest.raises(SignInRefused):
                await ask(wire)

    talk(cloud, talking, wrong)
    assert logins(cloud) == 2


def test_a_locked_user_is_told(cloud: HuaweiCloud) -> None:
    cloud.lock_user()

    async def talking(wire: Wire) -> None:
        with pytest.raises(KeyLocked, match="locked this sign-in for a while"):
            await ask(wire)

    talk(cloud, talking)


def test_signing_in_asks_for_the_project_and_tells_nobody_the_password(cloud: HuaweiCloud) -> None:
    async def talking(wire: Wire) -> None:
        await ask(wire)
        assert (await ticket(wire)).token not in f"{await ticket(wire)!r} {vars(wire)!r}"

    talk(cloud, talking)
    sent = cloud.requests("/v3/auth/tokens")[0]
    assert sent.query == {"nocatalog": "true"}
    assert sent.json["auth"]["scope"] == {"project": {"id": cloud.project_id}}
    assert cloud.password not in json.dumps([each.path + str(each.pairs) for each in cloud.seen])


def test_a_refusal_is_remembered_for_a_while_or_until_the_clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Refusal(60.0)
    refusal.check()
    refusal.note(SignInRefused())
    for _ in range(2):
        with pytest.raises(SignInRefused):
            refusal.check()
    true_time = time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + 1200)
    refusal.check()
    over = Refusal(0.0)
    over.note(SignInRefused())
    over.check()
