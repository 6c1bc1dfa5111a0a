"""Draws outlines with labels over pictures, readable on light and dark and at every size."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

_LINE = (25, 230, 140)
_EDGE = (10, 24, 18)
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Outline:
    """A polygon in pixels, and its label. `short` is used where the font has no letters for `label`."""

    corners: Sequence[tuple[int, int]]
    label: str
    short: str


def drawn(image: Image.Image, outlines: Sequence[Outline]) -> Image.Image:
    """Return a copy of `image` with the outlines, sized to the picture."""
    copy = image.copy()
    pen = ImageDraw.Draw(copy)
    side = max(image.size)
    line = max(2, round(side / 320))
    font = ImageFont.load_default(max(12, round(side / 45)))
    for outline in outlines:
        # A dark edge on both sides of a bright line: one of the two stands out from anything.
        ring = [*outline.corners, outline.corners[0], outline.corners[1]]
        pen.line(ring, fill=_EDGE, width=line * 2 + 1, joint="curve")
        pen.line(ring, fill=_LINE, width=line, joint="curve")
    for outline in outlines:
        _write_label(pen, outline, font, line, image.size)
    return copy


def _write_label(
    pen: ImageDraw.ImageDraw,
    outline: Outline,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    line: int,
    size: tuple[int, int],
) -> None:
    text = _label(outline)
    pad = line * 2
    left, top, right, bottom = pen.textbbox((0, 0), text, font=font)
    width, height = round(right - left) + 2 * pad, round(bottom - top) + 2 * pad
    # Above the outline where there is room, else below it; always inside the picture.
    x = min(corner[0] for corner in outline.corners)
    y = min(corner[1] for corner in outline.corners) - height - line
    if y < 0:
        y = max(corner[1] for corner in outline.corners) + line
    x = max(0, min(x, size[0] - width))
    y = max(0, min(y, size[1] - height))
    pen.rounded_rectangle((x, y, x + width, y + height), radius=pad, fill=_EDGE, outline=_LINE, width=max(1, line // 2))
    pen.text((x + pad - left, y + pad - top), text, font=font, fill="white")


def _label(outline: Outline) -> str:
    text = " ".join(outline.label.split())
    if not text or not text.isprintable():
        return outline.short
    try:
        text.encode("latin-1")  # what Pillow's own font has letters for
    except UnicodeEncodeError:
        return outline.short
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"
