"""Watched folders: what is finished in one goes through a workflow by itself, each file once."""

from batchdock.flows.watching.watches import Watches
from batchdock.flows.watching.watching import Watching
from batchdock.flows.watching.wish import Oversight, WatchWish

__all__ = ["Oversight", "WatchWish", "Watches", "Watching"]
