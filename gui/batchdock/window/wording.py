"""Words, numbers and times as people read them. Everything goes through the language and the locale."""

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from batchdock.core.batch import Content
from batchdock.core.states import JobState
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.window.theme import Tint

_tr = QCoreApplication.translate


_STATES: dict[JobState, str] = {
    JobState.DRAFT: QT_TRANSLATE_NOOP("states", "Draft"),
    JobState.WAITING: QT_TRANSLATE_NOOP("states", "Waiting"),
    JobState.UPLOADING: QT_TRANSLATE_NOOP("states", "Uploading"),
    JobState.CHECKING: QT_TRANSLATE_NOOP("states", "Checking files"),
    JobState.STARTING: QT_TRANSLATE_NOOP("states", "Starting"),
    JobState.RUNNING: QT_TRANSLATE_NOOP("states", "Running"),
    JobState.FINISHING: QT_TRANSLATE_NOOP("states", "Finishing"),
    JobState.STOPPING: QT_TRANSLATE_NOOP("states", "Stopping"),
    JobState.PAUSED: QT_TRANSLATE_NOOP("states", "Paused"),
    JobState.ON_HOLD: QT_TRANSLATE_NOOP("states", "On hold: payment"),
    JobState.DONE: QT_TRANSLATE_NOOP("states", "Done"),
    JobState.DONE_WITH_PROBLEMS: QT_TRANSLATE_NOOP("states", "Done with problems"),
    JobState.FAILED: QT_TRANSLATE_NOOP("states", "Failed"),
    JobState.STOPPED: QT_TRANSLATE_NOOP("states", "Stopped"),
    JobState.UNKNOWN: QT_TRANSLATE_NOOP("states", "Unknown"),
}


def state_word(state: JobState) -> str:
    """Return the one word that stands for a state in every list."""
    return _tr("states", _STATES[state])


_STATE_ICONS: dict[JobState, tuple[str, Tint]] = {
    JobState.DRAFT: ("pencil", Tint.MUTED),
    JobState.WAITING: ("clock", Tint.MUTED),
    JobState.UPLOADING: ("cloud-upload", Tint.ACCENT),
    JobState.CHECKING: ("scan-search", Tint.ACCENT),
    JobState.STARTING: ("hourglass", Tint.ACCENT),
    JobState.RUNNING: ("circle-play", Tint.ACCENT),
    JobState.FINISHING: ("package", Tint.ACCENT),
    JobState.STOPPING: ("circle-stop", Tint.MUTED),
    JobState.PAUSED: ("circle-pause", Tint.WARNING),
    JobState.ON_HOLD: ("wallet", Tint.WARNING),
    JobState.DONE: ("circle-check", Tint.GOOD),
    JobState.DONE_WITH_PROBLEMS: ("triangle-alert", Tint.WARNING),
    JobState.FAILED: ("circle-x", Tint.BAD),
    JobState.STOPPED: ("circle-stop", Tint.MUTED),
    JobState.UNKNOWN: ("circle-question-mark", Tint.MUTED),
}


def state_icon(state: JobState) -> tuple[str, Tint]:
    """Return the name and tint of the icon beside the word."""
    return _STATE_ICONS[state]


_CONTENT_ICONS: dict[Content, str] = {
    Content.IMAGES: "image",
    Content.VIDEOS: "film",
    Content.METADATA: "table",
    Content.ARCHIVES: "archive",
    Content.MIXED: "images",
    Content.STREAM: "video",
}


def content_icon(content: Content) -> str:
    """Return the name of the icon beside the word; empty for what nobody knows."""
    return _CONTENT_ICONS.get(content, "")


_RUNS_ON = {
    "cloud": QT_TRANSLATE_NOOP("contents", "Cloud"),
    "edge": QT_TRANSLATE_NOOP("contents", "Edge"),
}


def runs_on_word(place: str) -> str:
    """Return where a stream is worked on; what the service says where that is something else."""
    return _tr("contents", _RUNS_ON[place]) if place in _RUNS_ON else place


_CONTENTS: dict[Content, str] = {
    Content.IMAGES: QT_TRANSLATE_NOOP("contents", "Pictures"),
    Content.VIDEOS: QT_TRANSLATE_NOOP("contents", "Videos"),
    Content.METADATA: QT_TRANSLATE_NOOP("contents", "Tables"),
    Content.ARCHIVES: QT_TRANSLATE_NOOP("contents", "Archives"),
    Content.MIXED: QT_TRANSLATE_NOOP("contents", "Mixed"),
    Content.STREAM: QT_TRANSLATE_NOOP("contents", "Stream"),
    Content.UNKNOWN: QT_TRANSLATE_NOOP("contents", "–"),
}


def content_word(content: Content) -> str:
    """Return what the files of a batch or job are."""
    return _tr("contents", _CONTENTS[content])


def number_text(number: int) -> str:
    """Return a number with the locale's grouping."""
    return QLocale().toString(number)


def files_text(count: int) -> str:
    """Return “1 file”, “12,800 files”."""
    return grouped(_tr("counts", "%n file(s)", None, count), count)


def pictures_text(count: int) -> str:
    """Return “1 picture”, “12,800 pictures”."""
    return grouped(_tr("counts", "%n picture(s)", None, count), count)


def videos_text(count: int) -> str:
    """Return “1 video”, “14 videos”."""
    return grouped(_tr("counts", "%n video(s)", None, count), count)


