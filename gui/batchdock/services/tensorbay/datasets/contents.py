"""What is in a version: notes, changes, segments, sensors (contract §4.5, §4.8)."""

from collections.abc import AsyncIterator

from batchdock.core.datasets.data import Sensor
from batchdock.core.datasets.dataset import (
    DataDiff,
    DatasetDiff,
    Notes,
    Segment,
    SegmentDiff,
    Strategy,
    Version,
)
from batchdock.core.errors import UnreadableAnswer
from batchdock.services.http.reading import answered, entries
from batchdock.services.tensorbay.datasets.asking import Asking
from batchdock.services.tensorbay.datasets.creating import make_named
from batchdock.services.tensorbay.datasets.reading import (
    read_data_diff,
    read_diff,
    read_notes,
    read_segment,
    read_segment_diff,
    read_sensor,
)
from batchdock.services.tensorbay.datasets.selecting import basehead, selector
from batchdock.services.tensorbay.datasets.walking import by, walk


class Contents(Asking):
    """A part of `core.datasets.port.DatasetService`; see there."""

    # --- notes and changes

    async def notes(self, dataset_id: str, version: Version) -> Notes:
        """See `DatasetService.notes`."""
        answer = await self._wire.ask("GetNote", at={"dataset": dataset_id}, query=selector(version))
        return read_notes(answered(answer, self._wire, "GetNote"))

    async def update_notes(self, dataset_id: str, draft: int, notes: Notes) -> None:
        """See `DatasetService.update_notes`. Null takes the columns away."""
        fields = None if notes.point_fields is None else list(notes.point_fields)
        body = {"isContinuous": notes.is_continuous, "binPointCloudFields": fields, "draftNumber": draft}
        await self._wire.ask("UpdateNote", at={"dataset": dataset_id}, body=body)

    async def diff(self, dataset_id: str, version: Version) -> DatasetDiff:
        """See `DatasetService.diff`."""
        answer = await self._wire.ask("GetDiff", at={"dataset": dataset_id, "basehead": basehead(version)})
        return read_diff(answered(answer, self._wire, "GetDiff"))

    async def segment_diffs(self, dataset_id: str, version: Version) -> AsyncIterator[SegmentDiff]:
        """See `DatasetService.segment_diffs`."""
        at = {"dataset": dataset_id, "basehead": basehead(version)}
        async for row in walk(self._wire, "ListSegmentDiffs", at=at, key=by("name")):
            found = read_segment_diff(row)
            if found is not None:
                yield found

    async def segment_diff(self, dataset_id: str, version: Version, segment: str) -> SegmentDiff:
        """See `DatasetService.segment_diff`."""
        at = {"dataset": dataset_id, "basehead": basehead(version), "segment": segment}
        answer = await self._wire.ask("GetSegmentDiff", at=at)
        found = read_segment_diff(answered(answer, self._wire, "GetSegmentDiff"), segment)
        if found is None:
            raise UnreadableAnswer(service=self._wire.service, details="GetSegmentDiff: no segment in the answer")
        return found

    async def data_diffs(self, dataset_id: str, version: Version, segment: str) -> AsyncIterator[DataDiff]:
        """See `DatasetService.data_diffs`."""
        at = {"dataset": dataset_id, "basehead": basehead(version), "segment": segment}
        async for row in walk(self._wire, "ListDataDiffs", at=at, key=by("remotePath")):
            found = read_data_diff(row)
            if found is not None:
                yield found

    # --- segments

    async def segments(self, dataset_id: str, version: Version) -> AsyncIterator[Segment]:
        """See `DatasetService.segments`."""
        at, query = {"dataset": dataset_id}, selector(version)
        async for row in walk(self._wire, "ListSegment", at=at, query=query, key=lambda row: row.get("name") or ""):
            found = read_segment(row)
            if found is not None:
                yield found

    async def create_segment(self, dataset_id: str, draft: int, name: str) -> None:
        """See `DatasetService.create_segment`."""

        async def is_there() -> bool:
            return name in [each.name async for each in self.segments(dataset_id, Version(draft=draft))]

        at, body = {"dataset": dataset_id}, {"name": name, "draftNumber": draft}
        await make_named(self._wire, "CreateSegment", at=at, body=body, name=name, is_there=is_there)

    async def delete_segment(self, dataset_id: str, draft: int, name: str) -> None:
        """See `DatasetService.delete_segment`."""
        body = {"segmentName": name, "draftNumber": draft}
        await self._wire.ask("DeleteSegment", at={"dataset": dataset_id}, body=body)

    async def place_segment(
        self,
        dataset_id: str,
        draft: int,
        name: str,
        target: str,
        strategy: Strategy,
        *,
        move: bool,
        source: tuple[str, Version] | None = None,
    ) -> None:
        """See `DatasetService.place_segment`."""
        place: dict[str, object] = {"segmentName": name}
        if source is not None:
            place |= {"id": source[0], **selector(source[1])}
        body = {"strategy": strategy.value, "source": place, "segmentName": target, "draftNumber": draft}
        await self._wire.ask(
            "OperateSegment", at={"dataset": dataset_id}, query={"move" if move else "copy": ""}, body=body
        )

    # --- sensors

    async def sensors(self, dataset_id: str, version: Version, segment: str) -> tuple[Sensor, ...]:
        """See `DatasetService.sensors`."""
        query = {"segmentName": segment, **selector(version)}
        answer = await self._wire.ask("ListSensor", at={"dataset": dataset_id}, query=query)
        found = map(read_sensor, entries(answer, "sensors", self._wire))
        return tuple(each for each in found if each is not None)

    async def put_sensor(self, dataset_id: str, draft: int, segment: str, sensor: Sensor) -> None:
        """See `DatasetService.put_sensor`."""

        async def is_there() -> bool:
            there = await self.sensors(dataset_id, Version(draft=draft), segment)
            return sensor.name in [each.name for each in there]

        told = {"name": sensor.name, "type": sensor.sensor_type}
        body = {**sensor.raw, **told, "segmentName": segment, "draftNumber": draft}
        at = {"dataset": dataset_id}
        await make_named(self._wire, "UploadSensor", at=at, body=body, name=sensor.name, is_there=is_there)

    async def delete_sensor(self, dataset_id: str, draft: int, segment: str, sensor: str) -> None:
        """See `DatasetService.delete_sensor`. Raise `NotFound`."""
        body = {"segmentName": segment, "sensorName": sensor, "draftNumber": draft}
        await self._wire.ask("DeleteSensor", at={"dataset": dataset_id}, body=body)
