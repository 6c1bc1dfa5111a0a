"""Pictures with what was found drawn on them, in the colours of the screen. Decoded, drawn and written in threads."""

import math
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from batchdock.core.colours import rgb_of
from batchdock.core.finding import Finding, Keypoints, Mask, PngMask, Polygon
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.handing.by_class import NO_FRAMES, NOT_HERE
from batchdock.flows.results.handing.geometry import bits_of, box_of, traced_size
from batchdock.flows.results.handing.lettering import font_for
from batchdock.flows.results.handing.names import Names, extension_of
from batchdock.flows.results.handing.sizes import Size
from batchdock.flows.results.handing.wishes import Form
from batchdock.flows.results.handing.writer import Order, Sight
from batchdock.flows.transfers.receive import check_room

_TITLE = QT_TRANSLATE_NOOP("handing", "With findings drawn")
_DAMAGED = QT_TRANSLATE_NOOP("handing", "Left out: its original can not be read.")
_TOO_LARGE = QT_TRANSLATE_NOOP("handing", "Left out: the picture has too many pixels.")
_SERVICE = QT_TRANSLATE_NOOP(
    "handing", "Its original is not on this computer: this is what the service has drawn, with everything it had found."
)

MOST_PIXELS = 200_000_000
_MOST_DRAWN = 2_000
"""Findings of one picture: the most confident. More could not be told apart."""
_MOST_MASKS = 400
_QUALITY = 90
_ROOM_BYTES = 16 * 1024 * 1024
_LIGHT = 70
"""Of 255: how much a mask covers what is in it."""


class DrawnWriter:
    """Writes `With findings drawn/<path it came with>.jpg`. Two pictures that differ only in ending get a number."""

    def __init__(self, order: Order, stopping: Callable[[], bool]) -> None:
        """`stopping` is asked between pictures: somebody wants an end of it."""
        self._order, self._stopping = order, stopping
        self._title = order.say(_TITLE)
        self._top = Path(order.folder, self._title)
        self._top.mkdir()
        self._names = Names()
        self._noted: set[str] = set()
        self._pool = ThreadPoolExecutor(max(1, min(4, cpu_count() or 1)), thread_name_prefix="drawing")

    def write(self, sights: Sequence[Sight]) -> None:
        """Draw the pictures."""
        check_room(self._top, _ROOM_BYTES)
        waiting = [self._pool.submit(self._draw, sight, self._place(sight)) for sight in sights]
        try:
            for sight, answer in zip(sights, waiting, strict=True):
                if cause := answer.result():
                    self._note(sight, cause)
        finally:
            for answer in waiting:
                answer.cancel()

    def finish(self) -> Sequence[str]:
        """Nothing more to write."""
        self._pool.shutdown()
        return [f"{self._title}/"]

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _place(self, sight: Sight) -> Path:
        if sight.picture.frame is not None:
            return self._top
        place = Path(self._top, f"{self._names.stem(sight.picture.name)}.jpg")
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _note(self, sight: Sight, cause: str) -> None:
        name = sight.picture.name
        if sight.picture.frame is None or name not in self._noted:
            self._noted.add(name)
            self._order.notes.add(Form.DRAWN, name, cause)

    def _draw(self, sight: Sight, to: Path) -> str:
        """Draw one picture; return why it is left out, or not as it should be, else ''."""
        if self._stopping():
            return ""
        if sight.picture.frame is not None:
            return NO_FRAMES
        if sight.original is None:
            return self._as_the_service_drew(sight, to)
        try:
            with Image.open(sight.original) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    return _TOO_LARGE
                profile = opened.info.get("icc_profile")
                image = ImageOps.exif_transpose(opened).convert("RGB")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return _DAMAGED
        painted = painted_on(image, sight.findings, self._order.class_of, sight.size or image.size)
        # Colour at full size: lines are thin, and would be washed out.
        painted.save(to, "JPEG", quality=_QUALITY, subsampling="4:4:4", icc_profile=profile)
        return ""

    def _as_the_service_drew(self, sight: Sight, to: Path) -> str:
        if sight.drawn is None:
            return NOT_HERE
        to = to.with_suffix(extension_of(sight.drawn.name))
        try:
            shutil.copyfile(sight.drawn, to)
        except FileNotFoundError:
            return NOT_HERE
        return _SERVICE if len(sight.findings) < sight.picture.findings else ""


