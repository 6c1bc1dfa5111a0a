"""The transfers page: what it says of a transfer, and what its buttons do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from batchdock.core.transfer import Transfer, TransferKind, TransferState
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import Page, Place
from batchdock.window.transfers.model import NAME, PACE, STATE, TransfersModel
from batchdock.window.transfers.page import TransfersPage
from batchdock.window.transfers.wording import share_of
from batchdock.window.two_lines import SECOND_LINE_ROLE
from fakes.faults import Kind
from fakes.roboflow_cloud import RoboflowCloud
from making import media

NOW = datetime.now(UTC)


def transfer(number: int = 1, **changes: Any) -> Transfer:
    about: dict[str, Any] = {
        "transfer_id": f"t{number}",
        "kind": TransferKind.SENDING,
        "name": f"Lot {number}",
        "account_id": "a",
        "state": TransferState.MOVING,
        "items_done": 8410,
        "items_total": 12782,
        "bytes_done": 38_100_000_000,
        "bytes_total": 61_200_000_000,
        "started": NOW - timedelta(minutes=number),
        "rate": 18_000_000.0,
        "seconds_left": 1320.0,
    }
    return Transfer(**(about | changes))


def page_of(window: MainWindow) -> TransfersPage:
    page = window.pages[Page.TRANSFERS]
    assert isinstance(page, TransfersPage)
    return page


def test_a_row_says_what_how_much_and_how_long(qtbot: QtBot) -> None:
    model = TransfersModel()
    model.name_places({"a": "harbour-lab"})
    model.show_transfers([transfer()])
    assert model.index(0, NAME).data() == "Lot 1"
    about = model.index(0, NAME).data(SECOND_LINE_ROLE)
    assert about == "harbour-lab · 8,410 of 12,782 files · 38.1 GB of 61.2 GB"
    assert model.index(0, STATE).data() == "Uploading"
    assert model.index(0, PACE).data() == "18.0 MB/s · about 22 min"


@pytest.mark.parametrize("state", list(TransferState))
@pytest.mark.parametrize("kind", list(TransferKind))
def test_every_state_has_a_word_and_an_icon(qtbot: QtBot, kind: TransferKind, state: TransferState) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(kind=kind, state=state)])
    assert model.index(0, STATE).data()
    assert not model.index(0, STATE).data(1).isNull()


def test_rows_are_kept_by_id_and_new_ones_go_on_top(qtbot: QtBot) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(2), transfer(3)])
    changed: list[int] = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    model.update_transfers([transfer(3, items_done=9000), transfer(2), transfer(1)])
    assert changed == [1]
    assert [model.index(row, NAME).data() for row in range(3)] == ["Lot 1", "Lot 2", "Lot 3"]
    assert model.moving_count() == 3


def test_progress_goes_by_bytes_then_by_files_and_never_past_the_end() -> None:
    assert share_of(transfer(bytes_done=1, bytes_total=4)) == 0.25
    assert share_of(transfer(bytes_total=0, items_done=1, items_total=2)) == 0.5
    assert share_of(transfer(bytes_total=0, items_done=0, items_total=0)) == 0.0
    assert share_of(transfer(bytes_done=9, bytes_total=4)) == 1.0


def test_a_transfer_is_stopped_tried_again_and_cleared(
    window: MainWindow, play: Any, eventually: Any, tmp_path: Path
) -> None:
    for number in range(30):
        media.picture(tmp_path / "lot" / f"{number}.jpg", number)
    page = page_of(window)

    async def scenario(cloud: RoboflowCloud) -> None:
        context = window._context
        cloud.fail("upload", Kind.STALLED, times=1000)
        await context.background.run(context.desk.accounts.connect_roboflow(cloud.key, address=cloud.url))
        window.add_paths([tmp_path / "lot"])
        sheet = window.sheet
        assert sheet is not None
        sheet.form.where.choose("roboflow-acme-ws")
        await eventually(lambda: sheet.only_batch.isEnabled() and not sheet.is_counting())
        window.go(Place(Page.TRANSFERS))
        sheet.only_batch.click()
        await eventually(lambda: page.model.moving_count() == 1)
        page.table.selectRow(0)
        assert page.stop.isEnabled()
        assert not page.again.isEnabled()
        page.stop.click()
        await eventually(lambda: page.model.moving_count() == 0)
        assert page.model.index(0, STATE).data() == "Stopped"
        await eventually(page.again.isEnabled)
        cloud.heal()
        page.again.click()
        await eventually(lambda: page.model.index(0, STATE).data() == "Done")
        assert len(cloud.state.batches) == 1
        page.clear.click()
        await eventually(lambda: page.model.rowCount() == 0)
        assert not page.table.isVisible()

    with RoboflowCloud() as cloud:
        play(scenario(cloud))
