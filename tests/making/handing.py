"""Pictures with findings on their way to somebody else, and the folder that they are written into."""

import base64
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import numpy
from numpy.typing import NDArray
from PIL import Image

from batchdock.core.finding import Box, Cell, Finding, Label, Outline, Picture, Shape
from batchdock.flows.results.handing import Form, Spelling, Wishes
from batchdock.flows.results.handing.forms import writer_of
from batchdock.flows.results.handing.wishes import unchanged
from batchdock.flows.results.handing.writer import Order, Sight, Writer

SIZE = (160, 120)
TAKEN = datetime(2024, 5, 1, 12, 30, 15)
NAMES = ("수확/사진 1.jpg", "फ़सल/चित्र 10.png", "same.jpg", "same.png", "=cmd|'!A0.jpg")
HOSTILE = ("person", '=HYPERLINK("http://x","y")', "<b>bold</b>\nand \"quoted\" & 'so'", "자동차")


def found(
    number: int,
    picture: int,
    label: int,
    box: Box | None,
    *,
    shape: Shape = Shape.BOX,
    outline: Outline | None = None,
    confidence: float | None = 0.75,
    text: str = "",
) -> Finding:
    """Make a finding."""
    return Finding(number, picture, "predictions", shape, label, confidence, box, outline, text)


def sight(
    number: int,
    name: str,
    findings: Sequence[Finding] = (),
    *,
    size: tuple[int, int] | None = SIZE,
    original: Path | None = None,
    cells: Sequence[Cell] = (),
    frame: int | None = None,
    problem: str = "",
    taken: datetime | None = TAKEN,
    drawn: Path | None = None,
) -> Sight:
    """Make a picture, or a frame of a video, as writers get it."""
    best = max((each.confidence for each in findings if each.confidence is not None), default=None)
    seconds = None if frame is None else frame / 25
    width, height = size or (None, None)
    picture = Picture(number, name, frame, seconds, width, height, taken, len(findings), best, problem, "")
    return Sight(picture, tuple(findings), tuple(cells), size, original, drawn)


def png_mask(bits: NDArray[numpy.bool_]) -> str:
    """Return bits as a PNG in base64, as services write them."""
    out = io.BytesIO()
    Image.fromarray(bits.astype(numpy.uint8) * 255).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode("ascii")


def sights(names: Sequence[str] = NAMES, each: int = 3) -> list[Sight]:
    """Make pictures with boxes of all classes in turn, at places that only they have."""
    made = []
    for number, name in enumerate(names):
        findings = [
            found(
                number * each + place,
                number,
                (number + place) % len(HOSTILE),
                Box(10.5 + number, 20.25 + place * 10, 30.0, 8.125),
                confidence=0.125 * (place + 1),
                text="=1+1" if place == 0 else "",
            )
            for place in range(each)
        ]
        made.append(sight(number, name, findings, cells=(Cell("count", float(each)), Cell("said", "-@x"))))
    return made


def order_at(
    root: Path,
    form: Form,
    *,
    labels: Sequence[str] = HOSTILE,
    of_videos: bool = False,
    pictures: bool = False,
    spelling: Spelling | None = None,
    translate: Callable[[str], str] = unchanged,
) -> Order:
    """Make the order to write one form below `root`."""
    folder, scratch = root / "done", root / "scratch"
    folder.mkdir(parents=True)
    scratch.mkdir()
    wishes = Wishes(forms=frozenset({form}), pictures=pictures, spelling=spelling or Spelling(), translate=translate)
    known = tuple(Label(number, name, 10 - number) for number, name in enumerate(labels))
    about = (("Results of", "Lot 17"), ("Shown", "=everything"))
    return Order(folder, scratch, "Lot 17", known, ("count", "said"), of_videos, wishes, about)


def written(order: Order, given: Sequence[Sight], writer: Writer | None = None) -> Path:
    """Write all pictures, in two helpings; return the folder."""
    form = next(iter(order.wishes.forms))
    writer = writer or writer_of(form, order, lambda: False)
    try:
        writer.write(given[:2])
        writer.write(given[2:])
        writer.finish()
    finally:
        writer.close()
    return order.folder
