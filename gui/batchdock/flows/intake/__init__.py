"""From a drop to a list of items that can be sent: scan, check, names, plan."""

from batchdock.flows.intake.review import Intake

__all__ = ["Intake"]
