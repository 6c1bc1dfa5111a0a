"""Costs: what jobs took, what the next will take, and what an account may spend."""

from batchdock.flows.costs.costs import Costs
from batchdock.flows.costs.judgement import Judgement, Why

__all__ = ["Costs", "Judgement", "Why"]
