"""What something costs, before it is started: a line of text, a question, and the budgets."""

from batchdock.window.costs.asking import ask_before_start
from batchdock.window.costs.price_line import PriceLine

__all__ = ["PriceLine", "ask_before_start"]
