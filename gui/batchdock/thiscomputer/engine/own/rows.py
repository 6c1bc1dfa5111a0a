"""Networks that have sorted out their finds themselves: YOLOv10, YOLO26 and others exported end to end."""

from collections.abc import Sequence

import numpy

from batchdock.thiscomputer.engine.own.finds import Finds, Wanted, best
from batchdock.thiscomputer.engine.own.form import Form
from batchdock.thiscomputer.engine.own.grids import is_grid
from batchdock.thiscomputer.engine.own.masks import blended, outlines
from batchdock.thiscomputer.engine.own.seen import Seen, check_scores
from batchdock.thiscomputer.engine.own.sheet import Array, Sheet

_MOST = 2000


class EndToEnd:
    """One answer of [1, N, 6]: corners in pixels of the sheet, certainty, class. With patterns of [1, m, height, width]
    as a second answer, rows have m shares of them more.
    """

    name = "end-to-end"

    def told(self, seen: Seen) -> Form | None:
        """See `Family`."""
        ranks = [each.ndim for each in seen.answers]
        if ranks not in ([3], [3, 4]) or any(each.shape[0] != 1 for each in seen.answers):
            return None
        _, count, width = seen.answers[0].shape
        patterns = seen.answers[1].shape[1] if len(ranks) == 2 else 0
        if width != 6 + patterns or count > _MOST or is_grid(count, seen.side):
            return None
        found = seen.answers[0][0]
        check_scores(found[:, 4])
        return Form(
            family=self.name,
            title="YOLO, end to end",
            kind="instance-segmentation" if patterns else "object-detection",
            class_names=seen.said.names,
            named=bool(seen.said.names),
            side=seen.side,
            numbers="bytes" if seen.wants_bytes else "unit",
        )

    def read(self, form: Form, answers: Sequence[Array], sheet: Sheet, wanted: Wanted) -> Finds:
        """See `Family`."""
        rows = answers[0][0]
        rows = rows[best(rows[:, 4], wanted)[: wanted.most]]
        corners = sheet.placed(rows[:, :4])
        classes = rows[:, 5].round().astype(numpy.int64)
        drawn = outlines(blended(rows[:, 6:], answers[1][0]), corners, sheet) if len(answers) == 2 else None
        return Finds.of(corners, rows[:, 4], classes, drawn)
