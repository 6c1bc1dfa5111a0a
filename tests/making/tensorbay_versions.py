"""What is put at the fake TensorBay by the vendor's SDK or by the app, and how a version is told of by both."""

import hashlib
from typing import Any

from batchdock.core.datasets.data import Arrived, Data
from batchdock.core.datasets.dataset import Version
from batchdock.core.datasets.port import DatasetService
from making.bodies import Held

_LINE = [{"x": 1, "y": 2}, {"x": 30, "y": 2}, {"x": 30, "y": 40}]
_POINT = {"x": 1, "y": 2, "z": 3}
_WORDS = [{"text": "go", "begin": 1, "end": 2}]
_BOX = {"size": _POINT, "translation": _POINT, "rotation": {"w": 1.0, "x": 0.0, "y": 0.0, "z": 0.0}}
LABEL: dict[str, Any] = {
    "CLASSIFICATION": {"category": "day", "attributes": {"wet": True}},
    "BOX2D": [
        {
            "box2d": {"xmin": 1, "ymin": 2, "xmax": 30, "ymax": 40},
            "category": "ship",
            "attributes": {"occluded": False},
            "instance": "7",
        }
    ],
    "BOX3D": [{"box3d": _BOX, "category": "ship"}],
    "POLYGON": [{"polygon": _LINE, "category": "ship"}],
    "POLYLINE2D": [{"polyline2d": _LINE, "beizerPointTypes": "LLL", "category": "ship"}],
    "MULTI_POLYGON": [{"multiPolygon": [_LINE, _LINE], "category": "ship"}],
    "MULTI_POLYLINE2D": [{"multiPolyline2d": [_LINE, _LINE], "category": "buoy"}],
    "RLE": [{"rle": [1, 2, 3], "category": "ship"}],
    "KEYPOINTS2D": [{"keypoints2d": [{"x": 1, "y": 2, "v": 1}], "category": "ship"}],
    "SENTENCE": [{"sentence": _WORDS, "spell": _WORDS, "phone": _WORDS}],
}
MASKS = {"SEMANTIC_MASK": "mask one", "INSTANCE_MASK": "mask two", "PANOPTIC_MASK": "mask three"}
CATALOG: dict[str, Any] = {
    "BOX2D": {
        "isTracking": True,
        "categories": [{"name": "ship"}, {"name": "buoy", "description": "a mark"}],
        "attributes": [{"name": "occluded", "type": "boolean"}],
    },
    "CLASSIFICATION": {"categories": [{"name": "day"}]},
}
ODD = ("群 – a#b?c&d%20.txt", "x y/../z.txt", "+plus=.txt")


def files_of(count: int, about: str) -> list[tuple[str, str, dict[str, Any], dict[str, str]]]:
    """Return files as both sides are given them; the third has labels of all kinds, and odd names end the list."""
    files: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
        (f"day/{number:03}.txt", f"{about} {number}", {}, {}) for number in range(count)
    ]
    files[2] = (files[2][0], files[2][1], LABEL, MASKS)
    files[4] = (files[4][0], files[4][1], {"BOX2D": LABEL["BOX2D"]}, {})
    return [*files, *((name, f"{about} {name}", {}, {}) for name in ODD)]


async def sent(
    datasets: DatasetService,
    dataset_id: str,
    draft: int,
    segment: str,
    path: str,
    text: str,
    label: dict[str, Any],
    masks: dict[str, str],
) -> Arrived:
    """Send the bytes of a file and of its masks."""
    whole = dict(label)
    for kind, mask in masks.items():
        checksum = hashlib.sha1(mask.encode()).hexdigest()
        await datasets.upload(dataset_id, draft, segment, Held(f"{path} {kind}", mask.encode()), checksum)
        key = "categoryId" if kind == "SEMANTIC_MASK" else "instanceId"
        info: dict[str, Any] = {key: 1, "attributes": {"occluded": True}}
        if kind == "PANOPTIC_MASK":
            info["categoryId"] = 2
        whole[kind] = {"checksum": checksum, "fileSize": len(mask), "info": [info]}
    body = text.encode()
    checksum = hashlib.sha1(body).hexdigest()
    await datasets.upload(dataset_id, draft, segment, Held(path, body), checksum)
    return Arrived(path, checksum, len(body), whole)


async def sha_of(datasets: DatasetService, url: str) -> str:
    """Return the SHA-1 of the bytes at a signed address."""
    found = hashlib.sha1()
    async with datasets.receive(url) as incoming:
        async for piece in incoming.pieces():
            found.update(piece)
    return found.hexdigest()


async def seen_by_app(datasets: DatasetService, dataset_id: str, version: Version) -> dict[str, Any]:
    """Return a version in the form in which the SDK's program tells of one."""
    segments: dict[str, Any] = {}
    async for segment in datasets.segments(dataset_id, version):
        found = segments.setdefault(segment.name, {})
        async for data in datasets.details(dataset_id, version, segment.name):
            checksum = await sha_of(datasets, data.url)
            assert data.checksum == checksum
            found[data.remote_path] = [checksum, _plain(data), await _masks(datasets, data)]
        listed = [each.remote_path async for each in datasets.data(dataset_id, version, segment.name)]
        assert listed == list(found)
    notes = await datasets.notes(dataset_id, version)
    fields = None if notes.point_fields is None else list(notes.point_fields)
    return {
        "segments": segments,
        "catalog": await datasets.catalog(dataset_id, version),
        "size": None if version.is_draft else await datasets.bytes_of(dataset_id, version.commit),
        "notes": [notes.is_continuous, fields],
        "statistics": await datasets.statistics(dataset_id, version),
    }


def _plain(data: Data) -> dict[str, Any]:
    return {kind: value for kind, value in data.label.items() if kind not in MASKS}


async def _masks(datasets: DatasetService, data: Data) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for mask in data.masks:
        raw: Any = data.label[mask.label_type]
        key = "categoryId" if mask.label_type == "SEMANTIC_MASK" else "instanceId"
        attributes = {str(each[key]): each["attributes"] for each in raw["info"]}
        found[mask.label_type.value] = [await sha_of(datasets, mask.url), attributes]
    return found
