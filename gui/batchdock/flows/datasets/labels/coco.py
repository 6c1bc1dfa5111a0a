"""COCO: one document that names pictures, classes, and boxes, outlines, run lengths and keypoints in pixels."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from batchdock.core.datasets.data import LabelType
from batchdock.core.finding import Mask
from batchdock.flows.datasets.labels.bringing import NO_PICTURE, NOT_ALL, NOT_READABLE, Brought, Label, Names

_MOST_BYTES = 1024 * 1024 * 1024
_MOST_PIXELS = 2**30


def is_coco(path: Path) -> bool:
    """Tell whether a JSON file holds COCO labels: it names pictures and annotations at its outermost level. Blocks."""
    document = _document(path)
    return isinstance(document, dict) and all(
        isinstance(document.get(each), list) for each in ("images", "annotations")
    )


def read_coco(path: Path, files: Sequence[Path], brought: Brought) -> None:
    """Read one document. Blocks; what can not be read is said, and never raised."""
    document = _document(path)
    if not isinstance(document, dict):
        brought.leave_out(path.name, NOT_READABLE)
        return
    names = Names(files)
    pictures = {_key(each.get("id")): names.file(each.get("file_name")) for each in _entries(document, "images")}
    categories = {_key(each.get("id")): str(each.get("name", "")) for each in _entries(document, "categories")}
    for each in _entries(document, "categories"):
        if brought.keypoints is None:
            brought.keypoints = _places(each)
    for annotation in _entries(document, "annotations"):
        image = _key(annotation.get("image_id"))
        # What has no id is nobody's: it would be that of every other without one.
        file = pictures.get(image) if image is not None else None
        kind = _key(annotation.get("category_id"))
        category = categories.get(kind, "") if kind is not None else ""
        if file is None:
            brought.leave_out(path.name, NO_PICTURE)
            continue
        found = list(_of_annotation(annotation))
        for label_type, one in found:
            brought.add(file, label_type, category, one)
        if not found and category and not any(annotation.get(each) for each in ("bbox", "segmentation", "keypoints")):
            brought.classify(file, category, path.name)
        elif not found:
            brought.leave_out(path.name, NOT_ALL)


def _of_annotation(annotation: Label) -> Iterator[tuple[LabelType, Label]]:
    box = annotation.get("bbox")
    if isinstance(box, list) and len(box) == 4 and _are_numbers(box):
        x, y, width, height = map(float, box)
        yield LabelType.BOX2D, {"box2d": {"xmin": x, "ymin": y, "xmax": x + width, "ymax": y + height}}
    outline = annotation.get("segmentation")
    if isinstance(outline, list):
        rings = [_ring(each) for each in outline if isinstance(each, list) and len(each) >= 6 and _are_numbers(each)]
        if len(rings) == 1:
            yield LabelType.POLYGON, {"polygon": rings[0]}
        elif rings:
            yield LabelType.MULTI_POLYGON, {"multiPolygon": rings}
    elif isinstance(outline, dict):
        runs = _runs(outline)
        if runs:
            yield LabelType.RLE, {"rle": runs}
    places = annotation.get("keypoints")
    if isinstance(places, list) and places and len(places) % 3 == 0 and _are_numbers(places) and any(places[2::3]):
        triples = zip(places[0::3], places[1::3], places[2::3], strict=True)
        yield LabelType.KEYPOINTS2D, {"keypoints2d": [{"x": x, "y": y, "v": int(v)} for x, y, v in triples]}


def _places(category: Label) -> Label | None:
    """Return what a catalog says of keypoints; COCO counts them from 1, the service from 0."""
    names = category.get("keypoints")
    if not isinstance(names, list) or not names:
        return None
    told = category.get("skeleton")
    bones = [each for each in told if isinstance(each, list) and len(each) == 2] if isinstance(told, list) else []
    fitting = [
        [begin - 1, end - 1]
        for begin, end in bones
        if type(begin) is int and type(end) is int and 1 <= begin <= len(names) and 1 <= end <= len(names)
    ]
    places: Label = {"number": len(names), "names": [str(name) for name in names]}
    return {**places, "skeleton": fitting} if fitting else places


def _runs(outline: Label) -> list[int]:
    """Return run lengths, written out or compressed, as numbers."""
    counts, size = outline.get("counts"), outline.get("size")
    if isinstance(counts, list) and all(type(each) is int and each >= 0 for each in counts):
        return counts
    if not (isinstance(counts, str) and isinstance(size, list) and len(size) == 2 and _are_numbers(size)):
        return []
    height, width = int(size[0]), int(size[1])
    if not (width > 0 and height > 0 and width * height <= _MOST_PIXELS):
        return []
    # Late: with it comes numpy, which most lists of labels never need.
    from batchdock.flows.results.masks import run_starts

    ends = [int(each) for each in run_starts(Mask(width, height, counts))]
    runs = [end - begin for begin, end in zip((0, *ends), ends, strict=False)]
    return runs if all(run >= 0 for run in runs) else []


def _document(path: Path) -> object:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _entries(document: Mapping[str, object], name: str) -> list[Label]:
    told = document.get(name)
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def _key(told: object) -> int | str | None:
    """Return an id; some programs write whole numbers as 1.0."""
    if isinstance(told, float) and told.is_integer():
        return int(told)
    return told if isinstance(told, int | str) else None


def _ring(flat: Sequence[float]) -> list[dict[str, float]]:
    return [{"x": float(x), "y": float(y)} for x, y in zip(flat[0::2], flat[1::2], strict=False)]


def _are_numbers(values: Sequence[object]) -> bool:
    return all(
        isinstance(each, int | float) and not isinstance(each, bool) and abs(each) < 2**53 and math.isfinite(each)
        for each in values
    )
