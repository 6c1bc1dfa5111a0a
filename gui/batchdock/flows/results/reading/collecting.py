"""Holds what was recognised until a chunk of it is written."""

from batchdock.flows.results.reading.plain import NAN
from batchdock.flows.results.reading.row import Row
from batchdock.flows.results.reading.troubles import Troubles
from batchdock.store.findings.writing import NONE, Chunk

_MOST_OUTPUTS = 1_000
_MOST_LABELS = 10_000
_LONGEST_NAME = 200


class Collector:
    """Numbers outputs and classes, and fills chunks."""

    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.chunk = Chunk()
        self.labels: dict[str, int] = {}
        self.outputs: dict[str, int] = {}
        self.of_texts: set[int] = set()
        """Outputs whose classes are no classes, but what was read."""

    def begin(self) -> None:
        """Go on with a new chunk."""
        self.chunk = Chunk()

    def output(self, name: str) -> int:
        """Return the number of an output; NONE where there are too many."""
        number = self.outputs.get(name)
        if number is not None:
            return number
        name = name[:_LONGEST_NAME]
        if len(self.outputs) >= _MOST_OUTPUTS and name not in self.outputs:
            self.troubles.add(name, "There are too many outputs. The values of this one are only shown one by one.")
            return NONE
        return self.outputs.setdefault(name, len(self.outputs))

    def label(self, name: str) -> int:
        """Return the number that a class has until all are counted; NONE where there are too many."""
        number = self.labels.get(name)
        if number is not None:
            return number
        name = name[:_LONGEST_NAME]
        if len(self.labels) >= _MOST_LABELS and name not in self.labels:
            self.troubles.add("…", f"There are more than {_MOST_LABELS:,} classes. The others are shown as texts.")
            return NONE
        return self.labels.setdefault(name, len(self.labels))

    def add_picture(self, row: Row, width: int, height: int) -> None:
        """Add the picture that the findings and cells since the last one belong to."""
        pictures = self.chunk.pictures
        pictures.name.append(row.name)
        pictures.frame.append(row.frame)
        pictures.seconds.append(row.seconds)
        pictures.width.append(width)
        pictures.height.append(height)
        pictures.source.append(row.source)
        pictures.start.append(row.start)
        pictures.length.append(row.length)

    def add_cell(self, output: int, value: str | float) -> None:
        """Add a plain value of the picture that comes next."""
        cells = self.chunk.cells
        if isinstance(value, bool):
            value = "true" if value else "false"
        if isinstance(value, str):
            cells.text[len(cells.value)] = value
            value = NAN
        try:
            cells.value.append(value)
        except OverflowError:
            return
        cells.output.append(output)
        cells.picture.append(len(self.chunk.pictures.name))
