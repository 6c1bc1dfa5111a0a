"""What the service keeps besides jobs: batches, video groups and sources, algorithms, edge pools (contract §3.5)."""

from batchdock.services.huawei.inventory.describing import COLLECTIONS
from batchdock.services.huawei.inventory.shelves import SHELVES

__all__ = ["COLLECTIONS", "SHELVES"]
