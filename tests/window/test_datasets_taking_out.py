"""Taking datasets out: what the dialog offers, what it says of room, and what comes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from batchdock.core.datasets.dataset import Dataset, Version
from batchdock.core.transfer import TransferState
from batchdock.flows.datasets.taking_out import DatasetWish, Which
from batchdock.window.datasets.taking_out import TakeOutDialog
from batchdock.window.main_window import MainWindow
from fakes.tensorbay import TensorBay
from making.taking import assert_whole
from making.tensorbay import connect_desk

HOSTILE = "<b>港口 <img src=x> फ़सल"


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as bay:
        yield bay


async def asked(window: MainWindow, bay: TensorBay, *names: str, **more: Any) -> TakeOutDialog:
    """Connect an account and open the dialog for some of its datasets; for all without a name."""
    context = window._context
    account = await context.background.run(connect_desk(context.desk, bay))
    datasets = [
        Dataset(account_id=account.account_id, dataset_id=bay.dataset(name).id, name=name) for name in names
    ] or None
    dialog = TakeOutDialog(context, account.account_id, datasets, window, **more)
    dialog.open()
    return dialog


def test_everything_goes_into_the_folder(
    play: Any, window: MainWindow, bay: TensorBay, tmp_path: Path, eventually: Any
) -> None:
    async def scenario() -> None:
        bay.add_dataset("harbor", versions=3, segments={"train": 5})
        bay.add_dataset("roads", segments={"train": 2})
        window._context.settings.setValue("datasets/last-taken-to", str(tmp_path / "out"))
        dialog = await asked(window, bay)
        assert dialog.every.isChecked()
        assert not dialog.some.isVisible()
        await eventually(lambda: "4 versions" in dialog.room.text())
        assert "are free there" in dialog.room.text()
        QTest.mouseClick(dialog.coco, Qt.MouseButton.LeftButton)
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
        transfers = window._context.desk.transfers
        await eventually(lambda: transfers.all() and transfers.all()[0].state.is_terminal)
        assert transfers.all()[0].state is TransferState.DONE
        assert assert_whole(bay, tmp_path / "out") == 17
        dialog.deleteLater()
        again = await asked(window, bay)
        assert again.coco.isChecked()
        assert not again.yolo.isChecked()
        again.reject()
        again.deleteLater()

    play(scenario())


def test_versions_of_one_are_chosen_by_name(play: Any, window: MainWindow, bay: TensorBay, eventually: Any) -> None:
    async def scenario() -> None:
        bay.add_dataset(HOSTILE, versions=3, segments={"train": 5})
        dataset = bay.dataset(HOSTILE)
        dataset.new_draft("main", "Not yet")
        dialog = await asked(window, bay, HOSTILE)
        labels = [each for each in dialog.findChildren(QLabel) if HOSTILE in each.text()]
        assert labels
        assert all(each.textFormat() is Qt.TextFormat.PlainText for each in labels)
        dialog.some.click()
        await eventually(lambda: dialog.versions.count() == 4)
        shown = [dialog.versions.item(row).text() for row in range(4)]
        assert shown[0].startswith("draft 4")
        assert [each.split(" · ")[0] for each in shown[1:]] == ["v3", "v2", "v1"]
        assert not dialog.drafts.isEnabled()
        dialog.versions.setFocus()
        QTest.keyClick(dialog.versions, Qt.Key.Key_Space)
        assert not dialog.go.isEnabled()
        QTest.keyClick(dialog.versions, Qt.Key.Key_Down)
        QTest.keyClick(dialog.versions, Qt.Key.Key_Space)
        assert dialog.go.isEnabled()
        (wish,) = dialog.wishes().datasets or ()
        assert wish.versions == (Version(commit=dataset.tags["v2"]),)
        await eventually(lambda: "1 version" in dialog.room.text())
        dialog.newest.click()
        assert dialog.wishes().datasets == (DatasetWish(dataset.id, Which.NEWEST),)
        dialog.reject()
        dialog.deleteLater()

    play(scenario())


def test_what_is_selected_is_offered_first_and_trouble_is_said(
    play: Any, window: MainWindow, bay: TensorBay, eventually: Any
) -> None:
    async def scenario() -> None:
        dataset = bay.add_dataset("harbor", segments={"train": 5})
        picked = DatasetWish(dataset, (Version(commit="v1"),), segments=("train",))
        bay.fail("GET .*/branches", status=502, times=100)
        dialog = await asked(window, bay, "harbor", chosen=picked)
        assert dialog.picked.isChecked()
        assert dialog.wishes().datasets == (picked,)
        await eventually(lambda: dialog.room.text() and "Looking" not in dialog.room.text())
        assert dialog.go.isEnabled()
        dialog.reject()
        dialog.deleteLater()

    play(scenario())
