"""Files on their way out: signed addresses with Range (contract §3.13)."""

import os
import stat
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from batchdock.thiscomputer.refusal import Refusal, not_found
from batchdock.thiscomputer.server.answers import answering
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.security import SIGNED


class Downloads:
    """The route behind every `downloadURL`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route(f"{SIGNED}{{token}}", answering(self._get), methods=["GET"])]

    def _get(self, request: Request) -> Response:
        item_id = self._parts.signer.read(request.path_params["token"]).get("get")
        if not isinstance(item_id, int):
            raise Refusal(403, "This signed address is for sending.")
        item = self._parts.batches.item(item_id)
        if item is None:
            raise not_found("The file is not there any more.")
        if item.file_id is not None:
            path = self._parts.files.path(item.file_id)
        else:
            assert item.path is not None  # an item is one or the other
            path = Path(os.fsdecode(item.path))
        try:
            found = path.stat()
        except OSError:
            raise not_found(f"The file “{item.name}” is not there any more.") from None
        if not stat.S_ISREG(found.st_mode):
            raise not_found(f"“{item.name}” is not a file any more.")
        # The id is part of it: what replaces a file under the same name may have its size, and be as old.
        tag = sha256(f"{item.file_id}-{found.st_mtime_ns}-{found.st_size}".encode()).hexdigest()[:32]
        headers = {"etag": f'"{tag}"', "last-modified": formatdate(found.st_mtime, usegmt=True)}
        return FileResponse(path, media_type="application/octet-stream", headers=headers, stat_result=found)
