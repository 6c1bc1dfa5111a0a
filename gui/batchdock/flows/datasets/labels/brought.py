"""Labels that people bring along: COCO and YOLO files, as the service wants them (contract §4.7)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from batchdock.core.datasets.data import Json, LabelType
from batchdock.flows.datasets.labels.bringing import Brought
from batchdock.flows.datasets.labels.coco import read_coco
from batchdock.flows.datasets.labels.yolo import read_yolo


def read_brought(files: Sequence[Path], labels: Sequence[Path]) -> Brought:
    """Read files with labels, for these files. Blocks; what can not be read is said, and never raised."""
    brought = Brought()
    for path in labels:
        if path.suffix.lower() == ".json":
            read_coco(path, files, brought)
    read_yolo(files, labels, brought)
    return brought


def catalog_with(catalog: Json, brought: Brought) -> dict[str, Any]:
    """Return a catalog with the classes that were brought along added; nothing of it is lost."""
    merged: dict[str, Any] = {kind: dict(each) if isinstance(each, Mapping) else each for kind, each in catalog.items()}
    for label_type, names in brought.classes.items():
        if not isinstance(merged.get(label_type.value), dict):
            merged[label_type.value] = {}
        there = merged[label_type.value]
        told = there.get("categories")
        categories = list(told) if isinstance(told, list) else []
        known = [each.get("name") for each in categories if isinstance(each, Mapping)]
        there["categories"] = categories + [{"name": name} for name in names if name not in known]
        if label_type is LabelType.KEYPOINTS2D and brought.keypoints is not None and not there.get("keypoints"):
            there["keypoints"] = [brought.keypoints]
    return merged
