"""What becomes of a sending is written in groups, in order, and beside the loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.flows.transfers.ledger import Ledger
from batchdock.store import FileRow, Journal, Piece, PieceState, Sending, Way

COUNT = 1000


@asynccontextmanager
async def journalled(home: Path) -> AsyncIterator[tuple[Journal, Sending, list[str]]]:
    """A sending of single pictures, and every statement that follows."""
    journal = Journal(home)
    sending = journal.sendings.begin(
        transfer_id="t-1",
        account_id="a",
        batch_id="b",
        batch_name="Lot",
        content=Content.IMAGES,
        way=Way.SINGLE,
        started=datetime.now(UTC),
        job_id=None,
        files=[FileRow(n, f"{n}.jpg", f"{n}.jpg", Path(f"/{n}.jpg"), 10, 1.0) for n in range(COUNT)],
        pieces=[Piece(n, n, n + 1, 10) for n in range(COUNT)],
    )
    statements: list[str] = []
    journal._database._connection.set_trace_callback(statements.append)
    try:
        yield journal, sending, statements
    finally:
        journal.close()


def test_a_thousand_pictures_cost_a_few_transactions(home: Path) -> None:
    async def scenario() -> None:
        async with journalled(home) as (journal, sending, statements):
            ledger = Ledger(journal.sendings, sending.number)
            for number in range(COUNT):
                piece = Piece(number, number, number + 1, 10)
                ledger.note(piece, PieceState.TRIED)
                if number % 10 == 0:
                    await asyncio.sleep(0)
                ledger.arrive(piece, {number: bytes([number % 256]) * 32})
            await ledger.written()
            assert statements.count("COMMIT") < COUNT / 20
            assert {piece.state for piece in journal.sendings.pieces(sending.number)} == {PieceState.CONFIRMED}
            rows = journal.sendings.files(sending.number)
            assert all(row.sha256 == bytes([row.number % 256]) * 32 and row.sent for row in rows)

    asyncio.run(scenario())


def test_what_is_noted_is_written_soon_without_being_asked_for(home: Path) -> None:
    async def scenario() -> None:
        async with journalled(home) as (journal, sending, _):
            ledger = Ledger(journal.sendings, sending.number)
            ledger.note(Piece(3, 3, 4, 10), PieceState.TRIED)
            async with asyncio.timeout(10):
                while not journal.sendings.pieces(sending.number, PieceState.TRIED):
                    await asyncio.sleep(0.05)

    asyncio.run(scenario())


def test_the_last_word_counts_and_a_lost_file_has_no_date(home: Path) -> None:
    async def scenario() -> None:
        async with journalled(home) as (journal, sending, _):
            ledger = Ledger(journal.sendings, sending.number)
            piece, row = Piece(1, 1, 2, 10), journal.sendings.files(sending.number, 2, 3)[0]
            for state in (PieceState.TRIED, PieceState.PLANNED):
                ledger.note(piece, state)
            ledger.lose(row, "It is gone.")
            ledger.change(row, 99, 2.0)
            ledger.arrive(Piece(2, 2, 3, 10), {})
            await ledger.written()
            states = {piece.piece: piece.state for piece in journal.sendings.pieces(sending.number)}
            assert (states[1], states[2]) == (PieceState.PLANNED, PieceState.CONFIRMED)
            (row,) = journal.sendings.files(sending.number, 2, 3)
            assert (row.lost, row.sent, row.size, row.modified) == ("It is gone.", None, 99, 2.0)

    asyncio.run(scenario())
