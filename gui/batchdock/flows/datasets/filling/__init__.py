"""Files into a draft of a dataset, with labels, and a commit in the end if it is wished for."""

from batchdock.flows.datasets.filling.fillings import Fillings
from batchdock.flows.datasets.filling.planning import Plan, plan
from batchdock.flows.datasets.filling.wishes import FillFile, FillWish

__all__ = ["FillFile", "FillWish", "Fillings", "Plan", "plan"]
