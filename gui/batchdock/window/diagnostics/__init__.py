"""The report for whoever helps: seen before it goes anywhere."""

from batchdock.window.diagnostics.dialog import ReportDialog

__all__ = ["ReportDialog"]
