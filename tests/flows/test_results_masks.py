"""Masks: the same pixels as the format's own tool says, at every size, whatever a lie about sizes would cost."""

import base64
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from batchdock.core.finding import Mask, PngMask
from batchdock.flows.results.masks import sampled, sampled_png

Bits = NDArray[np.bool_]


def encoded(bits: Bits) -> Mask:
    mask = pytest.importorskip("pycocotools.mask", reason="comes with the vendor's engine")
    counts = mask.encode(np.asfortranarray(bits.astype(np.uint8)))["counts"].decode()
    return Mask(bits.shape[1], bits.shape[0], counts)


def whole(part: tuple[int, int, Bits] | None, width: int, height: int) -> Bits:
    bits = np.zeros((height, width), bool)
    if part is not None:
        left, top, inner = part
        bits[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return bits


_SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 40))


@settings(deadline=None)
@given(_SHAPES.flatmap(lambda shape: arrays(np.bool_, shape)))
def test_masks_are_read_as_their_own_tool_wrote_them(bits: Bits) -> None:
    height, width = bits.shape
    assert (whole(sampled(encoded(bits), width, height), width, height) == bits).all()


@settings(deadline=None)
@given(_SHAPES.flatmap(lambda shape: arrays(np.bool_, shape)))
def test_pictures_that_are_masks_say_the_same(bits: Bits) -> None:
    height, width = bits.shape
    assert (whole(sampled_png(png(bits), width, height), width, height) == bits).all()


def png(bits: Bits, mode: str = "L") -> PngMask:
    held = io.BytesIO()
    Image.fromarray(bits.astype(np.uint8) * 7).convert(mode).save(held, "PNG")
    return PngMask(base64.b64encode(held.getvalue()).decode())


def test_what_is_clear_or_coloured_is_judged_by_its_colours() -> None:
    bits = np.zeros((4, 6), bool)
    bits[1, 2:4] = True
    for mode in ("RGB", "RGBA", "LA", "P", "I;16"):
        assert (whole(sampled_png(png(bits, mode), 6, 4), 6, 4) == bits).all(), mode


@settings(deadline=None)
@given(_SHAPES.flatmap(lambda shape: arrays(np.bool_, shape)), _SHAPES)
def test_other_sizes_take_the_pixel_in_the_middle(bits: Bits, asked: tuple[int, int]) -> None:
    height, width = asked
    rows = [(2 * row + 1) * bits.shape[0] // (2 * height) for row in range(height)]
    columns = [(2 * column + 1) * bits.shape[1] // (2 * width) for column in range(width)]
    assert (whole(sampled(encoded(bits), width, height), width, height) == bits[rows][:, columns]).all()


def test_a_mask_of_another_size_is_spread_over_the_picture() -> None:
    bits = np.zeros((10, 20), bool)
    bits[:5, 10:] = True
    spread = whole(sampled(encoded(bits), 200, 50), 200, 50)
    assert spread[:25, 100:].all()
    assert spread.sum() == 25 * 100


@pytest.mark.parametrize("counts", ["", "é", "\x00\x01", "ooooooooooooo", "P", "00", "zzzz", "1M" * 50, "o" * 40])
@pytest.mark.parametrize("size", [(1, 1), (5, 7), (0, 5), (-3, 4), (10**9, 10**9), (10**30, 10**30)])
def test_texts_that_are_no_masks_are_no_masks(counts: str, size: tuple[int, int]) -> None:
    part = sampled(Mask(*size, counts), 32, 24)
    assert part is None or part[2].shape <= (24, 32)


def test_a_mask_that_says_it_is_huge_costs_what_is_drawn() -> None:
    groups = [10**10 >> 5 * place & 31 for place in range(7)]
    counts = "0" + "".join(chr(48 + group + (32 if place < 6 else 0)) for place, group in enumerate(groups))
    part = sampled(Mask(10**5, 10**5, counts), 64, 64)
    assert part is not None
    assert part[2].shape == (64, 64)
    assert part[2].all()


def test_a_picture_that_unpacks_to_more_than_there_is_memory_is_left_alone() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    assert sampled_png(PngMask(base64.b64encode(bomb).decode()), 64, 64) is None


@pytest.mark.parametrize(
    "text", ["", "no base64 ☃", "AAAA", base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(8)).decode()]
)
def test_what_is_no_picture_is_no_mask(text: str) -> None:
    assert sampled_png(PngMask(text), 8, 8) is None


def test_half_a_picture_is_no_mask() -> None:
    noise = np.random.default_rng(1).random((64, 64)) < 0.5
    whole_png = png(noise).png
    assert sampled_png(PngMask(whole_png[: len(whole_png) // 2]), 8, 8) is None
