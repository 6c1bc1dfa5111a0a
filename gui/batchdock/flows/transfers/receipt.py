"""The receipt of a sending: what went where, when, and under which name.

    receipts/<batch>-<transfer>.jsonl    one line about the whole, then one for each file
    receipts/<batch>-<transfer>.html     the same for people (receipt_page.py)

Both are written anew when more of the sending arrives, and appear finished. No key and no address is in them.
"""

import asyncio
import errno
import json
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from batchdock import __version__
from batchdock.core.account import Account
from batchdock.core.errors import BatchdockError, DiskFull, FolderNotWritable
from batchdock.flows.intake.names import printable
from batchdock.flows.transfers.receipt_page import SHOWN_LOST, SHOWN_ROWS, Line, Summary, page
from batchdock.store import FileRow, Journal, Sending


@dataclass(slots=True)
class _Shown:
    """What of a long list is on the page."""

    lost: list[Line] = field(default_factory=list)
    first: list[Line] = field(default_factory=list)
    last: deque[Line] = field(default_factory=lambda: deque(maxlen=SHOWN_ROWS))

    def take(self, line: Line) -> None:
        if line.lost is not None:
            if len(self.lost) < SHOWN_LOST:
                self.lost.append(line)
        elif len(self.first) < SHOWN_ROWS:
            self.first.append(line)
        else:
            self.last.append(line)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a receipt says, in short: `files` have arrived, or may still; `bytes` are theirs. `lost` did not.

    `folder` is where they were: None where nobody knows.
    """

    started: datetime
    files: int
    bytes: int
    lost: int
    folder: Path | None


def deliveries(journal: Journal, account_id: str, batch_id: str) -> tuple[Delivery, ...]:
    """Return what was sent into a batch, one for each sending, oldest first. Blocks."""
    found = []
    for sending in journal.sendings.of_batch(account_id, batch_id):
        files, size = journal.files.tally(sending.number)
        folder = journal.files.folder(sending.number)
        found.append(Delivery(sending.started, files, size, sending.files - files, folder))
    return tuple(found)


class Receipts:
    """Writes receipts into the folder `folder`, and finds them there."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder, self._journal = folder, journal

    def page(self, sending: Sending) -> Path:
        """Return where the readable page of a sending is, if it has a receipt."""
        return self._folder / f"{sending.batch_id}-{sending.transfer_id}.html"

    async def write(self, sending: Sending, account: Account) -> Path:
        """Write the receipt and return its page. Raise `DiskFull` or `FolderNotWritable`.

        Needs little memory for any number of files; a million take some seconds, in a thread.
        """
        return await asyncio.to_thread(self._write, sending, account)

    def _write(self, sending: Sending, account: Account) -> Path:
        target = self.page(sending)
        arrived, size = self._journal.files.tally(sending.number)
        summary = Summary(
            account=account.name,
            workspace=account.workspace,
            batch_id=sending.batch_id,
            batch_name=sending.batch_name,
            started=sending.started,
            written=datetime.now(UTC).replace(microsecond=0),
            arrived=arrived,
            bytes=size,
            lost=sending.files - arrived,
            list_name=target.with_suffix(".jsonl").name,
        )
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with _replacing(target.with_suffix(".jsonl")) as file:
                shown = self._write_list(file, sending, account, summary)
            with _replacing(target) as file:
                file.writelines(page(summary, shown.lost, shown.first, tuple(shown.last)))
        except OSError as error:
            raise _refused(self._folder, error) from error
        return target

    def _write_list(self, file: TextIO, sending: Sending, account: Account, summary: Summary) -> _Shown:
        head = {
            "receipt": 1,
            "made_by": f"Batchdock {__version__}",
            "account": {"id": account.account_id, "name": account.name, "workspace": account.workspace},
            "batch": {"id": sending.batch_id, "name": sending.batch_name},
            "transfer": sending.transfer_id,
            "content": sending.content.value,
            "way": sending.way.value,
            "started": sending.started.isoformat(),
            "written": summary.written.isoformat(),
            "arrived": summary.arrived,
            "bytes": summary.bytes,
            "lost": summary.lost,
        }
        _put(file, head)
        shown = _Shown()
        for row, piece in self._journal.files.lines(sending.number):
            line = _line(row, piece)
            shown.take(line)
            _put(file, _entry(line, sending.batch_id))
        return shown


def _line(row: FileRow, piece: int) -> Line:
    return Line(
        original=printable(row.original),
        wire=row.wire,
        size=row.size,
        sha256=row.sha256.hex() if row.sha256 else None,
        piece=piece,
        sent=None if row.sent is None else datetime.fromtimestamp(row.sent, UTC).replace(microsecond=0),
        lost=row.lost,
    )


def _entry(line: Line, batch_id: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"original": line.original, "wire": line.wire, "size": line.size}
    if line.lost is not None:
        return {**entry, "lost": line.lost}
    sent = None if line.sent is None else line.sent.isoformat()
    return {**entry, "sha256": line.sha256, "batch": batch_id, "piece": line.piece, "sent": sent}


def _put(file: TextIO, entry: dict[str, Any]) -> None:
    file.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")))
    file.write("\n")


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """Open a file that takes the place of `path` when all of it is on the disk."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n", errors="backslashreplace") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _refused(folder: Path, error: OSError) -> BatchdockError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(folder=folder, needed="the receipt")
    return FolderNotWritable(folder=folder, reason=error.strerror or type(error).__name__)
