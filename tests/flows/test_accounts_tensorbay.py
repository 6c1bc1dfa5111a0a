"""TensorBay accounts: connect by a key, be told what is wrong, move, replace, test, forget, and next time."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID, Account, KeyKept, ServiceKind
from batchdock.core.errors import (
    AccountKeyRefused,
    AddressNeeded,
    AddressUnusable,
    BatchdockError,
    CertificateRefused,
    ConnectionClosed,
    KeyMissing,
    KeyOfAnotherWorkspace,
    MaybeClosed,
    NotFound,
    ServiceTrouble,
    SignInNeeded,
    UnreadableAnswer,
)
from batchdock.flows.accounts import TENSORBAY_ADDRESSES, Accounts, tensorbay_address_for
from batchdock.flows.news import AccountsChanged, Light
from batchdock.services import kinds
from batchdock.services.tensorbay.place import account_for, base_of, place_of, sextant_of
from fakes.raw_server import RawRequest, raw_server
from fakes.tensorbay import TensorBay
from making.accounts import AccountsDesk

CHINA, WORLD = TENSORBAY_ADDRESSES


@pytest.fixture
def desk(tmp_path: Path) -> AccountsDesk:
    return AccountsDesk(tmp_path)


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as running:
        yield running


def origin(bay: TensorBay) -> str:
    """Return where the service is, without a path."""
    return bay.plain_url.partition("/gatewayv2")[0]


def is_user(bay: TensorBay, nickname: str, team: str | None = None) -> None:
    """Let the key be this user's."""
    bay.state.user |= {"id": nickname * 8, "nickname": nickname, "team": {"id": "1", "name": team} if team else None}


# --- where a key goes ---


def test_the_spelling_of_a_key_tells_the_host() -> None:
    assert CHINA == "https://gas.graviti.cn/gatewayv2/tensorbay-open-api"
    assert WORLD == "https://gas.graviti.com/gatewayv2/tensorbay-open-api"
    assert tensorbay_address_for("Accesskey-abc") == CHINA
    assert tensorbay_address_for("ACCESSKEY-abc") == WORLD
    for other in ("", "accesskey-abc", "Access-abc", "abc", "AccessKey-abc", " Accesskey-"):
        assert tensorbay_address_for(other) == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("gas.graviti.cn", CHINA),
        ("  https://gas.graviti.com/ ", WORLD),
        (f"{CHINA}/v1/", CHINA),
        ("https://ops:pw@data.example:8443/api/v1?token=x#y", "https://data.example:8443/api"),
        ("http://127.0.0.1:9/x/", "http://127.0.0.1:9/x"),
        ("http://[::1]:9/x", "http://[::1]:9/x"),
        ("http://localhost/x", "http://localhost/x"),
    ],
)
def test_an_address_is_kept_without_what_does_not_belong_to_it(typed: str, kept: str) -> None:
    assert base_of(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "http://gas.graviti.cn", "ftp://x", "https://", "https://[", "https://x:port", "a b", "file:///x"]
)
def test_a_key_goes_nowhere_that_anybody_could_listen_to(typed: str) -> None:
    with pytest.raises(AddressUnusable):
        base_of(typed)


def test_a_password_in_an_address_is_in_no_sentence() -> None:
    with pytest.raises(AddressUnusable) as caught:
        base_of("http://ops:hunter2hunter2@data.example/?token=abcabc")
    assert "hunter2" not in f"{caught.value.sentence()}{caught.value.details}{caught.value.values}"
    assert "abcabc" not in f"{caught.value.sentence()}{caught.value.values}"


