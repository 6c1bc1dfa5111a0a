"""What cameras send to a webhook, in forms that have been seen in the field."""

import base64
import json
from datetime import UTC, datetime

from making.media import picture_bytes

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def as_base64(content: bytes) -> str:
    """Return bytes as most webhooks write them."""
    return base64.b64encode(content).decode()


def event(number: int = 0, *, at: datetime = NOW, pictures: int = 1, **more: object) -> bytes:
    """Return a body in JSON with pictures of its own."""
    images = [{"image": as_base64(picture_bytes(number * 10 + place))} for place in range(pictures)]
    told = {"event_id": f"e-{number}", "event_type": "FaceImage", "timestamp": int(at.timestamp() * 1000)}
    return json.dumps({**told, "data": {"images": images, "score": 0.93}, **more}).encode()


def form(*fields: tuple[str, str, bytes], boundary: str = "cam-7f") -> tuple[bytes, str]:
    """Return a body in multipart/form-data, and its media type. Fields: name, media type, content."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n'
        f"Content-Type: {media}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, media, content in fields
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
