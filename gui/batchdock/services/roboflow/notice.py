"""Whom the service tells how the taking-in of files goes (contract §3.7, §3.8)."""

import json
import tarfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from batchdock.core.order import IngestNotice
from batchdock.core.streams import Outgoing

_MEMBER = "notification_config.json"
_END_BYTES = 2 * tarfile.BLOCKSIZE


def notice_fields(notice: IngestNotice) -> dict[str, Any]:
    """Return what a request with references says about it (§3.8)."""
    categories = {"notificationCategories": list(notice.categories)} if notice.categories else {}
    return {"notificationsURL": notice.url, **categories}


class TarWithNotice:
    """A plain tar with one member more, the last one, that is no picture and not counted; an `Outgoing` itself.

    Categories are not supported there (§3.7).
    """

    def __init__(self, tar: Outgoing, notice: IngestNotice, ingest_id: str) -> None:
        config = json.dumps({"ingestId": ingest_id, "notificationsURL": notice.url}).encode()
        head = tarfile.TarInfo(_MEMBER)
        head.mode = 0o644
        head.size = len(config)
        self._member = head.tobuf(tarfile.USTAR_FORMAT) + config + bytes(-len(config) % tarfile.BLOCKSIZE)
        self._tar = tar
        self.name = tar.name
        self.size = tar.size + len(self._member)

    async def open(self) -> AsyncGenerator[bytes, None]:
        """See `Outgoing.open`. What ends the tar is held back, so that the member comes before it."""
        left = self._tar.size - _END_BYTES
        end = b""
        async with aclosing(self._tar.open()) as pieces:
            async for piece in pieces:
                end += piece[max(0, left) :]
                if left > 0:
                    yield piece[:left]
                left -= len(piece)
        yield self._member + end
