"""Everything that is asked of the service about datasets, as one."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from batchdock.core.datasets.data import Arrived
from batchdock.core.streams import FileVersion, Incoming, Outgoing
from batchdock.services.http.opening import open_file
from batchdock.services.http.places import host_of
from batchdock.services.tensorbay.datasets.contents import Contents
from batchdock.services.tensorbay.datasets.files import Files
from batchdock.services.tensorbay.datasets.history import History
from batchdock.services.tensorbay.storing import sending
from batchdock.services.tensorbay.storing.policies import Policies
from batchdock.services.tensorbay.wire import Wire


class TensorBayDatasets(History, Contents, Files):
    """`core.datasets.port.DatasetService` over one wire."""

    def __init__(self, wire: Wire, account_id: str) -> None:
        super().__init__(wire, account_id)
        self._policies = Policies(wire)

    async def upload(self, dataset_id: str, draft: int, segment: str, body: Outgoing, checksum: str) -> None:
        """See `DatasetService.upload`."""
        await sending.upload(self._wire, self._policies, (dataset_id, draft, segment), body, checksum)

    async def register(self, dataset_id: str, draft: int, segment: str, files: Sequence[Arrived]) -> None:
        """See `DatasetService.register`."""
        await sending.register(self._wire, (dataset_id, draft, segment), list(files))

    def receive(
        self, url: str, *, start: int = 0, version: FileVersion | None = None
    ) -> AbstractAsyncContextManager[Incoming]:
        """See `DatasetService.receive`. No key goes there."""
        return open_file(self._wire, url, host_of(url), start, version or FileVersion())