def painted_on(
    image: Image.Image, findings: Sequence[Finding], name_of: Callable[[Finding], str], size: Size
) -> Image.Image:
    """Return the picture with the findings drawn. `size` is that of the picture as it was seen."""
    shown = sorted(findings, key=lambda found: -(found.confidence or 0.0))[:_MOST_DRAWN]

    def place(x: float, y: float) -> tuple[float, float]:
        # What lies far outside is drawn to far outside: Pillow counts in whole numbers that end somewhere.
        return _near(x * image.width / size[0], image.width), _near(y * image.height / size[1], image.height)

    masks = [found for found in shown if isinstance(found.outline, Mask | PngMask)]
    for found in masks[:_MOST_MASKS]:
        if isinstance(found.outline, Mask | PngMask):
            _cover(image, found.outline, rgb_of(found.label))
    line = max(2, round(max(image.size) / 500))
    letters = max(12, round(max(image.size) / 60))
    pen = ImageDraw.Draw(image)
    chips = 0
    # The surest last, so that it is on top.
    for found in reversed(shown):
        colour = rgb_of(found.label)
        if isinstance(found.outline, Polygon) and len(found.outline.points) >= 2:
            points = [place(x, y) for x, y in found.outline.points]
            pen.line([*points, points[0]], fill=colour, width=line, joint="curve")
        elif isinstance(found.outline, Keypoints):
            for each in found.outline.points:
                x, y = place(each.x, each.y)
                pen.ellipse((x - line * 2, y - line * 2, x + line * 2, y + line * 2), fill=colour)
        box = box_of(found)
        words = _words(found, name_of(found))
        if box is None:
            _tag(pen, words, (0, chips * letters * 1.5), colour, letters, image.size)
            chips += 1
            continue
        corner = place(box.x, box.y)
        if not isinstance(found.outline, Polygon):
            pen.rectangle((corner, place(box.x + box.width, box.y + box.height)), None, colour, line)
        _tag(pen, words, (corner[0], corner[1] - letters * 1.4), colour, letters, image.size)
    return image


def _near(length: float, of: int) -> float:
    return max(-of, min(2.0 * of, length)) if math.isfinite(length) else -of


def _cover(image: Image.Image, outline: Mask | PngMask, colour: tuple[int, int, int]) -> None:
    wide, high = traced_size(image.size)
    part = bits_of(outline, (wide, high))
    if part is None:
        return
    left, top, bits = part
    across, down = image.width / wide, image.height / high
    veil = Image.fromarray(bits.astype(np.uint8) * _LIGHT)
    if (wide, high) != image.size:
        veil = veil.resize((max(1, round(veil.width * across)), max(1, round(veil.height * down))))
    image.paste(colour, (round(left * across), round(top * down)), veil)


def _words(found: Finding, name: str) -> str:
    said = " ".join((found.text or name).split())[:60]
    sure = f"{found.confidence:.0%}" if found.confidence is not None else ""
    return f"{said} {sure}".strip()


def _tag(
    pen: ImageDraw.ImageDraw,
    words: str,
    place: tuple[float, float],
    colour: tuple[int, int, int],
    letters: int,
    size: Size,
) -> None:
    """Write words in white on the colour, inside the picture."""
    if not words:
        return
    font = font_for(words, letters)
    edge = letters // 4
    wide, high = pen.textlength(words, font) + edge * 2, letters * 1.4
    x = max(0.0, min(place[0], size[0] - wide))
    y = max(0.0, min(place[1], size[1] - high))
    pen.rectangle((x, y, x + wide, y + high), fill=colour)
    pen.text((x + edge, y + high / 2), words, (255, 255, 255), font, anchor="lm")
