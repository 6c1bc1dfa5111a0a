"""Which module keeps which collection."""

from batchdock.services.huawei.inventory import algorithms, batches, groups, pools, sources
from batchdock.services.huawei.inventory.describing import ALGORITHMS, BATCHES, GROUPS, POOLS, SOURCES
from batchdock.services.huawei.wire import Wire
from batchdock.services.kept import Shelves

SHELVES: Shelves[Wire] = Shelves(
    {
        BATCHES: batches.KEPT,
        GROUPS: groups.KEPT,
        SOURCES: sources.KEPT,
        ALGORITHMS: algorithms.KEPT,
        POOLS: pools.KEPT,
    }
)
