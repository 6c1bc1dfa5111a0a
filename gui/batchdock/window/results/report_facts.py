"""What a report says, in words. Nothing here draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale
from PySide6.QtGui import QImage

from batchdock import __version__
from batchdock.core.account import Account
from batchdock.core.finding import SURE, Filter, Label, Share
from batchdock.core.job import Job
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.opening import Opened, Seen, Selection
from batchdock.flows.transfers.receipt import Delivery
from batchdock.window.results.charts.counting import edge_text, findings_text, share_text
from batchdock.window.results.charts.narrowing import narrowings
from batchdock.window.results.drawing import Prepared
from batchdock.window.wording import duration_text, files_text, grouped, number_text, percent_text, size_text

_tr = QCoreApplication.translate

SHARES = {
    Share.WITH_FINDINGS: QT_TRANSLATE_NOOP("report", "with findings"),
    Share.NOTHING: QT_TRANSLATE_NOOP("report", "nothing found"),
    Share.UNSURE: QT_TRANSLATE_NOOP("report", "unsure"),
    Share.NOT_READABLE: QT_TRANSLATE_NOOP("report", "not readable"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """A large number, what it counts, and how much of all that is."""

    number: str
    what: str
    share: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One picture with its findings. `picture` is None where there is none on this computer."""

    title: str
    name: str
    about: str
    picture: QImage | None
    size: tuple[int, int] | None
    """The picture's real width and height."""
    seen: Seen
    prepared: Prepared | None


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything on the page, from top to bottom. `charts` have a title each, and are drawn already."""

    title: str
    about: str
    narrowed: str
    counts: tuple[Count, ...]
    charts: tuple[tuple[str, QImage], ...]
    samples: tuple[Sample, ...]
    labels: tuple[Label, ...]
    receipt: tuple[tuple[str, str], ...]
    foot: str


def about_text(job: Job | None, workflow: str, account: Account | None) -> str:
    """Return workflow, time and place of a job in one line; empty for a folder that was opened."""
    if job is None:
        return ""
    parts = [workflow]
    if (when := job.ended or job.started or job.created) is not None:
        parts.append(day_text(when))
    if job.seconds_taken is not None:
        parts.append(duration_text(job.seconds_taken))
    parts.append(_place(account))
    return " · ".join(part for part in parts if part)


def narrowed_text(asked: Filter, labels: Sequence[Label]) -> str:
    """Return what the numbers are only about; empty where they are about everything."""
    told = "; ".join(f"{each.title}: {each.values}" for each in narrowings(asked, labels))
    return _tr("report", "Only a part of the results: %1").replace("%1", told) if told else ""


def counts_of(opened: Opened, selection: Selection) -> tuple[Count, ...]:
    """Return the numbers of the page. Where one share was chosen, the others would count what is not in it."""
    pictures = len(selection.numbers)
    of_all = share_text(pictures, opened.pictures) if pictures != opened.pictures else ""
    what = _tr("report", "frames") if opened.of_videos else _tr("report", "pictures")
    of_text = _tr("report", "%1 of all").replace("%1", of_all) if of_all else ""
    counts = [
        Count(number_text(pictures), what, of_text),
        Count(number_text(selection.findings), _tr("report", "findings")),
    ]
    if selection.filter.share is Share.ALL and selection.filter.labels is None:
        for share, text in SHARES.items():
            number = selection.shares.get(share, 0)
            if number or share is Share.WITH_FINDINGS:
                counts.append(Count(number_text(number), _tr("report", text), share_text(number, pictures)))
    return tuple(counts)


def sample_about(seen: Seen) -> str:
    """Return “3 findings, at most 98 % sure”."""
    sure = [finding.confidence for finding in seen.findings if finding.confidence is not None]
    said = findings_text(len(seen.findings)) if seen.findings else ""
    if not sure:
        return said
    return _tr("report", "%1, the surest %2").replace("%1", said).replace("%2", percent_text(max(sure)))


def receipt_lines(
    opened: Opened, deliveries: Sequence[Delivery], account: Account | None, workflow: str
) -> tuple[tuple[str, str], ...]:
    """Return where the files came from, when, and where they went, as far as this app did it."""
    job = opened.job
    if job is None:
        return (
            (_tr("report", "Results"), _tr("report", "Read from the folder “%1”").replace("%1", opened.folder.name)),
        )
    lines = []
    for each in deliveries:
        said = [files_text(each.files), size_text(each.bytes)]
        if each.folder is not None:
            said.append(_tr("report", "from “%1”").replace("%1", each.folder.name or str(each.folder)))
        said.append(moment_text(each.started))
        if each.lost:
            said.append(grouped(_tr("report", "%n did not arrive", None, each.lost), each.lost))
        lines.append((_tr("report", "Files"), ", ".join(said)))
    if not deliveries:
        lines.append(
            (_tr("report", "Files"), _tr("report", "This Batchdock did not send them and knows no more of them."))
        )
    lines.append((_tr("report", "Where"), _place(account)))
    if workflow:
        lines.append((_tr("report", "Workflow"), workflow))
    lines.append((_tr("report", "Job and batch"), " · ".join(part for part in (job.job_id, job.batch_id) if part)))
    return tuple(lines)


def foot_text() -> str:
    """Return what made the page and when, and what “unsure” means on it."""
    made = _tr("report", "Made with Batchdock %1 on %2.").replace("%1", __version__)
    made = made.replace("%2", moment_text(datetime.now(UTC)))
    unsure = _tr("report", "A picture is unsure when none of its findings is at least %1 sure.")
    return f"{made} {unsure.replace('%1', edge_text(SURE))}"


def day_text(moment: datetime) -> str:
    """Return the local day, with its month in letters."""
    return QLocale().toString(_local(moment).date(), QLocale.FormatType.LongFormat)


def moment_text(moment: datetime) -> str:
    """Return local day and time."""
    return QLocale().toString(_local(moment), QLocale.FormatType.ShortFormat)


def _place(account: Account | None) -> str:
    if account is None:
        return ""
    if account.is_this_computer:
        return _tr("report", "This computer")
    return " · ".join(dict.fromkeys(part for part in (account.name, account.workspace) if part))


def _local(moment: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
