"""Cloud storage: connected, browsed, counted; its files become references that are signed chunk by chunk."""

from batchdock.flows.buckets.buckets import Buckets
from batchdock.flows.buckets.counting import Counted
from batchdock.flows.buckets.storages import StorageBook

__all__ = ["Buckets", "Counted", "StorageBook"]
