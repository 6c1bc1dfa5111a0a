"""All details, a picture a line: for programs, and for people who write some."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from batchdock.core.finding import Finding, Keypoints, Lines, Mask, Outline, PngMask, Polygon
from batchdock.flows.results.handing.values import number_of, text_of
from batchdock.flows.results.handing.writer import Order, Sight


class JsonLinesWriter:
    """Writes `<name>.jsonl`. Texts are exactly as they came: no spreadsheet opens this by a double click."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._name = f"{order.name}.jsonl"
        self._file = Path(order.folder, self._name).open("wb")  # noqa: SIM115 - closed with this writer
        self._encode = msgspec.json.Encoder().encode

    def write(self, sights: Sequence[Sight]) -> None:
        """Append the pictures."""
        lines: list[bytes] = []
        for sight in sights:
            lines += (self._encode(self._line(sight)), b"\n")
        self._file.write(b"".join(lines))

    def finish(self) -> Sequence[str]:
        """Have everything in the file."""
        self._file.close()
        return [self._name]

    def close(self) -> None:
        """Let go of the file."""
        try:
            self._file.close()
        except OSError:
            return

    def _line(self, sight: Sight) -> dict[str, Any]:
        picture = sight.picture
        line: dict[str, Any] = {"video" if self._order.of_videos else "picture": text_of(picture.name)}
        if self._order.of_videos:
            line |= {"frame": picture.frame, "second": number_of(picture.seconds)}
        width, height = sight.size or (None, None)
        return line | {
            "width": width,
            "height": height,
            "taken": picture.taken.isoformat() if picture.taken else None,
            "problem": text_of(picture.problem) or None,
            "findings": [self._finding(found) for found in sight.findings],
            "values": {
                text_of(cell.output): text_of(cell.value) if isinstance(cell.value, str) else number_of(cell.value)
                for cell in sight.cells
            },
        }

    def _finding(self, found: Finding) -> dict[str, Any]:
        line: dict[str, Any] = {
            "kind": found.shape.value,
            "class": self._order.class_of(found) or None,
            "confidence": number_of(found.confidence),
            "output": text_of(found.output),
        }
        if found.box is not None:
            box = found.box
            line["box"] = [number_of(each) for each in (box.x, box.y, box.width, box.height)]
        if found.outline is not None:
            line |= _outline(found.outline)
        if found.text:
            line["text"] = text_of(found.text)
        if found.track:
            line["track"] = text_of(found.track)
        return line


def _outline(outline: Outline) -> dict[str, Any]:
    match outline:
        case Polygon(points):
            return {"polygon": [[number_of(x), number_of(y)] for x, y in points]}
        case Keypoints(places):
            return {
                "keypoints": [
                    {
                        "name": text_of(each.name),
                        "x": number_of(each.x),
                        "y": number_of(each.y),
                        "confidence": number_of(each.confidence),
                    }
                    for each in places
                ]
            }
        case Mask(width, height, counts):
            return {"mask": {"size": [height, width], "counts": text_of(counts)}}
        case PngMask(png):
            return {"mask_png": text_of(png)}
        case Lines(paths):
            return {"lines": [[[number_of(x), number_of(y)] for x, y in path] for path in paths]}
