"""Findings, drawn over the picture they were found in: in the grid, the large view, videos, reports and comparisons."""

from batchdock.window.results.drawing.painting import draw_part, paint_findings
from batchdock.window.results.drawing.prepared import MOST_DRAWN, Prepared, certainty, prepare
from batchdock.window.results.drawing.tags import sureness_text, tag_text

__all__ = ["MOST_DRAWN", "Prepared", "certainty", "draw_part", "paint_findings", "prepare", "sureness_text", "tag_text"]
