"""Connecting TensorBay: where a key goes is said before, and what is wrong leads to where it is put right."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from batchdock.core.account import Account, KeyKept, ServiceKind
from batchdock.core.errors import AccessDenied, AccountKeyRefused, AddressUnusable, MaybeClosed, ServiceTrouble
from batchdock.flows.accounts import TENSORBAY_ADDRESSES
from batchdock.window.accounts.connect_dialog import ConnectDialog
from batchdock.window.accounts.dialog import AccountsDialog
from batchdock.window.accounts.tensorbay_form import TensorBayForm
from batchdock.window.main_window import MainWindow
from fakes.tensorbay import TensorBay

CHINESE = "Accesskey-0123456789abcdef0123456789abcdef"


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as running:
        yield running


def dialog_of(window: MainWindow, account: Account | None = None) -> tuple[ConnectDialog, TensorBayForm]:
    dialog = ConnectDialog(window._context, account=account, parent=window)
    dialog.open()
    if account is None:
        dialog.cards.cards[ServiceKind.TENSORBAY].click()
    assert isinstance(dialog.form, TensorBayForm)
    return dialog, dialog.form


def on_screen(widget: QWidget) -> str:
    """Return every text in `widget`."""
    labels = [label.text() for label in widget.findChildren(QLabel)]
    return "\n".join(labels + [line.text() for line in widget.findChildren(QLineEdit)])


def test_where_the_key_goes_is_said_while_it_is_typed(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        dialog, form = dialog_of(window)
        assert not dialog.connect_button.isEnabled()
        for key, host in ((CHINESE, "gas.graviti.cn"), (CHINESE.replace("Accesskey", "ACCESSKEY"), "gas.graviti.com")):
            form.key.setText(f" {key}\n")
            assert form.going_to.text() == f"The key is sent to {host} only."
            assert dialog.connect_button.isEnabled()
            assert not form.address.isVisibleTo(form)
        for beginning in ("A", "Acces", "Accesskey"):
            form.key.setText(beginning)
            assert form.going_to.text() == "Its spelling tells which address it is for."
            assert not form.address.isVisibleTo(form), "the rest of it may be on its way"
        form.key.setText("0123456789abcdef0123456789abcdef")
        assert form.going_to.text().startswith("This key does not tell which address it is for.")
        assert form.address.isVisibleTo(form)
        assert not dialog.connect_button.isEnabled()
        form.address_choice.setCurrentIndex(1)
        assert form.address.text() == TENSORBAY_ADDRESSES[1]
        assert dialog.connect_button.isEnabled()
        form.address.setText("data.example:8443/api")
        assert form.going_to.text() == "The key is sent to data.example only."
        form.key.setText(CHINESE)
        assert form.going_to.text() == "The key is sent to data.example only.", "what a person says counts more"
        form.sextant.setText("https://other.example/x")
        assert form.going_to.text() == "The key is sent to data.example and other.example only."
        dialog.reject()
        assert form.key.text() == ""

    play(scenario())


def test_a_good_key_connects_and_is_forgotten_by_the_dialog(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    bay.state.user |= {"nickname": "林", "team": {"id": "1", "name": "<b>Vision</b>"}}

    async def scenario() -> None:
        dialog, form = dialog_of(window)
        form.key.setText(bay.key)
        assert form.key.echoMode() is QLineEdit.EchoMode.Password
        form.more.button.click()
        form.address.setText(bay.plain_url)
        dialog.connect_button.click()
        await eventually(lambda: dialog.done_text.isVisible())
        assert dialog.done_text.text() == "Connected as “林 (<b>Vision</b>)”. The datasets appear in Batches."
        assert bay.key not in on_screen(dialog)
        assert not form.key.isUndoAvailable()
        dialog.reject()

    play(scenario())
    assert [each.name for each in window._context.desk.accounts.all()[1:]] == ["TensorBay 林 (<b>Vision</b>)"]


def test_no_answer_is_explained_and_leads_to_the_address(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    bay.go_away()

    async def scenario() -> None:
        dialog, form = dialog_of(window)
        form.key.setText(bay.key)
        form.address.setText(bay.plain_url)
        dialog.connect_button.click()
        await eventually(lambda: form.address_spot.trouble.isVisible())
        assert form.address_spot.trouble.text() == (
            "No answer from 127.0.0.1. The public help pages were last changed about three years ago and the SDK in "
            "February 2023; the service may have been closed or moved. "
            "Change the address of the account, or try again later."
        )
        assert dialog.focusWidget() in (form.address_choice, form.address)
        assert form.key.text() == bay.key
        bay.come_back()
        form.address.setText(f"{bay.plain_url}/v1")
        assert not form.address_spot.trouble.isVisible()
        dialog.connect_button.click()
        await eventually(lambda: dialog.done_text.isVisible())
        dialog.reject()

    play(scenario())


def test_what_is_wrong_is_said_where_it_is_put_right(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        dialog, form = dialog_of(window)
        form.key.setText(CHINESE)
        form.sextant.setText("http://data.example")
        for error, spot in (
            (AccountKeyRefused(service="TensorBay"), form.key_spot),
            (AccessDenied(service="TensorBay", reason="no"), form.key_spot),
            (MaybeClosed(host="x"), form.address_spot),
            (AddressUnusable(address="x"), form.address_spot),
            (AddressUnusable(address="http://data.example"), form.sextant_spot),
        ):
            form.show_trouble(error)
            said = [each for each in (form.key_spot, form.address_spot, form.sextant_spot) if each.trouble.text()]
            assert said == [spot]
            assert spot.trouble.isVisibleTo(form)
            assert spot.control.accessibleDescription() == spot.trouble.text()
            form.clear_trouble()
        form.show_trouble(ServiceTrouble(service="TensorBay", status=500, reason="broken"))
        assert form.trouble.isVisibleTo(form)
        assert "broken" in form.trouble.text()
        form.key.setText(f"{CHINESE}0")
        assert not form.trouble.isVisibleTo(form)
        dialog.reject()

    play(scenario())


def test_a_connected_account_gets_another_address_or_another_key(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    accounts, run = window._context.desk.accounts, window._context.background.run

    async def scenario() -> None:
        account = await run(accounts.connect_tensorbay(bay.key, address=bay.plain_url, name="Harbour"))
        dialog, form = dialog_of(window, account)
        assert dialog.windowTitle() == "Key and address of “Harbour”"
        assert (form.address.text(), form.key.text()) == (bay.plain_url, "")
        assert form.key.placeholderText() == "Leave it empty to keep the key there is"
        assert not dialog.connect_button.isEnabled(), "nothing has changed yet"
        form.more.button.click()
        form.address.setText(bay.plain_url.replace("127.0.0.1", "localhost"))
        dialog.connect_button.click()
        await eventually(lambda: dialog.done_text.isVisible())
        dialog.reject()
        assert "localhost" in accounts.all()[1].address
        bay.key = f"{bay.key}2"
        dialog, form = dialog_of(window, accounts.all()[1])
        form.key.setText(bay.key)
        dialog.connect_button.click()
        await eventually(lambda: dialog.done_text.isVisible())
        dialog.reject()
        await run(accounts.test(account.account_id))
        gone = replace(accounts.all()[1], key_kept=KeyKept.MISSING)
        dialog, form = dialog_of(window, gone)
        assert form.key.placeholderText() == ""
        dialog.reject()

    play(scenario())


def test_a_test_without_an_answer_leads_to_the_address(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    accounts, run = window._context.desk.accounts, window._context.background.run

    async def scenario() -> None:
        await run(accounts.connect_tensorbay(bay.key, address=bay.plain_url))
        dialog = AccountsDialog(window._context, window)
        dialog.open()
        dialog.list.setCurrentIndex(dialog.model.index(1))
        bay.go_away()
        dialog.test_button.click()
        await eventually(dialog.address_button.isVisible)
        assert "may have been closed or moved" in dialog.tested.text()
        dialog.address_button.click()
        connecting = dialog.findChild(ConnectDialog)
        assert connecting is not None
        assert isinstance(connecting.form, TensorBayForm)
        assert "may have been closed or moved" in connecting.form.address_spot.trouble.text()
        connecting.reject()
        bay.come_back()
        dialog.test_button.click()
        await eventually(lambda: "answers" in dialog.tested.text())
        assert not dialog.address_button.isVisible()
        dialog.reject()

    play(scenario())


def test_the_keyboard_and_a_screen_reader_reach_everything(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario() -> None:
        dialog, form = dialog_of(window)
        controls = [form.key, form.how, form.more.button, form.address_choice, form.address, form.sextant]
        assert all(each.accessibleName() for each in (*controls, form.remember))
        await eventually(lambda: dialog.focusWidget() is form.key)
        form.more.unfold(True)
        await eventually(lambda: form.sextant.isVisible())
        reached: set[QWidget | None] = set()
        for _ in range(20):
            reached.add(dialog.focusWidget())
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        assert {form.key, form.how, form.more.button, form.sextant} <= reached
        assert {form.address_choice, form.address} & reached
        dialog.reject()

    play(scenario())
