"""Taking datasets out of a service: asks which versions, as what, and where to."""

from batchdock.window.datasets.taking_out.dialog import TakeOutDialog

__all__ = ["TakeOutDialog"]
