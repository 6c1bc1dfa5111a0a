"""YOLO: `labels/<picture>.txt` with a line a finding, `images/<picture>`, and `data.yaml` with the classes.

All in one folder each, because readers look for a picture's labels by its name and into one folder only.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from batchdock.core.finding import Box, Finding
from batchdock.flows.results.handing.datasets import NO_SIZE, OUTSIDE, DataSet
from batchdock.flows.results.handing.geometry import area_of, clipped_polygon, corners, polygons_of
from batchdock.flows.results.handing.names import opened_for_text
from batchdock.flows.results.handing.sizes import Size
from batchdock.flows.results.handing.values import yaml_text
from batchdock.flows.results.handing.wishes import Form
from batchdock.flows.results.handing.writer import Order, Sight


class YoloWriter:
    """Writes the folder `YOLO`. With `outlines` each finding is a polygon: its largest, or the corners of its box."""

    def __init__(self, order: Order, *, outlines: bool) -> None:
        self._outlines = outlines
        form, title = (Form.YOLO_OUTLINES, "YOLO outlines") if outlines else (Form.YOLO, "YOLO")
        self._set = DataSet(order, form, title, flat=True)
        Path(self._set.folder, "images").mkdir()
        Path(self._set.folder, "labels").mkdir()

    def write(self, sights: Sequence[Sight]) -> None:
        """Write the labels of the pictures. One in which nothing was found has an empty file: that is worth knowing."""
        for sight in sights:
            if sight.picture.problem:
                continue
            if sight.size is None:
                self._set.note(sight, NO_SIZE)
                continue
            stem, extension = self._set.name(sight)
            self._set.copy(sight, "images", f"{stem}{extension}")
            lines = [self._line(sight, found, box, sight.size) for found, box in self._set.placed(sight)]
            descriptor = opened_for_text(f"{self._set.folder}/labels/{stem}.txt")
            with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
                file.write("".join(lines))

    def finish(self) -> Sequence[str]:
        """Write the classes."""
        names = "".join(f"  {number}: {yaml_text(name)}\n" for number, name in enumerate(self._set.classes.names))
        text = f"path: .\ntrain: images\nval: images\nnc: {len(self._set.classes.names)}\nnames:\n{names}"
        Path(self._set.folder, "data.yaml").write_text(text, encoding="utf-8", newline="\n")
        return [f"{self._set.title}/"]

    def close(self) -> None:
        """Nothing is open."""

    def _line(self, sight: Sight, found: Finding, box: Box, size: Size) -> str:
        """Return a line; an empty one where nothing of the finding lies in the picture."""
        width, height = size
        number = self._set.classes.number(found)
        if self._outlines:
            shapes = (clipped_polygon(points, size) for points in polygons_of(found, size) or [corners(box)])
            points = max((each for each in shapes if len(each) >= 3), key=area_of, default=[])
            if not points:
                self._set.note(sight, OUTSIDE)
                return ""
            return f"{number} {' '.join(f'{x / width:.7f} {y / height:.7f}' for x, y in points)}\n"
        part = self._set.within(sight, box, size)
        if part is None:
            return ""
        x, y = (part.x + part.width / 2) / width, (part.y + part.height / 2) / height
        return f"{number} {x:.7f} {y:.7f} {part.width / width:.7f} {part.height / height:.7f}\n"
