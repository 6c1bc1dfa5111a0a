"""Files that are dropped on a dataset: what is said of them, where they go, what comes then."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog

from batchdock.bridge.dialogs import ask
from batchdock.core.datasets.dataset import Dataset, Version
from batchdock.core.transfer import TransferState
from batchdock.window.datasets.filling import FillDialog
from batchdock.window.main_window import MainWindow
from fakes.tensorbay import TensorBay
from making.media import picture
from making.tensorbay import connect_desk

HOSTILE = "<img src=x onerror=1>&amp;"


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as bay:
        yield bay


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    """A folder with two segments, labels of one picture, and a file without anything in it."""
    folder = tmp_path / "harbour ü"
    for number in range(3):
        picture(folder / "a#b?c" / f"{number}.jpg", seed=number)
    picture(folder / "train" / "9.jpg", seed=9)
    (folder / "train" / "nothing.jpg").touch()
    document = {
        "images": [{"id": 1, "file_name": "train/9.jpg", "width": 160, "height": 120}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 40]}],
        "categories": [{"id": 1, "name": "ship"}],
    }
    (folder / "annotations.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


async def opened(
    window: MainWindow, bay: TensorBay, dataset_id: str, paths: Sequence[Path], version: Version | None = None
) -> FillDialog:
    """Connect an account, and open the dialog for what was dropped on a dataset."""
    context = window._context
    account = await context.background.run(connect_desk(context.desk, bay))

    async def found() -> Dataset:
        return await (await context.desk.datasets.of(account.account_id)).dataset(dataset_id)

    dataset = await context.background.run(found())
    dialog = FillDialog(context, account.account_id, dataset, paths, window, version=version)

    async def shown() -> None:
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()

    context.tasks.start(shown())
    return dialog


def files_there(bay: TensorBay, dataset_id: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the labels of every file of the newest commit, by segment and path."""
    content = bay.state.datasets[dataset_id].head.content  # type: ignore[union-attr]
    return {
        (segment.name, file.remote_path): file.label
        for segment in content.segments.values()
        for file in segment.files.values()
    }


def test_what_was_dropped_is_sent_and_committed(
    play: Any, window: MainWindow, bay: TensorBay, dropped: Path, eventually: Any
) -> None:
    async def scenario() -> None:
        dataset_id = bay.add_dataset("harbour", versions=0)
        dialog = await opened(window, bay, dataset_id, [dropped])
        await eventually(dialog.go.isEnabled)
        assert dialog.sent.text().startswith("4 files, ")
        assert "into 2 segments: a#b?c, train" in dialog.sent.text()
        assert "Not sent: 1" in dialog.sent.text()
        assert [dialog.left_out.item(row).text() for row in range(dialog.left_out.count())] == [
            "harbour ü/train/nothing.jpg: The file is empty."
        ]
        assert dialog.labels.isVisible()
        assert dialog.labels.text() == "Take them from annotations.json"
        assert dialog.draft.text() == "A new draft is made."
        assert not dialog.tag.isEnabled()
        dialog.commit.setChecked(True)
        dialog.title.setText("")
        dialog.title.textEdited.emit("")
        assert not dialog.go.isEnabled()
        dialog.title.setText("First round")
        dialog.title.textEdited.emit("First round")
        dialog.tag.setText("v1")
        dialog.go.click()
        transfers = window._context.desk.transfers
        await eventually(lambda: [each.state for each in transfers.all()] == [TransferState.DONE])
        there = files_there(bay, dataset_id)
        assert sorted(there) == [("a#b?c", "0.jpg"), ("a#b?c", "1.jpg"), ("a#b?c", "2.jpg"), ("train", "9.jpg")]
        assert there["train", "9.jpg"]["BOX2D"][0]["category"] == "ship"
        dataset = bay.state.datasets[dataset_id]
        assert [*dataset.tags] == ["v1"]
        assert [each.title for each in dataset.commits.values()] == ["First round"]

    play(scenario())


def test_an_open_draft_is_gone_on_with_and_keeps_its_title(
    play: Any, window: MainWindow, bay: TensorBay, dropped: Path, eventually: Any
) -> None:
    async def scenario() -> None:
        dataset_id = bay.add_dataset(HOSTILE, versions=1, segments={"train": 1})
        number = bay.state.datasets[dataset_id].new_draft("main", HOSTILE).number
        dialog = await opened(window, bay, dataset_id, [dropped], Version(draft=number))
        await eventually(dialog.go.isEnabled)
        assert HOSTILE in dialog.draft.text()
        assert HOSTILE in dialog.windowTitle()
        assert not dialog.title.isEnabled()
        # Everything into one segment, whatever it is called.
        dialog.one.setChecked(True)
        dialog.segment.setText("../x")
        dialog.segment.textEdited.emit("../x")
        assert not dialog.go.isEnabled()
        await eventually(dialog.go.isEnabled)
        assert "into 1 segment: ../x" in dialog.sent.text()
        dialog.go.click()
        transfers = window._context.desk.transfers
        await eventually(lambda: [each.state for each in transfers.all()] == [TransferState.DONE])
        dataset = bay.state.datasets[dataset_id]
        assert (max(dataset.drafts), dataset.drafts[number].title) == (number, HOSTILE)
        paths = {file.remote_path for file in dataset.drafts[number].content.segments["../x"].files.values()}
        assert paths == {"a#b?c/0.jpg", "a#b?c/1.jpg", "a#b?c/2.jpg", "train/9.jpg"}
        assert len(dataset.commits) == 1

    play(scenario())


def test_frames_are_not_filled_with_loose_files(
    play: Any, window: MainWindow, bay: TensorBay, dropped: Path, eventually: Any
) -> None:
    async def scenario() -> None:
        dataset_id = bay.add_dataset("cars", segments={"drive": 1}, fusion=True)
        dialog = await opened(window, bay, dataset_id, [dropped])
        await eventually(lambda: dialog.sent.text().startswith("4 files"))
        await eventually(lambda: "draft" in dialog.draft.text() and "Looking" not in dialog.draft.text())
        assert "each sensor" in dialog.said.text()
        assert not dialog.go.isEnabled()
        dialog.reject()
        await eventually(lambda: dialog.result() == QDialog.DialogCode.Rejected)
        assert not window._context.desk.transfers.all()

    play(scenario())
