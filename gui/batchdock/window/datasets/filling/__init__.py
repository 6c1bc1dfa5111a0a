"""Files for a dataset: what is sent, where to, and what comes after."""

from batchdock.window.datasets.filling.dialog import FillDialog

__all__ = ["FillDialog"]
