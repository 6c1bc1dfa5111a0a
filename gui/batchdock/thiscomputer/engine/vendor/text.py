"""Reads lines of text with PP-OCR."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from batchdock.thiscomputer.engine.vendor.networks import Pixels

if TYPE_CHECKING:
    from rapidocr import RapidOCR


_CERTAIN = 0.7
"""Below it are the letters that are seen in grass and furniture."""

_SLENDER = 10
"""The shorter side is enlarged to 736 pixels before lines are looked for, the longer one in proportion."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: what it says, how certain that is (0–1), and its four corners in pixels."""

    text: str
    certainty: float
    corners: tuple[tuple[float, float], ...]


class TextReader:
    """The two networks of PP-OCR, one that finds lines and one that reads them. `words` lists the letters it knows."""

    def __init__(self, finder: Path, reader: Path, words: Path) -> None:
        self._parameters = {
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.text_score": _CERTAIN,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # All three are given: what is not would be fetched.
            "Det.model_path": str(finder),
            "Rec.model_path": str(reader),
            "Rec.rec_keys_path": str(words),
        }

    @cached_property
    def _reader(self) -> "RapidOCR":
        from rapidocr import RapidOCR

        return RapidOCR(params=self._parameters)

    def read(self, image: Pixels) -> list[Line]:
        """Return the lines of a picture, from top to bottom and left to right."""
        found: Any = self._reader(_widened(image))
        if found.txts is None or found.boxes is None:
            return []
        return [
            Line(text, float(score), tuple((float(x), float(y)) for x, y in corners))
            for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True)
        ]


def _widened(image: Pixels) -> Pixels:
    """Return the picture with a white margin at its right or bottom where it is too slender to be enlarged."""
    height, width = image.shape[:2]
    least = max(32, max(height, width) // _SLENDER)
    right, bottom = max(0, least - width), max(0, least - height)
    if not right and not bottom:
        return image
    return numpy.pad(image, ((0, bottom), (0, right), (0, 0)), constant_values=255)
