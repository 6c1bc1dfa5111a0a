"""Which workflows may be given many pictures at once, because no step could tell."""

from collections.abc import Mapping
from typing import Any

_INDEPENDENT = frozenset(
    f"roboflow_core/{each}"
    for each in (
        "camera_focus@v1",
        "contours_detection@v1",
        "contrast_equalization@v1",
        "convert_grayscale@v1",
        "image_blur@v1",
        "image_preprocessing@v1",
        "morphological_transformation@v1",
        "pixel_color_count@v1",
        "property_definition@v1",
        "sift@v1",
        "threshold@v1",
    )
)
"""Blocks that were read: each looks at one picture, keeps nothing in mind and leaves nothing to chance. There are
others that count, compare with the picture before, join what stands side by side or throw dice: they get one at a time.
"""


def is_independent(definition: Mapping[str, Any]) -> bool:
    """Return whether every step is known to find the same in a picture whatever stands beside it."""
    return all(each.get("type") in _INDEPENDENT for each in definition["steps"])
