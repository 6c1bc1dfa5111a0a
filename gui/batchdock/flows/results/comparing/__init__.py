"""Two runs over the same pictures, held against each other."""

from batchdock.flows.results.comparing.comparing import Comparing, Comparison, LabelChange, compare

__all__ = ["Comparing", "Comparison", "LabelChange", "compare"]
