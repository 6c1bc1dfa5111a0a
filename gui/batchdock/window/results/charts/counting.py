"""From what results answer to charts: which bars there are, and what is written at them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import QCoreApplication

from batchdock.core.finding import Label
from batchdock.core.job import Job
from batchdock.flows.results.opening import FolderCount, JobCount, LabelCount, TimeCounts, TimeKind
from batchdock.window.results.charts.bars import MOST_BARS, Bar, Chart, Kind, commonest
from batchdock.window.results.charts.times import clock_marks, clock_text, moment_marks, stretch_text
from batchdock.window.wording import grouped, number_text, percent_text

_tr = QCoreApplication.translate

BINS = 20
"""Of the confidence chart: five hundredths each."""


def class_chart(labels: Sequence[Label], counts: Mapping[int, LabelCount], most: int = MOST_BARS) -> Chart:
    """Findings per class: the commonest, and all others together."""
    names = {label.number: label.name for label in labels}
    bars = [
        Bar(class_name(names, number), count.findings, count.pictures, number, {"labels": frozenset({number})})
        for number, count in counts.items()
        if count.findings
    ]
    return Chart(Kind.CLASSES, commonest(bars, _tr("charts", "All others"), most))


def class_name(names: Mapping[int, str], number: int) -> str:
    """Return what people call a class; findings without one have a name here too."""
    return names.get(number) or _tr("charts", "Without a class")


def confidence_chart(counts: Sequence[int]) -> Chart:
    """Findings per confidence, in equal steps from 0 to 1. One without confidence is in none."""
    if not any(counts):
        return Chart(Kind.CONFIDENCE, note=_tr("charts", "These findings come without confidence."))
    edges = [round(place / len(counts), 4) for place in range(len(counts) + 1)]
    bars = tuple(
        Bar(span_text(percent_number(low), edge_text(high)), count, begin={"least": low}, end={"most": high})
        for count, low, high in zip(counts, edges, edges[1:], strict=False)
    )
    marks = tuple((len(counts) * share, edge_text(share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0))
    return Chart(Kind.CONFIDENCE, bars, marks)


def folder_chart(folders: Sequence[FolderCount]) -> Chart:
    """Findings per folder, of the fullest folders; `folders` has one more than are shown where there are more."""
    bars = tuple(
        # A folder is chosen with all that lies in it: for the top one that would be everything.
        Bar(
            folder_name(each.folder), each.findings, each.pictures, begin={"folder": each.folder} if each.folder else {}
        )
        for each in sorted(folders[:MOST_BARS], key=lambda each: -each.findings)
    )
    if len(bars) < 2:
        return Chart(Kind.FOLDERS)  # Where everything lies in one place there is nothing to compare.
    more = _tr("charts", "The %1 folders with the most pictures.").replace("%1", number_text(MOST_BARS))
    return Chart(Kind.FOLDERS, bars, note=more if len(folders) > MOST_BARS else "")


def folder_name(folder: str) -> str:
    """Return what people call a folder of the results; the top one has no name of its own."""
    return folder or _tr("charts", "Not in a folder")


def time_chart(counts: TimeCounts) -> Chart:
    """Findings over the time at which pictures were taken, or over the seconds of a video."""
    if counts.kind is TimeKind.NONE or len(counts.edges) < 2:
        return Chart(Kind.TIME, note=_tr("charts", "These pictures do not tell when they were taken."))
    edges: Sequence[datetime | float] = counts.edges
    if counts.kind is TimeKind.SECONDS:
        begins, ends = "from_second", "to_second"
        seconds = [float(edge) for edge in edges if not isinstance(edge, datetime)]
        texts = [span_text(clock_text(low), clock_text(high)) for low, high in pairwise(seconds)]
        marks = clock_marks(seconds)
    else:
        begins, ends = "since", "until"
        moments = [edge for edge in edges if isinstance(edge, datetime)]
        texts = [stretch_text(low, high) for low, high in pairwise(moments)]
        marks = moment_marks(moments)
    spans = zip(edges, edges[1:], texts, counts.findings, counts.pictures, strict=False)
    bars = tuple(
        Bar(text, findings, pictures, begin={begins: low}, end={ends: high})
        for low, high, text, findings, pictures in spans
    )
    return Chart(Kind.TIME, bars, marks)


def job_chart(jobs: Sequence[JobCount], shown: Job | None) -> Chart:
    """Findings per job of one workflow, the newest first; `shown` is the one that is looked at. None is chosen here."""
    bars = tuple(
        Bar(each.job.name, each.findings, each.pictures, other=shown is None or each.job.key != shown.key)
        for each in jobs[:MOST_BARS]
    )
    if len(bars) < 2:
        return Chart(Kind.JOBS)
    return Chart(
        Kind.JOBS, bars, note=_tr("charts", "Jobs of this workflow whose results were looked at, without filter.")
    )


def tips(chart: Chart) -> tuple[str, ...]:
    """Return what is said about each bar that is pointed at."""
    whole = sum(bar.findings for bar in chart.bars)
    return tuple(tip(bar, whole) for bar in chart.bars)


def tip(bar: Bar, whole: int) -> str:
    """Return “car: 1,204 findings in 812 pictures, 34 % of all”."""
    said = findings_text(bar.findings)
    if bar.pictures is not None:
        inside = grouped(_tr("charts", "in %n picture(s)", None, bar.pictures), bar.pictures)
        said = f"{said} {inside}"
    if whole:
        said = f"{said}, {_tr('charts', '%1 of all').replace('%1', share_text(bar.findings, whole))}"
    return f"{bar.name}: {said}"


def share_text(part: int, whole: int) -> str:
    """Return “34 %”; “less than 1 %” where something is there."""
    share = part / whole if whole else 0.0
    return _tr("charts", "less than %1").replace("%1", percent_text(0.01)) if 0 < share < 0.01 else percent_text(share)


def findings_text(count: int) -> str:
    """Return “1 finding”, “12,800 findings”."""
    return grouped(_tr("counts", "%n finding(s)", None, count), count)


def span_text(first: str, last: str) -> str:
    """Return “from – to”."""
    return f"{first} – {last}"


def percent_number(share: float) -> str:
    """Return a share as a number of hundredths, without the sign."""
    return number_text(round(share * 100))


def edge_text(share: float) -> str:
    """Return a share as “55 %”: rounded, for an edge is not to be called less than it is."""
    return _tr("times", "%1 %").replace("%1", percent_number(share))
