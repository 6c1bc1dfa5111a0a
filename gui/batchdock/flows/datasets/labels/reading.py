"""What the label of a file says, as findings that can be drawn, listed and written (contract §4.7).

Nothing here raises: what can not be read is left out, counted and said.
"""

from collections.abc import Mapping

from batchdock.core.datasets.data import MASKS, Json, LabelType
from batchdock.flows.datasets.labels.classes import Classes
from batchdock.flows.datasets.labels.gathering import Detail, Gathering, ReadLabel, Unfit, Unread, Why
from batchdock.flows.datasets.labels.masking import read_mask
from batchdock.flows.datasets.labels.shaping import SHAPED
from batchdock.flows.datasets.labels.solids import read_solid
from batchdock.flows.datasets.labels.wording import read_classification, read_sentence

__all__ = ["Classes", "Detail", "ReadLabel", "Unread", "Why", "read_label"]

_SINGLE = (LabelType.CLASSIFICATION, *MASKS)
"""Kinds of which a file has one; all others come in lists."""


def read_label(
    label: object,
    classes: Classes,
    *,
    size: tuple[int, int] | None = None,
    masks: Mapping[LabelType, bytes] | None = None,
    sensor: Json | None = None,
    seen_by: Json | None = None,
    picture: int = 0,
    finest: int | None = None,
) -> ReadLabel:
    """Return everything that is told of one file. Blocks for large masks: call it in a thread.

    `classes` gives the numbers of classes, and keeps what it is told of new ones. `size` is the picture's width and
    height in pixels, where known. `masks` are the bytes of the mask files that were fetched. `sensor` is what the
    service tells of the sensor that took the file (`Sensor.raw`): boxes in space are drawn where its camera sees them.

    `seen_by` is another sensor of the frame, a camera: then only the boxes in space are read, those that it sees, as
    its picture shows them. `picture` is the number of the picture that findings are to have. Masks are read no finer
    than in `finest` steps along their longer side, where that is given: for what is only drawn.
    """
    gathering = Gathering(classes, picture)
    if not isinstance(label, Mapping):
        if label is not None:
            gathering.leave_out(str(type(label).__name__), Why.WRONG_SHAPE)
        return gathering.read()
    for word, told in label.items():
        kind = _kind(word)
        if told is None or (seen_by is not None and kind is not LabelType.BOX3D):
            continue
        if kind is None:
            gathering.leave_out(str(word), Why.UNKNOWN_KIND, max(1, len(told)) if isinstance(told, list) else 1)
            continue
        single = kind in _SINGLE and not isinstance(told, list)
        if not single and not isinstance(told, list):
            gathering.leave_out(kind, Why.WRONG_SHAPE)
            continue
        for entry, one in enumerate([told] if single else told):
            if gathering.is_full:
                gathering.leave_out(kind, Why.TOO_MANY, len(told) - entry)
                break
            try:
                _read_one(gathering, kind, entry, one, size, masks or {}, sensor, seen_by, finest)
            except Unfit as unfit:
                gathering.leave_out(kind, unfit.why)
    return gathering.read()


def _read_one(
    gathering: Gathering,
    kind: LabelType,
    entry: int,
    one: object,
    size: tuple[int, int] | None,
    masks: Mapping[LabelType, bytes],
    sensor: Json | None,
    seen_by: Json | None,
    finest: int | None,
) -> None:
    if not isinstance(one, Mapping):
        raise Unfit(Why.WRONG_SHAPE)
    gathering.begin(kind, entry, one)
    if kind in MASKS:
        read_mask(gathering, kind, one, masks.get(kind), finest)
    elif kind is LabelType.BOX3D:
        read_solid(gathering, one, size, sensor, seen_by)
    elif kind is LabelType.CLASSIFICATION:
        read_classification(gathering, one)
    elif kind is LabelType.SENTENCE:
        read_sentence(gathering, one)
    else:
        SHAPED[kind](gathering, one, size)


def _kind(word: object) -> LabelType | None:
    try:
        return LabelType(str(word))
    except ValueError:
        return None
