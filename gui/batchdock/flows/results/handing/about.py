"""What is said on the last sheet of a table, so that who gets it knows what it is: where from, which part, when."""

from datetime import datetime

from batchdock import __version__
from batchdock.core.finding import Filter, Share
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.handing.values import text_of
from batchdock.flows.results.handing.wishes import Wishes
from batchdock.flows.results.opening import Opened, Selection

_SHARES = {
    Share.ALL: QT_TRANSLATE_NOOP("handing", "All pictures"),
    Share.WITH_FINDINGS: QT_TRANSLATE_NOOP("handing", "Pictures with findings"),
    Share.NOTHING: QT_TRANSLATE_NOOP("handing", "Pictures in which nothing was found"),
    Share.UNSURE: QT_TRANSLATE_NOOP("handing", "Pictures with unsure findings only"),
    Share.NOT_READABLE: QT_TRANSLATE_NOOP("handing", "Pictures that could not be read"),
}


def about(opened: Opened, selection: Selection, wishes: Wishes, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return pairs of what it is and its value, in the person's language."""
    say = wishes.translate
    lines = [(QT_TRANSLATE_NOOP("handing", "Results of"), text_of(opened.name))]
    if opened.job is not None:
        lines.append((QT_TRANSLATE_NOOP("handing", "Workflow"), text_of(opened.job.workflow_id or "")))
        if opened.job.created is not None:
            created = f"{opened.job.created.astimezone():%Y-%m-%d %H:%M}"
            lines.append((QT_TRANSLATE_NOOP("handing", "Started"), created))
    counted = f"{len(selection.numbers):,} / {opened.pictures:,}"
    frames = QT_TRANSLATE_NOOP("handing", "Frames (handed on / all)")
    pictures = QT_TRANSLATE_NOOP("handing", "Pictures (handed on / all)")
    lines.append((frames if opened.of_videos else pictures, counted))
    found = QT_TRANSLATE_NOOP("handing", "Findings (handed on / all)")
    lines.append((found, f"{selection.findings:,} / {opened.findings:,}"))
    lines += _filter_lines(selection.filter, {label.number: label.name for label in opened.labels}, wishes)
    lines.append((QT_TRANSLATE_NOOP("handing", "Handed on"), f"{now.astimezone():%Y-%m-%d %H:%M %Z}"))
    lines.append((QT_TRANSLATE_NOOP("handing", "Made with"), f"Batchdock {__version__}"))
    return tuple((say(heading), value) for heading, value in lines)


def _filter_lines(shown: Filter, names: dict[int, str], wishes: Wishes) -> list[tuple[str, str]]:
    lines = [(QT_TRANSLATE_NOOP("handing", "Shown"), wishes.translate(_SHARES[shown.share]))]
    if shown.labels is not None:
        named = ", ".join(text_of(names.get(number, "–")) for number in sorted(shown.labels))
        lines.append((QT_TRANSLATE_NOOP("handing", "Classes"), named))
    if shown.least > 0 or shown.most < 1:
        lines.append((QT_TRANSLATE_NOOP("handing", "Confidence"), f"{shown.least:.0%} – {shown.most:.0%}"))
    if shown.search:
        lines.append((QT_TRANSLATE_NOOP("handing", "Search"), text_of(shown.search)))
    if shown.folder is not None:
        lines.append((QT_TRANSLATE_NOOP("handing", "Folder"), text_of(shown.folder)))
    if shown.since is not None or shown.until is not None:
        times = (f"{time:%Y-%m-%d %H:%M:%S}" if time is not None else "" for time in (shown.since, shown.until))
        lines.append((QT_TRANSLATE_NOOP("handing", "Taken"), " – ".join(times)))
    if shown.from_second is not None or shown.to_second is not None:
        seconds = (f"{second:g}" if second is not None else "" for second in (shown.from_second, shown.to_second))
        lines.append((QT_TRANSLATE_NOOP("handing", "Second"), " – ".join(seconds)))
    return lines
