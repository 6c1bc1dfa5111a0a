"""What is in a version of a dataset: its segments, files, frames, labels, catalog and statistics."""

from batchdock.window.datasets.data.pane import DataPane

__all__ = ["DataPane"]
