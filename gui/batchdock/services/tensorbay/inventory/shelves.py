"""Which module keeps which collection."""

from batchdock.services.kept import Shelves
from batchdock.services.tensorbay.inventory import clouds, evaluations, storages, table
from batchdock.services.tensorbay.inventory.describing import (
    BENCHMARKS,
    CLOUD_FILES,
    CREDENTIALS,
    EVALUATIONS,
    OPERATIONS_LIST,
    STORAGES,
)
from batchdock.services.tensorbay.wire import Wire

SHELVES: Shelves[Wire] = Shelves(
    {
        STORAGES: storages.KEPT,
        CREDENTIALS: storages.CREDENTIALS_KEPT,
        CLOUD_FILES: clouds.KEPT,
        BENCHMARKS: evaluations.BENCHMARKS_KEPT,
        EVALUATIONS: evaluations.KEPT,
        OPERATIONS_LIST: table.KEPT,
    }
)
