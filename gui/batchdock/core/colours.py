"""The colours of classes: fixed by the class's number, so that filtering never changes them, on screen and in files."""

from colorsys import hls_to_rgb
from functools import lru_cache

_FIRST = (
    (0xE8, 0x74, 0x0C),  # orange
    (0x22, 0x88, 0xDD),  # blue
    (0x12, 0xA0, 0x6C),  # green
    (0xD6, 0x53, 0x9A),  # pink
    (0xB5, 0x9A, 0x00),  # dark yellow
    (0x7A, 0x5A, 0xD6),  # violet
    (0x4F, 0xB3, 0xD9),  # sky
    (0xC2, 0x3B, 0x22),  # brick
    (0x6C, 0x8A, 0x1E),  # olive
    (0x8C, 0x6A, 0x52),  # brown
)
"""Told apart by people who see fewer colours too, for they differ in lightness as well as in hue; dark enough for a
white page and light enough for a black one."""

_UNNAMED = (0x8A, 0x8F, 0x98)
_GOLDEN = 0.61803398875


@lru_cache(maxsize=4096)
def rgb_of(label: int) -> tuple[int, int, int]:
    """Return the red, green and blue (0–255) of the class with this number; grey for no class (-1)."""
    if label < 0:
        return _UNNAMED
    if label < len(_FIRST):
        return _FIRST[label]
    # Beyond the ones chosen by eye, hues that lie as far apart as they can, in three shades.
    place = label - len(_FIRST)
    red, green, blue = hls_to_rgb((place * _GOLDEN + 0.05) % 1.0, (0.42, 0.52, 0.60)[place % 3], 0.62)
    return round(red * 255), round(green * 255), round(blue * 255)
