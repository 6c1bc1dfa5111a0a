"""COCO: one JSON with pictures, findings and classes, streamed, since half a million findings need not be in memory.

Numbers of pictures, findings and classes begin with 1: some tools take a 0 for none. Lengths are pixels and stay as
they were found, also outside the picture.
"""

import json
import shutil
from collections.abc import Sequence
from typing import Any

from batchdock.core.finding import Box, Finding, Keypoints, Lines, Mask, PngMask
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.handing.datasets import DataSet, JsonList
from batchdock.flows.results.handing.geometry import area_of, bits_of, polygons_of, run_text
from batchdock.flows.results.handing.sizes import Size, honest
from batchdock.flows.results.handing.values import number_of, text_of
from batchdock.flows.results.handing.wishes import Form
from batchdock.flows.results.handing.writer import Order, Sight
from batchdock.flows.results.masks import run_starts

_FILE = "annotations.json"
_UNSIZED = QT_TRANSLATE_NOOP(
    "handing", "Nobody knows how large the picture is, and its original is not here: its size is written as 0 × 0."
)
_MASK_UNREADABLE = QT_TRANSLATE_NOOP("handing", "A mask could not be read; the finding has only its box.")
_MOST_PIXELS = 12_000_000
"""Up to here a mask of another size than its picture is written pixel by pixel; in larger ones as a polygon."""


class CocoWriter:
    """Writes `COCO/annotations.json`, and `COCO/images` where copies are wanted."""

    def __init__(self, order: Order) -> None:
        self._set = DataSet(order, Form.COCO, "COCO", flat=False)
        self._number = 0
        self._places: dict[int, dict[str, int]] = {}
        """By class: the names of its keypoints, in the order in which they were met."""
        self._images = JsonList(self._set.made(_FILE), _head(order))
        self._findings = JsonList(order.scratch / "coco-findings.json", "")

    def write(self, sights: Sequence[Sight]) -> None:
        """Append the pictures and their findings."""
        images, findings = [], []
        for sight in sights:
            if sight.picture.problem:
                continue
            stem, extension = self._set.name(sight)
            self._set.copy(sight, "images", f"{stem}{extension}")
            if sight.size is None:
                self._set.note(sight, _UNSIZED)
            width, height = sight.size or (0, 0)
            image: dict[str, Any] = {
                "id": sight.picture.number + 1,
                "file_name": f"{stem}{extension}",
                "width": width,
                "height": height,
                "original_name": text_of(sight.picture.name),
            }
            if sight.picture.taken is not None:
                image["date_captured"] = sight.picture.taken.isoformat(sep=" ", timespec="seconds")
            images.append(image)
            findings += [self._finding(sight, each, box) for each, box in self._set.placed(sight)]
        self._images.add(images)
        self._findings.add(findings)

    def finish(self) -> Sequence[str]:
        """Put the findings behind the pictures, and the classes behind both."""
        self._findings.end("")
        self._images.end('],\n"annotations": [')
        path = self._images.path
        with path.open("ab") as target:
            if self._places:
                self._append_padded(target)
            else:
                with self._findings.path.open("rb") as source:
                    shutil.copyfileobj(source, target, 1024 * 1024)
            target.write(b'],\n"categories": ')
            target.write(json.dumps(self._categories(), ensure_ascii=False).encode())
            target.write(b"}\n")
        return [f"{self._set.title}/{_FILE}"]

    def close(self) -> None:
        """Let go of the files."""
        self._images.close()
        self._findings.close()

    def _finding(self, sight: Sight, found: Finding, box: Box) -> dict[str, Any]:
        self._number += 1
        number = self._set.classes.number(found)
        line: dict[str, Any] = {
            "id": self._number,
            "image_id": sight.picture.number + 1,
            "category_id": number + 1,
            "bbox": [number_of(each) for each in (box.x, box.y, box.width, box.height)],
            "area": number_of(box.width * box.height),
            "iscrowd": 0,
        }
        if (score := number_of(found.confidence)) is not None:
            line["score"] = score
        if found.text:
            line["text"] = text_of(found.text)
        if found.track:
            line["track"] = text_of(found.track)
        if isinstance(found.outline, Keypoints):
            line |= self._keypoints(number, found.outline)
        elif found.outline is not None and not isinstance(found.outline, Lines):
            line |= self._segmentation(sight, found)
        line.setdefault("segmentation", [])
        return line

    def _segmentation(self, sight: Sight, found: Finding) -> dict[str, Any]:
        outline, size = found.outline, sight.size
        if isinstance(outline, Mask | PngMask):
            if size is None and isinstance(outline, Mask):
                size = honest(outline.width, outline.height)
            runs = _runs(outline, size) if size is not None else None
            if runs is not None and size is not None:
                counts, area = runs
                return {"segmentation": {"size": [size[1], size[0]], "counts": counts}, "area": area}
        polygons = polygons_of(found, size)
        if not polygons:
            self._set.note(sight, _MASK_UNREADABLE)
            return {}
        return {
            "segmentation": [[number_of(each) for point in points for each in point] for points in polygons],
            "area": number_of(sum(map(area_of, polygons))),
        }

    def _keypoints(self, number: int, outline: Keypoints) -> dict[str, Any]:
        places = self._places.setdefault(number, {})
        given: dict[int, tuple[float, float]] = {}
        for each in outline.points:
            place = places.setdefault(text_of(each.name), len(places))
            x, y = number_of(each.x), number_of(each.y)
            if x is not None and y is not None:
                given[place] = (x, y)
        row: list[float] = []
        for place in range(len(places)):
            row += (*given[place], 2) if place in given else (0, 0, 0)
        return {"keypoints": row, "num_keypoints": len(given)}

    def _append_padded(self, target: Any) -> None:
        """Append the findings; every row of keypoints is as long as its class has names of them in the end."""
        with self._findings.path.open("rb") as source:
            for line in source:
                if b'"keypoints":' in line:
                    more = line.endswith(b",\n")
                    finding = json.loads(line.rstrip(b",\n"))
                    length = 3 * len(self._places[finding["category_id"] - 1])
                    finding["keypoints"] += [0] * (length - len(finding["keypoints"]))
                    line = json.dumps(finding, ensure_ascii=False).encode() + (b",\n" if more else b"\n")
                target.write(line)

    def _categories(self) -> list[dict[str, Any]]:
        categories: list[dict[str, Any]] = []
        for number, name in enumerate(self._set.classes.names):
            category: dict[str, Any] = {"id": number + 1, "name": name, "supercategory": ""}
            if number in self._places:
                category |= {"keypoints": list(self._places[number]), "skeleton": []}
            categories.append(category)
        return categories


def _head(order: Order) -> str:
    info = {"description": order.name, "contributor": "Batchdock"}
    return f'{{"info": {json.dumps(info, ensure_ascii=False)},\n"licenses": [],\n"images": ['


def _runs(outline: Mask | PngMask, size: Size) -> tuple[str, int] | None:
    """Return a mask as COCO's text at the size of its picture, with its area; None where it can not be read."""
    if isinstance(outline, Mask) and (outline.width, outline.height) == size:
        ends = run_starts(outline)
        if len(ends) and int(ends[-1]) == size[0] * size[1]:
            return outline.counts, int((ends[1::2] - ends[: len(ends) // 2 * 2 : 2]).sum())
    if size[0] * size[1] > _MOST_PIXELS:
        return None
    part = bits_of(outline, size)
    if part is None:
        return None
    left, top, bits = part
    return run_text(bits, left, top, size), int(bits.sum())
