"""A file in a form: `multipart/form-data` of a length that is known beforehand."""

import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from batchdock.core.streams import Outgoing


class FormFile:
    """Wraps the bytes of a file as the last part of a form, after its plain `fields`; an `Outgoing` itself."""

    def __init__(
        self, field: str, name: str, body: Outgoing, *, fields: Mapping[str, str] | None = None, content_type: str = ""
    ) -> None:
        boundary = secrets.token_hex(16)
        self._body = body
        plain = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_safe(each)}"\r\n\r\n{value}\r\n'
            for each, value in (fields or {}).items()
        )
        kind = f"\r\nContent-Type: {content_type}" if content_type else ""
        head = f'Content-Disposition: form-data; name="{field}"; filename="{_safe(name)}"{kind}'
        self._before = f"{plain}--{boundary}\r\n{head}\r\n\r\n".encode()
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


def _safe(name: str) -> str:
    """Return a name percent-encoded as browsers do it; a quote or a line break would end the header."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
