"""A version for other programs: the folders COCO and YOLO, written from what is in its folder.

Pictures in them are links to those in the segments, so they take no room where the disk knows links.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from batchdock.core.datasets.data import Json, LabelType
from batchdock.core.finding import Picture
from batchdock.flows.datasets.labels.reading import Classes, read_label
from batchdock.flows.intake.formats import OTHER_PICTURE_EXTENSIONS, PICTURE_EXTENSIONS
from batchdock.flows.results.handing.coco import CocoWriter
from batchdock.flows.results.handing.sizes import size_of
from batchdock.flows.results.handing.wishes import Form, Wishes
from batchdock.flows.results.handing.writer import Order, Sight, Writer
from batchdock.flows.results.handing.yolo import YoloWriter

_AT_ONCE = 32
_PICTURES = PICTURE_EXTENSIONS | OTHER_PICTURE_EXTENSIONS
_NO_PICTURES = "There are no pictures in it, so there is nothing for COCO and YOLO."


def write_forms(
    folder: Path, scratch: Path, name: str, *, coco: bool, yolo: bool, stopped: Callable[[], bool]
) -> list[str]:
    """Write the wanted folders into that of a version, in the place of older ones. Return what they leave out.

    `scratch` is a folder on the same disk. Blocks, raises `OSError` and `DiskFull`.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "aside").mkdir(parents=True)
    try:
        classes = _classes(folder)
        order = Order(
            folder=scratch,
            scratch=scratch / "aside",
            name=name,
            labels=classes.labels,
            valued=(),
            of_videos=False,
            wishes=Wishes(forms=frozenset({Form.COCO, Form.YOLO}), pictures=True, linked=True),
            about=(),
        )
        with ExitStack() as closing:
            writers: list[Writer] = [CocoWriter(order)] if coco else []
            if yolo:
                writers.append(YoloWriter(order, outlines=False))
            for writer in writers:
                closing.callback(writer.close)
            sights = _sights(folder, classes)
            met = False
            while (group := list(islice(sights, _AT_ONCE))) and not stopped():
                met = True
                for writer in writers:
                    writer.write(group)
            if stopped():
                return []
            if not met:
                return [_NO_PICTURES]
            for writer in writers:
                writer.finish()
        for each in (path for path in scratch.iterdir() if path.name != "aside"):
            shutil.rmtree(folder / each.name, ignore_errors=True)
            each.rename(folder / each.name)
        reasons = Counter(each.cause for each in order.notes.all())
        return [cause if count == 1 else f"{cause} ({count:,} ×)" for cause, count in reasons.items()]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _classes(folder: Path) -> Classes:
    """Return the classes of a version: those of its catalog, and behind them what only labels name."""
    try:
        catalog = json.loads((folder / "catalog.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        catalog = {}
    classes = Classes.of_catalog(catalog if isinstance(catalog, dict) else {})
    for _, line in _lines(folder):
        read_label(line.get("label"), classes)
    return classes


def _sights(folder: Path, classes: Classes) -> Iterator[Sight]:
    number = 0
    for segment, line in _lines(folder):
        path = folder / str(line["file"])
        if path.suffix.lower() not in _PICTURES or not path.is_file():
            continue
        size = size_of(path)
        findings = read_label(
            line.get("label"), classes, size=size, masks=_masks(folder, line.get("masks") or ()), picture=number
        ).findings
        picture = Picture(
            number=number,
            name=f"{segment}/{line['remotePath']}",
            frame=None,
            seconds=None,
            width=size[0] if size is not None else None,
            height=size[1] if size is not None else None,
            taken=None,
            findings=len(findings),
            best=None,
            problem="",
            drawn="",
        )
        yield Sight(picture, findings, (), size, path, None)
        number += 1


def _lines(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is told of each file, with the folder of its segment."""
    for path in sorted((folder / "labels").glob("*.jsonl")):
        with path.open("rb") as file:
            for line in file:
                yield path.stem, json.loads(line)


def _masks(folder: Path, masks: Sequence[Json]) -> dict[LabelType, bytes]:
    found = {}
    for each in masks:
        path = folder / str(each["file"])
        if path.is_file():
            found[LabelType(str(each["type"]))] = path.read_bytes()
    return found
