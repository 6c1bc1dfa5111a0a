"""Our own reading of JPEG headers, beside Pillow's."""

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from batchdock.flows.intake.jpeg import Frame, frame_of
from making.media import picture_bytes, scene

WHOLE = picture_bytes(1, (64, 48))
HEADERS = WHOLE.index(b"\xff\xda") + 4


def saved(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"progressive": True},
        {"restart_marker_rows": 1},
        {"comment": b"x" * 60_000},
        {"icc_profile": bytes(200_000)},
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_it_reads_what_pillow_reads(mode: str, options: dict[str, object]) -> None:
    frame = frame_of(io.BytesIO(saved(scene(1, (321, 123)).convert(mode), **options)))
    assert frame == Frame(321, 123, is_common=True)


@given(changes=st.lists(st.tuples(st.integers(2, HEADERS), st.integers(0, 255)), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_broken_headers_never_lead_it_elsewhere_than_pillow(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place] = value
    frame = frame_of(io.BytesIO(data))
    size = None
    with suppress(Exception), Image.open(io.BytesIO(data)) as image:
        size = image.size
    if frame is not None and size is not None:
        assert (frame.width, frame.height) == size


@given(data=st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_read_without_harm(data: bytes) -> None:
    assert frame_of(io.BytesIO(b"\xff\xd8" + data)) is None or b"\xff\xda" in data
