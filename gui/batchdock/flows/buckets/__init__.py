"""Cloud storage: connected, browsed, counted; its files become references that are signed chunk by chunk."""

from batchdock.flows.buckets.buckets import Buckets
from batchdock.flows.buckets.counting import Counted
from batchdock.flows.buckets.storages import StorageBook
from batchdock.store.bucket_files import BucketCounts

__all__ = ["BucketCounts", "Buckets", "Counted", "StorageBook"]
