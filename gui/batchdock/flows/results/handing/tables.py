"""The rows of tables, for every file that holds some."""

from collections.abc import Iterator

from batchdock.flows.results.handing.values import text_of
from batchdock.flows.results.handing.words import (
    MOST_CLASSES,
    OF_FINDINGS,
    OF_PICTURES,
    Column,
    Value,
    cell_values,
    class_values,
    finding_values,
    picture_values,
    place_columns,
    place_values,
)
from batchdock.flows.results.handing.writer import Order, Sight

_VALUE_WIDTH = 16


class Rows:
    """Makes rows of pictures: one each, and one for each finding. `…_columns` say what stands where.

    A picture's row ends with a column for each class, how often it was found, and one for each plain value.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        counted = sorted(order.labels, key=lambda label: (-label.findings, label.number))[:MOST_CLASSES]
        shown = sorted(label.number for label in counted)
        self._classes = {number: place for place, number in enumerate(shown)}
        self._cells = {output: place for place, output in enumerate(order.valued)}
        place = place_columns(of_videos=order.of_videos)
        names = (*(order.names[number] for number in shown), *map(text_of, order.valued))
        extra = tuple(Column(name, name, max(9, min(_VALUE_WIDTH, len(name) + 3))) for name in names)
        self.picture_columns = (*place, *OF_PICTURES, *extra)
        self.more = len(extra)
        """So many columns at the end are classes and plain values."""
        self.finding_columns = (*place, *OF_FINDINGS)

    def of_picture(self, sight: Sight) -> list[Value]:
        """Return the row of a picture or frame."""
        return [
            *place_values(sight.picture, of_videos=self._order.of_videos),
            *picture_values(sight.picture, sight.findings, sight.size),
            *class_values(sight.findings, self._classes),
            *cell_values(sight.cells, self._cells),
        ]

    def of_findings(self, sight: Sight) -> Iterator[tuple[Value, ...]]:
        """Yield a row for each finding."""
        place = place_values(sight.picture, of_videos=self._order.of_videos)
        for found in sight.findings:
            yield (*place, *finding_values(found, self._order.class_of(found)))
