"""*Copy as command*: the line for a terminal that does what a job or an ingest did."""

from batchdock.flows.as_command.lines import CommandLines

__all__ = ["CommandLines"]
