"""Files, labels and own buckets (contract §4.6, §4.7, §4.9)."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TypeVar

from batchdock.core.datasets.data import Data, Json, LabelType, MaskFile, Storage
from batchdock.core.datasets.dataset import Strategy, Version
from batchdock.core.errors import NotFound, UnreadableAnswer
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import answered, entry, rows, text
from batchdock.services.tensorbay.datasets.asking import Asking
from batchdock.services.tensorbay.datasets.data_reading import read_data, read_mask
from batchdock.services.tensorbay.datasets.reading import read_storage
from batchdock.services.tensorbay.datasets.selecting import selector
from batchdock.services.tensorbay.datasets.walking import by, by_place, walk
from batchdock.services.tensorbay.wire import PAGE, Query

_CALLBACK = 50
"""Files made known at once, as the vendor's client does (contract §1.6)."""
_NO_FILE = QT_TRANSLATE_NOOP("errors", "There is no such file in this version.")

_Each = TypeVar("_Each")


class Files(Asking):
    """A part of `core.datasets.port.DatasetService`; see there."""

    # --- lists

    def data(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[Data]:
        """See `DatasetService.data`."""
        return self._walk("ListData", dataset_id, version, segment)

    def details(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[Data]:
        """See `DatasetService.details`."""
        return self._walk("ListDataDetails", dataset_id, version, segment)

    async def detail_page(
        self, dataset_id: str, version: Version, segment: str, start: int = 0
    ) -> tuple[tuple[Data, ...], int | None]:
        """See `DatasetService.detail_page`."""
        query = {"segmentName": segment, **selector(version)}
        page = await self._wire.page("ListDataDetails", at={"dataset": dataset_id}, query=query, start=start)
        return tuple(each for row in page.rows for each in read_data(row)), page.following

    def urls(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[Data]:
        """See `DatasetService.urls`."""
        return self._walk("ListDataUri", dataset_id, version, segment)

    async def url_of(self, dataset_id: str, version: Version, segment: str, remote_path: str) -> str:
        """See `DatasetService.url_of`."""
        query = {"segmentName": segment, "remotePath": remote_path, **selector(version)}
        answer = await self._wire.ask("GetDataUrls", at={"dataset": dataset_id}, query=query)
        if isinstance(answer, dict) and text(answer.get("url")):
            return text(answer["url"])  # As it was told once (contract §4.6).
        for row in rows(answer, "urls", self._wire, frozenset({"recordSize", "totalCount"})):
            for each in read_data(entry(row)):
                if each.url and each.remote_path in ("", remote_path):
                    return each.url
        raise NotFound(service=self._wire.service, reason=_NO_FILE)

    async def masks(
        self, dataset_id: str, version: Version, segment: str, label_type: LabelType, remote_path: str = ""
    ) -> AsyncIterator[MaskFile]:
        """See `DatasetService.masks`."""
        query: dict[str, str | int] = {"segmentName": segment, "maskType": label_type.value, **selector(version)}
        if remote_path:
            query["remotePath"] = remote_path
        at = {"dataset": dataset_id}
        async for row in walk(self._wire, "ListMaskUrls", at=at, query=query, key=by("remotePath")):
            found = read_mask(row, label_type)
            if found is not None:
                yield found

    # --- labels

    def labels(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[Data]:
        """See `DatasetService.labels`."""
        return self._walk("ListLabel", dataset_id, version, segment)

    async def catalog(self, dataset_id: str, version: Version) -> Json:
        """See `DatasetService.catalog`."""
        answer = await self._wire.ask("GetLabelCatalog", at={"dataset": dataset_id}, query=selector(version))
        return entry(answered(answer, self._wire, "GetLabelCatalog").get("catalog"))

    async def put_catalog(self, dataset_id: str, draft: int, catalog: Json) -> None:
        """See `DatasetService.put_catalog`."""
        body = {"catalog": catalog, "draftNumber": draft}
        await self._wire.ask("UploadLabelCatalog", at={"dataset": dataset_id}, body=body)

    async def statistics(self, dataset_id: str, version: Version) -> Json:
        """See `DatasetService.statistics`."""
        answer = await self._wire.ask("GetLabelStatistics", at={"dataset": dataset_id}, query=selector(version))
        return entry(answered(answer, self._wire, "GetLabelStatistics").get("labelStatistics"))

    async def put_labels(self, dataset_id: str, draft: int, segment: str, labels: Sequence[tuple[str, Json]]) -> None:
        """See `DatasetService.put_labels`. One file has an operation of its own."""
        at = {"dataset": dataset_id}
        if len(labels) == 1:
            [(path, label)] = labels
            body = {"segmentName": segment, "remotePath": path, "label": label, "draftNumber": draft}
            await self._wire.ask("UploadLabel", at=at, body=body)
            return
        for some in _by(PAGE, labels):
            objects = [{"remotePath": path, "label": label} for path, label in some]
            body = {"segmentName": segment, "objects": objects, "draftNumber": draft}
            await self._wire.ask("MultiUploadLabel", at=at, body=body)

    # --- changes

    async def delete_data(self, dataset_id: str, draft: int, segment: str, remote_path: str) -> None:
        """See `DatasetService.delete_data`."""
        body = {"segmentName": segment, "remotePath": remote_path, "draftNumber": draft}
        await self._wire.ask("DeleteData", at={"dataset": dataset_id}, body=body)

    async def delete_frame(self, dataset_id: str, draft: int, segment: str, frame_id: str) -> None:
        """See `DatasetService.delete_frame`."""
        body = {"segmentName": segment, "frameId": frame_id, "draftNumber": draft}
        await self._wire.ask("DeleteFrame", at={"dataset": dataset_id}, body=body)

    async def place_data(
        self,
        dataset_id: str,
        draft: int,
        segment: str,
        names: Mapping[str, str],
        target: str,
        strategy: Strategy,
        *,
        move: bool,
        source: tuple[str, Version] | None = None,
    ) -> None:
        """See `DatasetService.place_data`."""
        query = {"multipleMove" if move else "multipleCopy": ""}
        for some in _by(PAGE, tuple(names.items())):
            place: dict[str, object] = {"segmentName": segment, "remotePaths": [old for old, _ in some]}
            if source is not None:
                place |= {"id": source[0], **selector(source[1])}
            body: dict[str, object] = {
                "strategy": strategy.value,
                "source": place,
                "segmentName": target,
                "draftNumber": draft,
            }
            if any(old != new for old, new in some):
                body["remotePaths"] = [new for _, new in some]
            await self._wire.ask("OperateData", at={"dataset": dataset_id}, query=query, body=body)

    # --- storage

    async def storages(self, name: str = "") -> AsyncIterator[Storage]:
        """See `DatasetService.storages`."""
        async for row in walk(self._wire, "ListStorageConfigs", query={"name": name or None}, key=by("name")):
            found = read_storage(row)
            if found is not None:
                yield found

    async def cloud_page(self, storage: str, prefix: str = "", marker: str = "") -> tuple[tuple[str, ...], str]:
        """See `DatasetService.cloud_page`."""
        query: Query = {"prefix": prefix, "limit": PAGE, "marker": marker or None}
        answer = await self._wire.ask("ListCloudFiles", at={"config": storage}, query=query)
        told = answered(answer, self._wire, "ListCloudFiles")
        paths = tuple(each for each in rows(told, "cloudFiles", self._wire) if isinstance(each, str))
        following = text(told.get("nextMarker")) if told.get("truncated") else ""
        return paths, "" if following == marker else following

    async def cloud_url(self, storage: str, path: str) -> str:
        """See `DatasetService.cloud_url`."""
        answer = await self._wire.ask("GetCloudFileUrl", at={"config": storage}, query={"filePath": path})
        found = text(entry(answer).get("url"))
        if not found:
            raise UnreadableAnswer(service=self._wire.service, details="GetCloudFileUrl: no address in the answer")
        return found

    async def import_cloud_files(
        self, dataset_id: str, draft: int, segment: str, paths: Mapping[str, str], *, delete_source: bool = False
    ) -> None:
        """See `DatasetService.import_cloud_files`."""
        for some in _by(_CALLBACK, tuple(paths.items())):
            objects = [{"cloudPath": path, "remotePath": remote} for path, remote in some]
            body = {
                "segmentName": segment,
                "objects": objects,
                "deleteSource": delete_source,
                "draftNumber": draft,
            }
            await self._wire.ask("CloudCallback", at={"dataset": dataset_id}, body=body)

    # --- inside

    async def _walk(self, operation: str, dataset_id: str, version: Version, segment: str) -> AsyncIterator[Data]:
        query = {"segmentName": segment, **selector(version)}
        async for row in walk(self._wire, operation, at={"dataset": dataset_id}, query=query, key=by_place):
            for each in read_data(row):
                yield each


def _by(most: int, items: Sequence[_Each]) -> Iterator[Sequence[_Each]]:
    """Yield the items, so many at once."""
    return (items[first : first + most] for first in range(0, len(items), most))
