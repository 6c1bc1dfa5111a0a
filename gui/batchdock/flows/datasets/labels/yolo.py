"""YOLO: a text beside each picture, a line for each label, in shares of the picture; and a list of classes."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from batchdock.core.datasets.data import LabelType
from batchdock.flows.datasets.labels.bringing import NOT_ALL, NOT_READABLE, Brought, Label
from batchdock.flows.results.handing.sizes import size_of
from batchdock.flows.results.reading.plain import number

_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"))
_CLASSES = ("classes.txt", "obj.names", "data.yaml", "data.yml", "dataset.yaml")
_NAMES = re.compile(r"^names\s*:[ \t]*(.*(?:\n(?:[ \t]+|-).*|\n[ \t]*)*)", re.MULTILINE)
"""What a YAML file says of its classes: the rest of that line, and the lines that belong to it."""
_PLACES = re.compile(r"^kpt_shape\s*:\s*\[\s*(\d{1,4})\s*,\s*([23])\s*\]", re.MULTILINE)

Found = tuple[LabelType, Label]


def yolo_files(paths: Sequence[Path]) -> set[Path]:
    """Return those that are YOLO labels: texts that belong to pictures, with a list of classes among the files."""
    lists = {each for each in paths if each.name.lower() in _CLASSES}
    texts = {each for each in paths if each.suffix.lower() == ".txt" and each not in lists}
    belonging = {text for picture in paths if (text := _text_of(picture, texts)) is not None}
    return belonging | lists if belonging and lists else set()


def read_yolo(files: Sequence[Path], labels: Sequence[Path], brought: Brought) -> None:
    """Read all texts among these labels. Blocks; what can not be read is said, and never raised."""
    texts = {each for each in labels if each.suffix.lower() == ".txt" and each.name.lower() not in _CLASSES}
    if not texts:
        return
    lists = [_text(each) or "" for each in labels if each.name.lower() in _CLASSES]
    names = next(filter(None, map(_class_names, lists)), {})
    places = next(((int(each[1]), int(each[2])) for each in map(_PLACES.search, lists) if each), None)
    for picture in files:
        path = _text_of(picture, texts)
        if path is None:
            continue
        text, size = _text(path), size_of(picture)
        if text is None or size is None:
            brought.leave_out(path.name, NOT_READABLE)
            continue
        for line in filter(str.strip, text.splitlines()):
            values = [number(each) for each in line.split()]
            if not all(map(math.isfinite, values)) or values[0] < 0 or values[0] != int(values[0]):
                brought.leave_out(path.name, NOT_ALL)
                continue
            category = names.get(int(values[0]), str(int(values[0])))
            found = _of_line(values[1:], size, places)
            for label_type, one in found:
                brought.add(picture, label_type, category, one)
            if len(values) == 1:
                brought.classify(picture, category, path.name)
            elif not found:
                brought.leave_out(path.name, NOT_ALL)
    if LabelType.KEYPOINTS2D in brought.classes and brought.keypoints is None and places is not None:
        brought.keypoints = {"number": places[0]}


def _of_line(values: Sequence[float], size: tuple[int, int], places: tuple[int, int] | None) -> list[Found]:
    """Return the labels of a line: a box by its centre, with keypoints where a list tells how many, or an outline."""
    width, height = size
    if places is not None and len(values) == 4 + places[0] * places[1]:
        step = places[1]
        points = [values[at : at + step] for at in range(4, len(values), step)]
        told = [{"x": each[0] * width, "y": each[1] * height, "v": int(each[2]) if step == 3 else 2} for each in points]
        return [_box(values, size), (LabelType.KEYPOINTS2D, {"keypoints2d": told})]
    if len(values) in (4, 5):  # A fifth is how sure somebody was.
        return [_box(values, size)]
    if len(values) < 6 or len(values) % 2:
        return []
    pairs = zip(values[0::2], values[1::2], strict=True)
    return [(LabelType.POLYGON, {"polygon": [{"x": x * width, "y": y * height} for x, y in pairs]})]


def _box(values: Sequence[float], size: tuple[int, int]) -> Found:
    x, y, wide, high = values[0] * size[0], values[1] * size[1], values[2] * size[0], values[3] * size[1]
    box = {"xmin": x - wide / 2, "ymin": y - high / 2, "xmax": x + wide / 2, "ymax": y + high / 2}
    return LabelType.BOX2D, {"box2d": box}


def _class_names(text: str) -> Mapping[int, str]:
    """Return class names by number: of a line each, or of what `names` is in a YAML file."""
    told = _NAMES.search(text)
    if told is None:
        lines = text.splitlines() if not re.search(r"^\w+\s*:", text, re.MULTILINE) else []
        return {place: line.strip() for place, line in enumerate(lines) if line.strip()}
    first = re.sub(r"\s#.*", "", told[1]).strip()
    entries = re.split(r"[,\n]", first.strip("[]{}")) if first[:1] in ("[", "{") else first.splitlines()
    names: dict[int, str] = {}
    for entry in filter(None, (each.strip() for each in entries)):
        numbered = re.fullmatch(r"(\d{1,6})\s*:\s*(.+)", entry)
        place, name = (int(numbered[1]), numbered[2]) if numbered else (len(names), entry.removeprefix("-").strip())
        names[place] = name[1:-1] if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"" else name
    return names


def _text_of(picture: Path, texts: set[Path]) -> Path | None:
    """Return the text that belongs to a picture: beside it, or in `labels` where it is in `images`."""
    if picture.suffix.lower() not in _PICTURES:
        return None
    beside = picture.with_suffix(".txt")
    parts = ["labels" if part == "images" else part for part in beside.parts]
    return next((each for each in (beside, Path(*parts)) if each in texts), None)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return None
