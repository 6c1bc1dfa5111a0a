"""Files on their way to a service, and results on their way home."""

from batchdock.flows.transfers.transfers import Transfers

__all__ = ["Transfers"]
