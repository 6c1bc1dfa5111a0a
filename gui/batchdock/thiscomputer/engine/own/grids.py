"""Networks that answer for every cell of grids over the picture: YOLOX, and YOLO from version 5 to 12."""

from collections.abc import Sequence
from math import ceil

import numpy

from batchdock.thiscomputer.engine.own.finds import Finds, Wanted, best, centred, kept
from batchdock.thiscomputer.engine.own.form import Form
from batchdock.thiscomputer.engine.own.masks import blended, outlines
from batchdock.thiscomputer.engine.own.seen import Seen, check_scores, names_for
from batchdock.thiscomputer.engine.own.sheet import Array, Sheet

_STRIDES = ((8, 16, 32), (8, 16, 32, 64), (4, 8, 16, 32), (16, 32))
_ANCHORS = 3


class Grid:
    """One answer with a row a cell, or a column: box, in some families the certainty that there is anything, and one
    number a class. With patterns of [1, m, height, width] as a second answer, rows have m shares of them more.
    """

    name = "grid"

    def told(self, seen: Seen) -> Form | None:
        """See `Family`."""
        # Before version 7 the grids themselves were exported as well.
        answers = [each for each in seen.answers if each.ndim != 5]
        if [each.ndim for each in answers] not in ([3], [3, 4]) or any(each.shape[0] != 1 for each in answers):
            return None
        patterns = answers[1].shape[1] if len(answers) == 2 else 0
        table = answers[0][0]
        columns = _is_in_columns(table.shape, seen.side)
        rows = table.T if columns else table
        if columns or len(seen.said.names) == rows.shape[1] - patterns - 4:
            return self._eight(seen, rows, patterns, columns)
        return self._five(seen, rows, patterns)

    def _eight(self, seen: Seen, rows: Array, patterns: int, columns: bool) -> Form | None:
        count = rows.shape[1] - patterns - 4
        if count < 1 or not (is_grid(len(rows), seen.side) or seen.said.ultralytics):
            return None
        names, named = names_for(seen.said, count)
        check_scores(rows[:, 4 : 4 + count])
        parts = rows[:, :4].max() <= 2
        traits = [*(["columns"] if columns else []), *(["parts"] if parts else [])]
        return _form(seen, "YOLOv8, YOLO11 or YOLO12", names, named, patterns, traits)

    def _five(self, seen: Seen, rows: Array, patterns: int) -> Form | None:
        count = rows.shape[1] - patterns - 5
        if count < 1 or not is_grid(len(rows), seen.side):
            return None
        names, named = names_for(seen.said, count)
        check_scores(rows[:, 4 : 5 + count])
        cells = [_cells(seen.side, each) for each in _STRIDES]
        if len(rows) in cells and not (rows[:, 4] == 1).all():
            raw = rows[:, :2].max() <= max(seen.side) / 4
            return _form(seen, "YOLOX", names, named, patterns, ["anything", *(["raw"] if raw else [])])
        title = "YOLOv6" if len(rows) in cells else "YOLOv5 or YOLOv7"
        parts = rows[:, :4].max() <= 2
        return _form(seen, title, names, named, patterns, ["anything", *(["parts"] if parts else [])])

    def read(self, form: Form, answers: Sequence[Array], sheet: Sheet, wanted: Wanted) -> Finds:
        """See `Family`."""
        table = answers[0][0]
        columns = "columns" in form.traits
        count = len(form.class_names)
        if "anything" in form.traits:
            # A box is never more certain than that there is anything at all.
            certain = table[table[:, 4] >= wanted.at_least]
            table = _decoded(table, sheet.side, wanted) if "raw" in form.traits else certain
            scores = table[:, 5 : 5 + count] * table[:, 4:5]
        else:
            scores = table[4 : 4 + count] if columns else table[:, 4 : 4 + count]
        highest = scores.max(0 if columns else 1, initial=0)
        chosen = best(highest, wanted)
        rows = table[:, chosen].T if columns else table[chosen]
        classes = scores[:, chosen].argmax(0) if columns else scores[chosen].argmax(1)
        on_sheet = centred(rows)
        corners = sheet.spread(on_sheet) if "parts" in form.traits else sheet.placed(on_sheet)
        left = kept(corners, highest[chosen], classes, wanted)
        drawn = None
        if form.kind == "instance-segmentation":
            patterns = next(each for each in answers if each.ndim == 4)[0]
            drawn = outlines(blended(rows[left, -len(patterns) :], patterns), corners[left], sheet)
        return Finds.of(corners[left], highest[chosen][left], classes[left], drawn)


def is_grid(count: int, side: tuple[int, int]) -> bool:
    """Return whether so many rows are one for every cell, or three, of the usual grids over this size."""
    return any(count in (cells, cells * _ANCHORS) for cells in (_cells(side, each) for each in _STRIDES))


def _is_in_columns(shape: tuple[int, ...], side: tuple[int, int]) -> bool:
    if is_grid(shape[1], side) != is_grid(shape[0], side):
        return is_grid(shape[1], side)
    return shape[0] < shape[1]


def _cells(side: tuple[int, int], strides: Sequence[int]) -> int:
    return sum(ceil(side[0] / each) * ceil(side[1] / each) for each in strides)


def _decoded(rows: Array, side: tuple[int, int], wanted: Wanted) -> Array:
    """Return the rows where there may be anything, with centre and size in pixels instead of what is told from cell
    to cell: offsets, and logarithms of sizes.
    """
    strides = next(each for each in _STRIDES if _cells(side, each) == len(rows))
    corners, widths = [], []
    for stride in strides:
        across, down = numpy.meshgrid(numpy.arange(ceil(side[0] / stride)), numpy.arange(ceil(side[1] / stride)))
        corners.append(numpy.stack((across, down), 2).reshape(-1, 2))
        widths.append(numpy.full((across.size, 1), stride))
    certain = rows[:, 4] >= wanted.at_least
    rows, cells, width = rows[certain], numpy.concatenate(corners)[certain], numpy.concatenate(widths)[certain]
    placed = ((rows[:, :2] + cells) * width, numpy.exp(rows[:, 2:4]) * width, rows[:, 4:])
    decoded: Array = numpy.concatenate(placed, 1)
    return decoded


def _form(seen: Seen, title: str, names: tuple[str, ...], named: bool, patterns: int, traits: Sequence[str]) -> Form:
    yolox = title == "YOLOX"
    return Form(
        family=Grid.name,
        title=title,
        kind="instance-segmentation" if patterns else "object-detection",
        class_names=names,
        named=named,
        side=seen.side,
        fit="corner" if yolox else "middle",
        numbers="bytes" if yolox or seen.wants_bytes else "unit",
        blue_first=yolox,
        traits=tuple(traits),
    )
