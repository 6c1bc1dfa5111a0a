"""What is in the batches: listings, counts, shards, parts, files (contract §3)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.thiscomputer.refusal import not_found
from batchdock.thiscomputer.server.answers import Paging, answering, batch_id_of, ok, time_text
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.store.records import BatchRecord, ItemRecord

PREFIX = "/data-staging/v1/external/{workspace}/batches"

_NEVER = 10 * 365.25 * 86400
"""The contract wants an expiry date. While batches stay for good, it is ten years away."""


class Staging:
    """The reading half of data staging."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._batches = parts.batches
        self._storage = parts.storage

    def routes(self) -> list[Route]:
        """Return the routes."""
        one = f"{PREFIX}/{{batch_id}}"
        return [
            Route(PREFIX, answering(self._list)),
            Route(one, answering(self._one)),
            Route(f"{one}/count", answering(self._count)),
            Route(f"{one}/shards", answering(self._shards)),
            Route(f"{one}/parts", answering(self._part_list)),
            Route(f"{one}/list", answering(self._files)),
        ]

    def _list(self, request: Request) -> Response:
        paging = Paging(request, default=100, most=1000)
        page, token = paging.page(self._batches.all(paging.after, paging.limit), lambda each: each.seq)
        return ok(batches=[self._batch(each) for each in page], nextPageToken=token)

    def _one(self, request: Request) -> Response:
        return ok(batch=self._batch(self._batches.one(batch_id_of(request))))

    def _count(self, request: Request) -> Response:
        batch = self._batches.one(batch_id_of(request))
        return ok(count=self._batches.count(batch.batch_id, self._part_of(request, batch)))

    def _shards(self, request: Request) -> Response:
        batch = self._batches.one(batch_id_of(request))
        paging = Paging(request, default=100, most=1000)
        found = self._batches.shards(batch.batch_id, paging.after, paging.limit)
        page, token = paging.page(found, lambda each: each.seq)
        shards = [
            {
                "shardId": each.shard_id,
                "statusName": each.status_name,
                "statusType": each.status_type,
                "eventTimestamp": time_text(each.at),
                "shardObjectsCount": each.objects,
                "statusMetadata": each.detail,
            }
            for each in page
        ]
        return ok(shards=shards, nextPageToken=token)

    def _part_list(self, request: Request) -> Response:
        batch = self._batches.one(batch_id_of(request))
        listed = [
            {
                "partName": each.name,
                "partType": "sharded-batch" if each.is_sharded else "simple-batch",
                "contentType": each.content,
                "partDescription": each.description,
                "nestedContentType": each.nested,
            }
            for each in self._batches.parts(batch.batch_id)
        ]
        return ok(batchParts=listed)

    def _files(self, request: Request) -> Response:
        batch = self._batches.one(batch_id_of(request))
        paging = Paging(request, default=1000, most=10_000)
        found = self._batches.items(batch.batch_id, self._part_of(request, batch), paging.after, paging.limit)
        page, token = paging.page(found, lambda each: each.item_id)
        return ok(filesMetadata=[self._file(each) for each in page], nextPageToken=token)

    def _part_of(self, request: Request, batch: BatchRecord) -> str | None:
        part = request.query_params.get("partName")
        if part is not None and part not in {each.name for each in self._batches.parts(batch.batch_id)}:
            raise not_found(f"The batch “{batch.batch_id}” has no part “{part}”.")
        return part

    def _file(self, item: ItemRecord) -> dict[str, object]:
        return {
            "downloadURL": self._parts.signed_url(get=item.item_id),
            "fileName": item.name,
            "partName": item.part or None,
            "shardId": item.shard_id,
            "contentType": item.content,
            "nestedContentType": item.nested,
        }

    def _batch(self, batch: BatchRecord) -> dict[str, object]:
        return {
            "displayName": batch.name,
            "batchId": batch.batch_id,
            "batchType": batch.kind,
            "batchContentType": batch.content,
            "createdDate": time_text(batch.created),
            "expiryDate": time_text(batch.created + (self._storage.lifetime or _NEVER)),
        }
