"""Networks that answer for a number of questions about the whole picture: DETR, RT-DETR, D-FINE, RF-DETR."""

from collections.abc import Sequence

import numpy

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.own.finds import Finds, Wanted, best, centred, sigmoid, softmax
from batchdock.thiscomputer.engine.own.form import Form
from batchdock.thiscomputer.engine.own.masks import outlines
from batchdock.thiscomputer.engine.own.metadata import Said
from batchdock.thiscomputer.engine.own.network import SIZE
from batchdock.thiscomputer.engine.own.seen import Seen, check_scores, names_for
from batchdock.thiscomputer.engine.own.sheet import Array, Sheet

_DETR_QUERIES = 100
_COCO_HOLES = frozenset({0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83})
"""Numbers below 91 that COCO gave to nothing that was ever labelled."""


class Queries:
    """Boxes of [1, N, 4], centre and size as parts of the picture, and [1, N, C] for the classes. With a third answer
    of [1, N, height, width] there is a map for each as well.
    """

    name = "queries"

    def told(self, seen: Seen) -> Form | None:
        """See `Family`."""
        order = _ordered(seen)
        if order is None:
            return None
        boxes, logits = seen.answers[order[0]][0], seen.answers[order[1]][0]
        if boxes.min() < -1 or boxes.max() > 2:
            return None
        named_less = len(seen.said.names) == logits.shape[1] - 1
        background = named_less if seen.said.names else logits.shape[0] == _DETR_QUERIES
        rfdetr = "dets" in seen.names[order[0]].lower()
        exclusive = background and not rfdetr
        names, named = _names(seen.said, logits.shape[1], one_more=background)
        ready = logits.min() >= 0 and logits.max() <= 1
        traits = [str(each) for each in order]
        traits += ["exclusive"] if exclusive else []
        traits += ["ready"] if ready else []
        # It is trained with one class more than there are, and exported without names.
        traits += ["spare"] if rfdetr and not named else []
        imagenet = rfdetr or logits.shape[0] == _DETR_QUERIES
        return Form(
            family=self.name,
            title="RF-DETR" if rfdetr else "DETR" if exclusive else "RT-DETR or D-FINE",
            kind="instance-segmentation" if len(order) == 3 else "object-detection",
            class_names=names,
            named=named,
            side=seen.side,
            fit="stretch",
            numbers="bytes" if seen.wants_bytes else "imagenet" if imagenet else "unit",
            traits=tuple(traits),
        )

    def read(self, form: Form, answers: Sequence[Array], sheet: Sheet, wanted: Wanted) -> Finds:
        """See `Family`."""
        order = [int(each) for each in form.traits if each.isdigit()]
        boxes, logits = answers[order[0]][0], answers[order[1]][0]
        scores = logits
        if "ready" not in form.traits:
            scores = softmax(logits) if "exclusive" in form.traits else sigmoid(logits)
        scores = scores[:, : len(form.class_names)]  # the last one may be nothing at all
        classes = scores.argmax(1)
        highest = scores[numpy.arange(len(scores)), classes]
        chosen = best(highest, wanted)[: wanted.most]
        corners = sheet.spread(centred(boxes[chosen]))
        drawn = outlines(answers[order[2]][0][chosen], corners, sheet) if len(order) == 3 else None
        return Finds.of(corners, highest[chosen], classes[chosen], drawn)


class Labelled:
    """Three answers: corners of [1, N, 4], a certainty and the number of a class for each ([1, N])."""

    name = "labelled"

    def told(self, seen: Seen) -> Form | None:
        """See `Family`."""
        if len(seen.answers) != 3:
            return None
        flat = [each[0] if each.ndim and each.shape[0] == 1 and each.ndim > 1 else each for each in seen.answers]
        boxes = [place for place, each in enumerate(flat) if each.ndim == 2 and each.shape[1] == 4]
        lists = [place for place, each in enumerate(flat) if each.ndim == 1]
        if len(boxes) != 1 or len(lists) != 2 or len({len(each) for each in flat}) != 1:
            return None
        labels = [place for place in lists if flat[place].dtype.kind in "iu"]
        labels = labels or [
            place for place in lists if any(word in seen.names[place].lower() for word in ("label", "class"))
        ]
        if len(labels) != 1:
            return None
        scores = next(place for place in lists if place not in labels)
        check_scores(flat[scores])
        names, named = seen.said.names, bool(seen.said.names)
        traits = [str(boxes[0]), str(scores), str(labels[0]), *(["sized"] if seen.is_told_size else [])]
        return Form(
            family=self.name,
            title="D-FINE or RT-DETR",
            kind="object-detection",
            class_names=names,
            named=named,
            side=seen.side,
            fit="stretch",
            numbers="bytes" if seen.wants_bytes else "unit",
            traits=tuple(traits),
        )

    def read(self, form: Form, answers: Sequence[Array], sheet: Sheet, wanted: Wanted) -> Finds:
        """See `Family`."""
        order = [int(each) for each in form.traits if each.isdigit()]
        boxes, scores, labels = (answers[place] for place in order)
        boxes, scores, labels = boxes.reshape(-1, 4), scores.reshape(-1), labels.reshape(-1)
        chosen = best(scores, wanted)[: wanted.most]
        boxes = boxes[chosen]
        if "sized" in form.traits:
            corners = sheet.spread(boxes / SIZE)
        else:
            # A box of two pixels is none: these are parts of the picture.
            corners = sheet.spread(boxes) if boxes.size and boxes.max() <= 2 else sheet.placed(boxes)
        return Finds.of(corners, scores[chosen], labels[chosen].astype(numpy.int64), None)


def _ordered(seen: Seen) -> list[int] | None:
    """Return the places of boxes, classes, and maps if there are some."""
    if (
        any(each.ndim < 3 or each.shape[0] != 1 for each in seen.answers)
        or len({each.shape[1] for each in seen.answers}) != 1
    ):
        return None
    maps = [place for place, each in enumerate(seen.answers) if each.ndim == 4]
    tables = [place for place, each in enumerate(seen.answers) if each.ndim == 3]
    if len(tables) != 2 or len(maps) > 1 or len(seen.answers) != 2 + len(maps):
        return None
    fours = [place for place in tables if seen.answers[place].shape[2] == 4]
    if len(fours) == 2:
        fours = [place for place in fours if any(word in seen.names[place].lower() for word in ("box", "dets"))]
    if len(fours) != 1:
        return None
    return [fours[0], next(place for place in tables if place != fours[0]), *maps]


def _names(said: Said, count: int, *, one_more: bool) -> tuple[tuple[str, ...], bool]:
    if not said.names and count in (91, 92):
        names = iter(resource("models", "coco_80.txt").read_text(encoding="utf-8").split("\n"))
        return tuple(str(each) if each in _COCO_HOLES else next(names) for each in range(91)), True
    return names_for(said, count - 1 if one_more else count)
