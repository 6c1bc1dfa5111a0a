"""Connecting an account with a project, against a cloud that speaks the contract."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit

from batchdock.core.account import Account, KeyKept, ServiceKind
from batchdock.core.errors import CertificateRefused, ClockWrong, HostNotFound, InArrears, KeyLocked, NotSubscribed
from batchdock.window.accounts.account_form import Spot
from batchdock.window.accounts.connect_dialog import ConnectDialog
from batchdock.window.accounts.dialog import AccountsDialog
from batchdock.window.accounts.huawei_form import HuaweiForm
from batchdock.window.main_window import MainWindow
from batchdock.window.two_lines import SECOND_LINE_ROLE
from fakes.huawei import HuaweiCloud
from making.huawei import connect_desk
from making.spoken import nameless


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud(vias="v2") as running:
        yield running


def form_of(dialog: ConnectDialog) -> HuaweiForm:
    """Return the form that is shown."""
    assert isinstance(dialog.form, HuaweiForm)
    return dialog.form


def dialog_at(window: MainWindow, cloud: HuaweiCloud) -> ConnectDialog:
    """Open the dialog by its card, with the addresses of the cloud and a user filled in."""
    dialog = ConnectDialog(window._context, parent=window)
    dialog.open()
    dialog.cards.cards[ServiceKind.HUAWEI].click()
    form = form_of(dialog)
    place = form.place
    place.region_choice.setCurrentIndex(place.region_choice.findData(""))
    place.own_region.setText(cloud.region)
    for line, address in ((place.iam, cloud.iam), (place.vias, cloud.vias), (place.iva, cloud.iva)):
        line.setText(address)
    form.credentials.user.setText(cloud.user)
    form.credentials.domain.setText(cloud.domain)
    return dialog


async def connect(window: MainWindow, cloud: HuaweiCloud) -> Account:
    """Connect the cloud without the dialog."""
    context = window._context
    account: Account = await context.background.run(connect_desk(context.desk, cloud))
    return account


def troubles(form: HuaweiForm) -> list[Spot]:
    """Return where something is said."""
    return [spot for spot in form.findChildren(Spot) if spot.trouble.text()]


def test_a_password_connects_finds_the_project_and_is_forgotten(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    async def scenario() -> None:
        dialog = dialog_at(window, cloud)
        form = form_of(dialog)
        assert not dialog.connect_button.isEnabled()
        form.credentials.password.setText(cloud.password)
        assert form.credentials.password.echoMode() is QLineEdit.EchoMode.Password
        dialog.connect_button.click()
        await eventually(dialog.done_text.isVisible)
        assert dialog.done_text.text() == f"Connected to project “{cloud.project}”. Its jobs appear in the list."
        for field in form.findChildren(QLineEdit):
            assert cloud.password not in field.text()
        assert not form.credentials.password.isUndoAvailable()
        dialog.reject()

    play(scenario())
    account = window._context.desk.accounts.all()[1]
    assert (account.workspace, account.key_kept) == (cloud.project_id, KeyKept.UNTIL_QUIT)
    assert account.setting("vias") == "v2"


def test_an_access_key_and_a_token_connect_too(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    async def scenario() -> None:
        for way, filled in ((1, {"access": cloud.ak, "secret": cloud.sk}), (2, {"token": f" {cloud.token()}\n"})):
            dialog = dialog_at(window, cloud)
            credentials = form_of(dialog).credentials
            credentials.ways.button(way).click()
            assert not dialog.connect_button.isEnabled()
            for name, value in filled.items():
                getattr(credentials, name).setText(value)
            dialog.connect_button.click()
            await eventually(dialog.done_text.isVisible)
            dialog.reject()

    play(scenario())
    assert len(window._context.desk.accounts.all()) == 2


def test_a_wrong_password_is_said_at_the_password_and_typing_takes_it_back(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    async def scenario() -> None:
        dialog = dialog_at(window, cloud)
        form = form_of(dialog)
        form.credentials.password.setText("not-the-one")
        dialog.connect_button.click()
        await eventually(lambda: troubles(form))
        assert troubles(form) == [form.credentials.spot]
        assert form.credentials.spot.trouble.text().startswith("Huawei Cloud did not accept this sign-in.")
        assert "not-the-one" not in form.credentials.spot.trouble.text()
        assert dialog.connect_button.isEnabled()
        form.credentials.password.setText("not-the-one-either")
        assert not troubles(form)
        dialog.reject()
        assert form.credentials.password.text() == ""

    play(scenario())
    assert len(window._context.desk.accounts.all()) == 1


def test_an_unknown_project_offers_the_known_ones(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    async def scenario() -> None:
        dialog = dialog_at(window, cloud)
        form = form_of(dialog)
        form.credentials.password.setText(cloud.password)
        form.place.project_choice.setEditText("nowhere")
        dialog.connect_button.click()
        await eventually(lambda: troubles(form))
        assert troubles(form) == [form.place.project]
        choice = form.place.project_choice
        assert choice.currentText() == "nowhere"
        assert cloud.project in [choice.itemText(row) for row in range(choice.count())]
        choice.setCurrentIndex(choice.findText(cloud.project))
        assert not troubles(form)
        dialog.connect_button.click()
        await eventually(dialog.done_text.isVisible)
        dialog.reject()

    play(scenario())


def test_what_is_wrong_is_said_where_it_can_be_put_right(window: MainWindow, play: Any, cloud: HuaweiCloud) -> None:
    async def scenario() -> None:
        dialog = dialog_at(window, cloud)
        form = form_of(dialog)
        vias_host = cloud.vias.removeprefix("http://")
        for error, spot in (
            (HostNotFound(host="iam.nowhere.example"), form.place.region),
            (HostNotFound(host=vias_host), form.place.addresses["VIAS"]),
            (CertificateRefused(host="iam.nowhere.example"), form.place.region),
            (NotSubscribed(service="Huawei Cloud", reason="no"), form.place.use),
            (ClockWrong(service="Huawei Cloud", minutes=20), form.credentials.spot),
            (KeyLocked(service="Huawei Cloud", reason="wait"), form.credentials.spot),
        ):
            form.clear_trouble()
            dialog._on_error(error)
            assert troubles(form) == [spot], error
        form.clear_trouble()
        dialog._on_error(InArrears(service="Huawei Cloud", reason="Unpaid."))
        assert not troubles(form)
        assert "Unpaid." in form.trouble.text()
        dialog.reject()

    play(scenario())


def test_the_region_says_which_version_is_spoken_there(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        dialog = ConnectDialog(window._context, service=ServiceKind.HUAWEI, parent=window)
        dialog.open()
        place = form_of(dialog).place
        assert (place.wish().region, place.wish().vias, place.wish().iva) == ("cn-north-4", "v2", ())
        place.region_choice.setCurrentIndex(place.region_choice.findData("ap-southeast-3"))
        place.faces_tick.setChecked(True)
        place.services.setText(" c-other-edge ,, c-face-edge")
        assert (place.wish().vias, place.wish().iva) == ("v1", ("c-face-edge", "c-other-edge"))
        place.version.setCurrentIndex(place.version.findData("v2"))
        assert place.wish().vias == "v2"
        for tick in (place.vias_tick, place.faces_tick):
            tick.setChecked(False)
        place.services.clear()
        assert not place.is_filled
        assert not nameless(dialog)
        dialog.reject()

    play(scenario())


def test_the_list_tests_the_connection_and_knows_what_each_service_is(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    async def scenario() -> None:
        account = await connect(window, cloud)
        listed = AccountsDialog(window._context, window)
        listed.open()
        listed.list.setCurrentIndex(listed.model.index(1))
        second = listed.model.index(1).data(SECOND_LINE_ROLE)
        assert second.startswith(f"Huawei Cloud project “{cloud.project}”")
        assert not listed.budget_button.isEnabled(), "nobody knows its prices"
        listed.test_button.click()
        await eventually(lambda: listed.tested.text() == f"“{account.name}” answers, and takes the sign-in.")
        cloud.fail("POST /v3/auth/tokens", code="401", times=50)
        listed.test_button.click()
        await eventually(lambda: "did not accept this sign-in" in listed.tested.text())
        listed.forget_button.click()
        assert listed._question.text().startswith(f"Forget “{account.name}”? Its sign-in is removed")
        listed.list.setCurrentIndex(listed.model.index(0))
        assert not listed.tested.isVisible()
        listed.reject()

    play(scenario())


def test_a_new_key_asks_for_the_sign_in_only(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    async def scenario() -> None:
        account = await connect(window, cloud)
        dialog = ConnectDialog(window._context, account=account, parent=window)
        dialog.open()
        form = form_of(dialog)
        assert not dialog.cards.isVisible()
        assert not form.place.isVisible()
        form.credentials.ways.button(1).click()
        form.credentials.access.setText(cloud.ak)
        form.credentials.secret.setText(cloud.sk)
        dialog.connect_button.click()
        await eventually(dialog.done_text.isVisible)
        assert form.credentials.secret.text() == ""
        dialog.reject()
        assert replace(window._context.desk.accounts.all()[1], settings=account.settings) == account

    play(scenario())
