"""Saved folders of results, as `flows/results/save.py` leaves them."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy
from numpy.typing import NDArray
from pycocotools import mask as coco

from batchdock.core.finding import Shape
from making.media import picture_bytes

WIDTH, HEIGHT = 160, 120
"""Of every picture; a finding lies wholly inside."""
LABELS = ("person", "car", "dog")
BYTE_ORDER_MARK = "\ufeff"

Row = dict[str, object]


def confidence_of(picture: int, place: int) -> float:
    """Return how sure finding number `place` of a picture is: spread over 0.005 … 0.995."""
    return (picture * 37 + place * 29) % 100 / 100 + 0.005


def corner_of(picture: int, place: int) -> tuple[float, float]:
    """Return the upper left corner of a finding; it is 40 wide and 30 high."""
    return float(picture * 7 + place * 31) % 110, float(picture * 5 + place * 17) % 80


def detection(picture: int, place: int, label: str, shape: Shape = Shape.BOX) -> Row:
    """Return one finding as the workflows of the vendor write it: the centre, not the corner."""
    x, y = corner_of(picture, place)
    found: Row = {
        "width": 40.0,
        "height": 30.0,
        "x": x + 20,
        "y": y + 15,
        "confidence": confidence_of(picture, place),
        "class_id": LABELS.index(label) if label in LABELS else place,
        "class": label,
        "detection_id": f"{picture}-{place}",
        "parent_id": "image",
    }
    if shape is Shape.POLYGON:
        corners = ((x, y), (x + 40, y), (x + 30, y + 30), (x, y + 30))
        found["points"] = [{"x": left, "y": top} for left, top in corners]
    elif shape is Shape.MASK:
        found["rle_mask"] = run_lengths(ellipse(x, y))
    elif shape is Shape.KEYPOINTS:
        places = (("nose", x + 20, y + 5), ("left_hand", x + 2, y + 20), ("right_hand", x + 38, y + 20))
        found["keypoints"] = [
            {"class_id": number, "class": name, "confidence": 0.9, "x": left, "y": top}
            for number, (name, left, top) in enumerate(places)
        ]
    elif shape is Shape.CODE:
        found |= {"class": "qr_code", "data": f"{label} {picture}-{place}"}
    elif shape is Shape.TEXT:
        found |= {"class": f"{label} {picture}-{place}", "class_id": 0}
    return found


def ellipse(x: float, y: float, size: tuple[int, int] = (WIDTH, HEIGHT)) -> NDArray[numpy.bool_]:
    """Return the bits of an ellipse that fills the 40 × 30 pixels from a corner, row by row."""
    rows, columns = numpy.mgrid[: size[1], : size[0]]
    return numpy.asarray(((columns - x - 20) / 20) ** 2 + ((rows - y - 15) / 15) ** 2 <= 1)


def run_lengths(bits: NDArray[numpy.bool_]) -> dict[str, object]:
    """Return bits as COCO's own tool writes them, ready for JSON."""
    made = coco.encode(numpy.asfortranarray(bits.astype(numpy.uint8)))
    return {"size": [int(side) for side in made["size"]], "counts": made["counts"].decode("ascii")}


def outputs_of(picture: int, each: int, shape: Shape, labels: Sequence[str]) -> Row:
    """Return what a workflow gives for one picture: its findings, and a number or text about them."""
    named = [labels[(picture + place) % len(labels)] for place in range(each)]
    if shape is Shape.CLASS:
        told = [
            {"class": name, "class_id": number, "confidence": confidence_of(picture, number)}
            for number, name in enumerate(labels)
        ]
        told.sort(key=_confidence, reverse=True)
        size = {"width": WIDTH, "height": HEIGHT}
        return {"predictions": {"image": size, "predictions": told, **_top(told)}, "name": told[0]["class"]}
    found = [detection(picture, place, name, shape) for place, name in enumerate(named)]
    outputs: Row = {
        "count": each,
        "predictions": {"image": {"width": WIDTH, "height": HEIGHT}, "predictions": found},
        "output_image": "<deducted_image>",
    }
    if shape is Shape.TEXT:
        outputs["text"] = "\n".join(str(one["class"]) for one in found)
    return outputs


