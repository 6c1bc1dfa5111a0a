"""Connecting an account against a real server, and what the dialogs say when that does not work."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from batchdock.core.account import KeyKept, ServiceKind
from batchdock.core.errors import CertificateRefused, KeyOfAnotherWorkspace, PlanMissing
from batchdock.flows.accounts import KeystoreState
from batchdock.window.accounts.connect_dialog import ConnectDialog
from batchdock.window.accounts.dialog import AccountsDialog
from batchdock.window.accounts.key_form import KeyForm
from batchdock.window.main_window import MainWindow
from batchdock.window.two_lines import SECOND_LINE_ROLE
from fakes.roboflow_cloud import RoboflowCloud


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as running:
        yield running


def dialog_at(window: MainWindow, address: str) -> ConnectDialog:
    dialog = ConnectDialog(window._context, parent=window)
    dialog.cards.cards[ServiceKind.ROBOFLOW].click()
    form_of(dialog).more.click()
    form_of(dialog).address.setText(address)
    dialog.open()
    return dialog


def form_of(dialog: ConnectDialog) -> KeyForm:
    """Return the form that asks for a key."""
    assert isinstance(dialog.form, KeyForm)
    return dialog.form


def on_screen(widget: QWidget) -> str:
    """Return every text in `widget`."""
    labels = [label.text() for label in widget.findChildren(QLabel)]
    return "\n".join(labels + [line.text() for line in widget.findChildren(QLineEdit)])


def test_a_good_key_connects_and_is_forgotten_by_the_dialog(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        dialog = dialog_at(window, cloud.url)
        assert not dialog.connect_button.isEnabled()
        form_of(dialog).key.setText(f"  {cloud.key}\n")
        assert form_of(dialog).key.echoMode() is QLineEdit.EchoMode.Password
        connected: list[Any] = []
        dialog.connected.connect(connected.append)
        dialog.connect_button.click()
        await eventually(lambda: dialog.done_text.isVisible())
        assert dialog.done_text.text() == "Connected to workspace “acme-ws”. 1 workflow found."
        assert cloud.key not in on_screen(dialog)
        assert not form_of(dialog).key.isUndoAvailable()
        assert connected[0].key_kept is KeyKept.UNTIL_QUIT
        dialog.reject()

    play(scenario())
    names = [account.name for account in window._context.desk.accounts.all()]
    assert names == ["This computer", "acme-ws"]


def test_without_a_password_store_the_key_is_kept_until_quit_and_that_is_said(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        dialog = dialog_at(window, cloud.url)
        await eventually(lambda: "until you quit" in on_screen(dialog))
        assert "This computer has no password store" in on_screen(dialog)
        assert not form_of(dialog).remember.isEnabled()
        assert not form_of(dialog).remember.isChecked()
        dialog.reject()

    play(scenario())


def test_where_the_key_is_saved_has_the_name_people_know(application: QApplication) -> None:
    form = KeyForm(with_address=True)
    form.show_keystore(KeystoreState(usable=True, name="your password store"))
    assert form.remember.isChecked()
    assert "Saved in your password store, not in this app's files." in on_screen(form)
    form.remember.click()
    assert "kept until you quit" in on_screen(form)
    form.deleteLater()


def test_a_wrong_key_is_said_under_the_field_and_typing_takes_it_back(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        dialog = dialog_at(window, cloud.url)
        form_of(dialog).key.setText("wrong")
        dialog.connect_button.click()
        await eventually(lambda: form_of(dialog).trouble.isVisible())
        assert form_of(dialog).trouble.text() == (
            "Roboflow did not accept this key. Check that you copied the whole key, and that it is a private key."
        )
        assert dialog.connect_button.isEnabled()
        form_of(dialog).key.setText("wrong2")
        assert not form_of(dialog).trouble.isVisible()
        form_of(dialog).key.setText("rf_publishable")
        dialog.connect_button.click()
        await eventually(lambda: form_of(dialog).trouble.isVisible())
        assert "publishable" in form_of(dialog).trouble.text()
        dialog.reject()

    play(scenario())
    assert len(window._context.desk.accounts.all()) == 1


def test_no_connection_names_the_host(window: MainWindow, play: Any, eventually: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"

    async def scenario() -> None:
        dialog = dialog_at(window, address)
        form_of(dialog).key.setText("some-key")
        dialog.connect_button.click()
        await eventually(lambda: form_of(dialog).trouble.isVisible())
        assert form_of(dialog).trouble.text().startswith("No connection to 127.0.0.1")
        assert "some-key" not in form_of(dialog).trouble.text()
        assert form_of(dialog).key.text() == "some-key"
        dialog.reject()
        assert form_of(dialog).key.text() == ""

    play(scenario())


def test_a_plan_without_batch_processing_connects_and_says_so(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        cloud.fail("GET /acme-ws/workflows", status=402, body=b'{"error":"plan"}', times=10)
        dialog = dialog_at(window, cloud.url)
        form_of(dialog).key.setText(cloud.key)
        dialog.connect_button.click()
        await eventually(lambda: dialog.done_text.isVisible())
        assert dialog.done_text.text().startswith(
            "Connected to workspace “acme-ws”. This Roboflow plan does not include Batch Processing. The key is fine."
        )
        dialog.reject()

    play(scenario())


def test_other_troubles_are_said_whole(window: MainWindow, play: Any) -> None:
    async def scenario() -> None:
        dialog = dialog_at(window, "https://127.0.0.1:1")
        for error, words in (
            (CertificateRefused(host="api.roboflow.com"), "Ask IT to add its certificate to this computer"),
            (KeyOfAnotherWorkspace(found="demo", expected="harbour-lab"), "This key is for “demo”"),
            (PlanMissing(service="Roboflow"), "The key is fine."),
        ):
            dialog._on_error(error)
            assert words in form_of(dialog).trouble.text()
        dialog.reject()

    play(scenario())


def test_accounts_are_listed_given_new_keys_and_forgotten(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        accounts = window._context.desk.accounts
        await window._context.background.run(accounts.connect_roboflow(cloud.key, address=cloud.url))
        listed = AccountsDialog(window._context, window)
        listed.open()
        assert listed.model.rowCount() == 2
        assert not listed.forget_button.isEnabled()
        listed.list.setCurrentIndex(listed.model.index(1))
        assert "key kept until you quit" in listed.model.index(1).data(SECOND_LINE_ROLE)
        listed.forget_button.click()
        assert listed.really_forget_button.isVisible()
        assert listed.really_forget_button.text() == "Forget “acme-ws”"
        listed.keep_button.click()
        assert not listed.really_forget_button.isVisible()
        listed.forget_button.click()
        listed.really_forget_button.click()
        await eventually(lambda: listed.model.rowCount() == 1)
        assert len(accounts.all()) == 1
        listed.reject()

    play(scenario())


def test_a_key_of_another_workspace_changes_nothing(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        accounts = window._context.desk.accounts
        account = await window._context.background.run(accounts.connect_roboflow(cloud.key, address=cloud.url))
        dialog = ConnectDialog(window._context, account=account, parent=window)
        dialog.open()
        assert not form_of(dialog).address.isVisible()
        cloud.workspace = "demo"
        form_of(dialog).key.setText(cloud.key)
        dialog.connect_button.click()
        await eventually(lambda: form_of(dialog).trouble.isVisible())
        assert form_of(dialog).trouble.text().startswith("This key is for “demo”, not for “acme-ws”.")
        dialog.reject()

    play(scenario())
