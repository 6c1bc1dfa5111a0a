"""The icon of the app in the forms of Windows and macOS, painted by Qt from the one drawing there is."""

import sys
import tempfile
from pathlib import Path

from PIL import Image

from building import ROOT, run

DRAWING = ROOT / "resources" / "icons" / "batchdock.svg"

_PAINT = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
drawing, folder, *sizes = sys.argv[1:]
for size in map(int, sizes):
    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(drawing).render(painter)
    painter.end()
    if not picture.save(f"{folder}/{size}.png"):
        sys.exit(f"{folder}/{size}.png could not be written")
"""
"""Run in a process of its own: what builds loads no Qt."""


def write(path: Path, sizes: tuple[int, ...]) -> None:
    """Write the icon in the form that the ending of `path` says, each size drawn and not shrunk. Raise `NotBuilt`."""
    with tempfile.TemporaryDirectory() as folder:
        run([sys.executable, "-c", _PAINT, DRAWING, folder, *map(str, sizes)])
        pictures = [Image.open(Path(folder) / f"{size}.png").convert("RGBA") for size in sorted(sizes)]
    pictures[-1].save(path, sizes=[each.size for each in pictures], append_images=pictures[:-1])
