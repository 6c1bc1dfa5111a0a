"""The inventory page over the fake Huawei Cloud: shown while there is something, read, narrowed, acted on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from batchdock.core.account import Account
from batchdock.core.inventory import Action, CellKind, Collection, Column, Item, On
from batchdock.core.states import JobState
from batchdock.window.inventory.action_bar import ActionBar
from batchdock.window.inventory.cells import state_of
from batchdock.window.inventory.failures_dialog import FailuresDialog
from batchdock.window.inventory.form_dialog import FormDialog
from batchdock.window.inventory.model import InventoryModel
from batchdock.window.inventory.offering import fits
from batchdock.window.inventory.page import InventoryPage
from batchdock.window.inventory.table import InventoryTable
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import INVENTORY, PLACES, Page, Place
from fakes.huawei import HuaweiCloud
from making.huawei import connect_desk

SOURCES, GROUPS, ALGORITHMS = "video-sources", "video-groups", "algorithms"
THINGS = Collection(
    key="things",
    title="Things",
    columns=(
        Column("name", "Name"),
        Column("state", "State", CellKind.STATE, words=(("service_running", "Busy"),)),
        Column("count", "Count", CellKind.NUMBER),
        Column("words", "Words", CellKind.WORDS),
        Column("made", "Made", CellKind.TIME),
    ),
)


@pytest.fixture
def cloud() -> Iterator[HuaweiCloud]:
    with HuaweiCloud() as running:
        yield running


async def connect(window: MainWindow, cloud: HuaweiCloud) -> Account:
    return await window._context.background.run(connect_desk(window.desk, cloud))


async def shown(window: MainWindow, cloud: HuaweiCloud, collection: str, eventually: Any) -> InventoryPage:
    """Connect, go to a collection, and wait until it has been read."""
    account = await connect(window, cloud)
    page = window.inventory
    await eventually(lambda: page.is_offered)
    window.go(INVENTORY)
    assert page.list.go((account.account_id, collection))
    await eventually(lambda: not page.listing.is_reading)
    return page


def names(page: InventoryPage) -> list[str]:
    model = page.listing.model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def dialogs(window: MainWindow, kind: type[QDialog]) -> list[Any]:
    return [each for each in window.findChildren(kind) if each.isVisible()]


def test_the_place_is_there_while_an_account_keeps_something(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    cloud.add_groups(name="north")

    async def scenario() -> None:
        command, sidebar = window.actions_["show-inventory"], window.sidebar
        assert sidebar.place_of(INVENTORY.key) is None
        assert not command.isVisible()
        account = await connect(window, cloud)
        await eventually(lambda: command.isVisible())
        window.go(INVENTORY)
        sidebar.setFocus()
        QTest.keyClick(sidebar, Qt.Key.Key_Up)
        above = sidebar.place()
        assert above != INVENTORY
        QTest.keyClick(sidebar, Qt.Key.Key_Down)
        assert sidebar.place() == INVENTORY
        assert window.inventory.isVisible()
        window.save_state()
        assert window._context.settings.value("window/place") == INVENTORY.key
        await window._context.background.run(window.desk.accounts.forget(account.account_id))
        await eventually(lambda: not command.isVisible())
        assert sidebar.place() == PLACES[0]
        window.go(Place(Page.RESULTS))
        for _ in PLACES:
            QTest.keyClick(sidebar, Qt.Key.Key_Down)
            assert sidebar.place() in PLACES, "the keyboard goes over what is not shown"

    play(scenario())


def test_a_collection_is_read_sorted_searched_and_looked_into(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    made = [cloud.add_sources(name=f"gate-{number}", type_config="")[0] for number in (10, 9, 2)]

    async def scenario() -> None:
        page = await shown(window, cloud, SOURCES, eventually)
        table, model = page.listing.table, page.listing.model
        assert sorted(names(page)) == ["gate-10", "gate-2", "gate-9"]
        assert page.listing.said() == "3 items"
        table.choose([made[0].id])
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        assert names(page) == ["gate-2", "gate-9", "gate-10"], "people count 2, 9, 10"
        assert [item.name for item in table.chosen()] == ["gate-10"], "a selection goes with its rows"
        await eventually(lambda: page.details.item is not None and page.details.item.name == "gate-10")
        await eventually(lambda: any(each.path.endswith(f"/source/sources/{made[0].id}") for each in cloud.seen))
        page.filters.search.setText("GATE-9")
        await eventually(lambda: names(page) == ["gate-9"])
        assert page.listing.said() == "1 of 3"
        page.filters.search.setText("nowhere")
        await eventually(lambda: page.listing._nothing.isVisible())
        page.listing._nothing.buttons[0].click()
        await eventually(lambda: model.rowCount() == 3)

    play(scenario())


def test_a_list_is_narrowed_at_the_service(window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud) -> None:
    (gate,) = cloud.add_sources(name="gate", level="1")
    cloud.add_sources(name="quay", level="2")

    async def scenario() -> None:
        page = await shown(window, cloud, SOURCES, eventually)
        page.listing.table.choose([gate.id])
        await eventually(page.details.isVisible)
        page.filters._fill()
        titles = [action.text() for action in page.filters.menu.actions()]
        assert titles[:3] == ["Name contains…", "The name is that of", "State"]
        state = page.filters.menu.actions()[2].menu()
        assert isinstance(state, QMenu)
        next(action for action in state.actions() if action.text() == "Offline").trigger()
        await eventually(lambda: not page.listing.is_reading and names(page) == ["quay"])
        await eventually(lambda: not page.details.isVisible())
        assert page.filters.words() == "State: Offline"
        page.filters.menu.actions()[0].trigger()
        await eventually(lambda: dialogs(window, FormDialog))
        (dialog,) = dialogs(window, FormDialog)
        dialog.fields["scope"].put("gat")
        dialog.go.click()
        await eventually(lambda: not page.listing.is_reading and page.listing._nothing.isVisible())
        page.filters.chips["status"].remove_asked.emit()
        await eventually(lambda: names(page) == ["gate"])
        other, here = page.list.spots()[0], page.list.spot()
        page.list.go(other)
        assert page.filters.where == {}
        page.list.go(here)
        assert dict(page.filters.where) == {"scope": ("gat",)}, "filters wait for who comes back"
        await eventually(lambda: names(page) == ["gate"])

    play(scenario())


def test_something_new_is_made_by_its_form_and_selected(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    for number in range(3):
        cloud.add_groups(name=f"old-{number}")

    async def scenario() -> None:
        page = await shown(window, cloud, GROUPS, eventually)
        page.filters.search.setText("old-1")
        await eventually(lambda: len(names(page)) == 1)
        page.bar.buttons["create"].click()
        await eventually(lambda: dialogs(window, FormDialog))
        (dialog,) = dialogs(window, FormDialog)
        assert not page.bar.buttons["create"].isEnabled(), "one thing at a time"
        dialog.fields["video_group_name"].put("north")
        dialog.go.click()
        await eventually(lambda: [item.name for item in page.listing.table.chosen()] == ["north"])
        assert page.filters.search.text() == "", "a search that hides it goes"
        assert [each.name for each in cloud.state.groups.values()][-1] == "north"
        await eventually(lambda: page.bar.buttons["create"].isEnabled())

    play(scenario())


def test_what_a_service_refuses_stays_in_the_form(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    cloud.fail("POST .*/video-group", status=400, code="VIAS.00010003")

    async def scenario() -> None:
        page = await shown(window, cloud, GROUPS, eventually)
        assert page.listing._empty is not None
        assert page.listing._empty.isVisible()
        page.listing._empty.buttons[0].click()
        await eventually(lambda: dialogs(window, FormDialog))
        (dialog,) = dialogs(window, FormDialog)
        dialog.fields["video_group_name"].put("north")
        dialog.go.click()
        await eventually(lambda: dialog.trouble.isVisible())
        dialog.go.click()
        await eventually(lambda: names(page) == ["north"])

    play(scenario())


def test_what_destroys_is_asked_about_and_failures_are_told_by_name(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    groups = [cloud.add_groups(name=name)[0] for name in ("east", "north", "south")]
    cloud.fail(f"DELETE .*/video-group/{groups[1].id}", status=500, code="VIAS.00010012", times=9)

    async def scenario() -> None:
        page = await shown(window, cloud, GROUPS, eventually)
        table = page.listing.table
        assert not page.bar.buttons["delete"].isEnabled()
        table.choose([groups[0].id, groups[1].id])
        await eventually(lambda: page.bar.buttons["delete"].isEnabled())
        assert not page.bar.buttons["change"].isEnabled(), "only one can be changed at a time"
        for go in (False, True):
            table.setFocus()
            QTest.keyClick(table, Qt.Key.Key_Delete)
            await eventually(lambda: dialogs(window, QMessageBox))
            (box,) = dialogs(window, QMessageBox)
            assert "east" in box.text()
            assert "north" in box.text()
            role = QMessageBox.ButtonRole.AcceptRole if go else QMessageBox.ButtonRole.RejectRole
            next(button for button in box.buttons() if box.buttonRole(button) is role).click()
            await eventually(lambda: not page.acting.at_work)
            assert len(cloud.state.groups) == (2 if go else 3)
        await eventually(lambda: dialogs(window, FailuresDialog))
        (told,) = dialogs(window, FailuresDialog)
        assert told.text().startswith("north\t")
        assert "\n" not in told.text()
        told.reject()
        await eventually(lambda: sorted(names(page)) == ["north", "south"])
        assert [item.name for item in table.chosen()] == ["north"]

    play(scenario())


def test_a_list_that_breaks_off_keeps_what_is_there_and_says_so(
    window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud
) -> None:
    cloud.add_sources(450)

    async def scenario() -> None:
        page = await shown(window, cloud, GROUPS, eventually)
        cloud.fail("GET .*/source/sources", status=403, code="VIAS.00010012", skip=1, times=99)
        page.list.go(next(spot for spot in page.list.spots() if spot[1] == SOURCES))
        await eventually(lambda: page.listing.trouble.isVisible())
        read = page.listing.model.rowCount()
        assert 0 < read < 450
        assert page.listing.trouble.said.text().startswith(f"The list broke off after {read}.")
        cloud.heal()
        page.listing.trouble.again.click()
        await eventually(lambda: page.listing.said() == "450 items" and not page.listing.trouble.isVisible())
        cloud.fail("GET .*/source/sources", status=403, code="VIAS.00010012", times=99)
        page.refresh()
        await eventually(lambda: page.listing.trouble.isVisible())
        assert page.listing.model.rowCount() == 450, "what was there goes with the next try that comes to nothing"

    play(scenario())


def test_the_menus_offer_what_fits(window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud) -> None:
    running = cloud.add_algorithms(name="fire", state="service_running")[0]
    idle = cloud.add_algorithms(name="ships", state="not_deployed")[0]

    def offered(page: InventoryPage, menu: QMenu) -> list[str]:
        menu.aboutToShow.emit()
        return [action.text() for action in menu.actions() if action.text() and action.isEnabled()]

    async def scenario() -> None:
        page = await shown(window, cloud, ALGORITHMS, eventually)
        table, menu = page.listing.table, window.actions_.inventory
        by_name = {each.name: each.item_id for each in page.listing.model.items(0, 9)}
        assert set(by_name) == {running.name, idle.name}
        table.choose([by_name["fire"]])
        await eventually(lambda: page.bar.buttons["stop"].isEnabled())
        assert offered(page, menu) == ["Stop deployment…", "&Inventory"]
        table.choose([by_name["ships"]])
        await eventually(lambda: page.bar.buttons["deploy"].isEnabled())
        assert offered(page, menu) == ["Deploy…", "&Inventory"]
        table.choose(by_name.values())
        await eventually(lambda: not page.bar.buttons["deploy"].isEnabled())
        assert offered(page, menu) == ["&Inventory"]
        table.choose([by_name["ships"]])
        table.menu_asked.emit(table.visualRect(table.currentIndex()).center())
        (context,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMenu) and each.isVisible()]
        assert [action.text() for action in context.actions() if action.text()] == ["Deploy…", "Copy &name", "Copy &ID"]
        context.close()
        window.go(PLACES[0])
        assert offered(page, menu) == ["&Inventory"], "what is selected elsewhere is not acted on"

    play(scenario())


def test_nobody_is_asked_while_nobody_looks(window: MainWindow, play: Any, eventually: Any, cloud: HuaweiCloud) -> None:
    cloud.add_groups(name="north")

    def lists() -> int:
        return sum(each.path.endswith("/video-group/groups") for each in cloud.seen)

    async def scenario() -> None:
        page = await shown(window, cloud, GROUPS, eventually)
        before, spot = lists(), page.list.spot()
        assert spot is not None
        window.go(PLACES[0])
        run, desk = window._context.background.run, window.desk
        await run(desk.inventory.act(*spot, "create", (), {"video_group_name": "south", "access_type": "cloud"}))
        window._context.inbox.deliver()
        assert lists() == before
        window.go(INVENTORY)
        await eventually(lambda: sorted(names(page)) == ["north", "south"])

    play(scenario())


# --- the model and the table by themselves


def things(count: int, first: int = 0) -> list[Item]:
    return [
        Item("things", f"id-{number}", f"thing {number}", {"count": number % 7 if number % 5 else None, "words": ()})
        for number in range(first, first + count)
    ]


def test_many_rows_are_sorted_and_searched_in_steps(qtbot: QtBot) -> None:
    model = InventoryModel()
    table = InventoryTable(model, "Things")
    qtbot.addWidget(table)
    model.show_collection(THINGS)
    model.begin(anew=True)
    model.take(things(3000))
    model.finish(complete=True)
    assert model.rowCount() == 3000
    table.choose(["id-7", "id-8"], "id-8")
    with qtbot.waitSignal(model.order_changed, timeout=60_000):
        model.sort(2, Qt.SortOrder.DescendingOrder)
        assert model.rowCount() == 3000
        assert model.is_arranging
    counts = [model.items(0, 3000)[row].cells["count"] for row in range(3000)]
    known = [count for count in counts if isinstance(count, int)]
    assert known == sorted(known, reverse=True)
    assert counts[len(known) :] == [None] * 600
    assert {item.item_id for item in table.chosen()} == {"id-7", "id-8"}
    with qtbot.waitSignal(model.order_changed, timeout=60_000):
        model.search("thing 299")
    assert {item.item_id for item in model.items(0, 99)} == {f"id-{n}" for n in (299, *range(2990, 3000))}


def test_what_arrives_while_rows_are_laid_out_is_not_lost_and_nothing_is_there_twice(qtbot: QtBot) -> None:
    model = InventoryModel()
    model.show_collection(THINGS)
    model.begin(anew=True)
    model.take(things(2000))
    with qtbot.waitSignal(model.order_changed, timeout=60_000):
        model.sort(0)
        model.take(things(500, first=1800))
    ids = [item.item_id for item in model.items(0, 5000)]
    assert len(ids) == len(set(ids)) == 2300
    assert all(model.row_of(item_id) == row for row, item_id in enumerate(ids))
    model.sort(0, Qt.SortOrder.DescendingOrder)
    model.show_collection(THINGS)
    with qtbot.waitSignal(model.order_changed, timeout=60_000):
        model.begin(anew=True)
        model.take(things(3))
        model.sort(0)
    assert [item.item_id for item in model.items(0, 99)] == ["id-0", "id-1", "id-2"], "rows of another list came back"


def test_cells_take_whatever_a_service_says(qtbot: QtBot) -> None:
    model = InventoryModel()
    table = InventoryTable(model, "Things")
    qtbot.addWidget(table)
    model.show_collection(THINGS)
    table.lay_out(THINGS.columns)
    odd: list[Any] = [None, "", "<b>x</b>", 10**400, float("nan"), -1.5, True, (), ("a",) * 500, "y" * 10_000, {"a": 1}]
    rows = [
        Item("things", f"{n}", f"{n}", dict.fromkeys(("state", "count", "words", "made"), v)) for n, v in enumerate(odd)
    ]
    model.take([*rows, Item("things", "run", "run", {"state": "SERVICE_RUNNING"})])
    table.resize(900, 500)
    table.show()
    QApplication.processEvents()
    for column in range(5):
        for order in Qt.SortOrder:
            model.sort(column, order)
            assert model.rowCount() == len(odd) + 1
    row = model.row_of("run")
    assert row is not None
    assert model.index(row, 1).data() == "Busy", "a title stands for the service's word"
    assert all(len(str(model.index(r, c).data() or "")) < 3000 for r in range(len(odd)) for c in range(5))
    table.grab()


def test_actions_fit_numbers_and_states() -> None:
    one, several = Action(key="a", title="", on=On.ONE), Action(key="b", title="", on=On.SEVERAL)
    new = Action(key="c", title="", on=On.NOTHING)
    stop = Action(key="d", title="", on=On.SEVERAL, not_in_states=frozenset({"Failed"}))
    fit: Callable[..., list[str]] = lambda *states: [a.key for a in (one, several, new, stop) if fits(a, states)]  # noqa: E731
    assert fit() == ["c"]
    assert fit("RUNNING") == ["a", "b", "c", "d"]
    assert fit("running", "failed") == ["b", "c"]
    assert fit("hibernating") == fit("") == ["a", "b", "c", "d"]
    assert state_of("service_running") is JobState.RUNNING
    assert state_of("???") is JobState.UNKNOWN


def test_what_is_unverified_says_so_and_what_is_closed_stays_grey_with_its_reason(qtbot: QtBot) -> None:
    merge = Action(key="merge", title="Merge", on=On.ONE, has_form=True, unverified=True)
    order = Action(key="order", title="Order", on=On.NOTHING, closed="Nobody has told how.")
    pressed: list[Action] = []
    bar = ActionBar(pressed.append)
    qtbot.addWidget(bar)
    bar.show_actions((merge, order))
    bar.offer(frozenset(each.key for each in (merge, order) if fits(each, ["DONE"])))
    assert bar.buttons["merge"].text() == "Merge (unverified)…"
    assert bar.buttons["merge"].isEnabled()
    assert "hints only" in bar.buttons["merge"].toolTip()
    assert not bar.buttons["order"].isEnabled()
    assert bar.buttons["order"].toolTip() == "Nobody has told how."
    menu = QMenu(bar)
    bar.fill(menu, (merge, order))
    entries = menu.actions()
    assert [(each.text(), each.isEnabled()) for each in entries] == [("Merge (unverified)…", True), ("Order", False)]
    assert menu.toolTipsVisible()
    assert entries[1].toolTip() == "Nobody has told how."
    bar.buttons["order"].click()
    assert pressed == []


def test_sizes_are_written_as_people_read_them_and_sort_as_numbers(qtbot: QtBot) -> None:
    model = InventoryModel()
    model.show_collection(Collection(key="x", title="X", columns=(Column("bytes", "Size", CellKind.SIZE),)))
    model.begin(anew=True)
    model.take([Item("x", str(each), "", {"bytes": each}) for each in (9_000_000, 10, 80_000)])
    model.finish(complete=True)
    model.sort(0)
    assert [model.index(row, 0).data() for row in range(3)] == ["10 bytes", "80 kB", "9.0 MB"]