def test_evaluations_are_on_the_same_host_unless_a_person_says_otherwise() -> None:
    assert sextant_of(CHINA) == "https://gas.graviti.cn/gatewayv2/apps-sextant"
    assert sextant_of("https://x.example/own/gatewayv2/tensorbay-open-api") == (
        "https://x.example/own/gatewayv2/apps-sextant"
    )
    assert sextant_of("https://x.example/api") == "https://x.example/gatewayv2/apps-sextant"
    assert account_for(CHINA, sextant_of(CHINA)).settings == ()
    own = account_for(CHINA, "https://me:pw@y.example/s?x=1")
    assert own.settings == (("sextant", "https://y.example/s"),)
    assert place_of(own).addresses == ("https://gas.graviti.cn", "https://y.example")
    assert place_of(account_for(WORLD, "")).addresses == ("https://gas.graviti.com",)


# --- connecting ---


def test_a_connected_account_is_there_next_time(desk: AccountsDesk, bay: TensorBay) -> None:
    is_user(bay, "lin", "Vision")
    bay.add_dataset("harbor")

    async def connect(accounts: Accounts) -> None:
        account = await accounts.connect_tensorbay(f" {bay.key}\n", address=f"{bay.plain_url}/v1/")
        assert (account.account_id, account.service) == ("tensorbay-lin-vision", ServiceKind.TENSORBAY)
        assert (account.name, account.workspace) == ("TensorBay lin (Vision)", "lin" * 8)
        assert (account.address, account.key_kept) == (bay.plain_url, KeyKept.IN_KEYRING)
        assert account.settings == (("project", "lin (Vision)"),)
        assert accounts.addresses() == {account.account_id: (origin(bay),)}
        assert desk.heard[-1] == AccountsChanged(accounts.all())

    async def use(accounts: Accounts) -> None:
        account = await accounts.find("tensorbay LIN (vision)")
        assert accounts.capabilities(account.account_id).keeps_datasets
        service = await accounts.service(account.account_id)
        assert service.datasets is not None
        assert [each.name async for each in service.datasets.datasets()] == ["harbor"]
        assert accounts.capabilities(account.account_id) == service.capabilities

    desk.run(connect)
    assert [each.path for each in bay.seen] == ["/gatewayv2/tensorbay-open-api/v1/users"]
    desk.run(use)
    assert desk.keys.load() == {"tensorbay-lin-vision": bay.key}
    assert bay.key not in (desk.home / "accounts.json").read_text()


@pytest.mark.parametrize(("nickname", "expected"), [("林", "tensorbay"), ("", "tensorbay-lin-example-org")])
def test_users_of_other_names_have_ids_too(desk: AccountsDesk, bay: TensorBay, nickname: str, expected: str) -> None:
    bay.state.user |= {"id": "lin@example.org", "nickname": nickname, "team": None}

    async def connect(accounts: Accounts) -> None:
        assert (await accounts.connect_tensorbay(bay.key, address=bay.plain_url)).account_id == expected

    desk.run(connect)


def breaks(what: str, bay: TensorBay) -> str:
    """Let something be wrong; return the address to connect to."""
    match what:
        case "gateway":
            bay.html_from_proxy(times=9)
        case "trouble":
            bay.fail("GET .*/users", status=500, code="InternalServerError", times=9)
        case "other key":
            bay.key = f"{bay.key}x"
        case "nobody":
            bay.state.user.clear()
        case "certificate":
            return bay.url
        case "elsewhere":
            return bay.plain_url.replace("tensorbay-open-api", "nothing-here")
        case "gone":
            bay.go_away()
        case "moved":
            return "https://gas.graviti.invalid"
        case "nonsense":
            return "http://data.example"
    return bay.plain_url


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("gateway", ServiceTrouble),
        ("trouble", ServiceTrouble),
        ("other key", AccountKeyRefused),
        ("nobody", UnreadableAnswer),
        ("certificate", CertificateRefused),
        ("elsewhere", NotFound),
        ("gone", MaybeClosed),
        ("moved", MaybeClosed),
        ("nonsense", AddressUnusable),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(
    desk: AccountsDesk, bay: TensorBay, what: str, kind: type[BatchdockError]
) -> None:
    key = bay.key
    address = breaks(what, bay)

    async def connect(accounts: Accounts) -> None:
        with pytest.raises(BatchdockError) as caught:
            await accounts.connect_tensorbay(key, address=address)
        assert type(caught.value) is kind
        assert key not in f"{caught.value.sentence()} {caught.value.details}"
        assert len(accounts.all()) == 1

    desk.run(connect)
    assert desk.keys.load() == {}
    assert not (desk.home / "accounts.json").exists()


