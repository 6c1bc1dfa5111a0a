"""What somebody who helps needs to know, without anything that is nobody's business."""

from batchdock.flows.diagnostics.report import Diagnostics, Page

__all__ = ["Diagnostics", "Page"]
