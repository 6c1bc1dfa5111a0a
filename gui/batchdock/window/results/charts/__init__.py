"""What was found, in charts that filter."""

from batchdock.window.results.charts.view import ChartsView

__all__ = ["ChartsView"]
