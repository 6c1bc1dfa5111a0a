"""What a page of a segment's list comes to: files for the ledger, and a line each for the list of labels."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from batchdock.core.datasets.data import Data
from batchdock.flows.datasets.taking_out.naming import Names
from batchdock.store.taken_rows import Listed

_SHA1 = re.compile(r"[0-9a-f]{40}")

Key = tuple[str, str, str, str]
"""Kind of a mask or nothing, frame, sensor, remote path."""


class Rows:
    """The files of one segment, a page after the other. `known` are the places that they were given before."""

    def __init__(self, version: str, segment: str, known: dict[Key, str]) -> None:
        """`version` and `segment` are the folders."""
        self._version, self._known = f"{version}/", dict(known)
        self._files, self._masks = f"{version}/{segment}/", f"{version}/masks/{segment}/"
        self._names, self._mask_names = Names(), Names()
        for place in known.values():
            if place.startswith(self._files):
                self._names.take_in(place.removeprefix(self._files))
            else:
                self._mask_names.take_in(place.removeprefix(self._masks))

    def listed(self, rows: Sequence[Data], page: int) -> tuple[list[Listed], list[dict[str, Any]]]:
        """Return the files of a page with their places, and the lines that tell of them."""
        files: list[Listed] = []
        lines: list[dict[str, Any]] = []
        for data in rows:
            files.append(self._file(data, "", data.remote_path, data.checksum, data.url, page))
            line: dict[str, Any] = {"remotePath": data.remote_path, "file": self._here(files[-1])}
            told = (
                ("checksum", data.checksum),
                ("frameId", data.frame_id),
                ("sensorName", data.sensor),
                ("timestamp", data.timestamp),
            )
            line |= {name: value for name, value in told if value not in (None, "")}
            line["label"] = dict(data.label)
            masks = []
            for mask in data.masks:
                kind, remote = mask.label_type.value, mask.remote_path or data.remote_path
                files.append(self._file(data, kind, remote, mask.checksum, mask.url, page))
                masks.append({"type": kind, "remotePath": remote, "file": self._here(files[-1])})
            if masks:
                line["masks"] = masks
            lines.append(line)
        return files, lines

    def _file(self, data: Data, kind: str, remote: str, checksum: str, url: str, page: int) -> Listed:
        key = (kind, data.frame_id, data.sensor, remote)
        if key not in self._known:
            if kind:
                self._known[key] = f"{self._masks}{self._mask_names.file(f'{kind.lower()}/{remote}')}"
            else:
                self._known[key] = f"{self._files}{self._names.file(remote)}"
        told = checksum.lower() if _SHA1.fullmatch(checksum.lower()) else None
        found = told or _checksum_in(url)
        return Listed(kind, data.frame_id, data.sensor, remote, self._known[key], found, told is not None, page)

    def _here(self, file: Listed) -> str:
        return file.place.removeprefix(self._version)


def _checksum_in(url: str) -> str | None:
    """Return the SHA-1 that the address of an object ends with: objects are called by theirs (contract §5.1).

    Where the list tells no checksum it tells which files are the same one; whether it truly is theirs is seen later.
    """
    last = urlsplit(url).path.rpartition("/")[2].lower()
    found = last[-40:]
    return found if _SHA1.fullmatch(found) else None
