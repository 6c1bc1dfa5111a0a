"""A file in a form: `multipart/form-data` with one part, of a length that is known beforehand."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing

from batchdock.core.ports import Outgoing


class FormFile:
    """Wraps the bytes of a file as the one part of a form; an `Outgoing` itself."""

    def __init__(self, field: str, name: str, body: Outgoing) -> None:
        boundary = secrets.token_hex(16)
        # Percent-encoded as browsers do it; a quote or a line break would end the header.
        safe = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        self._body = body
        self._before = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{safe}"\r\n\r\n'.encode()
        )
        self._after = f"\r\n--{boundary}--\r\n".encode()
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self.name = body.name
        self.size = len(self._before) + body.size + len(self._after)

    async def open(self) -> AsyncGenerator[bytes, None]:
        """See `Outgoing.open`."""
        yield self._before
        async with aclosing(self._body.open()) as pieces:
            async for piece in pieces:
                yield piece
        yield self._after
