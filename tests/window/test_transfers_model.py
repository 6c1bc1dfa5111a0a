"""The rows of the transfers page, and the one line that stands for all of them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from batchdock.core.transfer import Hold, Transfer, TransferKind, TransferState, Wanted
from batchdock.window.transfers.model import FILES, NAME, PACE, STATE, TransfersModel
from batchdock.window.transfers.summary import summary
from batchdock.window.transfers.wording import amount_text, share_of
from batchdock.window.two_lines import SECOND_LINE_ROLE
from making.transfers import transfer


def test_a_row_says_what_how_much_and_how_long(application: object) -> None:
    model = TransfersModel()
    model.name_places({"a": "harbour-lab"})
    model.show_transfers([transfer()])
    assert model.index(0, NAME).data() == "Lot 1"
    assert model.index(0, NAME).data(SECOND_LINE_ROLE) == "harbour-lab"
    assert model.index(0, STATE).data() == "Uploading"
    assert model.index(0, FILES).data() == "8,410 of 12,782"
    assert model.index(0, FILES).data(SECOND_LINE_ROLE) == "38.1 of 61.2 GB"
    assert model.index(0, PACE).data() == "18.0 MB/s"
    assert model.index(0, PACE).data(SECOND_LINE_ROLE) == "about 22 min"
    spoken = model.index(0, NAME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Lot 1, Uploading, harbour-lab, 8,410 of 12,782 files, 38.1 of 61.2 GB"


@pytest.mark.parametrize("state", list(TransferState))
@pytest.mark.parametrize("kind", list(TransferKind))
def test_every_state_has_a_word_and_an_icon(qtbot: QtBot, kind: TransferKind, state: TransferState) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(kind=kind, state=state)])
    assert model.index(0, STATE).data()
    assert not model.index(0, STATE).data(1).isNull()


def test_what_a_held_transfer_waits_for_is_said_in_words_of_its_own(qtbot: QtBot) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(n, state=TransferState.HELD, hold=hold) for n, hold in enumerate(Hold)])
    said = [model.index(row, STATE).data() for row in range(len(Hold))]
    assert len(set(said)) == len(Hold)
    assert "Waiting for the internet" in said
    assert "Paused: disk full" in said
    assert all(not model.index(row, STATE).data(1).isNull() for row in range(len(Hold)))


def names(model: TransfersModel) -> list[str]:
    return [model.index(row, NAME).data() for row in range(model.rowCount())]


def test_rows_stand_in_the_order_of_the_queue_and_below_them_what_is_over(qtbot: QtBot) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(1, state=TransferState.DONE), transfer(2, rank=2.0), transfer(3, rank=1.0)])
    assert names(model) == ["Lot 3", "Lot 2", "Lot 1"]
    model.update_transfers([transfer(4, rank=1.5)])
    assert names(model) == ["Lot 3", "Lot 4", "Lot 2", "Lot 1"]
    assert model.moving_count() == 3


def test_what_is_selected_stays_selected_when_rows_move(qtbot: QtBot) -> None:
    model = TransfersModel()
    table = QTableView()
    qtbot.addWidget(table)
    table.setModel(model)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    model.show_transfers([transfer(number, rank=float(number)) for number in range(1, 6)])
    table.selectRow(3)
    model.update_transfers([transfer(4, rank=0.5), transfer(1, rank=1.0, items_done=9000)])
    assert names(model) == ["Lot 4", "Lot 1", "Lot 2", "Lot 3", "Lot 5"]
    assert table.currentIndex().row() == 0
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]
    model.show_transfers([transfer(4, rank=0.5), transfer(5, rank=5.0)])
    assert names(model) == ["Lot 4", "Lot 5"]
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]


def test_only_what_changed_and_is_on_screen_is_announced(application: object) -> None:
    model = TransfersModel()
    model.show_transfers([transfer(number, rank=float(number)) for number in range(1000)])
    model.set_shown_rows(10, 30)
    announced: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: announced.append((first.row(), last.row())))
    again = [transfer(number, rank=float(number)) for number in (11, 12)]
    moved = [transfer(number, rank=float(number), items_done=9000) for number in (3, 15, 16, 20, 900)]
    model.update_transfers([*again, *moved])
    assert announced == [(15, 16), (20, 20)]
    assert model.index(900, FILES).data() == "9,000 of 12,782"


@pytest.mark.parametrize(
    ("done", "total", "said"),
    [
        (38_100_000_000, 61_200_000_000, "38.1 of 61.2 GB"),
        (900_000, 61_200_000_000, "0.0 of 61.2 GB"),
        (0, 900, "0 of 900 bytes"),
        (5, 5, "5 bytes"),
        (7_000_000, 0, "7.0 MB"),
        (0, 0, ""),
    ],
)
def test_sizes_share_one_unit(done: int, total: int, said: str, application: object) -> None:
    assert amount_text(transfer(bytes_done=done, bytes_total=total)) == said


def test_one_line_says_how_all_transfers_stand(application: object) -> None:
    def said(*transfers: Transfer) -> str:
        found = summary(transfers)
        return found.text if found is not None else ""

    held = transfer(3, state=TransferState.HELD, hold=Hold.OFFLINE)
    paused = transfer(4, state=TransferState.PAUSED, wanted=Wanted.PAUSED, rate=None)
    assert said(transfer(1, state=TransferState.DONE)) == ""
    assert said(transfer(1), transfer(2, rate=2_000_000.0, seconds_left=1500.0)) == (
        "2 transfers · 20.0 MB/s · about 25 min"
    )
    assert said(held) == "1 transfer · waiting for the internet"
    assert said(paused) == "1 transfer · paused"
    assert said(paused, held) == "1 transfer · waiting for the internet"
    assert said(transfer(1), held) == "1 transfer · 18.0 MB/s · about 22 min · 1 waiting"


def test_progress_goes_by_bytes_then_by_files_and_never_past_the_end() -> None:
    assert share_of(transfer(bytes_done=1, bytes_total=4)) == 0.25
    assert share_of(transfer(bytes_total=0, items_done=1, items_total=2)) == 0.5
    assert share_of(transfer(bytes_total=0, items_done=0, items_total=0)) == 0.0
    assert share_of(transfer(bytes_done=9, bytes_total=4)) == 1.0
