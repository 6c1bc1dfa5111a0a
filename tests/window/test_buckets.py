"""A job from a bucket, in the window: a storage is connected, the bucket browsed, a pattern counted, the files sent."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from batchdock.core.batch import Content
from batchdock.core.bucket import SignInWay, Storage, StorageKind
from batchdock.core.errors.buckets import StorageNameTaken
from batchdock.core.states import JobState
from batchdock.window.buckets.connect_dialog import ConnectStorageDialog
from batchdock.window.buckets.saving import BucketSavingDialog
from batchdock.window.buckets.sheet import BucketSheet
from batchdock.window.main_window import MainWindow
from fakes.bucket import Bucket
from making.buckets import SECRET, stranger
from making.certificates import Authority
from making.desks import order, reviewed
from making.media import picture
from making.reference_lists import Web
from making.spoken import nameless


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Whoever signs the certificate of the server."""
    return stranger(tmp_path, monkeypatch)


@pytest.fixture
def web(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The server of the bucket."""
    with Web(authority.context("localhost")) as serving:
        monkeypatch.setenv("BATCHDOCK_FETCH_ALSO", f"127.0.0.1:{serving.port}")
        yield serving


@pytest.fixture
def bucket(web: Web, tmp_path: Path) -> Bucket:
    """Sixty pictures in three folders, and a text."""
    data = picture(tmp_path / "a.jpg", 1, (32, 32)).read_bytes()
    return Bucket(web, {f"cam{n % 3}/2024-{n:02}.jpg": data for n in range(60)} | {"cam1/notes.txt": b"x"})


def sheet_of(window: MainWindow) -> BucketSheet:
    sheet = window.side.sheet
    assert isinstance(sheet, BucketSheet)
    return sheet


async def connect(window: MainWindow, web: Web, eventually: Any) -> BucketSheet:
    """Connect a storage through its dialog."""
    window.actions_["from-bucket"].trigger()
    sheet = sheet_of(window)
    await eventually(lambda: "Nothing to sign in with" in sheet.panel.note.text())
    assert not sheet.start.isEnabled()
    dialog = await filled_in(sheet, web, eventually)
    dialog.ok.click()
    assert not dialog.ok.isEnabled(), "once is enough"
    await eventually(lambda: sheet.panel.storage.currentText() == "S3: Lab")
    return sheet


async def filled_in(sheet: BucketSheet, web: Web, eventually: Any) -> ConnectStorageDialog:
    """Open the dialog that connects a storage, and fill it in."""
    sheet.panel.connect_another.click()

    def dialogs() -> list[ConnectStorageDialog]:
        return [each for each in QApplication.topLevelWidgets() if isinstance(each, ConnectStorageDialog)]

    await eventually(lambda: dialogs() and dialogs()[0].isVisible())
    (dialog,) = dialogs()
    assert not dialog.ok.isEnabled()
    dialog.name.setText("Lab")
    dialog.access.setText("AKID")
    dialog.secret.setText(SECRET)
    dialog.endpoint.setText(f"https://localhost:{web.port}")
    assert dialog.ok.isEnabled()
    return dialog


@pytest.mark.parametrize("way", ["kept", "refused"])
def test_who_closes_the_dialog_while_a_password_store_asks_is_told_what_became_of_it(
    web: Web, window: MainWindow, play: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    answered = threading.Event()
    storages = window.desk.buckets.storages
    connect_now = storages.connect

    async def connect_later(storage: Storage, **typed: str) -> bool:
        await asyncio.to_thread(answered.wait)
        if way == "refused":
            raise StorageNameTaken(storage=storage.name)
        return await connect_now(storage, **typed)

    async def scenario() -> None:
        window.actions_["from-bucket"].trigger()
        sheet = sheet_of(window)
        await eventually(lambda: "Nothing to sign in with" in sheet.panel.note.text())
        monkeypatch.setattr(storages, "connect", connect_later)
        dialog = await filled_in(sheet, web, eventually)
        dialog.ok.click()
        dialog.reject()
        await eventually(lambda: not shiboken6.isValid(dialog))
        answered.set()
        said = "“Lab” is connected." if way == "kept" else "Give this one another name"
        await eventually(lambda: said in " ".join(each.text for each in window.messages.notices))

    play(scenario())


def test_a_storage_is_connected_a_bucket_browsed_and_a_job_made(
    web: Web, bucket: Bucket, window: MainWindow, play: Any, eventually: Any, home: Path, qtbot: QtBot
) -> None:
    async def scenario() -> None:
        sheet = await connect(window, web, eventually)
        panel, tree = sheet.panel, sheet.panel.tree
        assert "keys that were entered here" in panel.way.text()
        panel.bucket.setEditText("box")
        panel.bucket_chosen.emit()
        await eventually(lambda: tree.rows.rowCount() == 3)
        folder = tree.rows.index(1, 0)
        assert folder.data() == "cam1"
        tree.expand(folder)
        await eventually(lambda: tree.rows.rowCount(folder) == 21)
        tree.setCurrentIndex(folder)
        assert panel.pattern.text() == "cam1/**"
        await eventually(lambda: sheet.counted is not None)
        assert panel.count.text().startswith("20 pictures · ")
        assert "left out, as neither picture nor video: 1" in panel.count.text()
        qtbot.keyClicks(panel.pattern, "x")  # type: ignore[no-untyped-call]
        assert sheet.counted is None
        await eventually(lambda: "No picture or video matches “cam1/**x”" in panel.trouble.text())
        panel.pattern.setText("cam[02]/2024-?[0-9].jpg")
        await eventually(lambda: sheet.counted is not None)
        assert sheet.counts() == {Content.IMAGES: 40, Content.VIDEOS: 0}
        await eventually(lambda: panel.until.text().startswith("Signed now, they are good until"))
        sheet.form.workflows.choose("picture-quality")
        await eventually(sheet.start.isEnabled)
        sheet.start.click()
        await eventually(lambda: window.side.sheet is None)
        await eventually(lambda: {job.state for job in window.desk.jobs.all()} == {JobState.DONE})

    play(scenario())
    for path in home.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_what_is_forbidden_is_said_and_a_sheet_that_is_closed_leaves_nothing(
    web: Web, bucket: Bucket, window: MainWindow, play: Any, eventually: Any, home: Path
) -> None:
    async def scenario() -> None:
        sheet = await connect(window, web, eventually)
        sheet.panel.bucket.setEditText("box")
        sheet.panel.bucket_chosen.emit()
        await eventually(lambda: sheet.panel.tree.rows.rowCount() == 3)
        sheet.panel.put_pattern("**/*.jpg")
        await eventually(lambda: sheet.counted is not None)
        bucket.forbidden = True
        sheet.panel.put_pattern("cam0/**")
        await eventually(lambda: "These keys may not look into “s3://box/cam0/”" in sheet.panel.trouble.text())
        assert not sheet.start.isEnabled()
        sheet.close()
        await eventually(lambda: not list((home / "buckets").glob("*.sqlite")))

    play(scenario())


def test_every_control_has_a_name_and_is_reached_by_keyboard(
    web: Web, window: MainWindow, play: Any, eventually: Any
) -> None:
    async def scenario() -> None:
        sheet = await connect(window, web, eventually)
        panel = sheet.panel
        for widget in (panel.storage, panel.connect_another, panel.bucket, panel.tree, panel.pattern, panel.hours):
            assert widget.accessibleName()
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus

    play(scenario())


def test_results_are_saved_in_a_bucket_each_time_in_a_folder_of_their_own(
    web: Web, window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    pictures = tmp_path / "lot"
    picture(pictures / "a.jpg", 1, (32, 32))
    bucket = Bucket(web, {})

    def saving() -> BucketSavingDialog | None:
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, BucketSavingDialog)]
        return next((each for each in found if each.isVisible()), None)

    async def job() -> Any:
        (made,) = await window.desk.jobs.start(order(await reviewed(window.desk, pictures)))
        return await window.desk.jobs.ended(made.key)

    async def asked() -> BucketSavingDialog:
        window.actions_["save-to-bucket"].trigger()
        await eventually(lambda: saving() is not None)
        dialog = saving()
        assert dialog is not None
        return dialog

    def save_of(dialog: BucketSavingDialog) -> Any:
        return dialog.buttons.button(QDialogButtonBox.StandardButton.Save)

    def said() -> str:
        return " ".join(each.text for each in window.messages.notices)

    async def scenario() -> None:
        run = window._context.background.run
        made = await run(job())
        storage = Storage("Lab", StorageKind.S3, SignInWay.TYPED, endpoint=f"https://localhost:{web.port}")
        window.show_job(made.key)
        await eventually(window.actions_["save-to-bucket"].isEnabled)
        first = await asked()
        assert "Nothing to sign in with" in first.note.text()
        assert not save_of(first).isEnabled()
        first.reject()
        await run(window.desk.buckets.storages.connect(storage, access="AKID", secret=SECRET))
        dialog = await asked()
        assert dialog.storages.currentText() == "S3: Lab"
        assert nameless(dialog) == []
        dialog.bucket.setEditText("box")
        dialog.prefix.setText("back/")
        save_of(dialog).click()
        await eventually(lambda: "are saved in “s3://box/back/" in said())
        there = sorted(bucket.files)
        assert any(path.endswith("/results.csv") for path in there)
        folder = there[0].split("/")[1]
        again = await asked()
        assert (again.bucket_name(), again.prefix.text()) == ("box", "back/")
        save_of(again).click()
        await eventually(lambda: f"{folder} (2)" in said())
        assert len(bucket.files) == 2 * len(there)
        bucket.read_only = True
        save_of(await asked()).click()
        await eventually(lambda: "These keys may not save into" in said())
        assert SECRET not in said()

    play(scenario())
