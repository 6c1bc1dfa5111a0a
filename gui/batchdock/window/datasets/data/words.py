"""What is said of files and labels of a dataset."""

from collections import Counter
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from batchdock.core.datasets.data import LabelType
from batchdock.core.errors import BatchdockError, FileUnreadable, NotFound
from batchdock.core.finding import Finding, Label
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.datasets.kinds import FileKind
from batchdock.flows.datasets.labels.reading import Unread, Why
from batchdock.flows.results.opening import Seen
from batchdock.window.inventory.trouble import in_one
from batchdock.window.results.grid.words import name_of
from batchdock.window.wording import grouped, number_text

_tr = QCoreApplication.translate

_MOST_CLASSES = 5
_MOST_VALUES = 8
_VALUE_SHOWN = 60
"""Characters."""

_KINDS = {
    FileKind.PICTURE: QT_TRANSLATE_NOOP("data", "Picture"),
    FileKind.VIDEO: QT_TRANSLATE_NOOP("data", "Video"),
    FileKind.POINTS: QT_TRANSLATE_NOOP("data", "Point cloud"),
    FileKind.SOUND: QT_TRANSLATE_NOOP("data", "Sound"),
    FileKind.WORDS: QT_TRANSLATE_NOOP("data", "Text"),
}
KIND_ICONS = {
    FileKind.PICTURE: "image-off",
    FileKind.VIDEO: "film",
    FileKind.POINTS: "box",
    FileKind.SOUND: "circle-play",
    FileKind.WORDS: "file-text",
}
_LABELS = {
    LabelType.CLASSIFICATION: QT_TRANSLATE_NOOP("data", "Whole file"),
    LabelType.BOX2D: QT_TRANSLATE_NOOP("data", "Box"),
    LabelType.BOX3D: QT_TRANSLATE_NOOP("data", "Box in space"),
    LabelType.POLYGON: QT_TRANSLATE_NOOP("data", "Polygon"),
    LabelType.POLYLINE2D: QT_TRANSLATE_NOOP("data", "Line"),
    LabelType.MULTI_POLYGON: QT_TRANSLATE_NOOP("data", "Polygons"),
    LabelType.MULTI_POLYLINE2D: QT_TRANSLATE_NOOP("data", "Lines"),
    LabelType.RLE: QT_TRANSLATE_NOOP("data", "Run lengths"),
    LabelType.KEYPOINTS2D: QT_TRANSLATE_NOOP("data", "Keypoints"),
    LabelType.SENTENCE: QT_TRANSLATE_NOOP("data", "Sentence"),
    LabelType.SEMANTIC_MASK: QT_TRANSLATE_NOOP("data", "Semantic mask"),
    LabelType.INSTANCE_MASK: QT_TRANSLATE_NOOP("data", "Instance mask"),
    LabelType.PANOPTIC_MASK: QT_TRANSLATE_NOOP("data", "Panoptic mask"),
}
_WORDS = frozenset(kind.value for kind in _LABELS)
_WHYS = {
    Why.WRONG_SHAPE: QT_TRANSLATE_NOOP("data", "not written as this kind is"),
    Why.UNKNOWN_KIND: QT_TRANSLATE_NOOP("data", "a kind that this app does not know"),
    Why.NO_SIZE: QT_TRANSLATE_NOOP("data", "the size of the picture is not known"),
    Why.NO_FILE: QT_TRANSLATE_NOOP("data", "the mask's file is not there, or is no picture"),
    Why.TOO_MANY: QT_TRANSLATE_NOOP("data", "more than are shown"),
}


def kind_word(kind: FileKind) -> str:
    """Return what a file is, in one word."""
    return _tr("data", _KINDS[kind])


def label_type_word(word: str) -> str:
    """Return what people call a kind of labels; the service's word where it is another."""
    return _tr("data", _LABELS[LabelType(word)]) if word in _WORDS else word


def labels_text(count: int) -> str:
    """Return “No labels”, “1 label”, “8,112 labels”."""
    return grouped(_tr("data", "%n label(s)", None, count), count) if count else _tr("data", "No labels")


def unread_text(unread: Sequence[Unread]) -> str:
    """Return what could not be read of a label, a line each kind and reason."""
    return "\n".join(
        grouped(_tr("data", "%n label(s) not shown", None, each.count), each.count)
        + f": {label_type_word(each.kind)}, {_tr('data', _WHYS[each.why])}"
        for each in unread
    )


def why(error: BatchdockError) -> str:
    """Return in one line why a file can not be shown."""
    if isinstance(error, FileUnreadable):
        return _tr("errors", str(error.values.get("reason", "")))
    if isinstance(error, NotFound):
        return _tr("data", "The service has no link to this file.")
    return in_one(error)


def class_text(finding: Finding, labels: Sequence[Label]) -> str:
    """Return the name of a label's class; a dash for one without."""
    return labels[finding.label].name if 0 <= finding.label < len(labels) else "–"


def attributes_text(attributes: Mapping[str, object]) -> str:
    """Return “occluded: no; colour: red”."""
    parts = [f"{_line(name)}: {value_text(value)}" for name, value in list(attributes.items())[:_MOST_VALUES]]
    return "; ".join([*parts, *(["…"] if len(attributes) > _MOST_VALUES else [])])


def value_text(value: object) -> str:
    """Return a value of any shape in one line."""
    if isinstance(value, bool):
        return _tr("data", "yes") if value else _tr("data", "no")
    if value is None:
        return "–"
    if isinstance(value, list):
        shown = ", ".join(value_text(each) if not isinstance(each, list | dict) else "…" for each in value[:8])
        return f"{shown}, …" if len(value) > 8 else shown
    return "…" if isinstance(value, Mapping) else _line(value)


def _line(value: object) -> str:
    text = " ".join(str(value)[: _VALUE_SHOWN * 4].split())
    return text if len(text) <= _VALUE_SHOWN else f"{text[: _VALUE_SHOWN - 1]}…"


def spoken(seen: Seen, labels: Sequence[Label], kind: FileKind) -> str:
    """Return “IMG_2.JPG, 3 labels: person 2, dog 1”."""
    parts = [name_of(seen)]
    if seen.picture.problem:
        parts.append(seen.picture.problem)
    elif kind is not FileKind.PICTURE:
        parts.append(kind_word(kind))
    counts = Counter(finding.label for finding in seen.findings)
    named = [f"{labels[at].name} {number_text(count)}" for at, count in counts.most_common() if 0 <= at < len(labels)]
    classes = ", ".join([*named[:_MOST_CLASSES], *(["…"] if len(named) > _MOST_CLASSES else [])])
    said = labels_text(len(seen.findings))
    return ", ".join([*parts, f"{said}: {classes}" if classes else said])
