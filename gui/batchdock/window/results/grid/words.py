"""What the grid says of a picture, to eyes and to screen readers."""

from collections import Counter

from PySide6.QtCore import QCoreApplication

from batchdock.core.finding import Label
from batchdock.flows.results.opening import Seen
from batchdock.window.wording import grouped, number_text, pictures_text

_tr = QCoreApplication.translate

_MOST_CLASSES = 5


def name_of(seen: Seen) -> str:
    """Return the picture's file name; for a frame of a video the moment it shows."""
    picture = seen.picture
    if picture.frame is None:
        return picture.name.rpartition("/")[2]
    if picture.seconds is None:
        return _tr("grid", "Frame %1").replace("%1", number_text(picture.frame))
    return moment_text(picture.seconds)


def moment_text(seconds: float) -> str:
    """Return a place in a video as “1:02:03.4”."""
    tenths = max(0, round(seconds * 10))
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes}:{rest // 10:02}.{rest % 10}"
    return f"{hours}:{text.zfill(7)}" if hours else text


def findings_text(count: int) -> str:
    """Return “1 finding”, “8,112 findings”."""
    return grouped(_tr("grid", "%n finding(s)", None, count), count)


def places_text(count: int, *, of_videos: bool) -> str:
    """Return “8,112 pictures”, or “8,112 frames” where it is videos that were looked through."""
    return grouped(_tr("grid", "%n frame(s)", None, count), count) if of_videos else pictures_text(count)


def spoken(seen: Seen, labels: tuple[Label, ...]) -> str:
    """Return “IMG_2.JPG, 3 findings: person 2, dog 1”."""
    name = name_of(seen)
    if seen.picture.problem:
        return f"{name}, {seen.picture.problem}"
    if not seen.findings:
        return f"{name}, {_tr('grid', 'nothing found')}"
    counts = Counter(finding.label for finding in seen.findings)
    named = [f"{labels[label].name} {number_text(count)}" for label, count in counts.most_common() if label >= 0]
    classes = ", ".join([*named[:_MOST_CLASSES], *(["…"] if len(named) > _MOST_CLASSES else [])])
    found = findings_text(len(seen.findings))
    return f"{name}, {found}: {classes}" if classes else f"{name}, {found}"
