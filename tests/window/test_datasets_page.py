"""The page of datasets over the fake TensorBay: there while an account keeps any, searched, made, changed, deleted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from batchdock.core.account import Account
from batchdock.window.datasets.filling.dialog import FillDialog
from batchdock.window.datasets.list_page import SearchMode
from batchdock.window.datasets.page import DatasetsPage
from batchdock.window.datasets.taking_out.dialog import TakeOutDialog
from batchdock.window.inventory.form_dialog import FormDialog
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import PLACES, Page, Place
from fakes.tensorbay import TensorBay
from making import media
from making.dropping import drag_over, links
from making.tensorbay import connect_desk


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as running:
        yield running


async def connect(window: MainWindow, bay: TensorBay) -> Account:
    return await window._context.background.run(connect_desk(window.desk, bay))


async def shown(window: MainWindow, bay: TensorBay, eventually: Any) -> DatasetsPage:
    """Connect, go to the datasets, and wait until they have been read."""
    await connect(window, bay)
    page = window.batches.datasets
    await eventually(lambda: page.is_offered)
    window.go(Place(Page.BATCHES))
    window.batches.show_datasets()
    await eventually(lambda: names(page) and not page.list.list.listing.is_reading)
    return page


def names(page: DatasetsPage) -> list[str]:
    model = page.list.list.listing.model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def choose(page: DatasetsPage, name: str) -> None:
    page.list.list.table.selectRow(names(page).index(name))


def form(window: MainWindow, kind: type[QDialog] = FormDialog) -> Any:
    return next((each for each in window.findChildren(kind) if each.isVisible()), None)


def test_the_tab_and_the_menu_are_there_while_an_account_keeps_datasets(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    async def scenario() -> None:
        window.go(Place(Page.BATCHES))
        menu = window.actions_.datasets.menuAction()
        assert not window.batches.tabs.isVisible()
        assert not menu.isVisible()
        account = await connect(window, bay)
        await eventually(lambda: window.batches.tabs.isVisible() and menu.isVisible())
        window.go(PLACES[0])
        window.actions_.datasets.aboutToShow.emit()
        window.actions_.datasets.actions()[-1].trigger()
        assert window.sidebar.place() == Place(Page.BATCHES)
        await eventually(lambda: window.batches.datasets.isVisible())
        # There are none: one sentence, and the way to make the first.
        empty = window.batches.datasets.list.list.listing
        await eventually(lambda: empty._empty is not None and empty._empty.isVisible())
        await window._context.background.run(window.desk.accounts.forget(account.account_id))
        await eventually(lambda: not window.batches.tabs.isVisible() and not menu.isVisible())
        assert window.batches._stack.isVisible()

    play(scenario())


def test_the_datasets_are_there_again_at_the_next_start_while_an_account_keeps_any(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    async def scenario() -> None:
        account = await connect(window, bay)
        batches, settings = window.batches, window._context.settings
        await eventually(lambda: batches.datasets.is_offered)
        for datasets in (False, True):
            batches.tabs.setCurrentIndex(int(datasets))
            window.save_state()
            batches.tabs.setCurrentIndex(0)
            batches.restore_state(settings)
            assert batches.shows_datasets is datasets
        await window._context.background.run(window.desk.accounts.forget(account.account_id))
        await eventually(lambda: not batches.datasets.is_offered)
        batches.restore_state(settings)
        assert not batches.shows_datasets

    play(scenario())


def test_names_are_searched_at_the_service_as_they_are_meant(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    for name in ("100%_done", "100 and done", "a1", "a1b", "A1", "海港 a1"):
        bay.add_dataset(name, segments={"s": 1})

    async def scenario() -> None:
        page = await shown(window, bay, eventually)
        search, mode = page.list.search, page.list.mode

        async def found(text: str, how: SearchMode) -> set[str]:
            mode.setCurrentIndex(mode.findData(how))
            search.setText(text)
            search.tell()
            await eventually(lambda: not page.list.list.listing.is_reading)
            return set(names(page))

        assert await found("a1", SearchMode.CONTAINS) == {"a1", "a1b", "A1", "海港 a1"}
        assert await found("%_", SearchMode.CONTAINS) == {"100%_done"}
        assert await found("a1", SearchMode.EXACT) == {"a1"}
        assert await found("100%_done", SearchMode.EXACT) == {"100%_done"}
        assert await found("100%done", SearchMode.PATTERN) == {"100%_done", "100 and done"}
        assert await found("海港", SearchMode.CONTAINS) == {"海港 a1"}
        assert await found("nowhere", SearchMode.EXACT) == set()
        nothing = page.list.list.listing._nothing
        assert nothing.isVisible()
        nothing.buttons[0].click()
        await eventually(lambda: len(names(page)) == 6)
        assert search.text() == ""

    play(scenario())


def test_many_come_page_by_page_and_the_chosen_one_stays(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    for number in range(300):
        bay.add_dataset(f"lot {number:03}", segments={"s": 1})

    async def scenario() -> None:
        page = await shown(window, bay, eventually)
        assert len(names(page)) == 300
        choose(page, "lot 170")
        page.list.list.refresh()
        await eventually(lambda: page.list.list.listing.is_reading)
        bay.add_dataset("newest", segments={"s": 1})
        page.list.list.refresh()
        await eventually(lambda: len(names(page)) == 301)
        assert [each.name for each in page.list.list.chosen()] == ["lot 170"]
        bay.fail("GET .*/datasets.*", status=403, code="AccessDenied", times=50)
        page.list.list.refresh_button.click()
        await eventually(lambda: page.list.list.listing.trouble.isVisible())
        assert len(names(page)) == 301, "what was there stays"

    play(scenario())


def test_a_dataset_is_made_changed_and_deleted_by_its_id_with_its_name_typed(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    kept = bay.add_dataset("port", segments={"s": 2})
    gone = bay.add_dataset("港口 (old)", versions=3, segments={"s": 4})

    async def scenario() -> None:
        page = await shown(window, bay, eventually)
        buttons = page.list.list.bar.buttons
        assert not buttons["delete"].isEnabled()
        buttons["new"].click()
        await eventually(lambda: form(window))
        dialog = form(window)
        dialog.fields["name"].put("port")
        dialog.fields["alias"].put("Hafen")
        dialog.go.click()
        await eventually(lambda: dialog.trouble.isVisible())
        assert dialog.isVisible(), "the name is taken: it can be changed"
        dialog.fields["name"].put("port 2")
        dialog.go.click()
        await eventually(lambda: "port 2" in names(page))
        made = bay.dataset("port 2")
        assert made.alias == "Hafen"
        await eventually(lambda: [each.item_id for each in page.list.list.chosen()] == [made.id])
        buttons["change"].click()
        await eventually(lambda: form(window))
        dialog = form(window)
        assert dialog.fields["public"].value() is False
        dialog.fields["public"].put(True)
        dialog.go.click()
        await eventually(lambda: made.public)
        assert (made.name, made.alias) == ("port 2", "Hafen")
        await eventually(lambda: not form(window) and not page.list.list.listing.is_reading)
        choose(page, "港口 (old)")
        QTest.keyClick(page.list.list.table, Qt.Key.Key_Delete)
        await eventually(lambda: form(window))
        dialog = form(window)
        told = " ".join(each.text() for each in dialog.findChildren(type(dialog.trouble)))
        assert "4 files" in told
        assert "3 versions" in told
        assert "everyone in the team" in told
        dialog.fields["name"].put("港口 old")
        dialog.go.click()
        assert dialog.isVisible()
        assert gone in bay.state.datasets
        dialog.fields["name"].put("港口 (old)")
        dialog.go.click()
        await eventually(lambda: "港口 (old)" not in names(page))
        assert gone not in bay.state.datasets
        assert kept in bay.state.datasets
        deleted = [each.path for each in bay.seen if each.method == "DELETE"]
        assert len(deleted) == 1
        assert deleted[0].endswith(f"/datasets/{gone}")

    play(scenario())


def test_files_are_added_by_dropping_them_on_a_row_and_datasets_are_taken_out(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay, tmp_path: Path
) -> None:
    bay.add_dataset("first", segments={"s": 1})
    bay.add_dataset("second", segments={"s": 1})
    media.picture(tmp_path / "train" / "0.jpg", 0)

    async def scenario() -> None:
        page = await shown(window, bay, eventually)
        table = page.list.list.table
        choose(page, "first")
        row = table.visualRect(page.list.list.listing.model.index(names(page).index("second"), 0)).center()
        files = links(tmp_path / "train")
        where = QPointF(table.viewport().mapTo(window, row))
        action, key, button = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        drag_over(window, files)
        QApplication.sendEvent(window, QDropEvent(where, action, files, button, key))
        await eventually(lambda: form(window, FillDialog))
        dialog = form(window, FillDialog)
        assert "second" in dialog.windowTitle()
        dialog.reject()
        await eventually(lambda: not form(window, FillDialog))
        assert window.sheet is None, "a drop on a dataset is for the dataset"
        page.list.list.bar.buttons["take-out"].click()
        await eventually(lambda: form(window, TakeOutDialog))
        assert "first" in form(window, TakeOutDialog).windowTitle()
        form(window, TakeOutDialog).reject()
        page.list.all_button.click()
        await eventually(lambda: form(window, TakeOutDialog))
        form(window, TakeOutDialog).reject()
        await eventually(lambda: not form(window, TakeOutDialog))

    play(scenario())


def test_the_keyboard_and_the_menus_reach_everything(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    bay.add_dataset("port", segments={"s": 1})

    def offered(menu: QMenu) -> set[str]:
        menu.aboutToShow.emit()
        return {each.text() for each in menu.actions() if each.text() and each.isEnabled()}

    async def scenario() -> None:
        page = await shown(window, bay, eventually)
        window.go_to_search()
        assert page.list.search.hasFocus()
        menu = window.actions_.datasets
        assert offered(menu) == {"New dataset…", "&Datasets"}
        choose(page, "port")
        await eventually(lambda: "Open" in offered(menu))
        assert {"Add files…", "Take out…", "Change…", "Delete dataset…"} <= offered(menu)
        page.list.list.focus()
        QTest.keyClick(page.list.list.table, Qt.Key.Key_Return)
        assert page.is_inside
        assert page.view.tabs.hasFocus()
        QTest.keyClick(page.view.tabs, Qt.Key.Key_Right)
        assert page.view.history.isVisible()
        assert {"&Back to the datasets", "Data", "Drafts"} <= offered(menu)
        next(each for each in menu.actions() if each.text() == "&Back to the datasets").trigger()
        assert not page.is_inside
        page.list.opened.emit(page.list.dataset_at(QPoint(-1, -1)))
        assert page.is_inside
        QTest.keyClick(page.view.tabs, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        assert not page.is_inside
        assert [each.name for each in page.list.list.chosen()] == ["port"]
        assert page.list.list.table.hasFocus()

    play(scenario())
