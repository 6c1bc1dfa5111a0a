"""A fast service of the Data Staging contract, to measure clients against: a process of its own, all in memory.

    python tests/bench/fast_cloud.py [--latency SECONDS]

Prints one JSON line with its address and serves until its stdin closes. Of what is sent it keeps names and sizes; what
is fetched is made once at the start. Batches whose id begins with `simple` are there already, so that a client adds to
them picture by picture. Every answer, of the service and of the storage, waits for the latency.
"""

import argparse
import asyncio
import gzip
import io
import json
import random
import sys
import tarfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

WORKSPACE = "bench"
ARCHIVES, FILES_IN_ARCHIVE, PLAIN = 20, 250, 2_000
PICTURE_BYTES = 20_000
_PAGE = 1_000
_STAGING = f"/data-staging/v1/external/{WORKSPACE}"
_DATES = {"createdDate": "2026-10-01T12:00:00.000Z", "expiryDate": "2036-10-08T12:00:00.000Z"}
_SIGNED_HEADERS = {"x-goog-content-length-range": "0,107374182400"}


@dataclass
class Batch:
    """What the service knows of a batch: names and sizes, and the files of each shard."""

    batch_id: str
    kind: str
    content: str = "images"
    parts: dict[str, dict[str, bytes]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    shards: list[int] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    """When the first and the last single picture had arrived, by the monotonic clock."""

    def described(self) -> dict[str, str]:
        """Contract §3.1."""
        return {
            "displayName": self.batch_id,
            "batchId": self.batch_id,
            "batchType": self.kind,
            "batchContentType": self.content,
            **_DATES,
        }

    def files(self, part: str | None) -> dict[str, bytes]:
        """What can be fetched from one part, or from the batch."""
        return self.parts.get(part or "", {})


class FastCloud:
    """The handlers."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.url = ""
        self._puts: dict[str, Callable[[web.Request], Awaitable[None]]] = {}
        self._gets: dict[str, bytes] = {}
        self._tickets = 0
        self.batches = {
            "archives": Batch("archives", "multipart-batch", "mixed", {"predictions": _archives()}),
            "plain": Batch("plain", "simple-batch", "images", {"": _plain()}),
        }

    def routes(self) -> list[web.RouteDef]:
        """Contract §2.1 and §3, and the storage behind its signed addresses."""
        batch = _STAGING + "/batches/{batch}"
        return [
            web.get("/", self.who),
            web.get(batch, self.described),
            web.get(batch + "/count", self.count),
            web.get(batch + "/shards", self.shards),
            web.get(batch + "/parts", self.parts),
            web.get(batch + "/list", self.list),
            web.post(batch + "/upload/image", self.image),
            web.post(batch + "/upload/video", self.video),
            web.post(batch + "/bulk-upload/image-files", self.shard),
            web.get(batch + "/seconds", self.seconds),
            web.put("/put/{ticket}", self.put),
            web.get("/get/{ticket}", self.get),
        ]

    async def who(self, request: web.Request) -> web.Response:
        return web.json_response({"workspace": WORKSPACE})

    async def described(self, request: web.Request) -> web.Response:
        found = self._found(request)
        if found is None:
            return web.json_response({"error": "No such batch."}, status=404)
        return web.json_response({"status": "ok", "batch": found.described()})

    async def count(self, request: web.Request) -> web.Response:
        found, part = self._found(request), request.query.get("partName")
        if found is None:
            return web.json_response({"error": "No such batch."}, status=404)
        return web.json_response({"status": "ok", "count": len(found.files(part) or found.sent)})

    async def seconds(self, request: web.Request) -> web.Response:
        """No part of the contract: how long single pictures came."""
        found = self._found(request)
        assert found is not None
        return web.json_response({"seconds": found.moments[-1] - found.moments[0]})

    async def shards(self, request: web.Request) -> web.Response:
        found = self._found(request)
        if found is None:
            return web.json_response({"error": "No such batch."}, status=404)
        listed = [
            {
                "shardId": f"shard-{number}",
                "statusName": "indexed",
                "statusType": "success",
                "eventTimestamp": _DATES["createdDate"],
                "shardObjectsCount": count,
                "statusMetadata": None,
            }
            for number, count in enumerate(found.shards)
        ]
        return web.json_response({"status": "ok", "shards": listed, "nextPageToken": None})

    async def parts(self, request: web.Request) -> web.Response:
        found = self._found(request)
        assert found is not None
        listed = [
            {"partName": name, "partType": "simple-batch", "contentType": "archives", "nestedContentType": "metadata"}
            for name in found.parts
        ]
        return web.json_response({"status": "ok", "batchParts": listed})

    async def list(self, request: web.Request) -> web.Response:
        found, part = self._found(request), request.query.get("partName")
        if found is None:
            return web.json_response({"error": "No such batch."}, status=404)
        files: dict[str, bytes | None] = {**found.files(part)} if found.parts else dict.fromkeys(found.sent)
        start = int(request.query.get("nextPageToken") or 0)
        page = min(int(request.query.get("pageSize") or _PAGE), _PAGE)
        listed = []
        for name in tuple(files)[start : start + page]:
            content = files[name]
            ticket = f"{found.batch_id}-{part or ''}-{name}"
            if content is not None:
                self._gets[ticket] = content
            listed.append(
                {
                    "downloadURL": f"{self.url}/get/{ticket}?X-Goog-Signature=abc",
                    "fileName": name,
                    "partName": part,
                    "shardId": None,
                    "contentType": "archives" if part else found.content,
                    "nestedContentType": "metadata" if part else None,
                }
            )
        following = str(start + page) if start + page < len(files) else None
        return web.json_response({"status": "ok", "filesMetadata": listed, "nextPageToken": following})

    async def image(self, request: web.Request) -> web.Response:
        found, body = self._filled(request, "simple-batch", "images"), await request.read()
        found.sent[request.query["fileName"]] = len(body)
        found.moments[1:] = [time.monotonic()]
        return web.json_response({"status": "ok"})

    async def video(self, request: web.Request) -> web.Response:
        found, name = self._filled(request, "simple-batch", "videos"), request.query["fileName"]

        async def take(put: web.Request) -> None:
            size = 0
            while piece := await put.content.readany():
                size += len(piece)
            found.sent[name] = size

        return self._signed(take)

    async def shard(self, request: web.Request) -> web.Response:
        found = self._filled(request, "sharded-batch", "images")

        async def take(put: web.Request) -> None:
            body = await put.read()
            with tarfile.open(fileobj=io.BytesIO(body)) as tar:
                members = {member.name: member.size for member in tar}
            found.sent |= members
            found.shards.append(len(members))

        return self._signed(take)

    async def put(self, request: web.Request) -> web.Response:
        await self._puts.pop(request.match_info["ticket"])(request)
        return web.Response()

    async def get(self, request: web.Request) -> web.Response:
        content = self._gets.get(request.match_info["ticket"])
        if content is None:
            return web.Response(status=404)
        headers = {"ETag": f'"{len(content)}-{hash(content):x}"', "Accept-Ranges": "bytes"}
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        if not start:
            return web.Response(body=content, headers=headers)
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return web.Response(status=206, body=content[start:], headers=headers)

    def _signed(self, take: Callable[[web.Request], Awaitable[None]]) -> web.Response:
        self._tickets += 1
        ticket = str(self._tickets)
        self._puts[ticket] = take
        details = {
            "uploadURL": f"{self.url}/put/{ticket}?X-Goog-Signature=abc",
            "method": "PUT",
            "extensionHeaders": _SIGNED_HEADERS,
            "maxFileSize": 107_374_182_400,
        }
        return web.json_response({"status": "ok", "signedURLDetails": details})

    def _found(self, request: web.Request) -> Batch | None:
        batch_id = request.match_info["batch"]
        if batch_id.startswith("simple"):
            return self.batches.setdefault(batch_id, Batch(batch_id, "simple-batch"))
        return self.batches.get(batch_id)

    def _filled(self, request: web.Request, kind: str, content: str) -> Batch:
        batch_id = request.match_info["batch"]
        return self.batches.setdefault(batch_id, Batch(batch_id, kind, content))


def _archives() -> dict[str, bytes]:
    """Return tars of results as they come out of a job: for each picture, a JSON and a drawn picture."""
    made = random.Random(1)
    pictures = [made.randbytes(PICTURE_BYTES) for _ in range(8)]
    archives = {}
    for number in range(ARCHIVES):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            for place in range(FILES_IN_ARCHIVE // 2):
                folder = f"picture-{number:02}-{place:03}.jpg"
                row = {"predictions": [{"x": place, "y": number, "class": "crate", "confidence": 0.5}] * 4}
                for name, content in (
                    ("results.json", json.dumps(row).encode()),
                    ("drawn.jpg", pictures[place % len(pictures)]),
                ):
                    member = tarfile.TarInfo(f"{folder}/{name}")
                    member.size = len(content)
                    tar.addfile(member, io.BytesIO(content))
        archives[f"images-shard-{number}.tar.gz"] = gzip.compress(out.getvalue(), 1)
    return archives


def _plain() -> dict[str, bytes]:
    made = random.Random(2)
    pictures = [made.randbytes(PICTURE_BYTES) for _ in range(8)]
    return {f"picture-{number:05}.jpg": pictures[number % 8] for number in range(PLAIN)}


async def _serve(latency: float) -> None:
    cloud = FastCloud(latency)

    @web.middleware
    async def late(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if latency:
            await asyncio.sleep(latency)
        return await handler(request)

    app = web.Application(client_max_size=1 << 40, middlewares=[late] if latency else [])
    app.add_routes(cloud.routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1_024).start()
        cloud.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        print(json.dumps({"url": cloud.url}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    asyncio.run(_serve(parser.parse_args().latency))


if __name__ == "__main__":
    main()
