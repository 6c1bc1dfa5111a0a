"""All operations of the service's API as data (contract §7): the 69 that its page names, and what it does besides."""

from collections.abc import Mapping

from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.tensorbay.data_operations import DATA_OPERATIONS
from batchdock.services.tensorbay.dataset_operations import DATASET_OPERATIONS
from batchdock.services.tensorbay.operation import App, Evidence, Operation, Param, params

__all__ = ["EXTRA", "OPERATIONS", "App", "Evidence", "Operation", "Param"]

OPERATIONS: Mapping[str, Operation] = {each.name: each for each in (*DATASET_OPERATIONS, *DATA_OPERATIONS)}
"""The 69, by the vendor's names and in its order."""

EXTRA: Mapping[str, Operation] = {
    each.name: each
    for each in (
        Operation(
            name="OperateSegment",
            group=QT_TRANSLATE_NOOP("service", "Segments"),
            method="POST",
            path="/v1/datasets/{dataset}/segments",
            query=params("copy! move!"),
            body=params("strategy* source* segmentName* draftNumber*"),
            use=QT_TRANSLATE_NOOP("service", "Copy, move or rename a segment"),
        ),
        Operation(
            name="CreateDatasetFromSearch",
            group=QT_TRANSLATE_NOOP("service", "Tasks"),
            method="POST",
            path="/v1/searchResults/{job}/datasets",
            body=params("datasetName* alias isPublic"),
            answer="datasetId",
            use=QT_TRANSLATE_NOOP("service", "Make a dataset of what a search has found"),
        ),
    )
}
"""What the vendor's own client calls besides (contract §4.5, §6). The names are ours."""