@pytest.mark.parametrize("key", ["", "   ", "0123456789", "Accèsskey-1"])
def test_a_key_that_tells_no_host_needs_an_address(desk: AccountsDesk, bay: TensorBay, key: str) -> None:
    async def connect(accounts: Accounts) -> None:
        with pytest.raises(AddressNeeded):
            await accounts.connect_tensorbay(key)
        with pytest.raises(AccountKeyRefused):
            await accounts.connect_tensorbay(key, address=bay.plain_url)

    desk.run(connect)
    assert all(each.headers.get("x-token") == "0123456789" for each in bay.seen)


@pytest.mark.parametrize(
    "user",
    [
        {"id": 7, "nickname": None, "team": "Vision"},
        {"id": ["x"], "nickname": {"a": 1}, "email": "lin@example.org", "team": {"name": ["x"]}},
        {"id": "u", "nickname": "x" * 5000, "team": []},
        {"id": None, "nickname": "<b>\0\n</b>", "more": {"of": [None]}},
    ],
)
def test_a_user_of_any_shape_is_one_where_anything_tells_who(desk: AccountsDesk, bay: TensorBay, user: object) -> None:
    bay.rewrite("GET .*/users", lambda _asked, _said: user)

    async def connect(accounts: Accounts) -> None:
        account = await accounts.connect_tensorbay(bay.key, address=bay.plain_url)
        assert account.workspace
        assert account.name.startswith("TensorBay ")
        assert len(account.name) + len(account.account_id) < 200

    desk.run(connect)


@pytest.mark.parametrize("said", [None, [], "lin", 7, {}, {"id": {}}, {"id": "", "nickname": [], "email": None}])
def test_an_answer_of_another_shape_is_unreadable(desk: AccountsDesk, bay: TensorBay, said: object) -> None:
    bay.rewrite("GET .*/users", lambda _asked, _said: said)

    async def connect(accounts: Accounts) -> None:
        with pytest.raises(UnreadableAnswer):
            await accounts.connect_tensorbay(bay.key, address=bay.plain_url)

    desk.run(connect)


def test_another_page_in_its_place_is_told(desk: AccountsDesk) -> None:
    async def handle(request: RawRequest) -> None:
        await request.answer("302 Found", b"", "Location: https://www.example.org/welcome")

    async def connect(accounts: Accounts) -> None:
        async with raw_server(handle) as elsewhere:
            with pytest.raises(SignInNeeded):
                await accounts.connect_tensorbay("Accesskey-1", address=elsewhere.url)

    desk.run(connect)


def test_the_same_user_at_another_address_is_the_same_account(desk: AccountsDesk, bay: TensorBay) -> None:
    is_user(bay, "lin")
    with TensorBay() as other:
        is_user(other, "lin")

        async def connect(accounts: Accounts) -> None:
            first = await accounts.connect_tensorbay(bay.key, address=bay.plain_url)
            again = await accounts.connect_tensorbay(other.key, address=other.plain_url)
            assert [each.account_id for each in accounts.all()[1:]] == [first.account_id] == [again.account_id]
            assert accounts.all()[1].address == other.plain_url
            is_user(other, "wang")
            stranger = await accounts.connect_tensorbay(other.key, address=other.plain_url)
            assert stranger.account_id == "tensorbay-wang"
            assert not kinds.are_same(first, stranger)

        desk.run(connect)


# --- changing it ---


