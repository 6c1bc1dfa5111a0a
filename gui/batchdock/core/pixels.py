"""A picture in memory, without a library."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pixels:
    """Rows from the top, three bytes (red, green, blue) a pixel, nothing between rows. The right way up.

    `full_width` and `full_height` are the picture's real size, of which this may be a smaller copy.
    """

    width: int
    height: int
    data: bytes
    full_width: int
    full_height: int
