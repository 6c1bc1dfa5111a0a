"""Budgets in their dialog: what is chosen holds at once."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from batchdock.core.costs import Budget
from batchdock.core.errors import DiskFull
from batchdock.window.accounts.dialog import AccountsDialog
from batchdock.window.costs.budget_dialog import BudgetDialog
from batchdock.window.main_window import MainWindow
from fakes.roboflow_cloud import RoboflowCloud
from making.worked import definition, put_worked, worked


@pytest.fixture
def cloud() -> Iterator[RoboflowCloud]:
    with RoboflowCloud() as server:
        yield server


async def connected(window: MainWindow, cloud: RoboflowCloud, name: str = "") -> str:
    accounts = window.desk.accounts
    work = accounts.connect_roboflow(cloud.key, address=cloud.url, name=name)
    return (await window._context.background.run(work)).account_id


def opened(window: MainWindow) -> BudgetDialog:
    window.actions_["budget"].trigger()
    dialog = window.findChild(BudgetDialog)
    assert dialog is not None
    return dialog


def type_into(box: QAbstractSpinBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def test_amounts_hold_at_once_and_are_there_the_next_time(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        account, costs = await connected(window, cloud), window.desk.costs
        dialog = opened(window)
        form = dialog.form
        assert (form.soft.text(), form.hard.text(), form.ask_above.value()) == ("no limit", "no limit", 10.0)
        assert not form.bar.isVisible()
        type_into(form.soft, "15")
        type_into(form.hard, "20.5")
        type_into(form.ask_above, "0")
        assert form.ask_above.text() == "every time"
        await eventually(lambda: costs.budget(account) == Budget(15, 20.5, 0))
        assert dialog.isVisible(), "Enter in a field is not the end"
        assert form.bar.isVisible()
        dialog.reject()
        await eventually(lambda: window.findChild(BudgetDialog) is None)
        again = opened(window)
        assert (again.form.soft.value(), again.form.hard.value(), again.form.ask_above.value()) == (15, 20.5, 0)
        type_into(again.form.hard, "0")
        await eventually(lambda: costs.budget(account) == Budget(15, None, 0))
        again.reject()
        await eventually(lambda: window.findChild(BudgetDialog) is None)

    play(scenario())


def test_what_is_used_moves_the_bar_and_is_warned_about(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        account = await connected(window, cloud)
        dialog = opened(window)
        type_into(dialog.form.soft, "2")
        type_into(dialog.form.hard, "4")
        assert dialog.form.bar.value() == 0
        assert not dialog.form.warning.isVisible()
        put_worked(cloud, "theirs", definition(), worked([3.001 * 3600], items=10))
        await window._context.background.run(window.desk.jobs.look(account))
        await eventually(lambda: dialog.form.bar.value() == 750)
        assert dialog.form.used.text().endswith(": about 3 of 4 credits used")
        assert dialog.form.bar.accessibleName() == dialog.form.used.text()
        assert dialog.form.warning.text() == "You are asked before every start this month."
        type_into(dialog.form.hard, "3")
        assert dialog.form.warning.text() == "Nothing more is started on this account this month."
        type_into(dialog.form.hard, "0")
        assert dialog.form.used.text().endswith(": about 3 of 2 credits used")
        dialog.reject()

    play(scenario())


def test_every_account_has_its_own_and_without_any_there_is_a_sentence(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        dialog = opened(window)
        assert dialog.nothing.isVisible()
        assert not dialog.form.isVisible()
        assert dialog.account_id() == ""
        first = await connected(window, cloud)
        await eventually(lambda: dialog.account_id() == first)
        assert dialog.form.isVisible()
        with RoboflowCloud(workspace="other-ws") as another:
            second = await connected(window, another)
            await eventually(lambda: dialog.account.count() == 2)
            assert dialog.account_id() == first
            type_into(dialog.form.hard, "7")
            dialog.account.setCurrentIndex(1)
            assert dialog.account_id() == second
            assert dialog.form.hard.value() == 0
            await eventually(lambda: window.desk.costs.budget(first).hard == 7)
            assert window.desk.costs.budget(second) == Budget()
            dialog.reject()
            await eventually(lambda: window.findChild(BudgetDialog) is None)
            accounts = AccountsDialog(window._context, parent=window)
            accounts.open()
            assert not accounts.budget_button.isEnabled(), "This computer costs nothing"
            accounts.list.setCurrentIndex(accounts.model.index(2))
            accounts.budget_button.click()
            budget = accounts.findChild(BudgetDialog)
            assert budget is not None
            assert budget.account_id() == second
            budget.reject()
            accounts.reject()
            await eventually(lambda: window.findChild(AccountsDialog) is None)

    play(scenario())


def test_what_could_not_be_kept_is_said_in_the_window_when_the_dialog_is_closed(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = threading.Event()

    async def change(_account: str, _budget: Budget) -> None:
        await asyncio.to_thread(closed.wait)
        raise DiskFull(folder="/home", needed="1 kB")

    async def scenario() -> None:
        await connected(window, cloud)
        monkeypatch.setattr(window.desk.costs._budgets, "change", change)
        dialog = opened(window)
        type_into(dialog.form.soft, "15")
        dialog.reject()
        await eventually(lambda: window.findChild(BudgetDialog) is None)
        closed.set()
        await eventually(lambda: window.messages.notices)
        assert "No finished work is lost." in window.messages.notices[0].text

    play(scenario())


def test_the_keyboard_reaches_everything_and_everything_has_a_name(
    window: MainWindow, play: Any, eventually: Any, cloud: RoboflowCloud
) -> None:
    async def scenario() -> None:
        await connected(window, cloud)
        dialog = opened(window)
        dialog.activateWindow()
        form = dialog.form
        wanted: list[QWidget] = [dialog.account, form.soft, form.hard, form.ask_above]
        dialog.account.setFocus()
        for widget in wanted:
            assert widget.accessibleName()
            await eventually(lambda each=widget: dialog.focusWidget() is each)
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await eventually(lambda: window.findChild(BudgetDialog) is None)

    play(scenario())
