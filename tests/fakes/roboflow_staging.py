"""Data Staging of the fake cloud (contract §3)."""

import hashlib
import io

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fakes.roboflow_answers import no_batch, paged, refusal
from fakes.roboflow_contents import Contents, Upload
from fakes.roboflow_state import State, StoredBatch, signature
from fakes.roboflow_storage import SIGNED_HEADERS, Storage, Take


class Staging:
    """The handlers of the staging routes."""

    def __init__(self, state: State, storage: Storage) -> None:
        self.state = state
        self.storage = storage

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

        def shown(entry: tuple[str, Contents]) -> dict[str, object]:
            name, contents = entry
            return {
                "downloadURL": self.storage.sign_download(found.batch_id, contents),
                "fileName": name,
                "partName": part,
                "shardId": None,
                "contentType": pile.content if pile else found.content,
                "nestedContentType": pile.nested if pile else None,
            }

        return paged(request, "filesMetadata", list(found.files(part).items()), self.state.page, shown)

    async def upload_image(self, request: Request) -> Response:
        found = self._fill(request, "simple-batch", "images")
        if found is None:
            return refusal(400, "This batch was created by another kind of upload.")
        data = _only_part(await request.body(), request.headers.get("Content-Type", ""))
        if data is None:
            return refusal(400, "Exactly one file is expected.")
        name = request.query_params["fileName"]
        self.state.take(found, name, Upload(io.BytesIO(data), len(data), hashlib.sha256(data).hexdigest()))
        return JSONResponse({"status": "ok"})

    async def upload_video(self, request: Request) -> Response:
        found = self._fill(request, "simple-batch", "videos")
        if found is None:
            return refusal(400, "This batch was created by another kind of upload.")
        name = request.query_params["fileName"]
        return self._signed(found.batch_id, lambda upload: self.state.take(found, name, upload))

    async def upload_shard(self, request: Request) -> Response:
        found = self._fill(request, "sharded-batch", "images")
        if found is None:
            return refusal(400, "This batch was created by another kind of upload.")
        return self._signed(found.batch_id, lambda upload: self.state.add_shard(found, upload))

    async def references(self, request: Request) -> Response:
        content = "videos" if request.url.path.endswith("video-references") else "images"
        found = self._fill(request, "sharded-batch", content)
        if found is None:
            return refusal(400, "This batch was created by another kind of upload.")
        body = await request.json()
        ingest_id = body.get("ingestId") or signature()
        kind = content.removesuffix("s")
        references, address = body.get(f"{kind}References"), body.get(f"{kind}ReferencesURL")
        if (references is None) == (address is None):
            return refusal(400, f"Exactly one of {kind}References and {kind}ReferencesURL is expected.")
        if references is None:
            references = self.state.lists.get(address, [])
        self.state.handed.append((ingest_id, [each["name"] for each in references], address))
        duplicated = self.state.add_references(found, ingest_id, references)
        return JSONResponse({"status": "ok", "ingestId": ingest_id, "shardIds": None, "duplicated": duplicated})

    async def query(self, request: Request) -> Response:
        """Put what the library has under this query into the batch (§3.10)."""
        body = await request.json()
        if not isinstance(body.get("query"), str) or not body["query"]:
            return refusal(400, "The request has no query.")
        found = self.state.batch(
            request.path_params["batch"], body.get("displayName") or "", "multipart-batch", "images"
        )
        if found is None:
            return refusal(400, "This batch was created by another kind of upload.")
        self.state.ask_library(found, body)
        return JSONResponse({"status": "queued"}, status_code=202)

    def _signed(self, batch_id: str, take: Take) -> Response:
        details = {
            "uploadURL": self.storage.sign_upload(batch_id, take),
            "method": "PUT",
            "extensionHeaders": SIGNED_HEADERS,
            **({"maxFileSize": self.state.video_limit} if self.state.limits is None else self.state.limits),
        }
        return JSONResponse({"status": "ok", "signedURLDetails": details})

    def _find(self, request: Request) -> StoredBatch | None:
        return self.state.batches.get(request.path_params["batch"])

    def _fill(self, request: Request, kind: str, content: str) -> StoredBatch | None:
        name = request.query_params.get("displayName", "")
        return self.state.batch(request.path_params["batch"], name, kind, content)


def _only_part(body: bytes, content_type: str) -> bytes | None:
    """Return the contents of a form's only part, None where there is none or more than one."""
    boundary = b"--" + content_type.partition("boundary=")[2].strip('"').encode()
    head, _, rest = body.partition(b"\r\n\r\n")
    data, found, after = rest.rpartition(b"\r\n" + boundary + b"--")
    whole = found and not after.strip() and head.startswith(boundary) and b"\r\n" + boundary + b"\r\n" not in data
    return data if whole else None
