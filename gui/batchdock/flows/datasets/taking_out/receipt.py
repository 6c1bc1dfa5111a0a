"""The receipt of what was taken out: a page for people and the same as JSON, in the folder. No key and no address."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from batchdock import __version__
from batchdock.flows.datasets.taking_out.files import write_whole
from batchdock.flows.datasets.taking_out.wishes import TakingOut
from batchdock.flows.intake.names import printable
from batchdock.flows.transfers.receipt_page import STYLE
from batchdock.store.taken import Ledger
from batchdock.store.taken_rows import Missing, Tally

SHOWN_MISSING = 1_000
"""So many are named on the page; the list has them all."""
_UNKNOWN = "It did not arrive."


@dataclass(frozen=True, slots=True)
class VersionLine:
    """What a version comes to. `number` is the ledger's."""

    number: int
    dataset_id: str
    dataset: str
    name: str
    folder: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of it. `whole` counts files of all versions, `contents` different ones: what was fetched.

    `missing` are the first of `lost` files that are not here; `refused` what could not even be listed.
    """

    page: Path
    versions: tuple[VersionLine, ...]
    datasets: int
    whole: Tally
    contents: Tally
    lost: int
    missing: tuple[Missing, ...]
    refused: tuple[Missing, ...]
    forms: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether everything that was wished for is here."""
        return not self.lost and not self.refused


@dataclass(frozen=True, slots=True)
class Planned:
    """A version that is to be here in the end. `folder` is relative to the whole."""

    number: int
    dataset_id: str
    dataset: str
    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class Source:
    """Whose datasets they are."""

    account: str
    workspace: str


def write_receipt(
    ledger: Ledger, planned: Sequence[Planned], wishes: TakingOut, source: Source, forms: Iterable[str]
) -> Receipt:
    """Write `receipt.html` and `receipt.json` into the folder. Blocks, raises `OSError`.

    `forms` are what other programs read and could not be given whole, a sentence each.
    """
    root = wishes.folder
    lines = [
        VersionLine(
            each.number, each.dataset_id, each.dataset, each.name, each.folder, ledger.totals.tally(each.number)
        )
        for each in planned
    ]
    whole, contents = ledger.totals.tally(), ledger.totals.contents()
    receipt = Receipt(
        page=root / "receipt.html",
        versions=tuple(lines),
        datasets=len(ledger.wanted_datasets()),
        whole=whole,
        contents=contents,
        lost=whole.files - whole.here,
        missing=tuple(islice(ledger.totals.missing(), SHOWN_MISSING)),
        refused=tuple(ledger.totals.refused()),
        forms=tuple(forms),
    )
    written = datetime.now(UTC).replace(microsecond=0)
    write_whole(root / "receipt.json", _json(receipt, ledger, source, written))
    write_whole(receipt.page, (each.encode("utf-8", "backslashreplace") for each in _page(receipt, source, written)))
    return receipt


def _json(receipt: Receipt, ledger: Ledger, source: Source, written: datetime) -> Iterator[bytes]:
    head: dict[str, Any] = {
        "receipt": 1,
        "made_by": f"Batchdock {__version__}",
        "account": asdict(source),
        "written": written.isoformat(),
        "complete": receipt.is_complete,
        "datasets": receipt.datasets,
        "files": asdict(receipt.whole),
        "contents": asdict(receipt.contents),
        "versions": [asdict(each) for each in receipt.versions],
        "refused": [asdict(each) for each in receipt.refused],
        "forms": receipt.forms,
        "missing": [asdict(each) for each in ledger.totals.missing()],
    }
    yield json.dumps(head, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")


def _page(receipt: Receipt, source: Source, written: datetime) -> Iterator[str]:
    """Yield the page. Everything that came from elsewhere is escaped, and no script could run in it."""
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Receipt: {escape(source.account)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )
    yield f'<h1 dir="auto">Datasets of “{escape(source.account)}”</h1>\n'
    if receipt.is_complete:
        yield "<p>Complete: every file of every version below is in this folder, and was checked.</p>\n<dl>\n"
    else:
        yield "<p>Not complete: what is not in this folder is listed below, with the reasons.</p>\n<dl>\n"
    for name, value in _facts(receipt, source, written):
        yield f'<dt>{name}</dt><dd dir="auto">{escape(value)}</dd>\n'
    yield "</dl>\n"
    if receipt.refused:
        yield f"<h2>Could not be listed: {len(receipt.refused):,}</h2>\n<table>\n"
        yield "<tr><th>Dataset</th><th>Version</th><th>Segment</th><th>Reason</th></tr>\n"
        for each in receipt.refused:
            yield _row(each.dataset, each.version, each.segment, each.reason)
        yield "</table>\n"
    if receipt.lost:
        yield f"<h2>Files that are not here: {receipt.lost:,}</h2>\n<table>\n"
        yield "<tr><th>Dataset</th><th>Version</th><th>Segment</th><th>File</th><th>Reason</th></tr>\n"
        for each in receipt.missing:
            yield _row(each.dataset, each.version, each.segment, each.remote, each.reason or _UNKNOWN)
        yield "</table>\n"
        if len(receipt.missing) < receipt.lost:
            yield "<p>The others are in <code>receipt.json</code>.</p>\n"
    yield f"<h2>Versions: {len(receipt.versions):,}</h2>\n<table>\n"
    yield "<tr><th>Dataset</th><th>Version</th><th>Files</th><th>Here</th><th>Bytes</th><th>Folder</th></tr>\n"
    for line in receipt.versions:
        numbers = "".join(
            f'<td class="number">{number:,}</td>' for number in (line.tally.files, line.tally.here, line.tally.bytes)
        )
        yield f"<tr>{_cell(line.dataset)}{_cell(line.name)}{numbers}{_cell(line.folder)}</tr>\n"
    yield "</table>\n"
    if receipt.forms:
        yield "<h2>Left out for other programs</h2>\n<ul>\n"
        yield from (f'<li dir="auto">{escape(printable(each))}</li>\n' for each in receipt.forms)
        yield "</ul>\n"
    yield "</body>\n</html>\n"


def _facts(receipt: Receipt, source: Source, written: datetime) -> Iterator[tuple[str, str]]:
    whole, contents = receipt.whole, receipt.contents
    yield "Account", source.account
    if source.workspace not in ("", source.account):
        yield "Workspace", source.workspace
    yield "Datasets", f"{receipt.datasets:,}"
    yield "Versions", f"{len(receipt.versions):,}"
    yield "Files", f"{whole.here:,} of {whole.files:,}, over all versions"
    yield "Fetched once", f"{contents.here:,} different files, {contents.bytes:,} bytes"
    yield "Checked", f"{contents.here - contents.unproven:,} by the checksum (SHA-1) that the service tells"
    if contents.unproven:
        yield "Without one", f"{contents.unproven:,} files of which the service tells no checksum"
    yield "Written", f"{written:%Y-%m-%d %H:%M:%S} UTC"


def _row(*cells: str) -> str:
    return f"<tr>{''.join(map(_cell, cells))}</tr>\n"


def _cell(text: str) -> str:
    return f'<td dir="auto">{escape(printable(text))}</td>'