def results_folder(
    folder: Path,
    *,
    pictures: int = 12,
    each: int | Callable[[int], int] = 3,
    shape: Shape = Shape.BOX,
    form: Literal["jsonl", "csv"] = "jsonl",
    labels: Sequence[str] = LABELS,
    names: Sequence[str] | None = None,
    originals: Path | None = None,
    details: bool = False,
    drawn: bool = False,
    not_processed: Mapping[str, str] | None = None,
) -> Path:
    """Make the saved results of a job over pictures; return `folder`.

    Picture n has `each` (or `each(n)`) findings, of the classes in turn, at `corner_of` and as sure as
    `confidence_of`. Pictures are `card/IMG_0000.jpg` … where no `names` are given. `details` also writes a
    `results.json` for each, `drawn` the pictures that the service has drawn; `not_processed` is a name and its reason.
    `originals` is where real JPEGs of these names are made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    named = names or [f"card/IMG_{number:04}.jpg" for number in range(pictures)]
    rows = []
    for number, name in enumerate(named):
        outputs = outputs_of(number, each(number) if callable(each) else each, shape, labels)
        rows.append({"image": name, **outputs})
        if details:
            place = folder / "details" / name / "results.json"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(json.dumps(outputs), encoding="utf-8")
        if drawn:
            place = folder / "pictures" / Path(name).with_suffix("") / "output_image.jpg"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(picture_bytes(number, (WIDTH, HEIGHT)))
        if originals is not None:
            place = originals / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(picture_bytes(number, (WIDTH, HEIGHT)))
    write_table(folder, rows, form)
    if not_processed:
        lines = [("file", "reason"), *not_processed.items()]
        (folder / "not processed.csv").write_text(_as_csv(lines), encoding="utf-8")
    return folder


def video_results_folder(
    folder: Path,
    *,
    frames: int = 20,
    each: int | Callable[[int], int] = 2,
    videos: Sequence[str] = ("drive/one.mp4",),
    shape: Shape = Shape.BOX,
    form: Literal["jsonl", "csv"] = "jsonl",
    labels: Sequence[str] = LABELS,
    rate: float | None = None,
) -> Path:
    """Make the saved results of a job over videos: one row a frame, in order, for one video after the other.

    Every finding has a `tracker_id`: its place in the frame. With `rate` every row says when it was.
    """
    rows = []
    for video in videos:
        for number in range(frames):
            outputs = outputs_of(number, each(number) if callable(each) else each, shape, labels)
            predictions = outputs["predictions"]
            assert isinstance(predictions, dict)
            for place, found in enumerate(predictions["predictions"]):
                found["tracker_id"] = place
            when = {} if rate is None else {"seconds": number / rate}
            rows.append({"video": video, **outputs, **when})
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder, rows, form)
    return folder


def write_table(folder: Path, rows: Sequence[Row], form: Literal["jsonl", "csv"]) -> Path:
    """Write `results.jsonl` or `results.csv`, as saving does; return it."""
    path = folder / f"results.{form}"
    if form == "jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return path
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [[_cell(row.get(column, "")) for column in columns] for row in rows]
    path.write_text(_as_csv([columns, *cells]), encoding="utf-8", newline="")
    return path


def _as_csv(lines: Sequence[Sequence[object]]) -> str:
    made = io.StringIO()
    csv.writer(made).writerows(lines)
    return BYTE_ORDER_MARK + made.getvalue()


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _confidence(told: Row) -> float:
    confidence = told["confidence"]
    assert isinstance(confidence, float)
    return confidence


def _top(told: Sequence[Row]) -> Row:
    return {"top": told[0]["class"], "confidence": told[0]["confidence"], "prediction_type": "classification"}
