"""Pascal VOC: an XML a picture in `Annotations`, pictures in `JPEGImages`. Pixels are counted from 1, as VOC does."""

import os
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from batchdock.core.finding import Box
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.handing.datasets import DataSet
from batchdock.flows.results.handing.names import opened_for_text
from batchdock.flows.results.handing.values import number_of, text_of, xml_text
from batchdock.flows.results.handing.wishes import Form
from batchdock.flows.results.handing.writer import Order, Sight

_UNSIZED = QT_TRANSLATE_NOOP(
    "handing", "Nobody knows how large the picture is, and its original is not here: its size is written as 0 × 0."
)


class VocWriter:
    """Writes the folder `Pascal VOC`. It knows boxes only."""

    def __init__(self, order: Order) -> None:
        self._set = DataSet(order, Form.VOC, "Pascal VOC", flat=True)
        Path(self._set.folder, "Annotations").mkdir()
        Path(self._set.folder, "JPEGImages").mkdir()

    def write(self, sights: Sequence[Sight]) -> None:
        """Write the files of the pictures."""
        for sight in sights:
            if sight.picture.problem:
                continue
            stem, extension = self._set.name(sight)
            self._set.copy(sight, "JPEGImages", f"{stem}{extension}")
            descriptor = opened_for_text(f"{self._set.folder}/Annotations/{stem}.xml")
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(self._document(sight, f"{stem}{extension}"))

    def finish(self) -> Sequence[str]:
        """Nothing more to write."""
        return [f"{self._set.title}/"]

    def close(self) -> None:
        """Nothing is open."""

    def _document(self, sight: Sight, name: str) -> str:
        if sight.size is None:
            self._set.note(sight, _UNSIZED)
        width, height = sight.size or (0, 0)
        objects = []
        for found, box in self._set.placed(sight):
            part = self._set.within(sight, box, sight.size) if sight.size is not None else box
            if part is not None:
                objects.append(_object(self._set.classes.names[self._set.classes.number(found)], part))
        folder = text_of(sight.picture.name.rpartition("/")[0])
        return (
            f"<annotation>\n  <folder>{_plain(folder)}</folder>\n  <filename>{_plain(name)}</filename>\n"
            "  <source>\n    <database>Batchdock</database>\n  </source>\n"
            f"  <size>\n    <width>{width}</width>\n    <height>{height}</height>\n    <depth>3</depth>\n  </size>\n"
            f"  <segmented>0</segmented>\n{''.join(objects)}</annotation>\n"
        )


def _object(name: str, box: Box) -> str:
    left, top = number_of(box.x + 1), number_of(box.y + 1)
    right, bottom = number_of(box.x + box.width + 1), number_of(box.y + box.height + 1)
    return (
        f"  <object>\n    <name>{_plain(name)}</name>\n    <pose>Unspecified</pose>\n    <truncated>0</truncated>\n"
        "    <difficult>0</difficult>\n"
        f"    <bndbox>\n      <xmin>{left}</xmin>\n      <ymin>{top}</ymin>\n"
        f"      <xmax>{right}</xmax>\n      <ymax>{bottom}</ymax>\n    </bndbox>\n  </object>\n"
    )


def _plain(text: str) -> str:
    # A line break stays one only as a number.
    return escape(xml_text(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
