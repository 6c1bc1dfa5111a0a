"""Lists of addresses in the window: dropped, pasted or asked for; a million wrong lines in a table; then a job."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from batchdock.core.reference import LineCause, LineFinding
from batchdock.core.states import JobState
from batchdock.core.transfer import TransferState
from batchdock.window.main_window import MainWindow
from batchdock.window.references.addresses_dialog import AddressesDialog, is_list_address
from batchdock.window.references.findings_model import PAGE, FindingsModel
from batchdock.window.references.query_sheet import QuerySheet
from batchdock.window.references.sheet import ReferencesSheet
from batchdock.window.sidebar import Page
from fakes.roboflow_cloud import RoboflowCloud
from making.certificates import Authority
from making.reference_lists import OLD, Web, address, line, write_list


def sheet_of(window: MainWindow) -> ReferencesSheet:
    sheet = window.side.sheet
    assert isinstance(sheet, ReferencesSheet)
    return sheet


def messy(tmp_path: Path) -> Path:
    """Make a list with 50 good lines and 450 others."""
    lines = [line(f"{n:04}.jpg", None if n % 10 == 0 else address(f"{n}.jpg", OLD)) for n in range(495)]
    return write_list(
        tmp_path / "harvest.jsonl", [*lines, "{", line("a.txt"), line("film.mp4"), "[]", line("0000.JPG")]
    )


async def agree(eventually: Any) -> None:
    """Press *Start* in the question about money."""

    def asked() -> list[QMessageBox]:
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox)]
        return [each for each in found if each.isVisible()]

    await eventually(asked)
    (box,) = asked()
    box.defaultButton().click()


async def connected(window: MainWindow, cloud: RoboflowCloud) -> str:
    context = window._context
    account = await context.background.run(context.desk.accounts.connect_roboflow(cloud.key, address=cloud.url))
    return str(account.account_id)


def test_a_dropped_list_is_looked_at_and_becomes_a_job(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    path = messy(tmp_path)

    async def scenario(cloud: RoboflowCloud) -> None:
        account = await connected(window, cloud)
        window.add_paths([path])
        sheet = sheet_of(window)
        await eventually(lambda: sheet.looked is not None)
        panel = sheet.panel
        assert panel.count.text() == "50 pictures, 1 video"
        assert panel.left_out.text() == "449 lines left out"
        assert panel.model.rowCount() == 449
        await eventually(lambda: panel.model.index(0, 0).data() == "2")
        assert panel.model.index(0, 2).data() == "Address has expired"
        last = panel.model.index(448, 2)
        await eventually(lambda: last.data() is not None)
        assert last.data() == "Name differs by capitals only (line 1)"
        panel.cause.setCurrentIndex(panel.cause.findData(LineCause.NOT_JSON.value))
        assert panel.model.rowCount() == 2
        await eventually(lambda: panel.model.index(1, 0).data() == "499")
        sheet.form.where.choose(account)
        await eventually(lambda: sheet.start.isEnabled())
        sheet.start.click()
        await agree(eventually)
        await eventually(lambda: window.side.sheet is None)
        assert window.sidebar.place().page is Page.TRANSFERS
        await eventually(lambda: len(window.desk.jobs.all()) == 2)
        await eventually(lambda: {each.state for each in window.desk.transfers.all()} == {TransferState.DONE})
        # They cost money, so they can still be taken back.
        assert {job.state for job in window.desk.jobs.all()} == {JobState.WAITING}
        assert {len(each.files()) for each in cloud.state.batches.values()} == {1, 50}

    with RoboflowCloud() as cloud:
        play(scenario(cloud))


def test_of_several_lists_one_is_shown_and_the_others_are_named(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    lists = [write_list(tmp_path / f"{name}.jsonl", [line(f"{name}.jpg")]) for name in "abcde"]

    async def scenario() -> None:
        window.add_paths(lists)
        await eventually(lambda: window.side.sheet is not None)
        said = " ".join(each.text for each in window.messages.notices)
        assert "“a.jsonl”" in said
        assert said.endswith("b.jsonl, c.jsonl, d.jsonl …")

    play(scenario())


def test_only_a_batch_and_what_is_not_sent_is_forgotten(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path, home: Path
) -> None:
    path = messy(tmp_path)

    async def scenario(cloud: RoboflowCloud) -> None:
        account = await connected(window, cloud)
        window.add_paths([path])
        sheet = sheet_of(window)
        await eventually(lambda: sheet.looked is not None)
        sheet.close()
        await eventually(lambda: not [*(home / "references").glob("*.sqlite")])
        window.add_paths([path])
        sheet = sheet_of(window)
        await eventually(lambda: sheet.looked is not None)
        sheet.form.where.choose(account)
        sheet.only_batch.click()
        await eventually(lambda: len(cloud.state.batches) == 2)
        await eventually(lambda: all(each.state.is_terminal for each in window.desk.transfers.all()))
        assert not cloud.state.jobs

    with RoboflowCloud() as cloud:
        play(scenario(cloud))


def test_a_list_without_anything_usable_says_so(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    path = write_list(tmp_path / "bad.jsonl", ["x", line("a.jpg", "http://a.example/a.jpg")])

    async def scenario() -> None:
        window.add_paths([path])
        sheet = sheet_of(window)
        await eventually(lambda: sheet.looked is not None)
        assert not sheet.start.isVisibleTo(sheet)
        assert sheet.cancel.text() == "Close"
        assert sheet.panel.model.rowCount() == 2
        window.add_paths([tmp_path / "gone.jsonl"])
        sheet = sheet_of(window)
        await eventually(lambda: sheet._trouble.isVisibleTo(sheet))
        assert "gone.jsonl" in sheet._trouble.text()

    play(scenario())


def test_an_address_is_pasted_or_asked_for(
    window: MainWindow,
    play: Any,
    eventually: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    application: QApplication,
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))

    async def scenario(web: Web) -> None:
        url = web.put("/lot.jsonl", "\n".join(line(f"{n}.jpg") for n in range(3)).encode())
        data = QMimeData()
        data.setText(f" {url}?sig=secret\n")
        window._take(data)
        sheet = sheet_of(window)
        await eventually(lambda: sheet.looked is not None)
        assert sheet.panel.title.text() == "lot.jsonl"
        assert sheet.panel.count.text() == "3 pictures"
        window.actions_["from-addresses"].trigger()
        await eventually(lambda: window.findChildren(AddressesDialog))
        (dialog,) = window.findChildren(AddressesDialog)
        assert not dialog.ok.isEnabled()
        dialog.address.setText("http://plain.example/a")
        assert not dialog.ok.isEnabled()
        dialog.address.setText(url)
        dialog.ok.click()
        await eventually(lambda: sheet_of(window) is not sheet and sheet_of(window).looked is not None)
        window.side.close()

    with Web(authority.context("localhost")) as web:
        play(scenario(web))


def test_a_query_becomes_a_job(window: MainWindow, play: Any, eventually: Any) -> None:
    async def scenario(cloud: RoboflowCloud) -> None:
        cloud.state.library["tag:boat"] = {f"{n}.jpg": b"x" for n in range(4)}
        window.actions_["from-query"].trigger()
        assert window.side.sheet is None, "there is no library yet"
        await connected(window, cloud)
        window.actions_["from-query"].trigger()
        sheet = window.side.sheet
        assert isinstance(sheet, QuerySheet)
        await eventually(lambda: sheet.form.workflow_id())
        assert not sheet.start.isEnabled()
        sheet.query.insert("tag:boat")
        sheet.query.textEdited.emit("tag:boat")
        await eventually(lambda: sheet.start.isEnabled())
        assert sheet.form.name.text() == "tag:boat"
        sheet.start.click()
        await agree(eventually)
        await eventually(lambda: cloud.state.queries)
        assert window.sidebar.place().page is Page.TRANSFERS
        await eventually(lambda: len(window.desk.jobs.all()) == 1)

    with RoboflowCloud() as cloud:
        play(scenario(cloud))


def test_a_million_lines_cost_what_is_looked_at(qtbot: QtBot) -> None:
    model = FindingsModel()
    asked: list[int] = []
    model.wanted.connect(asked.append)
    model.begin(1_000_000)
    assert model.rowCount() == 1_000_000
    for row in (0, 1, PAGE, 999_999, 0):
        assert model.index(row, 0).data() is None
    assert asked == [0, 1, 999_999 // PAGE]
    model.put(1, [LineFinding(n, f"{n}.jpg", LineCause.EXPIRED) for n in range(PAGE)])
    assert model.index(PAGE + 3, 1).data() == "3.jpg"
    for page in range(100, 200):
        model.put(page, [])
    assert len(model._pages) <= 50


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://a.example/list.jsonl?sig=x", True),
        (" HTTPS://a.example/l\n", True),
        ("https://", False),
        ("http://a.example/l", False),
        ("https://a.example/l https://b", False),
        ("https://a.example/cat.JPG?width=9", False),
        ("https://a.example/clip.mp4", False),
        ("text", False),
    ],
)
def test_what_is_an_address_of_a_list(text: str, is_one: bool) -> None:
    assert is_list_address(text) is is_one