def test_an_account_moves_with_the_key_it_has(desk: AccountsDesk, bay: TensorBay) -> None:
    is_user(bay, "lin")

    async def connect(accounts: Accounts) -> None:
        account = await accounts.connect_tensorbay(bay.key, address=bay.plain_url, name="Harbour")
        before = await accounts.service(account.account_id)
        with TensorBay() as other:
            is_user(other, "lin")
            other.key = bay.key
            own = f"{other.plain_url}/own-sextant"
            moved = await accounts.change_tensorbay(account.account_id, address=other.plain_url, sextant=own)
            assert (moved.account_id, moved.name, moved.address) == (account.account_id, "Harbour", other.plain_url)
            assert moved.setting("sextant") == own
            assert accounts.addresses() == {account.account_id: (origin(other),)}
            with pytest.raises(ConnectionClosed):
                await before.check_key()
            assert await (await accounts.service(account.account_id)).check_key()
            assert other.seen
            # Back, and the evaluations with it.
            back = await accounts.change_tensorbay(account.account_id, address=bay.plain_url)
            assert (back.address, back.setting("sextant")) == (bay.plain_url, "")
            is_user(other, "wang")
            with pytest.raises(KeyOfAnotherWorkspace, match="for “wang”, not for “lin”"):
                await accounts.change_tensorbay(account.account_id, address=other.plain_url)
        with pytest.raises(MaybeClosed):
            await accounts.change_tensorbay(account.account_id, address=other.plain_url)
        assert accounts.all()[1] == back

    desk.run(connect)


def test_another_key_for_the_same_user(desk: AccountsDesk, bay: TensorBay) -> None:
    old = bay.key

    async def connect(accounts: Accounts) -> None:
        account = await accounts.connect_tensorbay(old, address=bay.plain_url)
        bay.key = f"{old}2"
        with pytest.raises(AccountKeyRefused):
            await accounts.test(account.account_id)
        accounts.show_light(account.account_id, Light.KEY_REFUSED)
        changed = await accounts.change_tensorbay(account.account_id, key=bay.key, remember=False)
        assert (changed.address, changed.key_kept) == (bay.plain_url, KeyKept.UNTIL_QUIT)
        await accounts.test(account.account_id)
        with pytest.raises(AccountKeyRefused):
            await accounts.replace_key(account.account_id, old)
        await accounts.replace_key(account.account_id, bay.key)

    desk.run(connect)
    assert list(desk.keys.load().values()) == [bay.key]


def test_a_key_that_is_gone_is_asked_for(desk: AccountsDesk, bay: TensorBay) -> None:
    async def connect(accounts: Accounts) -> None:
        await accounts.connect_tensorbay(bay.key, address=bay.plain_url, remember=False)

    async def next_time(accounts: Accounts) -> None:
        account_id = accounts.all()[1].account_id
        assert accounts.all()[1].key_kept is KeyKept.MISSING
        for asking in (accounts.service, accounts.test, accounts.change_tensorbay):
            with pytest.raises(KeyMissing):
                await asking(account_id)
        await accounts.change_tensorbay(account_id, key=bay.key)
        await accounts.test(account_id)

    desk.run(connect)
    desk.run(next_time)


def test_forgetting_takes_the_key_along(desk: AccountsDesk, bay: TensorBay) -> None:
    async def connect(accounts: Accounts) -> None:
        account = await accounts.connect_tensorbay(bay.key, address=bay.plain_url)
        await accounts.forget(account.account_id)
        assert [each.account_id for each in accounts.all()] == [THIS_COMPUTER_ID]

    desk.run(connect)
    assert desk.keys.load() == {}
    assert json.loads((desk.home / "accounts.json").read_text()) == {"accounts": []}


def test_an_account_is_told_from_those_of_other_services(bay: TensorBay) -> None:
    one = Account("a", ServiceKind.TENSORBAY, "a", "u", bay.plain_url)
    other = Account("b", ServiceKind.ROBOFLOW, "b", "u", bay.plain_url)
    assert not kinds.are_same(one, other)
