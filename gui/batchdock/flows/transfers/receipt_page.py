"""The readable page of a receipt: one HTML file that needs nothing else, and stays small for any number of files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

SHOWN_ROWS = 50
"""So many of the first files are on the page, and as many of the last; the list has them all."""
SHOWN_LOST = 1_000

STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; }
dt { opacity: .7; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { text-align: start; padding: .25rem .6rem; border-bottom: 1px solid #8884; vertical-align: top; }
td.number { text-align: end; white-space: nowrap; }
td { overflow-wrap: anywhere; white-space: pre-wrap; }
td.hash { font-family: ui-monospace, monospace; font-size: .75rem; }
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a receipt says of the whole; `bytes` are those of the files that arrived."""

    account: str
    workspace: str
    batch_id: str
    batch_name: str
    started: datetime
    written: datetime
    arrived: int
    bytes: int
    lost: int
    list_name: str


@dataclass(frozen=True, slots=True)
class Line:
    """What a receipt says of one file. `size` in bytes; `lost` is why it did not arrive."""

    original: str
    wire: str
    size: int
    sha256: str | None
    piece: int
    sent: datetime | None
    lost: str | None


def page(summary: Summary, lost: Sequence[Line], first: Sequence[Line], last: Sequence[Line]) -> Iterator[str]:
    """Yield the page. Everything that came from elsewhere is escaped, and no script could run in it."""
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Receipt: {escape(summary.batch_name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )
    yield f'<h1 dir="auto">Receipt for “{escape(summary.batch_name)}”</h1>\n<dl>\n'
    for name, value in _facts(summary):
        yield f'<dt>{name}</dt><dd dir="auto">{escape(value)}</dd>\n'
    yield "</dl>\n"
    if summary.lost:
        yield f"<h2>Not sent: {summary.lost:,}</h2>\n<table>\n<tr><th>File</th><th>Reason</th></tr>\n"
        for line in lost:
            yield f"<tr>{_cell(line.original)}{_cell(line.lost or '')}</tr>\n"
        yield "</table>\n"
        if len(lost) < summary.lost:
            yield f"<p>The others are in <code>{escape(summary.list_name)}</code>.</p>\n"
    yield f"<h2>Arrived: {summary.arrived:,}</h2>\n"
    yield from _table(first, last, summary)
    yield (
        f"<p>The whole list, one line for each file, is beside this page: "
        f"<code>{escape(summary.list_name)}</code>.</p>\n</body>\n</html>\n"
    )


def _table(first: Sequence[Line], last: Sequence[Line], summary: Summary) -> Iterator[str]:
    yield (
        "<table>\n<tr><th>File</th><th>Name there</th><th>Bytes</th><th>SHA-256</th><th>Portion</th>"
        "<th>Arrived (UTC)</th></tr>\n"
    )
    for line in first:
        yield _row(line)
    between = summary.arrived - len(first) - len(last)
    if between > 0:
        yield f'<tr><td colspan="6">… {between:,} more files …</td></tr>\n'
    for line in last:
        yield _row(line)
    yield "</table>\n"


def _facts(summary: Summary) -> Iterator[tuple[str, str]]:
    yield "Account", summary.account
    if summary.workspace not in ("", summary.account):
        yield "Workspace", summary.workspace
    yield "Batch", summary.batch_id
    yield "Begun", _moment(summary.started)
    yield "Arrived", f"{summary.arrived:,} files, {summary.bytes:,} bytes"
    if summary.lost:
        yield "Not sent", f"{summary.lost:,} files"
    yield "Written", _moment(summary.written)


def _row(line: Line) -> str:
    hashed = f'<td class="hash">{line.sha256 or "–"}</td>'
    size = f'<td class="number">{line.size:,}</td>'
    piece = f'<td class="number">{line.piece + 1:,}</td>'
    sent = "–" if line.sent is None else f"{line.sent:%Y-%m-%d %H:%M:%S}"
    return f"<tr>{_cell(line.original)}{_cell(line.wire)}{size}{hashed}{piece}<td>{sent}</td></tr>\n"


def _cell(text: str) -> str:
    return f'<td dir="auto">{escape(text)}</td>'


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
