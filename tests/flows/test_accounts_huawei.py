"""Huawei Cloud accounts: connect by each way, be told what is wrong, replace, test, forget, and next time."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID, KeyKept, ServiceKind
from batchdock.core.credentials import AccessKey, Credentials, Password, Token, read_credentials, written
from batchdock.core.errors import (
    AccessDenied,
    AccessKeyRefused,
    BatchdockError,
    CertificateRefused,
    ClockWrong,
    ConnectionClosed,
    ConnectionProblem,
    HostNotFound,
    InArrears,
    KeyLocked,
    KeyMissing,
    KeyOfAnotherWorkspace,
    NotSubscribed,
    ProjectUnknown,
    ServiceTrouble,
    SignInNeeded,
    SignInRefused,
    TokenRunOut,
)
from batchdock.flows.accounts import Accounts, HuaweiWish
from batchdock.flows.news import AccountsChanged, Light
from fakes.huawei import HuaweiCloud
from fakes.raw_server import RawRequest, raw_server
from making.accounts import AccountsDesk
from making.certificates import Authority
from making.huawei import access_key_of, password_of, token_of

WAYS: tuple[Callable[[HuaweiCloud], Credentials], ...] = (password_of, access_key_of, token_of)


@pytest.fixture
def desk(tmp_path: Path) -> AccountsDesk:
    return AccountsDesk(tmp_path)


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as running:
        yield running


def wish(cloud: HuaweiCloud) -> HuaweiWish:
    return HuaweiWish(
        region=cloud.region,
        vias="v2",
        iva=("c-face-edge",),
        iam_endpoint=f"{cloud.iam}/v3/",
        vias_endpoint=cloud.vias,
        iva_endpoint=f" {cloud.iva} ",
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_connected_account_is_there_next_time(
    desk: AccountsDesk, cloud: HuaweiCloud, way: Callable[[HuaweiCloud], Credentials]
) -> None:
    cloud.add_tasks(3)
    credentials = way(cloud)

    async def connect(accounts: Accounts) -> None:
        account = await accounts.connect_huawei(wish(cloud), credentials)
        assert (account.account_id, account.service) == ("huawei-cn-north-4-cn-north-4", ServiceKind.HUAWEI)
        assert (account.name, account.workspace) == ("Huawei Cloud cn-north-4", cloud.project_id)
        assert (account.address, account.key_kept) == (cloud.vias, KeyKept.IN_KEYRING)
        assert accounts.addresses() == {account.account_id: (cloud.iam, cloud.vias, cloud.iva)}
        assert desk.heard[-1] == AccountsChanged(accounts.all())

    async def use(accounts: Accounts) -> None:
        assert not accounts.capabilities("huawei-cn-north-4-cn-north-4").takes_files
        account = await accounts.find("huawei cloud cn-north-4")
        assert account.key_kept is KeyKept.IN_KEYRING
        assert account.setting("project") == cloud.project
        service = await accounts.service(account.account_id)
        assert len([job async for job in service.jobs()]) == 3
        assert accounts.capabilities(account.account_id) == service.capabilities

    desk.run(connect)
    # Each family was asked for as little as it gives.
    assert {each.family for each in cloud.requests("/tasks")} == {"vias", "iva"}
    desk.run(use)
    assert {name: read_credentials(key) for name, key in desk.keys.load().items()} == {
        "huawei-cn-north-4-cn-north-4": credentials
    }


def test_a_project_of_another_name(desk: AccountsDesk, cloud: HuaweiCloud) -> None:
    cloud.state.projects["1" * 32] = "北方 Yard_1"
    cloud.state.projects["2" * 32] = "北方"

    async def connect(accounts: Accounts) -> None:
        for project in ("北方 Yard_1", "2" * 32, ""):
            await accounts.connect_huawei(replace(wish(cloud), project=project), password_of(cloud))
        assert [each.account_id for each in accounts.all()[1:]] == [
            "huawei-cn-north-4-yard-1",
            "huawei-cn-north-4",
            "huawei-cn-north-4-cn-north-4",
        ]
        # The same one once more, with other settings: it is still one.
        again = await accounts.connect_huawei(replace(wish(cloud), vias=""), access_key_of(cloud), name="Yard")
        assert len(accounts.all()) == 4
        assert accounts.all()[3] == again
        assert (again.name, again.address) == ("Yard", cloud.iva)

    desk.run(connect)


def breaks(what: str, cloud: HuaweiCloud) -> None:
    """Let something be wrong."""
    match what:
        case "arrears":
            cloud.in_arrears()
        case "clock":
            cloud.clock_off = timedelta(minutes=20)
        case "locked key":
            cloud.lock_key()
        case "locked user":
            cloud.lock_user()
        case "old token":
            cloud.expire_tokens()
        case "subscription":
            cloud.add_service("c-face-edge", subscribed=False)
        case "permission":
            cloud.fail("GET .*/tasks", code="IVA.0102", at="iva")
        case "VIAS":
            cloud.fail("GET .*/tasks", code="VIAS.00010006", times=9)
        case "IAM":
            cloud.fail("/v3/", code="503", times=9)
        case "hotel":
            cloud.html_from_proxy(200, times=9)


@pytest.mark.parametrize(
    ("what", "way", "kind"),
    [
        ("arrears", password_of, InArrears),
        ("clock", access_key_of, ClockWrong),
        ("locked key", access_key_of, KeyLocked),
        ("locked user", password_of, KeyLocked),
        ("old token", token_of, TokenRunOut),
        ("subscription", password_of, NotSubscribed),
        ("permission", access_key_of, AccessDenied),
        ("VIAS", token_of, ServiceTrouble),
        ("IAM", password_of, ServiceTrouble),
        ("hotel", password_of, SignInNeeded),
        ("user", lambda cloud: Password("ops", "wrong", cloud.domain), SignInRefused),
        ("domain", lambda cloud: Password("ops", cloud.password, "Nobody"), SignInRefused),
        ("key", lambda cloud: AccessKey(cloud.ak, "wrong"), AccessKeyRefused),
        ("unknown key", lambda _: AccessKey("AKOFNOBODY", "x"), AccessKeyRefused),
        ("token", lambda _: Token("no token"), TokenRunOut),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    desk: AccountsDesk,
    cloud: HuaweiCloud,
    what: str,
    way: Callable[[HuaweiCloud], Credentials],
    kind: type[BatchdockError],
) -> None:
    credentials = way(cloud)
    breaks(what, cloud)

    async def connect(accounts: Accounts) -> None:
        with pytest.raises(BatchdockError) as caught:
            await accounts.connect_huawei(wish(cloud), credentials)
        assert type(caught.value) is kind
        assert len(accounts.all()) == 1

    desk.run(connect)
    assert desk.keys.load() == {}
    assert not (desk.home / "accounts.json").exists()


def test_places_that_are_not_there_are_named(desk: AccountsDesk, cloud: HuaweiCloud, tmp_path: Path) -> None:
    async def mute(_request: RawRequest) -> bool:
        return False

    async def connect(accounts: Accounts) -> None:
        async with raw_server(mute, tls=Authority(tmp_path).context("127.0.0.1")) as untrusted:
            for given, kind in (
                (replace(wish(cloud), project="cn-nowhere-9"), ProjectUnknown),
                (replace(wish(cloud), iam_endpoint="https://nowhere.invalid"), HostNotFound),
                (replace(wish(cloud), iva_endpoint="http://127.0.0.1:1"), ConnectionProblem),
                (replace(wish(cloud), vias_endpoint=untrusted.url), CertificateRefused),
                (replace(wish(cloud), iam_endpoint="http://[nonsense"), HostNotFound),
            ):
                with pytest.raises(BatchdockError) as caught:
                    await accounts.connect_huawei(given, password_of(cloud))
                assert type(caught.value) is kind, given

    desk.run(connect)


def test_other_credentials_for_the_same_project(desk: AccountsDesk, cloud: HuaweiCloud) -> None:
    async def connect(accounts: Accounts) -> None:
        account = await accounts.connect_huawei(wish(cloud), password_of(cloud), name="Yard")
        before = await accounts.service(account.account_id)
        replaced = await accounts.replace_credentials(account.account_id, access_key_of(cloud), remember=False)
        assert replaced == replace(account, key_kept=KeyKept.UNTIL_QUIT)
        assert desk.keys.load() == {}
        with pytest.raises(ConnectionClosed):
            await before.check_key()
        after = await accounts.service(account.account_id)
        assert await after.check_key() == cloud.project_id
        assert cloud.seen[-1].by == "signature"
        with pytest.raises(SignInRefused):
            await accounts.replace_credentials(account.account_id, Password("ops", "wrong", cloud.domain))
        assert await accounts.service(account.account_id) is after

    async def next_time(accounts: Accounts) -> None:
        account_id = accounts.all()[1].account_id
        assert accounts.all()[1].key_kept is KeyKept.MISSING
        with pytest.raises(KeyMissing, match="“Yard”"):
            await accounts.service(account_id)
        with pytest.raises(KeyMissing):
            await accounts.test(account_id)
        await accounts.replace_credentials(account_id, token_of(cloud))
        await accounts.test(account_id)

    desk.run(connect)
    desk.run(next_time)


def test_who_belongs_elsewhere_is_not_mixed_up(desk: AccountsDesk, cloud: HuaweiCloud) -> None:
    async def connect(accounts: Accounts) -> None:
        account = await accounts.connect_huawei(wish(cloud), password_of(cloud))
        cloud.state.projects.clear()
        cloud.state.projects["3" * 32] = "elsewhere"
        for way in WAYS:
            with pytest.raises(KeyOfAnotherWorkspace, match="This key is for “elsewhere”, not for “cn-north-4”"):
                await accounts.replace_credentials(account.account_id, way(cloud))
        with pytest.raises(ProjectUnknown, match=r"no project “cn-north-4” .* Known projects: elsewhere"):
            await accounts.test(account.account_id)

    desk.run(connect)


def test_the_same_project_at_other_addresses_is_another_account(desk: AccountsDesk, cloud: HuaweiCloud) -> None:
    with HuaweiCloud() as other:

        async def connect(accounts: Accounts) -> None:
            for each in (cloud, other, cloud):
                await accounts.connect_huawei(wish(each), password_of(each))
            assert [each.account_id for each in accounts.all()[1:]] == [
                "huawei-cn-north-4-cn-north-4",
                "huawei-cn-north-4-cn-north-4-2",
            ]

        desk.run(connect)


def test_a_test_that_succeeds_ends_what_was_refused_before(desk: AccountsDesk, cloud: HuaweiCloud) -> None:
    async def connect(accounts: Accounts) -> None:
        account_id = (await accounts.connect_huawei(wish(cloud), access_key_of(cloud))).account_id
        service = await accounts.service(account_id)
        cloud.clock_off = timedelta(minutes=20)
        for _ in range(2):
            with pytest.raises(ClockWrong):
                await accounts.test(account_id)
            with pytest.raises(ClockWrong):
                await service.check_key()
        accounts.show_light(account_id, Light.KEY_REFUSED)
        cloud.clock_off = timedelta()
        await accounts.test(account_id)
        assert desk.heard[-1] == AccountsChanged(accounts.all())
        assert await (await accounts.service(account_id)).check_key() == cloud.project_id

    desk.run(connect)


def test_forgetting_takes_the_credentials_along(desk: AccountsDesk, cloud: HuaweiCloud) -> None:
    async def connect(accounts: Accounts) -> None:
        account_id = (await accounts.connect_huawei(wish(cloud), password_of(cloud))).account_id
        await accounts.forget(account_id)
        assert [each.account_id for each in accounts.all()] == [THIS_COMPUTER_ID]

    desk.run(connect)
    assert desk.keys.load() == {}
    assert json.loads((desk.home / "accounts.json").read_text()) == {"accounts": []}


def test_a_list_of_another_version_loses_only_what_this_one_does_not_know(desk: AccountsDesk) -> None:
    known = {"account_id": "r", "service": "roboflow", "name": "R", "workspace": "w", "address": "https://x"}
    huawei = known | {"account_id": "h", "service": "huawei", "settings": {"region": "cn-north-4", "vias": 2}}
    listed = [known, known | {"account_id": "n", "service": "next-year"}, huawei, known | {"settings": [1]}, 7]
    desk.home.joinpath("accounts.json").write_text(json.dumps({"accounts": listed}))

    async def look(accounts: Accounts) -> None:
        assert [each.account_id for each in accounts.all()] == [THIS_COMPUTER_ID, "r", "h", "r"]
        assert accounts.all()[2].settings == (("region", "cn-north-4"),)

    desk.run(look)


@pytest.mark.parametrize("content", ['{"accounts": 5}', '{"accounts": null}', "[]", "", "\0"])
def test_a_list_that_is_none_is_put_aside(desk: AccountsDesk, content: str) -> None:
    desk.home.joinpath("accounts.json").write_text(content)

    async def look(accounts: Accounts) -> None:
        assert [each.account_id for each in accounts.all()] == [THIS_COMPUTER_ID]

    desk.run(look)
    assert (desk.home / "accounts.json.damaged").read_text() == content


@pytest.mark.parametrize("key", ["", "a Roboflow key", "{}", '{"kind":"password","user":"x"}', '["token"]'])
def test_an_item_of_the_password_store_that_is_no_credentials(desk: AccountsDesk, cloud: HuaweiCloud, key: str) -> None:
    async def connect(accounts: Accounts) -> None:
        await accounts.connect_huawei(wish(cloud), password_of(cloud))

    async def use(accounts: Accounts) -> None:
        account_id = accounts.all()[1].account_id
        for asking in (accounts.service, accounts.test):
            with pytest.raises(KeyMissing):
                await asking(account_id)

    desk.run(connect)
    desk.keys.save(dict.fromkeys(desk.keys.load(), key))
    desk.run(use)


def test_credentials_are_one_text_that_no_text_of_theirs_shows() -> None:
    for each in (Password("ops", "s3cret", "Acme"), Token("s3cret"), AccessKey("AK", "s3cret", "s3cret")):
        assert read_credentials(written(each)) == each
        assert "s3cret" not in repr(each)
