"""Datasets out of a service, into a folder: every version, its labels and history, checked file by file."""

from batchdock.flows.datasets.taking_out.receipt import Receipt
from batchdock.flows.datasets.taking_out.takings import Takings
from batchdock.flows.datasets.taking_out.versions import Meant
from batchdock.flows.datasets.taking_out.wishes import DatasetWish, TakingOut, Weight, Which

__all__ = ["DatasetWish", "Meant", "Receipt", "TakingOut", "Takings", "Weight", "Which"]
