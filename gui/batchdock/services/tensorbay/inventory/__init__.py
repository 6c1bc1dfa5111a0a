"""What the service keeps besides datasets and jobs: storages, files in own buckets, benchmarks, and its operations."""

from batchdock.services.tensorbay.inventory.describing import COLLECTIONS
from batchdock.services.tensorbay.inventory.shelves import SHELVES

__all__ = ["COLLECTIONS", "SHELVES"]
