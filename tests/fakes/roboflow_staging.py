"""Data Staging of the fake cloud (contract §3), and the storage behind its signed addresses."""

import hashlib
import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.roboflow_answers import no_batch, paged, refusal
from fakes.roboflow_state import State, StoredBatch, signature

_SIGNED_HEADERS = {"x-goog-content-length-range": "0,10737418240"}


class Staging:
    """The handlers of the staging routes."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._signed: dict[str, Callable[[bytes], None]] = {}
        self._downloads: dict[str, bytes] = {}

    async def batches(self, request: Request) -> Response:
        return paged(request, "batches", [each.described() for each in self.state.batches.values()], self.state.page)

    async def batch(self, request: Request) -> Response:
        found = self._find(request)
        return JSONResponse({"status": "ok", "batch": found.described()}) if found else no_batch()

    async def count(self, request: Request) -> Response:
        found = self._find(request)
        if found is None:
            return no_batch()
        return JSONResponse({"status": "ok", "count": len(found.files(request.query_params.get("partName")))})

    async def shards(self, request: Request) -> Response:
        found = self._find(request)
        if found is None:
            return no_batch()
        shown = []
        for piece in found.shards:
            status = "error" if piece.failed else ("info" if piece.polls_left > 0 else "success")
            piece.polls_left -= 1
            shown.append(
                {
                    "shardId": piece.shard_id,
                    "statusName": "indexing",
                    "statusType": status,
                    "eventTimestamp": "2026-10-01T12:00:05.000Z",
                    "shardObjectsCount": len(piece.members),
                    "statusMetadata": piece.metadata,
                }
            )
        return paged(request, "shards", shown, self.state.page)

    async def parts(self, request: Request) -> Response:
        found = self._find(request)
        if found is None:
            return no_batch()
        parts = [
            {
                "partName": name,
                "partType": "simple-batch",
                "contentType": pile.content,
                "partDescription": None,
                "nestedContentType": pile.nested,
            }
            for name, pile in found.parts.items()
        ]
        return JSONResponse({"status": "ok", "batchParts": parts})

    async def list(self, request: Request) -> Response:
        found = self._find(request)
        if found is None:
            return no_batch()
        part = request.query_params.get("partName")
        pile = found.parts.get(part or "")
        listed = []
        for name, data in found.files(part).items():
            token = f"{found.batch_id}-{hashlib.sha256(f'{part}/{name}'.encode()).hexdigest()[:12]}"
            self._downloads[token] = data
            listed.append(
                {
                    "downloadURL": f"{self.state.url}/storage/get/{token}?X-Goog-Signature={signature()}",
                    "fileName": name,
                    "partName": part,
                    "shardId": None,
                    "contentType": pile.content if pile else found.content,
                    "nestedContentType": pile.nested if pile else None,
                }
            )
        return paged(request, "filesMetadata", listed, self.state.page)

    async def upload_image(self, request: Request) -> Response:
        found = self._fill(request, "simple-batch", "images")
        if found is None:
            return refusal(400, "This batch was created by another kind of upload.")
        async with request.form() as form:
            files = [value for value in form.values() if not isinstance(value, str)]
            if len(files) != 1:
                return refusal(400, "Exactly one file is expected.")
            found.simple[request.query_params["fileName"]] = await files[0].read()
        return JSONResponse({"status": "ok"})

    async def upload_video(self, request: Request) -> Response:
        found = self._fill(request, "simple-batch", "videos")
        if found is None:
            return refusal(400, "This batch was created by another kind of upload.")
        name = request.query_params["fileName"]
        return self._sign(lambda data: found.simple.__setitem__(name, data))

    async def upload_shard(self, request: Request) -> Response:
        found = self._fill(request, "sharded-batch", "images")
        if found is None:
            return refusal(400, "This batch was created by another kind of upload.")
        return self._sign(lambda data: self.state.add_shard(found, data))

    async def references(self, request: Request) -> Response:
        content = "videos" if request.url.path.endswith("video-references") else "images"
        found = self._fill(request, "sharded-batch", content)
        if found is None:
            return refusal(400, "This batch was created by another kind of upload.")
        body = await request.json()
        ingest_id = body.get("ingestId") or signature()
        references = body.get("imageReferences") or body.get("videoReferences") or []
        duplicated = self.state.add_references(found, ingest_id, references)
        return JSONResponse({"status": "ok", "ingestId": ingest_id, "shardIds": None, "duplicated": duplicated})

    def _sign(self, take: Callable[[bytes], None]) -> Response:
        token = secrets.token_hex(8)
        self._signed[token] = take
        details = {
            "uploadURL": f"{self.state.url}/storage/put/{token}?X-Goog-Signature={signature()}",
            "method": "PUT",
            "extensionHeaders": _SIGNED_HEADERS,
            **({"maxFileSize": self.state.video_limit} if self.state.limits is None else self.state.limits),
        }
        return JSONResponse({"status": "ok", "signedURLDetails": details})

    async def put(self, request: Request) -> Response:
        data = await request.body()
        signed = all(request.headers.get(name) == value for name, value in _SIGNED_HEADERS.items())
        if not signed or "content-type" in request.headers:
            text = "<Error><Code>SignatureDoesNotMatch</Code><Message>Access denied.</Message></Error>"
            return Response(text, status_code=403, media_type="application/xml")
        take = self._signed.pop(request.path_params["token"], None)
        if take is None:
            return Response("<Error><Message>No such object.</Message></Error>", status_code=404)
        take(data)
        return Response(status_code=200)

    async def get(self, request: Request) -> Response:
        data = self._downloads.get(request.path_params["token"])
        if data is None:
            return Response("<Error><Message>The address expired.</Message></Error>", status_code=403)
        etag = f'"{hashlib.sha256(data).hexdigest()}"'
        wanted = request.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
        headers = {"ETag": etag}
        current = request.headers.get("If-Range", etag) == etag
        if not wanted or not self.state.knows_ranges or not current:
            return Response(data, headers=headers)
        start = int(wanted)
        if start >= len(data):
            return Response(status_code=416, headers={"Content-Range": f"bytes */{len(data)}"})
        headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return Response(data[start:], status_code=206, headers=headers)

    def _find(self, request: Request) -> StoredBatch | None:
        return self.state.batches.get(request.path_params["batch"])

    def _fill(self, request: Request, kind: str, content: str) -> StoredBatch | None:
        name = request.query_params.get("displayName", "")
        return self.state.batch(request.path_params["batch"], name, kind, content)