def jobs_text(count: int) -> str:
    """Return “1 job”, “42 jobs”."""
    return grouped(_tr("counts", "%n job(s)", None, count), count)


def grouped(text: str, count: int) -> str:
    """Group the digits that `%n` left in `text`; without a translation, choose the English plural of “(s)” too."""
    return text.replace("(s)", "" if count == 1 else "s").replace(str(count), number_text(count), 1)


def size_text(size: int) -> str:
    """Return a size in bytes as “61.2 GB”."""
    return QLocale().formattedDataSize(size, 1 if size >= 1_000_000 else 0, QLocale.DataSizeFormat.DataSizeSIFormat)


def rate_text(rate: float) -> str:
    """Return bytes a second as “18 MB/s”."""
    return _tr("times", "%1/s").replace("%1", size_text(int(rate)))


def items_rate_text(rate: float, content: Content) -> str:
    """Return items a second as “12.4 pictures/s”, or where that is less than one by the minute or the hour."""
    videos = content is Content.VIDEOS
    if rate >= 1:
        words = _tr("jobs", "%1 videos/s") if videos else _tr("jobs", "%1 pictures/s")
    elif rate >= 1 / 60:
        rate, words = rate * 60, _tr("jobs", "%1 videos/min") if videos else _tr("jobs", "%1 pictures/min")
    else:
        rate, words = rate * 3600, _tr("jobs", "%1 videos/h") if videos else _tr("jobs", "%1 pictures/h")
    return words.replace("%1", QLocale().toString(rate, "f", 0 if rate >= 100 else 1))


def percent_text(share: float) -> str:
    """Return a share (0–1) as “38 %”, never rounded up to a hundred."""
    whole = min(99, int(share * 100)) if share < 1.0 else 100
    return _tr("times", "%1 %").replace("%1", number_text(whole))


def duration_text(seconds: float) -> str:
    """Return seconds as “12 s”, “34 min”, “5 h 20 min”, “2 d 4 h”."""
    whole = max(0, round(seconds))
    if whole < 60:
        return _tr("times", "%1 s").replace("%1", number_text(whole))
    minutes = round(whole / 60)
    if minutes < 60:
        return _tr("times", "%1 min").replace("%1", number_text(minutes))
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        if not minutes:
            return _tr("times", "%1 h").replace("%1", number_text(hours))
        return _tr("times", "%1 h %2 min").replace("%1", number_text(hours)).replace("%2", number_text(minutes))
    days, hours = divmod(hours, 24)
    return _tr("times", "%1 d %2 h").replace("%1", number_text(days)).replace("%2", number_text(hours))


def time_left_text(seconds: float) -> str:
    """Return an estimate as “about 22 min”, “less than 1 min”."""
    if seconds < 60:
        return _tr("times", "less than 1 min")
    return _tr("times", "about %1").replace("%1", duration_text(seconds))


def relative_time(moment: datetime, now: datetime | None = None) -> str:
    """Return “just now”, “12 min ago”, “2 h ago”, “yesterday”, “3 Nov”, “3 Nov 2025”. `moment` has a time zone."""
    now = now or datetime.now(UTC)
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return _tr("times", "just now")
    if seconds < 3600:
        return _tr("times", "%1 min ago").replace("%1", number_text(int(seconds // 60)))
    here, today = moment.astimezone(), now.astimezone()
    days = (today.date() - here.date()).days
    if days == 0 or seconds < 6 * 3600:
        return _tr("times", "%1 h ago").replace("%1", number_text(int(seconds // 3600)))
    if days == 1:
        return _tr("times", "yesterday")
    pattern = "d MMM" if here.year == today.year else "d MMM yyyy"
    return QLocale().toString(_local(moment).date(), pattern)


def since_time(moment: datetime, now: datetime | None = None) -> str:
    """Return since when something is so: “08:15” today, else “10 Sep”, “10 Sep 2025”. `moment` has a time zone."""
    here, today = moment.astimezone(), (now or datetime.now(UTC)).astimezone()
    if here.date() == today.date():
        return QLocale().toString(_local(moment).time(), QLocale.FormatType.ShortFormat)
    pattern = "d MMM" if here.year == today.year else "d MMM yyyy"
    return QLocale().toString(_local(moment).date(), pattern)


def exact_time(moment: datetime) -> str:
    """Return date, time and time zone for a tooltip."""
    local = _local(moment)
    long = QLocale().toString(local, QLocale.FormatType.ShortFormat)
    return f"{long} {moment.astimezone().strftime('%Z')}"


def exact_times(moment: datetime) -> str:
    """Return the local time, and under it the same moment in UTC where that is another."""
    here = moment.astimezone()
    if not here.utcoffset():
        return exact_time(moment)
    return f"{exact_time(moment)}\n{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def countdown_text(seconds: float) -> str:
    """Return the time until something happens as “in 2 days 4 h”, “in 3 h 20 min”, “in 12 min”, “in 40 s”."""
    if seconds < 86_400:
        return _tr("times", "in %1").replace("%1", duration_text(seconds))
    days, hours = divmod(int(seconds // 3600), 24)
    text = grouped(_tr("times", "in %n day(s)", None, days), days)
    return _tr("times", "%1 %2 h").replace("%1", text).replace("%2", number_text(hours)) if hours else text


def _local(moment: datetime) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
