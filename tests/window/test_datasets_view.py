"""Inside a dataset, over the fake TensorBay: versions, history, drafts and what they change, notes."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QMessageBox

from batchdock.core.datasets.dataset import NO_COMMIT, Branch, Draft, Version
from batchdock.core.facts import Fact
from batchdock.window.datasets.versions import Versions
from batchdock.window.datasets.view import DatasetView, Tab
from batchdock.window.inventory.form_dialog import FormDialog
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from fakes.tensorbay import TensorBay
from making.tensorbay import connect_desk


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as running:
        yield running


async def inside(window: MainWindow, bay: TensorBay, dataset_id: str, eventually: Any) -> DatasetView:
    """Connect, go into a dataset, and wait until its versions are known."""

    async def asked() -> Any:
        account = await connect_desk(window.desk, bay)
        return account.account_id, await (await window.desk.datasets.of(account.account_id)).dataset(dataset_id)

    account_id, dataset = await window._context.background.run(asked())
    page = window.batches.datasets
    await eventually(lambda: page.is_offered)
    window.go(Place(Page.BATCHES))
    window.batches.show_datasets()
    page.show_dataset(account_id, dataset)
    await eventually(lambda: page.view.versions.is_known)
    return page.view


def names(pane: Any) -> list[str]:
    model = pane.listing.model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def cells(pane: Any, key: str) -> list[Any]:
    return [item.cells[key] for item in pane.listing.model.items(0, 99)]


def form(window: MainWindow) -> Any:
    return next((each for each in window.findChildren(FormDialog) if each.isVisible()), None)


def offered(view: DatasetView) -> list[str]:
    return [view.versions.box.itemText(place) for place in range(view.versions.box.count())]


def test_every_tab_follows_the_version_and_the_history_is_named(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    dataset_id = bay.add_dataset("港口", versions=3, segments={"train": 2})

    async def scenario() -> None:
        view = await inside(window, bay, dataset_id, eventually)
        assert offered(view)[:4] == ["Branch main", "Tag v1", "Tag v2", "Tag v3"]
        assert view.versions.version == Version("main")
        history = view.history.list
        assert not bay.requests("notes")
        view.tabs.setCurrentIndex(Tab.HISTORY)
        await eventually(lambda: names(history) == ["Version 3", "Version 2", "Version 1"])
        assert cells(history, "branches") == [("main",), (), ()]
        assert cells(history, "tags") == [("v3",), ("v2",), ("v1",)]
        history.table.selectRow(1)
        await eventually(lambda: history.bar.buttons["new-branch"].isEnabled())
        assert history.bar.buttons["delete-tag"].isEnabled()
        assert not history.bar.buttons["delete-branch"].isEnabled()
        history.bar.buttons["new-branch"].click()
        await eventually(lambda: form(window))
        form(window).fields["name"].put("side/线")
        form(window).go.click()
        await eventually(lambda: "Branch side/线" in offered(view))
        await eventually(lambda: not history.listing.is_reading and ("side/线",) in cells(history, "branches"))
        history.table.selectRow(1)
        await eventually(lambda: history.bar.buttons["delete-branch"].isEnabled())
        history.bar.buttons["new-tag"].click()
        await eventually(lambda: form(window))
        form(window).fields["name"].put("v2")
        form(window).go.click()
        await eventually(lambda: form(window).trouble.isVisible())
        form(window).fields["name"].put("v2.1")
        form(window).go.click()
        await eventually(lambda: "v2.1" in bay.state.dataset(dataset_id).tags)
        await eventually(lambda: not form(window) and any("v2.1" in each for each in cells(history, "tags")))
        assert [each.name for each in history.chosen()] == ["Version 2"], "what is chosen stays chosen"
        view.versions.choose(Version("side/线"))
        await eventually(lambda: names(history) == ["Version 2", "Version 1"])
        history.table.selectRow(0)
        await eventually(lambda: history.bar.buttons["delete-branch"].isEnabled())
        history.bar.buttons["delete-branch"].click()
        await eventually(lambda: form(window))
        form(window).go.click()
        await eventually(lambda: "side/线" not in bay.state.dataset(dataset_id).branches)
        # What was looked at is gone: the default branch is looked at again.
        await eventually(lambda: view.versions.version == Version("main"))
        await eventually(lambda: len(names(history)) == 3)

    play(scenario())


def test_a_draft_is_made_looked_into_committed_and_closed(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    dataset_id = bay.add_dataset("port", versions=1, segments={"train": 3, "test": 2})

    async def scenario() -> None:
        view = await inside(window, bay, dataset_id, eventually)
        view.tabs.setCurrentIndex(Tab.DRAFTS)
        drafts = view.drafts.list
        await eventually(lambda: drafts.listing._empty is not None and drafts.listing._empty.isVisible())
        drafts.bar.buttons["new"].click()
        await eventually(lambda: form(window))
        form(window).fields["title"].put("Less of it")
        form(window).go.click()
        await eventually(lambda: names(drafts) == ["Less of it"])
        await eventually(lambda: any("Less of it" in each for each in offered(view)))
        number = max(bay.state.dataset(dataset_id).drafts)
        account_id = view.account_id

        async def change() -> None:
            desk = window.desk.datasets
            await desk.change(account_id, dataset_id, lambda s: s.delete_segment(dataset_id, number, "test"))

        await window._context.background.run(change())
        await eventually(lambda: view.drafts.diff.isVisible())
        segments, files = view.drafts.diff.segments, view.drafts.diff.files
        await eventually(lambda: names(segments) == ["test"] and not segments.listing.is_reading)
        assert not files.chosen()
        assert not bay.requests("diffs/data"), "files are asked for when a segment is chosen"
        segments.table.selectRow(0)
        await eventually(lambda: len(names(files)) == 2)
        assert set(cells(files, "action")) == {"delete"}
        await eventually(lambda: "Files" in view.drafts.diff.summary.text())
        drafts.bar.buttons["commit-draft"].click()
        await eventually(lambda: form(window))
        dialog = form(window)
        assert dialog.fields["title"].value() == "Less of it"
        dialog.fields["tag"].put("v1")
        dialog.go.click()
        await eventually(lambda: dialog.trouble.isVisible() and dialog.go.isEnabled())
        assert bay.state.dataset(dataset_id).drafts[number].status == "OPEN", "a tag that is taken keeps the draft"
        dialog.fields["tag"].put("v2")
        dialog.go.click()
        await eventually(lambda: "v2" in bay.state.dataset(dataset_id).tags)
        await eventually(lambda: not names(drafts) and not any("Draft" in each for each in offered(view)))
        await eventually(lambda: not view.drafts.diff.isVisible())
        view.drafts.states.setCurrentIndex(1)
        await eventually(lambda: "Less of it" in names(drafts) and not drafts.listing.is_reading)
        drafts.table.selectRow(names(drafts).index("Less of it"))
        await eventually(lambda: drafts.bar.buttons["new"].isEnabled() and drafts.chosen())
        assert not drafts.bar.buttons["close-draft"].isEnabled(), "what was committed stays"

    play(scenario())


def test_a_draft_is_renamed_and_closed_after_a_question(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    dataset_id = bay.add_dataset("port", versions=1, segments={"train": 1})

    async def scenario() -> None:
        view = await inside(window, bay, dataset_id, eventually)
        account_id = view.account_id
        number = await window._context.background.run(
            window.desk.datasets.change(account_id, dataset_id, lambda s: s.create_draft(dataset_id, "main", "one"))
        )
        view.tabs.setCurrentIndex(Tab.DRAFTS)
        drafts = view.drafts.list
        await eventually(lambda: names(drafts) == ["one"] and not drafts.listing.is_reading)
        drafts.table.selectRow(0)
        await eventually(lambda: drafts.bar.buttons["change"].isEnabled())
        drafts.bar.buttons["change"].click()
        await eventually(lambda: form(window))
        form(window).fields["title"].put("two")
        form(window).go.click()
        await eventually(lambda: names(drafts) == ["two"] and not drafts.listing.is_reading)
        drafts.bar.buttons["close-draft"].click()

        def boxes() -> list[QMessageBox]:
            return [each for each in window.findChildren(QMessageBox) if each.isVisible()]

        await eventually(boxes)
        assert "two" in boxes()[0].text()
        boxes()[0].reject()
        await eventually(lambda: not boxes())
        assert bay.state.dataset(dataset_id).drafts[number].status == "OPEN"
        drafts.bar.buttons["close-draft"].click()
        await eventually(boxes)
        box = boxes()[0]
        next(each for each in box.buttons() if each.text() == "Close draft").click()
        await eventually(lambda: bay.state.dataset(dataset_id).drafts[number].status == "CLOSED")
        await eventually(lambda: not names(drafts))

    play(scenario())


def test_notes_are_told_of_each_version_and_changed_on_drafts_only(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    dataset_id = bay.add_dataset("street", versions=1, segments={"a": 2}, fusion=True)

    async def scenario() -> None:
        view = await inside(window, bay, dataset_id, eventually)
        number = await window._context.background.run(
            window.desk.datasets.change(
                view.account_id, dataset_id, lambda s: s.create_draft(dataset_id, "main", "notes")
            )
        )
        view.tabs.setCurrentIndex(Tab.ABOUT)

        def told() -> dict[str, Fact]:
            return {each.name: each for each in view.about.facts._facts.facts}

        await eventually(lambda: "sensors" in told())
        assert told()["totalSize"].value
        assert {each.name for each in told()["sensors"].below[0].below} == {"camera", "lidar"}
        assert not view.about.edit.isEnabled()
        view.versions.choose(Version(draft=number))
        await eventually(lambda: view.about.edit.isEnabled())
        view.about.edit.click()
        await eventually(lambda: form(window))
        form(window).fields["continuous"].put(True)
        form(window).go.click()
        await eventually(lambda: told() and told()["notes"].below[0].value is True)
        assert bay.state.dataset(dataset_id).drafts[number].content.notes["isContinuous"] is True

    play(scenario())


def test_what_is_not_answered_is_told_where_it_is_missing_and_asked_for_again(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    dataset_id = bay.add_dataset("port", versions=1, segments={"train": 1})

    async def scenario() -> None:
        view = await inside(window, bay, dataset_id, eventually)
        refused = bay.fail("GET .*/(commits|notes|branches).*", status=403, code="AccessDenied", times=1000)
        view.tabs.setCurrentIndex(Tab.HISTORY)
        trouble = view.history.list.listing.trouble
        await eventually(lambda: trouble.isVisible())
        view.tabs.setCurrentIndex(Tab.ABOUT)
        await eventually(lambda: view.about.trouble.isVisible())
        view.versions.refresh()
        await eventually(lambda: view.versions.trouble.isVisible())
        refused.times = 0
        view.about.trouble.again.click()
        await eventually(lambda: not view.about.trouble.isVisible() and view.about.facts._facts.facts)
        view.versions.trouble.again.click()
        await eventually(lambda: not view.versions.trouble.isVisible())
        view.tabs.setCurrentIndex(Tab.HISTORY)
        trouble.again.click()
        await eventually(lambda: names(view.history.list) == ["Version 1"])

    play(scenario())


def test_a_dataset_without_commits_has_no_version_until_there_is_a_draft(
    window: MainWindow, play: Any, eventually: Any, bay: TensorBay
) -> None:
    dataset_id = bay.add_dataset("empty", versions=0)

    async def scenario() -> None:
        view = await inside(window, bay, dataset_id, eventually)
        assert offered(view) == []
        view.tabs.setCurrentIndex(Tab.HISTORY)
        listing = view.history.list.listing
        await eventually(lambda: listing._empty is not None and listing._empty.isVisible())
        view.tabs.setCurrentIndex(Tab.DRAFTS)
        await eventually(lambda: view.drafts.list.bar.buttons["new"].isEnabled())
        view.drafts.list.bar.buttons["new"].click()
        await eventually(lambda: form(window))
        form(window).fields["title"].put("first")
        form(window).go.click()
        await eventually(lambda: offered(view) == ["Draft #1 · first"])
        assert view.versions.version == Version(draft=1)

    play(scenario())


def test_where_the_history_of_a_version_begins() -> None:
    draft = Draft(number=3, branch="main", parent="c1")
    versions = Versions(branches=(Branch("main", "c2"),), drafts=(draft, Draft(number=4, parent=NO_COMMIT)))
    assert versions.start_of(Version("main")) == "main"
    assert versions.start_of(Version(draft=3)) == "c1"
    assert versions.start_of(Version(draft=4)) == ""
    assert versions.start_of(Version(draft=9)) == ""
    assert versions.head_of(Version("main")) == "c2"
    assert versions.head_of(Version("c1")) == ""
