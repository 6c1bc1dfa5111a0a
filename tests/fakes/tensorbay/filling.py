"""Datasets as tests want them, put there without a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fakes.tensorbay.records import Content, Dataset, File, Json, Segment
from fakes.tensorbay.store import Store

Bytes = Callable[[str, int, int], bytes]
"""What a file has in it: by segment, number and version (from 1)."""
Labelled = Callable[[str, int, int], Json]
"""The label of a file, by the same."""
SENSORS = ("camera", "lidar")
CATALOG: Json = {
    "BOX2D": {
        "isTracking": True,
        "categories": [{"name": "ship"}, {"name": "buoy", "description": "a mark"}],
        "attributes": [{"name": "occluded", "type": "boolean"}],
    },
    "CLASSIFICATION": {"categories": [{"name": "day"}, {"name": "night"}]},
}


def usual_label(_segment: str, number: int, _version: int) -> Json:
    """Return a box and a class, of the usual catalog."""
    return {
        "BOX2D": [
            {
                "box2d": {"xmin": 1, "ymin": 2, "xmax": 30 + number % 9, "ymax": 40},
                "category": ("ship", "buoy")[number % 2],
                "attributes": {"occluded": number % 3 == 0},
                "instance": str(number),
            }
        ],
        "CLASSIFICATION": {"category": ("day", "night")[number % 2], "attributes": {}},
    }


def filled(
    dataset: Dataset,
    filler: "Filler",
    segments: Mapping[str, int],
    versions: int,
    changed: int,
    catalog: Json,
    *,
    tags: bool,
) -> None:
    """Give a dataset so many commits; see `TensorBay.add_dataset`."""
    for version in range(1, versions + 1):
        draft = dataset.new_draft("main", f"Draft {version}", author=dataset.owner)
        draft.content.catalog = catalog
        for segment, count in segments.items():
            if version == 1:
                filler.add(draft.content, segment, count)
            else:
                filler.change(draft.content, segment, count, changed, version)
        commit = dataset.commit(draft, f"Version {version}", author=dataset.owner, date=1_660_000_000 + version)
        if tags:
            dataset.tags[f"v{version}"] = commit.id


class Filler:
    """Makes files and changes them."""

    def __init__(
        self,
        store: Store,
        dataset: Dataset,
        body: Bytes | None,
        label: Labelled | None,
        sensors: Sequence[str],
        suffix: str,
    ) -> None:
        def usual_body(segment: str, number: int, version: int) -> bytes:
            return f"{dataset.id} {segment} {number} {version}".encode()

        self._store, self._body, self._label = store, body or usual_body, label
        self._sensors = tuple(sensors) or ("",)
        self._suffix = suffix

    def add(self, content: Content, name: str, count: int) -> None:
        """Add a segment with so many files, or frames."""
        segment = content.add(Segment(name))
        for each in filter(None, self._sensors):
            kind = "LIDAR" if "lidar" in each else "CAMERA"
            extrinsics = {"translation": {"x": 1, "y": 2, "z": 3}, "rotation": {"w": 1, "x": 0, "y": 0, "z": 0}}
            segment.sensors[each] = {"name": each, "type": kind, "extrinsics": extrinsics}
        for number in range(count):
            for sensor in self._sensors:
                segment.put(self._file(name, number, 1, sensor))

    def change(self, content: Content, name: str, count: int, changed: int, version: int) -> None:
        """Give some files other bytes, others in each version."""
        if not count or not changed:
            return
        segment = content.changing(name)
        for nth in range(min(changed, count)):
            number = ((version - 2) * changed + nth) % count
            for sensor in self._sensors:
                segment.put(self._file(name, number, version, sensor))

    def _file(self, segment: str, number: int, version: int, sensor: str) -> File:
        body = self._body(segment, number, version)
        if sensor:
            body += f" {sensor}".encode()
        checksum, key = self._store.keep(body)
        label = {} if self._label is None else self._label(segment, number, version)
        file = File(f"{number:04}{self._suffix}", checksum, len(body), key, label)
        if not sensor:
            return file
        path, frame = f"{sensor}/{file.remote_path}", f"01FRAME{number:019}"
        return replace(file, remote_path=path, frame_id=frame, sensor=sensor, timestamp=1_600_000_000.5 + number)
