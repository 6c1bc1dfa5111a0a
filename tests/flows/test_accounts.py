"""Accounts: connect, remember, replace, forget, and clients that stay the same."""

import json
import threading
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID, KeyKept
from batchdock.core.errors import (
    ConnectionProblem,
    KeyMissing,
    KeyOfAnotherWorkspace,
    KeyRefused,
    KeystoreProblem,
    KeystoreSilent,
    NoKeystore,
    PublishableKey,
    UnknownAccount,
)
from batchdock.flows.accounts import Accounts
from batchdock.flows.news import AccountsChanged, Light, LightChanged
from batchdock.keystore.session import SessionKeys
from fakes.roboflow_cloud import RoboflowCloud
from making.accounts import AccountsDesk, LastingKeys


class RefusingKeys(LastingKeys):
    """A store that is missing, or locked."""

    def __init__(self, error: KeystoreProblem) -> None:
        super().__init__()
        self.error: KeystoreProblem | None = error

    def load(self) -> dict[str, str]:
        if self.error is not None:
            raise self.error
        return super().load()


class BlockingKeys(LastingKeys):
    """A store whose prompt is open until `answered`."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    def load(self) -> dict[str, str]:
        self.answered.wait(30)
        return super().load()


@pytest.fixture
def desk(tmp_path: Path) -> AccountsDesk:
    return AccountsDesk(tmp_path)


def test_a_new_program_knows_this_computer_and_asks_for_no_password(desk: AccountsDesk) -> None:
    desk.keys = RefusingKeys(KeystoreSilent())

    async def look(accounts: Accounts) -> None:
        (only,) = accounts.all()
        assert (only.account_id, only.name, only.key_kept) == (THIS_COMPUTER_ID, "This computer", KeyKept.NOT_NEEDED)
        assert await accounts.find("this computer") == only

    desk.run(look)


def test_a_connected_account_is_there_next_time(desk: AccountsDesk) -> None:
    with RoboflowCloud() as cloud:

        async def connect(accounts: Accounts) -> None:
            account = await accounts.connect_roboflow(f" {cloud.key}\n", name="Harbour", address=f"{cloud.url}/")
            assert (account.account_id, account.name, account.workspace) == ("roboflow-acme-ws", "Harbour", "acme-ws")
            assert account.key_kept is KeyKept.IN_KEYRING
            assert accounts.all()[1:] == (account,)
            assert desk.heard[-1] == AccountsChanged(accounts.all())

        async def use(accounts: Accounts) -> None:
            for name in ("harbour", "ACME-WS", "roboflow-acme-ws"):
                account = await accounts.find(name)
            assert account.key_kept is KeyKept.IN_KEYRING
            service = await accounts.service(account.account_id)
            assert service is await accounts.service(account.account_id)
            assert [each.workflow_id for each in await service.workflows()] == ["find-things"]

        desk.run(connect)
        desk.run(use)
        assert cloud.key not in "".join(
            each.read_text(errors="replace") for each in desk.home.rglob("*") if each.is_file()
        )


def test_a_key_that_is_not_remembered_is_asked_for_next_time(desk: AccountsDesk) -> None:
    with RoboflowCloud() as cloud:

        async def connect(accounts: Accounts) -> None:
            await accounts.connect_roboflow(cloud.key, address=cloud.url)
            account = await accounts.replace_key("roboflow-acme-ws", cloud.key, remember=False)
            assert account.key_kept is KeyKept.UNTIL_QUIT
            await (await accounts.service(account.account_id)).check_key()

        async def use(accounts: Accounts) -> None:
            assert accounts.all()[1].key_kept is KeyKept.MISSING
            with pytest.raises(KeyMissing, match="The key of “acme-ws” is not here"):
                await accounts.service("roboflow-acme-ws")
            await accounts.replace_key("roboflow-acme-ws", cloud.key)
            assert accounts.all()[1].key_kept is KeyKept.IN_KEYRING
            await (await accounts.service("roboflow-acme-ws")).check_key()

        desk.run(connect)
        assert desk.keys.load() == {}
        desk.run(use)


@pytest.mark.parametrize("error", [NoKeystore(), KeystoreSilent()])
def test_without_a_password_store_the_key_is_kept_until_the_end(desk: AccountsDesk, error: KeystoreProblem) -> None:
    desk.keys = RefusingKeys(error)

    async def connect(accounts: Accounts) -> None:
        state = await accounts.keystore_state()
        assert not state.usable
        assert state.error is error
        account = await accounts.connect_roboflow(cloud.key, address=cloud.url)
        assert account.key_kept is KeyKept.UNTIL_QUIT
        await (await accounts.service(account.account_id)).check_key()

    with RoboflowCloud() as cloud:
        desk.run(connect)


def test_session_keys_are_no_place_to_remember(desk: AccountsDesk) -> None:
    desk.keys = SessionKeys()

    async def connect(accounts: Accounts) -> None:
        state = await accounts.keystore_state()
        assert not state.usable
        assert isinstance(state.error, NoKeystore)
        account = await accounts.connect_roboflow(cloud.key, address=cloud.url)
        assert account.key_kept is KeyKept.UNTIL_QUIT

    with RoboflowCloud() as cloud:
        desk.run(connect)


def test_a_locked_store_that_is_unlocked_later_is_asked_again(desk: AccountsDesk) -> None:
    with RoboflowCloud() as cloud:

        async def connect(accounts: Accounts) -> None:
            await accounts.connect_roboflow(cloud.key, address=cloud.url)

        desk.run(connect)
        locked = RefusingKeys(KeystoreSilent())
        locked.save(desk.keys.load())
        desk.keys = locked

        async def use(accounts: Accounts) -> None:
            with pytest.raises(KeyMissing):
                await accounts.service("roboflow-acme-ws")
            locked.error = None
            await (await accounts.service("roboflow-acme-ws")).check_key()
            assert accounts.all()[1].key_kept is KeyKept.IN_KEYRING
            assert (await accounts.keystore_state()).usable

        desk.run(use)


def test_a_store_that_blocks_delays_nothing_for_long_and_does_not_keep_us(desk: AccountsDesk) -> None:
    blocking = BlockingKeys()
    desk.keys = blocking

    async def connect(accounts: Accounts) -> None:
        account = await accounts.connect_roboflow(cloud.key, address=cloud.url)
        assert account.key_kept is KeyKept.UNTIL_QUIT
        # The first call still waits in there; nobody opens a second prompt.
        state = await accounts.keystore_state()
        assert isinstance(state.error, KeystoreSilent)
        assert [each.name for each in threading.enumerate()].count("batchdock-keystore") == 1

    with RoboflowCloud() as cloud:
        desk.run(connect, patience=0.3)  # `asyncio.run` would wait for a thread of its executor here.
    (waiting,) = (each for each in threading.enumerate() if each.name == "batchdock-keystore")
    assert waiting.daemon
    blocking.answered.set()
    waiting.join(10)
    assert not waiting.is_alive()


def test_refused_keys_change_nothing(desk: AccountsDesk) -> None:
    async def connect(accounts: Accounts) -> None:
        for key, kind in (("wrong", KeyRefused), ("rf_acme", PublishableKey), ("  ", KeyRefused)):
            with pytest.raises(KeyRefused) as caught:
                await accounts.connect_roboflow(key, address=cloud.url)
            assert type(caught.value) is kind
            assert caught.value.sentence().startswith("Roboflow did not accept this key.")
        with pytest.raises(ConnectionProblem):
            await accounts.connect_roboflow("key", address="http://127.0.0.1:1")
        assert len(accounts.all()) == 1
        assert desk.keys.load() == {}

    with RoboflowCloud() as cloud:
        desk.run(connect)


def test_the_key_of_another_workspace_is_not_mixed_up(desk: AccountsDesk) -> None:
    with RoboflowCloud() as cloud, RoboflowCloud(workspace="demo") as other:

        async def connect(accounts: Accounts) -> None:
            account = await accounts.connect_roboflow(cloud.key, address=cloud.url)
            cloud.workspace = "demo"
            with pytest.raises(KeyOfAnotherWorkspace, match="This key is for “demo”, not for “acme-ws”"):
                await accounts.replace_key(account.account_id, cloud.key)
            cloud.workspace = "acme-ws"
            second = await accounts.connect_roboflow(other.key, address=other.url)
            assert [each.account_id for each in accounts.all()] == [
                THIS_COMPUTER_ID,
                account.account_id,
                second.account_id,
            ]
            for each, key in ((account, cloud.key), (second, other.key)):
                assert desk.keys.load()[each.account_id] == key
                assert await (await accounts.service(each.account_id)).check_key() == each.workspace

        desk.run(connect)


def test_the_same_workspace_at_two_addresses_is_two_accounts(desk: AccountsDesk) -> None:
    with RoboflowCloud() as here, RoboflowCloud() as there:

        async def connect(accounts: Accounts) -> None:
            for cloud in (here, there, here):
                await accounts.connect_roboflow(cloud.key, address=cloud.url)
            assert [each.account_id for each in accounts.all()[1:]] == ["roboflow-acme-ws", "roboflow-acme-ws-2"]

        desk.run(connect)


def test_the_last_light_of_each_account_is_kept(desk: AccountsDesk) -> None:
    with RoboflowCloud() as cloud:

        async def show(accounts: Accounts) -> None:
            account_id = (await accounts.connect_roboflow(cloud.key, address=cloud.url)).account_id
            assert accounts.light(account_id) is None
            for light in (Light.OK, Light.OK, Light.KEY_REFUSED):
                accounts.show_light(account_id, light)
            assert accounts.light(account_id) is Light.KEY_REFUSED
            assert accounts.light(THIS_COMPUTER_ID) is None
            told = [event.light for event in desk.heard if isinstance(event, LightChanged)]
            assert told == [Light.OK, Light.KEY_REFUSED]
            await accounts.forget(account_id)
            # The answer to a request that was under way comes too late.
            accounts.show_light(account_id, Light.OK)
            assert accounts.light(account_id) is None

        desk.run(show)


def test_forgetting_takes_the_key_along(desk: AccountsDesk) -> None:
    with RoboflowCloud() as cloud:

        async def connect(accounts: Accounts) -> None:
            account = await accounts.connect_roboflow(cloud.key, address=cloud.url)
            await accounts.service(account.account_id)
            await accounts.forget(account.account_id)
            assert len(accounts.all()) == 1
            with pytest.raises(UnknownAccount, match="Known accounts: This computer"):
                await accounts.service(account.account_id)

        desk.run(connect)
    assert desk.keys.load() == {}
    assert json.loads((desk.home / "accounts.json").read_text()) == {"accounts": []}


def test_the_account_of_a_command_is_never_stored(desk: AccountsDesk) -> None:
    with RoboflowCloud() as cloud:

        async def use(accounts: Accounts) -> None:
            account = accounts.add_session_account(cloud.key, cloud.url)
            assert account == accounts.add_session_account(cloud.key, cloud.url)
            service = await accounts.service(account.account_id)
            assert service.account.workspace == "acme-ws"
            assert accounts.all()[1].workspace == "acme-ws"
            await accounts.connect_roboflow(cloud.key, address=cloud.url)

        desk.run(use)
    stored = json.loads((desk.home / "accounts.json").read_text())["accounts"]
    assert [each["account_id"] for each in stored] == ["roboflow-acme-ws"]


def test_a_damaged_list_is_put_aside(desk: AccountsDesk) -> None:
    path = desk.home / "accounts.json"
    path.write_text('{"accounts": [{"account_id": 1')

    async def look(accounts: Accounts) -> None:
        assert len(accounts.all()) == 1

    desk.run(look)
    assert (desk.home / "accounts.json.damaged").exists()
    path.write_text(
        '{"accounts": [null, {"service": "new-one"}, {"account_id": "roboflow-a", "service": "roboflow",'
        '"name": "a", "workspace": "a", "address": "http://127.0.0.1:1"}]}'
    )

    async def look_again(accounts: Accounts) -> None:
        assert [each.account_id for each in accounts.all()[1:]] == ["roboflow-a"]

    desk.run(look_again)
