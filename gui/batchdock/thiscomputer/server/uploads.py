"""The writing half of data staging: pictures, signed targets, tars, videos, references (contract §3.5–§3.10)."""

import time
from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batchdock.core.intake import PICTURE_LIMIT_BYTES
from batchdock.thiscomputer.conductor.tars import TAR_FILES_LIMIT, content_of
from batchdock.thiscomputer.refusal import Refusal, bad_request
from batchdock.thiscomputer.server.answers import answering, batch_id_of, ok
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.receiving import Incoming, read_json, receive_body, receive_form_file
from batchdock.thiscomputer.server.references import BODY_LIMIT, read_references
from batchdock.thiscomputer.server.security import SIGNED
from batchdock.thiscomputer.server.staging import PREFIX
from batchdock.thiscomputer.store.batches import MULTIPART, Claim
from batchdock.thiscomputer.store.records import LABEL_LIMIT, Arrival, is_label, objection_to_name

TAR_LIMIT_BYTES = TAR_FILES_LIMIT * (PICTURE_LIMIT_BYTES + 4096)
VIDEO_LIMIT_BYTES = 100 * 1024**3
_DISPLAY_NAME_LIMIT = 512
_LIST_SECONDS = 90.0
"""Clients wait two minutes for an answer (contract §1.5)."""


class Uploads:
    """The routes through which files come in."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._batches = parts.batches

    def routes(self) -> list[Route]:
        """Return the routes."""
        one = f"{PREFIX}/{{batch_id}}"
        return [
            Route(f"{one}/upload/image", answering(self._image), methods=["POST"]),
            Route(f"{one}/upload/video", answering(self._video), methods=["POST"]),
            Route(f"{one}/bulk-upload/image-files", answering(self._tar), methods=["POST"]),
            Route(f"{one}/bulk-upload/image-references", answering(self._image_references), methods=["POST"]),
            Route(f"{one}/bulk-upload/video-references", answering(self._video_references), methods=["POST"]),
            Route(f"{one}/roboql-ingest", answering(_roboql), methods=["POST"]),
            Route(f"{SIGNED}{{token}}", answering(self._put), methods=["PUT"]),
        ]

    async def _image(self, request: Request) -> Response:
        name = _file_name(request)
        claim = _claim(request, "simple-batch", content_of([name]) if "partName" in request.query_params else "images")
        await run_in_threadpool(self._batches.check, claim)
        too_large = bad_request(f"Max size of single image is {PICTURE_LIMIT_BYTES}B.", "file-size-limit-exceeded")
        async with Incoming(self._parts.files, PICTURE_LIMIT_BYTES, too_large) as incoming:
            await receive_form_file(request, incoming)
            await self._add(claim, name, incoming)
        return ok()

    def _video(self, request: Request) -> Response:
        claim, name = _claim(request, "simple-batch", "videos"), _file_name(request)
        self._batches.check(claim)
        url = self._parts.signed_url(put="video", batch=claim.batch_id, display=claim.name, part=claim.part, name=name)
        return _target(url, maxFileSize=VIDEO_LIMIT_BYTES)

    def _tar(self, request: Request) -> Response:
        claim = _claim(request, "sharded-batch", "images")
        self._batches.check(replace(claim, content="") if claim.part else claim)
        url = self._parts.signed_url(put="tar", batch=claim.batch_id, display=claim.name, part=claim.part)
        return _target(url, maxFileSize=TAR_LIMIT_BYTES, maxFilesNumber=TAR_FILES_LIMIT)

    async def _put(self, request: Request) -> Response:
        signed = self._parts.signer.read(request.path_params["token"])
        batch_id, display, part = str(signed.get("batch")), str(signed.get("display")), str(signed.get("part"))
        match signed.get("put"):
            case "video":
                kind = MULTIPART if part else "simple-batch"
                claim, limit = Claim(batch_id, display, kind, "videos", part), VIDEO_LIMIT_BYTES
            case "tar":
                # What a tar for a part holds shows when it is unpacked.
                kind, content = (MULTIPART, "") if part else ("sharded-batch", "images")
                claim, limit = Claim(batch_id, display, kind, content, part), TAR_LIMIT_BYTES
            case _:
                raise Refusal(403, "This signed address is for reading.")
        too_large = bad_request(f"The file is larger than {limit}B.", "file-size-limit-exceeded")
        size = int(request.headers.get("content-length", "0"))
        if size > limit:
            raise too_large
        await run_in_threadpool(self._parts.files.admit, size)  # before the first of its gigabytes
        async with Incoming(self._parts.files, limit, too_large) as incoming:
            await receive_body(request, incoming)
            if claim.content == "videos":
                await self._add(claim, str(signed["name"]), incoming)
            else:
                file_id = await incoming.keep()
                await run_in_threadpool(self._batches.add_archive, claim, file_id)
                self._parts.unpacker.wake()
        return Response(status_code=200)

    async def _add(self, claim: Claim, name: str, incoming: Incoming) -> None:
        file_id = await incoming.keep()
        arrival = Arrival(name, claim.content, incoming.size, time.time(), file_id=file_id)
        await run_in_threadpool(self._batches.add, claim, arrival)

    async def _image_references(self, request: Request) -> Response:
        return await self._references(request, _claim(request, "sharded-batch", "images"))

    async def _video_references(self, request: Request) -> Response:
        return await self._references(request, _claim(request, "simple-batch", "videos"))

    async def _references(self, request: Request, claim: Claim) -> Response:
        body = await read_json(request, BODY_LIMIT)
        return await run_in_threadpool(self._take_references, claim, body)

    def _take_references(self, claim: Claim, body: bytes) -> Response:
        references = read_references(body, claim, self._read_list)
        if references.fetched:
            ingest = self._parts.fetcher.take(
                references.claim, references.fetched, references.ingest_id, references.told
            )
            shards = {"shardIds": ingest.shard_ids} if claim.content == "images" else {}
            return ok(ingestId=ingest.ingest_id, duplicated=ingest.duplicated, **shards)
        cut = claim.content == "images"
        ingest = self._batches.add_references(
            references.claim, references.arrivals, references.ingest_id, cut=cut, told=references.told
        )
        if references.told:
            self._parts.notifier.wake()
        shards = {"shardIds": ingest.shard_ids} if cut else {}
        return ok(ingestId=ingest.ingest_id, duplicated=ingest.duplicated, **shards)

    def _read_list(self, address: str) -> bytes:
        return self._parts.fetcher.read(address, BODY_LIMIT, _LIST_SECONDS)


def _roboql(_: Request) -> Response:
    raise bad_request("This computer has no asset library, so there is nothing that RoboQL could search.")


def _claim(request: Request, kind: str, content: str) -> Claim:
    batch_id = batch_id_of(request)
    name = request.query_params.get("displayName") or batch_id
    part = request.query_params.get("partName")
    if part is not None and not is_label(part):
        raise bad_request(f"The name of a part is readable text of at most {LABEL_LIMIT} characters.")
    return Claim(batch_id, name[:_DISPLAY_NAME_LIMIT], MULTIPART if part else kind, content, part or "")


def _file_name(request: Request) -> str:
    name = request.query_params.get("fileName", "")
    objection = objection_to_name(name)
    if objection:
        raise bad_request(objection)
    return name


def _target(url: str, **limits: int) -> Response:
    return ok(signedURLDetails={"uploadURL": url, "method": "PUT", "extensionHeaders": {}, **limits})
